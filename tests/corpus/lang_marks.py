"""Marks that stand for what was not given, questions to numbers, and copies of what is outside."""

import copy
import math

import numpy as np

MISSING = object()


def looked_up(table, key, default=MISSING, *, transform=float):
    value = table.get(key, MISSING)
    if value is MISSING:
        if default is MISSING:
            raise KeyError(key)
        return default
    return transform(value)


def mark_for_what_is_missing(params, n):
    coupon = looked_up(params, "coupon")
    rate = looked_up(params, "rate", 0.03)
    convexity = looked_up(params, "convexity", None, transform=lambda v: v * 2)
    total = sum(coupon * (1 + rate) ** -k for k in range(1, n + 1))
    if convexity is not None:
        total += convexity * rate**2
    return total


def mark_in_loop(x):
    last = MISSING
    total = 0.0
    for v in x:
        if last is not MISSING:
            total += (v - last) ** 2
        last = v if v < 2.0 else MISSING
    return total


def mark_or_array(x, scale):
    weights = x if scale > 1.0 else MISSING
    return np.sum(x) if weights is MISSING else scale * np.sum(weights**2)


def applied(f, x):
    if f is np.exp:
        return math.exp(x)
    if f in (np.sin, np.cos):
        return 0.5 * f(x)
    return f(x) if callable(f) else f * x


def functions_among_numbers(x):
    out = x
    for f in (np.sin, np.exp, 0.3, math.sqrt):
        out = applied(f, out) + 0.1 * x
    return out**2


def total_of(value):
    if hasattr(value, "keys"):
        return sum(total_of(v) for v in value.values())
    if hasattr(value, "shape"):
        return np.sum(value**2)
    return sum(map(total_of, value)) if hasattr(value, "__len__") else value**3


def attributes_of_numbers(params):
    return total_of(params) + getattr(params["a"], "missing", 2.0) * params["a"]


class Config:
    def __init__(self):
        self.weight, self.kind, self.scale = 0.1, "l2", np.array([1.0, 0.5, 2.0])
        self.parts = [1.0, 2.0]

    def penalty(self, w):
        if self.kind == "l2":
            return self.weight * np.sum((self.scale * w) ** 2)
        return self.weight * np.sum(np.abs(w))


CONFIG = Config()


def copy_of_object_outside(w):
    other = copy.copy(CONFIG)
    other.kind, other.weight = "l1", w[0]
    return other.penalty(w) + CONFIG.penalty(w)


def deep_copy_of_object_outside(w):
    total = 0.0
    for k in range(2):
        other = copy.deepcopy(CONFIG)
        other.scale[k] = w[k]
        other.parts.append(w[2])
        total += other.penalty(w) * sum(other.parts)
    return total + CONFIG.penalty(w) * len(CONFIG.parts)


EXAMPLE_ARGS = {
    "mark_for_what_is_missing": lambda: ({"coupon": 0.05, "rate": 0.04}, 4),
    "mark_in_loop": lambda: (np.array([0.3, -0.5, 2.5, 1.1, 0.4]),),
    "mark_or_array": lambda: (np.array([0.3, -0.5]), 1.3),
    "functions_among_numbers": lambda: (0.6,),
    "attributes_of_numbers": lambda: ({"a": 0.7, "b": [0.2, np.array([0.3, 0.4])]},),
    "copy_of_object_outside": lambda: (np.array([0.4, -0.7, 1.1]),),
    "deep_copy_of_object_outside": lambda: (np.array([0.4, -0.7, 1.1]),),
}
