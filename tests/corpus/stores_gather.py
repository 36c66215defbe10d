"""Reads and stores through integer arrays and boolean masks."""

from __future__ import annotations

import numpy as np


def duplicates_stored(x, at):
    """Of several writes to one place the last stays."""
    a = x * x
    a[at] = x[: len(at)] * 2.0
    return np.sum(a * x)


def duplicates_augmented(x, at):
    """Augmented stores are buffered: a place that repeats counts once."""
    a = x * x
    a[at] += x[: len(at)]
    a[at] *= a[at] + 1.0
    a[at] -= x[at] ** 2
    a[at] /= 2.0 + x[at] ** 2
    return np.sum(a * x)


def scalar_through_duplicates(x, at):
    """One number goes to several places."""
    a = x * x
    a[at] = x[0] * x[1]
    return np.sum(a * a)


def rows_stored(m, at, v):
    """Rows of a matrix, with repeats."""
    a = m * m
    a[at] = v
    a[at[:2]] += m[:2]
    return np.sum(a * m)


def rows_of_scalar(m, at):
    """One number in several rows."""
    a = m * m
    a[at] = m[0, 0] * m[1, 1]
    a[at] *= m[0]
    return np.sum(a * m)


def columns_stored(m, at):
    """Columns of a matrix, with repeats."""
    a = m * m
    a[:, at] = m[:, : len(at)] * 2.0
    a[..., at] += m[:, :1]
    return np.sum(a * m)


def pairs_stored(m, rows, columns):
    """Single entries by two integer arrays, with repeats."""
    a = m * m
    a[rows, columns] = np.arange(len(rows)) * m[0, 0]
    a[rows, columns] *= a[columns, rows]
    return np.sum(a * m)


def integer_and_array(m, at):
    """A row number with an integer array, and a column number."""
    a = m * m
    a[1, at] = m[0, at] * 2.0
    a[at, -1] += m[at, 0]
    return np.sum(a * m)


def array_and_slice(m, at):
    """An integer array with a slice."""
    a = m * m
    a[at, 1:] = m[at, :-1] ** 2
    a[::-1, at] -= m[:, :1]
    return np.sum(a * m)


def apart_in_cube(t, at):
    """Integer arrays apart from each other: their axis goes first."""
    a = t * t
    a[at, :, at] = t[at, :, 0] * 2.0
    a[0, :, at] += a[1, :, 0] * t[at, :1, 1]
    return np.sum(a * t)


def apart_read(t, at):
    """Integers count as arrays where an array is near."""
    p = t[0, :, at] * t[:, 1, at][:, :1]
    q = t[at, :, at] ** 2
    return np.sum(p * np.arange(3.0)) + np.sum(q[0] * q[1])


def matrix_of_indices(x, grid):
    """A two-dimensional integer array."""
    a = x * x
    a[grid] = x[: grid.shape[1]]
    a[grid] += x[grid] ** 2
    return np.sum(a * x) + np.sum(x[grid] * np.arange(3.0))


def indices_broadcast(m, rows, columns):
    """Integer arrays that broadcast against each other."""
    a = m * m
    a[rows[:, None], columns] = m[rows][:, columns] * 2.0
    a[rows[:, np.newaxis], columns[None, :]] += 0.5
    return np.sum(a * m)


def open_mesh(m, rows, columns):
    """``np.ix_`` spells a block by its rows and columns."""
    a = m * m
    a[np.ix_(rows, columns)] *= m[np.ix_(columns, rows)]
    block = np.ix_(rows, [0, 1])
    a[block] += m[block]
    return np.sum(a * m)


def negative_places(x):
    """Negative entries in index lists, one place under two names."""
    a = x * x
    a[[-1, 0, 3]] = x[[0, -2, 1]] * 2.0
    a[[-3, 1]] += x[:2]
    return np.sum(a * x)


def computed_places(x):
    """Indices that are computed."""
    a = x * x
    order = np.argsort(x)
    a[order[:2]] = x[order[-2:]] ** 2
    a[order % 3] += x[order]
    a[np.argmax(x)] *= 2.0
    a[(np.arange(len(x)) * 2) % 5] -= x
    return np.sum(a * x)


def places_of_a_mask(x):
    """``np.where`` and ``np.nonzero`` of one argument."""
    a = x * x
    at = np.where(x > 0.0)
    a[at] = x[at] ** 3
    a[np.nonzero(a > 0.5)] *= 2.0
    a[np.nonzero(x < 0.0)[0]] -= x[np.flatnonzero(x < 0.0)]
    return np.sum(a * x)


def pairs_of_a_mask(m):
    """Rows and columns where a matrix is positive."""
    a = m * m
    rows, columns = np.nonzero(m > 0.0)
    a[rows, columns] += m[rows, columns] * m[rows, 0]
    for i, j in np.argwhere(m < 0.0):
        a[i, j] *= m[j, i]
    return np.sum(a * m)


def index_in_a_name(m, at):
    """A tuple of indices held by a name."""
    a = m * m
    where = (at, 1)
    a[where] = m[where] * 2.0
    pair = at, slice(1, None)
    a[pair] *= m[0, 1:]
    a[tuple([0, at])] -= 1.0
    return np.sum(a * m)


def mask_of_values(x):
    """A mask takes a scalar, and as many values as it is true."""
    a = x * x
    a[x > 0.5] = 3.0 * x[0]
    a[x < 0.0] = x[x < 0.0] ** 3
    a[~(a > 1.0)] += x[1]
    return np.sum(a * x)


def mask_augmented(x):
    """Every operator through a mask."""
    a = x * x + 1.0
    up = x > 0.0
    a[up] += x[up]
    a[~up] -= 2.0 * x[~up]
    a[up] *= x[up]
    a[a > 1.0] /= 3.0
    a[up | (x < -1.0)] **= 2
    a[up & (x < 1.0)] %= 0.7
    return np.sum(a * x)


def mask_of_matrix(m):
    """A matrix of booleans."""
    a = m * m
    keep = m > 0.0
    a[keep] = m[keep] * m[0, 0]
    a[~keep] *= m[1, 1]
    return np.sum(a * m)


def mask_of_rows(m, keep):
    """A mask of the first axis picks rows."""
    a = m * m
    a[keep] = m[0]
    a[~keep] += m[~keep] ** 2
    return np.sum(a * m)


def mask_with_column(m, keep):
    """A mask with an integer, a slice, an array."""
    a = m * m
    a[keep, 0] = m[keep, 1] * 2.0
    a[keep, 1:] += m[0, 1:]
    a[:, keep] *= m[:, keep]
    a[1, keep] = m[0, 0]
    return np.sum(a * m) + np.sum(m[keep, -1] ** 2) + np.sum(m[..., keep] * m[0, 0])


def mask_with_array(m, keep, at):
    """A mask is the array of its true places."""
    a = m * m
    a[keep, at] = m[at, keep] * 2.0
    a[at[:, None], keep] += m[0, 0]
    return np.sum(a * m)


def two_masks(m, keep):
    """Two masks pair up their true places."""
    a = m * m
    a[keep, keep] = m[0, 0] * m[keep, ~keep[::-1]]
    a[np.ix_(keep, ~keep)] -= m[0, 1]
    return np.sum(a * m)


def mask_of_two_axes(t, keep):
    """A mask over the first two axes of a cube, and over the last two."""
    a = t * t
    a[keep] = t[keep] * 2.0
    a[keep, 0] += t[0, 0, 0]
    a[:, keep.T[:, :2]] *= 0.5
    return np.sum(a * t)


def mask_changes(x):
    """The mask's array is written, the mask stays what it was."""
    a = x * x
    up = a > 0.3
    a[up] = 0.1
    a[up] += x[up]
    up[0] = not up[0]
    a[up] *= 2.0
    return np.sum(a * x)


def places_change(x, at):
    """The index array changes between its uses."""
    a = x * x
    at = at.copy()
    a[at] = x[at] * 3.0
    at[0] = 2
    a[at] += x[: len(at)]
    at += 1
    a[at] *= x[at - 1]
    return np.sum(a * x)


def overlap_through_places(x, at):
    """The right side reads the array that is written."""
    a = x * x
    a[at] = a[: len(at)] + a[at]
    a[at] += a[::-1][: len(at)]
    a[:3] = a[at[:3]]
    return np.sum(a * x)


def through_views(m, at):
    """Integer arrays and masks at the end of a chain of views."""
    a = m * m
    a.T[at] = m[:, 0] * 2.0
    a[1:][at - 1] *= m[0]
    a[::-1][m > 0.5] = 0.3 * m[0, 0]
    a[0][at] += m[1][at]
    return np.sum(a * m)


def copies_are_apart(x, at):
    """What an integer array reads is a copy."""
    a = x * x
    b = a[at]
    b[0] = 5.0 * x[0]
    c = a[x > 0.0]
    c *= 2.0
    return np.sum(a * x) + np.sum(b * b) + np.sum(c)


def chained_subscripts_lost(x, at):
    """A store into a copy changes nothing."""
    a = x * x
    a[at][0] = 7.0 * x[0]
    a[at][:2] *= 3.0
    return np.sum(a * x)


def loop_of_gathers(x, table):
    """Stores through rows of a table of indices."""
    a = x * 1.0
    for t in range(table.shape[0]):
        a[table[t]] = a[table[t][::-1]] * x[t]
        a[table[t, 0]] += a[table[t, 1]] ** 2
    return np.sum(a * a)


def places_in_single_precision(x, at):
    """Float32 values through indices."""
    a = np.zeros(len(x), dtype=np.float32)
    a[at] = x[: len(at)]
    a[at] += x[at] * 2.0
    return np.sum(a * a)


def one_hot(labels, w):
    """A table of ones at the labels."""
    y = np.zeros((len(labels), 3))
    y[np.arange(len(labels)), labels] = 1.0
    y[np.arange(len(labels)), labels] += w[labels]
    return np.sum(y @ w) + np.sum(y * y)


def largest_place(m):
    """The place of the largest entry, row and column from one number."""
    a = m * m
    i, j = np.unravel_index(np.argmax(m), m.shape)
    a[i, j] = m[j, i] * 3.0
    return np.sum(a * m)


def table_lookup(x, grid):
    """Linear interpolation between the knots around each value."""
    k = np.searchsorted(grid, x) - 1
    slope = np.zeros(len(grid))
    np.add.at(slope, k, x)
    weight = (x - grid[k]) / (grid[k + 1] - grid[k])
    return np.sum(weight**2) + np.sum(slope**3)


def one_row_of_arange(m, labels):
    """An ``arange`` of length one is spread over repeats."""
    a = m * 1.0
    a[np.arange(1), labels] += np.arange(1.0, len(labels) + 1.0) * m[0, 0]
    return np.sum(m[np.arange(1), labels] ** 2) + np.sum(a * m)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _at(*entries):
    return np.array(entries)


EXAMPLE_ARGS = {
    "duplicates_stored": lambda: (_normal(5), _at(1, 3, 1, 0)),
    "duplicates_augmented": lambda: (_normal(5), _at(1, 3, 1, 0)),
    "scalar_through_duplicates": lambda: (_normal(5), _at(1, 3, 1)),
    "rows_stored": lambda: (_normal(3, 4), _at(2, 0, 2), _normal(3, 4, seed=1)),
    "rows_of_scalar": lambda: (_normal(3, 4), _at(2, 0, 2)),
    "columns_stored": lambda: (_normal(3, 4), _at(2, 0, 2)),
    "pairs_stored": lambda: (_normal(3, 3), _at(0, 2, 0, 1), _at(1, 2, 1, 0)),
    "integer_and_array": lambda: (_normal(3, 3), _at(0, 2, 0)),
    "array_and_slice": lambda: (_normal(3, 3), _at(0, 2, 0)),
    "apart_in_cube": lambda: (_normal(2, 3, 2), _at(0, 1, 0)),
    "apart_read": lambda: (_normal(2, 3, 2), _at(0, 1)),
    "matrix_of_indices": lambda: (_normal(4), np.array([[0, 2, 0], [3, 2, 1]])),
    "indices_broadcast": lambda: (_normal(3, 4), _at(0, 2), _at(1, 3, 1)),
    "open_mesh": lambda: (_normal(3, 3), _at(0, 2), _at(1, 2)),
    "negative_places": lambda: (_normal(4),),
    "computed_places": lambda: (_normal(5),),
    "places_of_a_mask": lambda: (_normal(5),),
    "pairs_of_a_mask": lambda: (_normal(3, 3),),
    "index_in_a_name": lambda: (_normal(3, 3), _at(0, 2, 0)),
    "mask_of_values": lambda: (_normal(6),),
    "mask_augmented": lambda: (_normal(6),),
    "mask_of_matrix": lambda: (_normal(3, 3),),
    "mask_of_rows": lambda: (_normal(3, 4), np.array([True, False, True])),
    "mask_with_column": lambda: (_normal(3, 3), np.array([True, False, True])),
    "mask_with_array": lambda: (_normal(3, 3), np.array([True, False, True]), _at(2, 1)),
    "two_masks": lambda: (_normal(4, 4), np.array([True, False, True, False])),
    "mask_of_two_axes": lambda: (_normal(2, 3, 2), np.array([[True, False, True]] * 2)),
    "mask_changes": lambda: (_normal(5),),
    "places_change": lambda: (_normal(5), _at(1, 3, 1)),
    "overlap_through_places": lambda: (_normal(5), _at(1, 3, 1)),
    "through_views": lambda: (_normal(3, 3), _at(1, 2)),
    "copies_are_apart": lambda: (_normal(5), _at(1, 3, 1)),
    "chained_subscripts_lost": lambda: (_normal(5), _at(1, 3, 1)),
    "loop_of_gathers": lambda: (_normal(5), np.array([[0, 3], [4, 4], [2, 1]])),
    "places_in_single_precision": lambda: (_normal(4).astype(np.float32), _at(1, 3, 1)),
    "one_hot": lambda: (_at(0, 2, 2), _normal(3)),
    "largest_place": lambda: (_normal(3, 3),),
    "table_lookup": lambda: (np.array([0.2, 1.4, 0.7, 2.1]), np.array([0.0, 0.5, 1.0, 3.0])),
    "one_row_of_arange": lambda: (_normal(2, 3), _at(0, 2, 2, 0)),
}
MORE_ARGS = {
    "matrix_of_indices": [lambda: (_normal(7), np.array([[0, 2, 0], [3, 2, 1]]))],
    "places_of_a_mask": [lambda: (np.array([-0.1, -0.42, 0.22, -0.91, -0.13]),)],
}
