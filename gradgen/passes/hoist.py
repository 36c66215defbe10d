"""Lengths inside loops move out, as stores do not change them: loop bounds are known before."""

from __future__ import annotations

from gradgen.diff.activity import may_be_undefined
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value, replace_uses, walk
from gradgen.ir.types import Dim, integer

LENGTHS = ("len", "dim", "add", "sub")


def hoist_lengths(function: Function) -> None:
    """Compute lengths of known symbol before the outermost operation that needs them, in place."""
    top = function.body
    for op in [o for o in top.ops if o.blocks and not o.reverse]:
        at = next(k for k, o in enumerate(top.ops) if o is op)
        made: dict[Dim, Value] = {}
        block = Block()
        mapping: dict[Value, Value] = {}
        for inner in (o for b in op.blocks for o in walk(b)):
            d = _length(inner)
            if d is not None and (d in made or _make(block, top.ops[:at], d, made, inner)):
                mapping[inner.out] = made[d]
        top.ops[at:at] = block.ops
        replace_uses(top, mapping)


def _length(op: Op) -> Dim | None:
    """Return the symbol that an integer inside a loop is known to be."""
    if op.prim not in LENGTHS or op.out.user or op.out.type.kind != "int":
        return None
    d = op.out.type.value
    return d if isinstance(d, Dim) and not d.name.startswith("?") else None


def _make(block: Block, before: list[Op], d: Dim, made: dict[Dim, Value], near: Op) -> bool:
    source = next((s for s in map(_arrays(d), reversed(before)) if s is not None), None)
    if source is None:
        return False
    value, axis, offset = source
    b = Builder(block)
    b.span = near.span
    out = b.emit("len", [value]) if axis == 0 else b.emit("dim", [value], axis=axis)
    if offset:
        out = b.emit("add" if offset > 0 else "sub", [out, Const(abs(offset))])
        out.type = integer(d)
    made[d] = out
    return True


def _arrays(d: Dim):  # type: ignore[no-untyped-def]
    """Return a test for operations whose result has a length of this symbol, and where."""

    def find(op: Op) -> tuple[Value, int, int] | None:
        for v in op.outputs:
            if v.type.kind == "array" and not may_be_undefined(v):
                for axis, length in enumerate(v.type.shape or ()):
                    if isinstance(length, Dim) and length.name == d.name and length.offset == 0:
                        return v, axis, d.offset
        return None

    return find
