"""Which tangents can be zero in places: there they must not meet an infinite slope.

Forward mode multiplies tangents by slopes, and ``0 * inf`` is NaN where what does not vary stays
what it is: ``sqrt`` of an array one of whose entries is the constant 0.  Reverse mode asks the same
of adjoints (`gradgen.diff.zeros`).  Tangents are zero in places where constants stand among what
varies, or are chosen instead of it, in the first turn of a loop, and in unit vectors.
"""

from __future__ import annotations

from collections.abc import Iterable

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.diff.zeros import EXTREMES, MOVING, PICKING
from gradgen.ir.nodes import GROWS, WRITES, Block, Function, Op, Value
from gradgen.rules.registry import RULES

# Operations that leave zeros around what they take.
FILLING = {"pad", "diag", "tril", "triu", "clip"}
JOINING = {"list", "array", "stack", "concatenate", "where", "select", *EXTREMES}
KEEPING = {"load", "pop", *MOVING, *PICKING} - JOINING  # zero where all that they take is


def find_gaps(function: Function, varied: set[Value], seeds: Iterable[Value]) -> set[Value]:
    """Return the values that vary and whose tangents can be zero in places, as those of seeds."""
    gaps = _Gaps(varied, seeds)
    gaps.block(function.body)
    return gaps.found


class Flow:
    """Values found in the order of a function; loops are gone through until no more are."""

    def __init__(self, found: Iterable[Value] = ()) -> None:
        self.found = set(found)

    def reaches(self, v: Value) -> bool:
        """Whether what a value is handed on to is found, too."""
        raise NotImplementedError

    def concerns(self, v: Value) -> bool:
        """Whether a value can be found."""
        raise NotImplementedError

    def operation(self, op: Op) -> bool:
        """Whether the results of an operation are found."""
        raise NotImplementedError

    @deep
    def block(self, block: Block) -> None:
        """Go through a block in order."""
        for op in block.ops:
            if op.prim in ("for", "while"):
                self._loop(op)
            elif op.prim == "if":
                for inner in op.blocks:
                    self.block(inner)
                    if inner.end == "yield":
                        self._flow(inner.results, op.outputs)
            elif any(map(self.concerns, op.outputs)) and self.operation(op):
                self.found.update(filter(self.concerns, op.outputs))

    def _loop(self, op: Op) -> None:
        params, inits = carried(op)
        self._flow(inits, params)
        before = -1
        while before != len(self.found):
            before = len(self.found)
            for inner in op.blocks:
                self.block(inner)
            for end in ends(op.blocks[-1]):
                self._flow(end.results, params)
                self._flow(end.results, op.outputs)

    def _flow(self, sources: list[Value], targets: list[Value]) -> None:
        for source, target in zip(sources, targets, strict=True):
            if self.concerns(target) and self.reaches(source):
                self.found.add(target)


class _Gaps(Flow):
    """The values whose tangents can be zero in places."""

    def __init__(self, varied: set[Value], found: Iterable[Value]) -> None:
        super().__init__(found)
        self.varied = varied

    def reaches(self, v: Value) -> bool:
        """Whether the tangent of a value is zero, or can be in places."""
        return v in self.found or v not in self.varied

    def concerns(self, v: Value) -> bool:
        """Whether a value has a tangent."""
        return v in self.varied

    def operation(self, op: Op) -> bool:
        """Whether the tangent of what an operation gives can be zero in places."""
        rule = RULES.get(op.prim)
        if op.prim in (*WRITES, *GROWS) and op.prim != "pop":
            return any(map(self.reaches, op.inputs[:2]))
        if op.prim in FILLING:
            return True
        if op.prim in JOINING or (rule is not None and rule.form == "sequence"):
            first = 1 if op.prim in ("where", "select") else 0
            return any(map(self.reaches, op.inputs[first:]))
        moving = [v for v in op.inputs if v in self.varied]
        if op.prim in KEEPING or (rule is not None and rule.elementwise):
            return bool(moving) and all(v in self.found for v in moving)
        return False
