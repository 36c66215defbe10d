"""Rows of arguments, tuples, dicts or objects of one kind: what is in one is read where it stands.

A list of such rows is a list of the graph, and a row is a value of which nothing is known but what
its type says (`pointers.Row`); its items are operations ("field") on it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gradgen.errors import UnsupportedError
from gradgen.frontend.classes import has_attributes
from gradgen.frontend.listed import INSIDE, SHARED
from gradgen.frontend.pointers import Row, Same, row_of_argument, row_type
from gradgen.frontend.values import Map, Poison, Seq, Static
from gradgen.ir.nodes import Value

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader


def item(r: Reader, owner: Value, row: Row, key: Any, node: ast.AST) -> Any:
    """Return what a row holds under a key."""
    found = row.items[row.keys.index(key)]
    if isinstance(found, Same):
        return Static(found.obj)
    if found is None:
        what = f"{key!r} of rows in which it is not of one kind"
        return Poison(UnsupportedError(what, r.span(node), "let it be of one kind in all rows"))
    type_ = row_type(found) if isinstance(found, Row) else found
    attrs = {"key": row.step(key), "type": type_}
    if issubclass(row.kind, tuple):
        attrs["width"] = len(row.keys)  # it may be unpacked
    value = r.hold(r.b.append("field", [owner], [type_], span=r.span(node), attrs=attrs).out)
    if not type_.is_scalar and not isinstance(found, Row):
        value.storage.outside = True
        r.entangle(value.storage, SHARED, set())
        if type_.kind == "list":
            r.entangle(value.storage, INSIDE, set())
            r.book.row_kinds.note(list)
    return value


def expanded(r: Reader, owner: Value, row: Row, node: ast.AST) -> Any:
    """Return a row that is a tuple or dict as one; an object as it is."""
    if has_attributes(row.kind):
        return owner
    items = [item(r, owner, row, key, node) for key in row.keys]
    if row.kind is dict:
        return Map(dict(zip(row.keys, items, strict=True)), row=(owner, node))
    return Seq(items, row.kind)


def require_unwritten(r: Reader, owner: Value, node: ast.AST) -> None:
    """Refuse to write to a row of an argument."""
    if row_of_argument(owner):
        r.refuse(node, "a write to a row of an argument", "make a new row")
