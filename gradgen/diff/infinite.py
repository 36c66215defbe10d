"""Which values may be entries of tables that begin with infinities: no path leads there.

Dynamic programs border their tables with ``np.inf``.  What is divided by, or multiplied with, such
an entry has an infinite derivative, and what is made of that afterwards, the exponential of
``-inf``, has none at all: ``0 * inf`` is NaN.  So the shares of such products are zero where the
adjoint is, and an entry that is infinite has no tangent.
"""

from __future__ import annotations

import math

from gradgen.diff.gaps import JOINING, Flow
from gradgen.diff.zeros import DIVISIONS, EXTREMES, HARMLESS, MOVING, PICKING, PRODUCTS
from gradgen.ir.nodes import WRITES, Const, Function, Op, Value, walk

# Operations whose result is infinite where what they take is.
KEEPING = {
    *MOVING, *PICKING, *EXTREMES, *HARMLESS, *JOINING, *PRODUCTS, *WRITES, "load", "copy", "astype",
    "sum", "mean", "np.float64",
}  # fmt: skip


def may_be_infinite(function: Function) -> set[Value]:
    """Return the values that may be infinite as entries of arrays that were filled with that."""
    if not any(_is_source(op) for op in walk(function.body)):
        return set()
    found = _Infinite()
    found.block(function.body)
    return found.found


def _is_source(op: Op) -> bool:
    """Whether an array is made of infinities, or they are written to one."""
    literals = [v.const for v in op.inputs if isinstance(v, Const)]
    infinite = any(isinstance(c, float) and math.isinf(c) for c in literals)
    return infinite and (op.prim in WRITES or any(v.type.kind == "array" for v in op.outputs))


class _Infinite(Flow):
    """The values found so far."""

    def reaches(self, v: Value) -> bool:
        """Whether a value may be infinite."""
        return v in self.found

    def concerns(self, v: Value) -> bool:
        """Whether a value may be infinite at all: numbers and arrays of floats."""
        return v.type.kind in ("float", "array", "list", "any")

    def operation(self, op: Op) -> bool:
        """Whether an operation gives what may be infinite."""
        given = op.inputs[:1] if op.prim in (*DIVISIONS, "load") else op.inputs
        return _is_source(op) or (op.prim in KEEPING and any(v in self.found for v in given))
