"""Sums over the rows of a product of matrices are taken before the product, which is linear.

``np.sum(a @ b, axis=0)`` is ``np.sum(a, axis=0) @ b``: a vector times a matrix.  In the forward
sweep nothing is touched, as the sum would be rounded another way.
"""

from __future__ import annotations

from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value
from gradgen.passes.ways import replace_ways


def sum_before_products(function: Function) -> None:
    """Sum factors of the reverse sweep in place of their products, in place."""
    replace_ways(function, _way, _summed)


def _way(op: Op, count: dict[Value, int]) -> list[Op]:
    """Return the operations from a sum back to the product that it sums, none where it does not."""
    axis, out = op.attrs.get("axis"), []
    if op.prim != "sum" or not op.reverse or len(op.inputs) != 1 or not isinstance(axis, int):
        return []
    v = op.inputs[0]
    rank = v.type.rank
    while count.get(v) == 1 and v.type.dtype == "float64":
        made = v.op
        if made is None or not made.reverse:
            return []
        out.append(made)
        if made.prim == "matmul":
            return out if _sums(made, axis, rank, bool(op.attrs.get("keepdims"))) else []
        if made.prim == "mul" and isinstance(made.inputs[0], Const):
            v = made.inputs[1]
        elif made.prim == "neg":
            v = made.inputs[0]
        else:
            return []
    return []


def _sums(product: Op, axis: int, rank: int | None, keepdims: bool) -> bool:
    """Whether an axis of a product is the rows of its first factor, or the columns of a matrix."""
    a, b = (v.type for v in product.inputs)
    if rank is None or a.rank != rank or rank < 2 or (b.rank or 0) < 2:
        return False
    if not a.dtype == b.dtype == product.out.type.dtype:
        return False
    return axis % rank == rank - 2 or (axis % rank == 1 and rank == b.rank == 2 and not keepdims)


def _summed(op: Op, way: list[Op]) -> list[Op]:
    """Return the operations that sum a factor, multiply, and scale as the product was."""
    b = Builder(Block(), reverse=True)
    b.span, b.region = op.span, op.region
    product, rank = way[-1], op.inputs[0].type.rank
    assert rank is not None
    axis, keepdims = op.attrs["axis"] % rank, bool(op.attrs.get("keepdims"))
    first, second = product.inputs
    if axis == rank - 2:
        kept = keepdims or rank > 2
        options = {"axis": axis, "keepdims": True} if kept else {"axis": axis}
        v = b.emit("matmul", [b.emit("sum", [first], **options), second])
        if kept and not keepdims:
            v = b.emit("load", [v, Const(0)], index=":" * axis + "i")
    else:
        v = b.emit("matmul", [first, b.emit("sum", [second], axis=1)])
    for scaled in reversed(way[:-1]):
        v = b.emit(scaled.prim, [*scaled.inputs[:-1], v])
    assert v.op is not None
    v.op.outputs, op.outputs[0].op = op.outputs, v.op
    return b.block.ops
