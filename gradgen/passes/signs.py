"""A sign before a product with a literal is the literal's: ``-(2.0 * x)`` is ``-2.0 * x``."""

from __future__ import annotations

from gradgen.ir.nodes import Const, Function, Op, Value, blocks_of, uses, walk


def join_signs(function: Function) -> None:
    """Give signs of the reverse sweep to literals, in place."""
    count = uses(function.body)
    gone: set[int] = set()
    for op in walk(function.body):
        if op.prim == "neg" and op.reverse and (product := _scaled(op.inputs[0], count)):
            factor, value = product.inputs
            assert isinstance(factor, Const)
            op.prim, op.inputs = "mul", [Const(-factor.const), value]
            gone.add(id(product))
    for block in blocks_of(function.body) if gone else ():
        block.ops = [op for op in block.ops if id(op) not in gone]


def _scaled(v: Value, count: dict[Value, int]) -> Op | None:
    """Return the multiplication by a literal that made a value for this once, None for others."""
    op = v.op
    if op is None or op.prim != "mul" or not op.reverse or count.get(v) != 1:
        return None
    factor = op.inputs[0]
    return op if isinstance(factor, Const) and type(factor.const) is float else None
