"""Padding that is made of other operations: by statistics, ramps and several constants."""

from __future__ import annotations

import numpy as np


def by_statistic(array, widths, mode, stat_length=None):
    """Put the mean, the median, the maximum or the minimum of each row before and behind it."""
    for axis, (before, after) in enumerate(widths):
        first, last = _pair_of(stat_length, axis)
        left = _statistic(array, axis, mode, first, False)
        right = _statistic(array, axis, mode, last, True)
        array = _around(array, left, right, before, after, axis)
    return array


def _statistic(array, axis, mode, stat_length, at_end):
    rows = np.moveaxis(array, axis, 0)
    if stat_length is not None:
        rows = rows[-stat_length:] if at_end else rows[:stat_length]
    part = np.moveaxis(rows, 0, axis)
    if mode == "mean":
        return np.mean(part, axis=axis, keepdims=True)
    if mode == "median":
        return np.median(part, axis=axis, keepdims=True)
    if mode == "maximum":
        return np.max(part, axis=axis, keepdims=True)
    return np.min(part, axis=axis, keepdims=True)


def linear_ramp(array, widths, end_values=0):
    """Lead from end values to the edges, in equal steps."""
    for axis, (before, after) in enumerate(widths):
        rows = np.moveaxis(array, axis, 0)
        first, last = _pair_of(end_values, axis)
        parts = [rows]
        if before:
            parts = [_ramp(first, rows[0], before, np.ndim(rows)), *parts]
        if after:
            parts = [*parts, _ramp(last, rows[-1], after, np.ndim(rows))[::-1]]
        array = np.moveaxis(np.concatenate(parts), 0, axis)
    return array


def _ramp(end, edge, count, rank):
    steps = np.reshape(np.arange(0, count), (count, *((1,) * (rank - 1))))
    if np.asarray(edge).dtype == np.float32:  # in double precision, as NumPy does
        edge = edge.astype(float)
        return (steps * ((edge - end) / count) + end).astype(np.float32)
    return steps * ((edge - end) / count) + end


def with_constants(array, widths, values):
    """Put constants of their own before and behind along each axis."""
    for axis, (before, after) in enumerate(widths):
        first, last = _pair_of(values, axis)
        front = (*np.shape(array)[:axis], 1, *np.shape(array)[axis + 1 :])
        dtype = None if array.dtype == np.float64 else array.dtype
        left, right = np.full(front, first, dtype=dtype), np.full(front, last, dtype=dtype)
        array = _around(array, left, right, before, after, axis)
    return array


def _pair_of(values, axis):
    if values is None or np.ndim(values) == 0:
        return values, values
    if np.ndim(values) == 1:
        return (values[0], values[0]) if len(values) == 1 else (values[0], values[1])
    row = values[0] if len(values) == 1 else values[axis]
    return (row[0], row[0]) if len(row) == 1 else (row[0], row[1])


def _around(array, left, right, before, after, axis):
    parts = [np.repeat(left, before, axis=axis), array, np.repeat(right, after, axis=axis)]
    return np.concatenate(parts, axis=axis)
