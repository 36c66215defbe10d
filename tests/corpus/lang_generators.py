"""Generators inside sum, max, min, any, all, tuple; map, filter, reduce."""

from __future__ import annotations

import math

import numpy as np


def generator_sum(a, b):
    return sum((x - y) ** 2 for x, y in zip(a, b))


def generator_sum_range(a):
    return sum(a[i] * a[i + 1] for i in range(len(a) - 1))


def filtered_sum(a):
    return sum(v**2 for v in a if v > 0)


def filtered_even(a):
    return sum(a[i] * i for i in range(len(a)) if i % 2 == 0)


def nested_generator(m):
    return sum(m[i, j] * (i + 1) for i in range(m.shape[0]) for j in range(m.shape[1]) if i != j)


def max_of_generator(a):
    return max(v * v for v in a)


def min_of_generator(a, c):
    return min(abs(v - c) for v in a)


def max_with_key(a):
    best = max(a, key=lambda v: abs(v))
    return best**2


def max_default(a, t):
    return max((v for v in a if v > t), default=t) * t


def any_all(a):
    if any(v > 1.0 for v in a):
        return np.sum(a**2)
    if all(v < 0.9 for v in a):
        return np.sum(a)
    return np.prod(a)


def sum_with_start(a):
    return sum((v**2 for v in a), 1.5)


def reduce_of_iterators(a):
    from functools import reduce

    horner = reduce(lambda p, v: p * 0.7 + v, reversed(a))
    squares = reduce(lambda p, v: p * 0.5 + v, (v * v for v in a))
    return horner**2 + squares + reduce(lambda p, v: p * v, map(np.exp, a))


def reduce_product(a):
    from functools import reduce

    return reduce(lambda p, v: p * v, a)


def map_filter(a):
    return sum(map(lambda v: v * v, filter(lambda v: v > 0, a)))


def map_two(a, b):
    return sum(map(lambda x, y: x * y**2, a, b))


def polyline_length(pts):
    return sum(np.linalg.norm(q - p) for p, q in zip(pts[:-1], pts[1:]))


def tuple_from_generator(a):
    t = tuple(v * 2 for v in a)
    return t[0] * t[-1] + len(t)


def cumulative_walrus(a):
    t = 0.0
    return sum((t := t + v) ** 2 for v in a)


def dict_values_sum(p):
    return sum(v * v for v in p.values()) + max(p.values())


LAB = np.array([0, 1, 1, 0, 1, 0])


def bernoulli_loop(w, x, y):
    ll = 0.0
    for xi, yi in zip(x, y):
        z = sum(a * b for a, b in zip(w, xi))
        p = 1 / (1 + math.exp(-z))
        ll += math.log(p) if yi else math.log(1 - p)
    return -ll


def npv(rate, flows):
    return sum(cf / (1 + rate) ** t for t, cf in enumerate(flows))


def zip_longer_list(a):
    weights = [0.1, 0.2, 0.3]
    return sum(w * v for w, v in zip(weights, a))


def zip_shifted(a):
    return sum(x * y for x, y in zip(a, a[1:]))


def loop_strided_chunks(a):
    return sum(np.prod(a[i : i + 2]) for i in range(0, len(a), 2))


def sum_of_bools(a):
    return a[0] * sum(v > 0 for v in a)


def argmax_builtin(a):
    i = max(range(len(a)), key=lambda k: a[k])
    return a[i] ** 3


def loss_star_args(*xs):
    return sum(x**2 for x in xs) * xs[0]


def function_argument_helper(a):
    def integrate(f, lo, hi, n):
        h = (hi - lo) / n
        return h * sum(f(lo + (i + 0.5) * h) for i in range(n))

    return integrate(lambda t: math.exp(-a * t), 0.0, 1.0, 6) + integrate(
        lambda t: a * t * t, 0.0, a, 3
    )


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "generator_sum": lambda: (_normal(5), _positive(5, seed=1)),
    "generator_sum_range": lambda: (_normal(5),),
    "filtered_sum": lambda: (_normal(5),),
    "filtered_even": lambda: (_normal(5),),
    "nested_generator": lambda: (_normal(3, 4),),
    "max_of_generator": lambda: (_normal(5),),
    "min_of_generator": lambda: (_normal(5), 0.17),
    "max_with_key": lambda: (_normal(5),),
    "max_default": lambda: (_normal(5), 0.2),
    "any_all": lambda: (_normal(5),),
    "sum_with_start": lambda: (_normal(5),),
    "reduce_product": lambda: (_positive(5),),
    "reduce_of_iterators": lambda: (_positive(5),),
    "map_filter": lambda: (_normal(5),),
    "map_two": lambda: (_normal(5), _positive(5, seed=1)),
    "polyline_length": lambda: (_normal(4, 2),),
    "tuple_from_generator": lambda: (_normal(5),),
    "cumulative_walrus": lambda: (_normal(5),),
    "dict_values_sum": lambda: ({"x": 0.7, "y": 1.1},),
    "bernoulli_loop": lambda: (_normal(3), _normal(6, 3, seed=1), LAB),
    "npv": lambda: (0.05, [-100.0, 30.0, 40.0, 50.0]),
    "zip_longer_list": lambda: (_normal(5),),
    "zip_shifted": lambda: (_normal(5),),
    "loop_strided_chunks": lambda: (_normal(5),),
    "sum_of_bools": lambda: (_normal(5),),
    "argmax_builtin": lambda: (_normal(5),),
    "function_argument_helper": lambda: (0.7,),
    "loss_star_args": lambda: (0.7, 1.1, 0.4),
}

ARGNUMS = {
    "bernoulli_loop": (0,),
}

MORE_ARGS = {
    "filtered_sum": [lambda: (-_positive(5),), lambda: (_positive(5, seed=1),)],
    "max_default": [lambda: (_normal(5), 20.0)],
    "any_all": [lambda: (np.array([2.0, 0.5]),), lambda: (np.array([0.95, 0.5]),)],
}
