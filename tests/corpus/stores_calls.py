"""Functions and methods that write into arrays: ``out=``, ``where=``, ``at``, ``fill``, ``put``."""

from __future__ import annotations

import numpy as np


def out_of_ufuncs(x):
    """Results go where they are told."""
    a = np.empty_like(x)
    np.multiply(x, x, out=a)
    np.add(a, x[0], out=a)
    np.exp(a * 0.1, a)
    np.subtract(a[1:], a[:-1], out=a[1:])
    np.sin(a[::2], out=a[::2])
    np.negative(a, out=a)
    return np.sum(a * x)


def out_is_returned(x):
    """The call's value is the array itself."""
    a = np.zeros(len(x))
    b = np.multiply(x, 2.0, out=a)
    b[0] = x[1] * x[2]
    c = np.sqrt(b * b + 1.0, out=(b,))
    c *= x
    return np.sum(a * x)


def out_under_a_mask(x):
    """``where=`` leaves the rest as it was."""
    a = x * 3.0
    np.log(x, out=a, where=x > 0.0)
    np.multiply(a, x, out=a, where=a < 0.5)
    np.divide(1.0, x, out=a, where=np.abs(x) > 0.5)
    return np.sum(a * x)


def no_out_under_a_mask(x):
    """What ``where=`` does not ask for is not read."""
    good = x > 0.0
    logs = np.log(x, where=good)
    rows = np.multiply(logs, x[:, None], where=good)
    return np.sum(logs[good] ** 2) + np.sum(rows * x, where=good)


def out_under_a_row_mask(m, keep):
    """``where=`` broadcasts."""
    a = np.ones(m.shape)
    np.multiply(m, m, out=a, where=keep)
    np.add(a, m[0], out=a, where=keep[:, None])
    return np.sum(a * m)


def out_of_reductions(m):
    """Sums, means, products and cumulative sums into given arrays."""
    s = np.empty(m.shape[1])
    np.sum(m * m, axis=0, out=s)
    r = np.zeros((3, 2))
    np.cumsum(m, axis=1, out=r)
    np.mean(r, axis=0, out=s[:2])
    np.prod(m, axis=1, out=r[:, 0])
    m.sum(axis=1, out=r[:, 1])
    np.cumsum(s, out=s)
    np.max(m, axis=0, out=r[0])
    return np.sum(r * m) + np.sum(s * s)


def out_of_products(m, v):
    """Matrix products into given arrays."""
    a = np.empty((3, 3))
    np.dot(m, m.T, out=a)
    b = np.zeros((3, 3))
    np.matmul(a, a, out=b)
    w = np.zeros(3)
    np.matmul(b, v, out=w)
    m.dot(m[:2].T @ w[:2], out=v)
    return np.sum(b * a) + np.sum(w * v)


def out_of_clip(x):
    """Clipping in place, as a function and as a method."""
    a = x * 2.0
    np.clip(a, -1.0, 1.0, out=a)
    a.clip(-0.5, None, out=a)
    np.maximum(a, x, out=a)
    np.minimum(a[1:], 0.4, out=a[1:])
    return np.sum(a * x)


def out_of_joins(x):
    """Joins and gathers into given arrays."""
    a = np.empty(6)
    np.concatenate([x, x * x], out=a)
    b = np.empty((2, 3))
    np.stack([x, a[:3]], out=b)
    c = np.zeros(4)
    np.take(a, [0, 5, 5, 2], out=c)
    return np.sum(a) + np.sum(b * b) + np.sum(c**3)


def add_at_places(x, at):
    """Every repeat counts in ``np.add.at`` and ``np.subtract.at``."""
    a = x * x
    np.add.at(a, at, x[: len(at)] ** 2)
    np.subtract.at(a, at, x[0])
    np.add.at(a, [0, 0, 1], 2.0 * x[1])
    return np.sum(a * x)


def add_at_rows(m, at):
    """Rows, pairs, slices and masks of ``np.add.at``."""
    a = m * m
    np.add.at(a, at, m[: len(at)])
    np.add.at(a, (at, at[::-1]), m[0])
    np.subtract.at(a, (slice(None), at), m[:, :1])
    np.add.at(a, m > 0.0, m[0, 0])
    np.add.at(a[1:], (0, at), m[0])
    np.add.at(a.T, at, 1.5 * m[1])
    return np.sum(a * m)


def multiply_at_places(x, at):
    """Products, quotients and powers one after the other."""
    a = x * x + 1.0
    np.multiply.at(a, at, x[: len(at)])
    np.divide.at(a, at, 2.0)
    np.multiply.at(a, at, x[0])
    return np.sum(a * x)


def extremes_at_places(x, at):
    """Largest and smallest values at places."""
    a = np.zeros(len(x))
    np.maximum.at(a, at, x[: len(at)])
    b = np.full(len(x), 0.3)
    np.minimum.at(b, at, x[at] * 2.0)
    return np.sum(a * x) + np.sum(b**2 * x)


def multiply_at_rows(m, at):
    """Rows and pairs, multiplied one after the other."""
    a = m * m + 1.0
    np.multiply.at(a, at, m[: len(at)])
    np.multiply.at(a, (at, at[::-1]), m[0])
    np.negative.at(a, at)
    return np.sum(a * m)


def multiply_at_parts(m, at):
    """Slices, tables and masks of places, multiplied one after the other."""
    a = m * m + 1.0
    np.multiply.at(a, (slice(None), at), m)
    np.fmax.at(a, (at, slice(0, 2)), m[0, 0])
    np.divide.at(a, (at[:2, None], at), 2.0 + m[0] ** 2)
    np.multiply.at(a, (m > 0.0), m[1, 1])
    return np.sum(a * m)


def out_of_nothing(x):
    """``out=None`` is no ``out``."""
    total = np.add(np.exp(x, None), x, out=None) + np.sin(x, out=(None,))
    return np.sum(total) * np.maximum.reduce(x, dtype=float)


def counted_by_masks(m):
    """Masks that count entries, whatever their axes."""
    a = m * m
    every_third = np.arange(9) % 3 == 0
    np.place(a, every_third, m[0, :2])
    chosen = np.extract([True, False, True], m) * np.extract(every_third, a.T)[:2]
    return np.sum(a * m) + chosen @ m[0, 1:] * np.transpose(float(m[1, 1]))


def extreme_over_edges(v, rows, columns):
    """Messages along edges: the largest arrives."""
    best = np.full(len(v), -np.inf)
    np.maximum.at(best, columns, v[rows] * 2.0)
    return np.sum(np.where(best > -np.inf, best, 0.0) ** 2)


def put_values(x, at):
    """``np.put`` and its method."""
    a = x * x
    np.put(a, at, x[: len(at)] * 2.0)
    a.put([0, -1], x[1])
    np.put(a, [1, 2, 3], x[:2])
    return np.sum(a * x)


def put_into_matrix(m):
    """``np.put`` counts through all rows."""
    a = m * m
    np.put(a, [1, 5, 1], [m[0, 0], m[1, 1], m[0, 1]])
    np.put(a, [0, 7], m[2, 2])
    return np.sum(a * m)


def placed_values(x):
    """``np.place`` and ``np.putmask``: values in order, and values in place."""
    a = x * x
    np.place(a, x > 0.0, x[1] * 2.0)
    np.place(a, a > 0.5, x[:2])
    np.putmask(a, x < 0.0, x * 3.0)
    np.putmask(a, a > 2.0, 0.5 * x[0])
    return np.sum(a * x)


def copied_into(m):
    """``np.copyto`` with and without a mask."""
    a = np.zeros(m.shape)
    np.copyto(a, m * m)
    np.copyto(a[0], m[1])
    np.copyto(a, m * 2.0, where=m > 0.0)
    np.copyto(a[:, 0], 0.5 * m[0, 0], where=m[:, 1] < 0.0)
    return np.sum(a * m)


def diagonal_filled(m):
    """The diagonal takes a number, then a vector."""
    a = m * m
    np.fill_diagonal(a, m[0, 1])
    b = a.copy()
    np.fill_diagonal(b, m[:, 0] * 2.0)
    c = np.zeros((3, 2))
    np.fill_diagonal(c, m[1, 1])
    d = np.zeros((7, 2))
    np.fill_diagonal(d, m[:, 1], wrap=True)
    return np.sum(a * m) + np.sum(b * m) + np.sum(c**2) + np.sum(d[2:] ** 3)


def filled(x):
    """``fill`` writes one number everywhere, through views too."""
    a = x * x
    a[1:3].fill(x[0] * x[1])
    b = np.empty(3)
    b.fill(x[2])
    return np.sum(a * x) + np.sum(b**3)


def sorted_in_place(x, m):
    """``sort`` orders an array, a part of it, and the columns of a matrix."""
    a = x * x
    a[1:].sort()
    b = m * 1.0
    b.sort(axis=0)
    c = m * x[0]
    c.sort()
    return np.sum(a * x) + np.sum(b * m) + np.sum(c * m)


def put_along(m):
    """One value in each row, where the row is largest."""
    a = m * m
    at = np.argmax(m, axis=1)[:, None]
    np.put_along_axis(a, at, m[:, :1] * 2.0, axis=1)
    np.put_along_axis(a, np.argsort(m, axis=0)[:1], 0.5 * m[0, 0], 0)
    return np.sum(a * m)


def shared_by_asarray(x):
    """``np.asarray`` shares, ``np.array`` copies."""
    a = x * x
    b = np.asarray(a)
    c = np.array(a)
    d = np.asanyarray(a)
    b[0] = x[1]
    c[1] = x[2]
    d[2] *= 2.0
    return np.sum(a * x) + np.sum(c * b)


def shared_without_copy(x):
    """``copy=False`` shares; ``view`` and ``astype(copy=False)`` do too."""
    a = x * x
    b = np.asarray(a, dtype=float)
    b[0] = x[1] * 3.0
    c = a.view()
    c[1:] *= x[0]
    d = a.astype(float)
    d[0] = 9.0
    return np.sum(a * x) + np.sum(d)


def fresh_arrays(x):
    """Constructors give memory of their own."""
    a = np.zeros_like(x)
    b = np.full(len(x), x[0])
    c = np.full_like(x, 2.0)
    d = np.ones_like(x)
    e = np.copy(x)
    a[:] = x
    b[1:] *= x[1:]
    c[0] = x[1]
    d -= x
    e[:2] = d[:2] * c[:2]
    return np.sum(a * b + c * d) + np.sum(e * x)


def contiguous_copy(m):
    """``np.ascontiguousarray`` of a transpose copies."""
    a = np.ascontiguousarray(m.T * 2.0)
    a[0] *= m[0]
    return np.sum(a * m)


def history_rows_out(h, w):
    """A recurrence that writes each step to its row."""
    states = np.empty((4, len(h)))
    states[0] = h
    work = np.empty(len(h))
    for t in range(3):
        np.dot(w, states[t], out=work)
        np.tanh(work, out=states[t + 1])
        work.fill(0.0)
    return np.sum(states**2)


def histogram(values, bins):
    """Sums by bin."""
    total = np.zeros(3)
    count = np.zeros(3, dtype=int)
    np.add.at(total, bins, values)
    np.add.at(count, bins, 1)
    mean = np.zeros(3)
    np.divide(total, count, out=mean, where=count > 0)
    return np.sum(mean**2)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _at(*entries):
    return np.array(entries)


EXAMPLE_ARGS = {
    "out_of_ufuncs": lambda: (_normal(5),),
    "out_is_returned": lambda: (_normal(3),),
    "out_under_a_mask": lambda: (_normal(6),),
    "no_out_under_a_mask": lambda: (_normal(4),),
    "out_under_a_row_mask": lambda: (_normal(3, 3), np.array([True, False, True])),
    "out_of_reductions": lambda: (_normal(3, 2),),
    "out_of_products": lambda: (_normal(3, 2), _normal(3, seed=1)),
    "out_of_clip": lambda: (_normal(6),),
    "out_of_joins": lambda: (_normal(3),),
    "add_at_places": lambda: (_normal(4), _at(1, 3, 1)),
    "add_at_rows": lambda: (_normal(3, 3), _at(1, 2, 1)),
    "multiply_at_places": lambda: (_normal(4), _at(1, 3, 1)),
    "extremes_at_places": lambda: (_normal(4), _at(1, 3, 1)),
    "multiply_at_rows": lambda: (_normal(3, 3), _at(1, 2, 1)),
    "multiply_at_parts": lambda: (_normal(3, 3), _at(1, 2, 1)),
    "out_of_nothing": lambda: (_normal(4),),
    "counted_by_masks": lambda: (_normal(3, 3),),
    "extreme_over_edges": lambda: (_normal(4), _at(0, 1, 2, 3, 0), _at(1, 2, 1, 0, 2)),
    "put_values": lambda: (_normal(5), _at(1, 3, 1)),
    "put_into_matrix": lambda: (_normal(3, 3),),
    "placed_values": lambda: (_normal(6),),
    "copied_into": lambda: (_normal(3, 3),),
    "diagonal_filled": lambda: (_normal(3, 3),),
    "filled": lambda: (_normal(4),),
    "sorted_in_place": lambda: (_normal(5), _normal(3, 3, seed=1)),
    "put_along": lambda: (_normal(3, 3),),
    "shared_by_asarray": lambda: (_normal(3),),
    "shared_without_copy": lambda: (_normal(3),),
    "fresh_arrays": lambda: (_normal(4),),
    "contiguous_copy": lambda: (_normal(3, 3),),
    "history_rows_out": lambda: (_normal(3), 0.7 * _normal(3, 3, seed=1)),
    "histogram": lambda: (_normal(6), _at(0, 2, 2, 0, 2, 2)),
}
MORE_ARGS = {
    "out_of_reductions": [lambda: (_normal(3, 2, seed=4),)],
    "extremes_at_places": [lambda: (np.array([0.49, 0.05, 0.32, -0.52]), _at(1, 3, 1))],
    "multiply_at_parts": [lambda: (1.5 * _normal(3, 3, seed=4) + 1.0, _at(1, 2, 1))],
    "extreme_over_edges": [
        lambda: (np.array([2.62, -1.79, 0.29, -2.99]), _at(0, 1, 2, 3, 0), _at(1, 2, 1, 0, 2))
    ],
    "put_values": [lambda: (_normal(8), _at(5, 3, 6))],
    "placed_values": [lambda: (np.array([1.99, 3.8, -3.58, 3.8, 2.33, 3.97]),)],
}
