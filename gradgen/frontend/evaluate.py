"""The values of expressions: as Python has them, and as values of the graph."""

from __future__ import annotations

import ast
import enum
import functools
from collections.abc import Callable
from typing import Any

from gradgen.deep import deep
from gradgen.frontend.describing import describe
from gradgen.frontend.entries import folded
from gradgen.frontend.pointers import is_list_row
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import (
    Choice,
    Iteration,
    Poison,
    Record,
    Ref,
    Seq,
    SliceValue,
    Static,
)
from gradgen.ir.nodes import Const, Value, next_id
from gradgen.library.queues import LimitedDeque


@functools.cache
def _handlers() -> Any:
    # A cycle by nature: handlers read calls and subscripts, and these read expressions.
    from gradgen.frontend.expressions import HANDLERS

    return HANDLERS


@deep
def evaluate(r: Reader, node: ast.expr) -> Any:
    """Return the value of an expression."""
    handler = _handlers().get(type(node))
    if handler is None:
        r.refuse(node, f"{_construct(node)} is not supported", "rewrite it with plain arithmetic")
    r.b.span = r.span(node)
    since = next_id() if r.book.list_rows else 0
    with r.awaiting():
        value = r.settled(handler(r, node))
        if since:
            from gradgen.frontend.list_rows import kept_apart

            value = kept_apart(r, node, value, since)
    r.await_part(value)
    return value if r.entries is None else folded(r, value)


def number(r: Reader, node: ast.expr) -> Value:
    """Return the graph value of an expression that has to be a number or an array."""
    return as_value(r, evaluate(r, node), node)


def as_value(r: Reader, value: Any, node: ast.AST) -> Value:
    """Return the graph value of something that has to be a number or an array."""
    value = r.settled(value)
    if isinstance(value, Value) and is_list_row(value):
        from gradgen.frontend.list_rows import opened

        return r.read(opened(r, value, node))
    if isinstance(value, Value | Ref):
        return r.read(value)
    if isinstance(value, Choice):
        return _chosen_number(r, value, node)
    if isinstance(value, Seq) and value.grown is None and not value.items:
        return r.b.emit("zeros", [Const(0)], span=r.span(node))
    if isinstance(value, Seq) and value.items:
        parts = [_as_row(r, as_value(r, item, node), node) for item in value.items]
        return r.b.emit("array", parts, span=r.span(node))
    if isinstance(value, Iteration) and value.bounds and not value.backwards:
        return r.b.emit("arange", list(value.bounds), span=r.span(node))
    if isinstance(value, Record) and value.kind is LimitedDeque:
        return as_value(r, value.fields["items"], node)
    if isinstance(value, Static) and value.obj is None:
        return Const(None)
    if is_number(value):
        return _literal(value)
    if isinstance(value, Poison):
        raise value.error
    what = f"a {describe(value)} is used where a number or an array is needed"
    if isinstance(value, SliceValue):
        r.refuse(
            node, what, "list the places; or give types, if ranks are not known: example arguments"
        )
    r.refuse(node, what)


def is_number(value: Any) -> bool:
    """Whether a known object is a number of Python's, as a member of an ``IntEnum`` is."""
    if not isinstance(value, Static):
        return False
    member = isinstance(value.obj, enum.Enum) and isinstance(value.obj, int | float)
    return member or type(value.obj) in (bool, int, float, complex)


def _literal(value: Static) -> Const:
    """Return such an object as the literal that is equal to it."""
    if isinstance(value.obj, enum.Enum):
        return Const(int(value.obj) if isinstance(value.obj, int) else float(value.obj))  # type: ignore[arg-type]
    return Const(value.obj)


def _as_row(r: Reader, v: Value, node: ast.AST) -> Value:
    """Return an item of what becomes an array, a list as the array that it becomes in there."""
    return r.b.emit("array_of_list", [v], span=r.span(node)) if v.type.kind == "list" else v


def _chosen_number(r: Reader, choice: Choice, node: ast.AST) -> Value:
    """Return the number that is chosen; what is none raises on its path, as in Python."""
    known = [r.settled(o) for o in (choice.then, choice.other)]
    plain = [_literal(o) if is_number(o) else o for o in known]
    choice = Choice(choice.test, plain[0], plain[1])
    for option, other, bad in (
        (choice.then, choice.other, True),
        (choice.other, choice.then, False),
    ):
        if isinstance(option, Static):
            test = choice.test if bad else r.b.emit("not", [choice.test])
            text = f"raise TypeError({f'{option.obj!r} is used as a number'!r})"
            r.b.append("raise_if", [test], [], span=r.span(node), attrs={"text": text})
            return as_value(r, other, node)
    if not any(isinstance(o, Static) or is_list_row(o) for o in options(choice)):
        return r.read(choice)
    # A cycle: branches evaluate their tests.
    from gradgen.frontend.branches import choose

    def side(option: Any) -> Callable[[], Value]:
        return lambda: as_value(r, option, node)

    made = choose(r, node, choice.test, side(choice.then), side(choice.other))
    return as_value(r, made, node)


def options(value: Any) -> list[Any]:
    """Return what a choice may be, through choices inside it."""
    if isinstance(value, Choice):
        return [*options(value.then), *options(value.other)]
    return [value]


def _construct(node: ast.AST) -> str:
    names = {
        "Yield": "yield", "YieldFrom": "yield from", "Await": "await",
        "JoinedStr": "an f-string", "ListComp": "a list comprehension", "Starred": "unpacking by *",
        "SetComp": "a set comprehension", "DictComp": "a dict comprehension", "Set": "a set",
        "GeneratorExp": "a generator expression",
    }  # fmt: skip
    kind = type(node).__name__
    return names.get(kind, kind)
