"""Whole numbers to a power: counts, places, lengths, which are ints unless it is below 0."""

from __future__ import annotations

import math

import numpy as np


def trapezium_rule(a, b, least):
    """Twice as many points in each turn, as long as that changes the sum."""
    rows = [0.5 * (b - a) * (math.exp(-a * a) + math.exp(-b * b))]
    n = 1
    while True:
        h = (b - a) / 2**n
        new = sum(math.exp(-((a + (2 * k - 1) * h) ** 2)) for k in range(1, 2 ** (n - 1) + 1))
        rows.append(0.5 * rows[-1] + h * new)
        if abs(rows[-1] - rows[-2]) < least:
            return rows[-1] + rows[2 ** (n - 1) % n] * h
        n += 1


def strides_of_a_transform(x):
    a, m, total = np.append(x, x[0]), 0, 0.0
    while 2**m < len(a):
        a[2**m] += a[2**m - 1] ** 2
        a[2**m :] *= 1.1
        total += a[[2**m, 0]].sum() * a[-(2**m)]
        for i in range(0, len(a), 2 ** (m + 1)):
            total += a[i] * i
        m += 1
    return total


def lengths_of_arrays(x, n):
    """In the last turn the power is below 0, and nothing is made as long."""
    m, total, a = n, 0.0, np.arange(16.0) * x
    while m >= 0:
        total += a[2**m] * a.reshape(2**m, -1)[0, -1] + np.linspace(0, x, 2**m + 1).sum()
        total += np.ones(2**m).sum() * x + np.full((2**m, 2), x).sum() + round(x, 2**m)
        total += np.repeat(a[1:3], 2**m).sum() + np.tile(a[1:3], 2**m)[-1] + np.roll(a, 2**m)[0]
        total += np.broadcast_to(x * x, (2**m,)).sum() + np.split(a, 2**m)[-1][0]
        m -= 1
    return total * 2.0**m


def items_of_lists(x, n):
    items, m = [x * i for i in range(9)], 0
    while m < n:
        items[2**m] = items[2**m] * items[-(2**m)] + 1.0
        items = items + [0.5 * x] * 2**m
        m += 1
    return sum(items) + items[2 ** (m - 1)]


EXAMPLE_ARGS = {
    "trapezium_rule": lambda: (0.1, 1.3, 1e-3),
    "strides_of_a_transform": lambda: (np.array([0.3, 0.7, -0.4, 1.1, 0.2, 0.9, -0.6]),),
    "lengths_of_arrays": lambda: (0.3, 3),
    "items_of_lists": lambda: (0.7, 3),
}
MORE_ARGS = {"trapezium_rule": [lambda: (0.1, 1.3, 1e-5)], "items_of_lists": [lambda: (0.7, 1)]}
ARGNUMS = {"trapezium_rule": (0, 1)}
