"""Generators that never end: what they do from one ``yield`` to the next, when they are asked.

Such a generator is a beginning and a ``while True`` with one ``yield`` in it.  It stands where it
yields; what is behind that in the loop is done when the next item is asked for, as in Python, with
what was sent.  What its names stand for meanwhile is in a box.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.frontend.assigned import assigned_names
from gradgen.frontend.jumps import SCOPES, jumps_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Cursor, Frame, Iteration, Record, Static
from gradgen.ir.nodes import Const, Value
from gradgen.syntax import located, nodes_in, parts_of

BEGUN, SENT = "it has yielded", "what was sent"  # names that no program has


class Locals:
    """The class of the boxes that hold the names of a generator between two items."""


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A generator as two functions: what it does at first, and for each item."""

    begin: ast.FunctionDef
    resume: ast.FunctionDef
    names: frozenset[str]


def parts_of_endless(r: Reader, definition: Any) -> Parts | None:
    """Return the parts of a generator that never ends; None for others."""
    key = (id(definition), "resumed")
    if key not in r.expansions:
        r.expansions[key] = _parts(definition)
    found: Parts | None = r.expansions[key]
    return found


def _parts(definition: Any) -> Parts | None:
    *before, loop = definition.body
    endless = isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant)
    if not endless or not loop.test.value or any(map(_yields, before)) or jumps_of(before):
        return None
    places = [k for k, s in enumerate(loop.body) if _yields(s)]
    if len(places) != 1 or jumps_of(loop.body):
        return None
    (place,) = places
    match loop.body[place]:
        case ast.Expr(ast.Yield(value)):
            got: list[ast.stmt] = []
        case ast.Assign(targets, ast.Yield(value)):
            got = [ast.Assign(targets, ast.Name(SENT, ast.Load()))]
        case _:
            return None
    value = value or ast.Constant(None)
    if any(isinstance(n, ast.Yield | ast.YieldFrom) for n in nodes_in(value)):
        return None
    later = [*got, *loop.body[place + 1 :]]
    again: list[ast.stmt] = [ast.If(ast.Name(BEGUN, ast.Load()), later, [])] if later else []
    steps = [*again, *loop.body[:place], ast.Return(value)]
    spec = definition.args
    params = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    names = {*assigned_names(definition.body), *(p.arg for p in params if p is not None)}
    none = ast.arguments([], [], None, [], [], None, [])
    # All names are read later, when the next item is asked for: a function that could do so.
    loads: list[ast.expr] = [ast.Name(name, ast.Load()) for name in sorted(names)]
    keep = ast.Expr(ast.Lambda(none, ast.Tuple(loads, ast.Load())))
    begin, resume = (
        located(ast.FunctionDef(definition.name, none, body, [], None), definition)
        for body in ([keep, *before], [keep, *steps])
    )
    return Parts(begin, resume, frozenset(names))


def own_yield(statements: list[ast.stmt]) -> ast.AST | None:
    """Return the first yield of a function's own among statements; those in it are others'."""
    todo: list[ast.AST] = list(statements)
    for n in todo:
        if isinstance(n, ast.Yield | ast.YieldFrom):
            return n
        if not isinstance(n, SCOPES):
            todo += parts_of(n)
    return None


def _yields(s: ast.stmt) -> bool:
    return own_yield([s]) is not None


def endless(
    r: Reader, node: ast.AST, parts: Parts, frame: Frame, run: Callable[[Any], Any], seen: Any
) -> Record:
    """Return an iterator over what a generator yields; ``run`` reads a body in its frame.

    ``seen``: what it could read when it was called, which is when its beginning is read.
    """
    run(parts.begin)
    state = Record(Locals, {**_own(frame, parts), BEGUN: Const(False)})

    def item(_: Value) -> Any:
        held = dict(state.fields)
        begun, sent = held.pop(BEGUN), held.pop(SENT, Static(None))
        if not (isinstance(begun, Const) and begun.const):
            seen.require_same(r, node)
        frame.names = {**held, BEGUN: begun, SENT: sent}
        out = run(parts.resume)
        r.fill(state, {**_own(frame, parts), BEGUN: Const(True)})
        return out

    # A name keeps the box in sight of loops, whatever the iterator itself becomes.
    r.frame.names[f"generator {id(node)} {len(r.call_path)}"] = state
    over = Iteration(None, item, endless=True)
    return Record(Cursor, {"place": Const(0), "over": over, "state": state})


def send(r: Reader, it: Record, value: Any, node: ast.AST) -> Any:
    """Read ``it.send(value)``."""
    state = it.fields.get("state")
    if not isinstance(state, Record):
        r.refuse(node, "send to an iterator that is no endless generator", "write a function")
    if not (isinstance(value, Static) and value.obj is None):
        begun = state.fields[BEGUN]
        if not isinstance(begun, Const):
            r.refuse(node, "send to a generator that may not have begun", "call next(it) before")
        if not begun.const:
            what = "can't send non-None value to a just-started generator"
            r.fail(node, TypeError(what))
        r.fill(state, {**state.fields, SENT: value})
    return it.fields["over"].element(Const(0))


def _own(frame: Frame, parts: Parts) -> dict[str, Any]:
    """Return what the names of a generator stand for."""
    return {name: v for name, v in frame.names.items() if name in parts.names}
