"""Loops over dicts with computed keys that write to the items of these keys."""

from __future__ import annotations

import numpy as np


def histogram(x, width):
    mass = {}
    for v in x:
        k = int(v / width)
        mass[k] = mass.get(k, 0.0) + v
    return mass


def normalised_histogram(x):
    mass = histogram(x, 0.4)
    total = sum(mass.values())
    for k in mass:
        mass[k] /= total
    return sum(p * p for p in mass.values())


def items_rescaled(x):
    mass = histogram(x, 0.3)
    for k, v in mass.items():
        mass[k] = v * x[0] + 0.1 * k
    return sum((i + 1) * v for i, v in enumerate(mass.values()))


def each_by_all_others(x):
    mass = histogram(x, 0.4)
    for j in mass:
        for k in mass:
            if k != j:
                mass[k] -= 0.1 * mass[j]
    return sum(v**2 for v in mass.values())


def pairs_as_keys(x):
    table = {}
    for i, v in enumerate(x):
        table[int(v * 3), i % 2] = v * v
    half = {key: v / 2 for key, v in table.items()}
    for i, j in half:
        half[i, j] += table[i, j] * x[j]
    return sum((k + 1) * v for k, v in enumerate(half.values()))


def smallest_taken_out(x):
    left = {"a": x[0] ** 2, "b": x[1] ** 2, "c": x[2] ** 2}
    total, weight = 0.0, 1.0
    while left:
        name = min(left, key=left.get)
        least = left.pop(name)
        for other in left:
            left[other] += least * x[3]
        total += weight * least
        weight *= 2.0
    return total


def _x():
    return np.array([0.52, 0.31, 0.44, 0.93, 0.87])


EXAMPLE_ARGS = {
    "normalised_histogram": lambda: (_x(),),
    "items_rescaled": lambda: (_x(),),
    "each_by_all_others": lambda: (_x(),),
    "pairs_as_keys": lambda: (_x(),),
    "smallest_taken_out": lambda: (_x(),),
}
