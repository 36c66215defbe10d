"""Lengths inside loops move out, as stores do not change them: loop bounds are known before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from gradgen.dataclass import dataclass
from gradgen.diff.activity import carried, ends
from gradgen.diff.missing import missing_values
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import (
    WRITES,
    Block,
    Const,
    Function,
    Op,
    Undefined,
    Value,
    replace_uses,
    walk,
)
from gradgen.ir.types import Dim, integer

LENGTHS = ("len", "dim", "add", "sub")

Axis = tuple[Value, int]


def hoist_lengths(function: Function) -> None:
    """Compute known lengths before the outermost operation that needs them, in place.

    Known is what the types say, and what an array had before the operation, where that does no
    more than store into it.
    """
    known = _Known(missing_values(function.body))
    known.note([leaf.value for leaf in function.leaves])
    mapping: dict[Value, Value] = {}
    ops: list[Op] = []
    for op in function.body.ops:
        if op.blocks and not op.reverse:
            ops += _lengths_in(op, known, mapping)
        ops.append(op)
        known.note(op.outputs)
        known.note_length(op)
    function.body.ops = ops
    if mapping:
        replace_uses(function.body, mapping)


@dataclass
class _Known:
    """What the top block has so far: its arrays, an axis for each symbol, lengths taken before."""

    missing: set[Value]
    arrays: set[Value] = field(default_factory=set)
    sources: dict[str, Axis] = field(default_factory=dict)
    taken: dict[Axis, Value] = field(default_factory=dict)

    def note(self, values: list[Value]) -> None:
        """Remember arrays, and which has a length of each symbol: the newest, its first axis."""
        for v in reversed(values):
            if v.type.kind != "array" or v in self.missing:
                continue
            self.arrays.add(v)
            for axis, length in reversed(list(enumerate(v.type.shape or ()))):
                if isinstance(length, Dim) and length.offset == 0:
                    self.sources[length.name] = (v, axis)

    def note_length(self, op: Op) -> None:
        """Remember a length that the top block takes."""
        if op.prim in ("len", "dim"):
            self.taken.setdefault((_before(op.inputs[0], {}), _axis(op)), op.out)


def _lengths_in(op: Op, known: _Known, mapping: dict[Value, Value]) -> list[Op]:
    """Return operations that make the lengths which are needed inside another."""
    made: dict[Dim, Value] = {}
    block = Block()
    starts = _starts(op)
    for inner in (o for b in op.blocks for o in walk(b)):
        if inner.prim not in LENGTHS or inner.out.user or inner.out.type.kind != "int":
            continue
        d = inner.out.type.value
        if isinstance(d, Dim) and not d.fresh and d.name in known.sources:
            if d not in made:
                made[d] = _of_symbol(block, d, *known.sources[d.name], inner)
            mapping[inner.out] = made[d]
        elif inner.prim in ("len", "dim"):
            place = (_before(inner.inputs[0], starts), _axis(inner))
            if place[0] in known.arrays:
                if place not in known.taken:
                    known.taken[place] = _length(_builder(block, inner), *place)
                mapping[inner.out] = known.taken[place]
    return block.ops


def _axis(op: Op) -> int:
    return int(op.attrs["axis"]) if op.prim == "dim" else 0


def _builder(block: Block, near: Op) -> Builder:
    b = Builder(block)
    b.span = near.span
    return b


def _length(b: Builder, value: Value, axis: int) -> Value:
    return b.emit("len", [value]) if axis == 0 else b.emit("dim", [value], axis=axis)


def _of_symbol(block: Block, d: Dim, value: Value, axis: int, near: Op) -> Value:
    b = _builder(block, near)
    out = _length(b, value, axis)
    if d.offset:
        out = b.emit("add" if d.offset > 0 else "sub", [out, Const(abs(d.offset))])
        out.type = integer(d)
    return out


# --- what stores leave as long as it was ------------------------------------------------------


def _starts(op: Op) -> dict[Value, Value]:
    """Return what loops carry and only store into, and what each of these is before its loop."""
    starts: dict[Value, Value] = {}
    inside = [o for b in op.blocks for o in walk(b) if o.prim in ("for", "while")]
    for loop in (*reversed(inside), *([op] if op.prim in ("for", "while") else ())):
        starts.update(_stored_into(loop, starts))
    return starts


def _stored_into(loop: Op, starts: dict[Value, Value]) -> Iterator[tuple[Value, Value]]:
    params, inits = carried(loop)
    body = loop.blocks[-1]
    results = [end.results for end in ends(body) if end.end in ("continue", "break")]
    for k, (p, init) in enumerate(zip(params, inits, strict=True)):
        if p.type.kind != "array" or isinstance(init, Undefined):
            continue
        if all(_before(values[k], starts) is p for values in results):
            yield p, init
            if loop.prim == "while":
                yield loop.blocks[0].params[k], init


def _before(
    v: Value, starts: dict[Value, Value], agreed: dict[Value, Value | None] | None = None
) -> Value:
    """Return the array that a value was before all stores, as far as that is known.

    ``agreed``: what was found of branches on the way, where the sides meet again and again.
    """
    agreed = {} if agreed is None else agreed
    while True:
        op = v.op
        if op is None:
            found = starts.get(v)
        elif op.prim in WRITES:
            found = op.inputs[0]
        elif op.prim in ("for", "while"):
            found = starts.get(carried(op)[0][op.outputs.index(v)])
        elif op.prim == "if":
            if v not in agreed:
                agreed[v] = _agreed(op, op.outputs.index(v), starts, agreed)
            found = agreed[v]
        else:
            found = None
        if found is None:
            return v
        v = found


def _agreed(
    op: Op, k: int, starts: dict[Value, Value], agreed: dict[Value, Value | None]
) -> Value | None:
    sides = [_before(b.results[k], starts, agreed) for b in op.blocks if b.end == "yield"]
    one = sides[0] if sides else None
    inside = one is not None and any(one.op is o for b in op.blocks for o in walk(b))
    return one if not inside and all(s is one for s in sides) else None
