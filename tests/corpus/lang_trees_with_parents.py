"""Objects that put themselves into a list while they are made: parents and their children."""

from __future__ import annotations

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


class Node:
    def __init__(self, value, parent=None):
        self.value = value
        self.parent = parent
        self.children = []
        self.depth = 0 if parent is None else parent.depth + 1
        if parent is not None:
            parent.children.append(self)


class After:
    def __init__(self, value, parent=None):
        self.value = value
        self.parent = parent
        self.children = []
        if parent is not None:
            parent.add(self)
        self.value = self.value * 2.0

    def add(self, child):
        self.children.append(child)
        self.value += child.value


class Both:
    def __init__(self, value, a, b):
        self.value = value
        a.append(self)
        b.append(self)
        self.twice()

    def twice(self):
        self.value = self.value * 2.0


class Left:
    def __init__(self, value, parent=None):
        self.value = value
        self.left = None
        self.parent = parent
        if parent is not None:
            parent.left = self


class Value:
    def __init__(self, data, prev=()):
        self.data = data
        self.grad = 0.0
        self.users = []
        self.prev = list(prev)
        for p in self.prev:
            p.users.append(self)


class Registry:
    def __init__(self):
        self.items = []


class Item:
    def __init__(self, reg, v):
        self.v = v
        self.index = len(reg.items)
        reg.items.append(self)


def grown(cls, x):
    nodes = [cls(x[0])]
    for i in range(1, len(x)):
        if x[i] > 0:
            nodes.append(cls(x[i], nodes[(i - 1) // 2]))
    return nodes


def depth(x):
    nodes = grown(Node, x)
    return sum(n.value**2 * (n.depth + 1) for n in nodes) + sum(c.value for c in nodes[0].children)


def after(x):
    nodes = grown(After, x)
    t = 0.0
    for n in nodes:
        for c in n.children:
            t += n.value * c.value**2
    return t


def both(x):
    a, b = [], []
    for v in x:
        if v > 0:
            Both(v, a, b)
    a[0].value = a[0].value ** 2
    return sum(n.value for n in b) + a[-1].value * b[0].value


def left(x):
    root = Left(x[0])
    cur = root
    for v in x[1:]:
        if v > 0:
            cur = Left(v, cur)
    t = 0.0
    n = root
    while n is not None:
        t = t * 0.5 + n.value**2
        if n.parent is not None:
            t += n.parent.value * n.value
        n = n.left
    return t


def same_object(x):
    nodes = grown(Node, x)
    nodes[0].children[0].value = x[2]
    nodes[1].parent.value = x[4] ** 2
    return sum(n.value**3 for n in nodes) * (nodes[0].children[0] is nodes[1])


def removed(x):
    root = Node(x[0])
    for v in x[1:]:
        Node(v, root)
    root.children = [c for c in root.children if c.value > 0]
    best = max(root.children, key=lambda c: c.value)
    root.children.remove(best)
    return root.value * sum(c.value**2 for c in root.children) + best.parent.value


def post_order(x):
    nodes = grown(Node, x)

    def total(n):
        return n.value + 0.5 * sum(total(c) ** 2 for c in n.children)

    return total(nodes[0])


def graph(x):
    vs = [Value(v) for v in x]
    out = vs[0]
    for v in vs[1:]:
        out = Value(out.data * v.data + v.data, [out, v])
    t = 0.0
    for v in vs:
        for u in v.users:
            t += u.data
    return t + out.data


def registry(x):
    reg = Registry()
    for v in x:
        if v > 0:
            Item(reg, v**2)
    return sum(it.v * it.index for it in reg.items) + reg.items[0].v ** 2


def dfs_up(x):
    nodes = grown(Node, x)
    leaf = max(nodes, key=lambda n: n.depth)
    t = 0.0
    n = leaf
    while n:
        t += n.value**2
        n = n.parent
    return t


_NAMES = [
    "depth",
    "after",
    "both",
    "left",
    "same_object",
    "removed",
    "post_order",
    "graph",
    "registry",
    "dfs_up",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
