"""Attributes that a class has, and that an object gets on some path only."""

from __future__ import annotations

import math


class Best:
    value = math.inf
    where = None

    def offer(self, value, where):
        if value < self.value:
            self.value = value
            self.where = where
            return True
        return False


class Node:
    best = 0.0
    tag = "small"

    def __init__(self, x):
        self.x = x


class Heavy(Node):
    best = 1.0


class Stepped:
    rate = 0.5

    def __init__(self, x, scale):
        self.x = x
        self.scale = scale

    def step(self, t):
        if t > 0.5:
            self.rate = t
        return self.rate * self.scale


class Bounded(Stepped):
    """Its method reads ``self`` only by ``super()`` behind the branch."""

    rate = 0.25

    def step(self, t):
        if t < 0.35:
            self.scale = 5.0
        return super().step(t)


def multistart(a, b, c):
    best = Best()
    for start in (-1.0, 0.0, 1.5):
        x = start
        for _ in range(4):
            x -= 0.05 * (4.0 * a * x**3 - 2.0 * b * x + c)
        best.offer(a * x**4 - b * x**2 + c * x, where=(x, start))
    return best.value + 0.1 * best.where[0]


def marked(xs):
    nodes = [Node(x) for x in xs]
    for node in nodes:
        if node.x > 0.5:
            node.best = node.x**2
            node.tag = "large"
    return sum(n.best * n.x for n in nodes) + sum(n.x for n in nodes if n.tag == "large")


def marked_in_grown(xs):
    nodes = []
    for x in xs:
        if x > 0.0:
            nodes.append(Node(x))
    for node in nodes:
        if node.x > 0.5:
            node.best = node.x**2
    return sum(n.best * n.x for n in nodes)


def raised_in_turns(xs):
    node, k = Heavy(xs[0]), 0
    while k < len(xs):
        if xs[k] > 0.5 * node.best:
            node.best = xs[k] * node.best
        k += 1
    return node.best * node.x


def behind_a_branch(xs):
    things = [Stepped(xs[0], 2.0), Bounded(xs[1], 3.0)]
    return sum(thing.step(t) * thing.x for t in xs for thing in things)


EXAMPLE_ARGS = {
    "behind_a_branch": lambda: ([0.7, 0.2, 0.4, 0.9],),
    "multistart": lambda: (1.0, 2.0, 0.3),
    "marked": lambda: ([0.3, 1.2, -0.4, 0.9],),
    "marked_in_grown": lambda: ([0.3, 1.2, -0.4, 0.9],),
    "raised_in_turns": lambda: ([0.3, 1.2, -0.4, 0.9],),
}
