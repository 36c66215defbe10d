"""What a function may be: under other names, lambda, decorated."""

from __future__ import annotations

import functools
import math as _maths
import operator
from math import exp as e_hoch
from math import sin

import numpy as np
import numpy as onp
import pytest
from numpy import sum as total

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


def _kwargs_helper(a, b=2.0, *rest, c=3.0, **more):
    return a * b + c * sum(rest) + more.get("d", 0.0) * a


SCALE = 3.0


def _doubling(f):
    @functools.wraps(f)
    def wrapper(*args):
        return 2.0 * f(*args)

    return wrapper


@case("functions under other names", 0.7)
def other_names(x):
    return e_hoch(x) * _maths.sqrt(x) + sin(x)


@case("numpy under other names", X)
def other_numpy(x):
    f = onp.exp
    return total(f(x)) * np.sum(x)


@case("a helper with every kind of parameter", 0.7)
def every_parameter(x):
    return _kwargs_helper(x) + _kwargs_helper(x, x, x, x * x, c=x, d=x) + _kwargs_helper(b=x, a=1.0)


@case("keyword-only arguments of the loss", 0.7, 2.0)
def defaults(x, y, z=3.0, *, w=4.0):
    return x * y * z * w


@case("*args in the loss itself", 0.7, 2.0)
def star_args(*xs):
    return xs[0] * xs[1]


def test_keyword_arguments():
    """Arguments given by keyword, argnames."""

    def f(a, b=2.0, *, c=1.0):
        return a * b * b * c

    g = gradgen.grad(f, argnames=("b", "c"))
    d = g(3.0, c=5.0)
    assert d == (60.0, 12.0), d
    assert gradgen.grad(f, argnames="a")(b=3.0, a=1.0) == 9.0


@case("a global constant", 0.7)
def global_constant(x):
    return x * SCALE


def test_lambdas_on_one_line():
    """Two lambdas on one line."""
    f, g = lambda x: x * x, lambda x: x * x * x
    try:
        assert gradgen.grad(f)(2.0) == 4.0
        assert gradgen.grad(g)(2.0) == 12.0
    except gradgen.SourceError as error:
        assert "lambda" in str(error) and "Way out" in str(error)


def test_same_lambdas_on_one_line():
    """Two lambdas on one line that differ only in a constant."""
    f, g = (lambda x: 2.0 * x), (lambda x: 5.0 * x)
    for h, d in ((f, 2.0), (g, 5.0)):
        try:
            assert gradgen.grad(h)(2.0) == d
        except gradgen.SourceError as error:
            assert "lambda" in str(error) and "Way out" in str(error)


def test_many_lambdas_on_one_line():
    """Lambdas on one line, nested and with constants that Python computes beforehand."""
    # fmt: off
    many = [(lambda x: (-2.0) ** 3 * x, -8.0), (lambda x: x ** 3, 12.0), (lambda x: 2**3 * x, 8.0), (lambda x: {1: x}[1], 1.0)]  # noqa: E501
    outer, inner = lambda a: (lambda b: a * b)(a), (lambda a: lambda b: a * b)(3.0)
    # fmt: on
    for f, expected in [*many, (outer, 4.0), (inner, 3.0)]:
        assert gradgen.grad(f)(2.0) == expected


def test_lambda_in_call():
    """A lambda in the middle of a call over several lines."""
    g = gradgen.grad(
        lambda x: x * x + x,
        argnums=0,
    )
    assert g(2.0) == 5.0


# fmt: off
def test_lambda_in_default():
    """A lambda as default of a function on the same line."""
    def outer(f=lambda x: x ** 3): return gradgen.grad(f)(2.0)
    assert outer() == 12.0
# fmt: on


def test_decorator_below():
    """The effect of a decorator below ours is not lost."""

    @gradgen.grad
    @_doubling
    def f(x):
        return x * x

    try:
        assert f(3.0) == 12.0, f(3.0)
    except gradgen.GradgenError as error:
        assert "Way out" in str(error)


def test_decorated_helper():
    """The effect of a decorator on a helper is not lost."""

    @_doubling
    def h(x):
        return x * x

    def f(x):
        return h(x) * x

    try:
        assert gradgen.grad(f)(3.0) == 54.0
    except gradgen.GradgenError as error:
        assert "Way out" in str(error)


def test_lru_cache():
    """Functools.cache around the loss."""

    @functools.cache
    def f(x):
        return x * x

    try:
        assert gradgen.grad(f)(3.0) == 6.0
    except gradgen.GradgenError as error:
        assert "Way out" in str(error)


@case("operator functions and builtins by name", 0.7, 2.0)
def operator_functions(x, y):
    return operator.mul(x, y) + operator.add(x, x) * pow(x, 2)


@case("functools.reduce with a lambda", X)
def reduced(x):
    return functools.reduce(lambda a, b: a * b + b, [x[0], x[1], x[2]])


@case("map and filter", X)
def mapped(x):
    return sum(map(lambda v: v * v, x)) + sum(filter(lambda v: v > 0.0, x))


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
