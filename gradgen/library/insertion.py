"""Entries put between others, and taken out, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads


@reads("np.delete", samples=("np.delete(x5, 1)", "np.delete(x5, [0, -1])",
                             "np.delete(x23, 1, axis=1)", "np.delete(x5, (1, -1))",
                             "np.delete(x23, 2)", "np.delete(x5, i3)",
                             "np.delete(x234, [2], axis=-1)", "np.delete(x234, i3, axis=2)",
                             "np.delete(x234, slice(None, None, 2), 1)"))  # fmt: skip
def delete(arr, obj, axis=None):
    """Keep the entries at the other places."""
    rows = np.ravel(arr) if axis is None else np.moveaxis(arr, axis, 0)
    keep = np.ones(len(rows), dtype=bool)
    keep[list(obj) if isinstance(obj, tuple) else obj] = False
    kept = rows[keep]
    if axis is None or axis % np.ndim(arr) == 0:
        return kept
    moved = np.moveaxis(kept, 0, axis)
    if isinstance(obj, slice) or (isinstance(obj, list) and len(obj) == 1) or np.ndim(obj) == 0:
        return moved.copy()  # as NumPy's result lies in memory
    return moved


@reads("np.insert", samples=("np.insert(x3, 1, y)", "np.insert(x3, 0, y4)", "np.insert(x23, 1, y)",
                             "np.insert(x23, 1, y3, axis=0)", "np.insert(x23, -1, y, axis=1)",
                             "np.insert(x5, [1, 3], [x, y])", "np.insert(x5, [3, 1], p)",
                             "np.insert(x23, [0, 2], y, axis=0)",
                             "np.insert(x23, [0, 2], y4[:2], axis=1)",
                             "np.insert(x234, [0, 2], y4, axis=-2)",
                             "np.insert(x5, np.argmax(x5), y)", "np.insert(x3, [1], y4)",
                             "np.insert(x44, 1, y44[:, :2].T, axis=1)",
                             "np.insert(x44, [1], y44[:, :2], axis=1)",
                             "np.insert(x5, slice(0, 4, 2), y)", "np.insert(x3, x3 > 0, y)",
                             "np.insert(xf3, 1, y)", "np.insert([x, y], 1, p)"))  # fmt: skip
def insert(arr, obj, values, axis=None):
    """Put values between the entries before and behind a place."""
    arr = np.asarray(arr)
    rows = np.ravel(arr) if axis is None else np.moveaxis(arr, axis, 0)
    at = 0 if axis is None else axis % np.ndim(arr)
    new = np.asarray(values, dtype=arr.dtype)
    if isinstance(obj, slice):
        out = _between(rows, np.arange(len(rows))[obj], new, at)
    elif np.ndim(obj) == 0:
        out = _before(rows, obj, _lifted(new, np.ndim(rows)), at)
    elif np.asarray(obj).dtype == bool:
        out = _between(rows, np.flatnonzero(obj), new, at)
    elif len(obj) == 1:
        out = _before(rows, obj[0], np.moveaxis(_lifted(new, np.ndim(rows)), at, 0), at)
    else:
        out = _between(rows, np.asarray(obj), new, at)
    return out if at == 0 else np.moveaxis(out, 0, axis).copy()


def _lifted(values, rank):
    return np.reshape(values, (1,) * max(rank - np.ndim(values), 0) + np.shape(values))


def _before(rows, place, new, axis):
    """Put all values at one place; ``axis`` is where the rows were in the array."""
    count = len(rows)
    if place < -count or place > count:
        raise IndexError(f"index {place} is out of bounds for axis {axis} with size {count}")
    at = place + count if place < 0 else place
    if np.ndim(rows) > 1:
        new = np.broadcast_to(new, (len(new), *np.shape(rows)[1:]))
    return np.concatenate((rows[:at], new, rows[at:]))


def _between(rows, places, values, axis):
    """Put a value at each of several places."""
    if np.ndim(rows) > 1:
        shape = np.shape(rows)[1:]
        slot = (*shape[:axis], len(places), *shape[axis:])
        values = np.moveaxis(np.broadcast_to(values, slot), axis, 0)
    else:
        values = np.broadcast_to(values, (len(places),))
    count = len(rows)
    places = np.where(places < 0, places + count, places)
    order = np.argsort(places, kind="stable")
    at = places[order] + np.arange(len(places))
    out = np.zeros((count + len(places), *np.shape(rows)[1:]), dtype=rows.dtype)
    out[at] = values[order]
    kept = np.ones(len(out), dtype=bool)
    kept[at] = False
    out[kept] = rows
    return out
