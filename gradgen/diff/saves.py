"""Makes forward values readable in the reverse sweep: the one place that decides how.

A value of the function's own block is a variable that is still there.  One born inside a loop is,
in this order, (1) the mirrored loop's index, (2) computed again, when that is cheap and its inputs
are at hand, (3) carried out of a branch that no loop encloses, (4) a row of an array whose size the
loop bounds give, or (5) pushed on a stack and popped.  What is saved is a copy where the memory is
written to afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradgen.diff.activity import ends
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value, walk
from gradgen.ir.types import Type, array, integer, join
from gradgen.passes.sharing import Sharing
from gradgen.rules.registry import RULES


@dataclass(frozen=True, slots=True)
class Saved:
    """How one forward value reaches the reverse sweep, for ``explain``."""

    value: Value
    where: Any
    how: str
    reason: str


def plan_saves(function: Function) -> list[Saved]:
    """Legalise every read of an inner forward value by the reverse sweep."""
    return _Planner(function).run()


class _Planner:
    def __init__(self, function: Function) -> None:
        self.function, self.top = function, function.body
        self.home: dict[Value, Block] = {}
        self.owner: dict[Block, tuple[Op, Block]] = {}
        self.mirror: dict[Block, Block] = {}
        self.resolved: dict[Value, Value] = {}
        self.inserted: dict[Block, int] = {}
        self.records: list[Saved] = []
        self.sharing = Sharing(function)
        self._index_block(self.top)

    def _index_block(self, block: Block) -> None:
        for p in block.params:
            self.home[p] = block
        for op in block.ops:
            for v in op.outputs:
                self.home[v] = block
            source = op.attrs.get("mirror")
            if source is not None and source.prim == "for" and not source.attrs.get("breaks"):
                # The forward loop itself may be gone when nothing but its index is read.
                self.resolved[source.blocks[-1].params[0]] = op.blocks[0].params[0]
            for k, inner in enumerate(op.blocks):
                self.owner[inner] = (op, block)
                if source is not None:
                    self.mirror[source.blocks[-1] if op.prim == "for" else source.blocks[k]] = inner
                self._index_block(inner)

    def run(self) -> list[Saved]:
        needed = self._needed()
        for v in sorted(
            needed,
            key=lambda v: (
                RULES[v.op.prim].cost == 0 if v.op and v.op.prim in RULES else False,
                v.id,
            ),
        ):
            self.resolve(v)
        self._rewrite(self.top)
        return self.records

    def _needed(self) -> list[Value]:
        out: dict[Value, None] = {}
        for op in walk(self.top):
            if not op.reverse:
                continue
            for v in op.inputs:
                if self._inner_forward(v):
                    out[v] = None
            for b in op.blocks:
                out.update({v: None for v in b.results if self._inner_forward(v)})
        return list(out)

    def _inner_forward(self, v: Value) -> bool:
        home = self.home.get(v)
        if home is None or home is self.top:
            return False
        op, _ = self.owner[home]
        return not op.reverse

    def _rewrite(self, block: Block) -> None:
        """Redirect reads in the reverse sweep to what was resolved."""
        for op in walk(block):
            if op.reverse:
                op.inputs = [self.resolved.get(v, v) for v in op.inputs]
                for b in op.blocks:
                    b.results = [self.resolved.get(v, v) for v in b.results]

    # --- deciding -------------------------------------------------------------------------

    def resolve(self, v: Value) -> Value:
        """Return a value that the mirror of ``v``'s block can read."""
        if v not in self.resolved and self._inner_forward(v):
            self.resolved[v] = self._resolve(v)
        return self.resolved.get(v, v)

    def _resolve(self, v: Value) -> Value:
        home = self.home[v]
        op, _ = self.owner[home]
        if op.prim == "for" and v is home.params[0]:
            return self._index(op, home)
        if self._can_recompute(v):
            return self._recompute(v)
        if not self._loops(home):
            return self._export(v)
        return self._save(v)

    def _index(self, op: Op, home: Block) -> Value:
        mirrored = self.mirror[home].params[0]
        start, _, step = op.inputs[:3]
        if not op.attrs.get("breaks"):
            return mirrored
        if (
            isinstance(start, Const)
            and start.const == 0
            and isinstance(step, Const)
            and step.const == 1
        ):
            return mirrored
        b = self._at_start(self.mirror[home])
        scaled = b.emit("mul", [mirrored, step])
        return self._placed(self.mirror[home], b.emit("add", [start, scaled]))

    def _can_recompute(self, v: Value, depth: int = 0) -> bool:
        if v in self.resolved or not self._inner_forward(v):
            return self.sharing.never_written(v) or v.type.is_scalar
        op, home = v.op, self.home[v]
        if op is None:
            return self.owner[home][0].prim == "for" and v is home.params[0]
        rule = RULES.get(op.prim)
        if rule is None or op.blocks or op.prim in ("pop", "append", "list", "helper") or depth > 6:
            return False
        if rule.cost > 1 or (rule.cost == 1 and not v.type.is_scalar):
            return False
        if op.prim in ("store", "inc", "add_at") or v.type.kind == "list":
            return False
        if not self.sharing.never_written(v):
            return False
        return all(isinstance(x, Const) or self._can_recompute(x, depth + 1) for x in op.inputs)

    def _recompute(self, v: Value) -> Value:
        op, home = v.op, self.home[v]
        assert op is not None
        inputs = [self.resolve(x) for x in op.inputs]
        block = self.mirror[home]
        b = self._at_start(block)
        new = b.append(op.prim, inputs, [v.type], [v.name], op.span, op.attrs).out
        new.user = v.user
        self._note(v, "recomputed", "cheap, and what it needs is at hand")
        return self._placed(block, new)

    def _note(self, v: Value, how: str, reason: str) -> None:
        owner, _ = self.owner[self.home[v]]
        self.records.append(Saved(v, owner.span, how, reason))

    def _at_start(self, block: Block) -> Builder:
        return Builder(Block(), reverse=True)

    def _placed(self, block: Block, value: Value) -> Value:
        """Insert the operations that made a value at the head of a mirrored block."""
        made, work = [], [value]
        while work:
            op = work.pop().op
            if op is None or op in made or any(op is o for o in block.ops) or self._known(op):
                continue
            made.append(op)
            work += op.inputs
        at = self.inserted.get(block, 0)
        block.ops[at:at] = reversed(made)
        self.inserted[block] = at + len(made)
        for op in made:
            for v in op.outputs:
                self.home[v] = block
        return value

    def _known(self, op: Op) -> bool:
        return bool(op.outputs) and op.out in self.home

    # --- carrying values out --------------------------------------------------------------

    def _path(self, block: Block) -> list[tuple[Op, Block]]:
        """Return the operations that enclose a block, outermost first."""
        path = []
        while block is not self.top:
            op, parent = self.owner[block]
            path.append((op, block))
            block = parent
        return path[::-1]

    def _loops(self, block: Block) -> list[tuple[Op, Block]]:
        return [(op, b) for op, b in self._path(block) if op.prim in ("for", "while")]

    def _export(self, v: Value) -> Value:
        """Carry a value out of branches; on the other side it stays undefined."""
        self._note(v, "alive", "no loop encloses it: the variable is still there")
        value = v
        for op, block in reversed(self._path(self.home[v])):
            value = _add_branch_output(op, block, value, Undefined())
            self.home[value] = self.owner[block][1]
        return value

    def _save(self, v: Value) -> Value:
        path = self._path(self.home[v])
        rows = _row_plan(path, self.top, self.home) if v.type.is_scalar and v.type.dtype else None
        if rows is not None:
            self._note(v, "row", "the loop bounds give the size of an array to keep it in")
            return self._save_rows(v, path, rows)
        self._note(
            v, "stack", "how often the loop runs is not known before, or the value is an array"
        )
        return self._save_stack(v, path)

    def _save_rows(self, v: Value, path: list[tuple[Op, Block]], rows: list[_Row]) -> Value:
        before = self.top.ops.index(path[0][0])
        b = Builder(Block())
        extents = [row.extent(b) for row in rows]
        attrs = {} if v.type.dtype == "float64" else {"dtype": v.type.dtype}
        b.span = v.span
        buffer = b.append("empty", extents, [array(v.type.dtype, tuple(map(_length, extents)))],
                          [_saved_name(v)], attrs=attrs).out  # fmt: skip
        self._insert_top(before, b.block.ops)

        def update(old: Value, at: Builder) -> Value:
            operands = [row.place(at) for row in rows]
            index = "i" * len(rows)
            return at.emit("store", [old, v, *operands], buffer.name, index=index)

        final = self._thread(path, buffer, v, update)
        mirror = self.mirror[self.home[v]]
        r = self._at_start(mirror)
        indices = [row.place(r, self.mirror[row.block].params[0]) for row in rows]
        value = r.append("load", [final, *indices], [v.type], [v.name], v.span,
                         {"index": "i" * len(rows)}).out  # fmt: skip
        value.user = v.user
        return self._placed(mirror, value)

    def _save_stack(self, v: Value, path: list[tuple[Op, Block]]) -> Value:
        b = Builder(Block())
        b.span = v.span
        start = b.append("list", [], [Type("list", item=v.type)], [_saved_name(v)]).out
        self._insert_top(self.top.ops.index(path[0][0]), b.block.ops)
        shared = not v.type.is_scalar and not self.sharing.never_written(v)

        def push(old: Value, at: Builder) -> Value:
            item = at.emit("copy", [v]) if shared else v
            return at.append("append", [old, item], [start.type], [start.name]).out

        final = self._thread(path, start, v, push)
        popped: list[Value] = []
        mirror = self.mirror[self.home[v]]
        mirror_path = self._path(mirror)

        def pop(old: Value, at: Builder) -> Value:
            op = at.append("pop", [old], [v.type, old.type], [v.name, start.name], v.span)
            op.outputs[0].user = v.user
            popped.append(op.outputs[0])
            return op.outputs[1]

        self._thread(mirror_path, final, None, pop)
        return popped[0]

    def _insert_top(self, at: int, ops: list[Op]) -> None:
        self.top.ops[at:at] = ops
        for op in ops:
            for v in op.outputs:
                self.home[v] = self.top

    def _thread(
        self, path: list[tuple[Op, Block]], start: Value, after: Value | None, update: Any
    ) -> Value:
        """Carry a buffer through enclosing operations, updated once in the innermost block."""
        value, entries = start, []
        for op, block in path:
            entries.append(value)
            if op.prim != "if":
                value = self._add_param(op, block, value)
        inner = path[-1][1]
        at = Builder(Block(), reverse=after is None)
        at.span = path[-1][0].span if after is None else after.span
        new = update(value, at)
        if after is None:
            place = self.inserted.get(inner, 0)
            self.inserted[inner] = place + len(at.block.ops)
        else:
            place = 0 if after.op is None else inner.ops.index(after.op) + 1
            if after.op is None:
                place = self._after_params(inner)
        inner.ops[place:place] = at.block.ops
        for op in at.block.ops:
            for v in op.outputs:
                self.home[v] = inner
        return self._carry_out(path, entries, new)

    def _after_params(self, inner: Block) -> int:
        return 0

    def _add_param(self, op: Op, block: Block, value: Value) -> Value:
        op.inputs.append(value)
        for b in op.blocks:
            param = Value(value.type, value.name, value.span)
            b.params.append(param)
            self.home[param] = b
        return block.params[-1]

    def _carry_out(self, path: list[tuple[Op, Block]], entries: list[Value], new: Value) -> Value:
        ended: set[int] = set()
        for (op, block), entry in zip(reversed(path), reversed(entries), strict=True):
            tail = (
                op.prim == "if"
                and self.owner[block][1].end == "tail"
                and op is self.owner[block][1].ops[-1]
            )
            if op.prim == "if" and not tail:
                new = _add_branch_output(op, block, new, entry)
                self.home[new] = self.owner[block][1]
                continue
            for end in ends(block):
                if id(end) not in ended:
                    ended.add(id(end))
                    end.results.append(new)
            if op.prim == "if":
                new = entry
                continue
            out = Value(new.type, new.name, op.span)
            out.op = op
            op.outputs.append(out)
            self.home[out] = self.owner[block][1]
            new = out
        return new


def _add_branch_output(op: Op, block: Block, value: Value, other: Value) -> Value:
    out = Value(join(value.type, other.type) or value.type, value.name, op.span)
    out.op, out.user = op, value.user
    for b in op.blocks:
        b.results.append(value if b is block else other)
    op.outputs.append(out)
    return out


def _saved_name(v: Value) -> str:
    if v.name:
        return f"{v.name}_saved"
    return f"{v.op.prim.split('.')[-1]}_saved" if v.op is not None else "saved"


def _length(v: Value) -> Any:
    from gradgen.rules.shapes_of import length_of

    return length_of(v)


class _Row:
    """One loop of a row plan: how many rows it takes, and which row an iteration writes."""

    def __init__(self, op: Op, block: Block) -> None:
        self.block = block
        self.start, self.stop, self.step = op.inputs[:3]
        self.by_index = self._step_is(1) and self._at_least(self.start, 0)
        self.down = self._step_is(-1) and self._at_least(self.stop, -1)

    def _step_is(self, k: int) -> bool:
        return isinstance(self.step, Const) and self.step.const == k

    def _at_least(self, v: Value, k: int) -> bool:
        return isinstance(v, Const) and v.const >= k

    @property
    def possible(self) -> bool:
        return self.by_index or self.down or self._step_is(1)

    def extent(self, b: Builder) -> Value:
        if self.by_index:
            return _non_negative(b, self.stop)
        if self.down:
            return _non_negative(b, _plus(b, self.start, 1))
        return _non_negative(b, b.emit("sub", [self.stop, self.start]))

    def place(self, b: Builder, index: Value | None = None) -> Value:
        index = self.block.params[0] if index is None else index
        return index if self.by_index or self.down else b.emit("sub", [index, self.start])


def _plus(b: Builder, v: Value, k: int) -> Value:
    if isinstance(v, Const):
        return Const(v.const + k)
    op = v.op
    if op is not None and op.prim in ("sub", "add") and isinstance(op.inputs[1], Const):
        offset = op.inputs[1].const * (1 if op.prim == "add" else -1) + k
        if offset == 0:
            return op.inputs[0]
    out = b.emit("add", [v, Const(k)])
    if v.type.value is not None:
        out.type = integer(v.type.value + k)
    return out


def _non_negative(b: Builder, v: Value) -> Value:
    d = v.type.value
    known = isinstance(d, int) and d >= 0
    if known or (d is not None and not isinstance(d, int) and d.offset >= 0):
        return v
    return b.emit("max2", [v, Const(0)])


def _row_plan(
    path: list[tuple[Op, Block]], top: Block, home: dict[Value, Block]
) -> list[_Row] | None:
    """Return the rows of a save, None where the trip counts are not known up front."""
    rows = []
    for op, block in path:
        if op.prim == "while":
            return None
        if op.prim == "for":
            bounds = op.inputs[:3]
            if any(not isinstance(v, Const) and home.get(v) is not top for v in bounds):
                return None
            row = _Row(op, block)
            if not row.possible:
                return None
            rows.append(row)
    return rows
