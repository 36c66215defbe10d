"""Reads through a row: the adjoint of ``t[i][j]`` goes to ``d_t[i][j]``, not by way of a row.

Where nothing else reads a row but entries of it, its adjoint is never needed as a whole.  Making
one for each read would cost as much as the row is long.
"""

from __future__ import annotations

from collections import Counter

from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import Block, Op, Value, blocks_of

COUNTING = ("len", "dim")  # what is asked of a row beside its entries: it has no adjoint
WAY = ("load", 1, {"index": "i"})  # a step of a path: see rules.indexing


Handed = list[tuple[Value, tuple[Value, ...]]]  # results of blocks, with what they become


def handed_on(body: Block) -> set[Value]:
    """Return what blocks hand on at their ends to something that is read.

    Not so is what the targets of a loop hold, where nobody asks for them after it.
    """
    read = {v for block in blocks_of(body) for op in block.ops for v in op.inputs}
    found, waiting = set(body.results), _handed(body)
    while True:
        read |= found
        later: Handed = []
        for v, to in waiting:
            if not to or not read.isdisjoint(to):
                found.add(v)
            else:
                later.append((v, to))
        if len(later) == len(waiting):
            return found
        waiting = later


def _handed(body: Block) -> Handed:
    """Return the results of inner blocks, each with the values that it becomes, if these tell."""
    ops = [op for block in blocks_of(body) for op in block.ops if op.blocks]
    loops = [op for op in ops if op.prim in ("for", "while")]
    ended = {end for op in loops for end in ends(op.blocks[-1])}
    out = [pair for op in loops for pair in _of_loop(op)]
    for op in ops:
        for block in op.blocks if op.prim not in ("for", "while") else ():
            if block not in ended and block.end != "tail":
                known = op.prim == "if" and len(op.outputs) == len(block.results)
                to = [(v,) for v in op.outputs] if known else [()] * len(block.results)
                out += zip(block.results, to, strict=True)
    return out


def _of_loop(op: Op) -> Handed:
    tests = op.blocks[:-1]
    groups = [op.outputs, carried(op)[0], *(t.params for t in tests)]
    becomes = list(zip(*groups, strict=True))
    out: Handed = [(v, ()) for test in tests for v in test.results]
    for end in ends(op.blocks[-1]):
        out += zip(end.results, becomes, strict=True)
    return out


class Nested:
    """Which reads of a function lead through rows that nothing else reads."""

    def __init__(self, body: Block) -> None:
        self.blocks = {op: b for b in blocks_of(body) for op in b.ops}
        self.reads: Counter[Value] = Counter()
        # The adjoint of a list that was extended is sliced, and its rows are in both parts then.
        self.whole = any(op.prim == "extend" and op.out.type.has_rows for op in self.blocks)
        ended = {v for block in blocks_of(body) for v in block.results}
        self.others = ended if self.whole else handed_on(body)
        for op in self.blocks:
            self._count(op)

    def _count(self, op: Op) -> None:
        counted = op.prim in COUNTING and not self.whole
        for k, v in enumerate(() if counted else op.inputs):
            row = v.op if op.prim == "load" and k == 0 else None
            if row is not None and self.blocks.get(row) is self.blocks[op]:
                self.reads[v] += 1
            else:
                self.others.add(v)

    def through(self, op: Op) -> Op:
        """Return a read from the outermost array or list that a read of an entry is of."""
        row = op.inputs[0].op
        while row is not None and self._joins(row, op):
            op = _joined(row, op)
            row = op.inputs[0].op
        return op

    def _joins(self, row: Op, op: Op) -> bool:
        """Whether ``row[...]`` may be read as a part of what the row was read from."""
        if row.prim != "load" or "path" in row.attrs or row.out in self.others:
            return False
        base, steps = row.inputs[0].type, row.attrs["index"]
        if base.kind == "list":
            return steps == "i" and row.out.type.kind == "list" and op.out.type.kind != "list"
        plain = bool(steps) and set(steps) == {"i"} and set(op.attrs["index"]) <= set("i:s")
        return plain and base.kind == "array" and base.shape is not None and self._once(row.out)

    def _once(self, row: Value) -> bool:
        return self.reads[row] == 1 and not row.user


def _joined(row: Op, op: Op) -> Op:
    inputs = [row.inputs[0], *row.inputs[1:], *op.inputs[1:]]
    if row.inputs[0].type.kind == "list":
        attrs = {**op.attrs, "path": (WAY, *op.attrs.get("path", ()))}
    else:
        attrs = {**op.attrs, "index": row.attrs["index"] + op.attrs["index"]}
    return Op("load", inputs, op.outputs, attrs, op.span)
