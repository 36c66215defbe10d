"""Branches, unpacking, swaps, chains, assert and errstate."""

from __future__ import annotations

import math

import numpy as np


def branch_defined_both(x):
    if x > 1.0:
        slope = 2.0
        offset = x
    else:
        slope = x
        offset = 0.5
    return slope * x + offset


def branch_defined_later_used_same_condition(x, use_bias):
    if use_bias:
        bias = x * 0.1
    y = x * x
    if use_bias:
        y = y + bias
    return y


def branch_only_float_condition(x):
    if x > 0.0:
        extra = math.exp(x)
    y = x**2
    if x > 0.0:
        y += extra
    return y


def asserts(x, n):
    assert n > 0, "n must be positive"
    assert x > 0
    total = 0
    for _ in range(n):
        total += math.log(x)
    return total


def errstate_block(x):
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.where(x > 0, np.log(np.abs(x)), 0.0)
        s = np.sum(r)
    return s * s


def errstate_return(x):
    with np.errstate(all="ignore"):
        return np.sum(x / (1.0 + x**2))


def nested_unpack(t):
    (a, b), (c, [d, e]) = t
    return a * b + c * d - e**2


def swaps(x, y):
    for _ in range(5):
        x, y = y, x + 0.1 * y
    return x * y


def fibonacci_rotation(a, b, c):
    a, b, c = b, c, a + b * c
    a, b, c = b, c, a + b * c
    return a * b * c


def chain_assign(x):
    a = b = c = x * 2
    a += 1
    b *= a
    return a + b * c


def ternary_chain(x):
    return x if x > 2 else x**2 if x > 1 else x**3 if x > 0 else -x


def short_circuit(x, y):
    if (x > 0 and math.log(x) < y) or y > 5:
        return x * y
    return x + y


def not_in_conditions(x, names):
    total = 0.0
    if "l2" in names:
        total += x * x
    if "l1" not in names:
        total += abs(x)
    return total * 2.0


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


class Parts:
    kind = 3.0

    def __init__(self, a):
        self.a, self.kind, self.rest = a, 2.0 * a, [a]


def deleted_parts(x):
    parts = Parts(x[0])
    same = parts
    s = parts.kind
    del same.kind
    s = s * parts.kind + parts.a
    del parts.rest, parts.a
    items = list(x)
    held = items
    del items[1:3]
    del held[-1:]
    if s.is_integer() or (float(len(items)).is_integer() and hasattr(parts, "a")):
        s = s + 100.0
    return s * sum(v * (i + 1) for i, v in enumerate(held)) * len(items)


def replaced_on_some_paths(m, x):
    a = m
    if x[0] > 0.2:
        x = x * 0.9
    elif x[1] > 0.3:
        m = m * x[1]
    if x[0] > 0.1:
        x = x * x[1]
    elif x[1] > 0.4:
        m = m + x[0]
    else:
        x = x + 0.1
    if x[0] > 0.6:
        m = m * 0.7
    elif x[1] > 0.05:
        x = x - 0.1 * m[1]
    else:
        m = m - x[1]
    m[0] *= 2.0
    return np.sum(m * a) + np.sum(x * x)


def array_or_number_on_a_path(d, level, n):
    if level > 0.0:
        while level < 0.5:
            d["left"] = np.array(0.5)
            level += 1.0
    if level > 0.0:
        for _ in range(n):
            d["right"] = d["left"]
    else:
        d["left"][:] = 0.5
    return np.sum(d["right"] * 2.0)


def view_of_a_dict_is_no_list(d):
    items, values = d.items(), d.values()
    if isinstance(items, list) or isinstance(values, (list, tuple)):
        return d["a"]
    return d["b"] * d["a"] if isinstance(list(items), list) else d["b"]


EXAMPLE_ARGS = {
    "replaced_on_some_paths": lambda: (np.array([0.3, 0.4]), np.array([0.15, 0.45])),
    "array_or_number_on_a_path": lambda: (
        {"left": np.array([0.04, -0.3, -1.18]), "right": 0.4},
        1.0,
        0,
    ),
    "view_of_a_dict_is_no_list": lambda: ({"a": 1.5, "b": 3.0},),
    "branch_defined_both": lambda: (1.5,),
    "branch_defined_later_used_same_condition": lambda: (1.5, True),
    "branch_only_float_condition": lambda: (0.4,),
    "asserts": lambda: (1.8, 3),
    "errstate_block": lambda: (_normal(5),),
    "errstate_return": lambda: (_normal(5),),
    "nested_unpack": lambda: (((1.0, 2.0), (3.0, [0.5, 0.7])),),
    "deleted_parts": lambda: (_normal(6),),
    "swaps": lambda: (0.6, 1.1),
    "fibonacci_rotation": lambda: (0.6, 1.1, 0.8),
    "chain_assign": lambda: (0.9,),
    "ternary_chain": lambda: (1.4,),
    "short_circuit": lambda: (0.7, 1.1),
    "not_in_conditions": lambda: (-0.7, ["l2", "bias"]),
}

MORE_ARGS = {
    "replaced_on_some_paths": [
        lambda a=a, b=b: (np.array([0.3, 0.4]), np.array([a, b]))
        for a in (0.05, 0.15, 0.25, 0.9)
        for b in (0.02, 0.2, 0.35, 0.7)
    ],
    "branch_only_float_condition": [lambda: (-0.4,)],
    "ternary_chain": [lambda: (2.5,), lambda: (0.5,), lambda: (-0.5,)],
    "short_circuit": [lambda: (-0.7, 1.0), lambda: (-0.7, 6.0), lambda: (3.0, 0.5)],
}
