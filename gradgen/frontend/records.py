"""Tuples and dicts in lists whose length depends on the path: rows of lists side by side.

A tuple of things of different kinds, or a dict, that goes into such a list is moved to lists of the
graph, one for each of its items, as objects are (`frontend.pools`); what goes into the list is its
place in these.  Where it is asked for something, it is put together again (`expanded`): a dict as
one whose new items are written back.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gradgen.frontend.pointers import (
    Dicts,
    Tuples,
    as_number,
    is_none_itself,
    pointer,
    points_anywhere,
)
from gradgen.frontend.pools import held, new_row, own, set_item
from gradgen.frontend.unbound import may_miss, raise_where
from gradgen.frontend.values import Map, Ref, Seq
from gradgen.ir.nodes import Const, Value

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

WAY_OUT = "append a copy, as in items.append(dict(item))"


def as_row(r: Reader, value: Any, node: ast.AST) -> Any:
    """Return what goes into a list: a dict, a tuple of different kinds, or None, as a place."""
    value = r.settled(value)
    if points_anywhere(value) or is_none_itself(value):
        return as_number(value)
    if isinstance(value, Map):
        return _dict_row(r, node, value)
    if isinstance(value, Seq) and value.kind is not list and not _plain(r, value):
        return _tuple_row(r, node, value)
    return value


def _plain(r: Reader, value: Seq) -> bool:
    """Whether a tuple holds numbers alone, or arrays alone: it may be a list in a list."""
    leaves = [i for i in value.items if isinstance(i, Value | Ref) and not pointer(i)]
    kinds = {r.read(i).type.kind in ("float", "int", "bool") for i in leaves}
    return value.kind is tuple and len(leaves) == len(value.items) and len(kinds) < 2


def _tuple_row(r: Reader, node: ast.AST, value: Seq) -> Value:
    key = (value.kind, len(value.items))
    kind = r.book.tuples.setdefault(key, Tuples(*key))
    fields = getattr(value.kind, "_fields", [str(k) for k in range(len(value.items))])
    items = [_dict_row(r, node, i, value) if isinstance(i, Map) else i for i in value.items]
    row = new_row(r, node, kind, dict(zip(fields, items, strict=True)))
    if items != value.items:
        r.rename(value, row)
        _require_alone(r, node, value)
    return row


def _require_alone(r: Reader, node: ast.AST, value: Map | Seq, holder: Seq | None = None) -> None:
    """Refuse to move what other names hold, but for those that hold it through its holder."""
    if r.held_apart(value, holder) if holder is not None else r.visible(value):
        r.refuse(node, "a dict that something else holds, in such a list", WAY_OUT)


def _dict_row(r: Reader, node: ast.AST, value: Map, holder: Seq | None = None) -> Value:
    """Move a dict into lists; names that stand for it stand for its place from here on."""
    if value.row is not None:
        return value.row[0]
    keys = tuple(value.items)
    simple = value.unknown is None and value.factory is None and not value.outside
    if not simple or not keys or not all(isinstance(k, str) for k in keys):
        r.refuse(node, "a dict without keys, or not with texts for keys, in such a list",
                 "keep lists of numbers side by side, one for each part of an item")  # fmt: skip
    if any(map(may_miss, value.items.values())):
        r.refuse(node, "a dict that has some keys on one path, in such a list",
                 "give it all its keys before")  # fmt: skip
    if len(r.reach(value)) > 1 or value.joined:
        r.refuse(node, "a dict that is one or another by the path, in such a list", WAY_OUT)
    if value.id < r.turn:  # another turn may have put it there before
        r.refuse(node, "a dict from before the loop, in such a list", WAY_OUT)
    kind = r.book.tuples.setdefault(frozenset(keys), Dicts(keys))
    if kind.keys != keys:
        r.refuse(node, "dicts with their keys in different orders, in such a list",
                 "write their keys in one order")  # fmt: skip
    row = new_row(r, node, kind, value.items)
    r.rename(value, row)
    _require_alone(r, node, value, holder)
    return row


def expanded(r: Reader, value: Any, node: ast.AST) -> Any:
    """Return a tuple or dict that is kept in lists as one; anything else as it is."""
    found = pointer(value)
    if found is None or not isinstance(found.kind, Tuples | Dicts):
        return value
    names = own(r.book.columns[found.kind])
    if not found.sure:
        kind = "dict" if isinstance(found.kind, Dicts) else "tuple"
        none = r.b.emit("lt", [value, Const(0)])
        raise_where(r, TypeError(f"'NoneType' object is no {kind}"), none, r.span(node))
    if isinstance(found.kind, Dicts):
        return Map(
            {name: held(r, value, name, node) for name in found.kind.keys}, row=(value, node)
        )
    return Seq([held(r, value, name, node) for name in names], found.kind.kind)


def write_back(r: Reader, box: Map, items: dict[Any, Any]) -> None:
    """Let a dict that is kept in lists hold other items, under the same keys."""
    assert box.row is not None
    row, node = box.row
    if list(items) != list(box.items):
        r.refuse(node, "a dict in a list whose length depends on the path gets or loses keys",
                 "give it all its keys where it is made")  # fmt: skip
    for name, value in items.items():
        if value is not box.items[name]:
            set_item(r, row, name, value, node)
