"""Turns of a loop that the sweep of compiled code does again, from the state at their beginning.

A step of an integrator multiplies and adds entries of its state, and the reverse sweep reads what
stands beside each multiplication: several arrays a step.  All of them follow from the state that
the step began with.  Where that is at most half as much, and is followed by nothing but elementwise
arithmetic, it is kept instead of them, and the mirrored turn begins with doing the turn again.
A sum that is short beside all that is kept is done again, too, and so are exponentials, of which
compilers make vectors (``passes.maps_apart``), where the state is a third at most.

What a turn writes to all over, before it reads any of it, is no part of the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from gradgen.diff.activity import carried
from gradgen.diff.rerun import DONE_ONCE
from gradgen.diff.saves import Planner, is_square, swept_with
from gradgen.diff.twins import has_known_shape, use_shape_twins
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import (
    GROWS,
    WRITES,
    Block,
    Const,
    Function,
    Op,
    Region,
    Undefined,
    Value,
    made_in,
    takes_all_turns,
    walk,
)
from gradgen.ir.types import Length
from gradgen.passes.fuse import Fused
from gradgen.passes.maps_apart import is_map
from gradgen.passes.turns import Uses, has_own_places, is_only_added_to
from gradgen.passes.unfilled import Touch, first_touch
from gradgen.rules.registry import RULES
from gradgen.sizes import Sizes

MANY = 1000  # as many are thought of where a length or a number of turns is not known
LESS = 2  # how many times less the state has to be
MUCH_LESS = 3  # where exponentials are done again
FLOPS = 1  # what an operation may cost: no square root, no logarithm
MAKES = ("zeros", "ones", "full", "empty", "zeros_like", "ones_like", "empty_like", "full_like")


def do_turns_again(function: Function, fused: Sequence[Fused]) -> None:
    """Mark the turns of loops that the reverse sweep is to do again, in place."""
    mirrors = {op.attrs.get("mirror"): op for op in function.body.ops if op.reverse}
    loops = [op for op in function.body.ops if op in mirrors and _fits(op, mirrors[op], fused)]
    if not loops:
        return
    with swept_with(fused):
        planner = Planner(function)
        plans = [_Turn(planner, loop) for loop in loops]
        for turn in [turn for turn in plans if turn.is_worth_it()]:
            _mark(turn.loop, mirrors[turn.loop], turn.scratch)
        # A shape should not be the one thing for which something is done again.
        use_shape_twins(function.body, planner.inner_forward)


def _fits(loop: Op, mirror: Op, fused: Sequence[Fused]) -> bool:
    """Whether the turns of a loop can be done again, one by one."""
    if loop.prim != "for" or loop.reverse or mirror.prim != "for" or loop.attrs.get("breaks"):
        return False
    if loop.blocks[0].end != "continue" or not _has_inner_loop(loop):
        return False
    inside = [op for o in (loop, mirror) for op in walk(Block(ops=[o]))]
    refused = ("draw", "call", "custom", "while", *DONE_ONCE)
    if any(op.region is not None or op.prim in refused for op in inside):
        return False
    made = made_in(loop.blocks[0])
    return not ({f.op for f in fused} & set(inside) or set(mirror.blocks[0].results) & set(made))


def _has_inner_loop(loop: Op) -> bool:
    """Whether there is a loop in the turns of another."""
    return any(op.prim == "for" for op in walk(loop.blocks[0]))


def _mark(loop: Op, mirror: Op, scratch: Sequence[Value]) -> None:
    """Let the turns of a loop, and of its mirror, be a region that begins with new scratch."""
    region = Region(turn=True)
    b = Builder(Block(), reverse=True)
    b.span = loop.span
    for p in scratch:
        region.given[p] = b.append("zeros_as", [p], [p.type], [p.name], loop.span).out
    for op in (*loop.blocks[0].ops, *mirror.blocks[0].ops):
        for inner in walk(Block(ops=[op])):
            inner.region = region
    mirror.blocks[0].ops[:0] = b.block.ops


class _Turn:
    """What the sweep needs of a turn of a loop, and what that follows from."""

    def __init__(self, planner: Planner, loop: Op) -> None:
        self.planner, self.loop, self.body = planner, loop, loop.blocks[0]
        self.sizes = _Guess(planner.function)
        self.needed = [v for v in planner.needed() if self._is_inside(v)]
        self.kept = 0
        self.state: list[Value] = []
        self.scratch: list[Value] = []

    def is_worth_it(self) -> bool:
        """Whether what the turn begins with is much less than what is kept of it now."""
        self.kept = kept = sum(map(self._size, self.planner.kept(self.needed)))
        if kept < LESS * MANY:
            return False
        uses = Uses(self.body)
        part = _Slice(self, uses)
        found = part.of(self.needed)
        if found is None or not all(map(self._can_be_kept, found)):
            return False
        plain = [p for p in found if p not in self.needed and p.type.kind == "array"]
        self.scratch = [p for p in plain if first_touch(p, self.body, uses) is not Touch.READ]
        self.state = [p for p in found if p not in self.scratch]
        less = MUCH_LESS if any(v.op is not None and is_map(v.op) for v in part.seen) else LESS
        return kept >= less * sum(map(self._size, self.state))

    def is_short(self, loop: Op) -> bool:
        """Whether a loop in a turn takes next to no time beside all that is kept of the turn."""
        loops = [
            *self.planner.loops(self.planner.home[loop.outputs[0]])[1:],
            (loop, loop.blocks[0]),
        ]
        return MANY * prod(self.sizes.turns(op) for op, _ in loops) <= self.kept

    def _can_be_kept(self, p: Value) -> bool:
        if p in self.planner.missing:
            return False
        return has_known_shape(p) if p.type.kind == "array" else bool(p.type.dtype)

    def _is_inside(self, v: Value) -> bool:
        return any(block is self.body for _, block in self.planner.path(self.planner.home[v]))

    def _size(self, v: Value) -> int:
        """Return how many numbers a value is in a turn of the loop."""
        loops = self.planner.loops(self.planner.home[v])[1:]
        turns = prod(self.sizes.turns(op) for op, _ in loops)
        return turns * prod(map(self.sizes.length, v.type.shape or ()))


class _Slice:
    """The part of a turn from which some values follow."""

    def __init__(self, turn: _Turn, uses: Uses) -> None:
        self.turn, self.home, self.uses = turn, turn.planner.home, uses
        self.seen: set[Value] = set()
        self.found: dict[Value, None] = {}
        self.work: list[Value] = []

    def of(self, values: Sequence[Value]) -> list[Value] | None:
        """Return what the loop carries of which values are made; None if that takes too much."""
        self.work = list(values)
        while self.work:
            v = self.work.pop()
            if v in self.seen or isinstance(v, Const | Undefined) or not self.turn._is_inside(v):
                continue
            self.seen.add(v)
            if not self._follow(v):
                return None
        return list(self.found)

    def _follow(self, v: Value) -> bool:
        """Note what a value is made of; tell whether it may be made again."""
        home, op = self.home[v], v.op
        for around, block in self.turn.planner.path(home):
            if block is not self.turn.body and around is not self.turn.loop:
                self.work += around.inputs[: 3 if around.prim == "for" else 1]
        if op is None:
            return self._param(v, home)
        if op.prim == "if":
            sides = [b for b in op.blocks if b.end == "yield"]
            self.work += [op.inputs[0], *(b.results[op.outputs.index(v)] for b in sides)]
            return len(sides) == len(op.blocks)
        if op.prim == "for":
            return self._carried(op, op.outputs.index(v))
        self.work += op.inputs
        return _is_cheap(op)

    def _param(self, v: Value, home: Block) -> bool:
        if v is home.params[0]:
            return True
        if home is self.turn.body:
            self.found[v] = None
            return True
        return self._carried(self.turn.planner.owner[home][0], home.params.index(v) - 1)

    def _carried(self, op: Op, k: int) -> bool:
        """Follow an array that a loop inside carries, whose turns do not wait for each other."""
        body = op.blocks[0]
        if not takes_all_turns(op):
            return False
        param, end = body.params[k + 1], body.results[k]
        if op.outputs[k].type.kind == "float" and self.turn.is_short(op):
            self.work += [*op.inputs[:3], carried(op)[1][k], end]
            return True
        if op.outputs[k].type.kind != "array":
            return False
        self.work += [*op.inputs[:3], carried(op)[1][k], end]
        if any(o.prim == "for" for o in body.ops):
            return True  # it is the loops inside that take the time
        apart = is_only_added_to(param, end, body, self.uses)
        return apart or param is end or has_own_places(param, op, end)


def _is_cheap(op: Op) -> bool:
    """Whether doing an operation again takes less than reading what was kept of it."""
    rule = RULES.get(op.prim)
    if op.prim in GROWS or any(v.type.kind == "list" for v in (*op.inputs, *op.outputs)):
        return False
    if op.prim in WRITES or op.prim in MAKES or is_square(op) or is_map(op):
        return True
    if rule is None or len(op.outputs) != 1 or rule.cost > FLOPS:
        return False
    return rule.elementwise or rule.cost == 0 or op.prim in ("copy", "int", "bool")


class _Guess(Sizes):
    """Sizes where each length that is not known is the same large number."""

    def length(self, d: Length) -> int:
        """Return a length."""
        return d if isinstance(d, int) else max(MANY + d.offset, 0)

    _length = length

    def turns(self, loop: Op) -> int:
        """Return how many turns a loop takes at most."""
        found = self._turns(loop)
        return MANY if found is None else found

    def interval(self, v: Value) -> tuple[int, int]:
        """Return bounds of an integer."""
        return super().interval(v) or (MANY, MANY)
