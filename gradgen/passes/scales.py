"""A product with a transposed matrix is scaled itself: ``c * (x.T @ d)``, not ``x.T @ (c * d)``.

Nor ``(c * d).T @ x``.

The factor has a row for each example, as a rule, and the product one for each weight.  Only in the
reverse sweep, as it is rounded another way.
"""

from __future__ import annotations

from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value
from gradgen.passes.ways import replace_ways


def scale_products(function: Function) -> None:
    """Multiply products of the reverse sweep by constants, in place of their factors."""
    replace_ways(function, _way, _scaled)


def _way(op: Op, count: dict[Value, int]) -> list[Op]:
    """Return the constants and signs that a factor of a product is scaled by.

    The second, or the first before it is transposed; the transposition is on the way then.
    """
    if op.prim != "matmul" or not op.reverse:
        return []
    a, v = op.inputs
    if a.op is None or a.op.prim != "T" or (a.type.rank, v.type.rank) != (2, 2):
        return []
    second = _scalings(v, count)
    if second or not a.op.reverse or count.get(a) != 1:
        return second
    first = _scalings(a.op.inputs[0], count)
    return [a.op, *first] if first else []


def _scalings(v: Value, count: dict[Value, int]) -> list[Op]:
    way: list[Op] = []
    while v.op is not None and _scales(v.op) and count.get(v) == 1:
        way.append(v.op)
        v = v.op.inputs[-1]
    return way


def _scales(op: Op) -> bool:
    """Whether the sweep multiplies a matrix by a constant, or changes its sign."""
    if not op.reverse or any(v.type.dtype != "float64" for v in (op.out, op.inputs[-1])):
        return False
    constant = isinstance(op.inputs[0], Const) and isinstance(op.inputs[0].const, float)
    return op.prim == "neg" or (op.prim == "mul" and constant)


def _scaled(op: Op, way: list[Op]) -> list[Op]:
    """Return the product of what was scaled, and the scaling of that."""
    b = Builder(Block(), reverse=True)
    b.span, b.region = op.span, op.region
    plain, turned = way[-1].inputs[-1], way[0].prim == "T"
    factors = [b.emit("T", [plain]), op.inputs[1]] if turned else [op.inputs[0], plain]
    v = b.emit("matmul", factors)
    for scaled in reversed(way[turned:]):
        v = b.emit(scaled.prim, [*scaled.inputs[:-1], v])
    assert v.op is not None
    v.op.outputs, op.out.op = op.outputs, v.op
    return b.block.ops
