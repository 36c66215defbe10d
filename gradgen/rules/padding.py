"""Padding: the adjoint of what is copied from the array goes back to where it came from."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Length, Type, array, fresh_dim
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def pad_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape with what is put before and behind each axis."""
    t = inputs[0].type
    widths = inputs[1 : 1 + 2 * len(t.shape or ())]
    dims = [
        _longer(d, before, after)
        for d, before, after in zip(t.shape or (), widths[::2], widths[1::2], strict=True)
    ]
    return array(t.dtype, tuple(dims))


def _longer(d: Length, before: Value, after: Value) -> Length:
    if isinstance(before, Const) and isinstance(after, Const):
        return d + before.const + after.const
    return fresh_dim()


def pad_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Cut the padding off; what copies the array adds up where it was copied from."""
    a, rank = op.inputs[0], op.inputs[0].type.rank or 0
    widths = op.inputs[1 : 1 + 2 * rank]
    if i == 0 and op.attrs.get("mode", "empty") != "empty":
        return _gathered(alg, op, g, widths)
    inner = _inner(alg, a, g, widths)
    if i == 0:
        return inner
    return alg.sub(alg.emit("sum", g), alg.emit("sum", inner))


def _inner(alg: Algebra, a: Value, g: Value, widths: list[Value]) -> Value:
    """Read the part of a cotangent that the array itself is in."""
    operands: list[Value] = []
    slices = []
    for k, (before, after) in enumerate(zip(widths[::2], widths[1::2], strict=True)):
        starts = not (isinstance(before, Const) and before.const == 0)
        stops = not (isinstance(after, Const) and after.const == 0)
        if starts:
            operands.append(before)
        if stops:
            operands.append(alg.add(before, alg.dim(a, k)))
        slices.append((starts, stops, False))
    spelling = "".join("s" if s[0] or s[1] else ":" for s in slices)
    if "s" not in spelling:
        return g
    kept = tuple(s for s in slices if s[0] or s[1])
    return alg.b.emit("load", [g, *operands], index=spelling, slices=kept)


def _gathered(alg: Algebra, op: Op, g: Value, widths: list[Value]) -> Value:
    """Add up along each axis what was copied from each place."""
    a = op.inputs[0]
    rank = a.type.rank or 0
    dims = [alg.dim(g, k) for k in range(rank)]
    for k in range(rank):
        pair = widths[2 * k : 2 * k + 2]
        if all(isinstance(w, Const) and w.const == 0 for w in pair):
            continue
        dims[k] = alg.dim(a, k)
        if op.attrs.get("reflect_type") == "odd":
            g = _of_odd(alg, op, g, k, pair[0])
            continue
        count = alg.emit("arange", dims[k])
        places = alg.emit("pad", count, *pair, **op.attrs)
        total = alg.emit("zeros", *dims)
        g = alg.store_add(total, g, [places], ":" * k + "a")
    return g


def _of_odd(alg: Algebra, op: Op, g: Value, axis: int, before: Value) -> Value:
    """Add up along one axis what was reflected at the edges' values."""
    n = alg.dim(op.inputs[0], axis)
    rank = op.out.type.rank or 0
    back = {"source": 0, "destination": axis}
    rows = alg.emit("moveaxis", g, source=axis, destination=0) if axis else g
    edge = Const(1 if op.attrs["mode"] == "symmetric" else 0)
    made = array(op.out.type.dtype, tuple(fresh_dim() for _ in range(rank)))
    out = alg.written(_odd_to_rows, op, made, rows=rows, n=n, before=before, edge=edge)
    return alg.emit("moveaxis", out, **back) if axis else out


def _odd_to_rows(rows, n, before, edge):
    """Give back what was reflected: each period on, the values rise by ``last - first``."""
    turns, rest = np.divmod(np.arange(len(rows)) - before, max(n - 1 + edge, 1))
    odd = turns % 2
    signs = np.reshape(1.0 - 2.0 * odd, (len(rows),) + (1,) * (np.ndim(rows) - 1))
    out = np.zeros((n, *np.shape(rows)[1:]))
    np.add.at(out, np.where(odd == 1, n - 1 - rest, rest), signs * rows)
    out[0] += np.tensordot(odd - turns, rows, 1)
    out[-1] += np.tensordot(odd + turns, rows, 1)
    return out


rule(
    "pad",
    pad_type,
    form="special",
    spelling="np.pad",
    vjp=pad_vjp,
    tangent="linear",
    samples=(
        "np.pad(x3, 2)",
        "np.pad(x3, (1, 2))",
        "np.pad(x23, ((1, 0), (2, 1)))",
        "np.pad(x23, ((1, 0), (2, 1)), mode='edge')",
        "np.pad(x5, 2, mode='reflect')",
        "np.pad(x5, (2, 3), 'symmetric')",
        "np.pad(x5, 7, mode='wrap')",
        "np.pad(x3, 1, constant_values=2.5)",
        "np.pad(x23, (1, 2), mode='empty')[1:-2, 1:-2]",
        "np.pad(x3, np.array([1, 2]))",
        "np.pad(x23, np.array([[1, 0], [2, 1]]), 'edge')",
        "np.pad(x23, i3[:2, None])",
        "np.pad(x3, (1, 2), 'constant', constant_values=(1.0, y))",
        "np.pad(xf3, (1, 2), constant_values=(1.0, y))",
        "np.pad(x23, n, constant_values=y)",
        "np.pad(x5, 2, 'linear_ramp', end_values=1.0)",
        "np.pad(x23, ((1, 2), (0, 1)), 'linear_ramp')",
        "np.pad(x5, 2, 'mean')",
        "np.pad(x23, 1, 'maximum')",
        "np.pad(x5, 2, 'minimum', stat_length=2)",
        "np.pad(x234, ((0, 0), (1, 1), (0, 0)))",
    ),
)
