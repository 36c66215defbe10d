"""Sorting by a computed key: of places, of numbers, of arrays; ties keep their order."""

from __future__ import annotations

import numpy as np


def places_by_value(x):
    order = sorted(range(len(x)), key=lambda i: -x[i])
    return sum(x[i] * (k + 1) for k, i in enumerate(order[:3]))


def places_sorted_in_place(x, y):
    order = list(range(len(x)))
    order.sort(key=lambda i: x[i], reverse=True)
    return x[order[0]] ** 2 * y[order[1]] + x[order[2]]


def ties_keep_their_order(x):
    up = sorted(range(len(x)), key=lambda i: round(x[i]))
    down = sorted(range(len(x)), key=lambda i: round(x[i]), reverse=True)
    return sum(x[i] * x[j] * (k + 1) for k, (i, j) in enumerate(zip(up, down, strict=True)))


def by_distance_from_zero(x):
    near = sorted(x, key=abs)
    return near[0] * 2.0 + near[1] * 3.0 + near[2] * near[3]


def arrays_by_first(x, y):
    rows = sorted([x, y, x * y], key=lambda row: row[0])
    return rows[0] @ rows[1] + rows[2][1]


X = np.array([0.7, -0.3, 1.2, 0.1])
Y = np.array([3.0, 1.0, 2.0, 5.0])
EXAMPLE_ARGS = {
    "places_by_value": lambda: (X.copy(),),
    "places_sorted_in_place": lambda: (X.copy(), Y.copy()),
    "ties_keep_their_order": lambda: (X.copy(),),
    "by_distance_from_zero": lambda: (X.copy(),),
    "arrays_by_first": lambda: (X.copy(), Y.copy()),
}
MORE_ARGS = {
    "places_by_value": [lambda: (X[::-1].copy(),)],
    "ties_keep_their_order": [lambda: (X[::-1] * 2.0,)],
}
