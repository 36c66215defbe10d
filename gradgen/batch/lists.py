"""Lists whose items are batches: each item has the batch axis in front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.ir.nodes import Op, Value

if TYPE_CHECKING:
    from gradgen.batch.sweep import Sweep


def lifted_list(s: Sweep, v: Value) -> Value:
    """Return a list of batches for one of numbers or arrays that are the same for all."""
    if v.op is not None and v.op.prim == "list":
        made = s.b.emit("list", [s.lifted(item, item.type) for item in v.op.inputs], **v.op.attrs)
        made.type = s.typed(v.type)
        return made
    return s.b.append("lift_list", [v, s.size], [s.typed(v.type)]).out


def _lifted(s: Sweep, op: Op) -> Value:
    """Do the same with all operands lifted: grow a list, join two, add their items."""
    if any(v in s.batched for v in op.inputs[2:]):
        s.refuse(op, "a place in a list that is not the same for all")
    inputs = [*(s.lifted(v, v.type) for v in op.inputs[:2]), *op.inputs[2:]]
    made = s.b.append(op.prim, inputs, [s.typed(v.type) for v in op.outputs], attrs=op.attrs)
    return made.out


def _pop(s: Sweep, op: Op) -> list[Value]:
    inputs = [s.lifted(op.inputs[0], op.inputs[0].type), *op.inputs[1:]]
    types = [s.typed(v.type) for v in op.outputs]
    return list(s.b.append("pop", inputs, types, attrs=op.attrs).outputs)


def _list(s: Sweep, op: Op) -> Value:
    items = [s.lifted(v, v.type) for v in op.inputs]
    return s.b.append("list", items, [s.typed(op.out.type)], attrs=op.attrs).out


def _of_items(s: Sweep, op: Op) -> Value:
    """Do the same to the items: copies, zeros like them, their sum, one of them many times."""
    made = s.b.append(op.prim, [s.of(v) for v in op.inputs], [s.typed(op.out.type)], attrs=op.attrs)
    return made.out


def _array(s: Sweep, op: Op) -> Value:
    """Stack the items behind the batch axis."""
    item, depth = op.inputs[0].type.item, 1
    while item is not None and item.kind == "list":
        item, depth = item.item, depth + 1
    if depth > 1:
        entries = s.b.append("array_of_list", [s.of(op.inputs[0])], [s.typed(op.out.type)]).out
        return s.alg.emit("moveaxis", entries, source=depth, destination=0)
    axis = op.attrs.get("axis") or 0
    attrs = {**op.attrs, "axis": axis + 1 if axis >= 0 else axis}
    made = s.b.append("array_of_list", [s.of(op.inputs[0])], [s.typed(op.out.type)], attrs=attrs)
    return made.out


def _items(s: Sweep, op: Op) -> Value:
    """Return the rows of all as a list of batches."""
    if (op.inputs[0].type.rank != 1 and op.attrs.get("plain")) or "depth" in op.attrs:
        s.refuse(op, "a list of lists")
    rows = s.alg.emit("moveaxis", s.of(op.inputs[0]), source=1, destination=0)
    return s.b.append("items", [rows], [s.typed(op.out.type)]).out


def _sum(s: Sweep, op: Op) -> Value | None:
    """Add numbers up as Python does."""
    first = op.inputs[0]
    if first.type.kind == "array" and op.prim == "py_sum":
        return s.alg.emit("sum", s.of(first), axis=1) if first in s.batched else None
    out = s.b.append(
        op.prim, [s.lifted(v, v.type) for v in op.inputs], [s.typed(op.out.type)], attrs=op.attrs
    ).out
    if op.prim == "py_sum" and op.out.type.is_scalar and not _has_items(first):
        # Python's sum of no items is the number 0.
        out = s.alg.add(out, s.b.emit("zeros", [s.size]))
    return out


def _has_items(v: Value) -> bool:
    """Whether a list is known not to be empty."""
    return v.op is not None and v.op.prim == "list" and bool(v.op.inputs)


HANDLERS: dict[str, Any] = {
    **dict.fromkeys(("append", "insert", "extend", "list_add"), _lifted),
    **dict.fromkeys(("zeros_list", "repeat_list"), _of_items),
    "pop": _pop, "list": _list, "array_of_list": _array, "items": _items, "py_sum": _sum,
    "sum_items": _sum,
}  # fmt: skip
