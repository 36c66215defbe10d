"""Windows that slide along an axis of an array: a view, as NumPy makes it."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, fresh_dim
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, length_of, of_shape


def windows_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return one entry for each window along the axis, and the window's entries last."""
    t, length, axis = inputs[0].type, length_of(inputs[1]), attrs["axis"]
    if t.shape is None or axis >= len(t.shape):
        return Type("any", t.dtype, None)
    n = t.shape[axis]
    known = isinstance(n, int) and isinstance(length, int) and n >= length
    count = n - length + 1 if known else fresh_dim()  # type: ignore[operator]
    return of_shape(t.dtype, (*t.shape[:axis], count, *t.shape[axis + 1 :], length))


def _windows_to_x(g, x, length, axis):
    """Add the windows' cotangents up, one place in all windows after the other."""
    count = np.shape(g)[axis]
    if axis == 0:
        d_x = np.zeros_like(x)
        for k in range(length):
            d_x[k : k + count] += g[..., k]
        return d_x
    d_x = np.zeros_like(np.moveaxis(x, axis, 0))
    for k in range(length):
        d_x[k : k + count] += np.moveaxis(g[..., k], axis, 0)
    return np.moveaxis(d_x, 0, axis)


rule(
    "windows",
    windows_type,
    spelling="np.lib.stride_tricks.sliding_window_view",
    params="x, length, axis=",
    alias="view",
    adjoint=(_windows_to_x,),
    tangent="linear",
    of_complex="linear",
    cost=1,
)
