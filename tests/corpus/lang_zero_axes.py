"""Arrays without axes, NumPy's numbers, and single entries as Python's."""

from __future__ import annotations

import numpy as np


def stores_without_axes(x):
    s = np.zeros(())
    t = s
    s[...] = x[0]
    t[()] *= x[1]
    return float(s) * t[()] + s.item()


def argument_without_axes(a):
    b = a * 2
    b += 1
    c = a[()] * b
    a *= 3.0
    return float(c) + a.item() ** 2


def number_subscripted(x):
    y = x.sum()
    return np.float64(2.0) * y[()] * y


def entries_by_place(m, k):
    t = m.T.item(1, 0) + m.item(-1) * m.item(k) + m.item((1, 1))
    v = m[0]
    m[0, 0] = m.item(0, 1) ** 2
    return t + v.item(0) * m.ravel().item(2)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def peak_that_fades(x, c):
    """Carry arrays without axes through loops and branches, and read them as numbers."""
    total, peak = np.zeros(()), np.array(c)
    for v in x:
        total += v * peak
        if v > peak:
            peak[...] = v
        peak *= 0.9 * c
    total[()] = total[()] + 0.5 * peak.item() ** 2
    return total


EXAMPLE_ARGS = {
    "peak_that_fades": lambda: (np.array([0.31, -0.72, 1.13, 0.58, -0.27]), 0.3),
    "stores_without_axes": lambda: (_normal(2),),
    "argument_without_axes": lambda: (np.array(0.7),),
    "number_subscripted": lambda: (_normal(3),),
    "entries_by_place": lambda: (_normal(2, 2), 1),
}
