"""Clearing a place that nothing reads again is left out.

The adjoint of ``out[i] = f(x[i])`` reads ``d_out[i]`` and clears it: what was there before the
store has no share in what came after.  Where each turn of the loop has a place of its own, and
nothing reads the array when the loop is done, no one would see the zero.
"""

from __future__ import annotations

from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, uses
from gradgen.passes.invariants import drop_unchanged
from gradgen.passes.turns import has_own_places


def drop_unread_clears(function: Function) -> None:
    """Take out stores of zero at the end of turns of the reverse sweep, in place."""
    count = uses(function.body)
    owners = {b: (op, block) for block in blocks_of(function.body) for op in block.ops
              for b in op.blocks}  # fmt: skip
    found = False
    for block in owners:
        for k, v in enumerate(block.results):
            clear = v.op
            if clear is None or not _clears(clear) or clear not in block.ops:
                continue
            if count.get(v) == 1 and _is_unread(v, k, block, owners, count):
                block.results[k] = clear.inputs[0]
                block.ops = [op for op in block.ops if op is not clear]
                found = True
    if found:
        drop_unchanged(function)


def _is_unread(
    v: Value,
    place: int,
    block: Block,
    owners: dict[Block, tuple[Op, Block]],
    count: dict[Value, int],
) -> bool:
    """Whether what a turn leaves is read neither by another one nor after the loops around it."""
    while block in owners:
        loop, around = owners[block]
        if loop.prim != "for" or not loop.reverse or block.end != "continue":
            return False
        if not has_own_places(block.params[place + 1], loop, v):
            return False
        v, block = loop.outputs[place], around
        if not count.get(v):
            return True
        if count[v] != 1 or not any(r is v for r in block.results):
            return False
        place = next(k for k, r in enumerate(block.results) if r is v)
    return False


def _clears(op: Op) -> bool:
    """Whether an operation of the sweep sets entries to zero."""
    value = op.inputs[1] if op.prim == "store" and op.reverse else None
    return isinstance(value, Const) and value.const == 0
