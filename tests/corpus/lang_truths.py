"""What the truth of a number or a list decides: keys that are there, texts, lists or None."""

from __future__ import annotations

import numpy as np

_A = [0.31, -0.72, 1.13, 0.58, -0.27]


def _above(x, limit):
    found = []
    for v in x:
        if v > limit:
            found.append(v)
    return found


def hands_that_hold(x):
    """Count the keys of a dict from which empty lists are left out."""
    hands = {"low": _above(x, -0.5), "high": _above(x, 0.5), "none": _above(x, 9.0)}
    hands = {name: cards for name, cards in hands.items() if cards}
    shares = {name: v for name, v in (("a", x[0]), ("b", x[1] * 0.0), ("c", 3 * x[2])) if v}
    best = sum(max(cards) ** 2 for cards in hands.values())
    return best * len(hands) + ("high" in hands) * x[0] + len(shares) * sum(shares.values())


def weighed_by_flags(x, n):
    """Multiply by whether names are None or a text, which whole numbers and lists decide."""
    rates = None
    if n & 6:
        rates = [x[0], 2.0]
    above = _above(x, 0.0)
    side = "many" if above else "none"
    extra = {}
    if n:
        extra["fee"] = x[1] ** 2
    total = (rates is not None) * x[2] ** 2 + (side == "many") * x[3] + ("fee" in extra) * x[0]
    return total * (1 + len(extra)) + sum(extra.values())


def last_of_several(x):
    """Loop over a list of which two branches chose one or the other, or none."""
    order = None
    if x[0] > 0:
        order = [2, 1]
    if x[1] > 0:
        order = [0, 1, 2]
    if order is None:
        return np.sum(x)
    total = 0.0
    for k, place in enumerate(order):
        total += (k + 1) * x[place] ** 2
    return total * (2.0 if 2 in order else 1.0)


def route_or_none(m, limit):
    """Search for the cheapest way through a grid, by a function that gives a list or None."""
    best = [9.0, None]

    def go(at, cost, seen):
        if cost >= best[0] or len(seen) > limit:
            return None
        if at == (1, 2):
            best[0], best[1] = cost, len(seen)
            return [at]
        found = None
        for dy, dx in ((0, 1), (1, 0)):
            to = (at[0] + dy, at[1] + dx)
            if to[0] > 1 or to[1] > 2:
                continue
            rest = go(to, cost + abs(m[to]), seen | {to})
            if rest is not None:
                found = [at] + rest
        return found

    way = go((0, 0), abs(m[0, 0]), frozenset([(0, 0)]))
    if way is None:
        return np.sum(m**2)
    return best[0] ** 2 + sum(m[p] * (i + 1) for i, p in enumerate(way)) / best[1]


_GRID = [[0.3, -0.7, 1.1], [0.9, 0.45, -0.35]]
EXAMPLE_ARGS = {
    "hands_that_hold": lambda: (np.array(_A),),
    "weighed_by_flags": lambda: (np.array(_A), 6),
    "last_of_several": lambda: (np.array(_A),),
    "route_or_none": lambda: (np.array(_GRID), 5),
}
