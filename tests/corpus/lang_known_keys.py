"""Dicts by numbers that the program computes, sets, truth of functions, user context managers."""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from dataclasses import asdict, astuple, dataclass, fields

import numpy as np


def added_by_number(x, labels):
    sums = {0: 0.0, 1: 0.0, 2: 1.0}
    count = 0
    for v, label in zip(x, labels):
        sums[label] += v * v
        if label in sums:
            count += 1
        if label + 1 not in sums:
            count += 10
    weights = {True: 2.0, False: x[0]}
    return sum(sums.values()) * weights[x[1] > 0] + sums[labels[0]] * count


def function_by_test(x):
    branch = {True: math.exp, False: math.tanh}
    return branch[x > 0.0](x) + {1: x, 2: x * x}[2 if x > 1.0 else 1]


def made_by_float(x, keys):
    total = defaultdict(float)
    for k, v in zip(keys, x):
        total[k] += v * v
    return sum(total[k] * (i + 1) for i, k in enumerate(total))


def walk(x, on_step=None):
    seen = []
    for i in range(3):
        x = x * 1.1 + i
        if on_step:
            on_step(seen, i, x)
    return x + sum(seen)


def callback_or_none(x):
    return walk(x, lambda seen, i, v: seen.append(v * i)) + walk(x)


class Scaled:
    def __init__(self, scale):
        self.scale, self.depth = scale, 0

    def __enter__(self):
        self.depth += 1
        return self

    def __exit__(self, *error):
        self.depth -= 1
        self.scale *= 0.5


def inside_a_manager(x):
    outer = Scaled(x[0])
    with outer as s, Scaled(3.0) as t:
        y = s.scale * x[1] * s.depth * t.scale
        if y > 0.0:
            y = y * y
    return y * outer.scale + outer.depth


def known_sets(x, kind):
    keys = {*("a", "b"), "c"}
    scale = 2.0 if kind in {"a", "z"} else 3.0
    return scale * x * len(keys) * (kind in keys)


def complex_terms(slits, angle):
    wave = sum(a * np.exp(2j * np.pi * place * np.sin(angle)) for a, place in slits)
    return np.abs(wave) ** 2


def best_pair(x):
    best, places = -math.inf, None
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            if x[i] * x[j] > best:
                best, places = x[i] * x[j], (i, j)
    i, j = places
    return best + x[i] - x[j]


def search(x, low, high):
    while low < high:
        middle = (low + high) // 2
        for step in (0.1, 0.17):
            if x[middle] + step > 0.5:
                return middle, step * x[middle]
        if x[middle] > 0.0:
            high = middle
        else:
            low = middle + 1
    return low, 0.0


def pair_from_anywhere(x):
    place, found = search(x, 0, len(x) - 1)
    return found + x[place] ** 2


def until_nothing_is_left(x):
    total = 1.0
    for k in range(3):
        left = [v for v in x if v > k * 0.5]
        if not left:
            break
        total *= sum(left) / len(left)
    items = [*x, 1.0]
    del items[0]
    labels = [0, 1, 1]
    return total + items[0] * labels.count(1)


def joined_with_a_list(x):
    half, odd = divmod(len(x), 2)
    y = np.hstack([x[:half], [x.mean()] * (odd + 1), x[half:]])
    return y @ y


@dataclass
class Inner:
    k: float
    v: np.ndarray


@dataclass
class Outer:
    inner: Inner
    items: list
    name: str = "outer"

    def __iter__(self):
        return iter((self.inner, self.items))


def parts_of_a_dataclass(o):
    table, parts = asdict(o), astuple(o)
    table["inner"]["v"][0] = 100.0
    o.inner.v[1] = 3.0 * o.inner.k
    table["items"].append(2.0)
    inner, items = o
    total = table["inner"]["k"] * parts[0][1].sum() + sum(table["items"]) + o.inner.v.sum()
    return total + inner.k * items[0] + sum(len(f.name) for f in fields(o))


def places_in_order(x, edges):
    order = sorted(range(len(x)), key=x.__getitem__)
    place = bisect.bisect_left(edges, abs(x[0]))
    ordered = sorted(x)
    last = bisect.bisect(ordered, 0.0) - 1
    return x[order[-1]] * x[place] + ordered[last] ** 2


def taken_out_in_turn(x, k):
    """Pairs that a loop's index makes, a text by the path, a number of the call."""
    entries = {(i, i): v for i, v in enumerate(x)}
    for i in range(len(x)):
        entries[i, -1] = 2.0 * entries.pop((i, i), None)
    sides = {"a": x[0], "b": x[1]}
    out = sides.pop("a" if x[1] > 1.0 else "b")
    numbered = dict(enumerate(x))
    out *= numbered.pop(k) + numbered.pop(7, 2.0)
    return out**2 + sum(entries.values()) + sum(sides.values()) * sum(numbered.values())


X = np.array([0.7, -0.3, 1.2, 0.1])
EXAMPLE_ARGS = {
    "added_by_number": lambda: (X.copy(), np.array([0, 2, 1, 2])),
    "function_by_test": lambda: (0.7,),
    "made_by_float": lambda: (X.copy(), ["p", "q", "p", "q"]),
    "callback_or_none": lambda: (0.7,),
    "inside_a_manager": lambda: (X.copy(),),
    "known_sets": lambda: (0.7, "a"),
    "best_pair": lambda: (X.copy(),),
    "pair_from_anywhere": lambda: (X.copy(),),
    "until_nothing_is_left": lambda: (X.copy(),),
    "joined_with_a_list": lambda: (X.copy(),),
    "parts_of_a_dataclass": lambda: (Outer(Inner(1.5, np.array([1.0, 2.0])), [1.0, 3.0]),),
    "places_in_order": lambda: (X.copy(), [0.1, 0.5, 0.9]),
    "complex_terms": lambda: ([(1.0, 0.2), (0.5, 0.8)], 0.3),
    "taken_out_in_turn": lambda: (X.copy(), 1),
}
ARGNUMS = {"places_in_order": (0,), "parts_of_a_dataclass": (0,)}
MORE_ARGS = {
    "pair_from_anywhere": [lambda: (-X,), lambda: (0.1 * X,)],
    "until_nothing_is_left": [lambda: (0.4 * X,)],
    "added_by_number": [lambda: (-X, np.array([1, 1, 0, 2])), lambda: (X.copy(), [0, 2, 1, 2])],
    "function_by_test": [lambda: (-0.7,), lambda: (1.7,)],
    "inside_a_manager": [lambda: (-X,), lambda: (np.abs(X),)],
    "known_sets": [lambda: (0.7, "c"), lambda: (0.7, "z")],
}
