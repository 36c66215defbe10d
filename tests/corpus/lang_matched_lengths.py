"""``match`` of lists whose lengths are known when the program runs: each case asks for its own."""

from __future__ import annotations

import numpy as np


def by_length(x, limit):
    large = [v for v in x if v > limit]
    match large:
        case []:
            return sum(x)
        case [a]:
            return a**2
        case [a, b]:
            return a * b
        case [a, *rest] if a > 1.0:
            return a - sum(rest)
        case [*_, last]:
            return last * len(large)


def crossings(x, level):
    times = []
    for k in range(1, len(x)):
        if (x[k - 1] - level) * (x[k] - level) < 0:
            times.append(k - 1 + (level - x[k - 1]) / (x[k] - x[k - 1]))
    match times:
        case [] | [_]:
            return x[0] * x[-1]
        case [first, *_, last]:
            return (last - first) ** 2


def folded(x, w):
    items = list(x)
    s = 0.0
    while True:
        match items:
            case [a, b, *rest] if a > b:
                s += w * (a - b)
                items = [b] + rest
            case [a, *rest]:
                s += a**2
                items = rest
            case _:
                break
    return s


def of_pairs(x):
    pairs = []
    for k, v in enumerate(x):
        if v > 0:
            pairs.append((v, k * v))
    match pairs:
        case [(a, b), (c, d), *_]:
            s = a * d - b * c
        case [(a, _)]:
            s = a**3
        case other:
            s = 1.0 * len(other) + x[0]
    return s


def inside(x, key):
    found = {"all": [], "none": 3.0}
    for v in x:
        if v < 1.0:
            found["all"].append(v)
    match found:
        case {"all": [a, *_, b], "none": n} if key:
            return a * b * n
        case {"all": [*some]}:
            return sum(some) + x[0]


X = np.array([1.2, -0.4, 0.7, 2.1, -0.9])
EXAMPLE_ARGS = {
    "by_length": lambda: (np.array(X), 0.9),
    "crossings": lambda: (np.array(X), 0.3),
    "folded": lambda: (np.array(X), 0.7),
    "of_pairs": lambda: (np.array(X),),
    "inside": lambda: (np.array(X), 1),
}
MORE_ARGS = {
    "by_length": [lambda v=v: (np.array(X), v) for v in (-1.0, 0.5, 1.5, 3.0)],
    "crossings": [lambda: (np.array(X), 1.5), lambda: (np.array(X), 9.0)],
    "of_pairs": [lambda: (-X,), lambda: (X - 1.9,), lambda: (X - 9.0,)],
    "inside": [lambda: (X + 1.35, 1), lambda: (np.array(X), 0)],
    "folded": [lambda: (-X[:1], 0.7)],
}
