"""Names that stand for different arrays, values or nothing on different paths."""

from __future__ import annotations

import math

import numpy as np


def conditional_alias(a, flag):
    b = a if flag else a.copy()
    b[0] = 10.0 * a[1]
    return np.sum(a**2) + b[0]


def alias_on_data(a, b):
    c = a
    if a[0] > b[0]:
        c = b
    c[0] = 2.0 * c[1]
    return np.sum(a**2) + np.sum(b**3)


def alias_loop_rotate(a, b):
    u, v = a, b
    for k in range(3):
        u[k] = v[k + 1] * 2
        u, v = v, u
    return np.sum(a * b)


def none_carried(a):
    prev = None
    total = 0.0
    for v in a:
        if prev is not None:
            total += (v - prev) ** 2
        prev = v
    return total


def none_best(a):
    best = None
    for v in a:
        if best is None or v > best:
            best = v
    return best**2


def inf_initial(a):
    best = float("inf")
    for v in a:
        if v < best:
            best = v
    return best * best


def numpy_inf_min(a):
    m = -np.inf
    for v in a:
        m = max(m, v)
    return m * a[0]


def name_none_then_array(a, use):
    w = None
    if use:
        w = a**2
    if w is None:
        return np.sum(a)
    return np.sum(w * a)


def parameter_rebound_types(x, y):
    if y is None:
        y = x
    elif isinstance(y, str):
        y = {"two": 2.0, "three": 3.0}[y]
    return x * y


def view_conditional(a, b):
    v = a[:3] if a[0] > b[0] else b[1:4]
    v *= 2
    v[0] = 1.0
    return np.sum(a**2) + np.sum(b**3)


def multiple_returns_tuple(x):
    def solve(a, b, c):
        d = b * b - 4 * a * c
        if d < 0:
            return None, None
        s = math.sqrt(d)
        return (-b - s) / (2 * a), (-b + s) / (2 * a)

    r1, r2 = solve(1.0, x, 0.5)
    if r1 is None:
        return x * x
    return r1 * r2 + r2


def temp_reused_across_branches(x, y):
    t = x * y
    if t > 0:
        t = math.log(t)
        u = t * x
    else:
        t = t * t
        u = t + y
    t = t * u
    return t + u


def tax_brackets(income, rates):
    brackets = [(1.0, rates[0]), (2.0, rates[1]), (float("inf"), rates[2])]
    tax, low = 0.0, 0.0
    for high, rate in brackets:
        if income > low:
            tax += (min(income, high) - low) * rate
        low = high
    return tax


def conditional_import_style(x):
    f = np.sin if x > 0 else np.cos
    return f(x) * x


def return_constant_branch(x):
    if x > 100:
        return 0
    return x * x


def is_none_chain(x, y=None, z=None):
    y = x if y is None else y
    z = y if not z else z
    return x * y * z


def early_return_none_helper(x):
    def maybe(v):
        if v > 1:
            return v * v

    r = maybe(x)
    return x if r is None else r


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


def picked_by_a_truth(a, b):
    """A truth is a subscript: of numbers, of functions, and of what is written to."""
    sums = [a, b]
    sums[b > 1.0] += (a, b**2)[a > b]
    return (math.sin, math.cos)[a > 0.5](sums[0]) * sums[1]


def one_of_three_lists(x):
    """A loop over one list or another, each as long as the path makes it."""
    out = [v for v in x if v > 0.0]
    twice = [v * 2.0 for v in out]
    if x[0] > 1.0:
        out = [x[0]] if x[1] > 0.0 else twice
    elif x[2] > 1.0:
        out = [v * v for v in twice]
    s = 0.0
    for v in out:
        s += v * v
    return s + sum(v**3 for v in out)


EXAMPLE_ARGS = {
    "one_of_three_lists": lambda: (np.array([1.2, 0.5, 0.7]),),
    "picked_by_a_truth": lambda: (0.7, 1.3),
    "conditional_alias": lambda: (_normal(5), True),
    "alias_on_data": lambda: (_normal(5), _positive(5, seed=1)),
    "alias_loop_rotate": lambda: (_normal(5), _positive(5, seed=1)),
    "none_carried": lambda: (_normal(5),),
    "none_best": lambda: (_normal(5),),
    "inf_initial": lambda: (_normal(5),),
    "numpy_inf_min": lambda: (_normal(5),),
    "name_none_then_array": lambda: (_normal(5), True),
    "parameter_rebound_types": lambda: (0.7, "two"),
    "view_conditional": lambda: (_normal(5), _positive(5, seed=1)),
    "multiple_returns_tuple": lambda: (1.9,),
    "temp_reused_across_branches": lambda: (0.7, 1.9),
    "tax_brackets": lambda: (2.6, np.array([0.1, 0.2, 0.3])),
    "conditional_import_style": lambda: (0.7,),
    "return_constant_branch": lambda: (0.7,),
    "early_return_none_helper": lambda: (0.7,),
    "is_none_chain": lambda: (0.7,),
}

MORE_ARGS = {
    "one_of_three_lists": [
        lambda: (np.array([0.2, 0.5, 1.7]),),
        lambda: (np.array([1.2, -0.5, 0.2]),),
        lambda: (np.array([0.3, -0.4, 0.5]),),
    ],
    "picked_by_a_truth": [lambda: (0.9, 0.4), lambda: (0.2, 0.1)],
    "alias_on_data": [
        lambda: (_positive(5) * 4, _normal(5, seed=1)),
        lambda: (_normal(5, seed=2) - 9, _positive(5, seed=3)),
    ],
    "none_carried": [lambda: (_positive(1),)],
    "none_best": [lambda: (_positive(5)[::-1].copy(),)],
    "view_conditional": [lambda: (_positive(5) * 5, _normal(5, seed=1))],
    "multiple_returns_tuple": [lambda: (0.3,)],
    "temp_reused_across_branches": [lambda: (-0.7, 1.9)],
    "tax_brackets": [
        lambda: (0.6, np.array([0.1, 0.2, 0.3])),
        lambda: (1.6, np.array([0.1, 0.2, 0.3])),
    ],
    "conditional_import_style": [lambda: (-0.7,)],
    "return_constant_branch": [lambda: (200.0,)],
    "early_return_none_helper": [lambda: (1.7,)],
}
