"""What a loop has to be known of to do many turns at a time (`passes.strips`).

Everything that its turns write to is a cell; what follows from none of them and not from the
loop's index is the same in all turns.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gradgen.diff.activity import carried
from gradgen.ir.nodes import (
    WRITES,
    Op,
    Value,
    is_of_entry,
    made_in,
    walk,
)
from gradgen.ir.words import noun
from gradgen.passes.parallel import find_part
from gradgen.passes.shapes import READS
from gradgen.passes.turns import SUMS, ZEROS, Uses
from gradgen.rules.registry import RULES

LANES = 32  # turns in a strip: four cache lines, and all that a turn keeps stays near
MAKERS = ("empty", "empty_like", *ZEROS)


class UnfitError(Exception):
    """A loop that stays as it is."""


@dataclass(eq=False, slots=True)
class Cell:
    """What turns write to: ``now`` is its newest value in the new loop, ``version`` in the old.

    ``kind``: "scratch" has a place for each lane, behind its axes, "own" has one for each turn
    already; "sum" and "number" are added to by all; "spare" is a number of each lane, or what one
    lane has of the array ``row``.
    """

    kind: str
    name: str
    start: Value
    now: Value
    version: Value | None = None
    forward: bool = False
    runs: int = 0
    row: Cell | None = None


@dataclass(eq=False, slots=True)
class Turns:
    """What is known of a loop: its cells by what they are called, and what differs by turn."""

    loop: Op
    cells: dict[Value, Cell] = field(default_factory=dict)
    varying: set[Value] = field(default_factory=set)
    same: dict[Value, Value] = field(default_factory=dict)  # what is carried and never changes

    def is_same(self, op: Op) -> bool:
        """Whether an operation does the same in all turns."""
        inside = [op, *(o for b in op.blocks for o in walk(b))]
        read = {v for o in inside for v in (*o.inputs, *(r for b in o.blocks for r in b.results))}
        return self.varying.isdisjoint(read)

    def written(self, op: Op) -> set[str]:
        """Return the kinds of what an operation writes to."""
        made = {v for b in op.blocks for v in made_in(b)} | set(op.outputs)
        return {self.cells[v].kind for v in made if v in self.cells}

    def is_sum_only(self, op: Op) -> bool:
        """Whether a loop inside does nothing but add to arrays: best as it is, turn by turn."""
        numbers = [v for v in carried(op)[0] if v not in self.cells]
        return op.prim == "for" and not numbers and self.written(op) <= {"sum", "own"}


def read_turns(loop: Op, uses: Uses) -> Turns:
    """Return what is known of a loop.

    Raises
    ------
    UnfitError
        If its turns are not apart, or it has an operation that cannot be done for many at once.
    """
    parts = find_part(loop, uses)
    if parts.why:
        raise UnfitError
    turns = Turns(loop)
    params, starts = carried(loop)
    for p, start, end in zip(params, starts, loop.blocks[0].results, strict=True):
        if p is end:
            turns.same[p] = start
            continue
        kind = next((k for k, v in (("number", parts.numbers), ("sum", parts.arrays),
                                    ("scratch", parts.scratch)) if p in v), "own")  # fmt: skip
        if p.type.dtype != "float64":
            raise UnfitError
        if kind == "scratch" and (start.op is None or start.op.prim not in MAKERS):
            raise UnfitError  # where no turn writes to it, what it is before counts
        cell = Cell(kind, p.name or noun(p), start, start, p)
        _follow(p, cell, turns, uses)
    _check(turns)
    _vary(turns)
    return turns


def _follow(p: Value, cell: Cell, turns: Turns, uses: Uses) -> None:
    """Note all that something is called in a turn.

    Raises
    ------
    UnfitError
        If it goes through a branch, or is read as a whole.
    """
    work = [p]
    while work:
        v = work.pop()
        if v in turns.cells:
            continue
        turns.cells[v] = cell
        for use in uses.of.get(v, ()):
            op = use.op
            if op is None:
                if uses.owner[use.block][0].prim != "for":
                    raise UnfitError
            elif op.prim == "for" and use.place >= 3:
                work += [op.blocks[0].params[use.place - 2], op.outputs[use.place - 3]]
            elif (op.prim in WRITES and use.place == 0 and is_of_entry(op)) or (
                cell.kind == "number" and use.place in SUMS.get(op.prim, ())
            ):
                cell.forward |= not op.reverse
                work.append(op.out)
            elif op.prim != "load" or use.place or not is_of_entry(op):
                raise UnfitError
    if cell.kind == "sum" and cell.forward:
        raise UnfitError


def _check(turns: Turns) -> None:
    """Refuse operations that are not of numbers."""
    for op in walk(turns.loop.blocks[0]):
        if op.region is not None or (op.blocks and any(b.end not in ("yield", "continue")
                                                       for b in op.blocks)):  # fmt: skip
            raise UnfitError
        if op.prim in ("for", *WRITES) or (op.prim == "load" and is_of_entry(op)):
            continue
        if op.prim == "if":
            if any(o.prim in ("for", "while", *WRITES) for b in op.blocks for o in walk(b)):
                raise UnfitError
            continue
        rule = RULES.get(op.prim)
        shape = op.prim in READS
        if not all(v.type.is_scalar for v in op.outputs) or rule is None:
            raise UnfitError
        if not (rule.elementwise or shape or op.prim in ("add", "sub", "mul", "floordiv")):
            raise UnfitError


def _vary(turns: Turns) -> None:
    """Find what differs from turn to turn."""
    body, found = turns.loop.blocks[0], turns.varying
    found |= {body.params[0], *turns.cells}
    before = -1
    while before != len(found):
        before = len(found)
        for op in walk(body):
            if op.prim == "for":
                params, starts = carried(op)
                rows = zip(params, starts, op.blocks[0].results, op.outputs, strict=True)
                for p, start, end, out in rows:
                    if not found.isdisjoint((start, end)):
                        found |= {p, out}
            elif not found.isdisjoint(op.inputs) or not all(
                found.isdisjoint(b.results) for b in op.blocks
            ):
                found.update(op.outputs)
    if any(not found.isdisjoint(op.inputs[:3]) for op in walk(body) if op.prim == "for"):
        raise UnfitError
