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


def scales_in_a_list(a, v):
    scale = [1, 1, 1]
    for i in range(3):
        if a[i] > v + 3.5:
            scale[i] = a[i]
    s = np.array(scale)
    a[:] = a * s
    a[0] += 0.25
    return np.sum(a * s)


def masks_as_numbers(a, v):
    mask = a > 0.75
    w = mask * 1
    y = a * w
    y[0] = y[1] * 0.5
    z = a.copy()
    z *= mask
    z[1] += v
    return np.sum(y * z) + np.sum(a * mask) + mask.sum() * a[0]


def one_hot_by_path(a, v):
    one = np.eye(3, dtype=int)[np.argmax(a)]
    one = one if v < 0.0 else one * v
    a[0] = 0.3 * a[0] + a[1]
    return np.sum(a * one) + np.sum(np.maximum(one, 0) * a)


EXAMPLE_ARGS = {
    name: lambda: (np.array([1.0, 2.0, 0.5]), -2.0)
    for name in ("scaled_by_path", "nothing_summed", "limited", "weights_by_path",
                 "powers_in_turns", "items_of_both", "scales_in_a_list", "masks_as_numbers",
                 "one_hot_by_path")
}  # fmt: skip
