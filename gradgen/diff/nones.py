"""Which numbers may be None: items of lists in which None stands beside numbers.

A number that is kept in an array cannot be None, which would come back as ``nan``.
"""

from __future__ import annotations

from gradgen.ir.nodes import Block, Const, Op, Value, blocks_of, walk

NUMBERS = ("float", "int", "bool")


def perhaps_none(top: Block) -> set[Value]:
    """Return the numbers that may be None: those that come out of a list, and what they become."""
    if not any(map(_asks_for_none, blocks_of(top))):
        return set()
    found: set[Value] = set()
    while True:
        before = len(found)
        for op in walk(top):
            found |= _taken(op, found)
        if len(found) == before:
            return found


def _asks_for_none(block: Block) -> bool:
    """Whether None is made, passed on or asked for in a block, or a number tested as it is."""
    ends = [*block.results, *(v for op in block.ops for v in op.inputs)]
    if any(isinstance(v, Const) and v.const is None for v in ends):
        return True
    tests = [op.inputs[0] for op in block.ops if op.prim == "if"]
    return any(test.type.kind in ("float", "int") for test in tests)


def _taken(op: Op, found: set[Value]) -> set[Value]:
    """Return the numbers of an operation that may be None, where others are known to be."""
    if op.prim in ("load", "pop") and op.inputs[0].type.kind == "list":
        return {v for v in op.outputs if v.type.kind in NUMBERS}
    if op.prim == "call" or not op.blocks:
        return {v for v in op.outputs if op.prim == "call" and v.type.kind in NUMBERS}
    into = [*op.inputs, *(v for block in op.blocks for v in block.results)]
    if not any(v in found or (isinstance(v, Const) and v.const is None) for v in into):
        return set()
    params = [v for block in op.blocks for v in block.params[op.prim == "for" :]]
    return {v for v in (*params, *op.outputs) if v.type.kind in NUMBERS}
