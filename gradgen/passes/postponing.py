"""What a turn of the sweep hands on is computed last: ``d_v = d_v * k`` where ``d_v`` is read.

Computed earlier, it would need a name of its own until the end of the turn.
"""

from __future__ import annotations

from gradgen.ir.nodes import Block, Function, Op, Value, uses, walk, written_inputs
from gradgen.rules.registry import RULES


def postpone(function: Function) -> None:
    """Move operations of the sweep to the end of their loop's body, in place."""
    read = uses(function.body)
    for op in walk(function.body):
        if op.prim in ("for", "while") and op.reverse:
            _block(op.blocks[-1], read)


def _block(block: Block, read: dict[Value, int]) -> None:
    if block.end != "continue":
        return
    handed_on = set(block.results)
    last = [op for k, op in enumerate(block.ops)
            if _can_wait(op, handed_on, read) and _is_awaited(op, block.ops[k + 1 :])]  # fmt: skip
    if last:
        block.ops = [op for op in block.ops if op not in last] + last


def _can_wait(op: Op, handed_on: set[Value], read: dict[Value, int]) -> bool:
    """Whether only the next turn reads the result of an operation, which is all that it does."""
    if op.prim not in RULES or op.blocks or len(op.outputs) > 1 or written_inputs(op):
        return False
    return op.reverse and op.out in handed_on and read[op.out] == 1


def _is_awaited(op: Op, after: list[Op]) -> bool:
    """Whether what has the name of a result is read later on, and stays what it is until then."""
    inputs = set(op.inputs)
    named = {v for v in inputs if v.name and v.name == op.out.name}
    inside = [o for later in after for o in (later, *(i for b in later.blocks for i in walk(b)))]
    written = {o.inputs[k] for o in inside for k in written_inputs(o)}
    return not inputs & written and any(named & set(o.inputs) for o in inside)
