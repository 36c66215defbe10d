"""Programs that store through slices, rows and views."""

from __future__ import annotations

import numpy as np


def row_view_written(m):
    """A row is a view; writing it changes the matrix."""
    a = m.copy()
    row = a[1]
    row[0] = a[0, 0] * a[1, 2]
    row *= 2.0
    return np.sum(a * a) + row[1]


def slice_view_written(x):
    """A slice is a view."""
    a = x * 2.0
    middle = a[1:4]
    middle[0] = a[0] * a[4]
    middle += a[2] * 0.5
    return np.sum(a * a)


def transpose_written(m):
    """A transpose is a view."""
    a = m.copy()
    t = a.T
    t[0, 1] = a[0, 1] * a[1, 1]
    t[2] = t[2] * t[0]
    return np.sum(a**3)


def reversed_written(x):
    """A reversed slice is a view."""
    a = x * 1.0
    r = a[::-1]
    r[0] = a[0] * a[1]
    r[1:] *= r[0]
    return np.sum(a * a)


def view_of_view(x):
    """A slice of a slice, written at one place."""
    a = x * 1.0
    b = a[1:]
    c = b[1:]
    c[0] = a[0] * b[0]
    return np.sum(a * a) + np.sum(b) + c[0] ** 2


def strided_slice(x):
    """Every second element is stored."""
    a = x.copy()
    a[::2] = a[1::2] * a[::2]
    a[1::2] = np.sin(a[::2])
    return np.sum(a * a)


def slice_of_scalar(x):
    """A scalar is spread over a slice."""
    a = x * x
    a[1:3] = a[0]
    a[-2:] = x[1] * 2.0
    return np.sum(a * a)


def slice_of_constant(x):
    """A constant over a slice cuts its paths."""
    a = x * x
    a[1:3] = 0.0
    return np.sum(a * a)


def whole_slice(x):
    """All elements are replaced in place."""
    a = np.zeros(len(x))
    b = a
    a[:] = x * x
    return np.sum(b * x)


def ellipsis_store(m):
    """All elements are replaced through an ellipsis."""
    a = np.empty_like(m)
    a[...] = m * m
    a[..., 0] = np.sum(m, axis=1)
    return np.sum(a * m)


def overlapping_add(x):
    """Source and target overlap."""
    a = x.copy()
    a[1:] += a[:-1]
    a[1:] += a[:-1] * a[1:]
    return np.sum(a * a)


def overlapping_store(x):
    """A shift by one within one array."""
    a = x.copy()
    a[1:] = a[:-1] * a[1:]
    a[:-1] = a[1:]
    return np.sum(a**3)


def slice_augmented(x, c):
    """Every augmented operator on slices."""
    a = x.copy()
    a[:2] += c
    a[1:] *= x[0]
    a[:-1] -= a[1:] ** 2
    a[2:] /= 1.0 + c * c
    return np.sum(a * a)


def row_store(m):
    """Whole rows are stored."""
    a = m.copy()
    for i in range(1, a.shape[0]):
        a[i] = a[i] * a[i - 1]
    return np.sum(a)


def row_of_scalar(m):
    """A scalar is spread over a row and a column."""
    a = m * 1.0
    a[0] = m[1, 1]
    a[:, 1] = m[2, 0] * 2.0
    return np.sum(a * a)


def column_store(m, v):
    """A column takes a product."""
    a = m.copy()
    for j in range(a.shape[1]):
        a[:, j] = a[:, j] * v[j] + np.dot(a[:, 0], m[:, j])
    return np.sum(a * a)


def column_augmented(m, v):
    """Columns grow in place."""
    a = m.copy()
    for j in range(1, a.shape[1]):
        a[:, j] += a[:, j - 1] * v
    return np.sum(a * a)


def row_broadcast(m, v):
    """A vector is spread over several rows."""
    a = m.copy()
    a[1:] = v
    a[:2] *= v
    return np.sum(a**3)


def rows_swapped(m):
    """Two rows change places through copies."""
    a = m.copy()
    kept = a[0].copy()
    a[0] = a[2] * a[0]
    a[2] = kept
    return np.sum(a * m)


def rows_swapped_by_views(m):
    """NumPy's own surprise: swapping rows without copies."""
    a = m * 1.0
    a[0], a[1] = a[1], a[0]
    return np.sum(a * m)


def heat_in_place(u, c):
    """A stencil written back into the inner block."""
    u = u.copy()
    for _ in range(3):
        u[1:-1] += c * (u[:-2] - 2.0 * u[1:-1] + u[2:]) * u[1:-1]
    return np.sum(u * u)


def two_buffers(u, c):
    """A stencil from one buffer to the other."""
    a = u.copy()
    b = np.zeros(a.shape)
    for _ in range(3):
        b[1:-1, 1:-1] = a[1:-1, 1:-1] * (1.0 - c) + c * a[:-2, 1:-1] * a[2:, 1:-1]
        a, b = b, a
    return np.sum(a * a) + np.sum(b**2)


def history(h, w, steps):
    """States kept as rows of one array."""
    states = np.zeros((steps + 1, len(h)))
    states[0] = h
    for t in range(steps):
        states[t + 1] = np.tanh(w @ states[t])
    return np.sum(states[1:] ** 2) + np.sum(states[-1])


def mask_store(x):
    """A constant stored through a mask."""
    a = x * x
    a[x < 0.0] = 0.0
    return np.sum(a * a * x)


def gather_store(x, order):
    """Values stored through distinct integer indices."""
    a = np.zeros(len(x))
    a[order] = x * x
    return np.sum(a * x)


def gather_add(x, order):
    """Additions through distinct integer indices."""
    a = x * 1.0
    a[order] += x[order] ** 2
    return np.sum(a * a)


def reshape_written(x):
    """A reshaped contiguous array is a view."""
    a = x * 1.0
    m = a.reshape(2, 3)
    m[0, 1] = a[0] * a[5]
    m[1] *= a[1]
    return np.sum(a * a)


def branch_of_slices(x, flag):
    """Slices stored under a condition inside a loop."""
    a = x.copy()
    for k in range(3):
        if k == flag or a[0] > 10.0:
            a[k:] *= a[0]
        else:
            a[: k + 1] += a[-1] ** 2
    return np.sum(a * a)


def read_between(x):
    """A slice is read before and after its storage changes."""
    a = x.copy()
    before = np.sum(a[1:] ** 2)
    a[1:] = a[:-1] * 2.0
    after = np.sum(a[1:] ** 3)
    return before * after


def view_outlives(x):
    """A view taken before a store sees the new value, an expression does not."""
    a = x * 1.0
    view = a[:2]
    value = a[:2] * 1.0
    a[0] = a[1] * a[2]
    return np.sum(view * value) + np.sum(a)


def argument_reshaped_written(x, c):
    """The rows of an argument as a vector, which is a view of it in C order."""
    v = x.reshape(-1)
    v[1] = c * v[0]
    return np.sum(x * x)


def ravel_of_result_written(x, c):
    """What is made of an argument entry by entry lies in memory as that does."""
    y = np.exp(x) * 2.0
    y.ravel()[2:] *= c
    return np.sum(y * x)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "row_view_written": lambda: (_normal(3, 3),),
    "slice_view_written": lambda: (_normal(5),),
    "transpose_written": lambda: (_normal(3, 3),),
    "reversed_written": lambda: (_normal(4),),
    "view_of_view": lambda: (_normal(5),),
    "strided_slice": lambda: (_normal(6),),
    "slice_of_scalar": lambda: (_normal(5),),
    "slice_of_constant": lambda: (_normal(5),),
    "whole_slice": lambda: (_normal(4),),
    "ellipsis_store": lambda: (_normal(3, 2),),
    "overlapping_add": lambda: (_normal(5),),
    "overlapping_store": lambda: (_normal(5),),
    "slice_augmented": lambda: (_normal(5), 0.6),
    "row_store": lambda: (_normal(4, 3),),
    "row_of_scalar": lambda: (_normal(3, 3),),
    "column_store": lambda: (_normal(3, 4), _normal(4, seed=1)),
    "column_augmented": lambda: (_normal(3, 4), _normal(3, seed=1)),
    "row_broadcast": lambda: (_normal(3, 4), _normal(4, seed=1)),
    "rows_swapped": lambda: (_normal(3, 4),),
    "rows_swapped_by_views": lambda: (_normal(3, 4),),
    "heat_in_place": lambda: (_normal(7), 0.1),
    "two_buffers": lambda: (_normal(5, 4), 0.3),
    "history": lambda: (_normal(3), 0.7 * _normal(3, 3, seed=1), 4),
    "mask_store": lambda: (_normal(6),),
    "gather_store": lambda: (_normal(4), np.array([2, 0, 3, 1])),
    "gather_add": lambda: (_normal(5), np.array([4, 0, 2])),
    "reshape_written": lambda: (_normal(6),),
    "branch_of_slices": lambda: (_normal(4), 1),
    "read_between": lambda: (_normal(5),),
    "view_outlives": lambda: (_normal(4),),
    "argument_reshaped_written": lambda: (_normal(2, 3), 0.7),
    "ravel_of_result_written": lambda: (_normal(2, 3), 0.7),
}

MAY_BE_REFUSED = {"rows_swapped_by_views", "reshape_written"}
