"""Paths that are followed back from their end: each place leads to another, the first to None."""

from __future__ import annotations

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


def pairs(x):
    start = (0, 0)
    parent = {start: None}
    cur = start
    for i, v in enumerate(x):
        k = (cur[0] + (1 if v > 1 else 0), cur[1] + (1 if v <= 1 else 0))
        if k not in parent:
            parent[k] = cur
            cur = k
    node = cur
    t = 0.0
    while node is not None:
        t += x[node[0] % 5] ** 2 * x[node[1] % 5]
        node = parent[node]
    return t


def pairs_path(x):
    start = (0, 0)
    parent = {start: None}
    cur = start
    for i, v in enumerate(x):
        k = (cur[0] + (1 if v > 1 else 0), cur[1] + (1 if v <= 1 else 0))
        if k not in parent:
            parent[k] = cur
            cur = k
    path = []
    node = cur
    while node:
        path.append(node)
        node = parent[node]
    path.reverse()
    return sum(x[a] * x[b] for a, b in path)


def pairs_unpack(x):
    start = (0, 0)
    parent = {start: None}
    cur = start
    for i, v in enumerate(x):
        k = (cur[0] + (1 if v > 1 else 0), cur[1] + (1 if v <= 1 else 0))
        if k not in parent:
            parent[k] = cur
            cur = k
    t = 0.0
    while cur != start:
        prev = parent[cur]
        (a, b), (c, d) = prev, cur
        t += x[(a + b) % 5] * x[(c + d) % 5]
        cur = prev
    return t


def pairs_eq_none(x):
    parent = {(0, 0): None}
    cur = (0, 0)
    for i, v in enumerate(x):
        k = (cur[0] + (1 if v > 1 else 0), cur[1] + 1)
        parent[k] = cur
        cur = k
    steps = 0
    t = 1.0
    while True:
        nxt = parent.get(cur)
        if nxt is None:
            break
        steps += 1
        if nxt == (1, 3):
            t *= x[steps]
        cur = nxt
    return t * steps * x[0]


def in_function(x):
    def trace(parent, node):
        path = [node]
        while parent[node] is not None:
            node = parent[node]
            path.append(node)
        return path[::-1]

    parent = {(0, 0): None}
    cur = (0, 0)
    for v in x:
        k = (cur[0] + 1, cur[1]) if v > 1 else (cur[0], cur[1] + 1)
        parent[k] = cur
        cur = k
    p = trace(parent, cur)
    return sum(x[a] * x[b] for a, b in p) * len(p)


def pairs_list(x):
    n = 4
    came = [None] * n
    cur = (0, 1)
    for i in range(n):
        if x[i] > 0:
            came[i] = cur
        cur = (i, i + 1)
    t = 0.0
    for i in range(n):
        p = came[i]
        if p is None:
            t += 10 * x[i]
        else:
            a, b = p
            t += x[a] * x[b]
    for p in came:
        if p:
            t += x[p[0]] ** 2
    return t


def pairs_mutated(x):
    best = [None] * 3
    for i, v in enumerate(x):
        if best[i % 3] is None:
            best[i % 3] = [i, 0]
        else:
            best[i % 3][1] += i
    t = 0.0
    for b in best:
        if b is not None:
            t += x[b[0]] * (1 + b[1])
    return t


def ints(x):
    parent = {0: None}
    u = 0
    for i, v in enumerate(x):
        k = int(v * 2) + 3
        if k not in parent:
            parent[k] = u
            u = k
    node = u
    t = 0.0
    while node is not None:
        t += x[node % 5] ** 2
        node = parent[node]
    return t


def get_none(x):
    parent = {}
    cur = 0
    for i, v in enumerate(x):
        k = int(v * 2) + 3
        parent[k] = cur
        cur = k
    t = 0.0
    node = cur
    n = 0
    while node is not None and n < 4:
        t += x[node % 5] ** 2
        node = parent.get(node)
        n += 1
    return t


_NAMES = [
    "pairs",
    "pairs_path",
    "pairs_unpack",
    "pairs_eq_none",
    "in_function",
    "pairs_list",
    "pairs_mutated",
    "ints",
    "get_none",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
