"""Clearing a place that nothing reads again is left out.

The adjoint of ``out[i] = f(x[i])`` reads ``d_out[i]`` and clears it: what was there before the
store has no share in what came after.  Where each turn of the loop has a place of its own, and
nothing reads the array when the loop is done, no one would see the zero.
"""

from __future__ import annotations

from gradgen.ir.nodes import Block, Function, Value
from gradgen.passes.clears import clears
from gradgen.passes.invariants import drop_unchanged
from gradgen.passes.turns import Uses, has_own_places


def drop_unread_clears(function: Function) -> None:
    """Take out stores of zero at the end of turns of the reverse sweep, in place."""
    reads = Uses(function.body)
    found = False
    for block in reads.owner:
        for k, v in enumerate(block.results):
            clear = v.op
            if clear is None or not clears(clear) or clear not in block.ops:
                continue
            if len(reads.of[v]) == 1 and _is_unread(v, k, block, reads):
                block.results[k] = clear.inputs[0]
                block.ops = [op for op in block.ops if op is not clear]
                found = True
    if found:
        drop_unchanged(function)


def _is_unread(v: Value, place: int, block: Block, reads: Uses) -> bool:
    """Whether what a turn leaves is read neither by another one nor after the loops around it."""
    while block in reads.owner:
        loop, around = reads.owner[block]
        if loop.prim != "for" or not loop.reverse or block.end != "continue":
            return False
        if not has_own_places(block.params[place + 1], loop, v):
            return False
        v, block = loop.outputs[place], around
        uses = reads.of.get(v, [])
        if not uses:
            return True
        if len(uses) != 1 or uses[0].op is not None:
            return False
        place = uses[0].place
    return False
