"""Lists in which None stands beside tuples, copied, compared, carried and handed on."""

from __future__ import annotations

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


def copies(x):
    came = [None] * 5
    cur = (0, 1)
    t = 0.0
    for i in range(5):
        snap = list(came)
        if x[i] > 0:
            came[i] = cur
        cur = (i, (i + 1) % 5)
        for p, q in zip(snap, came):
            if p is None and q is not None:
                t += x[q[0]] * x[q[1]]
    return t


def swapped(x):
    came = [None] * 5
    for i in range(5):
        if x[i] > 0.8:
            came[i] = (i, i // 2)
    came[0], came[1] = came[1], came[0]
    a = came.pop()
    came.reverse()
    t = 0.0 if a is None else x[a[1]] ** 2
    for p in came:
        if p is None:
            t += x[0]
            continue
        t += x[p[0]] * x[p[1]] * len(p)
    return t


def compared(x):
    came = [None] * 5
    for i in range(5):
        if x[i] > 0.8:
            came[i] = (i, i // 2)
    t = 0.0
    for i in range(5):
        if came[i] == (1, 0):
            t += x[i] ** 2
        if came[i] != came[i - 1]:
            t += x[i]
        if (3, 1) in came:
            t += 1.0 * x[2]
        if None in came:
            t += 2.0 * x[3]
    return t + came.index((3, 1)) * x[4] + came.count(None) * x[0]


def carried(x):
    came = [None] * 5
    for i in range(5):
        if x[i] > 0.8:
            came[i] = (i, i // 2)
    last = None
    t = 0.0
    for i in range(5):
        if last is not None:
            t += x[last[0]] * x[i]
        last = came[i]
    return t


def carried_while(x):
    came = [None] * 5
    for i in range(5):
        if x[i] > 0.8:
            came[i] = (i, i // 2)
    last = (0, 0)
    k = 0
    t = 0.0
    while k < 5:
        if last:
            t += x[last[0]] * x[k]
        else:
            t += x[k] ** 3
        last = came[k]
        k += 1
    return t


def returned(x):
    def find(came, k):
        p = came[k]
        return p

    came = [None] * 5
    for i in range(5):
        if x[i] > 0.8:
            came[i] = (i, i // 2)
    t = 0.0
    for k in range(5):
        p = find(came, k)
        if p is not None:
            a, b = p
            t += x[a] * x[b]
    return t


def recursive(x):
    came = [None] * 5
    for i in range(5):
        if x[i] > 0.8:
            came[i] = (i, i // 2)

    def go(p, n):
        if p is None or n > 3:
            return 0.0
        return x[p[0]] ** 2 + go(came[p[1]], n + 1)

    return go(came[3], 0) + go(came[0], 0)


_NAMES = [
    "copies",
    "swapped",
    "compared",
    "carried",
    "carried_while",
    "returned",
    "recursive",
]


def _projected(p, focal):
    x, y, z = p
    if z <= 0.0:
        return None
    return focal * x / z, focal * y / z


def seen_points(points, focal):
    """A few points that are in front of a camera, or are not."""
    total, count = 0.0, 0
    for p, at in zip(points, ((0.2, 0.1), (0.0, 0.3), (-0.1, 0.3)), strict=True):
        seen = _projected(p, focal)
        if seen is None:
            continue
        total += (seen[0] - at[0]) ** 2 + (seen[1] - at[1]) ** 2
        count += 1
    return total / max(1, count)


EXAMPLE_ARGS = {
    "seen_points": lambda: (
        [np.array([0.1, 0.2, 2.0]), np.array([0.5, -0.2, -3.0]), np.array([-0.3, 0.4, 1.5])],
        1.2,
    ),
} | {name: lambda: (np.array(_A),) for name in _NAMES}
