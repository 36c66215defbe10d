"""Dicts whose keys come in an order that the path decides, which loops over them follow."""

from __future__ import annotations

from collections import defaultdict

import numpy as np


def loop_over_values(x):
    d, t = {"a": x[0]}, 0.0
    if x[1] > 0.0:
        d["b"] = 1.0
    d["c"] = 2.0
    d["b"] = x[2]  # before "c", or behind it
    for v in d.values():
        t = t * x[3] + v
    return t


def first_of_values(x):
    d = {}
    if x[1] > 0.0:
        d["a"], d["b"] = 1.0, 2.0
    else:
        d["b"], d["a"] = 1.0, 2.0
    d["a"], d["b"] = x[0], x[0] * x[2]
    return list(d.values())[0]  # noqa: RUF015


def sums_by_sign(x):
    """The first number decides which key comes first."""
    d, s = {}, 0.0
    for v in x:
        key = "above" if v > 0.0 else "below"
        d[key] = d.get(key, 0.0) + v
    for k in d:
        s = s * x[0] + d[k] ** 2
    return s


def groups_by_sign(x):
    groups, s = {}, 0.0
    for v in x:
        key = "above" if v > 0.0 else "below"
        if key not in groups:
            groups[key] = []
        groups[key].append(v)
    for k in groups:
        s = s * x[1] + sum(groups[k]) ** 2 / len(groups[k])
    return s


def groups_by_default(x):
    groups = defaultdict(list)
    for v in x:
        groups["above" if v > 0.5 else "between" if v > -0.5 else "below"].append(v)
    return sum(sum(groups[k]) ** 2 * (i + 1) for i, k in enumerate(sorted(groups)))


def groups_set_by_default(x):
    groups = {}
    for v in x:
        groups.setdefault("above" if v > 0.0 else "below", []).append(v * v)
    return sum(max(g) * len(g) for g in groups.values())


def rows_by_sign(m):
    """Rows of a matrix, grouped."""
    groups = {}
    for r in m:
        k = "a" if r[0] > r[1] else "b"
        if k not in groups:
            groups[k] = []
        groups[k].append(r)
    return sum(np.sum(np.sum(np.array(g), axis=0) ** 3) for g in groups.values())


def updated_by_path(x):
    """`update` with one of two dicts."""
    d = {"a": 0.0, "b": 1.0, "c": 2.0}
    d.update({"a": x[0], "b": x[1]} if x[2] > 0.0 else {"b": x[0] * x[3], "c": x[1] ** 2})
    return d["a"] * 2.0 + d["b"] ** 2 + d["c"] * 3.0


_X = (0.4, -0.7, 1.3, 0.9, -1.6)
_NAMES = [
    "loop_over_values", "first_of_values", "sums_by_sign", "groups_by_sign", "groups_by_default",
    "groups_set_by_default", "updated_by_path",
]  # fmt: skip
EXAMPLE_ARGS = {name: lambda: (np.array(_X),) for name in _NAMES} | {
    "rows_by_sign": lambda: (np.array([[0.4, -0.7], [0.2, 1.3], [1.1, 0.9]]),)
}
