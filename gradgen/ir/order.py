"""Whether arrays lie in memory row by row, so that flat views of them are views."""

from __future__ import annotations

from gradgen.ir.nodes import WRITES, Value

IN_ROWS = ("copy", "zeros", "ones", "full", "empty")  # unless an order is given


def made_in_rows(v: Value) -> bool:
    """Whether an array is known to lie in memory row by row."""
    while v.op is not None and v.op.prim in WRITES:
        v = v.op.inputs[0]
    if v.op is not None and v.op.prim == "if":
        k = v.op.outputs.index(v)
        return all(made_in_rows(b.results[k]) for b in v.op.blocks if b.end == "yield")
    return v.op is not None and v.op.prim in IN_ROWS and v.op.attrs.get("order", "C") == "C"
