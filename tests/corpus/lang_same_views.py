"""Whether two names stand for one view, asked after a store through one of them."""

from __future__ import annotations

import numpy as np


def doubled(v):
    v *= 2
    return v


def returned_view(x):
    a = x[:4]
    b = doubled(a)
    return np.sum(a**2) * (1.0 if a is b else 2.0) * (3.0 if b is not a else 1.0)


def views_of_one_row(x):
    grid = x.reshape(2, 4)
    one, other = grid[0], grid[0]
    one += 1.0
    same = one
    same *= 2.0
    return np.sum(grid**3) * (1.0 if one is other else 2.0) * (1.0 if same is one else 3.0)


def in_turns(x):
    a, total = x[:4], 0.0
    for k in range(3):
        b = a if k != 1 else x[4:]
        b += 0.1
        total += (1.0 if b is a else 2.0) * np.sum(a**2)
    return total


def seen_before(x):
    seen = {}

    def weight(v):
        if v is seen.get("last"):
            return 2.0
        seen["last"] = v
        v *= 1.5
        return 1.0

    a = x[2:6]
    return weight(a) * x[3] + weight(a) * x[4] + weight(x[2:6]) * x[1] ** 2


_NAMES = ["returned_view", "views_of_one_row", "in_turns", "seen_before"]
EXAMPLE_ARGS = {name: lambda: (np.linspace(-0.6, 1.5, 8),) for name in _NAMES}
