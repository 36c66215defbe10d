"""Generators with a filter, looped over by ``enumerate``, ``zip`` and under a name."""

from __future__ import annotations

import math

import numpy as np


def counted_positives(x):
    chosen = (v for v in x if v > 0)
    total = 0.0
    for n, v in enumerate(chosen):
        if v > 1.0:
            break
        total += v**2 / (n + 1)
    return total


def every_second(x):
    chosen = (v for i, v in enumerate(x) if i % 2 == 0)
    total = 0.0
    for n, v in enumerate(chosen, 1):
        if n == 2:
            continue
        total += v**2 / n
    return total


def until_too_large(x, limit):
    chosen = (v for v in x if v > 0.2)
    total = 0.0
    for v in chosen:
        if v > limit:
            break
        total += v**2
    else:
        total *= 2.0
    return total


def sifted_beside(x):
    total = 0.0
    for k in range(2):
        for a, b in zip((v * k for v in x if v > 0.2 * k), x):
            total += a * b
        for n, v in enumerate(filter(lambda u: u > 0, x), k):
            total += v**2 * n
    return total


def sifted_by_a_function(x):
    def positive(values):
        return (v for v in values if v > 0)

    total = 0.0
    for n, v in enumerate(positive(x)):
        total = 0.5 * total + v**2 * n
    return total


def changed_by_the_loop(x):
    low, y = 0.0, x.copy()
    rising = (v for v in x if v > low)
    later = (v for v in y if v > 0)
    total = 0.0
    for n, v in enumerate(rising):
        low = v
        total += v**2 * (n + 1)
    for n, v in enumerate(later):
        y[2:] += v
        total += v**3 / (n + 1)
    return total


def logarithms(values):
    for v in values:
        yield math.log(v)


def ended_before_it_raises(x):
    kept = (math.sqrt(v) for v in x if v < 5.0)
    named = logarithms(x)
    total = 0.0
    for n, v in enumerate(kept):
        total += v * (n + 1)
        break
    for n, v in enumerate(named):
        total += v * (n + 1)
        break
    for v in logarithms(x):
        return total * v
    return total


def rest_after_a_break(x):
    first = (v for i, v in enumerate(x) if i != 1)
    second = (v for v in x if v > 0)
    total = next(second)
    for n, v in enumerate(first):
        if v > 1.0:
            break
        total += v**2 / (n + 1)
    for v in second:
        total = total * v + 0.1
        if v < 1.0:
            break
    return total + sum(v for v in first) * sum(second)


def rest_after_counting(x):
    items, steps = iter(x), (b - a for a, b in zip(x, x[1:]))
    total = 0.0
    for n, v in enumerate(items, 1):
        if v > 1.0:
            break
        total += v**2 / n
    for n, v in enumerate(steps):
        if n == 2:
            break
        total += v**2 * n
    return total + sum(items) * sum(v for v in steps)


X = np.array([0.3, -0.7, 1.1, 0.9, 0.45])
EXAMPLE_ARGS = {
    "counted_positives": lambda: (X.copy(),),
    "every_second": lambda: (X.copy(),),
    "until_too_large": lambda: (X.copy(), 1.0),
    "sifted_beside": lambda: (X.copy(),),
    "sifted_by_a_function": lambda: (X.copy(),),
    "rest_after_a_break": lambda: (X.copy(),),
    "rest_after_counting": lambda: (X.copy(),),
    "changed_by_the_loop": lambda: (X.copy(),),
    "ended_before_it_raises": lambda: (X.copy(),),
}
MORE_ARGS = {"until_too_large": [lambda: (X.copy(), 9.0)]}
