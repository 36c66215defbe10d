"""Arrays and lists in lists of any length, written to where they stand."""

from __future__ import annotations

import numpy as np


def table_of_lists(x, y):
    n, m = len(x), len(y)
    t = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            t[i][j] = t[i - 1][j - 1] * 0.5 + x[i - 1] * y[j - 1] + max(t[i - 1][j], t[i][j - 1])
    return t[n][m]


def entries_of_rows(x, n):
    rows = [np.zeros(3) for _ in range(n)]
    for i in range(n):
        for j in range(3):
            rows[i][j] = x[j] ** (i + 1)
    rows[0][1] += rows[n - 1][2]
    return sum(np.sum(r * r) for r in rows)


def rows_and_slices(x, n):
    rows = [x * k for k in range(n)]
    rows[1][0] = x[1] ** 2
    for k in range(1, n):
        rows[k] += 0.5 * rows[k - 1]
        rows[k][1:] *= 2.0
    a = np.array(rows)
    rows[0][1] = 99.0
    return np.sum(a**2) + rows[0][1] * x[0]


def rows_appended(x, n):
    rows = []
    for i in range(n):
        row = np.zeros(3)
        row[i % 3] = x[i % 3]
        rows.append(row)
    rows[1][0] = 5.0 * x[0]
    rows[n - 1] *= 2.0
    return np.sum(np.array(rows) ** 2)


def rows_in_branches(x, n):
    rows = []
    for i in range(n):
        if x[i % 3] > 0:
            rows.append(np.ones(2) * x[i % 3])
        else:
            rows.append(np.zeros(2))
    for k in range(len(rows)):
        if rows[k][0] > 0.3:
            rows[k][1] = rows[k - 1][0]
        else:
            rows[k] = rows[k] * 2
        rows[k][0] += x[1]
    return sum(r[0] * r[1] for r in rows)


def items_of_a_loop(x, n):
    rows = [x + k for k in range(n)]
    for r in rows:
        r *= 2.0
        r[0] = r[1] ** 2
    for k, r in enumerate(rows):
        r -= rows[0] * 0.5 if k else 0.0
    return sum(r @ r for r in rows)


def item_by_name(x, n):
    rows = [x + k for k in range(n)]
    r = rows[1]
    r[0] = x[1] * 3
    rows[1][1] = r[0] ** 2
    return sum(np.sum(v**2) for v in rows) + r[1]


def read_before_write(x, n):
    rows = [x * (k + 1) for k in range(n)]
    a = rows[1]
    b = rows[1] * 1.0
    rows[1][0] = 5.0 * x[1]
    return np.sum(a * b)


def matrices(x, n):
    steps = [np.eye(2) * (k + 1) for k in range(n)]
    for k in range(n):
        steps[k][0, 1] = x[0] * k
        steps[k][1] += x
    p = np.eye(2)
    for step in steps:
        p = p @ step
    return np.sum(p)


def rows_in_dict(x, n):
    d = {"h": [np.zeros(2) for _ in range(n)]}
    for k in range(n):
        d["h"][k][k % 2] = x[k % 2] * (k + 1)
    return sum(np.sum(h) ** 2 for h in d["h"])


def rows_by_helper(x, n):
    def put(rs, k, v):
        rs[k][0] += v
        rs[k][1] = v * rs[k][0]

    rows = [np.zeros(2) for _ in range(n)]
    for k in range(n):
        put(rows, k, x[k % 2])
        put(rows, k, x[(k + 1) % 2])
    return sum(r[0] * r[1] for r in rows)


def rows_as_outputs(x, n):
    rows = [x * (k + 1) for k in range(n)]
    np.sin(rows[0], out=rows[1])
    rows[2].fill(x[0])
    np.copyto(rows[0], rows[2] * x)
    np.add.at(rows[1], [0, 0], x[1])
    return sum(r @ r for r in rows)


def three_levels(x, n):
    t = [[np.zeros(2) for _ in range(2)] for _ in range(n)]
    for i in range(n):
        for j in range(2):
            t[i][j][0] = x[j] * i
            t[i][j] += x
            t[i - 1][j][1] *= t[i][j][0]
    return sum(np.sum(np.array(r) ** 2) for r in t)


def rows_shared(x, n):
    rows = [np.zeros(2)] * n
    rows[0][0] = x[0]
    rows[n - 1][1] = rows[0][0] * x[1]
    return sum(np.sum(r) for r in rows)


def row_appended_at_each_turn(x, n):
    z = x * 2
    rows = []
    for _ in range(n):
        rows.append(z)
        z = z * 1.5
    rows[0][0] = 5.0 * x[0]
    return np.sum(np.array(rows) ** 2)


def row_in_two_lists(x, n):
    a = [x * k for k in range(n)]
    b = list(a)
    b[0][0] = x[1]
    a[1] += b[0]
    return sum(np.sum(v**2) for v in a) + np.sum(b[1])


def row_under_two_places(x, n):
    rows = [x * (k + 1) for k in range(n)]
    rows[0] = rows[1]
    rows[0][0] = 7.0 * x[1]
    return np.sum(rows[0] ** 2) + np.sum(rows[1] ** 3)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "table_of_lists": lambda: (_normal(3), _normal(4, seed=1)),
    "entries_of_rows": lambda: (abs(_normal(3)), 4),
    "rows_and_slices": lambda: (_normal(3), 3),
    "rows_appended": lambda: (_normal(3), 3),
    "rows_in_branches": lambda: (_normal(3), 4),
    "items_of_a_loop": lambda: (_normal(3), 3),
    "item_by_name": lambda: (_normal(3), 3),
    "read_before_write": lambda: (_normal(3), 3),
    "matrices": lambda: (_normal(2), 3),
    "rows_in_dict": lambda: (_normal(2), 4),
    "rows_by_helper": lambda: (_normal(2), 3),
    "rows_as_outputs": lambda: (_normal(2), 3),
    "three_levels": lambda: (_normal(2), 3),
    "rows_shared": lambda: (_normal(2), 3),
    "row_appended_at_each_turn": lambda: (_normal(2), 3),
    "row_in_two_lists": lambda: (_normal(2), 3),
    "row_under_two_places": lambda: (_normal(2), 3),
}

MAY_BE_REFUSED = (
    "rows_shared",
    "row_appended_at_each_turn",
    "row_in_two_lists",
    "row_under_two_places",
)
