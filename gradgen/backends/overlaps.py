"""Sums and products in place whose operand lies in the memory that is written to.

NumPy reads the operand before it writes; Numba does not, and would read what it has written.  So
the operand is copied first.
"""

from __future__ import annotations

from gradgen.ir.nodes import WRITES, Block, Function, Op, Value, blocks_of
from gradgen.passes.sharing import Sharing


def read_before_writing(function: Function) -> None:
    """Insert the copies that make writes in place read their operands first."""
    sharing = Sharing(function)
    for block in blocks_of(function.body):
        for op in [op for op in block.ops if op.prim in WRITES and op.inputs[0].type.is_array]:
            for reader, k in _operands(op):
                v = reader.inputs[k]
                if v.type.is_array and sharing.root(v) is sharing.root(op.inputs[0]):
                    _copy(block, reader, k)


def _operands(op: Op) -> list[tuple[Op, int]]:
    """Return what a write reads while it writes: the operation and the place among its inputs."""
    if op.prim != "store":
        return [(op, 1)]
    out = [(op, 1)] if set(op.attrs["index"]) & set("am") else []
    made = op.inputs[1].op
    if op.attrs.get("augmented") and made is not None and not made.blocks:
        out += [(made, k) for k in range(len(made.inputs)) if not _is_the_place(op, made.inputs[k])]
    return out


def _is_the_place(op: Op, v: Value) -> bool:
    """Whether a value is read from the very place that is written to."""
    if v is op.inputs[0]:
        return op.attrs["index"] == "e"
    read = v.op
    if read is None or read.prim != "load" or op.attrs.get("path"):
        return False
    same = all(read.attrs.get(k) == op.attrs.get(k) for k in ("index", "slices"))
    return same and read.inputs[0] is op.inputs[0] and read.inputs[1:] == op.inputs[2:]


def _copy(block: Block, reader: Op, k: int) -> None:
    v = reader.inputs[k]
    copied = Value(v.type, v.name, v.span)
    copied.op = Op("copy", [v], [copied], {}, reader.span, reverse=reader.reverse)
    if reader in block.ops:
        block.ops.insert(block.ops.index(reader), copied.op)
        reader.inputs[k] = copied
