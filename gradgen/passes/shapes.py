"""Where only the shape of an array is read, its newest version will do.

So that the array's old contents need not be kept, or copied, for the sake of their shape.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.twins import SHAPE_READ
from gradgen.ir.nodes import WRITES, Block, Function, Op, Value

READS = {**SHAPE_READ, "len": 0, "dim": 0, "ndim": 0, "winners": 0}


def read_newest_shapes(function: Function) -> None:
    """Let reads of shapes follow the stores before them, in place."""
    _block(function.body, {})


@deep
def _block(block: Block, newest: dict[Value, Value]) -> None:
    newest = dict(newest)
    for op in block.ops:
        k = READS.get(op.prim)
        if k is not None and len(op.inputs) > k:
            op.inputs[k] = _latest(op.inputs[k], newest)
        for inner in op.blocks:
            _block(inner, newest)
        if op.prim in WRITES and _is_array(op):
            newest[op.inputs[0]] = op.out


def _is_array(op: Op) -> bool:
    return op.out.type.kind == "array"


def _latest(v: Value, newest: dict[Value, Value]) -> Value:
    while v in newest:
        v = newest[v]
    return v
