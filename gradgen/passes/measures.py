"""Lengths are asked of arrays that are there anyway, not of what would be computed for them alone.

The derivative of ``np.mean(np.where(small, r**2, np.abs(r)))`` needs to know how many entries there
are, and no entry: ``r`` has as many.
"""

from __future__ import annotations

from gradgen.ir.nodes import Function, Op, Value, uses, walk
from gradgen.ir.types import Dim, Length
from gradgen.passes.shapes import READS

LENGTHS = ("len", "dim")


def measure_what_is_there(function: Function) -> None:
    """Let the sweep take shapes from other arrays of the function's own block, in place."""
    asked: dict[Value, list[Op]] = {}
    for op in walk(function.body):
        k = READS.get(op.prim)
        if k is not None and op.reverse and len(op.inputs) > k:
            asked.setdefault(op.inputs[k], []).append(op)
    if not asked:
        return
    count = uses(function.body)
    plain = [op for op in function.body.ops if not op.reverse and not op.blocks]
    arrays = [u for op in plain for u in op.outputs if u.type.kind == "array"]
    alone = {
        v
        for v in arrays
        if v.op is not None and v.op.prim != "leaf" and count.get(v) == len(asked.get(v, ()))
    }
    there = [u for u in arrays if u not in alone]
    for v in arrays:
        for op in asked[v] if v in alone and v in asked else ():
            _measure(op, v, there)


def _measure(op: Op, v: Value, there: list[Value]) -> None:
    """Let an operation ask another array, if one is as long."""
    shape = v.type.shape
    if not shape or any(isinstance(d, Dim) and d.joined for d in shape):
        return
    if op.prim not in LENGTHS:
        twin = next((u for u in there if u.type == v.type), None)
        op.inputs[READS[op.prim]] = twin or v
        return
    length = shape[op.attrs.get("axis", 0)]
    for u in there:
        at = _axis(u, length)
        if at is not None and not isinstance(length, int):
            op.prim = "len" if at == 0 else "dim"
            op.attrs = {"axis": at} if at else {}
            op.inputs[0] = u
            return


def _axis(u: Value, length: Length) -> int | None:
    """Return the axis of an array that has a length, None if none has."""
    return next((k for k, d in enumerate(u.type.shape or ()) if d == length), None)
