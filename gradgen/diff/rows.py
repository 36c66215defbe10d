"""Rows of an array as the place to save a loop's values: for loops whose bounds are known."""

from __future__ import annotations

from collections.abc import Container

from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Op, Value
from gradgen.ir.types import integer, least_length


class Row:
    """One loop of a row plan: how many rows it takes, and which row an iteration writes."""

    def __init__(self, op: Op, block: Block) -> None:
        self.block = block
        self.start, self.stop, self.step = op.inputs[:3]
        self.some = "part" in op.attrs  # whether there is surely a turn
        self.by_index = self._step_is(1) and self._at_least(self.start, 0)
        self.down = self._step_is(-1) and self._at_least(self.stop, -1)

    def _step_is(self, k: int) -> bool:
        return isinstance(self.step, Const) and self.step.const == k

    def _at_least(self, v: Value, k: int) -> bool:
        return isinstance(v, Const) and v.const >= k

    @property
    def possible(self) -> bool:
        """Whether each iteration has a row of its own by its index."""
        return self.by_index or self.down or self._step_is(1)

    def extent(self, b: Builder) -> Value:
        """Return how many rows the loop takes at most."""
        if self.by_index:
            return non_negative(b, self.stop)
        if self.down:
            return non_negative(b, plus(b, self.start, 1))
        turns = _minus(b, self.stop, self.start)
        return turns if self.some else non_negative(b, turns)

    def place(self, b: Builder, index: Value | None = None) -> Value:
        """Return the row that the iteration of an index writes."""
        index = self.block.params[0] if index is None else index
        if self.by_index or self.down:
            return index
        made = index.op
        if made is not None and made.prim == "add" and made.inputs[0] is self.start:
            return made.inputs[1]
        return _minus(b, index, self.start)


def _minus(b: Builder, v: Value, start: Value) -> Value:
    return plus(b, v, -start.const) if isinstance(start, Const) else b.emit("sub", [v, start])


def plus(b: Builder, v: Value, k: int) -> Value:
    """Return an integer and a constant added, without a detour over another constant."""
    if isinstance(v, Const):
        return Const(v.const + k)
    op = v.op
    if op is not None and op.prim in ("sub", "add") and isinstance(op.inputs[1], Const):
        offset = op.inputs[1].const * (1 if op.prim == "add" else -1) + k
        if offset == 0:
            return op.inputs[0]
    out = b.emit("add", [v, Const(k)]) if k > 0 else b.emit("sub", [v, Const(-k)])
    if v.type.value is not None:
        out.type = integer(v.type.value + k)
    return out


def non_negative(b: Builder, v: Value) -> Value:
    """Return an integer, or 0 where it is less."""
    if isinstance(v, Const):
        return Const(max(v.const, 0))
    least = None if v.type.value is None else least_length(v.type.value)
    if least is not None and least >= 0:
        return v
    return b.emit("max2", [v, Const(0)])


def row_plan(
    path: list[tuple[Op, Block]],
    inner: set[Block],
    home: dict[Value, Block],
    missing: Container[Value] = (),
) -> list[Row] | None:
    """Return the rows of a save, None where the trip counts are not known up front.

    ``inner`` are the blocks inside the one in which the array will be made; ``missing``, values
    that not all paths to there have assigned.
    """
    rows = []
    for op, block in path:
        if op.prim == "while":
            return None
        if op.prim == "for":
            bounds = op.inputs[:3]
            if any(not isinstance(v, Const) and home[v] in inner for v in bounds):
                return None
            if any(v in missing for v in bounds):
                return None
            row = Row(op, block)
            if not row.possible:
                return None
            rows.append(row)
    return rows
