"""A store of ``a[i] + v`` into ``a[i]`` is an addition: its adjoint neither clears nor saves."""

from __future__ import annotations

from gradgen.ir.nodes import ADDITIONS, Block, Function, Op, Value, blocks_of
from gradgen.passes.row_growth import equal
from gradgen.rules.places import may_repeat, surely_fits


def recognise_additions(function: Function) -> None:
    """Turn ``a[i] = a[i] + v`` and ``a[i] = a[i] - v`` into ``a[i] += v`` and ``-=``, in place.

    Compiled, only where ``v`` certainly fits, as Numba's ``+=`` does not ask.
    """
    for block in blocks_of(function.body):
        _block(block, function.native)


def _block(block: Block, compiled: bool) -> None:
    for op in block.ops:
        if op.prim != "store" or op.attrs.get("path") or _repeats(op):
            continue
        value = op.inputs[1].op
        if value is None or value.prim not in ADDITIONS or value.out.user:
            continue
        old, added = value.inputs
        if value.prim == "add" and not _same_place(old, op) and _same_place(added, op):
            old, added = added, old
        if _same_place(old, op) and _fits(added, old, compiled):
            op.prim = "inc"
            op.inputs[1] = added
            op.attrs = {**op.attrs, "sign": ADDITIONS[value.prim]}


def _repeats(op: Op) -> bool:
    return may_repeat(op.attrs["index"], op.attrs.get("slices", ()), op.inputs[2:])


def _fits(added: Value, old: Value, compiled: bool) -> bool:
    """Whether ``+=`` takes a value: of no higher rank, and no float into integers."""
    a, b = added.type, old.type
    if a.rank is not None and b.rank is not None and a.rank > b.rank:
        return False
    if compiled and a.rank and not surely_fits(a.shape or (), b.shape or ()):
        return False
    return b.inexact or not a.inexact


def _same_place(v: Value, store: Op) -> bool:
    """Whether a value is what stands where the store writes, just before it."""
    load = v.op
    if load is None or load.prim != "load" or v.user:
        return False
    if not _same_base(load.inputs[0], store.inputs[0]):
        return False
    if any(load.attrs.get(k) != store.attrs.get(k) for k in ("index", "slices")):
        return False
    pairs = zip(load.inputs[1:], store.inputs[2:], strict=True)
    return all(equal(a, b) for a, b in pairs)


def _same_base(a: Value, b: Value) -> bool:
    """Whether two values are one, or the same row of a list of lists."""
    if a is b or a.op is None or b.op is None:
        return a is b
    rows = a.type.kind == "list" and a.op.prim == b.op.prim == "load"
    if not rows or not _same_base(a.op.inputs[0], b.op.inputs[0]) or a.op.attrs != b.op.attrs:
        return False
    return all(equal(u, v) for u, v in zip(a.op.inputs[1:], b.op.inputs[1:], strict=True))
