"""Stores into slices of lists."""

from __future__ import annotations

import bisect

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


def starred_from_grown_list(x, n):
    items = [x[k % 3] * (k + 1) for k in range(n)]
    a, *rest, b = items
    *start, last = items
    first, *tail = items
    tail[0] = tail[0] * 2
    return a * sum(v**2 for v in rest) + b + sum(start) * last + first * sum(tail) + items[1]


def starred_from_array(x):
    a, *rest = x
    b, c, *more = rest
    return a * b + c * sum(more) + len(rest) * a


def head_and_tail(x, n):
    def fold(items):
        if not items:
            return 0.0
        head, *tail = items
        return head**2 + 0.5 * fold(tail)

    return fold([x[0] * k for k in range(n)])


def computed_slices(x):
    items = [x[0], 2 * x[1], x[2] * x[0], 1.0]
    t = 0.0
    for i in range(3):
        t += sum(items[i : i + 2]) * (i + 1) + sum(items[i:]) * sum(items[:i])
    return t


def copies_of_lists(x, n):
    items = [x[0], 2 * x[1]]
    other = items.copy()
    other[0] = x[2] * x[2]
    grown = []
    for _ in range(n):
        grown.append(x[1])
    kept = grown.copy()
    kept[0] = 5.0 * x[0]
    given = {"a": x[0]}
    changed = given.copy()
    changed["a"] = x[1]
    return sum(other) * items[0] + sum(kept) * grown[0] + given["a"] * changed["a"]


def unions_of_dicts(p):
    q = p | {"a": p["b"]}
    q |= {"d": 1.0}
    q |= [("e", p["a"])]
    return q["a"] * q["c"] + q["d"] + q["e"] * len(q) * bool(q)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def slice_made_longer(x):
    items = [x[0], x[1], x[2]]
    items[0:2] += [x[0] * x[1]]
    items[1:] *= 2
    return sum(v * (k + 1) for k, v in enumerate(items))


def place_computed_once(x):
    items, i = [x[0], x[1], x[2]], 0

    def following():
        nonlocal i
        i += 1
        return i

    items[following()] += x[0] * x[1]
    items[following() - 2] *= 3.0
    return items[0] + 2 * items[1] ** 2 + i * items[2]


def neighbours_merged(x):
    xs = list(x)
    i = 0
    while i < len(xs) - 1:
        if abs(xs[i + 1] - xs[i]) < 0.5:
            xs[i : i + 2] = [0.5 * (xs[i] + xs[i + 1])]
            if i:
                i -= 1
        else:
            i += 1
    return sum(v**3 for v in xs) + len(xs) * xs[-1]


def slices_at_places(x, n):
    items, rows = list(x), [x * k for k in range(n + 1)]
    for i in range(n):
        items[i : n - i] = [items[0] * items[-1], items[i] ** 2]
        items[i:] = items[i:] + [x[i] * 2]
        items[-2:] = items[:-3:-1]
        rows[i : i + 1] = [rows[i] ** 2, rows[i] + x]
    return sum(v * (k + 1) for k, v in enumerate(items)) + np.sum(rows[n] * rows[-1])


def halved_steps(x, n):
    """Steps of powers of two, whose exponents are not seen to be positive."""
    top, total = int(np.log2(n)), 0.0
    for k in range(2):
        step = n // 2 ** (top - k)
        total += np.sum(x[::step] ** 2) + np.prod(x[-step:])
    return total


def closest_merged(x, size):
    """The closest of sorted weights are merged where there are too many of them."""
    centres = []
    for v in x:
        centres.insert(bisect.bisect([m for m, _ in centres], v), (v, 1))
        if len(centres) > size:
            gaps = [(b[0] - a[0], i) for i, (a, b) in enumerate(zip(centres, centres[1:]))]
            _, i = min(gaps)
            (m1, n1), (m2, n2) = centres[i], centres[i + 1]
            centres[i : i + 2] = [((m1 * n1 + m2 * n2) / (n1 + n2), n1 + n2)]
    return sum(m * m * n for m, n in centres) + centres[-1][0]


EXAMPLE_ARGS = {
    "halved_steps": lambda: (_normal(5), 4),
    "closest_merged": lambda: (np.array([0.5, 1.9, 0.7, 3.2, 2.45, 1.1, 0.05]), 4),
    "neighbours_merged": lambda: (np.array([0.1, 0.3, 1.0, 1.2, -0.5, 0.4]),),
    "slices_at_places": lambda: (_normal(4), 3),
    "slice_made_longer": lambda: (_normal(3),),
    "place_computed_once": lambda: (_normal(3),),
    "slices_of_known_list": lambda: (_normal(4),),
    "slices_of_grown_list": lambda: (_normal(3), 5),
    "array_into_slice": lambda: (_normal(3),),
    "starred_from_grown_list": lambda: (_normal(3), 4),
    "starred_from_array": lambda: (_normal(5),),
    "head_and_tail": lambda: (_normal(1), 4),
    "computed_slices": lambda: (_normal(3),),
    "copies_of_lists": lambda: (_normal(3), 3),
    "unions_of_dicts": lambda: ({"a": 1.3, "b": 0.4, "c": 2.0},),
}

MORE_ARGS = {
    "starred_from_grown_list": [lambda: (_normal(3), 3)],
    "starred_from_array": [lambda: (_normal(3),)],
}
