"""Generators that call themselves: trees in order, with ``yield from`` and with loops."""

from __future__ import annotations

import numpy as np

_A = [0.31, -0.72, 1.13, 0.58, -0.27]


class Node:
    def __init__(self, v):
        self.v = v
        self.left = None
        self.right = None

    def add(self, v):
        if v < self.v:
            if self.left:
                self.left.add(v)
            else:
                self.left = Node(v)
        elif self.right:
            self.right.add(v)
        else:
            self.right = Node(v)

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.v
        if self.right:
            yield from self.right


def grown(x):
    root = Node(x[0])
    for v in x[1:]:
        root.add(v)
    return root


def in_order(node):
    if node is not None:
        yield from in_order(node.left)
        yield node
        yield from in_order(node.right)


def before(node):
    if node is None:
        return
    yield node.v
    for v in before(node.left):
        yield v
    for v in before(node.right):
        yield v


def leaves(node):
    if node.left is None and node.right is None:
        yield node.v, 1.0
    for child in (node.left, node.right):
        if child is not None:
            for v, depth in leaves(child):
                yield v, depth + 1.0


def own_iterator(x):
    s = p = 0.0
    for k, v in enumerate(grown(x)):
        s += k * v * v
        p = v - 0.5 * p
    return s + p


def pre_order(x):
    s = 0.0
    for v in before(grown(x)):
        s = 0.9 * s + v * v
    return s


def depths(x):
    return sum(v * v * depth for v, depth in leaves(grown(x)))


def written_to_what_is_not_asked(x):
    root = grown(x)
    for k, node in enumerate(in_order(root)):
        node.v = node.v * (k + 1)
    return sum(node.v**2 for node in in_order(root))


def one_by_one(x):
    it = in_order(grown(x))
    a, b = next(it), next(it)
    return a.v * b.v + sum(node.v for node in it) ** 2


def left_early(x):
    s = 0.0
    for v in grown(x):
        if v > 0.5:
            break
        s += v * v
    return s


_NAMES = [
    "own_iterator",
    "pre_order",
    "depths",
    "written_to_what_is_not_asked",
    "one_by_one",
    "left_early",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
