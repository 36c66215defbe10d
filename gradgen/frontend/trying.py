"""``try``: around what surely raises, as a key that is not in a dict, or surely does not.

Which of both it is has to be known before the program runs.  The body is read on trial; where an
operation in it might raise what a handler catches, that depends on the numbers, and is refused.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.flow import read
from gradgen.frontend.jumps import Act, Step
from gradgen.frontend.leaving import with_last
from gradgen.frontend.points import Meeting, Point
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Certain
from gradgen.frontend.state import restore, snapshot
from gradgen.frontend.values import Static, is_static, static_value
from gradgen.ir.nodes import Block, Const, Op, Value, walk

WAY_OUT = "test the condition with if before the computation that can fail"
SIMPLE = (
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return, ast.Import, ast.ImportFrom,
    ast.Delete,
)  # fmt: skip
Classes = tuple[type[BaseException], ...]

# What an operation may raise, of numbers and arrays that nothing is known of.
ANY: Classes = (
    ArithmeticError, ValueError, IndexError, TypeError, AssertionError, MemoryError,
)  # fmt: skip
UNCERTAIN: dict[str, Classes] = {
    **dict.fromkeys(("div", "floordiv", "mod"), (ArithmeticError,)),
    "load": (IndexError, TypeError),
}
# What raises nothing, of whole numbers; of arrays, a ValueError for shapes that do not fit.
HARMLESS = frozenset((
    "add", "sub", "mul", "neg", "lt", "le", "gt", "ge", "eq", "ne", "not", "and", "or", "len",
    "dim", "is", "is_not", "leaf", "captured", "if", "min2", "max2",
))  # fmt: skip


def try_statement(r: Reader, s: ast.Try, rest: Point) -> Point:
    """Follow the path that is sure to be taken."""
    if not s.handlers:
        return Point([*_ended(r, s, s.body), *s.finalbody], rest)
    caught = [(handler, _classes(r, handler)) for handler in s.handlers]
    found = _trial(r, s, tuple(c for _, classes in caught for c in classes))
    if found is None:
        return Point([*_ended(r, s, [*s.body, *s.orelse]), *s.finalbody], rest)
    place, error = found
    for handler, classes in caught:
        if isinstance(error, classes):
            start, end = _ended(r, s, s.body[:place]), _ended(r, s, handler.body)
            return Point([*start, *_named(handler, error), *end, *s.finalbody], rest)
    return Point(s.body, rest)


def _ended(r: Reader, s: ast.Try, steps: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements of a ``try`` with those of its ``finally`` before each jump out."""
    if not steps or not s.finalbody or getattr(s, "gradgen_leaves", False):
        return steps
    return with_last(r, (id(steps[0]), len(steps)), steps, s.finalbody)


def _named(handler: ast.ExceptHandler, error: BaseException) -> list[Step]:
    """Return what gives the exception its name."""
    name = handler.name
    return [] if name is None else [Act(lambda r: r.bind(name, Static(error)))]


def _classes(r: Reader, handler: ast.ExceptHandler) -> Classes:
    """Return what a handler catches."""
    value = Static(BaseException) if handler.type is None else evaluate(r, handler.type)
    held = static_value(value) if is_static(value) else None
    classes = held if isinstance(held, tuple) else (held,)
    if not all(isinstance(c, type) and issubclass(c, BaseException) for c in classes):
        r.refuse(handler, "except with a computed class", "name the class of the exception")
    return classes


def _trial(r: Reader, s: ast.Try, classes: Classes) -> tuple[int, BaseException] | None:
    """Read the body without effect; return where it surely raises, and what, None if nowhere."""
    before, path, facts = snapshot(r), list(r.call_path), r.facts
    turns, statements = r.book.turns, r.book.statements
    found: tuple[int, BaseException] | None = None
    with r.b.into(Block()) as block:
        for place, step in enumerate(s.body):
            error = _raised_by(r, s, step)
            if error is not None:
                found = place, error
                break
    restore(r, before)
    r.call_path[:], r.facts = path, facts
    r.book.turns, r.book.statements = turns, statements
    for op in walk(block):
        _require_harmless(r, s, op, classes)
    if found is not None and not isinstance(s.body[found[0]], SIMPLE):
        _refuse(r, s, "a statement that raises in a part of it")
    return found


def _raised_by(r: Reader, s: ast.Try, step: ast.stmt) -> BaseException | None:
    """Read one statement; return what it surely raises."""
    # A cycle by nature: statements own blocks of statements.
    from gradgen.frontend.statements import HANDLERS

    handler = HANDLERS.get(type(step))
    if handler is None:
        return None  # what this says, it says when it is read for good
    end = Meeting(dict.fromkeys(("return", "break", "continue"), ""))
    r.b.span, r.frame.statement = r.span(step), step
    try:
        following = handler(r, step, end)
        if following is not None:
            read(r, following)
    except Certain as found:
        if found.block is not r.b.block:
            _refuse(r, s, f"a part of an expression that raises {type(found.error).__name__}")
        return found.error
    return None


def _require_harmless(r: Reader, s: ast.Try, op: Op, classes: Classes) -> None:
    """Refuse an operation that may raise what is caught."""
    numeric = [c for c in ANY if any(issubclass(c, k) or issubclass(k, c) for k in classes)]
    if numeric and any(v.type.inexact for v in op.inputs):
        names = ", ".join(c.__name__ for c in numeric)
        _refuse(r, s, f"a computation, which may raise what is caught ({names})")
    may = tuple(_may_raise(r, op))
    both = [c for c in may for k in classes if issubclass(c, k) or issubclass(k, c)]
    if both:
        names = ", ".join(dict.fromkeys(c.__name__ for c in both))
        what = "a raise or an assert" if op.prim in ("raise_if", "assert") else f"{op.prim!r}"
        _refuse(r, s, f"{what}, which may raise {names}")


def _refuse(r: Reader, s: ast.Try, what: str) -> NoReturn:
    r.refuse(s, f"try around {what}", WAY_OUT)


def _may_raise(r: Reader, op: Op) -> Iterator[type[BaseException]]:
    """Yield the classes of what an operation may raise."""
    if op.prim == "raise_if":
        yield _class_of_text(r, str(op.attrs.get("text", "")))
    elif op.prim == "assert":
        yield AssertionError
    elif op.prim in HARMLESS:
        if not all(v.type.is_scalar for v in op.inputs) and op.prim not in ("len", "dim", "if"):
            yield ValueError
    elif op.prim == "pow" and _is_power(op.inputs[1]):
        yield from (OverflowError, ValueError)
    elif op.prim in ("call", "for", "while", "print"):
        yield from (Exception,) if op.prim in ("call", "print") else ()
    else:
        yield from UNCERTAIN.get(op.prim, ANY)


def _is_power(v: Value) -> bool:
    """Whether an exponent is known, and raises nothing at zero."""
    return isinstance(v, Const) and isinstance(v.const, int | float) and v.const >= 0


def _class_of_text(r: Reader, text: str) -> type[BaseException]:
    """Return the class of what a statement raises."""
    match ast.parse(text).body:
        case [ast.Raise(ast.Call(named) | named)]:
            name = ast.unparse(named)  # type: ignore[arg-type]
            if name == "np.linalg.LinAlgError":
                return np.linalg.LinAlgError
            known: Any = r.arrays.get(name, getattr(builtins, name, Exception))
            return known if isinstance(known, type) else Exception
    return Exception
