"""Stores into slices of lists."""

from __future__ import annotations

import numpy as np


def slices_of_known_list(x):
    items = [x[0], x[1], x[2], x[3]]
    alias = items
    items[1:3] = [items[2], items[1] * 2]
    items[::2] = items[1::2]
    items[4:] = [x[0] * x[1]]
    items[:1] = []
    return sum(v * (k + 1) for k, v in enumerate(alias))


def slices_of_grown_list(x, n):
    items = []
    for i in range(n):
        items.append(x[i % 3] * i)
    alias = items
    items[1:3] = [items[2], items[1] * 2, x[0]]
    items[:1] = []
    items[:] = [v * 2 for v in items]
    items[3:] = items[3:] + [x[1]]
    return sum(v * (k + 1) for k, v in enumerate(alias))


def array_into_slice(x):
    items = [0.0] * 5
    items[1:3] = x[:2]
    items[0:2] = x[1:] * 2
    return sum(v * (k + 1) for k, v in enumerate(items))


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "slices_of_known_list": lambda: (_normal(4),),
    "slices_of_grown_list": lambda: (_normal(3), 5),
    "array_into_slice": lambda: (_normal(3),),
}
