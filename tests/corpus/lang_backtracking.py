"""Searches by recursion, whose depth the numbers decide, with what they keep around themselves."""

from __future__ import annotations

import math

import numpy as np


def best_subset(w, room):
    """The list of what is chosen is read by a loop inside."""
    chosen = []

    def go(i, left):
        if i == len(w):
            return sum(w[k] ** 2 for k in chosen)
        best = go(i + 1, left)
        if w[i] <= left:
            chosen.append(i)
            best = max(best, go(i + 1, left - w[i]))
            chosen.pop()
        return best

    return go(0, room)


def shortest_tour(d):
    """A list of truths, and the best that was found, which is assigned inside."""
    n, best = len(d), math.inf
    used = [False] * n
    path = []

    def go(cost):
        nonlocal best
        if cost > best:
            return
        if len(path) == n:
            best = min(best, cost + d[path[-1], path[0]])
            return
        for k in range(n):
            if not used[k]:
                used[k] = True
                path.append(k)
                go(cost + (d[path[-2], k] if len(path) > 1 else 0.0))
                path.pop()
                used[k] = False

    go(0.0)
    return best**2


def calls_counted(w, bound):
    calls, total = 0, w[2] ** 2

    def f(v):
        nonlocal calls, total
        calls += 1
        total = total + v * v
        return v if v > bound else f(v * 1.7 + w[0])

    r = f(w[1])
    return r * calls + total


def _halved(v, total, bound):
    def go(v):
        nonlocal total
        for total_of in [lambda total: total + v]:
            total = total_of(total)
        total += sum(total * v for total in (0.5, 0.25))
        return go(v / 2 + 1.0 / bound) if v > bound / 2 else v

    return go(v) + total


def argument_assigned(w, bound):
    """The name is a parameter; a lambda and a comprehension have their own of that name."""
    return _halved(w[0] * 9.0, w[1], bound) * _halved(w[2], w[1] * w[0], 0.7 * bound)


def first_and_last(w, bound):
    """Three names that one statement assigns, one of them None at first."""
    first, last, steps = None, w[0], {"left": 0, "right": 0}

    def go(v, side):
        nonlocal first, last
        if first is None:
            first = v * v
        last = v
        steps[side] += 1
        if v < bound:
            go(v + w[1], "left" if v < 1.0 else "right")

    go(w[2], "right")
    return first * last + steps["left"] * w[1] + steps["right"] * w[0]


def filled_area(h, r, c):
    seen = set()

    def fill(r, c):
        if not (0 <= r < h.shape[0] and 0 <= c < h.shape[1]) or (r, c) in seen:
            return 0.0
        if h[r, c] < 0.3:
            return 0.0
        seen.add((r, c))
        around = fill(r + 1, c) + fill(r - 1, c) + fill(r, c + 1) + fill(r, c - 1)
        return h[r, c] ** 2 + around

    return fill(r, c) / (1 + len(seen))


def paths_remembered(h, n):
    memo = {}

    def f(i, j):
        if i < 0 or j < 0 or h[i] * h[j] < 0.3:
            return 1.0
        if (i, j) not in memo:
            memo[i, j] = h[i] * f(i - 1, j) + h[j] * f(i, j - 1)
        return memo[i, j]

    return f(n, n)


def handed_on(h, n, memo=None):
    if memo is None:
        memo = {}
    if n in memo:
        return memo[n]
    if n < 2 or h[n] < 0.1:
        return h[n]
    memo[n] = handed_on(h, n - 1, memo) + 0.3 * handed_on(h, n - 2, memo)
    return memo[n]


def branch_and_bound(values, weights, room):
    """Tuples become longer from call to call, and the best of them is kept outside."""
    order = sorted(range(len(values)), key=lambda i: -values[i] / weights[i])
    best, best_set = 0.0, ()

    def bound(k, room):
        b = 0.0
        for i in order[k:]:
            if weights[i] > room:
                return b + values[i] * room / weights[i]
            room -= weights[i]
            b += values[i]
        return b

    def explore(k, room, total, chosen):
        nonlocal best, best_set
        if total > best:
            best, best_set = total, chosen
        if k == len(order) or total + bound(k, room) <= best:
            return
        i = order[k]
        if weights[i] <= room:
            explore(k + 1, room - weights[i], total + values[i], (*chosen, i))
        explore(k + 1, room, total, chosen)

    explore(0, room, 0.0, ())
    return best + 0.1 * sum(values[i] ** 2 for i in best_set)


def paths_as_tuples(w, bound):
    """Where the recursion ends, loops go through what was handed on to it."""
    found = []

    def go(v, path):
        if v > bound:
            found.append(path)
            return sum(w[k % len(w)] * (i + 1) for i, k in enumerate(path)) + len(path)
        return go(v * 1.5 + w[0], path + (int(v),)) + 0.5 * go(v * 2.5 + w[2], path)

    return go(w[1], ()) * len(found) + max(found)[0] * w[2]


def products_of_neighbours(w, bound):
    def go(v, path):
        if v > bound:
            return sum(a * b for a, b in zip(path, path[1:])) + sum(a * k for a, k in zip(path, w))
        return go(v * 1.5 + w[0], [*path, v])

    return go(w[1], [])


EXAMPLE_ARGS = {
    "branch_and_bound": lambda: (np.array([6.0, 10.0, 12.0, 7.3]), np.array([1.0, 2, 3, 2.2]), 5.1),
    "paths_as_tuples": lambda: (_weights(), 5.0),
    "products_of_neighbours": lambda: (_weights(), 5.0),
    "best_subset": lambda: (np.array([1.5, 0.25, 0.75, 2.1]), 3.4),
    "shortest_tour": lambda: (_distances(),),
    "calls_counted": lambda: (_weights(), 10.0),
    "argument_assigned": lambda: (_weights(), 2.5),
    "first_and_last": lambda: (_weights(), 3.0),
    "filled_area": lambda: (_distances(), 1, 0),
    "paths_remembered": lambda: (np.array([0.8, 0.9, 1.1, 0.45, 0.77]), 4),
    "handed_on": lambda: (np.array([0.8, 0.9, 1.1, 0.05, 0.77]), 4),
}

MORE_ARGS = {
    "shortest_tour": [lambda: (_distances()[:3, :3].copy(),)],
    "calls_counted": [lambda: (_weights(), 0.1)],
    "filled_area": [lambda: (1.1 - _distances(), 0, 0)],
    "handed_on": [lambda: (np.array([0.8, 0.9]), 1)],
}

ARGNUMS = {
    "paths_as_tuples": (0,),
    "products_of_neighbours": (0,),
    "calls_counted": (0,),
    "argument_assigned": (0,),
    "first_and_last": (0,),
}


def _weights():
    return np.array([0.35, 0.8, 0.45])


def _distances():
    return np.array(
        [
            [0.1, 0.9, 0.35, 0.77],
            [0.45, 0.2, 0.8, 0.31],
            [0.5, 0.6, 0.7, 0.42],
            [0.15, 0.25, 0.95, 0.62],
        ]
    )
