"""Rows of lists of lists: lists of their own, whose methods are called and whose lengths change."""

from __future__ import annotations

import numpy as np


def rows_reversed(x):
    m = []
    for v in x:
        m.append([v, 2 * v, 3.0])
    for i in range(len(m)):
        m[i].reverse()
    return sum(r[0] * r[1] + r[2] * r[2] for r in m)


def rows_sorted(x):
    m = []
    for v in x:
        m.append([3 * v, 2 * v, 1.0])
    for i in range(len(m)):
        m[i].sort()
    return sum(r[0] * r[1] + r[2] * r[2] for r in m)


def items_popped(x):
    m = []
    for v in x:
        m.append([3 * v, 2 * v, 1.0])
    s = 0.0
    for i in range(len(m)):
        a = m[i].pop()
        s += m[i].pop() * (i + 1) * a
    return s + sum(map(sum, m))


def items_appended(x):
    m = []
    for v in x:
        m.append([3 * v])
    for i in range(len(m)):
        for j in range(i):
            m[i].append(x[j] * x[i])
    return sum(sum(r) * len(r) for r in m)


def item_of_the_row_before(x):
    m = [[v] for v in x]
    for i in range(1, len(x)):
        m[i].append(m[i - 1][-1] * x[i])
    return sum(r[-1] for r in m)


def items_put_first(x):
    m = []
    for v in x:
        m.append([3 * v])
    for i in range(len(m)):
        m[i].insert(0, x[i] * 2)
    return sum(r[0] * r[1] for r in m)


def row_cleared(x, k):
    m = []
    for v in x:
        m.append([3 * v, v * v])
    for i in range(len(m)):
        if i == k:
            m[i].clear()
    return sum(map(sum, m))


def rows_extended(x, k):
    m = []
    for v in x:
        m.append([3 * v, v * v])
    for i in range(k):
        m[i].extend([x[i], x[0]])
        m[i] += [x[1]]
    return sum(sum(r) * len(r) for r in m)


def rows_in_turn(x):
    m = []
    for v in x:
        m.append([v])
    for row in m:
        row.append(row[0] ** 2)
    return sum(r[0] * r[1] for r in m)


def named_rows(x):
    m = [[] for _ in range(len(x))]
    for i in range(len(x)):
        row = m[i]
        for j in range(i + 1):
            row.append(x[i] * x[j])
    return sum(sum(r) ** 2 for r in m)


def neighbours(x, edges):
    nb = [[] for _ in range(len(x))]
    for a, b in edges:
        nb[a].append(b)
        nb[b].append(a)
    s = 0.0
    for i in range(len(x)):
        for j in nb[i]:
            s += x[i] * x[j] ** 2
    return s


def mean_of_neighbours(x, edges):
    nb = [[] for _ in range(len(x))]
    for a, b in edges:
        nb[a].append(b)
        nb[b].append(a)
    h = x
    for _ in range(2):
        h = [h[i] + sum(h[j] for j in nb[i]) * 0.5 for i in range(len(x))]
    return sum(v * v for v in h)


def means_of_groups(x, groups):
    b = [[] for _ in range(3)]
    for k in range(len(x)):
        b[groups[k]].append(x[k])
    s = 0.0
    for g in b:
        if len(g) > 0:
            s += sum(g) / len(g)
    return s


def sums_of_groups(x, groups):
    b = [[] for _ in range(3)]
    for k, v in zip(groups, x):
        b[k].append(v * v)
    return sum(sum(g) * (i + 1) for i, g in enumerate(b))


def rows_cut(x):
    m = []
    for v in x:
        m.append([v, v * v, 3.0 * v])
    for i in range(len(m) - 1):
        m[i] = m[i][:1]
    return sum(sum(r) * len(r) for r in m)


def rows_joined(x):
    m = []
    for v in x:
        m.append([v, v * v])
    for i in range(len(m) - 1):
        m[i] = m[i] + [v * 2 for v in m[i + 1]]
    return sum(sum(r) * len(r) for r in m)


def rows_of_other_lengths(x, k):
    m = [[v * w for w in x] for v in x]
    s = 0.0
    for i in range(len(x)):
        s += sum(m[i]) * m[i][-1]
        m[i] = [m[i][0] * 2.0]
        if i > k:
            m[i - 1] = [s, s, 1.0, m[i][0], m[i][-1]]
    return s + sum(sum(r) for r in m)


def arrays_of_other_lengths(x):
    m = []
    for k in range(3):
        m.append(x[: k + 1] * 1.0)
    for k in range(3):
        m[k] = np.concatenate([m[k], m[(k + 1) % 3]])
    return np.sum(m[0] ** 2) + np.sum(m[1]) * np.sum(m[2] ** 3)


def arrays_made_longer(x):
    m = [x[:1] * 2.0]
    for k in range(3):
        m.append(x[: k + 1] * 1.0)
    s = 0.0
    for k in range(4):
        s = s + np.sum(m[k])
        m[k] = x * m[k][0]
    return s + np.sum(m[0] ** 2) + np.sum(m[2])


def row_of_two_names_replaced(x):
    m = []
    for v in x:
        m.append([v, v * v])
    a = m[1]
    b = m[1]
    a[0] = x[0] * 3
    m[1] = [v * 2 for v in a]
    b[1] = x[2]
    return sum(a) * m[1][0] + sum(map(sum, m))


def row_held_from_turn_to_turn(x):
    m = []
    for v in x:
        m.append([v, v * v])
    a = m[0]
    for i in range(4):
        a[0] += x[i]
        m[i] = [a[0], a[1] * 2]
        a = m[i]
    return sum(a) * m[1][0] + sum(map(sum, m))


def constants_written_once(x):
    m = [[0.0] * 3 for _ in range(3)]
    m[0][1] = x[-1]
    if x[0] > 0.0:
        m.append([1.0, 2.0])
    m[2][0] = x[1]
    return sum(sum(r) * (k + 1) for k, r in enumerate(m))


def _vector():
    return np.array([0.7, -0.4, 1.3, 0.9])


EXAMPLE_ARGS = {
    "constants_written_once": lambda: (_vector(),),
    "row_of_two_names_replaced": lambda: (_vector(),),
    "row_held_from_turn_to_turn": lambda: (_vector(),),
    "rows_reversed": lambda: (_vector(),),
    "rows_sorted": lambda: (_vector(),),
    "items_popped": lambda: (_vector(),),
    "items_appended": lambda: (_vector(),),
    "item_of_the_row_before": lambda: (_vector(),),
    "items_put_first": lambda: (_vector(),),
    "rows_in_turn": lambda: (_vector(),),
    "named_rows": lambda: (_vector(),),
    "rows_cut": lambda: (_vector(),),
    "rows_joined": lambda: (_vector(),),
    "arrays_of_other_lengths": lambda: (_vector(),),
    "arrays_made_longer": lambda: (_vector(),),
    "row_cleared": lambda: (_vector(), 1),
    "rows_extended": lambda: (_vector(), 3),
    "neighbours": lambda: (_vector(), [(0, 1), (1, 2), (0, 3)]),
    "mean_of_neighbours": lambda: (_vector(), np.array([(0, 1), (1, 2), (0, 3)])),
    "means_of_groups": lambda: (_vector(), [0, 2, 0, 0]),
    "sums_of_groups": lambda: (_vector(), np.array([0, 2, 1, 0])),
    "rows_of_other_lengths": lambda: (_vector(), 1),
}
MORE_ARGS = {
    "row_cleared": [lambda: (_vector(), 7)],
    "rows_extended": [lambda: (_vector(), 0)],
    "rows_of_other_lengths": [lambda: (_vector(), 0), lambda: (_vector(), 3)],
}
