"""Dicts by tuples of whole numbers: lists by cells of a grid, and what a recursion asks."""

import math
from collections import defaultdict

import numpy as np


def neighbours_by_cell(pos, reach):
    """Pairs of points that are near, found by the cells around each cell."""
    cells = defaultdict(list)
    for i, p in enumerate(pos):
        cells[int(p[0] // reach), int(p[1] // reach)].append(i)
    energy = 0.0
    for (cx, cy), members in cells.items():
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                for j in cells.get((cx + dx, cy + dy), ()):
                    for i in members:
                        d = pos[i] - pos[j]
                        if i < j and d @ d < reach**2:
                            energy += (reach - np.sqrt(d @ d)) ** 2
    return energy


def cells_by_key(a):
    """A dict of lists that is asked for its own keys, and loses some of them."""
    cells = {}
    for i, v in enumerate(a):
        key = (int(v * 3), int(v * 2))
        if key not in cells:
            cells[key] = [i]
        else:
            cells[key].append(i)
    total = 0.0
    for key in cells:
        total += (key[0] + 1) * sum(a[i] for i in cells[key]) ** 2 / len(cells[key])
    for key, members in list(cells.items()):
        if len(members) < 2:
            cells.pop(key)
    return total + sum(a[i] for members in cells.values() for i in members)


def cells_seen(a):
    """A set of the cells that were looked at, beside the lists in them."""
    cells = defaultdict(list)
    for v in a:
        cells[int(v * 3), int(v * 2)].append(v)
    seen, total = set(), 0.0
    for key, members in cells.items():
        if key in seen:
            continue
        seen.add(key)
        for step in (1, -1):
            near = (key[0] + step, key[1])
            if near in cells and near not in seen:
                total += cells[near][0] * members[-1]
                seen.add(near)
    return total + len(seen) * a[0]


def fullest_cell(a):
    """Keys of which a function chooses one, by what the dict holds for each."""
    cells, sums = defaultdict(list), defaultdict(float)
    for v in a:
        cells[int(v > 0.0), int(abs(v) > 0.5)].append(v)
        sums[int(v * 3)] += v
    best = max(cells, key=lambda k: sum(cells[k]))
    least = min(sums, key=lambda k: sums[k] ** 2, default=0)
    return sum(cells[best]) ** 2 + sums[least] * a[0]


def splits_by_span(w, n):
    """The cheapest order of a chain of products, and how deep it is: keys come on some paths."""
    cost = [[0.0] * n for _ in range(n)]
    split = {}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            cost[i][j] = math.inf
            for k in range(i, j):
                c = cost[i][k] + cost[k + 1][j] + w[i] * w[k + 1] * w[j + 1]
                if c < cost[i][j]:
                    cost[i][j], split[i, j] = c, k

    def depth(i, j):
        if i == j:
            return 0
        k = split[i, j]
        return 1 + max(depth(i, k), depth(k + 1, j))

    return cost[0][n - 1] + depth(0, n - 1) * w[-1]


POINTS = [[0.2, 0.3], [0.9, 0.5], [1.3, 2.7], [2.8, 0.1], [1.6, 2.2], [1.0, 0.8]]
ENTRIES = np.array([0.1, 0.55, 0.7, 0.72, 0.31])

EXAMPLE_ARGS = {
    "neighbours_by_cell": lambda: (np.array(POINTS), 0.95),
    "cells_by_key": lambda: (ENTRIES,),
    "cells_seen": lambda: (ENTRIES,),
    "fullest_cell": lambda: (np.array([0.31, -0.72, 1.13, 0.58, -0.27]),),
    "splits_by_span": lambda: (np.array([1.0, 1.3, 0.7, 1.1, 0.9]), 4),
}

MORE_ARGS = {
    "neighbours_by_cell": [lambda: (np.array(POINTS[:3]), 1.7)],
    "cells_by_key": [lambda: (ENTRIES[:1],)],
    "cells_seen": [lambda: (np.array([0.4, 1.1, 0.75, 0.2]),)],
    "fullest_cell": [lambda: (np.array([-0.4, 0.3, -1.2]),)],
    "splits_by_span": [lambda: (np.array([1.0, 0.3, 1.7, 0.6, 1.9]), 4)],
}
