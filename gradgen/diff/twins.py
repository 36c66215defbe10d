"""Values of which the reverse sweep reads only the shape: another of that shape will do."""

from __future__ import annotations

from gradgen.ir.nodes import Block, Op, Value, walk
from gradgen.ir.types import Dim

# For each operation, the inputs of which only the shape counts.
SHAPE_ONLY = {"zeros_as": {0}, "fill": {0}, "stretch": {0}, "reshape_as": {1}, "size": {0}}


def shape_twins(top: Block, needed: list[Value]) -> dict[Value, Value]:
    """Return a value of the function's own block for each needed value read only for its shape."""
    read = _read_in_full(top)
    outer = [v for op in top.ops if not op.reverse for v in op.outputs if _known(v)]
    out: dict[Value, Value] = {}
    for v in needed:
        if v in read or not _known(v):
            continue
        twin = next((u for u in reversed(outer) if u.type.shape == v.type.shape), None)
        if twin is not None and twin.type.dtype == v.type.dtype:
            out[v] = twin
    return out


def _read_in_full(top: Block) -> set[Value]:
    out: set[Value] = set()
    for op in walk(top):
        if op.reverse:
            out.update(_contents(op))
            for b in op.blocks:
                out.update(b.results)
    return out


def _contents(op: Op) -> list[Value]:
    free = SHAPE_ONLY.get(op.prim, set())
    return [v for k, v in enumerate(op.inputs) if k not in free]


def _known(v: Value) -> bool:
    """Whether a value is an array whose lengths are all known symbols (or numbers)."""
    if v.type.kind != "array" or not v.type.shape:
        return False
    return not any(isinstance(d, Dim) and d.name.startswith("?") for d in v.type.shape)
