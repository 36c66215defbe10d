"""Scalars and arrays as Python has them: options, None, enums, passive numbers."""

from __future__ import annotations

import enum
import math
from math import exp, log, pi, sqrt

import numpy as np
from numpy.linalg import norm


class Kind(enum.Enum):
    L1 = 1
    L2 = 2
    HUBER = 3


def enum_option(x, kind):
    if kind is Kind.L1:
        return abs(x)
    elif kind == Kind.L2:
        return x * x
    return sqrt(1 + x * x)


def enum_dispatch_dict(x, kind):
    table = {Kind.L1: lambda v: abs(v), Kind.L2: lambda v: v * v, Kind.HUBER: lambda v: v**4}
    return table[kind](x) * kind.value


def optional_weights(a, w=None):
    if w is None:
        w = np.ones_like(a)
    return np.sum(w * a**2) / np.sum(w)


def optional_typed(a, prior: float | None = None):
    total = np.sum(a**2)
    if prior is not None:
        total += prior * np.sum(np.abs(a))
    return total


def optional_none_passed(a, mask):
    x = a if mask is None else a[mask]
    return np.mean(x**2)


def none_or(a, scale):
    scale = scale or 2.0
    return np.sum(a) * scale


def float_of_zero_d(a):
    m = np.mean(a)
    return float(m) ** 2 * a[0]


def float_of_size_one(a):
    return float(a[:1][0]) * float(np.sum(a))


def item_call(a):
    return a.sum().item() * a[0].item()


def zero_d_array(x):
    y = x * 2
    return y**2 + np.sin(x)


def numpy_scalar(x):
    return x**2 * np.float64(2.0)


def float32_array(a):
    return np.sum(a**2 * a)


def int_passive(x, n):
    return x**n + n * x + n // 2


def bool_passive(x, flag):
    return x * flag + (not flag) * x**2


def int_array_passive(a, counts):
    return np.sum(counts * np.log(a)) - np.sum(a)


def labels_index(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    lse = np.log(np.exp(z).sum(axis=1))
    return np.mean(lse - z[np.arange(len(labels)), labels])


def int_of_float(x):
    n = int(x)
    total = 0.0
    for i in range(n):
        total += x / (i + 1)
    return total


def round_floor(x):
    return (x - math.floor(x)) ** 2 + round(x) * x


def rows_and_columns(m):
    total = 0.0
    rows, cols = m.shape
    for i in range(rows):
        for j in range(cols):
            total += m[i, j] * (i - j)
    return total / m.size


def len_as_scale(a):
    n = len(a)
    return sum(a) / n + a[n // 2] ** 2


def isinstance_switch(x, p):
    if isinstance(p, (int, float)):
        return x * p
    return np.sum(x * p)


def ndim_switch(a):
    if a.ndim == 1:
        a = a[None, :]
    return np.sum(a @ a.T)


def modulo_phase(t):
    phase = t % (2 * pi)
    return (phase - 1.0) ** 2


def power_forms(x):
    return x**2 + x**-1 + 2**x + pow(x, 3) + x**0.5


def integer_division_index(a):
    return a[len(a) // 2] * a[-(len(a) // 2)]


def complex_free_hypot(x, y):
    return math.hypot(x, y) * math.atan2(y, x)


def module_constants(x):
    return exp(-x * x / 2) / sqrt(2 * pi) * log(x)


def from_import_norm(a):
    return norm(a) * norm(a - 1.0)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "enum_option": lambda: (0.7, Kind.HUBER),
    "enum_dispatch_dict": lambda: (0.7, Kind.L2),
    "optional_weights": lambda: (_normal(5), _positive(5, seed=1)),
    "optional_typed": lambda: (_normal(5), 0.3),
    "optional_none_passed": lambda: (_normal(5), None),
    "none_or": lambda: (_normal(5), None),
    "float_of_zero_d": lambda: (_normal(5),),
    "float_of_size_one": lambda: (_normal(5),),
    "item_call": lambda: (_normal(5),),
    "zero_d_array": lambda: (np.array(0.7),),
    "numpy_scalar": lambda: (np.float64(0.7),),
    "float32_array": lambda: (_normal(5).astype(np.float32),),
    "int_passive": lambda: (0.7, 3),
    "bool_passive": lambda: (0.7, True),
    "int_array_passive": lambda: (_positive(5), np.array([1, 0, 3, 2, 1])),
    "labels_index": lambda: (_normal(3, 4), np.array([0, 3, 1])),
    "int_of_float": lambda: (3.7,),
    "round_floor": lambda: (2.3,),
    "rows_and_columns": lambda: (_normal(3, 4),),
    "len_as_scale": lambda: (_normal(5),),
    "isinstance_switch": lambda: (0.7, 2.0),
    "ndim_switch": lambda: (_normal(5),),
    "modulo_phase": lambda: (9.3,),
    "power_forms": lambda: (1.3,),
    "integer_division_index": lambda: (_normal(5),),
    "complex_free_hypot": lambda: (0.7, 1.1),
    "module_constants": lambda: (0.7,),
    "from_import_norm": lambda: (_normal(5),),
}

MORE_ARGS = {
    "int_of_float": [lambda: (0.5,), lambda: (5.5,)],
}
