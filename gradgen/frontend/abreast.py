"""Loops over ``enumerate`` or ``zip`` of a generator that takes turns with the loop.

They are read as loops over the generator alone, which count, and take other items, themselves.
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.comprehensions import hidden
from gradgen.frontend.cursors import LEFT, TAKEN, item_taken, items_left, iterator_begun
from gradgen.frontend.raising_calls import known
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Static
from gradgen.syntax import located, nodes_in

BEGIN = "items begun"  # a name that no program has
CALLED = {BEGIN: iterator_begun, LEFT: items_left, TAKEN: item_taken}


def beside_others(r: Reader, s: ast.For) -> list[ast.stmt] | None:
    """Return a loop over ``enumerate`` or ``zip`` of a generator as the loop over that alone.

    None for others, and for generators that take no turns.
    """
    call = s.iter
    if not r.book.turnwise or not isinstance(call, ast.Call) or not call.args:
        return None
    first, *others = call.args
    if not any(isinstance(key, tuple) and key[0] == id(first) for key in r.book.turnwise):
        return None
    callee = known(r, call.func)
    kind = callee.obj if isinstance(callee, Static) else None
    abreast = kind is zip and bool(others) and not s.orelse and not call.keywords
    if kind is not enumerate and not abreast:
        return None
    made = r.expansions.get((id(s), "beside"))
    if made is None:
        steps = _abreast(r, s, call) if abreast else _numbered(r, s, call)
        made = r.expansions[id(s), "beside"] = [located(one, s) for one in steps]
    if abreast:
        r.frame.names |= {name: Static(function) for name, function in CALLED.items()}
    return list(made)


def _numbered(r: Reader, s: ast.For, call: ast.Call) -> list[ast.stmt]:
    """Return a loop over ``enumerate`` with a number that it counts itself."""
    given = {k.arg: k.value for k in call.keywords}
    start = call.args[1] if len(call.args) > 1 else given.get("start", ast.Constant(0))
    number = hidden(r, s, "number")
    to, assigned = _targets(r, s, 2)
    steps = [ast.Assign([to[0]], _load(number)), *assigned]
    more = ast.AugAssign(_store(number), ast.Add(), ast.Constant(1))
    loop = ast.For(to[1], call.args[0], [*steps, more, *s.body], s.orelse)
    return [ast.Assign([_store(number)], start), loop]


def _abreast(r: Reader, s: ast.For, call: ast.Call) -> list[ast.stmt]:
    """Return a loop over ``zip`` that takes the items of all but the generator by itself."""
    first, *others = call.args
    names = [hidden(r, s, f"beside{k or ''}") for k in range(len(others))]
    before: list[ast.stmt] = [
        ast.Assign([_store(name)], _call(BEGIN, other))
        for name, other in zip(names, others, strict=True)
    ]
    to, assigned = _targets(r, s, len(call.args))
    steps: list[ast.stmt] = []
    for name, target in zip(names, to[1:], strict=True):
        ended = ast.UnaryOp(ast.Not(), _call(LEFT, _load(name)))
        steps.append(ast.If(ended, [ast.Break()], []))
        steps.append(ast.Assign([target], _call(TAKEN, _load(name))))
    return [*before, ast.For(to[0], first, [*steps, *assigned, *s.body], [])]


def _targets(r: Reader, s: ast.For, count: int) -> tuple[list[Any], list[ast.stmt]]:
    """Return where each item goes, and what gives the loop's own target the tuple of them."""
    others = (ast.Starred, ast.Subscript, ast.Attribute)
    plain = not any(isinstance(n, others) for n in nodes_in(s.target))
    if plain and isinstance(s.target, ast.Tuple) and len(s.target.elts) == count:
        return s.target.elts, []
    names = [hidden(r, s, f"item{k}") for k in range(count)]
    pair = ast.Tuple([_load(name) for name in names], ast.Load())
    return [_store(name) for name in names], [ast.Assign([s.target], pair)]


def _call(function: str, arg: ast.expr) -> ast.Call:
    return ast.Call(_load(function), [arg], [])


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _store(name: str) -> ast.Name:
    return ast.Name(name, ast.Store())
