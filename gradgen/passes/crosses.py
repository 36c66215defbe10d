"""Cross products of the derivative are written out: ``np.cross`` takes longer to look at vectors.

The user's own products have seen to it that these are vectors of three numbers.
"""

from __future__ import annotations

from gradgen.ir.nodes import Function, Op, walk
from gradgen.rules.contractions import cross_axes
from gradgen.rules.helpers import _crossed


def write_out_crosses(function: Function) -> None:
    """Let a helper multiply vectors in place of ``np.cross``, in place."""
    for op in walk(function.body):
        if op.prim == "cross" and op.derived and _along_last_axes(op):
            op.prim = "helper"
            op.attrs = {"function": _crossed.__name__, "options": (), "type": op.out.type}


def _along_last_axes(op: Op) -> bool:
    known = all(v.type.rank and v.type.dtype == "float64" for v in op.inputs)
    return known and set(cross_axes(op.attrs)) == {-1}
