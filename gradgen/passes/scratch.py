"""Arrays that are made before the loops around a place, and written to anew in each turn there.

They are carried from turn to turn, as all that loops write to, and what is in them at the end of a
turn is not read in the next one.
"""

from __future__ import annotations

from typing import NamedTuple

from gradgen.diff.rows import Row
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Op, Value, made_in, takes_all_turns
from gradgen.ir.types import array
from gradgen.rules.shapes_of import length_of

Level = tuple[Op, Block]  # a loop, and the block that it stands in


class Around(NamedTuple):
    """The loops around a block, outermost first; ``inside``: of which a branch is in another."""

    levels: list[Level]
    inside: bool


def places(body: Block) -> list[Around]:
    """Return the loops of a block, and of those inside, each with the loops around it."""
    found: list[Around] = []
    work = [(body, Around([], False))]
    while work:
        block, above = work.pop()
        for op in block.ops:
            around = Around([*above.levels, (op, block)], above.inside)
            if goes_through(op):
                found.append(around)
            else:
                looped = op.prim in ("for", "while") or bool(above.levels)
                around = Around([], above.inside or looped)
            work += [(inner, around) for inner in op.blocks]
    return found


def goes_through(op: Op) -> bool:
    """Whether an operation is a counted loop that takes all its turns."""
    return op.prim == "for" and takes_all_turns(op)


def outside(levels: list[Level], values: list[Value]) -> int:
    """Return the outermost level before whose loop there are some values."""
    at = len(levels) - 1
    while at and made_in(levels[at - 1][0].blocks[0]).isdisjoint(values):
        at -= 1
    return at


def insert_before(level: Level, b: Builder) -> None:
    """Put what a builder has made before the loop of a level."""
    loop, block = level
    at = next(k for k, op in enumerate(block.ops) if op is loop)
    block.ops[at:at] = b.block.ops


def builder_before(loop: Op, near: Op) -> Builder:
    """Return a builder of what stands before a loop, for what is near in it."""
    # What stands before a loop that is both sweeps in one belongs to it.
    b = Builder(Block(), reverse=near.reverse or "fused" in loop.attrs)
    b.span = near.span
    return b


def make_scratch(levels: list[Level], near: Op, name: str) -> Value:
    """Make an array with a place for each turn of the last loop, as far out as can be.

    Returns it where it is in the block of that loop; ``hand_on`` says what becomes of it there.
    """
    loop = levels[-1][0]
    at = outside(levels, loop.inputs[:3])
    b = builder_before(levels[at][0], near)
    extent = Row(loop, loop.blocks[0]).extent(b)
    type_ = array("float64", (length_of(extent),))
    full = b.append("empty", [extent], [type_], [name]).out
    insert_before(levels[at], b)
    for k, (loop, _) in enumerate(levels[at:-1]):
        param, out = Value(type_, name, near.span), Value(type_, name, near.span)
        out.op = loop
        if k:
            levels[at + k - 1][0].blocks[0].results[-1] = out
        loop.inputs.append(full)
        loop.outputs.append(out)
        loop.blocks[0].params.append(param)
        loop.blocks[0].results.append(param)
        loop.attrs.setdefault("buffers", []).append(param)
        full = param
    return full


def hand_on(levels: list[Level], ends: dict[Value, Value]) -> None:
    """Let the loop around the last one hand on what has become of arrays in a turn."""
    if len(levels) > 1:
        body = levels[-2][0].blocks[0]
        body.results = [ends.get(v, v) for v in body.results]
