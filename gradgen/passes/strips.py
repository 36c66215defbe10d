"""Loops whose turns are apart do 32 turns at a time, and these innermost.

A turn that multiplies by a small matrix, entry by entry, has short loops inside, of which compilers
make nothing; the same step for many turns at once is a loop of vectors.

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

from gradgen.ir.nodes import Const, Function, Op, known_turns, replace_uses, walk
from gradgen.passes.lanes import Strips
from gradgen.passes.strip_turns import LANES, Turns, UnfitError, read_turns
from gradgen.passes.turns import Uses

FEWEST = 2 * LANES  # turns, where they are known


def make_strips(function: Function) -> None:
    """Let loops whose turns are apart do many at a time, in place."""
    for loop in [op for op in function.body.ops if op.prim == "for" and _may_pay(op)]:
        uses = Uses(function.body)
        try:
            turns = read_turns(loop, uses)
            if not _pays(turns):
                continue
            before, made, after = Strips(turns).make()
        except UnfitError:
            continue
        at = function.body.ops.index(loop)
        function.body.ops[at : at + 1] = [*before, made]
        replace_uses(function.body, after)


def _may_pay(loop: Op) -> bool:
    """Whether a loop goes by ones, often enough, and has loops in loops."""
    start, _, step = loop.inputs[:3]
    from_zero = isinstance(start, Const) and start.const == 0
    by_ones = isinstance(step, Const) and step.const == 1
    turns = known_turns(loop)
    if not from_zero or not by_ones or (turns is not None and len(turns) < FEWEST):
        return False
    return any(_loops_in(op) for op in loop.blocks[0].ops)


def _loops_in(op: Op) -> bool:
    return op.prim == "for" and any(o.prim == "for" for o in walk(op.blocks[0]))


def _pays(turns: Turns) -> bool:
    """Whether a loop in a loop inside writes to scratch, as products of matrices do."""
    for op in filter(_loops_in, walk(turns.loop.blocks[0])):
        for inner in (o for o in walk(op.blocks[0]) if o.prim == "for"):
            writes = (o for o in inner.blocks[0].ops if o.prim == "inc")
            if any(turns.cells[o.out].kind == "scratch" for o in writes):
                return True
    return False
