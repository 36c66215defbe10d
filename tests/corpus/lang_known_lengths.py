"""Losses that need lengths: objects in lists, pairs of rows, queues; read for those at hand."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np


@dataclass
class Body:
    m: float
    x: float
    v: float = 0.0

    def kick(self, force, dt):
        self.v += force / self.m * dt


def bodies_by_number(x, v, k, n):
    bodies = [Body(1.0 + i, x[i], v[i]) for i in range(n)]
    for _ in range(3):
        for a in range(n):
            for b in range(a + 1, n):
                force = k * (bodies[b].x - bodies[a].x)
                bodies[a].kick(force, 0.1)
                bodies[b].kick(-force, 0.1)
        for body in bodies:
            body.x += 0.1 * body.v
    return sum(0.5 * b.m * b.v**2 for b in bodies)


def bodies_merge(m, x):
    bodies = [Body(*pair) for pair in zip(m, x)]
    heat = 0.0
    while len(bodies) > 1:
        a, b = bodies[0], bodies[1]
        heat += a.m * b.m * (a.x - b.x) ** 2
        bodies = [Body(a.m + b.m, (a.m * a.x + b.m * b.x) / (a.m + b.m)), *bodies[2:]]
    return heat + bodies[0].x


def dicts_popped(m):
    parts = [{"m": m[i], "x": float(i)} for i in range(len(m))]
    energy = 0.0
    while len(parts) > 1:
        a = parts.pop()
        b = parts.pop()
        energy += a["m"] * b["m"] / (1.0 + abs(a["x"] - b["x"]))
        parts.append({"m": a["m"] + b["m"], "x": (a["x"] + b["x"]) / 2})
    else:
        energy *= 2.0
    return energy + parts[0]["m"]


def pairs_of_rows(pos):
    return sum(np.exp(-np.sum((a - b) ** 2)) for a, b in itertools.combinations(pos, 2))


def triples(x):
    return sum(a * b**2 * c**3 for a, b, c in itertools.combinations(x, 3))


def memo_of_cells(cost):
    rows, columns = cost.shape
    memo = {}

    def best(i, j):
        if (i, j) in memo:
            return memo[i, j]
        if i == 0 and j == 0:
            found = cost[0, 0]
        elif i == 0:
            found = best(0, j - 1) + cost[i, j]
        elif j == 0:
            found = best(i - 1, 0) + cost[i, j]
        else:
            found = min(best(i - 1, j), best(i, j - 1)) + cost[i, j]
        memo[i, j] = found
        return found

    return best(rows - 1, columns - 1)


def table_by_numbers(x, n):
    table = {0: x, 1: x * x}
    for k in range(2, n + 1):
        table[k] = table[k - 1] * 0.5 + math.sin(table[k - 2])
    return table[n]


def tridiagonal(a, b, c, d):
    n = len(d)
    upper, right = [0.0] * n, [0.0] * n
    upper[0], right[0] = c[0] / b[0], d[0] / b[0]
    for i in range(1, n):
        pivot = b[i] - a[i] * upper[i - 1]
        upper[i] = c[i] / pivot
        right[i] = (d[i] - a[i] * right[i - 1]) / pivot
    x = [None] * n
    x[-1] = right[-1]
    for i in range(n - 2, -1, -1):
        x[i] = right[i] - upper[i] * x[i + 1]
    return sum(v * v for v in x)


def linked(x):
    head = None
    for v in (x[0], x[1], x[2]):
        head = (v, head)
    total, weight = 0.0, 1.0
    while head is not None:
        v, head = head
        total += weight * v * v
        weight *= 0.5
    return total


def groups_by_number(x, labels):
    groups = {}
    for v, label in zip(x, labels):
        groups.setdefault(label, []).append(v)
    return sum((sum(g) / len(g)) ** 2 for _, g in sorted(groups.items()))


def blocks_pooled(y, switch):
    blocks = []
    for k, v in enumerate(y):
        blocks.append(Body(v, 1.0 + k))
        while len(blocks) > 2:
            last, before = blocks.pop(), blocks.pop()
            if switch and last.m * before.m > 10.0:
                break
            blocks.append(Body(last.m + before.m, last.x * before.x))
    return sum(b.m * b.x for b in blocks)


def subsets_by_size(x, k):
    """The size of a combination is a loop's index, the number of factors an argument."""
    total = 0.0
    for size in range(len(x) + 1):
        for chosen in itertools.combinations(x, size):
            total += math.sin(sum(chosen)) / (size + 1)
    return total + sum(math.prod(p) for p in itertools.product(x, repeat=k))


def shortest_tour(d):
    """Keys of pairs that follow from combinations: the tables of Held and Karp."""
    n = len(d)
    best = {(1 << k, k): d[0, k] for k in range(1, n)}
    for size in range(2, n):
        for chosen in itertools.combinations(range(1, n), size):
            bits = sum(1 << b for b in chosen)
            for k in chosen:
                before = bits & ~(1 << k)
                best[bits, k] = min(best[before, m] + d[m, k] for m in chosen if m != k)
    return min(best[2**n - 2, k] + d[k, 0] for k in range(1, n)) ** 2


A = np.array([1.2, 0.7, 1.9, 0.4])
B = np.array([0.3, -0.8, 0.5, 1.1])
EXAMPLE_ARGS = {
    "bodies_by_number": lambda: (A.copy(), B.copy(), 1.3, 3),
    "bodies_merge": lambda: (A.copy(), B.copy()),
    "dicts_popped": lambda: (np.append(A, 0.6),),
    "pairs_of_rows": lambda: (np.outer(A, B[:2]),),
    "triples": lambda: (A.copy(),),
    "memo_of_cells": lambda: (np.outer(A, B[1:]) ** 2,),
    "table_by_numbers": lambda: (1.3, 5),
    "tridiagonal": lambda: (0.1 * A, 2.0 + A, 0.2 * B, B.copy()),
    "linked": lambda: (A.copy(),),
    "groups_by_number": lambda: (A.copy(), [0, 1, 0, 2]),
    "blocks_pooled": lambda: (A.copy(), False),
    "subsets_by_size": lambda: (A[:3].copy(), 2),
    "shortest_tour": lambda: (np.outer(A[:3], B[:3]) + np.diag(A[:3]),),
}
MORE_ARGS = {
    "bodies_by_number": [
        lambda: (A.copy(), B.copy(), 1.3, 4),
        lambda: (A.copy(), B.copy(), 0.3, 1),
    ],
    "table_by_numbers": [lambda: (0.4, 1), lambda: (0.4, 7)],
    "pairs_of_rows": [lambda: (np.outer(B, A[:1]),), lambda: (np.outer(A[:2], B),)],
    "groups_by_number": [lambda: (A.copy(), [3, 3, 3, 3]), lambda: (A.copy(), [1, 0, 2, 3])],
}
