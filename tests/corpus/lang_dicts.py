"""Dicts with items that are replaced, merged, chosen by key."""

from __future__ import annotations

import math

import numpy as np


def dict_array_written(params):
    params["w"][0] = params["b"] * 2
    params["w"] *= 3
    return np.sum(params["w"] ** 2)


def dict_element_replaced(params):
    params["b"] = params["b"] * 2
    params["w"] = params["w"] + params["b"]
    return np.sum(params["w"] ** 2)


def dict_merge(params, extra):
    merged = {**params, **extra}
    return merged["w"] ** 2 * merged["lr"]


def dict_tuple_keys(J, s):
    e = 0.0
    for (i, j), v in J.items():
        e -= v * s[i] * s[j]
    return e


def dict_alias_param(p):
    q = p
    q["w"] = q["w"] * 2
    return p["w"] ** 2


def dict_array_alias(p):
    w = p["w"]
    w[0] = w[1] * 3
    return np.sum(p["w"] ** 2)


def dict_array_rebound(p):
    w = p["w"]
    p["w"] = w * 2
    w[0] = 10.0
    return np.sum(p["w"]) + np.sum(w**2)


def graph_dict_relaxation(w):
    edges = {(0, 1): w[0], (0, 2): w[1], (1, 2): w[2], (1, 3): w[3], (2, 3): w[4]}
    dist = {0: 0.0, 1: 1e9, 2: 1e9, 3: 1e9}
    for _ in range(3):
        for (u, v), cost in edges.items():
            if dist[u] + cost < dist[v]:
                dist[v] = dist[u] + cost
    return dist[3] ** 2


def view_in_dict(m):
    parts = {"top": m[0], "rest": m[1:]}
    parts["top"] += parts["rest"].sum(axis=0)
    parts["rest"][0, 0] = parts["top"][1]
    return np.sum(m**2)


def accumulate_dict_state(a):
    s = {"m": 0.0, "v": 1.0}
    for x in a:
        s = {"m": 0.9 * s["m"] + x, "v": 0.9 * s["v"] + x * x}
    return s["m"] / math.sqrt(s["v"])


def accumulate_dict_in_place(a):
    s = {"m": 0.0, "n": 0}
    for x in a:
        if x > 0:
            s["m"] += x
            s["n"] += 1
    return s["m"] ** 2 / max(s["n"], 1)


def dict_per_branch(x):
    if x > 0:
        p = {"w": x, "b": 1.0}
    else:
        p = {"w": -x, "b": x}
    return p["w"] ** 2 + p["b"]


def lambda_table_loop(a):
    fs = {"id": lambda v: v, "sq": lambda v: v * v, "ex": math.exp}
    total = 0.0
    for i, (name, f) in enumerate(fs.items()):
        total += f(a[i]) * (i + 1) * len(name)
    return total


def loop_dict_nested(p):
    s = 0.0
    for layer, sub in p.items():
        for name, v in sub.items():
            s += np.sum(v**2) * (2.0 if name == "w" else 1.0)
    return s


def loop_modifies_dict(p):
    for k in p:
        p[k] = p[k] * 2
    return p["a"] * p["b"]


def object_counter_in_closure(x):
    state = {"calls": 0, "sum": 0.0}

    def f(v):
        state["calls"] += 1
        state["sum"] += v
        return v * state["calls"]

    return f(x) + f(x * x) + state["sum"]


def key_set_by_one_path(x):
    d = {"a": x}
    if x > 0.5:
        d["b"] = 1.0
    d["b"] = 3.0 * x
    for _ in range(2):
        x = x * d["b"] + d["a"]
    return x * d["b"]


def tuple_appended_by_one_path(x):
    pairs = [(x, 2.0), (3.0, x)]
    if x > 0.5:
        pairs.append((x * x, 3.0))
    return pairs[-1][0] * x + len(pairs) * pairs[0][1]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "dict_array_written": lambda: ({"w": _normal(5), "b": 0.3},),
    "dict_element_replaced": lambda: ({"w": _normal(5), "b": 0.3},),
    "dict_merge": lambda: ({"w": 1.3}, {"lr": 0.1}),
    "dict_tuple_keys": lambda: ({(0, 1): 0.7, (1, 2): -0.4}, _normal(5)),
    "dict_alias_param": lambda: ({"w": 0.7},),
    "dict_array_alias": lambda: ({"w": _normal(5)},),
    "dict_array_rebound": lambda: ({"w": _normal(5)},),
    "graph_dict_relaxation": lambda: (_positive(5),),
    "view_in_dict": lambda: (_normal(3, 4),),
    "accumulate_dict_state": lambda: (_normal(5),),
    "accumulate_dict_in_place": lambda: (_normal(5),),
    "dict_per_branch": lambda: (0.7,),
    "key_set_by_one_path": lambda: (0.7,),
    "tuple_appended_by_one_path": lambda: (0.7,),
    "lambda_table_loop": lambda: (_normal(5),),
    "loop_dict_nested": lambda: (
        {"l1": {"w": _normal(5), "b": 0.3}, "l2": {"w": _positive(5, seed=1), "b": 0.1}},
    ),
    "loop_modifies_dict": lambda: ({"a": 0.7, "b": 1.1},),
    "object_counter_in_closure": lambda: (0.7,),
}

MORE_ARGS = {
    "key_set_by_one_path": [lambda: (0.2,)],
    "tuple_appended_by_one_path": [lambda: (0.2,)],
    "graph_dict_relaxation": [lambda: (_positive(5)[::-1].copy(),)],
    "dict_per_branch": [lambda: (-1.7,)],
}
