"""A running extreme whose index is kept is read at that index: turns that set none are cheap.

::

    best = math.inf                        for j in range(n):
    for j in range(n):                         if d[j] < (d[last_j] if last_j >= 0 else math.inf):
        if d[j] < best:          ->                last_j = j
            best = d[j]                    best = d[last_j] if last_j >= 0 else math.inf
            last_j = j

Of two numbers that are chosen together the compiler makes selections, each of which waits for the
one before.  Of an index alone, at which is read, it makes a branch, which is seldom taken.
"""

from __future__ import annotations

from gradgen.ir.builder import Builder
from gradgen.ir.nodes import (
    Block,
    Const,
    Function,
    Op,
    Value,
    blocks_of,
    made_in,
    replace_uses,
    takes_all_turns,
    uses,
)
from gradgen.passes.turns import is_at_index

TURN = ("load", "if")  # what a turn does before and after its comparison
COMPARISONS = ("lt", "le", "gt", "ge")


def read_extremes(function: Function) -> None:
    """Read running extremes where they stand, in place."""
    count = uses(function.body)
    for block in list(blocks_of(function.body)):
        for loop in [op for op in block.ops if op.prim == "for"]:
            extreme = _Extreme(function, block, loop)
            if extreme.fits(count):
                extreme.change()


class _Extreme:
    """A loop that does nothing but choose an entry of a vector, and keep its index."""

    def __init__(self, function: Function, block: Block, loop: Op) -> None:
        self.function, self.block, self.loop, self.body = function, block, loop, loop.blocks[0]
        self.best, self.last = -1, -1  # the places of both among what is carried

    # --- what is proved -------------------------------------------------------------------

    def fits(self, count: dict[Value, int]) -> bool:
        """Whether what is chosen is at all times what stands at the index, or the first value."""
        if not self._loop_fits() or [op.prim for op in self.body.ops[::2]] != list(TURN):
            return False
        load, test, choice = self.body.ops
        if test.prim not in COMPARISONS or choice.inputs[0] is not test.out:
            return False
        own = is_at_index(load, self.body.params[:1]) and not load.attrs.get("slices")
        if not own or load.inputs[0] in made_in(self.body) or load.out.type.dtype != "float64":
            return False
        return self._choice_fits(load, choice) and self._starts_below() and self._is_read(count)

    def _loop_fits(self) -> bool:
        """Whether the loop goes up through indices that are not negative."""
        start, _, step = (v.const if isinstance(v, Const) else None for v in self.loop.inputs[:3])
        if start is None or start < 0 or step != 1 or self.loop.attrs.get("backwards"):
            return False
        whole = takes_all_turns(self.loop) and self.loop.region is None
        return whole and len(self.body.params) == 3 and len(self.body.ops) == 3

    def _choice_fits(self, load: Op, choice: Op) -> bool:
        """Whether one side takes the entry and its index, and the other one neither."""
        if any(side.ops or side.end != "yield" for side in choice.blocks):
            return False
        if self.body.results not in (choice.outputs, choice.outputs[::-1]):
            return False
        places = [choice.outputs.index(v) for v in self.body.results]
        then, other = ([side.results[k] for k in places] for side in choice.blocks)
        index, params = self.body.params[0], self.body.params[1:]
        for taken, passed in ((then, other), (other, then)):
            if passed == params and taken in ([load.out, index], [index, load.out]):
                self.best, self.last = taken.index(load.out), taken.index(index)
                return True
        return False

    def _starts_below(self) -> bool:
        """Whether the index says before the loop that there is none yet."""
        first = self.loop.inputs[3 + self.last]
        return isinstance(first, Const) and type(first.const) is int and first.const < 0

    def _is_read(self, count: dict[Value, int]) -> bool:
        """Whether a turn compares with what is chosen, and does nothing else with it."""
        best = self.body.params[1 + self.best]
        return best in self.body.ops[1].inputs and count.get(best) == 2

    # --- what is done ---------------------------------------------------------------------

    def change(self) -> None:
        """Carry the index alone."""
        loop, body, k = self.loop, self.body, self.best
        load, test, choice = body.ops
        first, old, out = loop.inputs[3 + k], body.params[1 + k], loop.outputs[k]
        b = self._read(load, body.params[1 + self.last], first)
        test.inputs = [b.block.ops[-1].out if v is old else v for v in test.inputs]
        gone = choice.outputs.index(body.results[k])
        for values in (choice.outputs, *(side.results for side in choice.blocks)):
            del values[gone]
        del loop.inputs[3 + k], body.params[1 + k], body.results[k], loop.outputs[k]
        body.ops[:1] = [load, *b.block.ops]
        after = self._read(load, loop.outputs[0], first)
        made = after.block.ops[-1].out
        made.name, made.user = out.name, out.user
        at = next(j for j, op in enumerate(self.block.ops) if op is loop)
        self.block.ops[at + 1 : at + 1] = after.block.ops
        replace_uses(self.function.body, {out: made})

    def _read(self, load: Op, last: Value, first: Value) -> Builder:
        """Emit what is chosen, of its index: the entry, or the first value where there is none."""
        b = Builder(Block(), reverse=self.loop.reverse)
        b.span = load.span
        some = b.emit("ge", [last, Const(0)])
        with b.into(Block()) as there:
            there.results = [b.emit("load", [load.inputs[0], last], **load.attrs)]
        sides = [there, Block([], [], "yield", [first])]
        b.append("if", [some], [load.out.type], attrs={"style": "expression"}, blocks=sides)
        return b
