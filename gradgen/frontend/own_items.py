"""Items that are asked for in the list they come from, as the keys of a dict in a loop over it."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend import lists
from gradgen.frontend.aggregates import run_text
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.values import Ref, Seq
from gradgen.ir.nodes import Const, Value
from gradgen.library import dicts


def place_in(r: Reader, items: Any, item: Any) -> Value | None:
    """Return at which place of a list an item was read from it, None where it was not.

    The list has to be as it was then: a version of it is one value of the graph.
    """
    if not lists.is_list(r, items):
        return None
    v = r.read(item) if isinstance(item, Value | Ref) else _taken_apart(r, item)
    if v is None or not _is_item(v) or v.type.is_array:
        return None  # arrays are no keys, and of them Python can't say whether they are in a list
    assert v.op is not None
    return v.op.inputs[1] if v.op.inputs[0] is r.read(items) else None


def _is_item(v: Value) -> bool:
    return v.op is not None and v.op.prim == "load" and v.op.attrs["index"] == "i"


def _taken_apart(r: Reader, item: Any) -> Value | None:
    """Return the list of which a tuple has all items, as an unpacking gives them."""
    parts = item.items if isinstance(item, Seq) and item.kind is tuple else []
    loads = [p.op for p in parts if isinstance(p, Value) and p.op is not None and _is_item(p)]
    if not loads or len(loads) < len(parts):
        return None
    whole = loads[0].inputs[0]
    places = [op.inputs[1].const if isinstance(op.inputs[1], Const) else None for op in loads]
    if places != list(range(len(parts))) or any(op.inputs[0] is not whole for op in loads):
        return None
    return whole if any(_counts(r, test, whole, len(parts)) for test in r.facts) else None


def _counts(r: Reader, test: Value, whole: Value, count: int) -> bool:
    """Whether a test, which is known, says that a list has as many items."""
    op = test.op
    if op is None or op.prim != "ne" or r.facts[test]:
        return False
    length, number = op.inputs
    counted = length.op is not None and length.op.prim == "len" and length.op.inputs[0] is whole
    return counted and isinstance(number, Const) and number.const == count


@special(dicts.place_of, listed=False)
def _place_of(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read where a key stands: at the turn of the loop whose item it is, if that is known."""
    names, key = args
    place = place_in(r, names, key)
    if place is not None:
        return place
    return run_text(r, node, "place = names.index(key)", "place", names=names, key=key)
