"""Reads and writes through subscripts, with the batch axis in front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.batch.align import aligned, fitted, moved_axis
from gradgen.ir.nodes import Op, Value
from gradgen.rules.places import index_shape
from gradgen.rules.registry import RULES

if TYPE_CHECKING:
    from gradgen.batch.sweep import Sweep

# The options of views that name axes.
AXES = {"swapaxes": ("axis1", "axis2"), "moveaxis": ("source", "destination"),
        "expand_dims": ("axis",), "squeeze": ("axis",), "flip": ("axis",)}  # fmt: skip


def load(s: Sweep, op: Op) -> Value | None:
    """``a[i]`` becomes ``a[:, i]``."""
    base, *operands = op.inputs
    if base.type.kind == "list":
        if any(v in s.batched for v in operands):
            s.refuse(op, "a place in a list that is not the same for all")
        return s.b.emit("load", [s.of(base), *operands], **op.attrs)
    if base not in s.batched or any(v in s.batched for v in operands) or base.type.rank is None:
        return None
    index = further(op.attrs["index"])
    if index is None:
        return None
    return s.b.emit("load", [s.of(base), *operands], **{**op.attrs, "index": index})


def further(index: str) -> str | None:
    """Return a subscript one axis further, None where NumPy would take the axes apart.

    Arrays and integers with something between them: their axis would come before the batch's.
    """
    if index in ("", "e"):
        return "e"
    if any(c in index for c in "am"):
        places = [k for k, c in enumerate(index) if c in "aim"]
        if places[-1] - places[0] >= len(places):
            return None
    return ":" + index


def store(s: Sweep, op: Op) -> Value:
    """``a[i] = v`` becomes ``a[:, i] = v``."""
    base, value, *operands = op.inputs
    if any(v in s.batched for v in operands):
        s.refuse(op, "a place to write to that is not the same for all")
    if base.type.kind == "list":
        item = base.type.item
        for _ in op.attrs.get("path", ()):
            item = item and item.item
        inputs = [s.lifted(base, base.type), fitted(s, value, None if item is None else item.rank)]
        kept = dict(op.attrs)
        if item is not None and item.is_scalar:
            kept.pop("augmented", None)  # an array is made anew as a number is: it has other names
        made = s.b.append(op.prim, [*inputs, *operands], [s.typed(base.type)], attrs=kept)
        return made.out
    path, place, rest = _path(op)
    index = further(op.attrs["index"])
    shape = place.type.shape
    if shape is not None:
        shape = index_shape(shape, op.attrs["index"], op.attrs.get("slices", ()), rest)
    if index is None or path is None or shape is None or value.type.rank is None:
        s.refuse(op, "a write through such a subscript")
    whole = s.lifted(base, base.type)
    attrs: dict[str, Any] = {**op.attrs, "index": index}
    if path:
        attrs["path"] = path
    return s.b.emit(op.prim, [whole, aligned(s, value, len(shape)), *operands], **attrs)


def _path(op: Op) -> tuple[Any, Value, list[Value]]:
    """Return the path of views to a place one axis further, what is there, and what is left."""
    place, rest, out = op.inputs[0], list(op.inputs[2:]), []
    for prim, count, attrs in op.attrs.get("path", ()):
        moved = _view(prim, attrs, place.type.rank)
        if moved is None:
            return None, place, rest
        out.append((moved[0], count, moved[1]))
        place = Value(RULES[prim].type([place, *rest[:count]], attrs))
        rest = rest[count:]
    return tuple(out), place, rest


def _view(prim: str, attrs: dict[str, Any], rank: int | None) -> Any:
    """Return a view one axis further, None where there is none."""
    if rank is None:
        return None
    if prim == "load":
        index = further(attrs["index"])
        return None if index is None else (prim, {**attrs, "index": index})
    if prim in ("T", "transpose"):
        axes = attrs.get("axes") or tuple(range(rank))[::-1]
        return "transpose", {"axes": (0, *(k % rank + 1 for k in axes))}
    names = AXES.get(prim)
    if names is None or any(attrs.get(n) is None for n in names):
        return None
    return prim, {k: moved_axis(v, rank) if k in names else v for k, v in attrs.items()}


HANDLERS: dict[str, Any] = {"load": load, **dict.fromkeys(("store", "inc", "add_at"), store)}
