"""Reads through a row: the adjoint of ``t[i][j]`` goes to ``d_t[i][j]``, not by way of a row.

Where nothing else reads a row but entries of it, its adjoint is never needed as a whole.  Making
one for each read would cost as much as the row is long.
"""

from __future__ import annotations

from collections import Counter

from gradgen.ir.nodes import Block, Op, Value, blocks_of

WAY = ("load", 1, {"index": "i"})  # a step of a path: see rules.indexing


class Nested:
    """Which reads of a function lead through rows that nothing else reads."""

    def __init__(self, body: Block) -> None:
        self.blocks = {op: b for b in blocks_of(body) for op in b.ops}
        self.reads: Counter[Value] = Counter()
        self.others: set[Value] = set()
        for block in blocks_of(body):
            self.others.update(block.results)
            for op in block.ops:
                self._count(op)

    def _count(self, op: Op) -> None:
        for k, v in enumerate(op.inputs):
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
