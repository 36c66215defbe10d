"""Loops by ``__getitem__``, over enums, tables from outside, and lists that the path chooses."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Sequence

import numpy as np


class Scaled:
    """Items of a list, or of an array, times two."""

    def __init__(self, items):
        self.items = items

    def __getitem__(self, i):
        if i >= len(self.items):
            raise IndexError(i)
        return self.items[i] * 2.0

    def __len__(self):
        """As many as there are."""
        return len(self.items)


def by_item(x):
    """A class without ``__iter__`` is looped over, summed, unpacked and compared."""
    s = 0.0
    for v in Scaled(x):
        s = s * 0.5 + v**2
    few = Scaled([x[0], x[1] ** 2])
    a, b = few
    return s + sum(Scaled(x)) * max(few) + sum(v**2 for v in few) * a + b


class Stack:
    """A stack, which is true as long as something is on it."""

    def __init__(self):
        self.items = []

    def push(self, v):
        self.items.append(v)

    def pop(self):
        return self.items.pop()

    def __bool__(self):
        return bool(self.items)


def truth_of_items(x):
    """``bool`` of a list that grew."""
    stack = Stack()
    for v in x:
        stack.push(v)
    s = 0.0
    while stack:
        s = s * 0.5 + stack.pop() ** 2
    return s + bool(stack) + bool([]) + bool([x])


class Gain(enum.Enum):
    """Some factors."""

    LOW = 0.5
    HIGH = 2.5


def over_enum(x):
    """The members of an enum, in order."""
    s = 0.0
    for k, gain in enumerate(Gain):
        s = s * x[3] + gain.value * x[k] ** 2
    return s + len([g for g in Gain if g is not Gain.LOW]) * x[2]


WEIGHTS = {0: 0.5, 1: 2.0, 2: 3.0, 3: 1.0}
EDGES = {0: [(1, 1.0), (2, 4.0)], 1: [(2, 2.0), (3, 6.0)], 2: [(3, 3.0)], 3: []}


def numbered_table(x):
    """A dict with integers for keys stands outside."""
    s = 0.0
    for k, w in WEIGHTS.items():
        s += w * x[k] ** 2
    for i in range(4):
        s += WEIGHTS[i] * x[i]
    return s + len(WEIGHTS) * x[0] + (2 in WEIGHTS) * x[1] + sum(WEIGHTS.values())


def walk(x):
    """Which list the inner loop runs over, and how long it is, depends on the numbers."""
    node, s = 0, 0.0
    while node < 3:
        best, following = np.inf, node
        for to, weight in EDGES[node]:
            cost = weight * x[to] ** 2
            if cost < best:
                best, following = cost, to
        s += best * x[node]
        node = following
    return s


def shortest(x):
    """All edges, again and again, until nothing changes."""
    dist = {node: np.inf for node in EDGES}
    dist[0] = x[0] ** 2
    for _ in range(len(EDGES)):
        for node in EDGES:
            for to, weight in EDGES[node]:
                dist[to] = min(dist[to], dist[node] + weight * x[to] ** 2)
    return dist[3]


def turned(x):
    """Queues are turned, and grow at the left."""
    limited = deque(x, maxlen=3)
    limited.rotate(-1)
    limited.extendleft([x[0] ** 2])
    free = deque([x[0], x[1]])
    free.extendleft([x[2], x[3] ** 2])
    free.rotate()
    s = sum((i + 1.0) * v for i, v in enumerate(limited))
    return s + sum((i + 1.0) * v**2 for i, v in enumerate(free))


class Row(Sequence):
    """A sequence by its ``__getitem__`` and ``__len__`` alone: the base class has the rest."""

    def __init__(self, items):
        self.items = items

    def __getitem__(self, i):
        return self.items[i]

    def __len__(self):
        return len(self.items)


def abstract_sequence(x):
    row = Row([v**2 for v in x])
    mean = sum(row) / len(row)
    deviations = [abs(v - mean) for v in row]
    backwards = sum(k * v for k, v in enumerate(reversed(row)))
    return max(row) * max(deviations) + backwards + row[-1]


_A = [[0.7, 1.3, -0.4, 2.1], [1.2, 0.9, 0.8, 0.3], [-0.6, 2.2, 1.4, 1.9]]
_NAMES = [
    "by_item",
    "abstract_sequence",
    "truth_of_items",
    "over_enum",
    "numbered_table",
    "walk",
    "shortest",
    "turned",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda p=p: (np.array(p),) for p in _A[1:]] for name in _NAMES}
