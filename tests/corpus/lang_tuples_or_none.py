"""Lists in which None stands beside tuples, copied, compared, carried and handed on."""

from __future__ import annotations

import itertools

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


def way_back_of_the_last_turn(x):
    """None is what the name holds after the loop, and not that it was never assigned."""
    for _ in range(len(x)):
        came, last = {0: None}, 0
        for _ in range(2):
            if last + 1 not in came and x[last] > 0:
                came[last + 1] = last
                last = last + 1
        while last is not None:
            x = x + 0.1 * x[last]
            if x[0] > 3.0:
                break
            last = came[last]
    return x[last] ** 2 if last is not None else x[0]


_NAMES = [
    "way_back_of_the_last_turn",
    "copies",
    "swapped",
    "compared",
    "carried",
    "carried_while",
    "returned",
    "recursive",
    "tour",
    "line_of_play",
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


def tour(x):
    """A loop over what is None before the search has found something."""
    best, found = np.inf, None
    for perm in ((1, 2, 3), (3, 1, 2), (2, 3, 1)):
        length, here = 0.0, 0
        for c in perm:
            length += (x[here] - x[c]) ** 2
            here = c
        if length < best:
            best, found = length, (0,) + perm
    t = best + sum(x[a] * x[b] for a, b in itertools.combinations(found, 2))
    for k, i in enumerate(found):
        t += k * x[i]
    return t if 2 in found else best


def line_of_play(x):
    """A recursive search that hands back the moves that it has found, None at first."""

    def search(node, depth):
        if depth == 0:
            return x[node % 5], [node]
        best, line = -np.inf, None
        for c in range(2):
            v, below = search(2 * node + c + 1, depth - 1)
            if -v > best:
                best, line = -v, [node] + below
        return best, line

    score, moves = search(0, 3)
    return score + sum(x[n % 5] ** 2 for n in moves)


EXAMPLE_ARGS = {
    "seen_points": lambda: (
        [np.array([0.1, 0.2, 2.0]), np.array([0.5, -0.2, -3.0]), np.array([-0.3, 0.4, 1.5])],
        1.2,
    ),
} | {name: lambda: (np.array(_A),) for name in _NAMES}
