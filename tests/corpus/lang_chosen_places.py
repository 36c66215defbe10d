"""Places in an array that the path chooses: a tuple, another one, or None at first."""

from __future__ import annotations

import math

import numpy as np


def best_place(m, x):
    best = None
    if x[0] > 0.4:
        best = (1, 0)
    elif x[1] > 0.4:
        best = (0, 2)
    if best is None:
        return x[0]
    return m[best] * x[2]


def best_written(m, x):
    best = None
    for a, b in ((0, 1), (1, 0), (1, 1)):
        place = (a + 1) % 2, (b + 1) % 3
        if x[a] > 0.25 and (best is None or m[place] > m[best]):
            best = place
    if best is not None:
        m[best] *= 2.0
        m[best] = m[best] * x[1]
    return np.sum(m * m)


def downhill(potential, start, beta):
    h, w = potential.shape
    i, j = start
    seen = set()
    action = 0.0
    while (i, j) not in seen:
        seen.add((i, j))
        best = None
        for di, dj in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            a, b = i + di, j + dj
            if not (0 <= a < h and 0 <= b < w) or (a, b) in seen:
                continue
            if best is None or potential[a, b] < potential[best]:
                best = (a, b)
        if best is None:
            break
        action += math.exp(beta * (potential[best] - potential[i, j]))
        i, j = best
    return action + potential[i, j]


def way_back(m, n):
    came_from = {(0, 0): None}
    cell = (0, 0)
    for _ in range(n):
        below = (cell[0] + 1, cell[1])
        came_from[below] = cell
        cell = below
    total = 0.0
    while cell is not None:
        total += np.sum(m[cell] ** 2)
        cell = came_from[cell]
    return total


M = [[0.3, -0.7, 1.1], [0.9, 0.45, -0.35], [-1.2, 0.15, 0.55]]


def _with(*x):
    return lambda: (np.array(M), np.array(x))


EXAMPLE_ARGS = {
    "best_place": _with(0.5, 0.3, 0.8),
    "best_written": _with(0.5, 0.3, 0.8),
    "downhill": lambda: (np.array(M), (0, 0), 0.7),
    "way_back": lambda: (np.array(M), 2),
}
MORE_ARGS = {
    "best_place": [_with(0.1, 0.6, 0.2), _with(0.1, 0.2, 0.3)],
    "best_written": [_with(0.1, 0.6, 0.2), _with(0.1, 0.2, 0.3)],
}
