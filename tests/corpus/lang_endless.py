"""Generators that never end: asked by next, send, islice, zip, and by loops that leave them."""

from __future__ import annotations

import itertools

import numpy as np


def fibonacci(a, b):
    while True:
        yield a
        a, b = b, a + b


def newton(a):
    g = 1.0
    while True:
        before = g
        g = 0.5 * (g + a / g)
        yield g, g - before


def averages():
    total, n, mean = 0.0, 0, 0.0
    while True:
        v = yield mean
        total += v
        n += 1
        mean = total / n


def batches(data, size):
    i, n = 0, len(data)
    while True:
        yield data[i : i + size]
        i = (i + size) % n


def halves(a):
    while True:
        yield a
        a *= 0.5


def islices(x):
    """Parts of one generator, one after the other."""
    g = fibonacci(x[0], x[1])
    first = list(itertools.islice(g, 3))
    second = sum(itertools.islice(g, 1, 4))
    return sum(first) * second * next(g)


def until_small(x):
    """A loop that leaves a generator when it has converged."""
    for root, step in newton(x[0] ** 2 + 1.0):
        if abs(step) < 1e-9:
            break
    s = 0.0
    for k, v in enumerate(fibonacci(x[1] ** 2, 1.0)):
        if v > 20.0:
            return root * s * k
        if k % 2:
            continue
        s += v


def sent(x):
    """What is sent comes in behind the yield."""
    running = averages()
    next(running)
    s = 0.0
    for v in x:
        s = 0.5 * s + running.send(v * x[0])
    return s * running.send(x[1])


def in_turn(x):
    """Batches by next, zip with a range, arrays that are written to between two items."""
    it, s = batches(x, 2), 0.0
    for _ in range(3):
        s += np.sum(next(it)) ** 2
    for k, a in zip(range(3), halves(x * 2.0), strict=False):
        s += (k + 1) * np.sum(a**3)
    return s


def counted(x):
    """``itertools.count`` in a loop that is left."""
    s = 0.0
    for i in itertools.count(1):
        term = x[0] ** i / i
        s += term
        if abs(term) < 1e-6:
            break
    g, h, t = fibonacci(x[1], x[2]), fibonacci(1.0, x[3]), 0.0
    while abs(next(h)) < 10.0:
        t += next(g)
    return s * t


_A = [[0.7, 1.3, -0.4, 0.9], [-0.6, 0.9, 0.8, 0.3]]
_NAMES = ["islices", "until_small", "sent", "in_turn", "counted"]
EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (np.array(_A[1]),)] for name in _NAMES}
