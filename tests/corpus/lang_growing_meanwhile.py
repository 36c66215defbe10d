"""Loops over lists that become longer or shorter in the loop: Python asks at each turn."""

from __future__ import annotations

import math

import numpy as np


def halves(x):
    items = list(x)
    for v in items:
        if v > 0.5 and len(items) < 9:
            items.append(v * 0.5)
    return sum(v**2 for v in items) + len(items) * items[-1]


def refined(x, tol):
    points = [(0.0, x[0]), (1.0, x[1])]
    for t, a in points:
        if len(points) > 7:
            break
        middle = 0.5 * (t + 1.0)
        value = a * math.sin(middle * 3) + x[2]
        if abs(value - a) > tol:
            points.append((middle, value))
    points.sort()
    return sum((b + a) * (t - s) / 2 for (s, a), (t, b) in zip(points, points[1:]))


def shorter(x):
    items = list(x)
    s = 0.0
    for v in items:
        if v < 0:
            items.pop()
            continue
        s += v**3
    else:
        s *= 1.5
    return s * len(items)


def numbered(x):
    items = [x[0], x[1]]
    same = items
    s = 0.0
    for k, v in enumerate(items, 1):
        s += k * v**2
        if k < 5:
            same.append(v * x[2])
        if s > 9.0:
            return s + items[-1]
    return s


def replaced(x):
    items = [v for v in x if v > 0]
    s = 0.0
    for v in items:
        s += v * len(items)
        if v < 1.0:
            items.append(v + 0.5)
        items = items + [2.0 * v]  # the loop goes on over the list that it began with
    return s + sum(items)


def with_others(x, w):
    items = list(x[:2])
    s = 0.0
    for v, a in zip(items, w):
        s += a * v
        items.append(s)
    for v in items:
        for u in items:
            if u > 1.0 and len(items) < 8:
                items.append(0.9 * v * u)
        s += v**2
    return s


def graph(x, edges):
    found, cost = [0], {0: x[0]}
    for u in found:
        for (a, b), w in zip(edges, x):
            if a == u and b not in cost:
                cost[b] = cost[u] + w**2
                found.append(b)
    return sum(cost[u] * (k + 1) for k, u in enumerate(found))


X = np.array([1.2, -0.4, 0.7, 2.1, -0.9])
EDGES = [(0, 2), (2, 1), (0, 3), (3, 4), (1, 3)]


def grows_to_four(x):
    items = [x[0], 2.0]
    for item in items:
        if len(items) < 4:
            items.append(item * x[1])
    return items[3] * items[2]


EXAMPLE_ARGS = {
    "halves": lambda: (np.array(X),),
    "refined": lambda: (np.array(X), 0.2),
    "grows_to_four": lambda: (np.array(X),),
    "shorter": lambda: (np.array(X),),
    "numbered": lambda: (np.array(X),),
    "replaced": lambda: (np.array(X),),
    "with_others": lambda: (np.array(X), np.array([0.5, 0.2, 0.9])),
    "graph": lambda: (np.array(X), EDGES),
}
MORE_ARGS = {
    "halves": [lambda: (-X,)],
    "refined": [lambda: (np.array(X), 9.0)],
    "shorter": [lambda: (-X,), lambda: (np.abs(X),)],
    "numbered": [lambda: (0.3 * X,)],
}
