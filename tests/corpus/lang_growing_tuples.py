"""Tuples that become longer, in lists and in tuples and objects that lists hold."""

from __future__ import annotations

import heapq
import math

import numpy as np


def paths_in_a_list(x):
    paths = [()]
    for k in range(len(x)):
        paths.append(paths[-1] + (k,))
        print(paths[-1], paths[-1][1:])
    both = paths[2] + paths[1]
    same = both == (0, 1, 0) and both != [0, 1, 0] and isinstance(both, tuple)
    return same * sum(x[p[0]] ** 2 * len(p) for p in paths if p and p != (0, 1))


def tuple_beside_list(x):
    paths = [(0,)]
    for k in range(len(x)):
        if x[k] > 5.0:
            paths.append(paths[-1] + [k])
        paths.append((*paths[-1], k))
    return sum(x[p[-1]] * len(p) for p in paths)


def beams(logp, width):
    beams = [(0.0, ())]
    for row in logp:
        cands = [
            (score + lp, (*path, k))
            for score, path in beams
            for k, lp in enumerate(row)
            if not path or path[-1] != k
        ]
        cands.sort(key=lambda c: c[0], reverse=True)
        beams = cands[:width]
    scores = [s for s, _ in beams]
    return math.log(sum(math.exp(s) for s in scores)) + scores[0] * sum(beams[0][1])


def numbers_in_paths(x, width):
    beams = [(0.0, ())]
    for v in x:
        cands = []
        for s, past in beams:
            cands.append((s + v, past + (v * s,)))
            if v > 0:
                cands.append((s * 0.5, past))
        beams = sorted(cands, reverse=True)[:width]
    return sum(s * sum(past) for s, past in beams)


def cheapest_path(x):
    heap = [(0.0, 0, (0,))]
    while heap:
        cost, node, path = heapq.heappop(heap)
        if node == len(x) - 1:
            return cost * len(path) + sum(x[p] for p in path)
        for step in (1, 2):
            after = node + step
            if after < len(x):
                heapq.heappush(heap, (cost + x[after] ** 2, after, path + (after,)))
    return 0.0


class Branch:
    def __init__(self, cost, path):
        self.cost, self.path = cost, path

    def longer(self, cost, k):
        return Branch(self.cost + cost, self.path + (k,))


def paths_of_objects(x):
    branches = [Branch(0.0, ())]
    for k, v in enumerate(x):
        new = []
        for one in branches:
            if v < 0 and one.path:
                continue
            new.append(one.longer(v * v, k))
            if len(one.path) > 1 and one.path == (0, 2):
                new.append(one)
        branches = new or branches
    return sum(one.cost * len(one.path) for one in branches)


def cells_split_in_two(u, most):
    cells = [(i, i + 1, u[i], u[i + 1]) for i in range(len(u) - 1)]
    total = 0.0
    while cells:
        a, b, left, right = cells.pop()
        if abs(right - left) > most and b - a > 0.3:
            m, middle = 0.5 * (a + b), 0.5 * (left + right) + 0.05 * (right - left) ** 2
            cells += [(a, m, left, middle), (m, b, middle, right)]
            continue
        total += (b - a) * (left**2 + right**2) / 2
    return total


X = np.array([0.3, -0.7, 1.1, 0.9, 0.45])


def made_by_a_star(x):
    """They are tuples, and no lists: what they are equal to, and what is added to them."""
    path, total = (), 0.0
    for k in range(len(x)):
        path = (*path, k)
        total += x[k] * (path == (0, 1)) + 100.0 * (path == [0, 1])
        if isinstance(path, tuple) and not isinstance(path, list):
            total += 3.0 * x[k]
    squares = []
    for v in x:
        squares = [*squares, v * v]
    row = *squares, 7.0
    total += x[0] * (row + (1.0,) == (*row, 1.0)) + 100.0 * (row == [*squares, 7.0])
    return total * row[0] + {path: x[1]}[tuple(range(len(x)))]


EXAMPLE_ARGS = {
    "made_by_a_star": lambda: (np.array([1.5, 2.25, 0.75]),),
    "cells_split_in_two": lambda: (np.array([0.1, 0.9, 0.8, -0.4]), 0.5),
    "paths_in_a_list": lambda: (X.copy(),),
    "tuple_beside_list": lambda: (X.copy(),),
    "beams": lambda: (np.outer(X[:3], X[1:]) + 0.1 * np.arange(4), 2),
    "numbers_in_paths": lambda: (X.copy(), 3),
    "cheapest_path": lambda: (X.copy(),),
    "paths_of_objects": lambda: (X.copy(),),
}
