"""Sets of negative and large numbers, where the order of their items does not matter."""

from __future__ import annotations

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


def srt(x):
    s = {int(np.floor(v * 3)) for v in x}
    return sum(x[0] * k**2 for k in sorted(s))


def mx(x):
    s = {int(np.floor(v * 3)) for v in x}
    return max(s) * x[1] + min(s) * x[2] + len(s)


def ordered_still(x):
    s = {int(v * 2) + 3 for v in x}
    t = 0.0
    for k in s:
        t = t * 0.3 + k * x[0]
    seen = []

    def f(k):
        seen.append(k)
        return k > 100

    any(f(k) for k in s)
    return t + max(s, key=lambda k: 1) * x[1] + sum(np.sin(x[k % 5]) for k in s) + seen[0] * x[2]


_NAMES = [
    "srt",
    "mx",
    "ordered_still",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
