"""An adjoint takes the memory of what was kept for it: one array instead of two.

Where a loop over all places of a vector reads what the forward sweep has kept there for the last
time, and adds the one thing that the adjoint ever gets to zero, it is stored in place of what was
kept.  The pages of a new array often cost more than the arithmetic that fills it.
"""

from __future__ import annotations

from gradgen.diff.activity import carried
from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of
from gradgen.passes.turns import ZEROS, Use, Uses, asks_shape, goes_over_all, is_at_index


def reuse_kept(function: Function) -> None:
    """Let adjoints be stored where the values were kept that they are made from, in place."""
    blocks = [(b, op) for b in blocks_of(function.body) for op in b.ops if _is_mirror(op)]
    if not blocks:
        return
    uses = Uses(function.body)
    for block, loop in blocks:
        free = _read_for_the_last_time(loop, block, uses)
        for k, p in enumerate(carried(loop)[0]):
            added = _added_once(loop, k, uses)
            kept = next((v for v in free if v.type == p.type), None) if added else None
            if added is not None and kept is not None and _all_before(free[kept], added, loop):
                _store_in(loop, k, added, kept, free.pop(kept))


def _is_mirror(op: Op) -> bool:
    """Whether an operation is a loop of the sweep, forwards over places from zero on."""
    if op.prim != "for" or not op.reverse or op.attrs.get("backwards") or op.attrs.get("fused"):
        return False
    start, _, step = op.inputs[:3]
    bounds = [v.const if isinstance(v, Const) else None for v in (start, step)]
    return bounds == [0, 1] and op.blocks[-1].end == "continue" and not op.attrs.get("breaks")


def _read_for_the_last_time(loop: Op, block: Block, uses: Uses) -> dict[Value, list[Op]]:
    """Return the arrays that were filled for this loop alone, and the reads of its place in them.

    They are new arrays that a loop of the same block has filled.
    """
    body = loop.blocks[-1]
    out: dict[Value, list[Op]] = {}
    for v in dict.fromkeys(v for op in body.ops if op.prim == "load" for v in op.inputs[:1]):
        filled = v.op
        if filled is None or filled.prim != "for" or filled not in block.ops or filled.reverse:
            continue
        start = carried(filled)[1][filled.outputs.index(v)]
        new = start.op is not None and start.op.prim == "empty" and len(uses.of[start]) == 1
        reads = [use.op for use in uses.of[v]]
        here = all(_is_at_index(use, loop) for use in uses.of[v])
        if new and here:
            out[v] = [op for op in reads if op is not None]
    return out


def _is_at_index(use: Use, loop: Op) -> bool:
    """Whether a read or a write of an array is in a loop's own block, at the loop's index."""
    op, body = use.op, loop.blocks[-1]
    if op is None or use.block is not body or use.place != 0:
        return False
    return op.prim in ("load", "inc") and is_at_index(op, body.params[:1])


def _added_once(loop: Op, k: int, uses: Uses) -> Op | None:
    """Return the addition to a vector of zeros that is all that a loop does with it, in place."""
    body = loop.blocks[-1]
    p, start, end = body.params[k + 1], loop.inputs[k + 3], body.results[k]
    if start.op is None or start.op.prim not in ZEROS or p.type.kind != "array":
        return None
    if not goes_over_all(loop, p):
        return None
    reads = [u for u in uses.of.get(p, ()) if not asks_shape(u)]
    if len(reads) != 1 or not _is_at_index(reads[0], loop):
        return None
    op = reads[0].op
    if op is None or op.prim != "inc" or op.attrs.get("sign") != "+" or op.out is not end:
        return None
    return op if len(uses.of[end]) == 1 else None


def _all_before(reads: list[Op], write: Op, loop: Op) -> bool:
    """Whether a turn reads before it writes."""
    ops = loop.blocks[-1].ops
    return all(ops.index(op) < ops.index(write) for op in reads)


def _store_in(loop: Op, k: int, added: Op, kept: Value, reads: list[Op]) -> None:
    """Store in the kept array what was added to zeros."""
    p = loop.blocks[-1].params[k + 1]
    loop.inputs[k + 3] = kept
    for op in reads:
        op.inputs[0] = p
    added.prim = "store"
    added.attrs = {n: v for n, v in added.attrs.items() if n != "sign"} | {"augmented": True}
