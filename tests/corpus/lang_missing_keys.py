"""Keys of dicts and attributes of objects that one path sets, or a turn of a loop."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np


def key_by_path(x, a):
    d = {"s": x}
    if x > 0:
        d["extra"] = x * a[0]
    y = d["s"] * d.get("extra", 0.5)
    if "extra" in d:
        y += d["extra"] ** 2
    return y * len(d)


def keys_that_come_in_a_loop(x, a):
    d = {}
    for v in a:
        if v > 0.2:
            d["top"] = d.get("top", 0.0) + v * x
        elif v > -0.2:
            d.setdefault("mid", x)
            d["mid"] *= v
        else:
            d["low"] = d["low"] * v if "low" in d else v
    return d.get("top", 1.0) * d.get("mid", x) * d.get("low", x * x)


def array_under_a_new_key(x, a):
    d = {}
    n = 0
    while n < 4 and x * n < 2:
        n += 1
        if n == 1:
            d["row"] = a * x
        else:
            d["row"] += a
            d["row"][0] *= x
    return np.sum(d["row"] ** 2)


def default_made_on_one_path(x, a):
    d = defaultdict(float)
    for v in a:
        if v > 0:
            d["p"] += v * x
        else:
            d["n"] += v**2
    return d["p"] * d["n"] + d["z"] + x


def dicts_merged_by_path(x, a):
    d = {}
    if a[0] > 0:
        d["p"] = x
    e = {**d, "q": x * x}
    e.update({"p": e.pop("p", 2.0) * x})
    f = dict(d, r=x)
    g = d | {"r": 3 * x}
    h = {"p": 9.0 * x, **d}
    return e["p"] + e["q"] + f["r"] + g.get("p", 0.1) + g["r"] + h["p"]


def key_deleted_where_it_is(x, a):
    d = {}
    if a[0] > 0:
        d["p"] = x
    if a[1] > 0:
        d["q"] = x
    r = x if d else 0.0
    if "q" not in d and len(d) == 1:
        r += 3 * x
        del d["p"]
    return r * x + (1 if "p" in d else 2) * x


def best_and_where(x, a):
    state = {"best": None}
    for v in a:
        if state["best"] is None or v * x > state["best"]:
            state["best"] = v * x
            state["where"] = v
    return state["best"] * state["where"]


class Holder:
    """An object without attributes at first."""


def attribute_set_in_a_loop(x, a):
    holder, k = Holder(), 0
    while k < 3 and x < 5.0:
        if k > 0:
            x = x * holder.row[k] + holder.table["last"]
        holder.row = math.sin(x) * a
        holder.table = {"last": x, "row": a}
        k += 1
    return np.sum(holder.row) * x


def attribute_asked_for(x, a):
    holder = Holder()
    for v in a:
        if hasattr(holder, "last"):
            x = x * holder.last
        if v > 0:
            holder.last = v * x
    return x + getattr(holder, "last", x * x)


def nonlocal_name_set_in_a_loop(x, a):
    def add():
        nonlocal total
        total = total + x

    for row in (a, a[::-1]):
        for k in range(len(row)):
            if k == 0:
                total = row[k]
            add()
    return total * x


def _args(x, *entries):
    return lambda: (x, np.array(entries))


EXAMPLE_ARGS = {
    "key_by_path": _args(0.7, 0.3, -0.8, 1.1),
    "keys_that_come_in_a_loop": _args(0.7, 0.3, -0.8, 1.1),
    "array_under_a_new_key": _args(0.7, 0.3, -0.8, 1.1),
    "default_made_on_one_path": _args(0.7, 0.3, -0.8, 1.1),
    "dicts_merged_by_path": _args(0.7, 0.3, -0.8, 1.1),
    "key_deleted_where_it_is": _args(0.7, 0.3, -0.8, 1.1),
    "best_and_where": _args(0.7, 0.3, -0.8, 1.1),
    "attribute_set_in_a_loop": _args(0.7, 0.3, -0.8, 1.1),
    "attribute_asked_for": _args(0.7, 0.3, -0.8, 1.1),
    "nonlocal_name_set_in_a_loop": _args(0.7, 0.3, -0.8, 1.1),
}

MORE_ARGS = {
    "key_by_path": [_args(-0.4, 0.3, 0.5)],
    "keys_that_come_in_a_loop": [_args(0.6, 0.1, -0.15), _args(0.6, -0.5, -0.4, 0.1)],
    "default_made_on_one_path": [_args(0.6, -0.5, -0.4), _args(0.6, 0.5)],
    "dicts_merged_by_path": [_args(0.6, -0.5, 0.4)],
    "key_deleted_where_it_is": [
        _args(0.6, -0.5, 0.4),
        _args(0.6, -0.5, -0.4),
        _args(0.6, 0.5, 0.4),
    ],
    "attribute_asked_for": [_args(0.6, -0.5, 0.4), _args(0.6, -0.5)],
}
