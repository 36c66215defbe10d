"""An addition into a place that was just set to zero is a store: one write instead of two.

The adjoint of ``a[i] *= s`` reads ``d_a[i]``, clears it, and adds ``s`` times what it read.  Where
nothing reads it before it is set to zero, as ``a[i] = 1.0`` does not, what was added to it is left
out.
"""

from __future__ import annotations

from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, same_place, uses


def join_clears(function: Function) -> None:
    """Turn ``d[i] += u; d[i] = 0.0; d[i] += v`` of the sweep into ``d[i] = v``, in place."""
    count = uses(function.body)
    for block in blocks_of(function.body):
        _block(block, count)


def _block(block: Block, count: dict[Value, int]) -> None:
    here = {id(op) for op in block.ops}
    for op in block.ops:
        if clears(op):
            _leave_out_before(op, here, count)
        clear = op.inputs[0].op if op.prim == "inc" and op.reverse else None
        if clear is None or id(clear) not in here or count.get(clear.out) != 1:
            continue
        if clears(clear) and op.attrs.get("sign") == "+" and _same_place(clear, op):
            op.prim = "store"
            op.inputs[0] = clear.inputs[0]
            op.attrs = {k: v for k, v in op.attrs.items() if k != "sign"} | {"augmented": True}


def _leave_out_before(clear: Op, here: set[int], count: dict[Value, int]) -> None:
    """Leave out the writes to a place that nothing reads before it is set to zero."""
    before = clear.inputs[0].op
    while before is not None and id(before) in here and count.get(before.out) == 1:
        if before.prim not in ("store", "inc") or not before.reverse:
            return
        if not _same_place(before, clear):
            return
        clear.inputs[0] = before.inputs[0]
        before = clear.inputs[0].op


def clears(op: Op) -> bool:
    """Whether an operation of the sweep sets entries to zero."""
    value = op.inputs[1] if op.prim == "store" and op.reverse else None
    return isinstance(value, Const) and value.const == 0


def _same_place(a: Op, b: Op) -> bool:
    """Whether two writes go to the same places."""
    if any(a.attrs.get(k) != b.attrs.get(k) for k in ("path", "index", "slices")):
        return False
    if len(a.inputs) != len(b.inputs):
        return False
    return all(same_place(u, v) for u, v in zip(a.inputs[2:], b.inputs[2:], strict=True))
