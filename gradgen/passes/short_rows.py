"""Short rows of a matrix are summed by a product, where their length is known.

``np.sum(d, axis=1)`` takes NumPy a call for each row, ``d @ np.ones(3)`` one for all: for rows of
three numbers it is more than ten times quicker.  Only in derivatives, as it is rounded another way.
"""

from __future__ import annotations

from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, blocks_of

LONGEST = 16  # of longer rows, the calls are no longer most of the time


def sum_short_rows(function: Function) -> None:
    """Multiply by ones in place of sums along short rows of matrices, in place."""
    for block in blocks_of(function.body):
        if any(map(_sums_short_rows, block.ops)):
            block.ops = [new for op in block.ops for new in _product(op)]


def _sums_short_rows(op: Op) -> bool:
    if op.prim != "sum" or not op.derived or len(op.inputs) != 1:
        return False
    t = op.inputs[0].type
    if t.rank != 2 or t.dtype != "float64" or op.out.type.dtype != "float64":
        return False
    length = t.shape[1] if t.shape else None
    options = op.attrs.get("axis") in (1, -1) and set(op.attrs) <= {"axis", "keepdims"}
    return options and isinstance(length, int) and 1 < length <= LONGEST


def _product(op: Op) -> list[Op]:
    """Return what makes the ones, and the product with them; others alone."""
    if not _sums_short_rows(op):
        return [op]
    b = Builder(Block(), reverse=op.reverse, tangent=op.tangent)
    b.span, b.region = op.span, op.region
    (v,) = op.inputs
    assert v.type.shape is not None
    lengths = [v.type.shape[1], 1] if op.attrs.get("keepdims") else [v.type.shape[1]]
    product = b.emit("matmul", [v, b.emit("ones", [Const(n) for n in lengths])])
    assert product.op is not None
    product.op.outputs, op.out.op = op.outputs, product.op
    return b.block.ops
