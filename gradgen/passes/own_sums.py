"""A share is added in place to an adjoint that the sweep has just made: ``d_w += x.T @ d_y``.

It saves an array.  Only where nothing else reads the adjoint as it was, and the share cannot make
it longer or of another type.
"""

from __future__ import annotations

from gradgen.ir.nodes import ADDITIONS, Function, Op, Value, blocks_of, uses
from gradgen.passes.rebinding import fits_within
from gradgen.rules.registry import RULES

PRODUCTS = ("matmul", "outer", "np.outer")


def add_to_own(function: Function) -> None:
    """Turn sums of the reverse sweep into additions in place, as long as they have one name."""
    count = uses(function.body)
    for block in blocks_of(function.body):
        own: set[Op] = set()
        for op in block.ops:
            if _adds_to_own(op, own, count):
                op.attrs = {"index": "e", "sign": ADDITIONS[op.prim], "instead": op.prim}
                op.prim = "inc"
                own.add(op)
            elif _makes_array(op):
                own.add(op)


def _adds_to_own(op: Op, own: set[Op], count: dict[Value, int]) -> bool:
    if op.prim not in ADDITIONS or not op.reverse:
        return False
    total, share = op.inputs
    if total.op not in own or count.get(total) != 1 or not total.user or share is total:
        return False
    if total.name != op.out.name or total.type.dtype != op.out.type.dtype:
        return False
    return (share.type.dtype or "?") == total.type.dtype and fits_within(total, share)


def _makes_array(op: Op) -> bool:
    """Whether an operation of the sweep has made an array that nothing else refers to."""
    if (
        not op.reverse
        or len(op.outputs) != 1
        or op.out.type.kind != "array"
        or not op.out.type.rank
    ):
        return False
    return op.prim in PRODUCTS or (op.prim in RULES and RULES[op.prim].elementwise)
