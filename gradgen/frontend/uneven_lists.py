"""Lists of unlike items, ``[total, [names]]``, that stand in lists of the graph.

A list of known length is taken apart into its items, and one whose items are all numbers, or all
lists, may be an item of another.  Where one of numbers beside lists, texts or None is to be such an
item, the function is read again with these as objects, which are rows of lists side by side.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gradgen.frontend.evaluate import options
from gradgen.frontend.objects import class_of
from gradgen.frontend.pointers import is_word
from gradgen.frontend.special import special
from gradgen.frontend.values import Choice, Ref, Seq, Static, Text
from gradgen.ir.nodes import Value
from gradgen.library.uneven_lists import CLASSES, changed_in_length

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader


def as_row(r: Reader, node: ast.AST, made: Seq) -> Any:
    """Return a list that was just made, as an object if it is one of unlike items."""
    kind = CLASSES.get(len(made.items))
    if kind is None or len({_kind(r, v) for v in made.items}) < 2:
        return made
    r.book.kinds.uneven = True
    if not r.book.uneven:
        return made
    # A cycle by nature: objects are made by calls.
    from gradgen.frontend.construction import construct

    return construct(r, node, kind, made.items, {})


def is_uneven(value: Any) -> bool:
    """Whether a value is such an object, or the place of one."""
    return class_of(value) in CLASSES.values()


def _kind(r: Reader, item: Any) -> type:
    """Return what an item is among others: a number, a text, None, or something that holds more."""
    if isinstance(item, Choice):
        return _kind(r, options(item)[0])
    if isinstance(item, Value | Ref):
        t = r.read(item).type
        return float if t.is_scalar and not t.is_place else str if is_word(item) else list
    if isinstance(item, Static):
        return type(item.obj)
    return str if isinstance(item, Text) else list


@special(changed_in_length, listed=False)
def _changed_in_length(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    what = "a list of numbers beside lists gets or loses items, and stands in a list"
    r.refuse(node, what, "make a new list, and put it there")
