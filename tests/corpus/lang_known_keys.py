"""Dicts by numbers that the program computes, sets, truth of functions, user context managers."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np


def added_by_number(x, labels):
    sums = {0: 0.0, 1: 0.0, 2: 1.0}
    count = 0
    for v, label in zip(x, labels):
        sums[label] += v * v
        if label in sums:
            count += 1
        if label + 1 not in sums:
            count += 10
    weights = {True: 2.0, False: x[0]}
    return sum(sums.values()) * weights[x[1] > 0] + sums[labels[0]] * count


def function_by_test(x):
    branch = {True: math.exp, False: math.tanh}
    return branch[x > 0.0](x) + {1: x, 2: x * x}[2 if x > 1.0 else 1]


def made_by_float(x, keys):
    total = defaultdict(float)
    for k, v in zip(keys, x):
        total[k] += v * v
    return sum(total[k] * (i + 1) for i, k in enumerate(total))


def walk(x, on_step=None):
    seen = []
    for i in range(3):
        x = x * 1.1 + i
        if on_step:
            on_step(seen, i, x)
    return x + sum(seen)


def callback_or_none(x):
    return walk(x, lambda seen, i, v: seen.append(v * i)) + walk(x)


class Scaled:
    def __init__(self, scale):
        self.scale, self.depth = scale, 0

    def __enter__(self):
        self.depth += 1
        return self

    def __exit__(self, *error):
        self.depth -= 1
        self.scale *= 0.5


def inside_a_manager(x):
    outer = Scaled(x[0])
    with outer as s, Scaled(3.0) as t:
        y = s.scale * x[1] * s.depth * t.scale
        if y > 0.0:
            y = y * y
    return y * outer.scale + outer.depth


def known_sets(x, kind):
    keys = {*("a", "b"), "c"}
    scale = 2.0 if kind in {"a", "z"} else 3.0
    return scale * x * len(keys) * (kind in keys)


def complex_terms(slits, angle):
    wave = sum(a * np.exp(2j * np.pi * place * np.sin(angle)) for a, place in slits)
    return np.abs(wave) ** 2


X = np.array([0.7, -0.3, 1.2, 0.1])
EXAMPLE_ARGS = {
    "added_by_number": lambda: (X.copy(), np.array([0, 2, 1, 2])),
    "function_by_test": lambda: (0.7,),
    "made_by_float": lambda: (X.copy(), ["p", "q", "p", "q"]),
    "callback_or_none": lambda: (0.7,),
    "inside_a_manager": lambda: (X.copy(),),
    "known_sets": lambda: (0.7, "a"),
    "complex_terms": lambda: ([(1.0, 0.2), (0.5, 0.8)], 0.3),
}
MORE_ARGS = {
    "added_by_number": [lambda: (-X, np.array([1, 1, 0, 2])), lambda: (X.copy(), [0, 2, 1, 2])],
    "function_by_test": [lambda: (-0.7,), lambda: (1.7,)],
    "inside_a_manager": [lambda: (-X,), lambda: (np.abs(X),)],
    "known_sets": [lambda: (0.7, "c"), lambda: (0.7, "z")],
}
