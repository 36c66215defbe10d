"""Trees of known depth that the numbers grow: a node is a leaf or a split, by the path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Leaf:
    value: float

    def predict(self, x):
        return self.value


@dataclass
class Split:
    cut: float
    left: object
    right: object

    def predict(self, x):
        return self.left.predict(x) if x <= self.cut else self.right.predict(x)


def grown(v, depth):
    if depth == 0 or len(v) < 2:
        return Leaf(sum(v) / len(v))
    m = sum(v) / len(v)
    low = grown([x for x in v if x <= m], depth - 1)
    return Split(m, low, grown([x for x in v if x > m], depth - 1))


def built(v, depth):
    """A number, or a tuple of a number and two of these."""
    if depth == 0 or len(v) < 2:
        return sum(v) / len(v)
    m = sum(v) / len(v)
    return (
        m,
        built([x for x in v if x <= m], depth - 1),
        built([x for x in v if x > m], depth - 1),
    )


def predicted_by_methods(xs):
    tree = grown(list(xs), 2)
    return tree.predict(0.5) ** 2 + tree.predict(0.9)


def boosted(xs):
    left = list(xs)
    for _ in range(2):
        tree = grown(left, 2)
        left = [v - 0.5 * tree.predict(v) for v in left]
    return sum(v * v for v in left)


def predicted_by_a_function(xs):
    def walk(tree, x):
        if isinstance(tree, Leaf):
            return tree.value
        return walk(tree.left, x) if x <= tree.cut else walk(tree.right, x)

    tree = grown(list(xs), 3)
    return sum((walk(tree, x) - x) ** 2 for x in (0.2, 0.6, 0.9))


def measured(xs):
    def depth(tree):
        return 1 + max(depth(tree.left), depth(tree.right)) if isinstance(tree, Split) else 0

    def total(tree):
        if isinstance(tree, Leaf):
            return tree.value
        return tree.cut * 0.5 + total(tree.left) - total(tree.right)

    tree = grown(list(xs), 2)
    return total(tree) * depth(tree)


def written_to(xs):
    def scale(tree, factor):
        if isinstance(tree, Leaf):
            tree.value *= factor
        else:
            scale(tree.left, factor)
            scale(tree.right, factor * 0.5)

    tree = grown(list(xs), 2)
    scale(tree, xs[0])
    return tree.predict(0.5) + tree.predict(0.9) ** 2


def down_a_tuple(xs):
    """The loop ends at a number."""

    def walk(tree, x):
        while isinstance(tree, tuple):
            cut, low, high = tree
            tree = low if x <= cut else high
        return tree

    tree = built(list(xs), 2)
    return walk(tree, 0.5) ** 2 + walk(tree, 0.9)


def down_a_tuple_by_calls(xs):
    def walk(tree, x):
        if isinstance(tree, float):
            return tree
        cut, low, high = tree
        return walk(low if x <= cut else high, x)

    tree = built([float(x) for x in xs], 2)
    return walk(tree, 0.5) ** 2 + walk(tree, 0.9)


def leaves_summed(xs):
    def total(tree):
        if isinstance(tree, tuple):
            return total(tree[1]) + total(tree[2])
        return tree**2

    return total(built(list(xs), 3))


_A = [
    [0.6, 0.35, 1.1, 0.7, 0.52, 0.1],
    [0.9],
    [0.2, 1.4, 0.31],
    [1.3, 0.71, 0.2, 0.93, 0.85, 1.1, 0.42, 0.58],
]
_NAMES = [
    "predicted_by_methods",
    "boosted",
    "predicted_by_a_function",
    "measured",
    "written_to",
    "down_a_tuple",
    "down_a_tuple_by_calls",
    "leaves_summed",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda p=p: (np.array(p),) for p in _A[1:]] for name in _NAMES}
