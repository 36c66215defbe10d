"""``np.vectorize``: a function of numbers, called for each entry of arrays."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np


def one(pyfunc, layout, whole, row):
    """Stand for a call with the entries of a row, and a check of what it gives."""
    raise NotImplementedError


def every(pyfunc, held, args, kwargs):
    """Stand for a call of `each` with what is split put apart from what stays whole."""
    raise NotImplementedError


def vectorized(pyfunc, held):
    """Return what calls a function of numbers for each entry."""

    def call(*args, **kwargs):
        return every(pyfunc, held, args, kwargs)

    return call


def each(pyfunc, layout, whole, arrays, floats):
    """Call a function for each entry of arrays, as Python numbers."""
    if len(arrays) > 1:
        arrays = np.broadcast_arrays(*arrays)
    if not floats and np.size(arrays[0]) == 0:
        raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
    rows = zip(*[np.ravel(a).tolist() for a in arrays], strict=False)
    values = [one(pyfunc, layout, whole, row) for row in rows]
    return np.reshape(np.array(values, dtype=float), np.shape(arrays[0]))
