"""Loops whose turns are apart do 32 turns at a time, and these innermost.

A turn that multiplies by a small matrix, entry by entry, has short loops inside, of which compilers
make nothing, and a number that a loop inside multiplies again and again, as a power, has each turn
wait for the one before; the same step for many turns at once is a loop of vectors.

::

    for i in range(n):                    for first in range(0, n, 32):
        for j in range(d):                    turns = min(32, n - first)
            y[j] = f(i, j)                    for j in range(d):
        for j in range(d):                        for lane in range(turns):
            for r in range(j + 1, d):  ->             y_lanes[j, lane] = f(first + lane, j)
                y[r] += a[j, r] * x[i, j]     for j in range(d):
                                                  for r in range(j + 1, d):
                                                      for lane in range(turns):
                                                          y_lanes[r, lane] += ...

This is strip-mining, with scalar and array expansion, distribution and interchange (Allen and
Kennedy, "Optimizing Compilers for Modern Architectures", 2001).  It is legal where
`passes.parallel` finds that turns meet only in sums: what a turn leaves in scratch, no other turn
reads.  What is a sum of the user's is still added up in the order of the turns, to the bit; those
of the reverse sweep are in another order, as those of fused loops are.
"""

from __future__ import annotations

from gradgen.diff.activity import carried
from gradgen.ir.nodes import (
    Block,
    Const,
    Function,
    Op,
    Value,
    known_turns,
    replace_uses,
    takes_all_turns,
    walk,
)
from gradgen.passes.lanes import Strips
from gradgen.passes.strip_turns import LANES, Turns, UnfitError, read_turns
from gradgen.passes.turns import Uses

FEWEST = 2 * LANES  # turns, where they are known
FEWEST_INSIDE = 16  # of a loop that multiplies a number
CHAINED = ("add", "sub", "mul", "neg")


def make_strips(function: Function) -> None:
    """Let loops whose turns are apart do many at a time, in place."""
    # Where sums may be reordered, `passes.sums_apart` lets chains wait and vectors not.
    chains = not function.reordered
    for loop in [op for op in function.body.ops if op.prim == "for" and _may_pay(op, chains)]:
        uses = Uses(function.body)
        try:
            turns = read_turns(loop, uses)
            if not _pays(turns, chains):
                continue
            before, made, after = Strips(turns).make()
        except UnfitError:
            continue
        at = function.body.ops.index(loop)
        function.body.ops[at : at + 1] = [*before, made]
        replace_uses(function.body, after)


def _may_pay(loop: Op, chains: bool) -> bool:
    """Whether a loop goes by ones, often enough, and has loops in loops, or chains in a loop."""
    start, _, step = loop.inputs[:3]
    from_zero = isinstance(start, Const) and start.const == 0
    by_ones = isinstance(step, Const) and step.const == 1
    turns = known_turns(loop)
    if not from_zero or not by_ones or (turns is not None and len(turns) < FEWEST):
        return False
    return any(_loops_in(op) or (chains and _has_chain(op)) for op in loop.blocks[0].ops)


def _loops_in(op: Op) -> bool:
    return op.prim == "for" and any(o.prim == "for" for o in walk(op.blocks[0]))


def _has_chain(op: Op) -> bool:
    """Whether a loop carries a number that its turns multiply: each waits for the one before."""
    if op.prim != "for" or op.reverse or not takes_all_turns(op):
        return False
    turns = known_turns(op)
    if turns is not None and len(turns) < FEWEST_INSIDE:
        return False
    return any(_is_multiplied(p, op.blocks[0]) for p in carried(op)[0])


def _is_multiplied(p: Value, body: Block) -> bool:
    """Whether a number is, at the end of a turn, a product of what it was."""
    if p.type.kind != "float" or p.type.dtype != "float64":
        return False
    ends = {p}
    for op in body.ops:
        if op.prim in CHAINED and not ends.isdisjoint(op.inputs):
            ends.add(op.out)
    end = body.results[body.params.index(p) - 1]
    return end in ends and any(
        op.prim == "mul" and not ends.isdisjoint(op.inputs) and op.out in ends for op in body.ops
    )


def _pays(turns: Turns, chains: bool) -> bool:
    """Whether a loop inside multiplies a number, or one in a loop inside writes to scratch.

    The latter is what products of matrices do.
    """
    if chains and any(_has_chain(op) for op in turns.loop.blocks[0].ops):
        return True
    for op in filter(_loops_in, walk(turns.loop.blocks[0])):
        for inner in (o for o in walk(op.blocks[0]) if o.prim == "for"):
            writes = (o for o in inner.blocks[0].ops if o.prim == "inc")
            if any(turns.cells[o.out].kind == "scratch" for o in writes):
                return True
    return False
