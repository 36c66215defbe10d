"""Loops over ``enumerate`` or ``zip`` of what is asked for one item after the other.

They count, and take the items of others, themselves: beside a generator that takes turns with the
loop, and beside objects of the user's classes that have a ``__next__``.
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.comprehensions import hidden
from gradgen.frontend.cursors import (
    LEFT,
    TAKEN,
    held_by,
    is_cursor,
    item_taken,
    items_left,
    iterator_begun,
    own_begun,
)
from gradgen.frontend.iterables import takes_turns
from gradgen.frontend.own_iterators import STOP
from gradgen.frontend.raising_calls import known
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import OwnIterator
from gradgen.frontend.values import Cursor, Lazy, Static
from gradgen.syntax import located, nodes_in

BEGIN, OWN = "items begun", "own items begun"  # names that no program has
ZIP = "several at once"
CALLED = {
    BEGIN: Static(iterator_begun), LEFT: Static(items_left), TAKEN: Static(item_taken),
    OWN: Static(own_begun), STOP: Static(StopIteration),
}  # fmt: skip


def beside_others(r: Reader, s: ast.For) -> list[ast.stmt] | None:
    """Return a loop over ``enumerate`` or ``zip`` as the loop that counts, and asks, by itself.

    None for others, and where neither a generator takes turns nor a class has a ``__next__``.
    """
    call = s.iter
    if not r.book.turnwise and not r.book.stepwise:
        return None
    if not isinstance(call, ast.Call) or not call.args:
        return None
    found: dict[int, int] = dict(key for key in r.book.turnwise if isinstance(key, tuple))
    callee = known(r, call.func)
    kind = callee.obj if isinstance(callee, Static) else None
    asked = [_noted(r, arg, found, kind) for arg in call.args[kind is map :]]
    if not asked or (asked[0] is None and id(OwnIterator) not in asked):
        return None
    abreast = kind is zip and not s.orelse and not call.keywords
    if kind is map and len(call.args) > 1:
        r.frame.names[ZIP] = Static(zip)
        return _applied(r, s, call)
    if kind is not enumerate and not abreast:
        return None
    own = [key == id(OwnIterator) for key in asked]
    made = r.expansions.get((id(s), *own, "beside"))
    if made is None:
        first = asked[0] is not None and not own[0]  # it is a generator
        steps = _abreast(r, s, call, own, first) if abreast else _numbered(r, s, call)
        made = r.expansions[id(s), *own, "beside"] = [located(one, s) for one in steps]
    if abreast:
        r.frame.names |= CALLED
    return list(made)


def _noted(r: Reader, arg: ast.expr, found: dict[int, int], kind: Any) -> int | None:
    """Return what a generator that takes turns is noted by: where it is called, or has a name.

    Under ``enumerate``, so is an iterator that keeps its place, of which others take the rest.
    """
    value = held_by(r, arg.id) if isinstance(arg, ast.Name) else None
    if kind is enumerate and is_cursor(value):
        return id(Cursor)
    if isinstance(value, Lazy) and value.called is not None and takes_turns(r, value):
        key: int = value.called.key[1]
        return key
    return found.get(id(arg))


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


def _applied(r: Reader, s: ast.For, call: ast.Call) -> list[ast.stmt]:
    """Return a loop over ``map`` as one over what the function gets, which calls it."""
    made = r.expansions.get((id(s), "applied"))
    if made is None:
        function, *given = (hidden(r, s, f"applied{k or ''}") for k in range(len(call.args)))
        items = ast.Tuple([*map(_store, given)], ast.Store())
        over = ast.Call(_load(ZIP), call.args[1:], [])
        result = ast.Call(_load(function), [*map(_load, given)], [])
        body = [ast.Assign([s.target], result), *s.body]
        single = not given[1:]
        loop = ast.For(
            _store(given[0]) if single else items, call.args[1] if single else over, body, s.orelse
        )
        steps = [ast.Assign([_store(function)], call.args[0]), loop]
        made = r.expansions[id(s), "applied"] = [located(one, s) for one in steps]
    return list(made)


def _abreast(r: Reader, s: ast.For, call: ast.Call, own: list[bool], first: bool) -> list[ast.stmt]:
    """Return a loop over ``zip`` that takes the items of each by itself.

    ``own``: which are asked by a ``__next__`` of their class.  ``first``: the first one is a
    generator, whose body that of the loop stands in.
    """
    names = [hidden(r, s, f"beside{k or ''}") for k in range(len(call.args))]
    to, assigned = _targets(r, s, len(call.args))
    before: list[ast.stmt] = []
    steps: list[ast.stmt] = []
    for name, arg, target, asks in list(zip(names, call.args, to, own, strict=True))[first:]:
        before.append(ast.Assign([_store(name)], _call(OWN if asks else BEGIN, arg)))
        steps += _taken(name, target, asks)
    body = [*steps, *assigned, *s.body]
    loop: ast.stmt = ast.While(ast.Constant(True), body, [])
    if first:
        loop = ast.For(to[0], call.args[0], body, [])
    return [*before, loop]


def _taken(name: str, target: Any, asks: bool) -> list[ast.stmt]:
    """Return what takes the next item of an iterator, or leaves the loop at its end."""
    if not asks:
        ended = ast.UnaryOp(ast.Not(), _call(LEFT, _load(name)))
        return [ast.If(ended, [ast.Break()], []), ast.Assign([target], _call(TAKEN, _load(name)))]
    item = ast.Call(ast.Attribute(_load(name), "__next__", ast.Load()), [], [])
    handler = ast.ExceptHandler(_load(STOP), None, [ast.Break()])
    return [ast.Try([ast.Assign([target], item)], [handler], [], [])]


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
