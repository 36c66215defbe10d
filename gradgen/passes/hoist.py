"""Lengths inside loops move out, as stores do not change them: loop bounds are known before."""

from __future__ import annotations

from gradgen.diff.missing import missing_values
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value, replace_uses, walk
from gradgen.ir.types import Dim, integer

LENGTHS = ("len", "dim", "add", "sub")


Sources = dict[str, tuple[Value, int]]


def hoist_lengths(function: Function) -> None:
    """Compute lengths of known symbol before the outermost operation that needs them, in place."""
    missing = missing_values(function.body)
    sources: Sources = {}
    mapping: dict[Value, Value] = {}
    ops: list[Op] = []
    for op in function.body.ops:
        if op.blocks and not op.reverse:
            ops += _lengths_in(op, sources, mapping)
        ops.append(op)
        _note_lengths(op, sources, missing)
    function.body.ops = ops
    if mapping:
        replace_uses(function.body, mapping)


def _lengths_in(op: Op, sources: Sources, mapping: dict[Value, Value]) -> list[Op]:
    """Return operations that make the lengths which are needed inside another."""
    made: dict[Dim, Value] = {}
    block = Block()
    for inner in (o for b in op.blocks for o in walk(b)):
        d = _length(inner)
        if d is None:
            continue
        if d not in made and d.name in sources:
            made[d] = _make(block, d, *sources[d.name], inner)
        if d in made:
            mapping[inner.out] = made[d]
    return block.ops


def _length(op: Op) -> Dim | None:
    """Return the symbol that an integer inside a loop is known to be."""
    if op.prim not in LENGTHS or op.out.user or op.out.type.kind != "int":
        return None
    d = op.out.type.value
    return d if isinstance(d, Dim) and not d.fresh else None


def _make(block: Block, d: Dim, value: Value, axis: int, near: Op) -> Value:
    b = Builder(block)
    b.span = near.span
    out = b.emit("len", [value]) if axis == 0 else b.emit("dim", [value], axis=axis)
    if d.offset:
        out = b.emit("add" if d.offset > 0 else "sub", [out, Const(abs(d.offset))])
        out.type = integer(d)
    return out


def _note_lengths(op: Op, sources: Sources, missing: set[Value]) -> None:
    """Remember which array has a length of each symbol: the newest, and its first such axis."""
    for v in reversed(op.outputs):
        if v.type.kind != "array" or v in missing:
            continue
        for axis, length in reversed(list(enumerate(v.type.shape or ()))):
            if isinstance(length, Dim) and length.offset == 0:
                sources[length.name] = (v, axis)
