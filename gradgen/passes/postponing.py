"""What takes over a name of the sweep is computed last: ``d_v = d_v * k`` where ``d_v`` is read.

Computed earlier, it would need a name of its own for as long.
"""

from __future__ import annotations

from gradgen.ir.nodes import Block, Function, Op, Value, blocks_of, uses, walk, written_inputs
from gradgen.passes.sharing import Sharing, is_view
from gradgen.rules.registry import RULES


def postpone(function: Function) -> None:
    """Move operations of the sweep behind the last one that reads what they replace, in place."""
    blocks = [b for b in blocks_of(function.body) if any(map(_replaced, b.ops))]
    if not blocks:
        return
    count, sharing = uses(function.body), Sharing(function)
    for block in blocks:
        _block(block, _Reads(block, count, sharing))


def _block(block: Block, reads: _Reads) -> None:
    place: dict[Op, tuple[int, bool]] = {op: (k, False) for k, op in enumerate(block.ops)}
    for k, op in enumerate(block.ops):
        replaced = _replaced(op)
        if not replaced:
            continue
        until = max(reads.last[v] for v in replaced)
        waits = k < until < reads.first.get(op.outputs[0], len(block.ops))
        waits = waits and reads.keep(op, k, until)
        place[op] = (until if waits else k, waits)
    block.ops.sort(key=place.__getitem__)


def _replaced(op: Op) -> list[Value]:
    """Return the inputs of which a plain operation of the sweep has the name, not one we gave."""
    if not op.reverse or not op.outputs or not op.outputs[0].user or not _is_plain(op):
        return []
    return [v for v in op.inputs if v.name and v.name == op.out.name]


def _is_plain(op: Op) -> bool:
    """Whether computing its result is all that an operation does."""
    return op.prim in RULES and not op.blocks and len(op.outputs) == 1 and not written_inputs(op)


class _Reads:
    """Where the text of a block reads and writes values.

    An operation without a name of the user's reads its inputs where it is printed: inside the
    expression of its only reader.
    """

    def __init__(self, block: Block, count: dict[Value, int], sharing: Sharing) -> None:
        self.sharing = sharing
        self.first: dict[Value, int] = {}
        self.last: dict[Value, int] = {}
        self.written: dict[Value, list[int]] = {}
        self.inside = {
            op.out for op in block.ops
            if _is_plain(op) and not op.out.user and count.get(op.out) == 1
        }  # fmt: skip
        read = [list(_read_by(op)) for op in block.ops]
        for k, values in enumerate(read):
            for v in values:
                self.first.setdefault(v, k)
        for k, (op, values) in reversed(list(enumerate(zip(block.ops, read, strict=True)))):
            printed = op.outputs and op.out in self.inside
            at = self.last.get(op.out, k) if printed else k
            for v in values:
                if at > self.last.get(v, -1):
                    self.last[v] = at
            for o in _with_inner(op):
                for i in written_inputs(o):
                    self.written.setdefault(o.inputs[i], []).append(k)

    def keep(self, op: Op, k: int, until: int) -> bool:
        """Whether nothing that an operation reads is written to as long as it waits.

        Where anything is written, what would be printed inside its expression could not be.
        """
        waiting = {v for v, places in self.written.items() if any(k < p <= until for p in places)}
        inside = [u for v in op.inputs if v in self.inside and v.op for u in v.op.inputs]
        if waiting and not all(map(self.sharing.never_written, inside)):
            return False
        return not any(_base(v) in waiting for v in op.inputs)


def _base(v: Value) -> Value:
    """Return the array that a view is one of."""
    while v.op is not None and is_view(v.op):
        v = v.op.inputs[0]
    return v


def _read_by(op: Op) -> list[Value]:
    if not op.blocks:
        return op.inputs
    inner = _with_inner(op)
    return [v for o in inner for v in (*o.inputs, *(u for b in o.blocks for u in b.results))]


def _with_inner(op: Op) -> list[Op]:
    if not op.blocks:
        return [op]
    return [op, *(o for b in op.blocks for o in walk(b))]
