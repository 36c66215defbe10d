"""Draws of one kind, one after the other: each is a number of its own."""

import math

import numpy as np


def twice(q):
    r = np.random.default_rng(2)
    return math.sin(q * r.random()) + math.sin(q * r.random())


def named(q):
    r = np.random.default_rng(5)
    u = r.normal(0.0, 1.0)
    v = r.normal(0.0, 1.0)
    return math.exp(q * u) * math.exp(q * v) + q * u - 3.0 * q * v


def in_turns(q):
    rng = np.random.default_rng(2)
    s = 0.0
    for _ in range(3):
        u = q * rng.standard_normal()
        v = q * rng.standard_normal()
        s = s + u - 2 * v
    return s**2


def paths(q):
    rng = np.random.default_rng(7)
    p, variance = 1.0, 0.04
    for _ in range(4):
        z = rng.standard_normal()
        w = q * z + math.sqrt(1.0 - q * q) * rng.standard_normal()
        p *= math.exp(-0.5 * variance + math.sqrt(variance) * z)
        variance = abs(variance + 0.1 * (0.04 - variance) + 0.02 * w)
    return p


def arrays(q):
    r = np.random.default_rng(3)
    return np.sum(np.tanh(q * r.standard_normal(3)) - 2.0 * np.tanh(q * r.standard_normal(3)))


def counted_names(q):
    red, green, blue = range(3)
    first, *rest = range(1, 4)
    return q ** (red + green + 2 * blue) * first + q * sum(rest)


EXAMPLE_ARGS = {
    name: lambda: (0.83,)
    for name in ("twice", "named", "in_turns", "paths", "arrays", "counted_names")
}
