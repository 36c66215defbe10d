"""A product of an entry with itself reads it once: its adjoint is one product, not a sum of two."""

from __future__ import annotations

from gradgen.ir.nodes import Function, Op, blocks_of, same_value, uses, walk

PRODUCTS = ("mul", "np.multiply")


def read_once(function: Function) -> None:
    """Let both factors of a product be one read, where they are two of the same place, in place."""
    products = [op for op in walk(function.body) if op.prim in PRODUCTS and _same_place(op)]
    if not products:
        return
    count = uses(function.body)
    gone: set[Op] = set()
    for op in products:
        first, second = op.inputs
        if first is not second and count[second] == 1 and second.op is not None:
            op.inputs[1] = first
            gone.add(second.op)
    for block in blocks_of(function.body) if gone else ():
        block.ops = [op for op in block.ops if op not in gone]


def _same_place(op: Op) -> bool:
    """Whether the factors are reads of the same numbers of one array, as it was then."""
    first, second = (v.op for v in op.inputs)
    if first is None or second is None or first is second:
        return False
    if first.prim != "load" or second.prim != "load" or first.attrs != second.attrs:
        return False
    return all(map(same_value, first.inputs, second.inputs)) and op.inputs[0].type.inexact
