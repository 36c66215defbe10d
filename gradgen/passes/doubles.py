"""What the reverse sweep adds to itself is doubled: ``0.5 * r + 0.5 * r`` is ``r``.

That is the adjoint of ``r`` in ``0.5 * r @ r``; ``0.5 * lam * w @ w`` adds two products, which have
the same factors.  The text is shorter, and what was multiplied need not be kept.
"""

from __future__ import annotations

from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, replace_uses

DEEP = 3  # products in products that are looked through


def double_sums(function: Function) -> None:
    """Write sums of two equal products as one, in place.

    In loops and branches, only products of the sweep are taken apart: what they read is kept.
    """
    instead: dict[Value, Value] = {}
    for block in blocks_of(function.body):
        made: list[Op] = []
        for op in block.ops:
            doubled = _doubled(op, everything=block is function.body)
            if doubled is None:
                made.append(op)
            else:
                instead[op.out] = doubled[0]
                made += doubled[1]
        block.ops = made
    if instead:
        replace_uses(function.body, instead)


def _doubled(op: Op, everything: bool) -> tuple[Value, list[Op]] | None:
    """Return what stands for a sum of two equal products, and the operations that make it."""
    if op.prim != "add" or not op.reverse or op.out.type.dtype not in ("float64", "float32"):
        return None
    (times, one), (again, other) = (_factors(v, everything) for v in op.inputs)
    same = sorted(v.id for v in one) == sorted(v.id for v in other) and times == again
    # An entry of another kind, or another shape, would be that of the product.
    if not one or not same or any(v.type.dtype != op.out.type.dtype for v in one):
        return None
    b = Builder(Block(), reverse=True)
    b.span, b.region = op.span, op.region
    product = one[0]
    for v in one[1:]:
        product = b.emit("mul", [product, v])
    if times != 0.5:
        product = b.emit("mul", [Const(2.0 * times), product])
    return (product, b.block.ops) if product.type == op.out.type else None


def _factors(v: Value, everything: bool, depth: int = DEEP) -> tuple[float, list[Value]]:
    """Return a product as a constant and the other factors, in order."""
    if isinstance(v, Const):
        return (v.const, []) if type(v.const) is float else (1.0, [v])
    if v.op is None or v.op.prim != "mul" or not depth or not (everything or v.op.reverse):
        return 1.0, [v]
    (a, one), (b, other) = (_factors(side, everything, depth - 1) for side in v.op.inputs)
    return a * b, one + other
