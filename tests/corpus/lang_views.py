"""Views and aliases that are written to, helpers that write, overlapping slices."""

from __future__ import annotations

import numpy as np


def view_written_before(a):
    v = a[1:4]
    v[:] = v * 2
    return np.sum(a**2)


def view_written_after(a):
    v = a[1:4]
    a[2] = a[0] ** 2
    return np.sum(v) * v[1]


def view_chain(m):
    row = m[1]
    part = row[1:3]
    part *= 2.0
    m[1, 1] += 1.0
    return np.sum(part * row[:2])


def transpose_view(m):
    t = m.T
    t[0] = 2 * t[1]
    return np.sum(m**2)


def alias_plus_equals(a):
    b = a
    b += 1.0
    return np.sum(a * b)


def alias_rebind(a):
    b = a
    b = b + 1.0
    return np.sum(a * b)


def alias_scalar_plus(x):
    y = x
    y += 1.0
    return x * y


def copy_then_modify(a):
    b = a.copy()
    c = np.array(a)
    d = a[:]
    b[0] = 5.0
    c *= 2
    d[1] = a[0]
    return np.sum(a * b * c)


def _zero_first(v):
    v[0] = 0.0


def _scaled_in_place(v, k):
    v *= k
    return v


def _set_row(m, i, row):
    m[i] = row
    return m


def helper_writes_argument(a):
    y = a * 2
    _zero_first(y)
    return np.sum(y * a)


def helper_set_rows(m):
    out = np.zeros_like(m)
    for i in range(3):
        out = _set_row(out, i, m[2 - i] * (i + 1))
    return np.sum(out * m)


def overlapping_shift(a):
    a[1:] = a[:-1]
    a[0] = 0.5
    return np.sum(a**2 * np.arange(5))


def overlapping_same_array(a):
    a[:3] *= a[2:]
    return np.sum(a**2)


def swap_rows_tuple_copy(m):
    m[0], m[1] = m[1].copy(), m[0].copy()
    return np.sum(m[0] * np.arange(4)) + np.sum(m[1] ** 2)


def swap_rows_views(m):
    m[0], m[1] = m[1], m[0]
    return np.sum(m[0] * np.arange(4)) + np.sum(m[1] ** 2)


def rotate_elements(a):
    a[0], a[3] = a[3], a[0]
    a[1], a[2] = a[2] * a[0], a[1]
    return a @ np.arange(5.0)


def list_of_arrays_written(a):
    bufs = [np.zeros(5), np.zeros(5)]
    bufs[0][:] = a
    bufs[1][1:] = bufs[0][:-1] * a[1:]
    return np.sum(bufs[1] ** 2) + bufs[0][0]


def list_aliases_array(a):
    xs = [a, a]
    xs[0][0] = 3.0 * a[1]
    return np.sum(xs[1] ** 2)


def tuple_of_views(a):
    lo, hi = a[:2], a[2:]
    lo += hi[:2]
    hi[0] = lo[1] ** 2
    return np.sum(a)


def flatten_store(m):
    f = m.flatten()
    f[3] = f[0] * f[1]
    return np.sum(m**2) + f @ f


def asarray_shares(a):
    b = np.asarray(a)
    b[0] = b[1] ** 2
    return np.sum(a)


def boolean_store_in_loop(m):
    for row in m:
        row[row < 0] *= 0.1
    return np.sum(m**2)


def column_normalise(m):
    for j in range(m.shape[1]):
        m[:, j] /= np.linalg.norm(m[:, j])
    return np.sum(m @ m.T)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def columns_of_every_other(a):
    a[::2].reshape(2, 1)[...] *= np.sin(a[0])
    return np.sum(a**2)


def rows_and_columns_written(a):
    column = a[1:].reshape(-1, 1)
    row = a[::2].reshape(1, -1)
    row[0, 1] = a[0] * a[1]
    column[0] *= 2.0
    return np.sum(a**2)


EXAMPLE_ARGS = {
    "columns_of_every_other": lambda: (np.array([0.4, 0.5, 0.6]),),
    "rows_and_columns_written": lambda: (np.array([0.4, 0.5, 0.6, 0.8]),),
    "view_written_before": lambda: (_normal(5),),
    "view_written_after": lambda: (_normal(5),),
    "view_chain": lambda: (_normal(3, 4),),
    "transpose_view": lambda: (_normal(3, 4),),
    "alias_plus_equals": lambda: (_normal(5),),
    "alias_rebind": lambda: (_normal(5),),
    "alias_scalar_plus": lambda: (0.7,),
    "copy_then_modify": lambda: (_normal(5),),
    "helper_writes_argument": lambda: (_normal(5),),
    "helper_set_rows": lambda: (_normal(3, 4),),
    "overlapping_shift": lambda: (_normal(5),),
    "overlapping_same_array": lambda: (_normal(5),),
    "swap_rows_tuple_copy": lambda: (_normal(3, 4),),
    "swap_rows_views": lambda: (_normal(3, 4),),
    "rotate_elements": lambda: (_normal(5),),
    "list_of_arrays_written": lambda: (_normal(5),),
    "list_aliases_array": lambda: (_normal(5),),
    "tuple_of_views": lambda: (_normal(5),),
    "flatten_store": lambda: (_normal(3, 4),),
    "asarray_shares": lambda: (_normal(5),),
    "boolean_store_in_loop": lambda: (_normal(3, 4),),
    "column_normalise": lambda: (_normal(3, 4),),
}
