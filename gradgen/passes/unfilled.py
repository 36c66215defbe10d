"""New arrays that are written to all over before they are read begin without zeros.

An adjoint that a loop over all places adds to first, once each, is stored there instead::

    d_k = np.zeros(n)                           d_k = np.empty(n)
    for i in range(n):                 ->       for i in range(n):
        d_k[i] += d_y[i] * h                        d_k[i] = d_y[i] * h

Compiled, filling an array with zeros takes about as long as a loop over it.
"""

from __future__ import annotations

from enum import Enum

from gradgen.deep import deep
from gradgen.ir.nodes import Block, Function, Op, Value, blocks_of, known_turns
from gradgen.passes.turns import ZEROS, Use, Uses, asks_shape, goes_over_all, is_at_index

Touch = Enum("Touch", "WRITTEN READ UNTOUCHED")


def leave_unfilled(function: Function) -> None:
    """Make arrays empty where no zero of them is read, in place."""
    uses = Uses(function.body)
    for block in blocks_of(function.body):
        for op in block.ops:
            if op.prim in ZEROS and op.out.type.kind == "array":
                if op.reverse:  # 0.0 + -0.0 is not -0.0: the forward sweep goes on adding
                    _store_first(op.out, block, uses)
                if first_touch(op.out, block, uses) is Touch.WRITTEN:
                    _leave(op)


def _leave(op: Op) -> None:
    if op.prim == "zeros":
        op.prim = "empty"
    else:
        op.attrs["unfilled"] = True


def _store_first(v: Value, block: Block, uses: Uses) -> None:
    """Let a loop over all places store what it is the first to add."""
    reads = _reads(v, block, uses)
    op, place = (reads[0].op, reads[0].place) if len(reads) == 1 else (None, 0)
    if op is None or op.prim != "for" or place < 3 or reads[0].block is not block:
        return
    write = _write_all_over(op, place - 3, uses)
    if write is None or write.prim != "inc" or not write.reverse or write.attrs["sign"] != "+":
        return
    if write.inputs[1].type.dtype == v.type.dtype == "float64":
        write.prim = "store"
        write.attrs = {k: u for k, u in write.attrs.items() if k != "sign"}


@deep
def first_touch(v: Value, block: Block, uses: Uses) -> Touch:
    """Return what a block does first with an array: it writes to all places of it, or it may read.

    What is only handed on at the end of the block, or not for sure written to, is untouched.
    """
    reads = _reads(v, block, uses)
    if not reads:
        return Touch.UNTOUCHED
    op, place = reads[0].op, reads[0].place
    if len(reads) != 1 or reads[0].block is not block:
        return Touch.READ
    if op is None:
        return Touch.UNTOUCHED
    if op.prim != "for" or place < 3 or op.blocks[0].end != "continue":
        return Touch.READ
    body, k = op.blocks[0], place - 3
    write = _write_all_over(op, k, uses)
    if write is not None and write.prim == "store":
        return Touch.WRITTEN
    inside = first_touch(body.params[k + 1], body, uses)
    if inside is Touch.WRITTEN and known_turns(op):
        return Touch.WRITTEN
    if inside is Touch.UNTOUCHED and body.results[k] is not body.params[k + 1]:
        return Touch.READ
    return inside if inside is Touch.READ else first_touch(op.outputs[k], block, uses)


def _reads(v: Value, block: Block, uses: Uses) -> list[Use]:
    """Return the reads of an array in a block that are not of its shape."""
    return [u for u in uses.of.get(v, ()) if uses.within(u, block) and not asks_shape(u)]


def _write_all_over(loop: Op, k: int, uses: Uses) -> Op | None:
    """Return the one write, at a loop's index, that each turn does to an array before all else.

    The loop goes over all places of the array.  A turn may read the entry that it has written.
    """
    body = loop.blocks[0]
    if body.end != "continue" or loop.attrs.get("breaks"):
        return None
    param = body.params[k + 1]
    reads = [use for use in uses.of.get(param, ()) if not asks_shape(use)]
    write = reads[0].op if len(reads) == 1 and reads[0].place == 0 else None
    if write is None or write.prim not in ("store", "inc") or reads[0].block is not body:
        return None
    index = [body.params[0]]
    after = [use for use in uses.of.get(write.out, ()) if not asks_shape(use)]
    ends = [use for use in after if use.op is None and use.block is body]
    own = [use for use in after if use.op is not None and use.op.prim == "load"
           and use.place == 0 and is_at_index(use.op, index)]  # fmt: skip
    handed_on = body.results[k] is write.out and len(ends) == 1
    fits = handed_on and len(ends) + len(own) == len(after) and is_at_index(write, index)
    return write if fits and goes_over_all(loop, param) else None
