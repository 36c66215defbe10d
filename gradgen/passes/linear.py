"""Whether a loop of the sweep adds a linear map of an array's entries, the same in all turns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import NamedTuple

from gradgen.dataclass import dataclass
from gradgen.deep import deep
from gradgen.diff.activity import carried
from gradgen.diff.rows import Row
from gradgen.ir.nodes import (
    WRITES,
    Block,
    Const,
    Op,
    Value,
    is_of_entry,
    made_in,
    subscripts,
    takes_all_turns,
    walk,
)
from gradgen.passes.turns import Uses
from gradgen.rules.registry import RULES

SAME, LINEAR, SUM = "same", "linear", "sum"  # in all turns; linear in the array; added to
TERMS = ("add", "sub")
Level = tuple[Op, Block]


class Place(NamedTuple):
    """A loop of the sweep that adds to what the outer one carries, and the loops between."""

    path: list[Level]
    block: Block
    nest: Op
    k: int  # which of what it carries


def places(
    v: Value, block: Block, path: list[Level], uses: Uses, inside: set[Value]
) -> Iterator[Place]:
    """Yield the loops that add to an array, from what it is at the beginning of a block."""
    while True:
        (use,) = uses.of[v][:1]
        op = use.op
        if op is None or use.block is not block or not (op.prim == "for" or op.prim in WRITES):
            return
        if op.prim in WRITES:
            v = op.out
            continue
        k = use.place - 3
        if takes_all_turns(op) and inside.isdisjoint(op.inputs[:3]):
            if op.reverse:
                yield Place(path, block, op, k)
            body = op.blocks[0]
            if Row(op, body).by_index:
                yield from places(body.params[k + 1], body, [*path, (op, body)], uses, inside)
        v = op.outputs[k]


@dataclass
class LinearMap:
    """What a loop adds to an array, as a linear function of the entries of another one."""

    loop: Op
    place: Place
    inside: set[Value]
    kinds: dict[Value, str] = field(default_factory=dict)
    needed: set[Op] = field(default_factory=set)
    of: Value | None = None  # the array whose entries it is linear in
    start: Value | None = None  # what that is before the outer loop
    depth: int = 0

    def __post_init__(self) -> None:
        nest = self.place.nest
        self.own = made_in(nest.blocks[0])
        between = [block for _, block in self.place.path]
        self.indices = [block.params[0] for block in between]
        self.kinds.update(dict.fromkeys([*self.indices, nest.blocks[0].params[0]], SAME))
        around = [op for op in (self.loop, *walk(self.loop.blocks[0])) if op.prim == "for"]
        self.carriers = {p: (op, k) for op in around for k, p in enumerate(carried(op)[0])}

    def fits(self) -> bool:
        """Whether the loop is such a map, with more to do than to add up the array."""
        nest, k = self.place.nest, self.place.k
        body = nest.blocks[0]
        self.kinds[body.params[k + 1]] = SUM
        self.depth = 1
        if self.kind(body.results[k]) != SUM or self.of is None:
            return False
        self.start = self._start(self.of)
        return self.start is not None and not _is_empty(self.start) and self._has_own_places()

    def _has_own_places(self) -> bool:
        """Whether turns of the loops between add to places of their own: sums are no larger."""
        writes = [op for op in self.needed if op.prim in WRITES]
        return all(v in op.inputs[2:] for op in writes for v in self.indices)

    def _start(self, v: Value) -> Value | None:
        """Return the array before the outer loop that a value is after some stores."""
        while v in self.inside:
            op = v.op
            if op is None and v in self.carriers:
                op, k = self.carriers[v]
                v = op.inputs[3 + k]
            elif op is not None and op.prim in WRITES:
                v = op.inputs[0]
            elif op is not None and op.prim == "for":
                v = op.inputs[3 + op.outputs.index(v)]
            else:
                return None
        return v

    @deep
    def kind(self, v: Value) -> str | None:
        """Return what a value is; None where it is anything else."""
        if isinstance(v, Const) or v not in self.inside:
            return SAME
        if v not in self.kinds and v.op is not None:
            found = self._kind(v, v.op)
            if found is None:
                return None
            self.kinds[v] = found
            self.needed.add(v.op)
        return self.kinds.get(v)

    def _kind(self, v: Value, op: Op) -> str | None:
        if op.prim == "for":
            return self._of_loop(v, op)
        if op.prim == "inc":
            return self._of_addition(op)
        if len(op.outputs) != 1 or not v.type.is_scalar or op.blocks:
            return None
        if op.prim == "load":
            return self._of_entry(op)
        rule = RULES.get(op.prim)
        if rule is None or not rule.elementwise:
            return None
        kinds = [self.kind(u) for u in op.inputs]
        if all(kind == SAME for kind in kinds):
            return SAME
        one = {"mul": 2, "div": 1, "neg": 1}.get(op.prim, 0)
        if kinds.count(LINEAR) == 1 and kinds.count(SAME) == len(kinds) - 1:
            return LINEAR if LINEAR in kinds[:one] else None
        return LINEAR if op.prim in TERMS and kinds == [LINEAR, LINEAR] else None

    def _of_entry(self, op: Op) -> str | None:
        """Return what is read of an array: the same in all turns, or an entry of theirs."""
        if not is_of_entry(op) or any(self.kind(u) != SAME for u in subscripts(op)):
            return None
        x = op.inputs[0]
        if x not in self.inside:
            return SAME if x not in self.loop.inputs else None
        rank = len(subscripts(op))
        whole = x.type.kind == "array" and x.type.rank == rank
        if x in self.own or not whole or x.type.dtype != "float64" or self.of not in (None, x):
            return None
        self.of = x
        return LINEAR if rank < self.depth else None

    def _of_addition(self, op: Op) -> str | None:
        """Return what an array is that is added to."""
        if not is_of_entry(op) or op.out not in self.own or self.kind(op.inputs[0]) != SUM:
            return None
        same = all(self.kind(u) == SAME for u in subscripts(op))
        return SUM if same and self.kind(op.inputs[1]) == LINEAR else None

    def _of_loop(self, v: Value, op: Op) -> str | None:
        """Return what an inner loop hands on: a sum that it adds to, or the array."""
        if v not in self.own or not takes_all_turns(op):
            return None
        if any(self.kind(u) != SAME for u in op.inputs[:3]):
            return None
        k, body = op.outputs.index(v), op.blocks[0]
        init = op.inputs[3 + k]
        zero = isinstance(init, Const) and init.const == 0
        kind = LINEAR if zero else self.kind(init)
        if kind not in (LINEAR, SUM):
            return None
        self.kinds[body.params[0]] = SAME
        self.kinds[body.params[k + 1]] = kind
        self.depth += 1
        found = self.kind(body.results[k])
        self.depth -= 1
        return kind if found == kind else None


def _is_empty(v: Value) -> bool:
    """Whether an array starts with what stands in memory, of which all would be added up."""
    return v.op is not None and v.op.prim in ("empty", "empty_like")
