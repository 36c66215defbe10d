"""Numbers and arrays of integers on one path, and of floats on another, beside stores."""

from __future__ import annotations

import numpy as np


def scaled_by_path(a, v):
    s = 0
    if v > 10.0:
        s = v
    a[a > 1.5] *= -0.6
    return np.sum(a * s) + np.sum(a)


def nothing_summed(a, v):
    s = sum([v * k for k in range(3) if v > 10.0 + k])
    a[a > 1.5] *= -0.6
    return np.sum(a * (s + 2))


def limited(a, v):
    s = max(1, v)
    a[0] = a[1] * 0.5 + a[0] * 0.25
    return np.sum(a * s)


def weights_by_path(a, v):
    w = np.arange(2, 2 + len(a))
    s = w if v < 10.0 else v * w
    a[0] = a[1] * 0.5 + a[0] * 0.25
    return np.sum(a * s)


def powers_in_turns(a, v):
    s, w = 1, np.arange(1, 1 + len(a))
    for _ in range(2):
        if v > 10.0:
            s = s + v
    a[0] = a[1] * 0.5 + a[0] * 0.25
    return np.sum(a * w**s)


def items_of_both(a, v):
    items = [3, 2]
    if v > 10.0:
        items.append(v)
    a[1:] *= 0.5
    return np.sum(a * items[-1]) + a[0] * max(items)


EXAMPLE_ARGS = {
    name: lambda: (np.array([1.0, 2.0, 0.5]), -2.0)
    for name in ("scaled_by_path", "nothing_summed", "limited", "weights_by_path",
                 "powers_in_turns", "items_of_both")
}  # fmt: skip
