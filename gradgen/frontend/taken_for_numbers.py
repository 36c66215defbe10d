"""What may be a number or an array, where only a number is understood: the text tests it.

Where no types are given, ``v += 1.0`` gives the name a new number, or writes to an array that other
names see; an entry that was read before a write is a number, or a view.  The text is made for
numbers there, and raises where it meets an array, also one without axes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradgen.errors import Span, UnsupportedError
from gradgen.ir.nodes import Op, Value

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader
    from gradgen.frontend.values import Ref


def entry_before_a_write(r: Reader, entry: Ref) -> Value:
    """Return an entry of what has been written to since it was read: the number that it was."""
    name = entry.storage.name or "an array"
    if not _is_at_hand(r, entry.value):
        what = f"after a write, an entry of {name!r} read before (the number, or a view?)"
        raise UnsupportedError(what, r.b.span, "give types: example arguments or annotations")
    return require_number(r, entry.value, f"an entry of {name}", r.b.span)


def _is_at_hand(r: Reader, v: Value) -> bool:
    """Whether a value was made in the current block, or in one around it."""
    blocks = (*r.b.around, r.b.block)
    return any(v in b.params or any(op is v.op for op in b.ops) for b in blocks)


def require_number(r: Reader, v: Value, name: str, span: Span | None) -> Value:
    """Test at this place that a value is a number; return it."""
    if any(_asks_for_number(op, v) for op in r.b.block.ops):
        return v
    text = f"this text is made for a number as {name!r}, and meets an array: give types"
    test = r.b.emit("not", [r.b.emit("isscalar", [v])], span=span)
    attrs = {"text": f"raise TypeError({text!r})"}
    r.b.append("raise_if", [test], [], span=span, attrs=attrs)
    return v


def _asks_for_number(op: Op, v: Value) -> bool:
    """Whether an operation is this test of a value."""
    test = op.inputs[0].op if op.prim == "raise_if" else None
    asked = test.inputs[0].op if test is not None and test.prim == "not" else None
    return asked is not None and asked.prim == "isscalar" and asked.inputs[0] is v
