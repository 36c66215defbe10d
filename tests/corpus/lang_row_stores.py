"""Stores into lists of lists: places in rows, rows with two names, rows that change places."""

from __future__ import annotations

import numpy as np


def table(c, n):
    t = [[0.0] * n for _ in range(n)]
    for i in range(1, n):
        for j in range(1, n):
            t[i][j] = t[i - 1][j] * c + t[i][j - 1] ** 2 + 1.0
    return t[n - 1][n - 1]


def row_by_two_names(p, n):
    t = [[0.0] * n for _ in range(n)]
    r = t[1]
    t[1][0] = p
    r[1] = p * p
    t[2] = r
    t[2][2] = p**3
    return sum(t[1]) + 2 * sum(r) + 3 * sum(t[2])


def copies_of_rows(p, n):
    t = [[p] * n for _ in range(n)]
    old = [list(r) for r in t]
    s = 0.0
    for i in range(n):
        for j in range(n):
            t[i][j] = t[i][j] * old[j][i] + p
            s += t[i][j] * old[i][j]
    return s + sum(sum(r) for r in old)


def elimination_with_swaps(a):
    n = 3
    m = [[a[0], a[1], 1.0], [a[2], 2.0, a[3]], [1.0, a[4], 3.0]]
    det = 1.0
    for k in range(n):
        p = k
        for i in range(k + 1, n):
            if abs(m[i][k]) > abs(m[p][k]):
                p = i
        if p != k:
            m[k], m[p] = m[p], m[k]
            det = -det
        det *= m[k][k]
        for i in range(k + 1, n):
            f = m[i][k] / m[k][k]
            for j in range(k, n):
                m[i][j] -= f * m[k][j]
    return det


def rows_kept_apart(p, n):
    t = [[p] * n for _ in range(n)]
    hist = []
    for k in range(n):
        row = [x * p for x in t[k]]
        hist.append(row)
        t[k][k] = t[k][k] * 2 + row[0]
    s = 0.0
    for h in hist:
        for v in h:
            s += v * v
    return s + t[0][0] * t[n - 1][n - 1]


def row_read_after_writes(p, n):
    t = [[p] * n for _ in range(n)]
    u = t[0]
    s = 0.0
    for k in range(1, n):
        s += u[0] * u[1]
        t[0][0] = s * p
        t[k][0] = t[0][0] + u[1]
        u = t[k]
    return s + sum(t[n - 1])


def three_levels(p, n):
    t = [[[p * i + j - k for k in range(2)] for j in range(n)] for i in range(n)]
    for i in range(1, n):
        for j in range(1, n):
            t[i][j][1] = t[i - 1][j][0] * t[i][j - 1][1]
            t[i][j][0] += p * t[i][j][1]
    return t[n - 1][n - 1][0] + t[n - 1][n - 1][1]


def rows_updated_from_rows(p, n):
    t = [[p + 0.1 * i * j for j in range(n)] for i in range(n)]
    for i in range(1, n):
        prev = t[i - 1]
        cur = t[i]
        for j in range(n):
            cur[j] = cur[j] * prev[j] + prev[0]
    return sum(t[n - 1])


def subscripts_one_by_one(c):
    s = 0.0
    for i in range(len(c)):
        for j in range(len(c)):
            s += c[i][j] * c[j][i] + c[i][-1] ** 2
    return s


def one_row_many_times(p, n):
    row = [p] * n
    t = []
    for i in range(n):
        t.append(row)
    t[0][1] = 2.0 * p * p
    return sum(sum(r) for r in t)


def row_times_number(p, n):
    t = [[p] * n] * n
    t[0][1] = 2.0 * p * p
    return sum(sum(r) for r in t)


EXAMPLE_ARGS = {
    "table": lambda: (0.3, 4),
    "row_by_two_names": lambda: (0.7, 3),
    "copies_of_rows": lambda: (0.7, 3),
    "elimination_with_swaps": lambda: (np.array([0.1, 0.7, 2.0, 0.3, 0.9]),),
    "rows_kept_apart": lambda: (0.7, 3),
    "row_read_after_writes": lambda: (0.7, 4),
    "three_levels": lambda: (0.7, 3),
    "rows_updated_from_rows": lambda: (0.7, 3),
    "subscripts_one_by_one": lambda: (np.random.default_rng(3).uniform(0.5, 1.5, (3, 3)),),
    "one_row_many_times": lambda: (0.7, 3),
    "row_times_number": lambda: (0.7, 3),
}
MORE_ARGS = {
    "elimination_with_swaps": [lambda: (np.array([3.0, 0.7, 2.0, 0.3, 0.9]),)],
    "table": [lambda: (0.3, 2)],
}
