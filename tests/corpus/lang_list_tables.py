"""Tables as lists of lists: dynamic programming, matrices, trees, histories, as one writes them."""

from __future__ import annotations

import math

import numpy as np


def edit_distance(x):
    n = len(x)
    d = [[0.0] * (n + 1) for _ in range(n + 1)]
    for i in range(n + 1):
        d[i][0] = 1.0 * i
    for i in range(1, n + 1):
        for j in range(1, n + 1):
            d[i][j] = min(
                d[i - 1][j] + x[i - 1] ** 2, d[i][j - 1] + x[j - 1], d[i - 1][j - 1] + 2.5
            )
    return d[n][n]


def time_warping(x, y):
    n, m = len(x), len(y)
    D = [[float("inf")] * (m + 1) for _ in range(n + 1)]
    D[0][0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            c = (x[i - 1] - y[j - 1]) ** 2
            D[i][j] = c + min(D[i - 1][j], D[i][j - 1], D[i - 1][j - 1])
    return D[n][m]


def option_by_rows(s0, u, n):
    tree = [[s0]]
    for i in range(n):
        prev = tree[-1]
        row = [v * u for v in prev]
        row.append(prev[-1] / u)
        tree.append(row)
    vals = [max(v - 1.0, 0.0) for v in tree[-1]]
    for i in range(n):
        vals = [0.5 * (vals[j] + vals[j + 1]) for j in range(len(vals) - 1)]
    return vals[0]


def option_by_places(s0, u, n):
    tree = [[0.0] * (i + 1) for i in range(n + 1)]
    for i in range(n + 1):
        for j in range(i + 1):
            tree[i][j] = s0 * u ** (i - 2 * j)
    val = [[0.0] * (i + 1) for i in range(n + 1)]
    for j in range(n + 1):
        val[n][j] = max(tree[n][j] - 1.0, 0.0)
    for i in range(n - 1, -1, -1):
        for j in range(i + 1):
            val[i][j] = 0.5 * (val[i + 1][j] + val[i + 1][j + 1])
    return val[0][0]


def product_by_columns(a, b):
    c = [[sum(p * q for p, q in zip(row, col)) for col in zip(*b)] for row in a]
    return sum(sum(v * v for v in row) for row in c)


def transposed(x):
    m = [[v * w for w in x] for v in x]
    t = [list(c) for c in zip(*m)]
    return sum(t[i][0] * m[0][i] for i in range(len(x)))


def elimination(a, b):
    n = len(b)
    m = [list(r) for r in a]
    y = list(b)
    for k in range(n):
        for i in range(k + 1, n):
            f = m[i][k] / m[k][k]
            for j in range(k, n):
                m[i][j] -= f * m[k][j]
            y[i] -= f * y[k]
    x = [0.0] * n
    for i in range(n - 1, -1, -1):
        s = y[i]
        for j in range(i + 1, n):
            s -= m[i][j] * x[j]
        x[i] = s / m[i][i]
    return sum(v * v for v in x)


def triangle_by_rows(x, n):
    tri = [[x]]
    for i in range(1, n):
        row = [x]
        for j in range(1, i):
            row.append(tri[i - 1][j - 1] + tri[i - 1][j])
        row.append(x)
        tri.append(row)
    return sum(tri[-1])


def states_kept(x, steps):
    h = [[x, x * x]]
    for t in range(steps):
        p, v = h[-1]
        h.append([p + 0.1 * v, v - 0.1 * p])
    return sum(p * p + v for p, v in h)


def pairs_kept(x, steps):
    h = [(x, x * x)]
    for t in range(steps):
        p, v = h[-1]
        h.append((p + 0.1 * v, v - 0.1 * p))
    return h[-1][0] * h[-2][1]


def sums_over_neighbours(g):
    n, m = len(g), len(g[0])
    out = [[0.0] * m for _ in range(n)]
    for i in range(n):
        for j in range(m):
            for di, dj in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                a, b = i + di, j + dj
                if 0 <= a < n and 0 <= b < m:
                    out[i][j] += g[a][b] * g[i][j]
    return sum(map(sum, out))


def grid_of_comprehensions(x, steps):
    g = [[v * w for w in x] for v in x]
    n = len(x)
    for _ in range(steps):
        g = [[0.5 * g[i][j] + 0.1 * g[(i + 1) % n][j] for j in range(n)] for i in range(n)]
    return sum(g[i][i] for i in range(n))


def column_sums(x):
    m = [[v * w for w in x] for v in x]
    tot = [0.0] * len(x)
    for row in m:
        for j, v in enumerate(row):
            tot[j] += v
    return sum(t * t for t in tot)


def rows_swapped(x):
    m = [[v * w for w in x] for v in x]
    m[0], m[1] = m[1], m[0]
    return m[0][0] * 2 + m[1][1]


def rows_appended(x):
    rows = []
    for i in range(3):
        row = []
        for v in x:
            row.append(v * (i + 1))
        rows.append(row)
    return np.sum(np.array(rows) ** 2)


def cholesky(a):
    n = len(a)
    L = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            s = sum(L[i][k] * L[j][k] for k in range(j))
            if i == j:
                L[i][j] = math.sqrt(a[i][i] - s)
            else:
                L[i][j] = (a[i][j] - s) / L[j][j]
    return sum(math.log(L[i][i]) for i in range(n))


def best_path(e, t):
    n, k = len(e), len(e[0])
    v = [[0.0] * k for _ in range(n)]
    for s in range(k):
        v[0][s] = e[0][s]
    for i in range(1, n):
        for s in range(k):
            v[i][s] = max(v[i - 1][r] + t[r][s] for r in range(k)) + e[i][s]
    return max(v[n - 1])


def all_paths(e, t):
    n, k = len(e), len(e[0])
    v = [[0.0] * k for _ in range(n)]
    for s in range(k):
        v[0][s] = e[0][s]
    for i in range(1, n):
        for s in range(k):
            v[i][s] = sum(v[i - 1][r] * t[r][s] for r in range(k)) * e[i][s]
    return sum(v[-1])


def shortest_ways(w):
    n = len(w)
    d = [row[:] for row in w]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if d[i][k] + d[k][j] < d[i][j]:
                    d[i][j] = d[i][k] + d[k][j]
    return sum(d[i][j] for i in range(n) for j in range(n))


def interpolated(x, y, t):
    n = len(x)
    p = [[0.0] * n for _ in range(n)]
    for i in range(n):
        p[i][0] = y[i]
    for k in range(1, n):
        for i in range(n - k):
            p[i][k] = ((t - x[i + k]) * p[i][k - 1] + (x[i] - t) * p[i + 1][k - 1]) / (
                x[i] - x[i + k]
            )
    return p[0][n - 1]


def extrapolated(f0, n):
    R = [[0.0] * (i + 1) for i in range(n)]
    h = 1.0
    for i in range(n):
        R[i][0] = f0 * h + f0**2 * h * h
        h *= 0.5
        for j in range(1, i + 1):
            R[i][j] = R[i][j - 1] + (R[i][j - 1] - R[i - 1][j - 1]) / (4**j - 1)
    return R[n - 1][n - 1]


def rows_until_enough(x):
    d = [[x]]
    while len(d) < 4:
        d.append([v * x for v in d[-1]] + [x])
    return sum(sum(r) for r in d)


def power_by_places(x, n):
    m = [[x, 1.0], [1.0, 0.0]]
    r = [[1.0, 0.0], [0.0, 1.0]]
    for _ in range(n):
        new = [[0.0, 0.0], [0.0, 0.0]]
        for i in range(2):
            for j in range(2):
                for k in range(2):
                    new[i][j] += r[i][k] * m[k][j]
        r = new
    return r[0][0]


def three_deep(x):
    t = [[[0.0] * 2 for _ in range(3)] for _ in range(len(x))]
    for i in range(len(x)):
        for j in range(3):
            for k in range(2):
                t[i][j][k] = x[i] * (j + k)
    return sum(sum(sum(r) for r in p) for p in t)


def product_in_a_helper(a, b):
    def mm(p, q):
        out = [[0.0] * len(q[0]) for _ in range(len(p))]
        for i in range(len(p)):
            for j in range(len(q[0])):
                for k in range(len(q)):
                    out[i][j] += p[i][k] * q[k][j]
        return out

    c = mm(a, mm(b, a))
    return c[0][0] + c[1][1]


def _vector():
    return np.array([0.7, -0.4, 1.3, 0.9])


def _rows(n, m, seed=0):
    return np.random.default_rng(seed).normal(size=(n, m)).tolist()


EXAMPLE_ARGS = {
    "edit_distance": lambda: (_vector(),),
    "time_warping": lambda: (_vector(), np.array([0.3, 0.5, -0.2])),
    "option_by_rows": lambda: (1.1, 1.2, 4),
    "option_by_places": lambda: (1.1, 1.2, 4),
    "product_by_columns": lambda: (_rows(2, 3), _rows(3, 2, 1)),
    "transposed": lambda: (_vector(),),
    "elimination": lambda: (_rows(3, 3), [0.7, -0.4, 1.3]),
    "triangle_by_rows": lambda: (1.3, 5),
    "states_kept": lambda: (0.7, 4),
    "pairs_kept": lambda: (0.7, 4),
    "sums_over_neighbours": lambda: (np.array(_rows(3, 4)),),
    "grid_of_comprehensions": lambda: (_vector(), 3),
    "column_sums": lambda: (_vector(),),
    "rows_swapped": lambda: (_vector(),),
    "rows_appended": lambda: (_vector(),),
    "cholesky": lambda: ([[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]],),
    "best_path": lambda: (np.array(_rows(4, 3)), np.array(_rows(3, 3, 1))),
    "all_paths": lambda: (np.array(_rows(4, 3)), np.array(_rows(3, 3, 1))),
    "shortest_ways": lambda: (np.abs(_rows(4, 4)).tolist(),),
    "interpolated": lambda: (np.array([0.0, 1.0, 2.5]), np.array([0.7, -0.4, 1.3]), 0.4),
    "extrapolated": lambda: (0.6, 4),
    "rows_until_enough": lambda: (0.8,),
    "power_by_places": lambda: (0.7, 4),
    "three_deep": lambda: (_vector(),),
    "product_in_a_helper": lambda: (_rows(2, 2), _rows(2, 2, 1)),
}
