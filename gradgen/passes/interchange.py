"""Loops change places where the inner one adds up in order, and the outer one's turns are apart.

A sum over the coordinates of one centroid after the other waits for each addition; the same sums
for all centroids at once, coordinate by coordinate, do not wait for each other, and compilers make
vectors of them.  Each sum is still added up in its own order, so that it is the same to the bit.

::

    for j in ...:                  for j in ...:
        d = 0.0                        d_all[j] = 0.0
        for c in ...:                  for c in ...:
            d += f(c, j)    ->             for j in ...:
        use(j, d)                              d_all[j] += f(c, j)
                                       for j in ...:
                                           use(j, d_all[j])

This is loop distribution with scalar expansion, and interchange (Allen and Kennedy, "Automatic
translation of Fortran programs to vector form", 1987).  A turn of the inner nest reads what no
turn writes, and its own place of ``d_all``: no dependence is carried by the outer loop, so that
any order of its turns will do.
"""

from __future__ import annotations

from types import TracebackType

from gradgen.diff.activity import carried
from gradgen.diff.rows import Row
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import (
    ADDITIONS,
    Block,
    Function,
    Op,
    Value,
    known_turns,
    made_in,
    replace_uses,
    subscripts,
    uses,
    walk,
)
from gradgen.ir.words import noun
from gradgen.passes.dce import EFFECTS
from gradgen.passes.scratch import (
    Around,
    builder_before,
    goes_through,
    hand_on,
    insert_before,
    make_scratch,
    outside,
    places,
)
from gradgen.rules.registry import RULES

FEWEST = 8  # turns, where they are known, that are worth an array
COSTLY = 3  # what takes so long that waiting for a sum does not count
ONE: dict[str, object] = {"index": "i"}


def interchange_loops(function: Function) -> None:
    """Let inner loops that add up in order change places with the loops around them, in place."""
    for around in places(function.body):
        for inner in [op for op in around.levels[-1][0].blocks[0].ops if op.prim == "for"]:
            nest = _Nest(around, inner)
            if nest.fits():
                nest.change()


def _has_turns(loop: Op) -> bool:
    """Whether a loop may have as many turns as are worth an array."""
    turns = known_turns(loop)
    return turns is None or len(turns) >= FEWEST


def _is_plain(op: Op) -> bool:
    """Whether an operation is a read of an entry, or arithmetic of numbers that takes no time."""
    if op.blocks or len(op.outputs) != 1 or not op.out.type.is_scalar:
        return False
    if op.prim == "load":
        entry = set(op.attrs["index"]) == {"i"} and op.inputs[0].type.kind == "array"
        return entry and not op.attrs.get("path") and not op.attrs.get("slices")
    rule = RULES.get(op.prim)
    return rule is not None and rule.elementwise and rule.cost < COSTLY


class _Nest:
    """A loop, in it one that adds up, and the loops around both."""

    def __init__(self, around: Around, inner: Op) -> None:
        self.around, self.inner = around, inner
        self.outer, self.block = around.levels[-1]
        self.body = self.outer.blocks[0]
        self.index = self.body.params[0]
        self.own = made_in(self.body)
        self.needed: list[Op] = []  # what a turn computes before, and the inner loop reads
        self.turned: dict[Value, int] = {}  # arrays to read along columns, and where those are made

    # --- what is proved -------------------------------------------------------------------

    def fits(self) -> bool:
        """Whether the loops can change places, and gain by it."""
        return self._loops_fit() and self._adds_numbers() and self._collect() and self._reads_fit()

    def _loops_fit(self) -> bool:
        """Whether both loops take all turns, as often for each, and do nothing that is seen."""
        loops = (self.outer, self.inner)
        if not goes_through(self.inner) or not all(map(_has_turns, loops)):
            return False
        if not Row(self.outer, self.body).by_index or self.own.intersection(self.inner.inputs[:3]):
            return False
        inside = [self.outer, *walk(self.body)]
        if any(op.prim in EFFECTS or op.prim == "call" or op.region is not None for op in inside):
            return False
        # An array for each turn of a loop around would cost more than it gains.
        some = len(self.around.levels) > 1 or self.around.inside
        return (
            not some
            or outside(self.around.levels, self.outer.inputs[:3]) < len(self.around.levels) - 1
        )

    def _adds_numbers(self) -> bool:
        """Whether all that the inner loop hands on are numbers."""
        types = [p.type for p in carried(self.inner)[0]]
        return bool(types) and all(t.kind == "float" and t.dtype == "float64" for t in types)

    def _collect(self) -> bool:
        """Collect what a turn computes for the inner loop; tell whether its index is enough."""
        inside = made_in(self.inner.blocks[0])
        read = {v for op in self.inner.blocks[0].ops for v in op.inputs}
        work = [v for v in (*self.inner.inputs[3:], *self.inner.blocks[0].results, *read)
                if v not in inside]  # fmt: skip
        found: set[Op] = set()
        while work:
            v = work.pop()
            if v is self.index or v not in self.own or v.op in found:
                continue
            if v.op is None or v.op not in self.body.ops or not _is_plain(v.op):
                return False
            found.add(v.op)
            work += v.op.inputs
        self.needed = [op for op in self.body.ops if op in found]
        return all(_is_plain(op) for op in self.inner.blocks[0].ops)

    def _reads_fit(self) -> bool:
        """Whether entries that follow each other are read when the outer index is innermost."""
        moving = {self.index, *self.inner.blocks[0].params[1:]}
        some = False
        for op in (*self.needed, *self.inner.blocks[0].ops):
            if op.prim == "load":
                if op.inputs[0] in self.own or not self._read_fits(op, moving):
                    return False
                some = some or not moving.isdisjoint(subscripts(op))
            if not moving.isdisjoint(op.inputs):
                moving.update(op.outputs)
        return some

    def _read_fits(self, op: Op, moving: set[Value]) -> bool:
        """Whether a read goes along a row with the outer index, or along a column at most."""
        places = subscripts(op)
        axes = [k for k, v in enumerate(places) if v in moving]
        if not axes:
            return True
        x = op.inputs[0]
        if axes == [len(places) - 1]:
            return self._follows(places[-1], moving)
        at = outside(self.around.levels, [x])
        turns = axes == [0] and len(places) == 2 and places[0] is self.index
        if not turns or x.type.dtype != "float64" or at == len(self.around.levels) - 1:
            return False
        self.turned[x] = at
        return True

    def _follows(self, v: Value, moving: set[Value]) -> bool:
        """Whether a subscript is the outer index, or is apart from it by what stays."""
        if v is self.index:
            return True
        if v.op is None or v.op.prim not in ("add", "sub") or v.op.inputs[1] in moving:
            return False
        return v.op.inputs[0] is self.index

    # --- what is done ---------------------------------------------------------------------

    def change(self) -> None:
        """Add up for all turns of the outer loop at once, before it."""
        levels = self.around.levels
        columns = {x: self._columns(x, at) for x, at in self.turned.items()}
        sums = [
            make_scratch(levels, self.inner, f"{v.name or noun(v)}_all") for v in self.inner.outputs
        ]
        b = self._builder()
        started = [
            self._started(b, full, init)
            for full, init in zip(sums, self.inner.inputs[3:], strict=True)
        ]
        ends = self._added(b, started, columns)
        insert_before(levels[-1], b)
        hand_on(levels, dict(zip(sums, ends, strict=True)))
        reads = self._builder()
        for v, end in zip(self.inner.outputs, ends, strict=True):
            item = reads.append("load", [end, self.index], [v.type], [v.name], v.span, ONE).out
            item.user = v.user
            replace_uses(self.body, {v: item})
        at = self.body.ops.index(self.inner)
        self.body.ops[at : at + 1] = reads.block.ops

    def _builder(self) -> Builder:
        b = Builder(Block(), reverse=self.inner.reverse)
        b.span = self.inner.span
        return b

    def _columns(self, x: Value, at: int) -> Value:
        """Make an array whose rows are the columns of another, as far out as that is known."""
        level = self.around.levels[at]
        b = builder_before(level[0], self.inner)
        made = b.copy(b.emit("T", [x]), f"{x.name or noun(x)}_transposed")
        insert_before(level, b)
        return made

    def _started(self, b: Builder, full: Value, init: Value) -> Value:
        """Emit what stores where each sum begins; return the array then."""
        if init not in self.own:
            return b.emit("store", [full, init], full.name, index=":")
        with _Turns(b, self.outer, [full]) as turns:
            values = self._copied(b, self.needed, {self.index: turns.index}, {})
            stored = [turns.old[0], values.get(init, init), turns.index]
            turns.ends = [b.emit("store", stored, full.name, index="i")]
        return turns.outputs[0]

    def _added(self, b: Builder, started: list[Value], columns: dict[Value, Value]) -> list[Value]:
        """Emit the loops the other way around; return the arrays of sums."""
        body = self.inner.blocks[0]
        self.reads = uses(body)
        with _Turns(b, self.inner, started) as rows:
            with _Turns(b, self.outer, rows.old) as turns:
                values = {self.index: turns.index, body.params[0]: rows.index}
                for p, old in zip(body.params[1:], turns.old, strict=True):
                    item = b.append("load", [old, turns.index], [p.type], [p.name], p.span, ONE)
                    values[p] = item.out
                values = self._copied(b, [*self.needed, *body.ops], values, columns)
                turns.ends = [
                    self._add(b, old, turns.index, k, values) for k, old in enumerate(turns.old)
                ]
            rows.ends = turns.outputs
        return rows.outputs

    def _add(
        self, b: Builder, old: Value, index: Value, k: int, values: dict[Value, Value]
    ) -> Value:
        """Emit what puts the new value of a sum in its place, as an addition where it is one."""
        body = self.inner.blocks[0]
        p, end = body.params[1 + k], body.results[k]
        made = end.op if end.op in body.ops else None
        alone = self.reads[p] == 1 and self.reads[end] == 1
        if made is not None and alone and made.prim in ADDITIONS and made.inputs[0] is p:
            added = values.get(made.inputs[1], made.inputs[1])
            sign = ADDITIONS[made.prim]
            return b.emit("inc", [old, added, index], old.name, made.span, index="i", sign=sign)
        return b.emit("store", [old, values.get(end, end), index], old.name, end.span, index="i")

    def _copied(
        self, b: Builder, ops: list[Op], values: dict[Value, Value], columns: dict[Value, Value]
    ) -> dict[Value, Value]:
        """Emit operations again; return what has become of each value."""
        values = dict(values)
        for op in ops:
            inputs = [values.get(v, v) for v in op.inputs]
            if op.prim == "load" and op.inputs[0] in columns and op.inputs[1] is self.index:
                inputs = [columns[op.inputs[0]], inputs[2], inputs[1]]
            b.again(op, values, inputs)
        return values


class _Turns:
    """A loop that is being made: as often as another one, with arrays that it carries."""

    def __init__(self, b: Builder, like: Op, arrays: list[Value]) -> None:
        self.b, self.like, self.arrays = b, like, arrays
        index = like.blocks[0].params[0]
        self.index = Value(index.type, index.name, index.span)
        self.index.user = index.user
        self.old = [Value(v.type, v.name, v.span) for v in arrays]
        self.body = Block([self.index, *self.old], [], "continue", [])
        self.ends: list[Value] = []
        self.outputs: list[Value] = []
        self.into = b.into(self.body)

    def __enter__(self) -> _Turns:
        self.into.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.into.__exit__(kind, error, trace)
        self.body.results = self.ends
        types, names = [v.type for v in self.arrays], [v.name for v in self.arrays]
        inputs = [*self.like.inputs[:3], *self.arrays]
        attrs = {k: v for k, v in self.like.attrs.items() if k == "backwards"}
        made = self.b.append("for", inputs, types, names, self.like.span, attrs, [self.body])
        self.outputs = made.outputs
