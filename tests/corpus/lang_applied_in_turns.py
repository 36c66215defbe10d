"""Functions that are applied to what a generator with effects gives, item by item."""

from __future__ import annotations

from functools import reduce

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


def map_gen(x):
    def g(n):
        for v in x[:3]:
            print(n)
            yield v**2

    def f(v):
        print("f")
        return v * 2

    t = 0.0
    for v in map(f, g("m")):
        print("body")
        t += v
    return t + sum(map(f, x))


def map_lambda_two(x):
    log = []

    def g():
        for v in x:
            log.append(v)
            yield v

    t = 0.0
    for v in map(lambda a, b: a * b + len(log), g(), x):
        t += v * log[-1]
    return t


def reduce_eff(x):
    def g(n):
        for v in x[:3]:
            print(n)
            yield v**2

    def f(a, b):
        print("f")
        return a * b

    return reduce(f, g("m"))


def reduce_three(x):
    def g(n):
        for v in x[:3]:
            print(n)
            yield v**2

    def f(a, b):
        print("f")
        return a * b

    return reduce(f, g("m"), x[0])


def max_quiet_key(x):
    def g():
        for v in x:
            if v > 0:
                yield v**2

    return max(g(), key=lambda v: -v) + min((v**2 for v in x), key=lambda v: abs(v - 1))


_NAMES = [
    "map_gen",
    "map_lambda_two",
    "reduce_eff",
    "reduce_three",
    "max_quiet_key",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
