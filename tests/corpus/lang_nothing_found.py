"""Lists of places that stay empty, as subscripts: NumPy takes them for integers."""

from __future__ import annotations

import numpy as np


def doubled_where_large(x, level):
    large = [i for i in range(len(x)) if x[i] > level]
    x[large] *= 2.0
    table = np.outer(x, x)
    return np.sum(x[large] ** 2) + np.sum(table[:, large]) + np.sum(table[large, 0]) + x[0] ** 2


def groups_by_size(x, level):
    groups = [[] for _ in range(3)]
    for i in range(len(x)):
        groups[int(x[i] > level)].append(i)
    return sum((k + 1) * np.sum(x[group]) ** 2 for k, group in enumerate(groups))


def marked_and_moved(x, level):
    found = []
    for i in range(len(x)):
        if x[i] > level:
            found.append(i)
    mask = np.zeros(len(x), dtype=bool)
    mask[found] = True
    x[found] += 1.0
    return np.sum(x[mask] ** 3) + np.sum(x[~mask] ** 2)


X = np.array([0.5, -0.3, 0.7, 0.2])
_NAMES = ["doubled_where_large", "groups_by_size", "marked_and_moved"]
EXAMPLE_ARGS = {name: lambda: (X.copy(), 5.0) for name in _NAMES}
MORE_ARGS = {name: [lambda: (X.copy(), 0.4)] for name in _NAMES}
ARGNUMS = {name: (0,) for name in _NAMES}
