"""Ranges that are handed on, halved and read at computed places."""

from __future__ import annotations

import numpy as np


def halves(x):
    def total(places):
        if len(places) == 0:
            return 0.0
        if len(places) == 1:
            return x[places[0]] ** 2
        h = len(places) // 2
        return 0.5 * total(places[:h]) + total(places[h:])

    return total(range(len(x)))


def pivots(x):
    def total(places):
        if not places:
            return 0.0
        first, *rest = places
        left = [i for i in rest if x[i] < x[first]]
        right = [i for i in rest if x[i] >= x[first]]
        return total(left) + x[first] ** 2 * (1 + len(left)) + total(right)

    return total(range(len(x)))


def from_both_ends(x):
    def inside(places):
        if x[places[0]] > 0.4 and len(places) > 1:
            return x[places[0]] + inside(places[1:])
        return x[places[-1]] ** 2

    return inside(range(1, len(x))) + inside(range(len(x) - 1, -1, -1))


def at_computed_places(x):
    n = int(np.sum(x > 0))
    places = range(0, n + 1, 2)
    later = sum(x[i] for i in places[n // 2 :])
    return x[places[-1]] ** 2 + x[places[n // 2]] * len(places[1:]) + later


def parts_of_a_range(x):
    places = range(len(x))
    for i in places[1:-1]:
        x[i + 1] += x[i] ** 2
    return sum(x[i] * x[j] for i in places for j in places[i:])


X = np.array([0.5, -0.3, 0.7, 0.2])
EXAMPLE_ARGS = {
    "halves": lambda: (X.copy(),),
    "pivots": lambda: (X.copy(),),
    "from_both_ends": lambda: (X.copy(),),
    "at_computed_places": lambda: (X.copy(),),
    "parts_of_a_range": lambda: (X.copy(),),
}
