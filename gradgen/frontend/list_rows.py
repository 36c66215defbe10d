"""Lists that several names and lists hold, and that are written to: places in a list of lists.

Where paths decide which list a name stands for, or which lists an outer list holds, a list cannot
be taken for its items.  It goes into a list of lists when it is made, and is its place there from
then on: whoever holds the place sees what is written to the list, as in Python.  Which expressions
make such lists is found in the text before (`list_flows`).
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.errors import UnsupportedError
from gradgen.frontend import lists, pools, row_kinds
from gradgen.frontend.joins import identity
from gradgen.frontend.list_flows import shared_lists, site_of
from gradgen.frontend.listed import INSIDE
from gradgen.frontend.pointers import Lists, is_list_row, pointer, told
from gradgen.frontend.reader import Reader
from gradgen.frontend.unbound import raise_where
from gradgen.frontend.values import LocalFunction, Seq, Static
from gradgen.ir.nodes import Block, Const, Op, Value, walk
from gradgen.ir.types import Type

ITEMS = "items"
# What may be done with the places of lists: they are kept, picked, and compared by themselves.
HOLDING = frozenset((
    "list", "append", "insert", "extend", "repeat_list", "pop", "load", "store", "for", "while",
    "call",
))  # fmt: skip
OF_PLACES = HOLDING | {"eq", "ne", "lt", "ge"}
OF_OUTER = HOLDING | {"copy", "if", "len", "not"}  # with lists of such places
WAY_OUT = "append a copy of it, as in groups.append(list(group))"


def kinds_in(fn: Any, named: bool) -> dict[Any, Lists]:
    """Return the class of lists that each expression makes, for those that several may hold."""
    kinds: dict[int, Lists] = {}
    return {
        site: kinds.setdefault(number, Lists(name))
        for site, (number, name) in shared_lists(fn, named).items()
    }


def kept_apart(r: Reader, node: ast.AST, value: Any, since: int) -> Any:
    """Return the place of a list that an expression made; anything else as it is.

    ``since``: what is older was not made by this expression.
    """
    kind: Lists | None = r.book.list_rows.get(site_of(node, r.frame.source.path))
    if kind is None or is_list_row(value):
        return value
    known = isinstance(value, Seq) and value.kind is list
    if not known and not (lists.is_list(r, value) and row_kinds.kind_of(r, node, value) is list):
        return value
    return new_place(r, node, value, kind, since)


def new_place(r: Reader, node: ast.AST, value: Any, kind: Lists, since: int = 0) -> Value:
    """Move a list that nothing holds into the list of lists, and return its place."""
    thing: Any = identity(value)
    others = r.reach(thing)
    if thing.id < since or getattr(value, "steps", ()) or r.visible_among(others):
        r.refuse(node, "a list that something else holds, among lists by the path", WAY_OUT)
    if INSIDE in r.objects(thing) or any(one.outside for one in others):
        r.refuse(node, "a list that stands in another one, among lists by the path", WAY_OUT)
    return pools.new_row(r, node, kind, {ITEMS: value})


def opened(r: Reader, place: Value, node: ast.AST) -> Any:
    """Return the list at a place."""
    found = pointer(place)
    assert found is not None
    if not found.sure and not told(r, place):
        none = r.b.emit("lt", [place, Const(0)])
        raise_where(r, TypeError("'NoneType' object is not a list"), none, r.span(node))
    return pools.place_of(r, place, ITEMS, node)


def factory(r: Reader, node: ast.AST, given: Any) -> Any:
    """Return what makes the lists of a `defaultdict`, which may be places in a list of lists."""
    path, _, *where = site_of(node, r.frame.source.path)
    makes_lists = isinstance(given, Static) and given.obj is list
    if not makes_lists or (path, "List", *where) not in r.book.list_rows:
        return given
    nothing = ast.arguments([], [], None, [], [], None, [])
    made = ast.copy_location(ast.List([], ast.Load()), node)
    return LocalFunction(ast.copy_location(ast.Lambda(nothing, made), node), r.frame, [], [])


def require_kept(block: Block) -> None:
    """Refuse a program that reckons with the place of a list, where the list itself is meant."""
    for op in walk(block):
        if not all(_is_kept(op, k, v.type) for k, v in enumerate(op.inputs)):
            what = "a list that several things may hold, where a number or an array is needed"
            raise UnsupportedError(what, op.span, "pass a copy, as in np.array(list(group))")


def _is_kept(op: Op, k: int, t: Type) -> bool:
    """Whether an operation leaves the places of lists, or the lists of these, what they are."""
    if t.item is not None:
        return not _has_places(t.item) or op.prim in OF_OUTER
    subscript = (op.prim == "load" and k > 0) or (op.prim == "store" and k > 1)
    listed = not subscript or op.inputs[0].type.item is not None
    return not _has_places(t) or (op.prim in OF_PLACES and listed)


def _has_places(t: Type) -> bool:
    if t.item is not None:
        return _has_places(t.item)
    return t.of is not None and isinstance(t.of.kind, Lists)
