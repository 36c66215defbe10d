"""What a branch has answered, nothing inside of it asks again.

The adjoint of what one path gives is zero where the other was taken, so that the sweep chooses by
the same test again and again.  Where such a choice has come to stand on one side of a branch by
that test (`passes/sinking.py` moves it there), it is what that side says.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.ir.nodes import Block, Function, Op, Value, replace_uses
from gradgen.passes.dce import remove_dead

Known = dict[Value, int]  # the tests that are answered: 0 where they hold, 1 where they do not


def use_answers(function: Function) -> None:
    """Let choices of the sweep be what the branches around them say, in place."""
    found: dict[Value, Value] = {}
    _go_through(function.body, {}, found)
    if found:
        replace_uses(function.body, found)
        remove_dead(function)


@deep
def _go_through(block: Block, known: Known, found: dict[Value, Value]) -> None:
    ops: list[Op] = []
    for op in block.ops:
        side = known.get(op.inputs[0]) if op.inputs else None
        chosen = _chosen(op, side) if side is not None and op.derived else None
        if chosen is not None:
            found[op.out] = chosen
            continue
        for k, inner in enumerate(op.blocks):
            _go_through(inner, known | {op.inputs[0]: k} if op.prim == "if" else known, found)
        ops.append(op)
    block.ops = ops


def _chosen(op: Op, side: int) -> Value | None:
    """Return what a choice is on one side; None for what is no choice, or has more to do there."""
    if op.prim == "select":
        chosen = op.inputs[1 + side]
    elif op.prim == "if" and len(op.outputs) == 1 and op.blocks[side].end == "yield":
        if op.blocks[side].ops:
            return None
        chosen = op.blocks[side].results[0]
    else:
        return None
    return chosen if chosen.type == op.out.type else None
