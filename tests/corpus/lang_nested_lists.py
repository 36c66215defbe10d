"""Lists of lists: tables of dynamic programming, matrices, columns by ``zip(*rows)``, stacks."""

from __future__ import annotations

import numpy as np


def knapsack(values, weights, capacity=5):
    best = [[0.0 for _ in range(capacity + 1)] for _ in range(len(values) + 1)]
    for i in range(1, len(values) + 1):
        for w in range(capacity + 1):
            best[i][w] = best[i - 1][w]
            if weights[i - 1] <= w:
                other = best[i - 1][w - weights[i - 1]] + values[i - 1]
                if other > best[i][w]:
                    best[i][w] = other
    return best[-1][capacity]


def matrix_product(a, b):
    n, m, k = len(a), len(b), len(b[0])
    c = [[sum(a[i][t] * b[t][j] for t in range(m)) for j in range(k)] for i in range(n)]
    turned = list(zip(*c))
    trace = sum(c[i][i] for i in range(min(n, k)))
    return trace + sum(v**2 for row in turned for v in row)


def matrix_chain(dims, scale):
    n = len(dims) - 1
    m = [[0.0] * n for _ in range(n)]
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            m[i][j] = min(
                m[i][k] + m[k + 1][j] + dims[i] * dims[k + 1] * dims[j + 1] * scale
                for k in range(i, j)
            )
    return m[0][n - 1]


def determinant(m):
    if len(m) == 1:
        return m[0][0]
    return sum(
        (-1) ** j * m[0][j] * determinant([row[:j] + row[j + 1 :] for row in m[1:]])
        for j in range(len(m))
    )


def columns(x, n):
    rows = [[x[i % 3] * j for j in range(1, 4)] for i in range(n)]
    t = 0.0
    for column in zip(*rows):
        t += sum(column) ** 2
    a, _, c = zip(*rows)
    turned = [list(column) for column in zip(*rows)]
    return t + a[0] * c[-1] + turned[2][0] * sum(max(column) for column in zip(*rows))


def polygon_area(points):
    xs, ys = zip(*points)
    n = len(xs)
    return 0.5 * abs(
        sum(x * ys[(i + 1) % n] - xs[(i + 1) % n] * y for i, (x, y) in enumerate(zip(xs, ys)))
    )


def simplex_steps(x0):
    def f(p):
        return (p[0] - 1) ** 2 + 3 * (p[1] + 0.5) ** 2 + p[0] * p[1]

    simplex = [x0, x0 + np.array([0.5, 0]), x0 + np.array([0, 0.5])]
    for _ in range(3):
        simplex.sort(key=f)
        c = (simplex[0] + simplex[1]) / 2
        r = c + (c - simplex[2])
        if f(r) < f(simplex[1]):
            simplex[2] = r
        else:
            simplex[2] = c + 0.5 * (simplex[2] - c)
    return f(min(simplex, key=f))


def stack_of_lists(x, n):
    stack = []
    for i in range(n):
        stack.append([x[0] * (i + 1), x[1]])
    t = 0.0
    while stack:
        top = stack.pop()
        top[0] *= 2
        top.append(x[2])
        t += top[0] * top.pop() * top.pop()
    return t


def triangle_of_sums(x, n):
    rows = [[x * i * j for j in range(i)] for i in range(n)]
    return sum(sum(row) for row in rows) ** 2


def _positive(*shape):
    return np.random.default_rng(3).uniform(0.5, 1.5, size=shape)


def chosen_rows_go_on_growing(x):
    rows = []
    for k in range(3):
        row = [x * k] if x * k > 0.5 else [1.0, x]
        rows.append(row)
        row.append(x)
        rows[-1][0] += 1.0
    return sum(len(row) * sum(row) for row in rows) + row[0]


def best_row_changed_at_last(x):
    rows, best = [], [0.0]
    for k in range(4):
        row = [x * k] if x * k > 0.5 else [1.0, x]
        rows.append(row)
        if x * k > best[0]:
            best = row
    best[0] = 7.0 * x
    return sum(len(row) * sum(row) for row in rows)


EXAMPLE_ARGS = {
    "chosen_rows_go_on_growing": lambda: (0.7,),
    "best_row_changed_at_last": lambda: (0.7,),
    "knapsack": lambda: ([1.0, 2.5, 1.7], [1, 3, 2]),
    "matrix_product": lambda: ([[1.0, 2.0], [3.0, 0.5]], [[0.3, 0.2], [0.1, 1.0]]),
    "matrix_chain": lambda: ([2.0, 3.0, 1.5, 4.0], 0.7),
    "determinant": lambda: ([[1.0, 2.0, 3.0], [0.5, 1.0, 2.0], [1.0, 0.2, 0.1]],),
    "columns": lambda: (_positive(3), 4),
    "polygon_area": lambda: (_positive(4, 2),),
    "simplex_steps": lambda: (np.array([0.2, 0.3]),),
    "stack_of_lists": lambda: (_positive(3), 3),
    "triangle_of_sums": lambda: (1.1, 3),
}
MORE_ARGS = {
    "chosen_rows_go_on_growing": [lambda: (0.3,)],
    "best_row_changed_at_last": [lambda: (0.2,)],
    "matrix_product": [lambda: ([[1.0], [3.0]], [[0.3, 0.2]])],
    "polygon_area": [lambda: (_positive(3, 2),)],
}
