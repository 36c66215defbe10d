"""Products of vectors of the plane, which ``np.cross`` takes for those with a third entry 0."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """Return ``np.cross`` of vectors of which those of ``a`` or ``b``, or both, are of length 2."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.asarray(a), np.asarray(b)
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    last = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    if np.shape(a)[-1] == 2 and np.shape(b)[-1] == 2:
        return np.array(last)
    if np.shape(a)[-1] == 2:
        first, second = a[..., 1] * b[..., 2], -(a[..., 0] * b[..., 2])
    else:
        first, second = -(a[..., 2] * b[..., 1]), a[..., 2] * b[..., 0]
    return np.stack([first, second, last], axis=axisc)
