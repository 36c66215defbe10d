"""Makes forward values readable in the reverse sweep: the one place that decides how.

A value of the function's own block is a variable that is still there.  One born inside a loop is,
in this order, (1) the mirrored loop's index, (2) computed again, when that is cheap and its inputs
are at hand, (3) carried out of a branch that no loop encloses, (4) what the turn after began with
(``successors``), (5) a row of an array whose size the loop bounds give, or (6) pushed on a stack
and popped.  What is saved is a copy where the memory is written to afterwards.  Before all but the
first comes what ``standing`` finds in the user's arrays.  With ``lists``, Python's own numbers go
on stacks, too: a list keeps and gives them back in half the time, and what is computed from them
stays with Python.  There, a small array is kept rather than the numbers that it gives
(``sources``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gradgen.diff.activity import carried
from gradgen.diff.carry import reverse_builder
from gradgen.diff.keeping import Keeper, Saved, spoken
from gradgen.diff.rerun import run_again
from gradgen.diff.rows import plus
from gradgen.diff.sources import small_sources
from gradgen.diff.standing import Place, Standing
from gradgen.diff.successors import carry_back, start_of_next
from gradgen.diff.twins import use_shape_twins
from gradgen.diff.unassigned import lengths_of_nothing, paths_of_reads, start_from_none
from gradgen.ir.nodes import (
    GROWS,
    WRITES,
    Block,
    Const,
    Function,
    Op,
    Value,
    walk,
    written_inputs,
)
from gradgen.passes.cse import key_of
from gradgen.passes.dce import remove_dead
from gradgen.rules.registry import RULES

if TYPE_CHECKING:
    from gradgen.passes.fuse import Fused

NUMBERS, INDICES = 6, 12  # operations in a row that are done again
ELEMENTARY = "gradgen.rules.elementwise"  # where exp, log and the like are


def plan_saves(function: Function, fused: Sequence[Fused] = (), lists: bool = False) -> list[Saved]:
    """Legalise every read of an inner forward value by the reverse sweep.

    What is run again is part of the sweep for the plan of what is around it, and a forward sweep of
    its own for the plan of the block that it is in.  So is the forward part of a ``fused`` loop.
    """
    again = run_again(function)
    if again:
        remove_dead(function)
    with swept_with(fused):
        return _plan_all(function, fused, again, lists)


def _plan_all(
    function: Function, fused: Sequence[Fused], again: dict[Block, list[Op]], lists: bool
) -> list[Saved]:
    """Plan the saves of a function, of what is run again, and of fused loops."""
    records = _plan_each(function, again, lists)
    for f in fused:
        for op in f.forward:
            op.reverse = False
        planner = Planner(function, f.body, lists)
        records += planner.run()
        f.buffers.extend(planner.buffers)
        for op in f.forward:
            op.reverse = True
    if fused:
        from gradgen.passes.buffers import move_buffers

        move_buffers(fused)
    return records


@contextmanager
def swept_with(fused: Sequence[Fused]) -> Iterator[None]:
    """Let fused loops count as part of the sweep for what is around them."""
    ops = [op for f in fused for op in (f.op, *f.forward)]
    for op in ops:
        op.reverse = True
    try:
        yield
    finally:
        for op in ops:
            op.reverse = False


def _plan_each(function: Function, again: dict[Block, list[Op]], lists: bool) -> list[Saved]:
    """Plan the saves of a function, and those of what is run again inside the sweep."""
    records: list[Saved] = []
    for top in dict.fromkeys([function.body, *again]):
        for op in again.get(top, ()):
            op.reverse = False
        if any("snapshots" in op.attrs for op in walk(top)):
            records += _snapshots(function, top)
        records += Planner(function, top, lists).run()
        for op in again.get(top, ()):
            op.reverse = True
    return records


def _snapshots(function: Function, top: Block) -> Iterator[Saved]:
    """Keep the states of the loops that are marked so, and yield what they are."""
    from gradgen.diff.snapshots import keep_snapshots

    for v, op in keep_snapshots(function, top):
        # One more is the state that the sweep is working from.
        count, inner = op.attrs["snapshots"] + 1, top is not function.body
        reason = "parts of the loop are run again from the nearest before them"
        yield Saved(v, op.span, "snapshots", reason, (), inner, count)


class Planner(Keeper):
    """Decides for each value, and records why."""

    def __init__(self, function: Function, top: Block | None = None, lists: bool = False) -> None:
        super().__init__(function, top, lists)
        self.once: dict[Any, Value] = {}
        self.turn_writes: set[Value] | None = None
        self.standing = Standing(self, self.sharing)
        self.places: dict[Value, Place | None] = {}

    def run(self) -> list[Saved]:
        """Resolve every value that the reverse sweep needs, and redirect its reads."""
        use_shape_twins(self.top, self.inner_forward)
        self.stands_for = paths_of_reads(self, self.missing)
        self.unsure += lengths_of_nothing(self, self.missing)
        needed = self.needed()
        for v in self._sources(needed) if self.lists else ():
            self.resolve(v)
        for v in sorted(needed, key=lambda v: v.id):
            self.resolve(v)
        self.settle()
        self._rewrite(self.top)
        if self.unsure and not self.function.native:
            start_from_none(self.top, self.unsure, self.missing)
        return self.records

    def needed(self) -> list[Value]:
        """Return the inner forward values that the reverse sweep reads."""
        out: dict[Value, None] = {}
        for op in walk(self.top):
            if not op.reverse:
                continue
            for v in op.inputs:
                if self.inner_forward(v):
                    out[v] = None
            for b in op.blocks:
                out.update({v: None for v in b.results if self.inner_forward(v)})
        return list(out)

    def kept(self, needed: list[Value]) -> list[Value]:
        """Return which values would be kept in each turn of a loop; nothing is changed."""
        out: dict[Any, Value] = {}
        for v in needed:
            home = self.home[v]
            counted = self._counts_turns(v) or self._is_counter(v)
            if counted or not self.loops(home) or self._can_recompute(v):
                continue
            key = key_of(v.op, self.sharing, {}) if v.op and v.type.is_scalar else None
            out.setdefault(v if key is None else (home, key), v)
        return list(out.values())

    def _sources(self, needed: list[Value]) -> list[Value]:
        """Return the arrays that are kept instead of numbers which they give."""

        def cheap(v: Value, depth: int) -> bool:
            return v.type.is_scalar and self._is_cheap(v, depth)

        def at_hand(v: Value) -> bool:
            return self._stands(v) is not None or self._can_recompute(v)

        sure = [v for v in needed if v not in self.missing]
        found = small_sources(self, sure, at_hand, cheap)
        return [v for v in found if v not in self.missing and self.sharing.never_written(v)]

    def _rewrite(self, block: Block) -> None:
        """Redirect reads in the reverse sweep to what was resolved."""
        for op in walk(block):
            if op.reverse:
                op.inputs = [self.resolved.get(v, v) for v in op.inputs]
                for b in op.blocks:
                    b.results = [self.resolved.get(v, v) for v in b.results]

    def resolve(self, v: Value) -> Value:
        """Return a value that the mirror of ``v``'s block can read."""
        if v not in self.resolved and self.inner_forward(v):
            self.resolved[v] = self._resolve(v)
        return self.resolved.get(v, v)

    def _resolve(self, v: Value) -> Value:
        home = self.home[v]
        op, _ = self.owner[home]
        if op.prim == "for" and v is home.params[0]:
            return self._index(op, home)
        if self._counts_turns(v):
            return self.mirror[home].params[0]
        if self._is_counter(v):
            return self._count_back(v)
        stays = not self.loops(home)
        if stays and v.op is not None and v.user and v.type.is_scalar and _is_float(v):
            return self.export(v)  # the name is still there: nothing is computed again
        if (place := self._stands(v)) is not None:
            return self._read_again(v, place)
        key = (home, key_of(v.op, self.sharing, {})) if v.op and v.type.is_scalar else None
        if key is not None and key[1] is not None:
            first = self.once.setdefault(key, v)  # what is computed twice in a turn is kept once
            if first is not v:
                return self.resolve(first)
        if self._can_recompute(v):
            return self._recompute(v)
        if stays:
            return self.export(v)
        found = None if self.function.native else start_of_next(self, v)
        if found is None:
            return self.save(v)
        self.note(v, "carried back", "the next turn began with it")
        return carry_back(self, v, *found)

    def _index(self, op: Op, home: Block) -> Value:
        turn = self.mirror[home].params[0]
        if not op.attrs.get("breaks"):
            return turn
        start, stop, step = (self.resolve(v) for v in op.inputs[:3])
        b = reverse_builder()
        if op.attrs.get("backwards") and _is(step, 1):
            index = b.emit("sub", [plus(b, stop, -1), turn])
            return self.placed(self.mirror[home], index)
        if op.attrs.get("backwards"):
            trips = b.emit("trips", [start, stop, step])
            turn = b.emit("sub", [plus(b, trips, -1), turn])
        scaled = turn if _is(step, 1) else b.emit("mul", [turn, step])
        index = scaled if _is(start, 0) else b.emit("add", [start, scaled])
        return self.placed(self.mirror[home], index) if b.block.ops else index

    def _counts_turns(self, v: Value) -> bool:
        """Whether a value is how often a loop has gone round: the mirrored loop counts the same."""
        if v.op is not None:
            return False
        home = self.home[v]
        op, _ = self.owner[home]
        at = op.attrs.get("steps")
        return at is not None and home is op.blocks[-1] and carried(op)[0][at] is v

    def _is_counter(self, v: Value) -> bool:
        """Whether the mirrored loops can count a value back."""
        if v.op is not None or v in self.missing or self.owner[self.home[v]][0].reverse:
            return False
        from gradgen.diff.counters import counters_of

        return bool(counters_of(self, v))

    def _count_back(self, v: Value) -> Value:
        from gradgen.diff.counters import count_back, counters_of

        self.note(v, "counted back", "each turn adds a constant to it")
        chain = counters_of(self, v)
        last = self.resolve(chain[0].loop.outputs[chain[0].place])
        return count_back(self, chain, last)

    def _can_recompute(self, v: Value, depth: int = 0) -> bool:
        if v in self.resolved or not self.inner_forward(v):
            return self.sharing.never_written(v) or v.type.is_scalar or self._is_left_alone(v)
        op, home = v.op, self.home[v]
        if op is None:
            is_index = self.owner[home][0].prim == "for" and v is home.params[0]
            return is_index or self._counts_turns(v) or self._is_counter(v)
        if self._stands(v) is not None:
            return True
        if not self._is_cheap(v, depth):
            return False
        return all(isinstance(x, Const) or self._can_recompute(x, depth + 1) for x in op.inputs)

    def _is_cheap(self, v: Value, depth: int) -> bool:
        """Whether what makes a value may be done again, ``depth`` operations behind another."""
        op = v.op
        rule = RULES.get(op.prim) if op is not None else None
        if op is None or rule is None or op.blocks or len(op.outputs) > 1:
            return False
        if op.prim in ("list", "helper", *GROWS, *WRITES) or v.type.kind == "list":
            return False
        if op.prim in ("is", "is_not") and op.inputs[0].type.kind == "list":
            return False  # None may be kept as a list of no items
        if depth > (INDICES if v.type.kind == "int" else NUMBERS):
            return False
        cost = 1 if is_square(op) else rule.cost
        limit = 1 if v.type.is_scalar else 0
        few = cost <= 1 or rule.section == ELEMENTARY or op.prim == "pow"
        if cost > limit and not (few and self._is_unchanging(op)):
            return False
        return self.sharing.never_written(v)

    def _is_unchanging(self, op: Op, levels: int = NUMBERS) -> bool:
        """Whether every turn computes the same: keeping that would be to keep it many times.

        A number may be computed from the numbers of turns, too; compiled, it is quicker kept.
        """
        rule = RULES.get(op.prim)
        inner = [v for v in op.inputs if self.inner_forward(v)]
        if rule is None or not levels or not (rule.elementwise or (rule.cost == 0 and not inner)):
            return False
        return bool(self.loops(self.home[op.out])) and all(
            self._counts(v, op) if v.op is None else self._is_unchanging(v.op, levels - 1)
            for v in inner
        )

    def _counts(self, v: Value, op: Op) -> bool:
        """Whether a value is the number of a loop's turn, and a number is computed from it."""
        if self.function.native or not op.out.type.is_scalar:
            return False
        loop = self.owner[self.home[v]][0]
        return loop.prim == "for" and v is self.home[v].params[0]

    def _is_left_alone(self, v: Value) -> bool:
        """Whether an array is from outside of the turn that is planned, which writes to none of it.

        What it was written to before the turn is no matter then.
        """
        if not self.again or v.type.kind != "array":
            return False
        if self.turn_writes is None:
            pairs = ((op, k) for op in walk(self.top) for k in written_inputs(op))
            self.turn_writes = {self.sharing.root(op.inputs[k]) for op, k in pairs}
        return self.sharing.root(v) not in self.turn_writes

    def _recompute(self, v: Value) -> Value:
        op, home = v.op, self.home[v]
        assert op is not None
        inputs = [self.resolve(x) for x in op.inputs]
        block = self.mirror[home]
        b = reverse_builder()
        new = b.append(op.prim, inputs, [v.type], [spoken(v)], op.span, op.attrs).out
        new.user = v.user
        self.note(v, "recomputed", "cheap, and what it needs is at hand")
        return self.placed(block, new)

    def _stands(self, v: Value) -> Place | None:
        """Return where a value can be read again in the reverse sweep, in an array that has it."""
        if v in self.missing:
            return None
        if v not in self.places:
            place = self.standing.place(v)
            reachable = place is not None and all(map(self._can_recompute, place.subscripts))
            self.places[v] = place if reachable else None
        return self.places[v]

    def _read_again(self, v: Value, place: Place) -> Value:
        self.note(v, "standing", "no turn writes there afterwards")
        return self.load(v, place.array, [self.resolve(u) for u in place.subscripts])


def _is_float(v: Value) -> bool:
    """Whether a value is a float that some arithmetic gave."""
    cost = RULES[v.op.prim].cost if v.op is not None and v.op.prim in RULES else 0
    return v.type.kind == "float" and cost > 0


def is_square(op: Op) -> bool:
    """Whether an operation is a square."""
    return op.prim == "pow" and _is(op.inputs[1], 2)


def _is(v: Value, number: int) -> bool:
    return isinstance(v, Const) and v.const == number
