"""Sorting, match, walrus, del, star-unpacking."""

from __future__ import annotations

import math

import numpy as np


def match_tuple(x, spec):
    total = 0.0
    match spec:
        case ("poly", degree):
            for k in range(degree):
                total += x**k / (k + 1)
        case ("sin", freq, phase):
            total = math.sin(freq * x + phase)
    return total * x


def match_int_in_loop(a):
    state = 0
    total = 0.0
    for i in range(len(a)):
        match state:
            case 0:
                total += a[i]
                state = 1
            case 1:
                total *= a[i]
                state = 2
            case _:
                total -= a[i] ** 2
                state = 0
    return total


def walrus_in_if(a):
    if (m := np.mean(a)) > 0:
        return m**2 + a[0]
    return np.sum(a * m)


def walrus_reused(x):
    return (y := math.sin(x)) * y + (y := y * x) + y


def del_temporaries(a, b):
    diff = a - b
    sq = diff**2
    del diff
    out = sq.sum()
    del sq
    return out * b[0]


def star_middle(p):
    head, *mid, tail = p
    return head * sum(mid) * tail


def sorted_keys(params):
    out = 1.0
    for i, k in enumerate(sorted(params)):
        out = out * (params[k] + i)
    return out


def reversed_enumerate_list(a, b, c):
    acc = 0.0
    for i, v in reversed(list(enumerate([a, b, c]))):
        acc = acc * v + i
    return acc


def sorted_array_weighted(a):
    s = 0.0
    for k, v in enumerate(sorted(a)):
        s += k * v
    return s * s


def sorted_descending_owa(a, w):
    total = 0.0
    for wk, v in zip(w, sorted(a, reverse=True)):
        total += wk * v
    return total


def list_reverse_sort(a):
    xs = list(a)
    xs.sort()
    xs.reverse()
    return sum(v * (i + 1) for i, v in enumerate(xs))


def median_by_sort(a):
    s = sorted(a)
    n = len(s)
    return s[n // 2] if n % 2 else 0.5 * (s[n // 2 - 1] + s[n // 2])


def dict_zip(a, b):
    d = dict(zip(["u", "v"], [a, b]))
    return d["u"] * d["v"] ** 2


def match_in_loop_with_store(a, ops):
    for i, op in enumerate(ops):
        match op:
            case "sq":
                a[i] = a[i] ** 2
            case "neg":
                a[i] = -a[i]
            case ["scale", k]:
                a[i] *= k
            case {"add": v}:
                a[i] += v
            case _:
                pass
    return np.sum(a * np.array([1.0, 2.0, 3.0, 4.0, 5.0]))


def del_in_loop(a):
    total = 0.0
    for v in a:
        t = v * v
        total += t
        del t
    t = total
    return t * a[0]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


def match_truth_of_numpy(x):
    total = 0.0
    for value in (x[0], 0.8, float(x[1])):
        above = value > 0.4
        match above:
            case False:
                total += value * x[2]
            case True:
                total += 3.0 * value**2
            case _:  # NumPy's truth values are neither
                total += 7.0 * value**3
    return total


def match_on_a_part_by_path(x):
    config = {"kind": "huber" if x > 0.5 else "square", "delta": 0.3}
    match config:
        case {"kind": "huber", "delta": d} if abs(x) > d:
            return d * (abs(x) - d / 2)
        case {"kind": "square" | "huber", **rest}:
            return x * x * len(rest)
    return 0.0


def match_on_parts_of_parts(x):
    pair = (x, x * x) if x > 0.5 else (x,)
    top = 2.0 if x > 1.0 else None
    match [pair, top]:
        case [(u, v), None]:
            return u * v
        case [(u, v), w]:
            return u * v**2 * w
        case [(u,), None]:
            return u * 3.0


EXAMPLE_ARGS = {
    "match_truth_of_numpy": lambda: (np.array([0.7, 0.2, -0.6]),),
    "match_on_a_part_by_path": lambda: (0.7,),
    "match_on_parts_of_parts": lambda: (0.7,),
    "sorted_keys": lambda: ({"b": 1.5, "a": 0.5, "c": 2.5},),
    "sorted_array_weighted": lambda: (_normal(5),),
    "sorted_descending_owa": lambda: (_normal(5), _positive(5, seed=1)),
    "reversed_enumerate_list": lambda: (1.5, 0.5, 0.7),
    "match_tuple": lambda: (0.6, ("sin", 2.0, 0.3)),
    "match_int_in_loop": lambda: (_normal(5),),
    "walrus_in_if": lambda: (_normal(5),),
    "walrus_reused": lambda: (0.9,),
    "del_temporaries": lambda: (_normal(5), _positive(5, seed=1)),
    "star_middle": lambda: ((1.1, 2.2, 0.3, 0.7),),
    "list_reverse_sort": lambda: (_normal(5),),
    "median_by_sort": lambda: (_normal(5),),
    "dict_zip": lambda: (0.7, 1.1),
    "match_in_loop_with_store": lambda: (
        _normal(5),
        ["sq", "neg", ["scale", 2.0], {"add": 1.0}, "none"],
    ),
    "del_in_loop": lambda: (_normal(5),),
}

ARGNUMS = {
    "match_tuple": (0,),
}

MORE_ARGS = {
    "match_truth_of_numpy": [lambda: (np.array([0.2, 0.9, -0.6]),)],
    "match_on_a_part_by_path": [lambda: (0.3,)],
    "match_on_parts_of_parts": [lambda: (0.3,), lambda: (1.3,)],
    "walrus_in_if": [lambda: (-np.abs(_normal(5)),)],
    "median_by_sort": [lambda: (_normal(6),)],
}
