"""Attributes whose name the path has chosen: `getattr` and `setattr`."""

from __future__ import annotations

import numpy as np


class Pair:
    def __init__(self, left, right):
        self.left, self.right = left, right


def written_on_one_side(x, w):
    pair = Pair(x[0], w[1])
    for k in range(3):
        side = "left" if x[k] > 0.4 else "right"
        setattr(pair, side, getattr(pair, side) * x[k] + w[k])
    return pair.left * pair.right


def function_by_name(x, w):
    name = "sin" if x[0] > 0.3 else "cos"
    return getattr(np, name)(w[0]) * getattr(x, "sum" if w[0] > 0 else "mean")()


class Node:
    def __init__(self, key, value):
        self.key, self.value = key, value
        self.less = self.more = None

    def insert(self, key, value):
        side = "less" if key < self.key else "more"
        child = getattr(self, side)
        if child is None:
            setattr(self, side, Node(key, value))
        else:
            child.insert(key, value)


def _weighted(node, depth):
    if node is None:
        return 0.0
    inside = _weighted(node.less, depth + 1) + _weighted(node.more, depth + 1)
    return inside + node.key * node.value * depth


def tree_by_names(x, w):
    root = Node(x[0], w[0])
    for key, value in zip(x[1:], w[1:], strict=True):
        root.insert(key, value)
    return _weighted(root, 1)


def _args():
    return np.array([0.5, 0.3, 0.8, 0.41]), np.array([0.2, 0.7, 0.4, 0.9])


EXAMPLE_ARGS = {
    "written_on_one_side": _args,
    "function_by_name": _args,
    "tree_by_names": _args,
}
MORE_ARGS = {"function_by_name": [lambda: (-_args()[0], -_args()[1])]}
