"""Methods of ufuncs, spelled out: one entry after the other along an axis."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np


def zeros_for(*arrays, dtype):
    """Return zeros in the shape that arrays are broadcast to."""
    if len(arrays) == 1:
        return np.zeros(np.shape(arrays[0]), dtype=dtype)
    return np.zeros(np.broadcast_shapes(*[np.shape(a) for a in arrays]), dtype=dtype)


def reduced(function, array, axis=0, keepdims=False, initial=None, where=None):
    """Return ``function.reduce(array, axis)``, of what ``where`` asks for, from a value on."""
    rows = array if axis == 0 else np.moveaxis(array, axis, 0)
    if initial is None:
        if len(rows) == 0:
            name = function.__name__
            raise ValueError(f"zero-size array to reduction operation {name} which has no identity")
        out = rows[0]
        for k in range(1, len(rows)):
            out = function(out, rows[k])
        return np.expand_dims(out, axis) if keepdims else out
    out = np.full(np.shape(rows)[1:], initial, dtype=array.dtype)
    if where is None:
        for k in range(len(rows)):
            out = function(out, rows[k])
    else:
        asked = np.moveaxis(np.broadcast_to(where, np.shape(array)), axis, 0)
        for k in range(len(rows)):
            out = np.where(asked[k], function(out, rows[k]), out)
    return np.expand_dims(out, axis) if keepdims else out


def running(function, array, axis=0):
    """Return ``function.accumulate(array, axis)``."""
    rows = array if axis == 0 else np.moveaxis(array, axis, 0)
    out = np.zeros_like(array)
    totals = out if axis == 0 else np.moveaxis(out, axis, 0)
    totals[:1] = rows[:1]
    for k in range(1, len(rows)):
        totals[k] = function(totals[k - 1], rows[k])
    return out


def segments(function, array, indices, axis=0):
    """Return ``function.reduceat(array, indices, axis)``."""
    rows = array if axis == 0 else np.moveaxis(array, axis, 0)
    starts = np.asarray(indices)
    if np.any((starts < 0) | (starts >= len(rows))):
        raise IndexError(f"an index of reduceat is outside of [0, {len(rows)})")
    shape = np.shape(array)
    out = np.zeros((*shape[:axis], len(starts), *shape[axis + 1 :]), dtype=array.dtype)
    totals = out if axis == 0 else np.moveaxis(out, axis, 0)
    for k in range(len(starts)):
        stop = starts[k + 1] if k + 1 < len(starts) else len(rows)
        total = rows[starts[k]]
        for j in range(starts[k] + 1, stop):
            total = function(total, rows[j])
        totals[k] = total
    return out


def numbered(array):
    """Return the numbers of an array's entries, in its shape."""
    return np.reshape(np.arange(np.size(array)), np.shape(array))


def places_of(numbers, array):
    """Return the places of entries by their numbers, a vector an axis."""
    return np.unravel_index(np.ravel(numbers), np.shape(array))


def for_each(values, numbers):
    """Return a value for each entry."""
    return np.ravel(np.broadcast_to(values, np.shape(numbers)))
