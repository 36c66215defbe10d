"""``a /= s`` whose old ``a``, or whose quotient, is read later makes a new array: ``a = a / s``.

It saves a copy, or a store.  Only stores of all there is, of a result that NumPy lays out in memory
as the old array.
"""

from __future__ import annotations

from gradgen.ir.nodes import (
    ADDITIONS,
    Block,
    Function,
    Op,
    Value,
    blocks_of,
    replace_uses,
    uses,
    walk,
)
from gradgen.ir.types import has_fresh_length, may_be_one
from gradgen.passes.lifetimes import Lifetimes
from gradgen.rules.registry import RULES

SUMS = {sign: prim for prim, sign in ADDITIONS.items()}


def rebind_whole(function: Function) -> None:
    """Replace stores of whole arrays where the old one is still needed, in place."""
    while _round(function):  # what stands for a result is read where that was: look again
        pass


def _round(function: Function) -> bool:
    if not any(map(is_whole, walk(function.body))):
        return False
    lives, reads = Lifetimes(function.body), uses(function.body)
    values: dict[Value, Value] = {}
    for block in blocks_of(function.body):
        block.ops = [op for op in block.ops if not _goes(op, block, lives, reads, values)]
    if values:
        replace_uses(function.body, values)
    return bool(values)


def _goes(
    op: Op, block: Block, lives: Lifetimes, reads: dict[Value, int], values: dict[Value, Value]
) -> bool:
    """Whether a store goes, as what it stores stands for its result; ``+=`` becomes a sum."""
    if not is_whole(op):
        return False
    old, new = op.inputs[:2]
    kept = op.prim == "store" and reads.get(new, 0) > 1
    if not (kept or lives.disturbs(op, block, old)):
        return False
    if op.prim == "inc":
        if _adds_within(old, new):
            op.prim, op.attrs = SUMS[op.attrs.get("sign", "+")], {}
        return False
    if not _is_alike(old, new):
        return False
    values[op.out] = new
    if not new.user:
        new.name, new.user = op.out.name, op.out.user
    return True


def is_whole(op: Op) -> bool:
    """Whether a store writes all entries of an array, under its own name.

    Not of one without axes: what NumPy computes with it is a number, which nothing is stored into.
    """
    if op.prim not in ("store", "inc") or op.attrs.get("path") or not op.inputs[0].type.rank:
        return False
    index = op.attrs["index"]
    return op.out.type.kind == "array" and bool(index) and set(index) <= {":", "e"}


def _adds_within(old: Value, new: Value) -> bool:
    """Whether a sum with an array has its type and its layout in memory."""
    a, b = old.type, new.type
    if not (b.weak and b.kind in ("int", "float")) and (b.dtype or "?") != a.dtype:
        return False
    if b.is_scalar:
        return a.inexact
    return b.kind == "array" and a.inexact and fits_within(old, new) and _keeps_layout(old, [new])


def fits_within(old: Value, new: Value) -> bool:
    """Whether no length of an array can make another longer."""
    have, more = old.type.shape or (), new.type.shape
    if more is None or len(more) > len(have):
        return False
    pairs = zip(reversed(have), reversed(more), strict=False)
    return all(b == 1 or not may_be_one(a) or (a == b and isinstance(a, int)) for a, b in pairs)


def _is_alike(old: Value, new: Value) -> bool:
    """Whether a value is a new array, of the type and the layout in memory of an old one."""
    op, a, b = new.op, old.type, new.type
    if op is None or op.prim not in RULES or not RULES[op.prim].elementwise:
        return False
    if b.kind != "array" or (a.shape, a.dtype) != (b.shape, b.dtype) or not a.dtype:
        return False
    if has_fresh_length(a):
        return False
    return a.rank == 1 or (old in op.inputs and _keeps_layout(old, op.inputs))


def _keeps_layout(old: Value, operands: list[Value]) -> bool:
    """Whether what is computed with an array entry by entry lies in memory as the array does."""
    rank = old.type.rank or 0
    return rank <= 1 or all(v is old or _is_narrow(v, rank) for v in operands)


def _is_narrow(v: Value, rank: int) -> bool:
    shape = v.type.shape
    return v.type.is_scalar or (shape is not None and (len(shape) < rank or 1 in shape))
