"""Grids of numbers, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.library.registry import reads


@reads(
    "np.indices",
    samples=("x23 * np.indices((2, 3))[1]", "x23 * np.indices((2, 3), dtype=float)[0]",
             "x3 * np.indices((2, 3), sparse=True)[1]"),
)  # fmt: skip
def indices(dimensions, dtype=int, sparse=False):
    """Return the places along each axis of a grid."""
    places: tuple[Any, ...] = ()
    for k in tuple(range(len(dimensions))):
        places = (*places, np.arange(dimensions[k], dtype=dtype))
    return spread(places, sparse)


def spread(places, sparse):
    """Return places along several axes as arrays of as many axes: full, or of length 1."""
    rank = len(places)
    lengths: tuple[Any, ...] = ()
    for along in places:
        lengths = (*lengths, len(along))
    out: tuple[Any, ...] = ()
    for k in tuple(range(rank)):
        one = places[k][(None,) * k + (slice(None),) + (None,) * (rank - k - 1)]
        out = (*out, one if sparse else np.broadcast_to(one, lengths))
    return out if sparse else np.stack(out)


def evenly(start, stop, count):
    """Return so many numbers from one end to the other."""
    step = (stop - start) / float(count - 1) if count != 1 else 1
    return np.arange(0, count) * step + start


@reads(
    "np.logspace",
    samples=("np.logspace(x, y, 4)", "np.logspace(x, 1.0, num=n, endpoint=False)",
             "np.logspace(x, y, 4, base=p)", "np.logspace(x3, y, 4, axis=-1)",
             "np.logspace(x3, 1, 3)"),
)  # fmt: skip
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    """Return powers whose exponents are even spaced."""
    if np.ndim(base):
        raise TypeError("np.logspace with an array of bases: use np.power of np.linspace")
    out = np.power(base, np.linspace(start, stop, num, endpoint=endpoint, axis=axis))
    return out if dtype is None else out.astype(dtype)


@reads(
    "np.geomspace",
    samples=("np.geomspace(p, o, 4)", "np.geomspace(p, 9.0, num=n, endpoint=False)",
             "np.geomspace(-p, -o, 4)", "np.geomspace(p, o, 1)", "np.geomspace(p3, 9.0, 4)",
             "np.geomspace([p, o], 9.0, 3)"),
)  # fmt: skip
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """Return numbers of even spaced logarithms, with the ends as given."""
    start = np.asarray(start) if isinstance(start, list | tuple) else start
    if np.result_type(start) == np.float32:
        start = start.astype(float)
    sign = np.sign(start)
    start, stop = start / sign, stop / sign
    out = np.logspace(np.log10(start), np.log10(stop), num, endpoint=endpoint)
    if num > 0:
        out[0] = start
    if num > 1 and endpoint:
        out[-1] = stop
    out = out * sign
    out = out if axis == 0 else np.moveaxis(out, 0, axis)
    return out if dtype is None else out.astype(dtype)


@reads("np.tril_indices_from", samples=("m33[np.tril_indices_from(m33)]",))
def tril_indices_from(arr, k=0):
    """Return the places of the lower triangle of a matrix."""
    return np.tril_indices(np.shape(arr)[0], k, np.shape(arr)[1])


@reads("np.triu_indices_from", samples=("x23[np.triu_indices_from(x23, k=1)]",))
def triu_indices_from(arr, k=0):
    """Return the places of the upper triangle of a matrix."""
    return np.triu_indices(np.shape(arr)[0], k, np.shape(arr)[1])


@reads("np.diag_indices_from", samples=("m33[np.diag_indices_from(m33)]",))
def diag_indices_from(arr):
    """Return the places of the diagonal of a matrix."""
    return np.diag_indices(np.shape(arr)[0], np.ndim(arr))


@reads("np.astype", samples=("np.astype(xf3, np.float64)", "np.astype(x23, float)"))
def astype(x, dtype, /, *, copy=True):
    """Convert an array to a dtype."""
    return x.astype(dtype, copy=copy)


@reads("np.diagflat", samples=("np.diagflat(x23)", "np.diagflat(x3, -1)"))
def diagflat(v, k=0):
    """Return the matrix that has the entries of an array on a diagonal."""
    return np.diag(np.ravel(v), k)


def counted(items, count):
    """Return so many numbers of those that an iteration gave."""
    if len(items) < count:
        raise ValueError(f"iterator too short: {len(items)} numbers in place of {count}")
    return items[:count]
