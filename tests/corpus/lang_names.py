"""Scopes, shadowed names, layouts of the text, closures that bind late."""

from __future__ import annotations

import functools
import math
import operator
from functools import partial, reduce, wraps

import numpy as np

GAIN = 2.0


TABLE = {"a": 1.0, "b": [2.0, 3.0]}


WEIGHTS = np.array([1.0, 2.0, 3.0, 4.0, 5.0])


def module_globals(a):
    return GAIN * np.sum(a * WEIGHTS) + TABLE["b"][1] * a[0] ** 2


def shadowed_builtin_names(x, y):
    sum = x + y
    max = sum * 2
    len = max**2
    return len + sum


def names_like_generated(d_x, value, g, tape):
    d_value = d_x * value
    grad = g * tape + d_value
    _t1 = grad**2
    return _t1 * d_x + value


def underscores(x):
    _, y, __ = x, x * 2, 3
    for _ in range(2):
        y = y * x
    return y + _


def unicode_names(α, β_1):
    θ = α * β_1
    return θ**2 + α


def inner_shadows_outer(x):
    y = x * 2

    def f(y):
        y = y + 1
        return y * x

    return f(3.0) + y


def reduce_operator(a):
    return reduce(operator.mul, a) + reduce(lambda s, v: s + v * v, a, 0.5)


def operator_module(x, y):
    return operator.add(x, operator.mul(x, y)) - operator.pow(x, 2)


def decorator_in_module(x):
    return _squared_result(x) + _traced(x)


def _square_it(f):
    def inner(*args, **kwargs):
        return f(*args, **kwargs) ** 2

    return inner


@_square_it
def _squared_result(v):
    return math.sin(v)


def _noop(flag):
    def deco(f):
        @wraps(f)
        def inner(v):
            if flag:
                return f(v)
            return 0.0

        return inner

    return deco


@_noop(True)
def _traced(v):
    return v**3


def docstring_and_comments(x):
    """A docstring with 'quotes' and # hash.

    Second paragraph: return x * 1000
    """
    # y = x * 100
    y = x * 2  # = 3
    "a string statement"
    return y


# fmt: off
# ruff: noqa: E701, E702
def one_line_suites(x):
    if x > 0: y = x; z = y * 2
    else: y = z = 0.0
    for k in range(3): y += k * x
    while y > 100: y /= 2
    return y * z
# fmt: on


def long_chain(x):
    return (x + 1) * (x + 2) * (x + 3) / (x + 4)


def global_constant_tuple(x):
    total = 0.0
    for c, p in _COEFFS:
        total += c * x**p
    return total


_COEFFS = ((1.0, 2), (0.5, 3), (-0.25, 1))


def closure_rebinding_loop(x):
    total = 0.0

    def scaled():
        return y * 2

    for k in range(3):
        y = x + k
        total += scaled() ** 2
    return total


def name_function_then_value(x):
    f = math.sin
    y = f(x)
    f = y * 2
    return f * y


def star_args_forwarding(x, y):
    def inner(a, b, *rest, scale=1.0, **more):
        return a * b * scale + sum(rest) + more.get("extra", 0.0)

    def outer(*args, **kwargs):
        return inner(*args, **kwargs)

    return outer(x, y, x, y, scale=y, extra=x * x)


def mutable_default(x):
    def f(v, acc=[0.0]):
        return v * 2 + acc[0]

    return f(x) + f(x * x)


def default_evaluated_once(x):
    k = x * 2

    def f(v, w=k):
        return v * w

    k = 100.0
    return f(x) + k * 0.0


def partial_inside(x, y):
    f = partial(pow, x)
    g = partial(_scaled, scale=y)
    return f(2) * g(x)


def _scaled(v, scale=1.0, shift=0.0):
    return v * scale + shift


def decorated_helper(x):
    return _doubled(x) * x


def _twice(f):
    @functools.wraps(f)
    def wrapper(*args):
        return 2 * f(*args)

    return wrapper


@_twice
def _doubled(x):
    return math.sin(x)


def entered_under_its_name(x):
    """What wraps a function has the name of that one, and may be found by it."""
    table = {}

    def register(f):
        @wraps(f)
        def counted(*args):
            return f(*args) + 1.0

        table[counted.__name__] = counted
        return counted

    @register
    def square(v):
        return v * v

    @register
    def cube(v):
        return v**3

    return table["square"](x) * table["cube"](x) + square(x) + sum(len(k) for k in table) * x


def names_that_are_given(x):
    def f(v):
        return v

    def named(v):
        return 2.0 * v

    f.__name__ = "longer"
    g = functools.update_wrapper(lambda v: 2.0 * v, f)
    h = wraps(f if x > 0.0 else named)(lambda v: v)
    k = wraps(partial(f))(lambda v: v)
    m = wraps(f, assigned=())(lambda v: v)
    lengths = [len(one.__name__) for one in (f, g, h, k, m)]
    return sum(n * one(x) ** i for i, (n, one) in enumerate(zip(lengths, (f, g, h, k, m))))


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "entered_under_its_name": lambda: (0.7,),
    "names_that_are_given": lambda: (0.7,),
    "module_globals": lambda: (_normal(5),),
    "shadowed_builtin_names": lambda: (0.7, 1.1),
    "names_like_generated": lambda: (0.7, 1.1, 0.4, 0.3),
    "underscores": lambda: (0.7,),
    "unicode_names": lambda: (0.7, 1.1),
    "inner_shadows_outer": lambda: (0.7,),
    "docstring_and_comments": lambda: (0.7,),
    "one_line_suites": lambda: (0.7,),
    "long_chain": lambda: (0.7,),
    "global_constant_tuple": lambda: (0.7,),
    "decorator_in_module": lambda: (0.7,),
    "reduce_operator": lambda: (_normal(5),),
    "operator_module": lambda: (0.7, 1.1),
    "closure_rebinding_loop": lambda: (0.7,),
    "name_function_then_value": lambda: (0.7,),
    "star_args_forwarding": lambda: (0.7, 1.1),
    "mutable_default": lambda: (0.7,),
    "default_evaluated_once": lambda: (0.7,),
    "partial_inside": lambda: (0.7, 1.3),
    "decorated_helper": lambda: (0.7,),
}
