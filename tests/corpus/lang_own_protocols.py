"""Classes that say themselves how they are ordered, reversed, and set."""

from __future__ import annotations

import functools

import numpy as np


@functools.total_ordering
class Ranked:
    def __init__(self, a):
        self.a = a

    def __eq__(self, other):
        return self.a == other.a

    def __lt__(self, other):
        return self.a < other.a


def total_ordering(x):
    a, b, c = map(Ranked, x)
    out = a.a if a >= b else b.a**2
    out += b.a**3 if a <= c else c.a
    return out * (2.0 if a > c else 3.0) + max(a, b, c).a


class Unsigned:
    def __init__(self, v):
        self.v, self.n = v, 0

    def __setattr__(self, name, value):
        if name == "v" and value < 0:
            value = -value
        super().__setattr__(name, value)


def own_setattr(x):
    held = Unsigned(x[0])
    for u in x:
        held.v = held.v * 0.5 + u
        held.n += 1
    return held.v**2 * held.n


class Countdown:
    def __init__(self, v):
        self.v = v

    def __reversed__(self):
        return iter([self.v, 2 * self.v])


def own_reversed(x):
    return sum(a * b for a, b in zip(reversed(Countdown(x[0])), x, strict=False))


class Window:
    def __init__(self, values):
        self.values = list(values)

    def __delitem__(self, place):
        del self.values[place]


def own_delitem(x):
    window = Window(x)
    del window[1]
    return sum(v * v for v in window.values) * len(window.values)


EXAMPLE_ARGS = {
    name: lambda: (np.array([0.3, 0.7, 0.1]),)
    for name in ("total_ordering", "own_setattr", "own_reversed", "own_delitem")
}
EXAMPLE_ARGS["total_ordering"] = lambda: (np.array([0.9, 0.7, 0.1]),)
MORE_ARGS = {
    "total_ordering": [lambda: (np.array([0.3, 0.7, 0.5]),)],
    "own_setattr": [lambda: (np.array([0.3, -0.7, 0.1]),)],
}
