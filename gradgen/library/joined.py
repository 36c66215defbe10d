"""Joins of the rows of one array, and joins along axes that a text names, spelled out."""

from __future__ import annotations

import numpy as np


def stack(a, axis=0):
    """Put the rows of an array along a new axis: the one that they have, moved."""
    return np.moveaxis(a, 0, axis).copy()


def concatenate(a, axis=0):
    """Join the rows of an array along one of their axes."""
    if axis is None:
        return np.ravel(a).copy()
    axis = axis + np.ndim(a) - 1 if axis < 0 else axis
    moved = np.moveaxis(a, 0, axis)
    before, behind = np.shape(moved)[:axis], np.shape(moved)[axis + 2 :]
    length = np.shape(moved)[axis] * np.shape(moved)[axis + 1]
    return np.reshape(moved, (*before, length, *behind)).copy()


def vstack(tup):
    """Stack the rows of an array one below the other."""
    if np.ndim(tup) == 1:
        return tup[:, None].copy()
    return tup.copy() if np.ndim(tup) == 2 else concatenate(tup, 0)


def hstack(tup):
    """Put the rows of an array side by side."""
    if np.ndim(tup) == 1:
        return tup.copy()
    return concatenate(tup, 0 if np.ndim(tup) == 2 else 1)


def column_stack(tup):
    """Make the rows of an array columns."""
    if np.ndim(tup) == 1:
        return tup[None, :].copy()
    return tup.T.copy() if np.ndim(tup) == 2 else concatenate(tup, 1)


def dstack(tup):
    """Put the rows of an array along the third axis."""
    if np.ndim(tup) == 1:
        return tup[None, None, :].copy()
    if np.ndim(tup) == 2:
        return tup.T[None].copy()
    return stack(tup, 2) if np.ndim(tup) == 3 else concatenate(tup, 2)


def along(parts, axis, ndmin, first):
    """Join arrays as ``np.r_['axis,ndmin,first', ...]`` does: new axes around those there are."""
    return np.concatenate([_with_axes(p, ndmin, first) for p in parts], axis=axis)


def _with_axes(part, ndmin, first):
    made = np.asarray(part)
    new = max(ndmin - np.ndim(made), 0)
    if new == 0:
        return made
    before = first if first >= 0 else first + new + 1
    return np.reshape(made, (1,) * before + np.shape(made) + (1,) * (new - before))
