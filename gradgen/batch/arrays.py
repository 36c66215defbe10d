"""Rearrangements and joins with the batch axis in front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.batch.align import aligned, moved_axis
from gradgen.ir.nodes import Const, Op, Value

if TYPE_CHECKING:
    from gradgen.batch.sweep import Sweep


def _same(s: Sweep, op: Op) -> Value:
    """Do the same to the batch: copies and casts."""
    return s.b.emit(op.prim, [s.of(v) for v in op.inputs], **op.attrs)


def _number(s: Sweep, op: Op) -> Value | None:
    """Nothing is to be done: a batch of numbers is an array."""
    a = op.inputs[0]
    if a.type.rank:
        return s.b.emit("reshape", [s.of(a), s.size])
    return s.of(a) if a.type.rank == 0 and a.type.dtype in ("float64", "float32") else None


def _cast(s: Sweep, op: Op) -> Value | None:
    a, dtype = op.inputs[0], op.out.type.dtype
    if a.type.rank != 0:
        return None
    return s.of(a) if a.type.dtype == dtype else s.alg.emit("astype", s.of(a), dtype=dtype)


def _stretch(s: Sweep, op: Op) -> Value | None:
    """Broadcast to the batch of a shape."""
    like, g = op.inputs
    rank = like.type.rank
    if rank is None or g.type.rank is None:
        return None
    made = s.b.emit("broadcast_to", [aligned(s, g, rank), s.size, *_dims(s, like)])
    owned = op.prim == "fill" or not s.sharing.never_written(op.out)
    return s.alg.emit("copy", made) if owned else made


def _dims(s: Sweep, v: Value) -> list[Value]:
    """Return the lengths of an example."""
    lead = 1 if v in s.batched else 0
    return [s.alg.dim(s.of(v), k + lead) for k in range(v.type.rank or 0)]


def _reshape_as(s: Sweep, op: Op) -> Value | None:
    a, like = op.inputs
    if like.type.rank is None or a not in s.batched:
        return None
    return s.b.emit("reshape", [s.of(a), s.size, *_dims(s, like)])


def _reshape(s: Sweep, op: Op) -> Value | None:
    a, *dims = op.inputs
    if "order" in op.attrs or any(v in s.batched for v in dims):
        return None
    return s.b.emit("reshape", [s.of(a), s.size, *dims], **op.attrs)


def _ravel(s: Sweep, op: Op) -> Value | None:
    if op.attrs.get("order", "C") != "C":
        return None
    return s.b.emit("reshape", [s.of(op.inputs[0]), s.size, Const(-1)])


def _broadcast_to(s: Sweep, op: Op) -> Value | None:
    a, *dims = op.inputs
    if a.type.rank is None or any(v in s.batched for v in dims):
        return None
    return s.b.emit("broadcast_to", [aligned(s, a, len(dims)), s.size, *dims])


def _transpose(s: Sweep, op: Op) -> Value | None:
    rank = op.inputs[0].type.rank
    if rank is None:
        return None
    axes = op.attrs.get("axes") or tuple(range(rank))[::-1]
    moved = (0, *(k % rank + 1 for k in axes))
    if moved == (0, 2, 1):
        return s.alg.emit("swapaxes", s.of(op.inputs[0]), axis1=1, axis2=2)
    return s.alg.emit("transpose", s.of(op.inputs[0]), axes=moved)


def _axes(*names: str) -> Any:
    """Move the axes that some options name."""

    def handler(s: Sweep, op: Op) -> Value | None:
        rank = op.inputs[0].type.rank
        if rank is None:
            return None
        attrs = {k: moved_axis(v, rank) if k in names else v for k, v in op.attrs.items()}
        return s.b.emit(op.prim, [s.of(v) for v in op.inputs], **attrs)

    return handler


def _squeeze(s: Sweep, op: Op) -> Value | None:
    a, out = op.inputs[0], op.out
    if a.type.rank is None or out.type.rank is None:
        return None
    axis = op.attrs.get("axis")
    if axis is None:
        axis = tuple(k for k, d in enumerate(a.type.shape or ()) if d == 1)
    axes = tuple(k % a.type.rank + 1 for k in (axis if isinstance(axis, tuple) else (axis,)))
    return s.alg.emit("squeeze", s.of(a), axis=axes) if axes else s.of(a)


def _joined(s: Sweep, op: Op) -> Value | None:
    """Join or stack batches one axis further."""
    axis = op.attrs.get("axis", 0)
    if axis is None or any(v.type.rank is None for v in op.inputs):
        return None
    attrs = {**op.attrs, "axis": axis + 1 if axis >= 0 else axis}
    return s.b.emit(op.prim, [s.lifted(v, v.type) for v in op.inputs], **attrs)


def _array(s: Sweep, op: Op) -> Value | None:
    """Stack numbers or arrays behind the batch axis."""
    if any(v.type.rank is None for v in op.inputs):
        return None
    return s.b.emit("stack", [s.lifted(v, v.type) for v in op.inputs], **{**op.attrs, "axis": 1})


def _triangle(s: Sweep, op: Op) -> Value | None:
    return _same(s, op) if (op.inputs[0].type.rank or 0) >= 2 else None


def _diagonal(s: Sweep, op: Op) -> Value | None:
    a = op.inputs[0]
    if a.type.rank is None:
        return None
    offset = op.attrs.get("offset", op.attrs.get("k", 0))
    axis1, axis2 = (op.attrs.get(n, k) % a.type.rank + 1 for k, n in enumerate(("axis1", "axis2")))
    return s.alg.emit("diagonal", s.of(a), offset=offset, axis1=axis1, axis2=axis2)


def _windows(s: Sweep, op: Op) -> Value | None:
    x, length = op.inputs
    return s.b.emit("windows", [s.of(x), length], axis=op.attrs["axis"] + 1)


def _diag(s: Sweep, op: Op) -> Value | None:
    """Return diagonal matrices."""
    v = op.inputs[0]
    if op.attrs.get("k", 0) or v.type.rank != 1:
        return None
    side = s.alg.emit("eye", s.b.emit("dim", [s.of(v)], axis=1))
    return s.alg.mul(s.alg.load(s.of(v), [], "::n"), side)


HANDLERS: dict[str, Any] = {
    **dict.fromkeys(("copy", "astype", "asarray", "ascontiguousarray", "stop_gradient"), _same),
    **dict.fromkeys(("scalar", "item", "array0"), _number),
    **dict.fromkeys(("float", "np.float64", "np.float32"), _cast),
    **dict.fromkeys(("stretch", "fill"), _stretch),
    "reshape_as": _reshape_as, "reshape": _reshape, "ravel": _ravel, "flatten": _ravel,
    "broadcast_to": _broadcast_to, "T": _transpose, "transpose": _transpose,
    "swapaxes": _axes("axis1", "axis2"), "moveaxis": _axes("source", "destination"),
    "expand_dims": _axes("axis"), "squeeze": _squeeze, "concatenate": _joined, "stack": _joined,
    "array": _array, "tril": _triangle, "triu": _triangle,
    "diagonal": _diagonal, "diag_view": _diagonal, "diag": _diag, "windows": _windows,
}  # fmt: skip
