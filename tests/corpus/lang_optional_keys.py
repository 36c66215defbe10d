"""Loops, sums and comprehensions over dicts of which some keys are there on one path only."""

from __future__ import annotations

import numpy as np


def optional(x):
    """Two keys that may be missing."""
    d = {"a": x[0] ** 2}
    if x[1] > 0.0:
        d["b"] = x[1] ** 3
    if x[2] > 0.0:
        d["c"] = x[2]
    return d


def over_items(x):
    """The order of the items counts."""
    s = 0.0
    for k, v in optional(x).items():
        s = s * 0.5 + v * (1.0 + len(k)) * x[3]
    return s


def totals(x):
    """Sums, extremes and arrays of what is there."""
    d = optional(x)
    largest = max(d.values()) + 2.0 * min(d.values())
    return sum(d.values()) * largest + np.sum(np.array(list(d.values())) ** 2) * len(d)


def replaced(x):
    """A loop over the keys replaces the items."""
    d = optional(x)
    for k in ["a", "b", "z"]:
        if k in d:
            d[k] = d[k] * x[3]
    for k in d:
        d[k] = d[k] ** 2 + 1.0
    s = 1.0
    for v in d.values():
        s = s * v
    return s


def jumps(x):
    """What is missing is passed over, as by ``continue``."""
    d = optional(x)
    if x[3] > 0.5:
        d["d"] = x[3]
    s = 1.0
    for k, v in d.items():
        if k == "c":
            continue
        s = s * x[0] + v
        if s > 3.0:
            break
    else:
        s = 2.0 * s
    return s


def taken_out(x):
    """One path takes a key out."""
    d = {"a": x[0], "b": x[1], "c": x[2]}
    if x[3] > 1.0:
        d.pop("a")
    elif x[1] > 0.0:
        del d["c"]
    s = 0.0
    for k in d:
        s = 0.5 * s + d[k] ** 2
    return s


def updated(x):
    """Dicts that are updated by, and made of, others with such keys."""
    d = {"a": x[0], "b": x[1]}
    more = {}
    if x[2] < 0.0:
        more["scale"] = x[3]
    d.update(more)
    e = {**d, "last": x[2]}
    e |= {"a": 2.0 * x[0]}
    twice = {k: 2.0 * v for k, v in e.items() if k != "b"}
    s = 0.0
    for k, v in twice.items():
        s = s * x[1] + v * len(k)
    return s + sum(v**2 for v in e.values())


def filtered(x):
    """A comprehension keeps some keys, by what they stand for."""
    kept = {k: v**2 for k, v in zip("abcd", x, strict=False) if v > 0.0}
    return sum(v for k, v in kept.items() if k != "b") * sum(kept.values()) * len(kept)


def in_a_loop(x):
    """A loop of many turns changes the items; the keys keep their order."""
    d = optional(x)
    for i in range(len(x)):
        for k in d:
            d[k] = d[k] * x[i] + 1.0
        if "b" in d:
            d["b"] *= x[0]
    s = 0.0
    for v in d.values():
        s = s * 0.5 + v
    return s


def keys_by_condition(x):
    """A key is one text or another."""
    sums = {}
    for v in x:
        key = "big" if v > 1.0 else "small"
        sums[key] = sums.get(key, 0.5) + v**2
        sums.setdefault("big" if v < 0.0 else "other", v)
    return sums.get("big", 2.0) * sums.get("small", x[0]) + sums.get("other", 1.0)


def in_other_orders(x):
    """Loops over what is there, from the last key to the first and by the keys themselves."""
    d = {"c": x[2], **optional(x)}
    if x[3] > 1.0:
        del d["c"]
    s = 1.0
    for k in reversed(d):
        s = s * d[k] + x[0]
    for k, v in reversed(d.items()):
        s = 0.5 * s + v * len(k)
    for k in sorted(d, reverse=True):
        s = s * d[k] - x[1]
    for _, v in sorted(d.items()):
        s = 0.7 * s + v**2
    return s


_A = [
    [0.7, 1.3, -0.4, 2.1],
    [0.7, 1.3, 0.4, 0.3],
    [0.9, -1.3, 0.4, 1.7],
    [1.6, -0.3, -0.4, 0.8],
    [-0.4, 1.9, 1.4, 1.2],
]
_NAMES = [
    "over_items",
    "totals",
    "replaced",
    "jumps",
    "taken_out",
    "updated",
    "filtered",
    "in_a_loop",
    "keys_by_condition",
    "in_other_orders",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda p=p: (np.array(p),) for p in _A[1:]] for name in _NAMES}
