"""Lists in a list that change places: pivoting, sorting by hand, lists inside of these."""

from __future__ import annotations

import numpy as np


def pivoted_determinant(m):
    rows = [[m[i, j] for j in range(m.shape[1])] for i in range(m.shape[0])]
    n, det = len(rows), 1.0
    for k in range(n):
        p = max(range(k, n), key=lambda i: abs(rows[i][k].real))
        if p != k:
            rows[k], rows[p] = rows[p], rows[k]
            det = -det
        det *= rows[k][k]
        for i in range(k + 1, n):
            f = rows[i][k] / rows[k][k]
            for j in range(k, n):
                rows[i][j] -= f * rows[k][j]
    return det


def sorted_by_hand(x, n):
    rows = []
    for i in range(n):
        rows.append([x[i], x[i] ** 2 + i])
    for a in range(n):
        for b in range(n - 1 - a):
            if rows[b][1].real > rows[b + 1][1].real:
                rows[b], rows[b + 1] = rows[b + 1], rows[b]
    return sum((k + 1) * row[0] * row[1] for k, row in enumerate(rows))


def names_of_rows(x, n):
    """Who holds a row holds it wherever it goes."""
    rows = []
    for i in range(n):
        rows.append([x[i], x[i] ** 2])
    rows[0], rows[n - 1] = rows[n - 1], rows[0]
    a = rows[0]
    a[0] *= 2.0
    rows[1], rows[n - 1] = rows[n - 1], rows[1]
    b = rows[1]
    rows[0], rows[1] = rows[1], rows[0]
    b[1] = b[0] * a[0]
    return sum((j + 1) * row[0] * row[1] for j, row in enumerate(rows))


def at_one_place(x, n):
    rows = []
    for i in range(n):
        rows.append([x[i], x[i] ** 2])
    for k in range(n):
        rows[k], rows[k // 2] = rows[k // 2], rows[k]
        rows[k][0] *= 1.5
        rows[-1], rows[0] = rows[0], rows[-1]
        rows[0][1] += rows[-1][0]
    return sum((j + 1) * row[0] * row[1] for j, row in enumerate(rows))


def lists_inside(x, n):
    cube = []
    for i in range(n):
        cube.append([[x[i], 1.0], [x[i] ** 2, 2.0]])
    for i in range(n - 1):
        cube[i], cube[n - 1 - i] = cube[n - 1 - i], cube[i]
        cube[i][0], cube[i][1] = cube[i][1], cube[i][0]
        cube[i][0][1] *= cube[i][1][0]
    return sum((j + 1) * row[0][0] * row[0][1] * row[1][0] for j, row in enumerate(cube))


MATRIX = (
    (0.3, 1.6, 0.5, -1.3),
    (0.9, 0.4, -0.5, 0.6),
    (0.4, 0.3, 0.02, 0.5),
    (-0.7, -0.2, -0.5, 0.6),
)
EXAMPLE_ARGS = {
    "pivoted_determinant": lambda: (np.array(MATRIX),),
    "sorted_by_hand": lambda: (np.array([1.0, -2.5, 1.7, 0.4]), 4),
    "names_of_rows": lambda: (np.array([1.0, -2.5, 1.7, 0.4]), 4),
    "at_one_place": lambda: (np.array([1.0, -2.5, 1.7, 0.4]), 4),
    "lists_inside": lambda: (np.array([1.0, -2.5, 1.7, 0.4]), 4),
}
