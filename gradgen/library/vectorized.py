"""``np.vectorize``: a function of numbers, called for each entry of arrays, or of a signature."""

# mypy: disable-error-code="no-untyped-def,var-annotated"

from __future__ import annotations

import numpy as np


def one(pyfunc, layout, whole, row):
    """Stand for a call with the entries of a row, and a check of what it gives."""
    raise NotImplementedError


def one_row(pyfunc, layout, whole, row, count):
    """Stand for a call with the last axes of arrays, and a check of what it gives."""
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
    out = np.array(values, dtype=float)
    if np.ndim(out) == 1:
        return np.reshape(out, np.shape(arrays[0]))
    every_one = tuple(range(np.shape(out)[1]))
    return tuple(np.reshape(out[:, k], np.shape(arrays[0])) for k in every_one)


def each_row(pyfunc, layout, whole, arrays, floats, taken, given):
    """Call a function for the last axes of arrays, as many as a signature names."""
    arrays = tuple(np.asarray(a) for a in arrays)
    cores = tuple(_last(np.shape(a), len(t)) for a, t in zip(arrays, taken, strict=True))
    _require_equal(cores, taken)
    leads = tuple(np.shape(a)[: np.ndim(a) - len(t)] for a, t in zip(arrays, taken, strict=True))
    front = np.broadcast_shapes(*leads)
    rows = zip(
        *[
            np.reshape(np.broadcast_to(a, (*front, *core)), (-1, *core))
            for a, core in zip(arrays, cores, strict=True)
        ],
        strict=False,
    )
    found = [one_row(pyfunc, layout, whole, row, len(given)) for row in rows]
    if len(given) == 1:
        return _stacked(found, front, len(given[0]), floats)
    return tuple(
        _stacked([f[k] for f in found], front, len(given[k]), floats)
        for k in tuple(range(len(given)))
    )


def _last(shape, count):
    if len(shape) < count:
        raise ValueError("an argument does not have enough dimensions for its signature")
    return shape[len(shape) - count :]


def _require_equal(cores, taken):
    """Require that axes of one name have one length."""
    lengths = {}
    for core, names in zip(cores, taken, strict=True):
        for length, name in zip(core, names, strict=True):
            if lengths.setdefault(name, length) != length:
                raise ValueError("inconsistent size for a core dimension of a signature")


def _stacked(values, front, rank, floats):
    """Return results as one array, with the axes of the rows in front."""
    if len(values) == 0:
        raise ValueError("cannot call `vectorize` with a signature on size 0 inputs")
    out = np.array(values, dtype=float) if floats else np.array(values)
    if np.ndim(out) - 1 != rank:
        raise ValueError("a result does not have the dimensions of its signature")
    return np.reshape(out, (*front, *np.shape(out)[1:]))
