"""Parameters that hide names of Python and of generated text; functions of one definition."""

from __future__ import annotations

import functools
import math as numbers

import numpy as npy


def hides_builtins(float, x, range):
    int = float * 2
    y = x * int
    y[0] = float * range
    for k in enumerate(y):
        y *= range * k[0]
    return npy.sum(y)


def hides_modules(np, math):
    return npy.sin(np) * numbers.exp(math) + npy.sum(npy.ones(2) * np)


def hides_helpers(_match, x, _unbroadcast):
    _scale_of = x * _match
    y = _scale_of + _unbroadcast
    return npy.sum(y * y)


def _power(float, sum, n):
    if n == 0:
        return sum
    return _power(float, sum * float, n - 1) + float


def recursion_hides_builtins(x, n):
    return _power(x, x * 2, n)


def _maker(k):
    def scaled(x, n):
        return x if n <= 0 else k * scaled(x, n - 1) * x

    return scaled


_doubled, _tripled = _maker(2.0), _maker(3.0)


def recursions_of_one_definition(x, n):
    return _doubled(x, n) + _tripled(x, n)


def _twice(f):
    @functools.wraps(f)
    def wrapped(*args, **kwargs):
        return f(*args, **kwargs) * 2

    return wrapped


@_twice
@_twice
def decorated_twice(x):
    return npy.sum(x**2)


def local_decorators(x):
    def more(f):
        def wrapped(v):
            return x * f(v)

        return wrapped

    return more(more(lambda v: v * v))(x)


def keywords_left_out(*xs, scale=1.0, **more):
    return xs[0] * xs[1] * scale + sum(more.values())


def _normal(*shape, seed=0):
    return npy.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "hides_builtins": lambda: (0.7, _normal(3), 1.3),
    "hides_modules": lambda: (0.7, 0.4),
    "hides_helpers": lambda: (0.7, _normal(3), 0.4),
    "recursion_hides_builtins": lambda: (0.7, 4),
    "recursions_of_one_definition": lambda: (0.7, 3),
    "decorated_twice": lambda: (_normal(3),),
    "local_decorators": lambda: (0.7,),
    "keywords_left_out": lambda: (0.7, 0.4),
}
