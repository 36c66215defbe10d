"""Lists and ranges where NumPy takes arrays."""

from __future__ import annotations

import math

import numpy as np


def stored_into_slices(x, y):
    grid = np.zeros((3, 3))
    grid[:, 1] = list(x)
    grid[0] += y.tolist()
    grid[1:, :2] *= [row.tolist() for row in np.outer(x, y)[1:, :2]]
    grid.flat[4:6] = [v * 2.0 for v in y[:2]]
    return np.sum(np.cos(grid + 1.0) * np.arange(9.0).reshape(3, 3))


def stored_by_functions(x, y):
    a = np.outer(x, y)
    np.fill_diagonal(a, [v * v for v in x])
    np.put(a, [1, 5, 6], list(y))
    np.copyto(a[2], list(x))
    a.T[0] = [v + 1.0 for v in y]
    return np.sum(a**2 * np.arange(1.0, 10.0).reshape(3, 3))


def chosen(x, y):
    held = [math.sin(v) for v in x]
    some = np.select([x > 0.0, y > 0.0], [held, list(y)], default=0.5)
    other = np.choose([0, 2, 1], [list(x), y, held])
    return np.sum(some * other + np.take(held, [4, -7, 1], mode="wrap"))


def joined(x, y):
    rows = np.vstack([list(x), y.tolist(), np.dstack([list(y), list(x)])[0, :, 0]])
    block = np.block([[list(x)], [list(y)]])
    return np.sum(rows[:2] * block) + np.sum(np.reshape(list(x * y), (-1, 1)) * rows)


def outer_products(x, y):
    table = np.subtract.outer(list(x), y) ** 2 + np.multiply.outer(x, y.tolist())
    table = table + np.divide.reduceat(list(y), [0, 2, 1])
    return np.sum(table * np.arange(9.0).reshape(3, 3)) + np.subtract.reduce(list(x))


def remainders(x, y):
    whole, rest = divmod(x, [2.0, 3.0, 0.7])
    return np.sum(rest * np.array(list(y)) ** 2 + whole * list(x)) + divmod(list(x), y)[1][2]


def by_methods(x, y):
    a = np.outer(x, y)
    return a.clip(list(y), 9.0).take([1, 5]).sum() + x.dot(list(y)) + np.ndim(a.tolist()) * x[0]


def ranges(x, y):
    grid = np.outer(x, y)[np.ix_(range(2), range(2, 0, -1))]
    weighted = np.average(x, weights=range(1, 4)) * np.interp(0.4, range(3), y)
    turned = np.transpose(np.reshape(np.kron(x, y), (1, 3, 3)), range(2, -1, -1))
    return np.sum(grid * turned[:2, :2, 0]) + weighted * np.sum(x * range(3))


def columns_of_grown_list(x, y):
    table = np.column_stack(list(np.outer(x, y) * k for k in range(1, 3)))
    return np.sum(table**2 * np.arange(18.0).reshape(3, 6))


def numbers_as_vectors(x, y):
    """What NumPy does along the axis of a number that has none."""
    total = np.cumsum(np.sum(x * y), axis=0) * np.take(x @ y, [0, -1], axis=0)
    return np.sum(np.nansum(x[0], axis=-1) * total) * (x @ x)[None, None][0, 0]


def in_a_dtype(x, y):
    held = np.copy([v * 2.0 for v in x])
    return np.sum(np.arctan(list(y), dtype=float) * held) + np.sum(list(x), dtype=np.float64)


def _pair():
    return np.array([0.7, -1.3, 0.4]), np.array([1.5, 0.3, -0.8])


EXAMPLE_ARGS = {
    "stored_into_slices": _pair,
    "stored_by_functions": _pair,
    "chosen": _pair,
    "joined": _pair,
    "outer_products": _pair,
    "remainders": _pair,
    "by_methods": _pair,
    "ranges": _pair,
    "in_a_dtype": _pair,
    "numbers_as_vectors": _pair,
    "columns_of_grown_list": _pair,
}
