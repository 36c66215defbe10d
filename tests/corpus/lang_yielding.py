"""Functions with ``yield``: of windows and pairs, over trees, in a row, and asked by ``next``."""

from __future__ import annotations

import numpy as np


def windows(v, n):
    for i in range(len(v) - n + 1):
        yield v[i : i + n]


def neighbours(v):
    """Yield pairs, but not of equal signs."""
    for i in range(len(v) - 1):
        if v[i] * v[i + 1] > 0.0:
            continue
        yield v[i], v[i + 1]


def windows_and_pairs(x):
    s = sum(np.prod(w) for w in windows(x, 2))
    for k, (a, b) in enumerate(neighbours(x), start=1):
        s += k * a * b**2
    for a, b in zip(windows(x, 3), x):
        if b > 1.2:
            break
        s += np.sum(a) * b
    return s + max(v * v for v, _ in neighbours(x)) + len(list(neighbours(x)))


class Tree:
    def __init__(self, value, left=None, right=None):
        self.value, self.left, self.right = value, left, right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def over_a_tree(x):
    tree = Tree(x[0], Tree(x[1]), Tree(x[2], None, Tree(x[3])))
    s = 0.0
    for v in tree:
        s = 0.5 * s + v**2
    return s + sum(tree) * len(list(tree)) + max(*tree)


def in_a_row(x):
    """Each takes what the one before gives; ends depend on the numbers."""

    def halves(v):
        while v > 0.3:
            yield v
            v *= 0.5

    def large(items):
        for v in items:
            if v < 0.5:
                return
            yield v

    def sums(items):
        s = 0.0
        for v in items:
            s += v
            yield s

    first, *others = sums(x)
    numbers = large(halves(x[1]))
    got = next(numbers, x[0])
    return first * sum(others) + got**2 + sum(sums(large(halves(4.0 * x[1] ** 2))))


def in_loops(x):
    """A generator for each turn; what the loop writes to is none of its business."""
    scale, out = 2.0, np.zeros(len(x))

    def scaled(n):
        for v in x[:n]:
            yield scale * v

    for k in range(len(x)):
        for v in scaled(k):
            out[k] += v**2
    scale = 3.0
    return np.sum(out) * sum(scaled(2))


_NAMES = ["windows_and_pairs", "over_a_tree", "in_a_row", "in_loops"]
EXAMPLE_ARGS = {name: lambda: (np.array([0.7, 1.3, -0.4, 2.1]),) for name in _NAMES}
MORE_ARGS = {
    name: [lambda: (np.array([0.2, 0.9, -0.9, 0.3, 1.5]),)]
    for name in _NAMES
    if name != "over_a_tree"
}
