"""Exponentials get loops of their own, where a loop around them does more than vectors can.

A loop that adds up in order, or writes to many arrays, is done turn by turn, and an exponential
waits in each of them.  Where it is kept for the sweep, and needs nothing that other turns do, all
are taken before, in a loop that compilers make vectors of (``backends.vectors``)::

    for i in ...:                          for i in ...:
        e = math.exp(x[i] - top)               exp_saved[i] = math.exp(x[i] - top)
        exp_saved[i] = e           ->      for i in ...:
        total += e                             total += exp_saved[i]

This is loop distribution (Allen and Kennedy, "Automatic translation of Fortran programs to vector
form", 1987).  The same operations are done of the same numbers, so that the values stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gradgen.diff.activity import carried
from gradgen.diff.rows import Row
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import (
    SUBSCRIPTS,
    Block,
    Function,
    Op,
    Value,
    is_of_entry,
    known_turns,
    made_in,
    replace_uses,
    same_value,
    subscripts,
    takes_all_turns,
    uses,
)
from gradgen.ir.words import noun
from gradgen.passes.dce import EFFECTS
from gradgen.passes.scratch import Level, hand_on, make_scratch, outside, places
from gradgen.rules.registry import RULES

MAPS = {"exp": "_exp", "math.exp": "_exp", "tanh": "_tanh", "math.tanh": "_tanh"}
FEWEST = 8  # turns, where they are known, that are worth a loop
WHOLE = ("add", "sub", "mul")  # what is done with indices, and never fails
CHEAP = 3  # below: what costs as much as a division, or less


def map_apart(function: Function) -> None:
    """Give kept exponentials loops of their own, in place."""
    for around in places(function.body):
        loop, block = around.levels[-1]
        maps = _Maps(loop, around.levels)
        if maps.fits():
            made = maps.part()
            at = block.ops.index(loop)
            block.ops[at:at] = made


def is_map(op: Op) -> bool:
    """Whether an operation is an exponential, or the like, of one float of double precision."""
    return op.prim in MAPS and all(
        v.type.kind == "float" and v.type.dtype == "float64" for v in (op.out, *op.inputs)
    )


def is_straight(loop: Op) -> bool:
    """Whether a loop takes all its turns, which are many, and has no loops and choices inside."""
    turns = known_turns(loop)
    if loop.prim != "for" or not takes_all_turns(loop) or (turns and len(turns) < FEWEST):
        return False
    return not any(
        op.blocks or op.prim in EFFECTS or op.prim == "call" for op in loop.blocks[0].ops
    )


def turns_apart(loop: Op) -> bool:
    """Whether a straight loop carries arrays only, of which each turn has a place of its own."""
    maps = _Maps(loop)
    return maps.in_rows() and all(p.type.kind == "array" and maps.apart(p) for p in maps.starts)


def is_cheap(op: Op) -> bool:
    """Whether an operation is a read of an entry, or arithmetic of numbers that takes no time."""
    if op.blocks or len(op.outputs) != 1 or not op.out.type.is_scalar:
        return False
    if op.prim == "load":
        return is_of_entry(op) and op.inputs[0].type.kind == "array" and not op.attrs.get("slices")
    rule = RULES.get(op.prim)
    return rule is not None and rule.elementwise and rule.cost < CHEAP


class Kept(NamedTuple):
    """Where numbers are: an array, and each turn's place in it."""

    array: Value
    places: list[Value]


class _Maps:
    """A loop without loops inside, its exponentials, and where each turn keeps them."""

    def __init__(self, loop: Op, levels: Sequence[Level] = ()) -> None:
        self.loop, self.body, self.levels = loop, loop.blocks[0], list(levels)
        self.index, self.read = self.body.params[0], uses(self.body)
        self.same = self._same_in_all_turns()
        self.own = made_in(self.body).difference(op.out for op in self.same)
        self.starts = dict(zip(*carried(loop), strict=True))
        # The exponentials, each with the store that keeps it; None where it is not kept.
        self.found: list[tuple[Op, Op | None]] = []

    def _same_in_all_turns(self) -> list[Op]:
        """Return the arithmetic of whole numbers that is the same in every turn."""
        own, out = made_in(self.body), list[Op]()
        for op in self.body.ops:
            if op.prim in WHOLE and op.out.type.kind == "int" and own.isdisjoint(op.inputs):
                own.discard(op.out)
                out.append(op)
        return out

    def fits(self) -> bool:
        """Whether there are exponentials that can be taken before, and it pays."""
        loop = self.loop
        if not is_straight(loop) or not self.in_rows() or "fused" in loop.attrs:
            return False
        apart: set[Value] = set()
        # Scratch is worth its memory where the turns of a loop around write to it again.
        again = outside(self.levels, loop.inputs[:3]) < len(self.levels) - 1
        for op in filter(is_map, self.body.ops):
            store = self._keeps(op.out)
            if (store is not None or again) and self._needed(op, apart) is not None:
                self.found.append((op, store))
                apart.add(op.out)
        numbers = any(p.type.kind != "array" for p in self.starts)
        return len(self.found) > (0 if numbers else 1)

    def in_rows(self) -> bool:
        """Whether the index goes through places one after the other, none from the end."""
        row = Row(self.loop, self.body)
        return row.by_index or row.down

    def _keeps(self, v: Value) -> Op | None:
        """Return the store that keeps a number at the turn's own place, and is all of its array."""
        for p, end in zip(self.body.params[1:], self.body.results, strict=True):
            op = end.op
            if op is None or op.prim != "store" or op.inputs[:2] != [p, v]:
                continue
            if self.read[p] == self.read[end] == 1 and self._is_own(op) and op in self.body.ops:
                return op
        return None

    def _is_own(self, op: Op) -> bool:
        """Whether an entry is in the turn's place of the last axis, at what is the same in all."""
        places = subscripts(op)
        if not is_of_entry(op) or op.inputs[0].type.dtype != "float64" or not places:
            return False
        return places[-1] is self.index and self.own.isdisjoint(places[:-1])

    def apart(self, p: Value) -> bool:
        """Whether each turn reads and writes only its own place of an array that is carried."""
        chain = {p}
        for op in self.body.ops:
            first = op.inputs[0] if op.inputs else None
            if first in chain and op.prim in SUBSCRIPTS:
                if not self._is_own(op) or not chain.isdisjoint(op.inputs[1:]):
                    return False
                chain.update(op.outputs if op.prim != "load" else ())
            elif not chain.isdisjoint(op.inputs):
                return False
        ends = dict(zip(self.body.params[1:], self.body.results, strict=True))
        return ends[p] in chain and sum(v in chain for v in self.body.results) == 1

    def _needed(self, op: Op, apart: set[Value]) -> list[Op] | None:
        """Return what a turn computes for an exponential; None where it needs other turns."""
        work, found = list(op.inputs), set[Op]()
        while work:
            v = work.pop()
            if v is self.index or v not in self.own or v in apart or v.op in found:
                continue
            if v.op is None or v.op not in self.body.ops or not is_cheap(v.op):
                return None
            found.add(v.op)
            rest = v.op.inputs
            if v.op.prim == "load" and rest[0] in self.starts:
                if not self._is_own(v.op) or not self.apart(rest[0]):
                    return None
                rest = rest[1:]
            work += rest
        return [other for other in self.body.ops if other in found]

    def part(self) -> list[Op]:
        """Take the exponentials out of the loop; return the loops that they get."""
        made = self._before()
        kept: dict[Value, Kept] = {}
        for op, store in self.found:
            needed = self._needed(op, set(kept))
            assert needed is not None
            loop = self._loop_of(op, store, needed, kept)
            kept[op.out] = Kept(loop.out, subscripts(store) if store else [self.index])
            made.append(loop)
        self._drop(kept)
        return made

    def _before(self) -> list[Op]:
        """Take out of the loop what is the same in all turns, once each; return it."""
        made: list[Op] = []
        once: dict[Value, Value] = {}
        for op in self.same:
            op.inputs = [once.get(v, v) for v in op.inputs]
            first = next((o for o in made if _is_again(op, o)), None)
            if first is None:
                made.append(op)
                continue
            once[op.out] = first.out
            if op.out.user and not first.out.user:
                first.out.name, first.out.user = op.out.name, True
        self.body.ops = [op for op in self.body.ops if op not in self.same]
        replace_uses(self.body, once)
        return made

    def _loop_of(self, op: Op, store: Op | None, needed: list[Op], kept: dict[Value, Kept]) -> Op:
        """Return the loop that computes and keeps one exponential in each turn."""
        start, out = self._array(op, store)
        turn = Value(self.index.type, self.index.name, self.index.span)
        turn.user = self.index.user
        p = Value(start.type, start.name, start.span)
        body = Block([turn, p], [], "continue", [])
        b = Builder(body, reverse=self.loop.reverse)
        b.region = self.loop.region
        values = {**self.starts, self.index: turn}
        wanted = {v for each in (*needed, op) for v in each.inputs}
        for v in wanted & kept.keys():
            values[v] = _load(b, v, kept[v], values)
        for each in (*needed, op):
            b.again(each, values)
        if store is None:
            end = b.emit("store", [p, values[op.out], turn], p.name, op.span, index="i")
        else:
            b.again(store, values | {store.inputs[0]: p})
            end = body.ops[-1].out
        body.results = [end]
        order = {k: v for k, v in self.loop.attrs.items() if k == "backwards"}
        made = Op("for", [*self.loop.inputs[:3], start], [out], order, self.loop.span, [body],
                  self.loop.reverse, region=self.loop.region, again=self.loop.again)  # fmt: skip
        out.op = made
        return made

    def _array(self, op: Op, store: Op | None) -> tuple[Value, Value]:
        """Return the array that exponentials are kept in: before the loop that fills it, and then.

        Where the loop keeps none, they go to scratch.
        """
        if store is not None:
            k = self.body.results.index(store.out)
            return self.loop.inputs[3 + k], self.loop.outputs[k]
        start = make_scratch(self.levels, op, f"{op.out.name or noun(op.out)}_all")
        out = Value(start.type, start.name, start.span)
        hand_on(self.levels, {start: out})
        return start, out

    def _drop(self, kept: dict[Value, Kept]) -> None:
        """Let the loop read what it has computed and carried before."""
        b = Builder(Block(), reverse=self.loop.reverse)
        b.region = self.loop.region
        reads = {op: _load(b, op.out, kept[op.out], {}) for op, _ in self.found}
        stores = {store for _, store in self.found}
        read = dict(zip(reads, b.block.ops, strict=True))
        self.body.ops = [read.get(op, op) for op in self.body.ops if op not in stores]
        replace_uses(self.body, {op.out: v for op, v in reads.items()})
        loop, body = self.loop, self.body
        stored = {store.out for store in stores if store is not None}
        rest = [k for k, end in enumerate(body.results) if end not in stored]
        loop.inputs = [*loop.inputs[:3], *(loop.inputs[3 + k] for k in rest)]
        loop.outputs = [loop.outputs[k] for k in rest]
        body.params = [self.index, *(body.params[1 + k] for k in rest)]
        body.results = [body.results[k] for k in rest]


def _is_again(a: Op, b: Op) -> bool:
    """Whether two operations on whole numbers are the same."""
    return a.prim == b.prim and all(map(same_value, a.inputs, b.inputs))


def _load(b: Builder, v: Value, kept: Kept, values: dict[Value, Value]) -> Value:
    """Emit the read of what is kept in an array."""
    at = [values.get(u, u) for u in kept.places]
    attrs = {"index": "i" * len(at)}
    made = b.append("load", [kept.array, *at], [v.type], [v.name], v.span, attrs).out
    made.user = v.user
    return made
