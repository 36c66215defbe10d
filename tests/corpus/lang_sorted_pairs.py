"""Dicts with computed keys whose pairs are sorted: by the keys, by what they hold, by both."""

from collections import defaultdict

import numpy as np


def groups_in_order(x, labels):
    groups = defaultdict(list)
    for v, label in zip(x, labels, strict=False):
        groups[label].append(v)
    total, before = 0.0, 0.0
    for label, values in sorted(groups.items()):
        mean = sum(values) / len(values)
        total += sum((v - mean) ** 2 for v in values) * (label + 1) + before * mean
        before = mean
    return total


def largest_sums(x, labels):
    sums = {}
    for v, label in zip(x, labels, strict=False):
        sums[label] = sums.get(label, 0.0) + v * v
    top = sorted(sums.items(), key=lambda pair: pair[1], reverse=True)
    return sum(s / (rank + 1) for rank, (_, s) in enumerate(top[:2]))


def by_size_then_key(x, labels):
    sums, counts = defaultdict(float), defaultdict(int)
    for v, label in zip(x, labels, strict=False):
        sums[label] += v**3
        counts[label] += 1
    order = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return sum(sums[label] * (rank + 1) ** n for rank, (label, n) in enumerate(order))


def from_above(x, labels):
    held = {}
    for k, v in enumerate(x):
        held[int(labels[k]) % 3] = v * held.get(int(labels[k]) % 3, 1.0)
    pairs = sorted(held.items(), reverse=True)
    held[5] = x[0]
    return sum(v * (rank + 1) for rank, (_, v) in enumerate(pairs)) + held[5] * len(pairs)


def _args():
    return np.array([0.7, 1.3, -0.4, 2.1, 0.9]), np.array([2, 0, 2, 1, 0])


_LOSSES = ["groups_in_order", "largest_sums", "by_size_then_key", "from_above"]
EXAMPLE_ARGS = {name: _args for name in _LOSSES}
MORE_ARGS = {
    name: [lambda: (np.array([0.3, -0.2, 1.1, 0.8]), np.array([1, 1, 1, 4]))] for name in _LOSSES
}
