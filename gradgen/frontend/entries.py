"""What follows from pinned arrays of whole numbers: keys, lengths and tests that are known.

A function that is read for the entries of a call (see ``pinning``) has integer arrays whose values
are known.  What is made of them alone is computed here while the function is read, by NumPy, so
that ``groups[int(labels[i])]`` has a constant key.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.deep import deep
from gradgen.errors import Span
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Ref, Seq, is_static
from gradgen.ir.evaluate import EFFECTS, EvaluationError, Frame, Runner
from gradgen.ir.nodes import Block, Const, Function, Undefined, Value
from gradgen.ir.types import Type

LONGEST = 64  # a longer axis, or more entries, are left open: nothing that long is written out
KEYS = (
    f"keys follow from integer arrays of up to {LONGEST} entries, beside float64 alone; "
    "for other keys, use an array and np.add.at, np.bincount or masks"
)
UNKNOWN: Any = object()
STORES = ("store", "inc", "add_at", "append", "extend", "insert")  # of what is known, into such


class Entries:
    """The values of integers and integer arrays, as far as they are known."""

    def __init__(self) -> None:
        self.frame = Frame()
        nothing = Function("", [], [], Block(), Span())
        self.runner = Runner(nothing, {})

    @deep
    def of(self, v: Value) -> Any:
        """Return what a value is, ``UNKNOWN`` where that is not known."""
        if isinstance(v, Const):
            return v.const
        if v not in self.frame.values:
            self.frame.values[v] = UNKNOWN if isinstance(v, Undefined) else self._computed(v)
        return self.frame.values[v]

    def _computed(self, v: Value) -> Any:
        op = v.op
        if op is None or op.blocks or len(op.outputs) != 1 or not _is_whole(v.type):
            return UNKNOWN
        if op.prim in EFFECTS and op.prim not in STORES:
            return UNKNOWN
        if any(self.of(i) is UNKNOWN for i in op.inputs):
            return UNKNOWN
        try:
            with np.errstate(all="ignore"):
                (found,) = self.runner.operation(op, self.frame)
        except EvaluationError:
            return UNKNOWN  # what it raises, it raises when it is run
        return found


def _is_whole(t: Type) -> bool:
    """Whether a value is a whole number or a truth value, or an array or a list of them."""
    return _is_whole(t.item) if t.item is not None else t.dtype.startswith(("int", "uint", "bool"))


def enter(r: Reader, leaf: Value, spec: Type) -> None:
    """Note what an argument holds, for which the function is read."""
    r.pinned = True
    r.entries = r.entries or Entries()
    r.entries.frame.values[leaf] = np.array(spec.entries, spec.dtype)


def held(r: Reader, value: Value | Ref) -> tuple[Any, ...] | None:
    """Return the entries of an integer array, as a spec has them; None where they are not known."""
    t = r.read(value).type
    if r.entries is None or t.kind != "array" or not _is_whole(t):
        return None
    found = r.entries.of(r.read(value))
    return None if found is UNKNOWN or not np.ndim(found) else entries_of(found)


def entries_of(array: np.ndarray) -> tuple[Any, ...]:
    """Return the entries of an array as nested tuples, which can be hashed."""
    rows = array.tolist()
    return tuple(entries_of(row) for row in array) if array.ndim > 1 else tuple(rows)


def folded(r: Reader, value: Any) -> Any:
    """Return Python's int or bool that a value is known to be, else the value.

    NumPy's stay as they are: among numbers they have a dtype of their own.
    """
    if not isinstance(value, Value) or isinstance(value, Const) or not value.type.weak:
        return value
    found = r.entries.of(value)
    return value if found is UNKNOWN or not value.type.is_scalar else _constant(found)


def literal(r: Reader, value: Any) -> Any:
    """Return a key, a bound or a test as a constant if it is known, else as it is."""
    if r.entries is None or is_static(value):
        return value
    if isinstance(value, Seq) and value.grown is None:
        items = [literal(r, item) for item in value.items]
        return Seq(items, value.kind) if all(map(is_static, items)) else value
    if not isinstance(value, Value) or not value.type.is_scalar:
        return value
    found = r.entries.of(value)
    return value if found is UNKNOWN else _constant(found)


def literal_items(r: Reader, items: Seq | Ref) -> Seq | Ref:
    """Return what a sequence holds as constants if that is known, else as it is."""
    if isinstance(items, Ref) and r.entries is not None:
        found = r.entries.of(r.read(items))
        if found is not UNKNOWN and np.ndim(found) == 1:
            return Seq([_constant(k) for k in found])
    out = literal(r, items)
    assert isinstance(out, Seq | Ref)
    return out


def length(r: Reader, ref: Ref) -> int | None:
    """Return the number of rows of an array or list, None where it is not known."""
    found = UNKNOWN if r.entries is None else r.entries.of(r.read(ref))
    return None if found is UNKNOWN else len(found)


def _constant(found: Any) -> Const:
    return Const(bool(found) if isinstance(found, bool | np.bool_) else int(found))
