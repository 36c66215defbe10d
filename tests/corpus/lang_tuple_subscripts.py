"""Subscripts by tuples that lists hold: one entry an axis, where a list stands for many places."""

from __future__ import annotations

import numpy as np


def gen(s):
    for i in range(3):
        for j in range(3):
            if s[i, j] > 0.15:
                yield i, j


def cells_in_a_list(s):
    pts = []
    for i in range(3):
        for j in range(3):
            if s[i, j] > 0.15:
                pts.append((i, j))
    return sum(s[p] ** 2 for p in pts)


def cells_of_a_generator(s):
    e = 0.0
    for p in gen(s):
        e += s[p] ** 2
    return e


def cells_around(s):
    def nb(i, j):
        for di, dj in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            if 0 <= i + di < 3 and 0 <= j + dj < 3:
                yield i + di, j + dj

    e = 0.0
    for i in range(3):
        for j in range(3):
            e += sum((s[i, j] - s[p]) ** 2 for p in nb(i, j))
    return e


def cells_written(s):
    pts = []
    for i in range(3):
        for j in range(3):
            if s[i, j] > 0.15:
                pts.append((i, j))
    u = np.zeros((3, 3))
    for p in pts:
        u[p] = s[p] ** 2
        u[p] += s[0, 0]
    return np.sum(u * s)


def lists_of_places(s):
    adj = []
    for i in range(3):
        row = []
        for j in range(3):
            if s[i, j] > 0.15:
                row.append(j)
        adj.append(row)
    e = 0.0
    for nb in adj:
        e += np.sum(s[0][nb] ** 2)
    return e


def cells_on_a_stack(s):
    stack = [(0, 0)]
    seen = np.zeros((3, 3))
    e = 0.0
    while stack:
        c = stack.pop()
        if seen[c] > 0:
            continue
        seen[c] = 1.0
        e += s[c] ** 2
        i, j = c
        for d in ((i + 1, j), (i, j + 1)):
            if d[0] < 3 and d[1] < 3 and s[d] > 0.15:
                stack.append(d)
    return e


_NAMES = [
    "cells_in_a_list",
    "cells_of_a_generator",
    "cells_around",
    "cells_written",
    "lists_of_places",
    "cells_on_a_stack",
]
_CELLS = [[2.0, 0.3, 0.1], [0.3, 1.5, 0.2], [0.1, 0.2, 1.1]]
EXAMPLE_ARGS = {name: lambda: (np.array(_CELLS),) for name in _NAMES}
