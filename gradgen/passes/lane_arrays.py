"""The arrays that a loop over strips has (`passes.strips`), and loops that carry them.

Values are immutable: a loop carries each array that its turns write to.  Which these are is found
when they are made: at first a loop carries all there are, then what no turn wrote to is taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradgen.ir.builder import Builder
from gradgen.ir.nodes import (
    Block,
    Const,
    Op,
    Value,
    replace_uses,
)
from gradgen.ir.types import INT, array
from gradgen.ir.words import noun
from gradgen.passes.strip_turns import LANES, Cell, Turns, UnfitError
from gradgen.passes.turns import ZEROS
from gradgen.rules.shapes_of import length_of

Turn = Callable[[Value, list[Value]], list[Value]]


class Space:
    """Has what is written to for each lane: the body of a block, and loops in it."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.loop = turns, turns.loop
        self.body = self.loop.blocks[0]
        self.index = self.body.params[0]
        self.before = Block()
        self.b = self._before()
        self.cells: list[Cell] = []
        self.columns: dict[Value, Value] = {}
        self.spares: dict[Value, Cell] = {}
        self.local: dict[Value, Value] = {}  # what there is in the lane at hand
        self.rows: dict[Value, Value] = {}  # vectors of it, copied

    def _before(self) -> Builder:
        """Return a builder of what stands before the loop."""
        b = Builder(self.before, reverse="fused" in self.loop.attrs)
        b.span = self.loop.span
        return b

    def _started(self, cell: Cell) -> Value:
        """Return what a cell is before the loop."""
        if cell.kind != "scratch":
            return cell.start
        assert cell.start.op is not None
        prim = "zeros" if cell.start.op.prim in ZEROS else "empty"
        return self._empty(self._extents(cell), cell.name, prim)

    def _extents(self, cell: Cell) -> list[Value]:
        """Return how long the axes of an array are."""
        made = cell.start.op
        assert made is not None
        if made.prim in ("zeros", "empty"):
            return list(made.inputs)
        like, b = made.inputs[0], self._before()
        axes = range(cell.start.type.rank or 0)
        return [b.emit("dim", [like], axis=k) if k else b.emit("len", [like]) for k in axes]

    def _empty(self, extents: list[Value], name: str, prim: str = "empty") -> Value:
        """Emit an array with a place for each lane behind some axes."""
        return self._array(prim, [*extents, Const(LANES)], f"{name}_lanes")

    def _array(self, prim: str, sizes: list[Value], name: str) -> Value:
        """Emit an array that is made before the loop."""
        type_ = array("float64", tuple(map(length_of, sizes)))
        return self._before().append(prim, sizes, [type_], [name]).out

    def _made(self, v: Value, cell: Cell) -> Value:
        """Emit the array of a cell that is kept: for each lane, or for one."""
        if cell.row is None:
            return self._empty([], v.name or noun(v))
        return self._array("empty", self._extents(cell.row), f"{cell.row.name}_lane")

    def _spare(self, v: Value) -> Cell:
        """Return where a number is kept for each lane."""
        if v.type.kind != "float" or v.type.dtype != "float64":
            raise UnfitError
        if v not in self.spares:
            self._keep(v, Cell("spare", "", v, v))
        return self.spares[v]

    def _keep(self, v: Value, cell: Cell) -> None:
        """Note one more cell, of which all loops around know in the next try."""
        self.spares[v] = cell
        self.cells.append(cell)
        cell.now = self._made(v, cell)

    def _turned(self, x: Value) -> Value:
        """Return a matrix whose rows are the columns of another."""
        if x not in self.columns:
            b = self._before()
            self.columns[x] = b.copy(b.emit("T", [x]), f"{x.name or noun(x)}_transposed")
        return self.columns[x]

    def _loop(
        self, ends: Sequence[Value], like: Op, turn: Turn, starts: Sequence[Value], name: str = ""
    ) -> list[Value]:
        """Emit a loop that carries some values, and the cells that its turns write to."""
        b, cells = self.b, list(self.cells)
        old = like.blocks[0].params[0]
        index = Value(INT, name or old.name, old.span)
        index.user = not name and old.user
        params = [Value(v.type, v.name, v.span) for v in starts]
        before = [c.now for c in cells]
        names = [c.now.name or c.name for c in cells]
        given = [Value(v.type, n, v.span) for v, n in zip(before, names, strict=True)]
        for c, v in zip(cells, given, strict=True):
            c.now = v
        body = Block([index, *params], [], "continue", [])
        with b.into(body):
            results = turn(index, params)
        after = [c.now for c in cells]
        changed = [k for k, v in enumerate(after) if v is not given[k]]
        same = set(range(len(cells))) - set(changed)
        replace_uses(body, {given[k]: before[k] for k in same})
        body.params += [given[k] for k in changed]
        body.results = [*results, *(after[k] for k in changed)]
        inits = [*starts, *(before[k] for k in changed)]
        attrs = {k: v for k, v in like.attrs.items() if k == "backwards" and not name}
        reverse, b.reverse = b.reverse, like.reverse
        types, names = [v.type for v in inits], [v.name for v in inits]
        made = b.append("for", [*ends, *inits], types, names, like.span, attrs, [body])
        b.reverse = reverse
        for c, v in zip(cells, before, strict=True):
            c.now = v
        for k, out in zip(changed, made.outputs[len(starts) :], strict=True):
            cells[k].now = out
        return made.outputs[: len(starts)]
