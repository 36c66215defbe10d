"""Items of lists that are None on some path, and a number or a tuple of whole numbers elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gradgen.errors import UnsupportedError
from gradgen.frontend.pointers import WORDS, is_none_itself, pointer
from gradgen.frontend.values import Choice
from gradgen.ir.nodes import Block, Const, Value
from gradgen.rules.lists import joined_item

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader


def is_one(value: Any) -> bool:
    """Whether a value is None on some path, and on no other an object in lists: that has -1."""
    if isinstance(value, Choice):
        sides = (value.then, value.other)
        return any(map(is_one, sides)) and not any(map(_points, sides))
    return is_none_itself(value)


def _points(value: Any) -> bool:
    if isinstance(value, Choice):
        return _points(value.then) or _points(value.other)
    found = pointer(value)
    return found is not None and found.kind is not WORDS


def as_item(r: Reader, value: Any, read: Callable[[Any], Value]) -> Value:
    """Return such an item; ``read`` gives the value of the graph for what is not None."""
    value = r.settled(value)
    if is_none_itself(value):
        return Const(None)
    if not isinstance(value, Choice):
        return read(value)
    sides = []
    for option in (value.then, value.other):
        with r.b.into(Block()) as block:
            block.results.append(as_item(r, option, read))
        sides.append(block)
    try:
        type_ = joined_item(*(block.results[0].type for block in sides))
    except UnsupportedError as error:
        raise UnsupportedError(error.message, r.b.span, error.hint) from None
    how = {"style": "expression"}
    return r.b.append("if", [value.test], [type_], attrs=how, blocks=sides).out
