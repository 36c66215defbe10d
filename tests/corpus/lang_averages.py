"""Means and deviations of whole numbers: of a list of Python's own they are not whole."""

from __future__ import annotations

import statistics

import numpy as np


def of_counts(x):
    counts = []
    for words in ("a b c", "a b", "a b c d e"):
        counts.append(len(words.split()))
    spread = statistics.stdev(counts) + statistics.pvariance((1, 2, 5))
    return np.sum(x) ** 2 * statistics.mean(counts) + spread * x[0]


def of_those_that_count(x):
    places = []
    for i in range(len(x)):
        if x[i] > 0.5:
            places.append(i)
    total = statistics.mean([round(v) for v in x]) * x[1] ** 2
    if len(places) > 1:
        total += statistics.mean(places) * x[0] + statistics.pstdev(places) * x[1]
    return total


_NAMES = ["of_counts", "of_those_that_count"]
EXAMPLE_ARGS = {name: lambda: (np.array([0.7, 1.3, -0.45, 2.1, 0.33]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array([0.25, 0.4, 1.6]),)] for name in _NAMES}
