"""Helpers, closures, lambdas, functions as values, every kind of parameter."""

from __future__ import annotations

import math
from functools import partial

import numpy as np


def _sq(v):
    return v * v


def _mean_sq(v):
    return np.mean(_sq(v))


def _deep(v, n):
    return _mean_sq(v) + n


def helper_depth(a):
    return _deep(a, 2) * _sq(a[0])


def closure_late_binding(x):
    k = 1.0
    f = lambda v: v * k
    a = f(x)
    k = 3.0
    return a * f(x)


def _adder(n):
    def add(x):
        return x + n

    return add


def function_factory(x, y):
    f = _adder(y)
    g = _adder(y * 2)
    return f(x) * g(x)


def _compose(*fs):
    def run(x):
        for f in fs:
            x = f(x)
        return x

    return run


def composed(x):
    return _compose(math.sin, lambda v: v**2, math.exp)(x)


def lambda_inline(x):
    return (lambda a, b=2.0: a**b)(x) + (lambda: x)()


def _scaled(v, scale=1.0, shift=0.0):
    return v * scale + shift


_by_two = partial(_scaled, scale=2.0)


def partial_global(x):
    return _by_two(x, shift=x * x)


def apply_n(x, f, n):
    for _ in range(n):
        x = f(x)
    return x * x


ACTIVATIONS = {
    "relu": lambda v: np.maximum(v, 0),
    "tanh": np.tanh,
    "softplus": lambda v: np.log1p(np.exp(v)),
}


def activation_dict(w, x, name):
    return np.sum(ACTIVATIONS[name](x @ w) ** 2)


def dispatch_loop(x):
    table = {"s": math.sin, "c": math.cos, "e": math.exp}
    out = 1.0
    for key in "sce":
        out *= table[key](x)
    return out


def list_of_layers(x):
    layers = [np.tanh, _sq, lambda v: v + 1.0]
    for layer in layers:
        x = layer(x)
    return x.sum()


def default_args(x, p=3, scale=0.5):
    return scale * x**p


def _variadic(*args, weight=1.0):
    total = 0.0
    for i, a in enumerate(args):
        total += weight * a * (i + 1)
    return total


def var_args(a, b, c):
    return _variadic(a, b) * _variadic(a, b, c, weight=b)


def star_call(t):
    return _variadic(*t, weight=t[0])


def _keyworded(**kw):
    return kw["a"] * kw.get("b", 2.0) + len(kw)


def kwargs_call(x, y):
    opts = {"a": x, "b": y}
    return _keyworded(**opts) + _keyworded(a=x)


def _kw_only(x, *, power, offset=0.0):
    return (x + offset) ** power


def keyword_only(x):
    return _kw_only(x, power=3) + _kw_only(x, power=2, offset=x)


def _pos_only(x, y, /, z=1.0):
    return x * y + z


def positional_only(x, y):
    return _pos_only(x, y) * _pos_only(y, x, z=x)


def loss_kw_only(x, *, power=3):
    return x**power


def nested_closures_with_loop(x):
    def outer(n):
        scale = n * x

        def inner(v):
            return v * scale + n

        return inner

    total = 0.0
    for n in range(1, 4):
        total += outer(n)(x)
    return total


def helper_returns_tuple(a):
    def stats(v):
        m = np.mean(v)
        return m, np.mean((v - m) ** 2)

    mu, var = stats(a)
    _, v2 = stats(a * 2)
    return mu * var + v2


def helper_returns_dict(a):
    def stats(v):
        return {"mean": v.mean(), "max": v.max()}

    s = stats(a)
    return s["mean"] * s["max"]


def helper_called_with_different_types(a, x):
    def f(v):
        return v * v + 1

    return np.sum(f(a)) * f(x) + f(2)


def rk4_generic(y0, k):
    def rk4(f, y, t, h):
        k1 = f(t, y)
        k2 = f(t + h / 2, y + h / 2 * k1)
        k3 = f(t + h / 2, y + h / 2 * k2)
        k4 = f(t + h, y + h * k3)
        return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)

    y = y0
    for i in range(5):
        y = rk4(lambda t, y: np.array([y[1], -k * y[0] - 0.1 * t]), y, 0.1 * i, 0.1)
    return y @ y


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def by_their_names(x):
    def square(v):
        return v * v

    def cube(v):
        return v**3

    steps = {f.__name__: f for f in (square, cube)}
    return steps["square"](x) + 2.0 * steps["cube"](x)


EXAMPLE_ARGS = {
    "by_their_names": lambda: (0.7,),
    "helper_depth": lambda: (_normal(5),),
    "closure_late_binding": lambda: (0.7,),
    "function_factory": lambda: (0.7, 1.3),
    "composed": lambda: (0.7,),
    "lambda_inline": lambda: (0.7,),
    "partial_global": lambda: (0.7,),
    "apply_n": lambda: (0.7, math.cos, 4),
    "activation_dict": lambda: (_normal(3), _normal(6, 3, seed=1), "softplus"),
    "dispatch_loop": lambda: (0.7,),
    "list_of_layers": lambda: (_normal(5),),
    "default_args": lambda: (0.7,),
    "var_args": lambda: (0.7, 1.1, 1.3),
    "star_call": lambda: ((0.7, 1.1, 1.3),),
    "kwargs_call": lambda: (0.7, 1.1),
    "keyword_only": lambda: (0.7,),
    "positional_only": lambda: (0.7, 1.1),
    "loss_kw_only": lambda: (0.7,),
    "nested_closures_with_loop": lambda: (0.7,),
    "helper_returns_tuple": lambda: (_normal(5),),
    "helper_returns_dict": lambda: (_normal(5),),
    "helper_called_with_different_types": lambda: (_normal(5), 0.3),
    "rk4_generic": lambda: (np.array([0.7, 0.2]), 1.5),
}

ARGNUMS = {
    "activation_dict": (0,),
}
