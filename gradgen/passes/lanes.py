"""The loop of `passes.strips`: what turns do for all lanes of a strip, operation by operation.

What is the same in all turns is done once a strip.  Runs of other operations are loops over the
lanes; a number that a later run reads is kept for each lane.  A nest that only adds to arrays
stays as it is, for one lane after the other: its own innermost loop goes along what it adds to.
"""

from __future__ import annotations

from gradgen.diff.activity import carried
from gradgen.diff.rerun import copy_op
from gradgen.ir.nodes import (
    WRITES,
    Block,
    Const,
    Op,
    Value,
    is_of_entry,
    made_in,
    subscripts,
    walk,
)
from gradgen.passes.lane_arrays import Space
from gradgen.passes.strip_turns import LANES, Cell, UnfitError

Kept = list[tuple[Value, Value]]  # whose place, and what is kept there


class Strips(Space):
    """Makes the loop over strips of the turns of another."""

    def make(self) -> tuple[list[Op], Op, dict[Value, Value]]:
        """Return what stands before the new loop, it, and what its results replace."""
        self.read_again = self._read_again()
        count = -1
        while count != len(self.spares):  # what has to be kept is found by trying
            count = len(self.spares)
            found = self._try()
        return found

    def _try(self) -> tuple[list[Op], Op, dict[Value, Value]]:
        turns = self.turns
        self.before = Block()
        b = self.b = self._before()
        self.cells = list(dict.fromkeys(turns.cells.values()))
        self.values: dict[Value, Value] = dict(turns.same)
        self.kept: dict[Value, Cell] = {}
        self.columns.clear()
        for cell in self.cells:
            cell.now, cell.runs = self._started(cell), 0
        for p, cell in turns.cells.items():
            if p in self.body.params:
                cell.version = p
        for v, cell in self.spares.items():
            cell.now = self._made(v, cell)
        self.cells += self.spares.values()
        stop = self.loop.inputs[1]
        self._loop([Const(0), stop, Const(LANES)], self.loop, self._strip, (), "first")
        made = b.block.ops.pop()
        for k in ("buffers", "parts"):
            made.attrs.pop(k, None)
        if "fused" in self.loop.attrs:
            made.attrs["fused"] = True
        params = carried(self.loop)[0]
        after = {out: turns.cells[p].now if p in turns.cells else turns.same[p]
                 for p, out in zip(params, self.loop.outputs, strict=True)}  # fmt: skip
        spare = [c for c in self.cells if c.kind in ("scratch", "spare")]
        made.attrs["buffers"] = [p for p, o in zip(carried(made)[0], made.outputs, strict=True)
                                 if any(c.now is o for c in spare)]  # fmt: skip
        return b.block.ops, made, after

    def _strip(self, first: Value, _: list[Value]) -> list[Value]:
        self.first = first
        self.b.reverse = self.loop.reverse
        rest = self.b.emit("sub", [self.loop.inputs[1], first])
        self.count = self.b.emit("min2", [Const(LANES), rest], "turns")
        self.depth = 0
        self._block(self.body.ops, [])
        return []

    def _block(self, ops: list[Op], ends: Kept) -> None:
        """Emit what a block does, for all lanes of a strip, and what is kept at its end."""
        run: list[Op] = []
        for op in ops:
            alone = op.prim == "for"
            if self.turns.is_same(op):
                self.b.block.ops.append(copy_op(op, self.values, reverse=op.reverse))
            elif alone and not self.turns.is_sum_only(op):
                self._nest(op, run)
                run = []
            else:
                if run and (run[-1].reverse, run[-1].prim == "for") != (op.reverse, alone):
                    self._run(run, [])
                    run = []
                run.append(op)
        self._run(run, ends)

    def _nest(self, op: Op, run: list[Op]) -> None:
        """Emit a loop inside, after a run: what numbers it carries are kept for each lane."""
        turns, inner = self.turns, op.blocks[0]
        params, starts = carried(op)
        rows = list(zip(params, starts, inner.results, op.outputs, strict=True))
        lanes = [row for row in rows if row[0] in turns.varying and row[0] not in turns.cells]
        plain = [row for row in rows if row[0] not in turns.varying]
        self._run(run, [(p, start) for p, start, _, _ in lanes], op)
        for p, start, _, _ in rows:
            if p in turns.cells:
                self._expect(start)
                turns.cells[p].version = p
        for p, _, _, _ in lanes:
            self.kept[p] = self._spare(p)

        def turn(index: Value, given: list[Value]) -> list[Value]:
            self.values[inner.params[0]] = index
            self.values |= {p: v for (p, _, _, _), v in zip(plain, given, strict=True)}
            self.depth += 1
            self._block(inner.ops, [(p, end) for p, _, end, _ in lanes])
            self.depth -= 1
            return [self.values.get(end, end) for _, _, end, _ in plain]

        ends = [self.values.get(v, v) for v in op.inputs[:3]]
        given = [self.values.get(start, start) for _, start, _, _ in plain]
        made = self._loop(ends, op, turn, given)
        for (_, _, _, out), v in zip(plain, made, strict=True):
            self.values[out] = v
        for p, _, _, out in lanes:
            self.kept[out] = self._spare(p)
        for p, _, end, out in rows:
            if p in turns.cells:
                self._expect(end)
                turns.cells[p].version = out

    def _expect(self, v: Value) -> None:
        """Refuse to read what a cell was before."""
        if self.turns.cells[v].version is not v:
            raise UnfitError

    # --- runs -----------------------------------------------------------------------------

    def _run(self, run: list[Op], ends: Kept, near: Op | None = None) -> None:
        """Emit operations as a loop over lanes; keep what is read elsewhere, and at the end."""
        if not run and not ends:
            return
        like = self._like(run, near)
        turns = self.turns
        sums = [op for op in run if op.prim == "inc" and turns.cells[op.out].kind == "sum"
                and turns.varying.isdisjoint(subscripts(op))]  # fmt: skip
        out = self._read_elsewhere(run, {v for _, v in ends})
        before = {c: c.now for c in self.cells}

        def turn(index: Value, given: list[Value]) -> list[Value]:
            self.lane, self.in_nest = index, False
            self.local.clear()
            self.rows.clear()
            added = dict(zip(sums, given, strict=True))
            for op in run:
                if op in added:
                    self._expect(op.inputs[0])
                    turns.cells[op.out].version = op.out
                    added[op] = self._add(added[op], op)
                else:
                    self._emit(op)
            kept = [(self._spare(p), self._of(v)) for p, v in ends]
            kept += [(self._spare(v), self._of(v)) for v in out]
            for cell, v in kept:
                cell.now = self.b.emit("store", [cell.now, v, index], cell.now.name, index="i")
            return list(added.values())

        reverse, self.b.reverse = self.b.reverse, like.reverse
        self.b.span = like.span
        zeros: list[Value] = [Const(0.0) for _ in sums]
        for zero, op in zip(zeros, sums, strict=True):
            zero.name = f"{turns.cells[op.out].name}_part"
        made = self._loop([Const(0), self.count, Const(1)], like, turn, zeros, "lane")
        for op, v in zip(sums, made, strict=True):
            self._add_sum(op, v)
        self.b.reverse = reverse
        for v in out:
            self.kept[v] = self._spare(v)
        self._count_runs([c for c, v in before.items() if c.now is not v])

    def _like(self, run: list[Op], near: Op | None) -> Op:
        """Return a loop with the marks that the loop over a run's lanes should have."""
        op = run[0] if run else near
        like = Op("for", [], [], {}, op.span if op else self.loop.span, [Block([self.index])])
        like.reverse = op.reverse if op is not None else self.loop.reverse
        return like

    def _count_runs(self, changed: list[Cell]) -> None:
        """Refuse to add to a sum of the user's in another order."""
        for cell in changed:
            cell.runs += 1
            if cell.kind == "number" and cell.forward and (cell.runs > 1 or self.depth):
                raise UnfitError

    def _read_elsewhere(self, run: list[Op], ends: set[Value]) -> list[Value]:
        """Return the numbers of a run that are read outside of it, but for what is at its end."""
        inside = set(run) | {o for op in run for b in op.blocks for o in walk(b)}
        made = [v for op in run for v in op.outputs if v not in self.turns.cells]
        read: set[Value] = set()
        for op in walk(self.body):
            if op not in inside:
                read.update(op.inputs)
                read.update(v for b in op.blocks for v in b.results
                            if op.prim == "if" or v not in ends)  # fmt: skip
        return [v for v in made if v in read]

    def _add(self, total: Value, op: Op) -> Value:
        """Emit an addition to a lane loop's own sum."""
        value = self._of(op.inputs[1])
        return self.b.emit("add", [total, value], total.name, op.span)

    def _add_sum(self, op: Op, total: Value) -> None:
        """Emit what adds the sum over lanes to an array."""
        cell = self.turns.cells[op.out]
        at = [self.values.get(v, v) for v in subscripts(op)]
        now = self.b.append("inc", [cell.now, total, *at], [cell.now.type], [cell.now.name],
                            op.span, op.attrs).out  # fmt: skip
        cell.now = now

    # --- operations of one lane -----------------------------------------------------------

    def _of(self, v: Value) -> Value:
        """Return what a value is in the lane at hand."""
        if v in self.local:
            return self.local[v]
        if v in self.turns.cells:
            self._expect(v)
            return self.turns.cells[v].now
        if v is self.index:
            made = self.b.emit("add", [self.first, self.lane], v.name, v.span)
        elif v in self.kept:
            places = [self.kept[v].now, self.lane]
            made = self.b.append("load", places, [v.type], [v.name], v.span, {"index": "i"}).out
        elif v in self.turns.varying:
            raise UnfitError
        else:
            return self.values.get(v, v)
        made.user = v.user
        self.local[v] = made
        return made

    def _emit(self, op: Op) -> None:
        """Emit one operation of a lane."""
        cells, b = self.turns.cells, self.b
        if op.prim == "for":
            self._whole(op)
            return
        if op.prim == "if":
            self._choice(op)
            return
        on_cell = op.prim in (*WRITES, "load") and op.inputs[0] in cells
        given = [self._of(v) for v in op.inputs]
        attrs = op.attrs
        if on_cell and cells[op.inputs[0]].kind == "scratch":
            if op.prim == "load" and op.inputs[0] in self.rows:
                given[0] = self.rows[op.inputs[0]]
            else:
                given, attrs = [*given, self.lane], {**attrs, "index": attrs["index"] + "i"}
        elif op.prim == "load" and not self.in_nest and self._is_column(op):
            given = [self._turned(op.inputs[0]), given[2], given[1]]
        type_ = given[0].type if op.prim in WRITES else op.out.type
        name = given[0].name if op.prim in WRITES else op.out.name
        made = b.append(op.prim, given, [type_], [name], op.span, attrs).out
        made.user = op.out.user
        if op.out in cells:
            cells[op.out].now, cells[op.out].version = made, op.out
        else:
            self.local[op.out] = made

    def _is_column(self, op: Op) -> bool:
        """Whether an entry of each lane is read in a column of a matrix from outside."""
        x, at = op.inputs[0], subscripts(op)
        outside = x not in self.turns.varying and x not in made_in(self.body)
        matrix = is_of_entry(op) and len(at) == 2 and x.type.dtype == "float64"
        return outside and matrix and at[0] is self.index and at[1] not in self.turns.varying

    def _choice(self, op: Op) -> None:
        """Emit a branch between numbers."""
        self._read_before(op)
        sides = []
        for side in op.blocks:
            block = Block([], [], side.end)
            local = dict(self.local)
            with self.b.into(block):
                for inner in side.ops:
                    self._emit(inner)
                block.results = [self._of(v) for v in side.results]
            self.local = local
            sides.append(block)
        test, types = self._of(op.inputs[0]), [v.type for v in op.outputs]
        names = [v.name for v in op.outputs]
        made = self.b.append("if", [test], types, names, op.span, op.attrs, sides)
        for old, new in zip(op.outputs, made.outputs, strict=True):
            new.user = old.user
            self.local[old] = new

    def _read_before(self, op: Op) -> None:
        """Read what differs by lane before an operation inside of which it is read."""
        inside = {v for b in op.blocks for v in made_in(b)}
        ops = [op, *(o for b in op.blocks for o in walk(b))]
        read = [v for o in ops for v in (*o.inputs, *(r for b in o.blocks for r in b.results))]
        for v in dict.fromkeys(read):
            if v not in inside and v not in self.turns.cells:
                self._of(v)

    def _whole(self, op: Op) -> None:
        """Emit a nest that only adds to arrays, for one lane."""
        self._read_before(op)
        self._read_rows(op)
        self.in_nest = True
        cells, inner = self.turns.cells, op.blocks[0]
        rows = list(zip(*carried(op), inner.results, op.outputs, strict=True))
        for p, start, _, _ in rows:
            self._expect(start)
            cells[p].version = p

        def turn(index: Value, _: list[Value]) -> list[Value]:
            local = dict(self.local)
            self.local[inner.params[0]] = index
            for o in inner.ops:
                self._emit(o)
            self.local = local
            return []

        self._loop([self._of(v) for v in op.inputs[:3]], op, turn, ())
        for p, _, end, out in rows:
            self._expect(end)
            cells[p].version = out
        self.in_nest = False

    def _read_rows(self, op: Op) -> None:
        """Copy what nests read again and again of a vector of each lane, for the lane at hand."""
        for o in walk(Block(ops=[op])):
            x = o.inputs[0] if o.prim == "load" else None
            if x is None or x not in self.turns.cells or x in self.rows:
                continue
            cell = self.turns.cells[x]
            if cell in self.read_again and cell.start.type.rank == 1:
                self._expect(x)
                self.rows[x] = self._row(x, cell)

    def _read_again(self) -> set[Cell]:
        """Return the scratch of which a nest of loops that only adds reads an entry many times."""
        inside = [op for op in walk(self.body) if op.prim == "for" and self.turns.is_sum_only(op)]
        nests = [op for op in inside if any(o.prim == "for" for o in walk(op.blocks[0]))]
        read = {o.inputs[0] for op in nests for o in walk(op.blocks[0]) if o.prim == "load"}
        cells = self.turns.cells
        return {cells[x] for x in read if x in cells and cells[x].kind == "scratch"}

    def _row(self, x: Value, cell: Cell) -> Value:
        """Emit the copy of what one lane has of a vector; return it."""
        key = cell.start
        if key not in self.spares:
            self._keep(key, Cell("spare", "", key, key, row=cell))
        row = self.spares[key]

        def turn(index: Value, _: list[Value]) -> list[Value]:
            entry = self.b.emit("load", [cell.now, index, self.lane], index="ii")
            row.now = self.b.emit("store", [row.now, entry, index], row.now.name, index="i")
            return []

        # A loop, as Numba takes seconds to compile the same with slices.
        ends = [Const(0), self.b.emit("len", [row.now]), Const(1)]
        self._loop(ends, self._like([], None), turn, (), "place")
        return row.now
