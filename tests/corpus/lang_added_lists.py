"""Lists that get the items of lists of which the path decides how long they are."""

from __future__ import annotations

import numpy as np

_A = [0.31, -0.72, 1.13, 0.58, -0.27]


def one_or_two_each(x):
    """Add one item or two, seen under another name, too."""
    out = []
    same = out
    for v in x:
        out += [v] if v > 0 else [v, v * v]
    same.append(1.0)
    return sum(v * v for v in out) * len(same)


def itself_or_another(x):
    out = [x[0], x[1]]
    out += out if x[0] > 0 else [x[2]]
    return sum((k + 1) * v for k, v in enumerate(out))


def in_a_dict(x):
    parts = {"low": [], "high": [x[0]]}
    for v in x:
        parts["low"] += [v] if v > 0.4 else []
        parts["low" if v > 0 else "high"] += [v * v]
    return sum(parts["low"]) * len(parts["high"]) + sum(parts["high"])


def rows_or_none(x):
    rows = []
    for v in x:
        more = None
        if v > 0.5:
            more = [[v, v * v]]
        elif v > -0.5:
            more = [[v, 1.0], [0.5, v]]
        if more is not None:
            rows += more
    return sum(a * b for a, b in rows) * len(rows)


def walked(x):
    """Collect what a recursive function finds, in lists of tuples."""

    def walk(k, depth):
        if k >= len(x):
            return []
        out = [(x[k], depth)]
        out += walk(2 * k + 1, depth + 1)
        if x[k] > 0:
            out += walk(2 * k + 2, depth + 1)
        return out

    found = walk(0, 1)
    return sum(depth * v**2 for v, depth in found) + found[-1][0] * len(found)


def starred(x):
    ends = [x[1]]
    if x[0] > 0:
        ends = [x[2], x[3]]
    points = [x[0], *ends, 1.0]
    return sum(a * b for a, b in zip(points, points[1:])) * len(points)


_NAMES = (
    "one_or_two_each",
    "itself_or_another",
    "in_a_dict",
    "rows_or_none",
    "walked",
    "starred",
)
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
MORE_ARGS = {name: [lambda: (-np.array(_A),)] for name in _NAMES}
