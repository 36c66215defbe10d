"""Bounds of inner loops that are the same in all turns around are computed before the outermost.

What the sweep needs of ``for i in range(n // 2)``, in another loop, goes to rows of an array then,
as its size is known beforehand, and not to a list that grows.
"""

from __future__ import annotations

from gradgen.diff.missing import missing_values
from gradgen.ir.nodes import Const, Function, Op, Value, blocks_of, made_in, walk

PLAIN = ("add", "sub", "mul", "neg", "min2", "max2", "len", "dim")
DIVISIONS = ("floordiv", "mod")
MOST = 8  # operations that a bound is made of


def compute_bounds_before(function: Function) -> None:
    """Move what bounds of inner loops are made of before the outermost loop, in place."""
    missing = missing_values(function.body)
    ops: list[Op] = []
    for op in function.body.ops:
        if op.prim in ("for", "while"):
            ops += _taken_out(op, missing)
        ops.append(op)
    function.body.ops = ops


def _taken_out(loop: Op, missing: set[Value]) -> list[Op]:
    """Take out of a loop, and return in order, what bounds in it are made of that stays."""
    inside = {v for block in loop.blocks for v in made_in(block)}
    bounds = [v for block in loop.blocks for op in walk(block) if op.prim == "for"
              for v in op.inputs[:3]]  # fmt: skip
    found: dict[Op, None] = {}
    for v in bounds:
        made = _made_of(v, inside) or []
        # What some path does not assign is tested where it is read.
        if missing.isdisjoint(u for op in made for u in op.inputs):
            found |= dict.fromkeys(made)
    if found:
        for block in (b for around in loop.blocks for b in blocks_of(around)):
            block.ops = [op for op in block.ops if op not in found]
    return list(found)


def _made_of(v: Value, inside: set[Value]) -> list[Op] | None:
    """Return the operations that make a whole number, in order; None where not all of them stay."""
    if v not in inside:
        return []
    if v.op is None or not _is_plain(v.op):
        return None
    out: list[Op] = []
    for part in (_made_of(u, inside) for u in v.op.inputs):
        if part is None or len(out) + len(part) >= MOST:
            return None
        out += part
    return [*out, v.op]


def _is_plain(op: Op) -> bool:
    """Whether this is arithmetic of whole numbers, or a length, and never fails."""
    if op.blocks or len(op.outputs) != 1 or op.out.type.kind != "int":
        return False
    if op.prim in ("len", "dim"):
        return op.inputs[0].type.kind == "array"
    if any(v.type.kind != "int" for v in op.inputs):
        return False
    by = op.inputs[-1]
    divides = op.prim in DIVISIONS and isinstance(by, Const) and by.const > 0
    return divides or op.prim in PLAIN
