"""Methods of ufuncs, spelled out: one entry after the other along an axis."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np


def reduced(function, array, axis=0, keepdims=False):
    """Return ``function.reduce(array, axis)``."""
    rows = array if axis == 0 else np.moveaxis(array, axis, 0)
    out = rows[0]
    for k in range(1, len(rows)):
        out = function(out, rows[k])
    return np.expand_dims(out, axis) if keepdims else out


def running(function, array, axis=0):
    """Return ``function.accumulate(array, axis)``."""
    rows = array if axis == 0 else np.moveaxis(array, axis, 0)
    out = np.zeros_like(rows)
    out[:1] = rows[:1]
    for k in range(1, len(rows)):
        out[k] = function(out[k - 1], rows[k])
    return out if axis == 0 else np.moveaxis(out, 0, axis)
