"""Attributes of objects in lists that are None in some objects, and something else in others.

Beside objects, None is -1 (`frontend.pointers`); beside numbers, it is itself.  A tuple is several
lists as long as no object has None in its place: where one does, the tuples of the attribute are
rows of lists themselves, and the attribute is their place.
"""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING, Any

from gradgen.dataclass import dataclass
from gradgen.frontend import beside_none, row_kinds
from gradgen.frontend.evaluate import options
from gradgen.frontend.pointers import Lists, Tuples, is_none_itself, null, pointer, row_type
from gradgen.frontend.values import Choice, Ref, Seq
from gradgen.ir.nodes import Value
from gradgen.ir.types import OPAQUE, Type

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader


@dataclass(frozen=True, slots=True)
class Parts:
    """What an attribute is that holds tuples of one length."""

    kind: type
    length: int


def is_number(item: Any) -> bool:
    """Whether an attribute is a number in some object."""
    return isinstance(item, Type) and item.is_scalar and item.of is None and item != OPAQUE


def type_beside_none(name: Any, *types: Type) -> Type | None:
    """Return what an attribute holds of which these are types: None, for an object, and another.

    Lists, too, are rows of lists then: the attribute holds their places.
    """
    if not any(t.of is not None and t.of.kind is None for t in types):
        return None
    if any(t.kind == "list" for t in types):
        return row_type(Lists(str(name)), sure=False)
    return next(filter(is_number, types), None)


def wider_in(r: Reader, name: Any, value: Any) -> Type | None:
    """Return what an attribute holds if None and a number, or a list, are there by the path."""
    if not isinstance(value, Choice) or not beside_none.is_one(value):
        return None
    held = [r.settled(v) for v in options(value)]
    types = [r.read(v).type for v in held if isinstance(v, Value | Ref)]
    return type_beside_none(name, null().type, *types)


def is_place(item: Any) -> bool:
    """Whether an attribute holds places of tuples or lists."""
    found = item.of if isinstance(item, Type) else None
    return found is not None and isinstance(found.kind, Tuples | Lists)


def tuple_type(r: Reader, kind: Any, name: Any, item: Parts) -> Type:
    """Return the type of an attribute that holds tuples or None, in the place of its parts."""
    rows = r.book.tuples.setdefault((kind, name), Tuples(item.kind, item.length))
    known = r.book.columns.setdefault(rows, {})
    for k, field in enumerate(_fields(rows)):
        _move_parts(r.book.columns[kind], (name, k), known, field)
    return row_type(rows, sure=False)


def _fields(kind: Any) -> list[str]:
    return list(getattr(kind.kind, "_fields", map(str, range(kind.length))))


def _move_parts(known: dict[Any, Any], name: Any, others: dict[Any, Any], field: Any) -> None:
    """Let what is known of a part of an attribute be known of the item of a tuple."""
    item = known.pop(name, None)
    others.setdefault(field, item)
    for k in range(item.length if isinstance(item, Parts) else 0):
        _move_parts(known, (name, k), others, (field, k))


def place(r: Reader, node: ast.AST, value: Any, name: Any, kind: Any) -> Any:
    """Return the place of a tuple or list, new or one that is in the lists, and -1 for None."""
    # A cycle by nature: branches make what attributes hold.
    from gradgen.frontend.branches import choose

    value = r.settled(value)
    if isinstance(value, Choice):
        again = functools.partial(place, r, node, name=name, kind=kind)
        then, other = (functools.partial(again, v) for v in (value.then, value.other))
        return choose(r, node, value.test, then, other)
    if is_none_itself(value):
        return null(kind)
    found = pointer(value)
    if found is not None and found.kind in (kind, None):
        return value
    make = _place_of_list if isinstance(kind, Lists) else _place_of_tuple
    return make(r, node, value, name, kind)


def _place_of_tuple(r: Reader, node: ast.AST, value: Any, name: Any, kind: Any) -> Value:
    # A cycle by nature: rows of lists hold such attributes.
    from gradgen.frontend.pools import new_row, refuse_kinds
    from gradgen.frontend.records import expanded

    value = expanded(r, value, node)
    if not isinstance(value, Seq) or (value.kind, len(value.items)) != (kind.kind, kind.length):
        refuse_kinds(r, node, name)
    return new_row(r, node, kind, dict(zip(_fields(kind), value.items, strict=True)))


def _place_of_list(r: Reader, node: ast.AST, value: Any, name: Any, kind: Any) -> Value:
    # A cycle by nature, as above.
    from gradgen.frontend.list_rows import new_place
    from gradgen.frontend.pools import refuse_kinds

    if row_kinds.kind_of(r, node, value) is not list:
        refuse_kinds(r, node, name)
    r.hand_over([value])  # what is stored is no part that an expression still waits for
    return new_place(r, node, value, kind)
