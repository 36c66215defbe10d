"""Loops that fill arrays place by place: what stands there afterwards, and what is written over.

The first functions leave all that the reverse sweep needs in their arrays; of the others, from
``wraps_around`` on, something has to be kept.
"""

from __future__ import annotations

import math

import numpy as np


def soft_dtw(x, y, gamma=0.5):
    """A table from its neighbours above, beside and across."""
    n, m = len(x), len(y)
    table = np.full((n + 1, m + 1), 1e3)
    table[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            a, b, c = table[i - 1, j], table[i, j - 1], table[i - 1, j - 1]
            total = math.exp(-a / gamma) + math.exp(-b / gamma) + math.exp(-c / gamma)
            table[i, j] = (x[i - 1] - y[j - 1]) ** 2 - gamma * math.log(total)
    return table[n, m]


def three_diagonals(lower, middle, upper, right):
    """Elimination down and substitution back, each from the place beside."""
    n = len(middle)
    d, b = middle.copy(), right.copy()
    for i in range(1, n):
        w = lower[i - 1] / d[i - 1]
        d[i] -= w * upper[i - 1]
        b[i] -= w * b[i - 1]
    x = np.zeros(n)
    x[-1] = b[-1] / d[-1]
    for i in range(n - 2, -1, -1):
        x[i] = (b[i] - upper[i] * x[i + 1]) / d[i]
    return np.sum(x**2)


def every_other_place(x):
    """Places are written in steps of two, from the ones two before."""
    u = np.zeros(len(x))
    for i in range(2, len(x), 2):
        u[i] = math.sin(u[i - 2] * x[i]) + x[i - 1]
    return np.sum(u * x)


def one_side_each(x):
    """A value is stored on one side of a branch, and read again in the next turn."""
    u = np.ones(len(x))
    for i in range(1, len(x)):
        if x[i] > 0.0:
            u[i] = u[i - 1] * x[i] + 0.5
        else:
            u[i] = u[i - 1] * u[i - 1] - x[i]
    return np.sum(u * u)


def until_large(x):
    """The loop ends early: what it has stored stands there all the same."""
    u = np.ones(len(x))
    for i in range(1, len(x)):
        u[i] = u[i - 1] * (1.5 + x[i] * u[i - 1])
        if u[i] > 4.0:
            break
    return np.sum(u * x)


def lists_of_lists(x, c):
    """The table is a list of lists, and a row of it is a list."""
    n = len(x)
    t = [[1.0] * n for _ in range(n)]
    row = [0.5] * n
    for i in range(1, n):
        for j in range(1, n):
            t[i][j] = math.sin(t[i - 1][j] * c) + t[i][j - 1] * x[j]
        row[i] = row[i - 1] * row[i - 1] + t[i][i]
    return t[n - 1][n - 1] * row[n - 1]


def wraps_around(x):
    """The first turn reads the last place, which the last turn writes to."""
    u = 0.5 * x
    for i in range(len(x)):
        u[i] = math.sin(u[i - 1] * u[i]) + x[i]
    return np.sum(u * u)


def read_ahead(x):
    """Each turn reads the place that the next one writes to."""
    u = x.copy()
    for i in range(len(x) - 1):
        u[i] = u[i + 1] * u[i + 1] + math.sin(u[i])
    return np.sum(u * u)


def swept_again(x):
    """An outer loop goes over the same places again."""
    u = x.copy()
    for _ in range(3):
        for i in range(1, len(x)):
            u[i] = math.sin(u[i - 1]) * u[i]
    return np.sum(u * u)


def crossed_subscripts(x):
    """What is read in one turn is written later in another, with the subscripts exchanged."""
    u = np.outer(x, x + 1.0)
    for i in range(len(x)):
        for j in range(len(x)):
            u[i, j] = math.sin(u[j, i]) * u[i, j]
    return np.sum(u * u)


def whole_row_later(x):
    """A row is overwritten by a number after its places were read."""
    u = np.outer(x, x)
    total = 0.0
    for i in range(1, len(x)):
        for j in range(len(x)):
            total += u[i - 1, j] ** 2 * u[i, j]
        u[i - 1] = x[i]
    return total + np.sum(u)


def counted_from_the_end(x):
    """One place has two subscripts, from the front and from the end."""
    u = x.copy()
    for i in range(len(x) - 1):
        y = u[i + 1] * u[i + 1]
        u[-1] = y * x[i]
    return np.sum(u * u)


def rows_replaced(x):
    """A row of a list of lists is another list in a later turn."""
    n = len(x)
    t = [[x[i] * x[j] for j in range(n)] for i in range(n)]
    total = 0.0
    for i in range(1, n):
        total += t[i - 1][i] ** 2 * t[i][0]
        t[i - 1] = [1.0] * n
    return total + sum(t[0])


def appended_later(x):
    """What was read of a list is popped from it afterwards."""
    t = [math.sin(x[0]), x[1]]
    total = 0.0
    for i in range(2):
        total += t[i] * t[i]
    t.pop()
    t[0] = x[2]
    return total + t[0]


def two_names(x):
    """The same memory by another name."""
    u = x.copy()
    v = u[1:]
    for i in range(1, len(x) - 1):
        u[i] = u[i - 1] * u[i - 1] + u[i]
        v[i - 1] *= 2.0
        v[i] += math.sin(u[i])
    return np.sum(u * u)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "soft_dtw": lambda: (_normal(4), _normal(5, seed=1)),
    "three_diagonals": lambda: (_normal(4), 4.0 + _normal(5), _normal(4, seed=1), _normal(5)),
    "every_other_place": lambda: (_normal(7),),
    "one_side_each": lambda: (_normal(6),),
    "until_large": lambda: (np.abs(_normal(7)),),
    "lists_of_lists": lambda: (_normal(4), 0.7),
    "wraps_around": lambda: (_normal(5),),
    "read_ahead": lambda: (_normal(5),),
    "swept_again": lambda: (_normal(5),),
    "crossed_subscripts": lambda: (_normal(4),),
    "whole_row_later": lambda: (_normal(4),),
    "counted_from_the_end": lambda: (_normal(5),),
    "rows_replaced": lambda: (_normal(4),),
    "appended_later": lambda: (_normal(3),),
    "two_names": lambda: (_normal(6),),
}
