"""What each turn of a fused loop saves in is made once, before the loop, where its size is known.

Every turn writes what it reads of such an array first, so that what the turn before left is no
matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from gradgen.ir.nodes import Block, Const, Op, Value, made_in, replace_uses
from gradgen.passes.fuse import Fused

SIZES = ("add", "sub", "max2", "len", "dim", "trips")


def move_buffers(fused: Sequence[Fused]) -> None:
    """Move the buffers of fused loops out of them, as far as their sizes allow, in place."""
    around = {f.body: f for f in fused}
    for f in reversed(fused):
        if f.op.prim != "for":
            continue
        inside = made_in(f.body)
        for buffer, full in f.buffers:
            made: list[Op] = []
            assert buffer.op is not None
            if not _collect(buffer.op, inside, made):
                continue
            _carry(f, buffer, full, made)
            inside.difference_update(v for op in made for v in op.outputs)
            if f.block in around:
                around[f.block].buffers.append((buffer, f.op.outputs[-1]))


def _collect(op: Op, inside: set[Value], made: list[Op]) -> bool:
    """Collect the operations that make a buffer, in order; tell whether all can be done before."""
    for v in op.inputs:
        if isinstance(v, Const) or v not in inside or any(v in o.outputs for o in made):
            continue
        if v.op is None or v.op.prim not in SIZES or not _collect(v.op, inside, made):
            return False
    made.append(op)
    return True


def _carry(f: Fused, buffer: Value, full: Value, made: list[Op]) -> None:
    """Make a buffer before the loop, and hand it on from turn to turn."""
    body = f.body
    moved = {id(op) for op in made}
    body.ops = [op for op in body.ops if id(op) not in moved]
    param = Value(buffer.type, buffer.name, buffer.span)
    replace_uses(Block(ops=body.ops), {buffer: param})
    body.results = [param if v is buffer else v for v in body.results]
    at = next(k for k, op in enumerate(f.block.ops) if op is f.op)
    f.block.ops[at:at] = made
    for op in made:
        op.reverse = True
    out = Value(buffer.type, buffer.name, buffer.span)
    out.op = f.op
    body.params.append(param)
    body.results.append(full)
    f.op.inputs.append(buffer)
    f.op.outputs.append(out)
    f.op.attrs.setdefault("buffers", []).append(param)
