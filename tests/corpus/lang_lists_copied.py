"""Lists of lists of arrays, of which copies are kept while the lists themselves grow."""

from __future__ import annotations

import math

import numpy as np


def kmeans_inertia(points, centers, turns):
    centers = [c for c in centers]
    for _ in range(turns):
        members = [[] for _ in centers]
        for p in points:
            d = [np.sum((p - c) ** 2) for c in centers]
            members[int(np.argmin(d))].append(p)
        centers = [np.mean(m, axis=0) if m else c for m, c in zip(members, centers)]
    return sum(min(np.sum((p - c) ** 2) for c in centers) for p in points)


def kept_before_they_grow(x, n):
    rows = [[] for _ in range(n)]
    kept = []
    for i in range(len(x)):
        rows[i % 3].append(x * x[i])
        kept.append([list(row) for row in rows])
        rows[0].append(x[1] * x)
    return sum(np.sum(v**2) * x[0] for before in kept for row in before for v in row)


def romberg(a, b, n):
    h = 2.0
    table = [[0.5 * h * (a + a * math.exp(-b * h * h))]]
    for k in range(1, n):
        h *= 0.5
        middles = sum(a * math.exp(-b * ((2 * i + 1) * h) ** 2) for i in range(2 ** (k - 1)))
        row = [0.5 * table[-1][0] + h * middles]
        for j in range(1, k + 1):
            row.append(row[-1] + (row[-1] - table[k - 1][j - 1]) / (4**j - 1))
        table.append(row)
        if abs(row[-1] - table[-2][-1]) < 1e-4:
            break
    return table[-1][-1]


_POINTS = np.array([[0.0, 0.1], [0.2, 0.3], [2.0, 2.2], [1.8, 2.5], [0.1, -0.2]])
_CENTERS = np.array([[0.0, 0.0], [1.0, 1.0], [9.0, 9.0]])
EXAMPLE_ARGS = {
    "kmeans_inertia": lambda: (_POINTS.copy(), _CENTERS.copy(), 3),
    "kept_before_they_grow": lambda: (np.array([0.3, 0.5, 0.7, -0.4]), 70),
    "romberg": lambda: (1.2, 0.8, 6),
}
