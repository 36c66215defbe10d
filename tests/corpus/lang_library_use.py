"""Losses that use ``itertools`` and ``statistics``, and functions with attributes."""

from __future__ import annotations

import itertools
import statistics

import numpy as np


def chained_rows(a):
    flat = list(itertools.chain.from_iterable(a))
    return sum(v * w for v, w in zip(flat, flat[1:]))


def chained_groups(x):
    groups = []
    for i in range(3):
        groups.append([x[j] for j in range(i + 1)])
    return sum(np.sin(v) * (k + 1) for k, v in enumerate(itertools.chain.from_iterable(groups)))


def chained_arrays(x, y):
    total = 0.0
    for i, v in enumerate(itertools.chain(x, [1.0, 2.0], y)):
        total += v**2 * (i + 1)
    return total


def product_of_runs(x):
    marks = [0, 0, 1, 1, 2]
    total = 0.0
    for k, places in itertools.groupby(range(len(x)), key=lambda i: marks[i]):
        part = 1.0
        for i in places:
            part *= x[i]
        total += part * (k + 1)
    return total


def weights_and_what_is_left(x):
    left = [v for v in x if v > 0.6]
    total = sum(w * v for w, v in zip((1.0, 2.0, 3.0, 4.0, 5.0, 6.0), left))
    return total + sum(a * b for a, b in zip(left, [1.0, 2.0]))


def calls_counted(x):
    def squared(v):
        squared.calls += 1
        squared.last = v
        return v * v

    squared.calls, squared.last = 0, 0.0
    total = 0.0
    for v in x:
        if v > 0.6:
            total += squared(v) * squared.calls
    return total + squared.last


def deviations(x):
    values = x.tolist()
    middle = statistics.fmean(values)
    spread = statistics.pstdev(x) + statistics.variance(values) + statistics.median(values)
    return sum((v - middle) ** 2 for v in values) + statistics.mean(x) * spread


@np.errstate(divide="ignore", invalid="ignore")
def logs(x, k=2):
    return np.where(x > 0.5, np.log(x - 0.5) * k, 0.0)


@np.errstate(all="ignore")
def quieted(x, a):
    @np.errstate(over="ignore")
    def squares(values):
        return values**2

    b = a.copy()
    np.put_along_axis(b, np.array([0, 4, 5]), x[:3], None)
    return np.sum(logs(x) * squares(x)) + logs(x[2], k=3) * np.sum(b**2)


X = np.array([0.7, 0.3, 1.2, 0.1, 0.9])
EXAMPLE_ARGS = {
    "chained_rows": lambda: (np.outer(X[:2], X[1:4]),),
    "chained_groups": lambda: (X.copy(),),
    "chained_arrays": lambda: (X.copy(), X[:2] * 2.0),
    "product_of_runs": lambda: (X.copy(),),
    "weights_and_what_is_left": lambda: (X.copy(),),
    "calls_counted": lambda: (X.copy(),),
    "deviations": lambda: (X.copy(),),
    "quieted": lambda: (X.copy(), np.outer(X[:2], X[1:4])),
}
MORE_ARGS = {
    "weights_and_what_is_left": [lambda: (0.1 * X,), lambda: (10.0 * X,)],
    "calls_counted": [lambda: (0.1 * X,)],
}
