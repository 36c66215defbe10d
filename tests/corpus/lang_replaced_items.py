"""Arrays in lists of lists that are replaced while a name holds the old one."""

from __future__ import annotations

import numpy as np


def replaced(s, n):
    d = [[np.array([s + 0.1, s * s + 0.3]) for _ in range(2)] for _ in range(n)]
    c = d[1][0]
    d[1][0] = np.zeros(2)
    return np.sum(c) + np.sum(d[1][0])


def replaced_by_row(s, n):
    d = [[np.array([s + 0.1, s * s + 0.3]) for _ in range(2)] for _ in range(n)]
    row = d[1]
    c = d[1][0]
    row[0] = c * s
    return np.sum(c**2) + np.sum(d[1][0])


def view_of_replaced(s, n):
    d = [[np.array([s + 0.1, s * s + 0.3]) for _ in range(2)] for _ in range(n)]
    c = d[1][0][1:]
    d[1][0] = np.ones(2) * s
    return np.sum(c**2) + 2.0 * np.sum(d[1][0])


def deep(s, n):
    d = [[[np.array([s + 0.1, s * s + 0.3])] for _ in range(2)] for _ in range(n)]
    c = d[1][0][0]
    d[1][0][0] = np.zeros(2)
    return np.sum(c) + 2.0 * np.sum(d[1][0][0])


def in_loops(s, n):
    d = [[np.array([s + i, s * s + j]) for j in range(2)] for i in range(n)]
    for i in range(n):
        for j in range(2):
            old = d[i - 1][j]
            d[i - 1][j] = np.zeros(2)
            d[i - 1][j] = d[i][j] + old * s
    return sum(np.sum(np.array(row) ** 2) for row in d)


def swapped(s, n):
    d = [[np.array([s + i, s * s + j]) for j in range(2)] for i in range(n)]
    d[0][0], d[1][1] = d[1][1], d[0][0]
    for i in range(n - 1):
        for j in range(2):
            kept = d[i][j]
            d[i][j] = d[i + 1][j]
            d[i + 1][j] = kept
    return sum(np.sum(a ** (k + 1)) for row in d for k, a in enumerate(row)) + np.sum(d[0][0] ** 3)


def one_turn_behind(s, n):
    d = [[np.array([s + i, s * s + j]) for j in range(2)] for i in range(n)]
    c = d[1][0]
    for i in range(n):
        before = d[i][0]
        d[i][0] = c + before
        c = before
    return sum(np.sum(a ** (k + 1)) for row in d for k, a in enumerate(row)) + np.sum(c**3)


def written_after(s, n):
    d = [[np.array([s + i, s * s + j]) for j in range(2)] for i in range(n)]
    c = d[1][0]
    d[1][0] = np.ones(2) * s
    c[0] = 5.0 * s
    return np.sum(c**2) + np.sum(d[1][0])


EXAMPLE_ARGS = {
    "replaced": lambda: (0.3, 3),
    "replaced_by_row": lambda: (0.3, 3),
    "view_of_replaced": lambda: (0.3, 3),
    "deep": lambda: (0.3, 3),
    "in_loops": lambda: (0.3, 3),
    "swapped": lambda: (0.3, 3),
    "one_turn_behind": lambda: (0.3, 3),
    "written_after": lambda: (0.3, 3),
}
