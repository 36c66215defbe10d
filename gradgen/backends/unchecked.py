"""The twin of a compiled function: one of them checks indices, and one test says which is called.

The one without checks is called where the lengths of the arguments are such that no index can be
out of range (``indices``); otherwise the other, whose errors are Python's.  Where the lengths are
no matter, there is no twin.
"""

from __future__ import annotations

import ast

from gradgen.backends.indices import demands
from gradgen.ir.limits import Unproven
from gradgen.ir.polynomials import Polynomial


def lengths_that_fit(
    body: list[ast.stmt], numbers: list[str], ranks: dict[str, int]
) -> list[ast.expr] | None:
    """Return what has to hold before the call, so that no index is out of range.

    None where that is not found out.
    """
    try:
        found = demands(body, numbers, ranks)
    except Unproven:
        return None
    return [_test(p) for p in found]


def twin(name: str, checked: str, made: ast.Call) -> ast.Assign:
    """Return the statement that makes the twin with checks; ``made`` is its decorator."""
    plain = ast.Attribute(ast.Name(name, ast.Load()), "py_func", ast.Load())
    value = ast.Call(made.func, [plain, *made.args], made.keywords)
    return ast.Assign([ast.Name(checked, ast.Store())], value)


def choice(tests: list[ast.expr], named: tuple[str, str], twins: tuple[str, str]) -> list[ast.stmt]:
    """Return the statements that choose the function to call: the one with checks if a test fails.

    ``named`` are the names of whether the arguments fit, and of the choice; ``twins`` are the
    functions, the one without checks first.
    """
    test = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
    fits, plain, checked = (ast.Name(n, ast.Load()) for n in (named[0], *twins))
    values = (test, ast.IfExp(fits, plain, checked))
    pairs = zip(named, values, strict=True)
    return [ast.Assign([ast.Name(name, ast.Store())], value) for name, value in pairs]


def _test(p: Polynomial) -> ast.expr:
    """Return the comparison that says that a polynomial is zero at least."""
    terms = p.whole().terms.items()
    left = Polynomial({t: c for t, c in terms if c > 0})
    right = Polynomial({t: -c for t, c in terms if c < 0})
    return ast.parse(f"{left.text()} >= {right.text()}", mode="eval").body
