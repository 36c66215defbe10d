"""Slices of which an end, or the step, is None on some paths; what is returned while it grows."""

import numpy as np


def but_the_last(x, k):
    return np.sum(x[: -k or None] ** 2) + np.sum(x[k or None :] ** 3)


def end_by_name(x, k):
    end = None
    if k > 0:
        end = -k
    y = x * 2.0
    y[:end] *= x[0]
    items = [v**2 for v in x]
    return np.sum(y**2) + sum(items[:end]) + np.sum(x[slice(None, end)])


def stepped(x, k):
    return np.sum(x[:: -1 if k else None] * np.arange(1.0, len(x) + 1.0))


def in_turns(x, k):
    y = x.copy()
    for i in range(3):
        y[: -i or None] *= 1.0 + x[k]
    a, b = (k, None) if k > 1 else (None, 3)
    return np.sum(y**2) + np.sum(y[a:b]) * x[0]


_LOSSES = ["but_the_last", "end_by_name", "stepped", "in_turns"]
EXAMPLE_ARGS = {name: lambda: (np.array([0.7, 1.3, -0.4, 0.9, 2.1]), 2) for name in _LOSSES}
MORE_ARGS = {
    name: [lambda: (np.array([0.2, -1.1, 0.5, 1.4]), k) for k in (0, 1)] for name in _LOSSES
}
