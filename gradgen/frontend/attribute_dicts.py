"""The dict of an object's attributes, ``__dict__`` or ``vars``: a write into it sets attributes.

It is read as a dict of its own, which is good for as long as no attribute is set in another way.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gradgen.errors import UnsupportedError
from gradgen.frontend import unbound
from gradgen.frontend.class_defaults import require_own
from gradgen.frontend.values import OTHER_KEYS, Map, Poison, Record

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

HELD = "_held"  # the attribute of a class that extends `list` or `dict` (``library.containers``)


def attributes_as_dict(r: Reader, node: ast.AST, owner: Record) -> Map:
    """Return the attributes of an object by name; those may be missing that one path has set."""
    require_own(r, owner, node, "the attributes of an object, of which some are set on one path")
    items: dict[Any, Any] = {k: v for k, v in owner.fields.items() if k != HELD}
    if any(map(unbound.may_miss, items.values())):
        what, way = "attributes that are set on one path", "set them on each path"
        items[OTHER_KEYS] = Poison(UnsupportedError(what, r.span(node), way))
    made = Map(items, attributes_of=owner)
    owner.dicts.append(made)
    return made


def fields_written(owner: Map, held: dict[Any, Any]) -> dict[str, Any]:
    """Return the fields of an object after its dict of attributes has got new contents."""
    assert owner.attributes_of is not None
    poison = owner.items.get(OTHER_KEYS)
    if isinstance(poison, Poison):
        raise poison.error
    fields = owner.attributes_of.fields
    return {**({HELD: fields[HELD]} if HELD in fields else {}), **held}


def outdate(r: Reader, owner: Record, fields: dict[str, Any]) -> None:
    """Let the dicts of an object's attributes that were taken before not be read any more."""
    what = "a dict of attributes that was taken before one of them was set"
    error = UnsupportedError(what, r.b.span, "read it from the object, or set the attributes first")
    taken, owner.dicts = owner.dicts, []
    for each in taken:
        r.load(each, dict.fromkeys([*each.items, *fields, OTHER_KEYS], Poison(error)))
