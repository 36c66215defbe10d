"""What may be a number or an array, where only a number is understood: the text tests it.

Where no types are given, ``v += 1.0`` gives the name a new number, or writes to an array that other
names see; an entry that was read before a write is a number, or a view.  The text is made for
numbers there, and raises where it meets an array, also one without axes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradgen.errors import Span, UnsupportedError
from gradgen.ir.nodes import Const, Op, Value

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader
    from gradgen.frontend.values import Ref


def entry_before_a_write(r: Reader, entry: Ref) -> Value:
    """Return an entry of what has been written to since it was read: the number that it was."""
    name = entry.storage.name or "an array"
    plain = all(set(s.attrs["index"]) <= set("i:") for s in entry.steps if s.prim == "load")
    if not plain or not _is_at_hand(r, entry.value):
        what = f"after a write, an entry of {name!r} read before (the number, or a view?)"
        raise UnsupportedError(what, r.b.span, "give types: example arguments or annotations")
    # By whole numbers, an array of one axis gives a number; a copy of it may have become an array.
    v = entry.value
    if not any(_asks(op, "ndim", v) for op in r.b.block.ops):
        test = r.b.emit("ne", [r.b.emit("ndim", [v]), Const(0)])
        _raise(r, test, f"an entry of {name}", r.b.span)
    return v


def _is_at_hand(r: Reader, v: Value) -> bool:
    """Whether a value was made in the current block, or in one around it."""
    blocks = (*r.b.around, r.b.block)
    return any(v in b.params or any(op is v.op for op in b.ops) for b in blocks)


def require_number(r: Reader, v: Value, name: str, span: Span | None) -> Value:
    """Test at this place that a value is a number; return it."""
    if any(_asks(op, "isscalar", v) for op in r.b.block.ops):
        return v
    _raise(r, r.b.emit("not", [r.b.emit("isscalar", [v])], span=span), name, span)
    return v


def _raise(r: Reader, test: Value, name: str, span: Span | None) -> None:
    way_out = "give types, and keep arrays of different ranks in lists of their own"
    if r.book.of_known_types:  # as one of the lengths may decide, for which it is read again
        what = f"a number or an array as {name!r}, by the path, which only a number may be here"
        raise UnsupportedError(what, span, "keep arrays of different ranks under different names")
    text = f"this text is made for a number as {name!r}, and meets an array: {way_out}"
    attrs = {"text": f"raise TypeError({text!r})"}
    r.b.append("raise_if", [test], [], span=span, attrs=attrs)


def _asks(op: Op, prim: str, v: Value) -> bool:
    """Whether an operation is this test of a value."""
    test = op.inputs[0].op if op.prim == "raise_if" else None
    asked = test.inputs[0].op if test is not None and test.inputs else None
    return asked is not None and asked.prim == prim and asked.inputs[0] is v
