"""The first share that goes into zeros is stored there: ``d_x[1:] = d_y``, not added to them."""

from __future__ import annotations

from gradgen.ir.nodes import Const, Function, Op, Value, blocks_of, uses
from gradgen.rules.places import may_repeat


def store_first(function: Function) -> None:
    """Turn first additions to zeros of the sweep into stores, in place."""
    count = uses(function.body)
    for block in blocks_of(function.body):
        for op in block.ops:
            if _is_first(op, count):
                op.prim, op.attrs = "store", {k: v for k, v in op.attrs.items() if k != "sign"}


def _is_first(op: Op, count: dict[Value, int]) -> bool:
    """Whether an operation adds to entries of new zeros that nothing else reads, each once."""
    if op.prim != "inc" or not op.reverse or op.out.type.kind != "array":
        return False
    if op.attrs.get("path") or op.attrs.get("sign") == "-":
        return False
    zeros, share = op.inputs[0], op.inputs[1]
    while _is_elsewhere(zeros.op, op) and count[zeros] == 1 and zeros.op is not None:
        zeros = zeros.op.inputs[0]
    if zeros.op is None or zeros.op.prim != "zeros_as" or count[zeros] != 1:
        return False
    alike = zeros.type.dtype == share.type.dtype == "float64"
    return alike and not may_repeat(op.attrs["index"], op.attrs.get("slices", ()), op.inputs[2:])


def _is_elsewhere(before: Op | None, op: Op) -> bool:
    """Whether a share went to another entry: ``d_p[2] = d_c`` before ``d_p[1]``."""
    if before is None or before.prim not in ("store", "inc") or not before.reverse:
        return False
    ours, theirs = _entry(op), _entry(before)
    return ours is not None and theirs is not None and ours != theirs and len(ours) == len(theirs)


def _entry(op: Op) -> tuple[int, ...] | None:
    """Return the one entry that is written, if it is counted from the start."""
    places = [v.const for v in op.inputs[2:] if isinstance(v, Const)]
    if op.attrs.get("path") or set(op.attrs["index"]) != {"i"}:
        return None
    whole = len(places) == len(op.inputs[2:]) == op.out.type.rank
    return tuple(places) if whole and all(k >= 0 for k in places) else None
