"""Carries values through the blocks that enclose them, to where the reverse sweep reads them."""

from __future__ import annotations

from typing import Any

from gradgen.deep import deep
from gradgen.diff.activity import ends
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Function, Op, Value, blocks_of
from gradgen.ir.types import join


class Carrier:
    """Where each value and block of a function stands, and how a value gets from one to another.

    ``home`` is the block of a value, ``owner`` the operation and block around a block, ``mirror``
    the reverse sweep's block of a forward one, ``resolved`` what reads of a value have become.
    ``top`` is the function's own block, or one of the sweep in which operations are run again.
    """

    def __init__(self, function: Function, top: Block | None = None) -> None:
        self.top = top or function.body
        self.home: dict[Value, Block] = {}
        self.owner: dict[Block, tuple[Op, Block]] = {}
        self.mirror: dict[Block, Block] = {}
        self.resolved: dict[Value, Value] = {}
        self.inserted: dict[Block, int] = {}
        self.before: dict[Op, list[Op]] = {}
        self.after: dict[Op, list[Op]] = {}
        self._index_block(function.body)
        self.inner = {b for b in blocks_of(self.top) if b is not self.top}

    @deep
    def _index_block(self, block: Block) -> None:
        for p in block.params:
            self.home[p] = block
        for op in block.ops:
            for v in op.outputs:
                self.home[v] = block
            source = op.attrs.get("mirror")
            index_known = source is not None and source.prim == "for" and not source.reverse
            if source is not None and index_known and not source.attrs.get("breaks"):
                # The forward loop itself may be gone when nothing but its index is read.
                self.resolved[source.blocks[-1].params[0]] = op.blocks[0].params[0]
            for k, inner in enumerate(op.blocks):
                self.owner[inner] = (op, block)
                if source is not None:
                    self.mirror[source.blocks[-1] if op.prim == "for" else source.blocks[k]] = inner
                self._index_block(inner)

    def inner_forward(self, v: Value) -> bool:
        """Whether a value is born inside a loop or branch of the forward sweep."""
        home = self.home.get(v)
        return home in self.inner and not self.owner[home][0].reverse

    def placed(self, block: Block, value: Value) -> Value:
        """Insert the operations that made a value at the head of a mirrored block."""
        made, work = [], [value]
        while work:
            op = work.pop().op
            if op is None or op in made or self._known(op):
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

    def path(self, block: Block) -> list[tuple[Op, Block]]:
        """Return the operations that enclose a block, outermost first."""
        path = []
        while block is not self.top and block in self.owner:
            op, parent = self.owner[block]
            path.append((op, block))
            block = parent
        return path[::-1]

    def loops(self, block: Block) -> list[tuple[Op, Block]]:
        """Return the loops that enclose a block, outermost first."""
        return [(op, b) for op, b in self.path(block) if op.prim in ("for", "while")]

    def insert_before(self, place: Op, ops: list[Op]) -> None:
        """Insert operations into the function's own block; ``settle`` puts them there."""
        self.before.setdefault(place, []).extend(ops)
        for op in ops:
            for v in op.outputs:
                self.home[v] = self.top

    def settle(self) -> None:
        """Put inserted operations into their blocks, all at once."""
        for block in {self.home[v]: None for op in self.after for v in op.outputs} | {
            self.top: None
        }:
            block.ops = [
                new
                for op in block.ops
                for new in (*self.before.get(op, ()), op, *self.after.get(op, ()))
            ]

    def thread(
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
            inner.ops[place:place] = at.block.ops
        elif after.op is None:
            inner.ops[:0] = at.block.ops
        else:
            self.after[after.op] = [*at.block.ops, *self.after.get(after.op, ())]
        for op in at.block.ops:
            for v in op.outputs:
                self.home[v] = inner
        return self._carry_out(path, entries, new)

    def carry_in(self, body: Block, last: Value, name: str, like: Value) -> Value:
        """Give a mirrored loop a variable that begins as a value; return it in a turn."""
        mirror, _ = self.owner[body]
        param = Value(last.type, name, like.span)
        param.user = like.user
        self.home[param] = body
        mirror.inputs.append(last)
        body.params.append(param)
        return param

    def carry_on(self, body: Block, param: Value, value: Value) -> None:
        """Let a variable of a mirrored loop, the newest, be something else in the next turn."""
        mirror, around = self.owner[body]
        body.results.append(value)
        out = Value(param.type, param.name, param.span)
        out.op = mirror
        mirror.outputs.append(out)
        self.home[out] = around

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
                new = add_branch_output(op, block, new, entry)
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


def reverse_builder() -> Builder:
    """Return a builder of operations that are placed later in the reverse sweep."""
    return Builder(Block(), reverse=True)


def add_branch_output(op: Op, block: Block, value: Value, other: Value) -> Value:
    """Add an output to an ``if``: a value from one side, ``other`` from the other."""
    out = Value(join(value.type, other.type) or value.type, value.name, op.span)
    out.op, out.user = op, value.user
    for b in op.blocks:
        b.results.append(value if b is block else other)
    op.outputs.append(out)
    return out
