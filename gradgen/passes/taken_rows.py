"""Lists that the sweep takes out of other lists are copied, in text that is read again.

``d_row = d_rows[1]`` in a branch, and ``d_row[j] += v`` behind it: nobody reads ``d_rows`` any
more, so that the finished text needs no copy.  Who reads the text cannot see that, and would refuse
the store.
"""

from __future__ import annotations

from gradgen.diff.activity import carried
from gradgen.ir.nodes import Block, Function, Value, blocks_of
from gradgen.passes.copies import copy_op


def copy_taken_rows(function: Function) -> None:
    """Copy rows of lists where branches and loops of the sweep hand them on, in place."""
    for block in blocks_of(function.body):
        loops = [op for op in block.ops if op.prim in ("for", "while") and op.reverse]
        _copy(block, [v for op in loops for v in carried(op)[1]])
        if block.end == "yield":
            _copy(block, block.results)


def _copy(block: Block, handed: list[Value]) -> None:
    for v in dict.fromkeys(handed):
        op = v.op
        taken = op is not None and op.reverse and op.prim == "load" and v.type.kind == "list"
        if op is None or not taken or op not in block.ops:
            continue
        copy = copy_op(v, op)
        block.ops.insert(block.ops.index(op) + 1, copy)
        _hand_on(block, v, copy.out)


def _hand_on(block: Block, v: Value, copied: Value) -> None:
    """Let a block hand on a copy, to its loops and at its end."""
    users = [op.inputs for op in block.ops if op.prim in ("for", "while")]
    for values in (*users, block.results):
        values[:] = [copied if u is v else u for u in values]
