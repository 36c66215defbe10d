"""Parameters in dicts, lists and tuples."""

from __future__ import annotations

import numpy as np


def nested_dict(params, x):
    h = np.tanh(params["enc"]["w"] * x + params["enc"]["b"])
    return np.sum(params["dec"]["w"] * h)


def list_params(ws, x):
    for w, b in ws:
        x = np.tanh(w * x + b)
    return np.sum(x)


def tuple_params(p):
    (a, b), c = p
    return a * b + c**2


def tuple_index_negative(p):
    return p[-1] * p[0] + sum(p[1:])


def dict_keys_loop(p):
    t = 0.0
    for k in p:
        t += p[k] ** 2
    for k in p.keys():
        t *= 1 + 0.1 * p[k]
    return t


def dict_int_keys(p):
    return p[0] * p[1] - p[2]


def empty_list_truth(x, regs):
    out = x**2
    if regs:
        out += regs[0] * abs(x)
    return out


def list_sum_lists(a, b):
    total = 0.0
    for x, y in zip([a, b, a * b], [1.0, 2.0, 3.0]):
        total += x * y
    return total


def list_plus(a, b):
    vals = [a, b] + [a * b] + [1.0] * 2
    return sum(vals) * vals[2]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "nested_dict": lambda: (
        {"enc": {"w": _normal(5), "b": 0.1}, "dec": {"w": _positive(5, seed=1)}},
        0.7,
    ),
    "list_params": lambda: ([(_normal(5), 0.3), (_positive(5, seed=1), 0.1)], 0.7),
    "tuple_params": lambda: (((0.7, 1.1), 0.4),),
    "tuple_index_negative": lambda: ((0.7, 1.1, 0.4),),
    "dict_keys_loop": lambda: ({"x": 0.7, "y": 1.1},),
    "dict_int_keys": lambda: ({0: 0.7, 1: 1.1, 2: 0.4},),
    "empty_list_truth": lambda: (0.7, []),
    "list_sum_lists": lambda: (0.7, 1.1),
    "list_plus": lambda: (1.2, 0.7),
}
