"""Zeros, infinities and cancellation."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


inf, nan = float("inf"), float("nan")


@case("powers at zero", 0.0, expect=1.0)
def powers_at_zero(x):
    return x**0 + x**1 + x**2 + x**3


@case(
    "power one and zero of an array with zeros", np.array([0.0, 2.0]), expect=np.array([1.0, 1.0])
)
def array_powers(x):
    return np.sum(x**1.0 + x**0.0)


@case("square of a negative number by a float exponent", -1.5)
def negative_square(x):
    return x**2.0 + (x**3.0) * 2.0


@case("zero to a variable power", 0.0, 2.0, expect=(0.0, 0.0))
def zero_to_power(x, y):
    return x**y


@case("zero to the power one", 0.0, 1.0, expect=(1.0, 0.0))
def zero_to_one(x, y):
    return x**y


@case(
    "a negative base with an exponent that varies",
    np.array([-2.0, 3.0]),
    expect=np.array([12.0, np.nan]),
)
def negative_base_both(p):
    return p[0] ** p[1]


@case("a negative base with an integer-valued variable exponent", -2.0, 3.0, argnums=0, expect=12.0)
def negative_base(x, y):
    return x**y


@case("exponents in an integer array", np.array([0.0, -1.0, 2.0]), expect=np.array([0.0, 1.0, 4.0]))
def integer_exponents(x):
    return np.sum(x ** np.array([0, 1, 2]))


@case("where hides the logarithm of zero", np.array([0.0, 2.0]), expect=np.array([0.0, 0.5]))
def where_log(x):
    return np.sum(np.where(x > 0.0, np.log(x), 0.0))


@case(
    "where hides a quotient by zero, through two steps",
    np.array([0.0, 2.0]),
    expect=np.array([1.0, math.cos(0.5) * -0.25]),
)
def where_quotient(x):
    y = 1.0 / x
    z = np.sin(y)
    return np.sum(np.where(x == 0.0, x, z))


@case(
    "where hides the root of a negative number", np.array([-1.0, 4.0]), expect=np.array([0.0, 0.25])
)
def where_root(x):
    return np.sum(np.where(x > 0.0, np.sqrt(x), 0.0))


@case("where hides an overflow", np.array([1000.0, 1.0]), expect=np.array([1.0, math.e]))
def where_exp(x):
    return np.sum(np.where(x > 100.0, x, np.exp(x)))


@case("an average multiplied by a mask of zero", np.array([0.0, 4.0]), expect=np.array([0.0, 0.25]))
def masked_by_index(x):
    m = x > 0.0
    return np.sum(np.sqrt(x[m]))


@case("nan in an element that is not read", np.array([nan, 2.0]), expect=np.array([0.0, 4.0]))
def nan_unused(x):
    return x[1] * x[1]


@case(
    "the tail of tanh",
    np.array([-400.0, 20.0, 0.0]),
    expect=np.array([0.0, 4 * math.exp(-40.0), 1.0]),
    rtol=1e-06,
)
def tanh_tail(x):
    return np.sum(np.tanh(x))


def test_tanh_tail_relative():
    """The derivative of tanh at 20 to full relative accuracy or at least not negative."""
    d = gradgen.grad(lambda x: np.tanh(x))(18.0)
    assert 0.0 <= d < 1e-14


@case("hypot of large numbers", 3e200, 4e200, expect=(0.6, 0.8))
def hypot_large(x, y):
    return np.hypot(x, y)


@case("the norm of large and tiny numbers", np.array([3e200, 4e200]), expect=np.array([0.6, 0.8]))
def norm_scaled(x):
    return np.linalg.norm(x / 1e200) * 1e200


@case(
    "logaddexp of large numbers", 1000.0, 1001.0, expect=(1 / (1 + math.e), math.e / (1 + math.e))
)
def log_add_exp(x, y):
    return np.logaddexp(x, y)


@case(
    "log-sum-exp with the maximum taken off",
    np.array([1000.0, 1001.0]),
    expect=np.array([1 / (1 + math.e), math.e / (1 + math.e)]),
)
def log_sum_exp(x):
    m = np.max(x)
    return m + np.log(np.sum(np.exp(x - m)))


@case("softplus at both ends", np.array([-800.0, 800.0]), expect=np.array([0.0, 1.0]))
def softplus(x):
    return np.sum(np.logaddexp(0.0, x))


@case("expm1 and log1p near zero", 1e-18, expect=2.0)
def near_zero(x):
    return np.expm1(x) + np.log1p(x)


@case(
    "arctan2 of large numbers",
    3e200,
    4e200,
    expect=(1.6e-201, -1.2e-201),
    rtol=1e-06,
)
def arctan2_large(y, x):
    return np.arctan2(y, x)


@case("prod with one zero", np.array([2.0, 0.0, 3.0]), expect=np.array([0.0, 6.0, 0.0]))
def prod_one_zero(x):
    return np.prod(x)


@case("prod with two zeros", np.array([0.0, 0.0, 3.0]), expect=np.zeros(3))
def prod_two_zeros(x):
    return np.prod(x)


@case("cumprod with zeros", np.array([2.0, 0.0, 3.0]), expect=np.array([1.0, 2.0 + 6.0, 0.0]))
def cumprod_zeros(x):
    return np.sum(np.cumprod(x))


@case(
    "a running product with a zero factor",
    np.array([2.0, 0.0, 3.0]),
    expect=np.array([0.0, 6.0, 0.0]),
)
def running_product(x):
    p = 1.0
    for v in x:
        p *= v
    return p


@case(
    "prod along an axis with zeros",
    np.array([[2.0, 0.0], [3.0, 5.0]]),
    expect=np.array([[3.0, 5.0], [2.0, 0.0]]),
)
def prod_axis(m):
    return np.sum(np.prod(m, axis=0))


@case("norm at zero", np.zeros(3), expect=np.zeros(3))
def norm_at_zero(x):
    return np.linalg.norm(x)


@case("square of the norm at zero", np.zeros(3), expect=np.zeros(3))
def norm_squared(x):
    return np.linalg.norm(x) ** 2


@case(
    "sum of row norms with one zero row",
    np.array([[0.0, 0.0], [3.0, 4.0]]),
    expect=np.array([[0.0, 0.0], [0.6, 0.8]]),
)
def row_norms(m):
    return np.sum(np.linalg.norm(m, axis=1))


@case("root at zero", 0.0, expect=inf)
def root_at_zero(x):
    return np.sqrt(x)


@case("root of a square away from zero", -1.5, expect=-1.0)
def root_of_square(x):
    return np.sqrt(x**2)


@case("zero times the root at zero", np.array([0.0, 4.0]), expect=np.array([0.0, 0.25]))
def weight_zero_root(x):
    return np.sum(np.where(x == 0.0, 0.0, 1.0) * np.sqrt(np.where(x == 0.0, 1.0, x)))


@case("sinc at zero", np.array([0.0, 0.5]), expect=np.array([0.0, -4 / math.pi]), outcome="either")
def sinc(x):
    return np.sum(np.sinc(x))


@case(
    "det of a singular matrix",
    np.array([[1.0, 2.0], [2.0, 4.0]]),
    expect=np.array([[4.0, -2.0], [-2.0, 1.0]]),
    outcome="either",
)
def singular_det(m):
    return np.linalg.det(m)


LARGE = np.array([5 * 10**9])


@case("large whole numbers behind a minus", 1.5, LARGE, expect=-2.5e19)
def large_factors(x, k):
    return 1.0 - k[0] * (k[0] * x)


@case("the sum of equal eigenvalues", np.eye(2) * 2.0, expect=np.eye(2), outcome="either")
def eigenvalue_sum(m):
    return np.sum(np.linalg.eigvalsh(m))


@case(
    "inverse and solve", np.array([[2.0, 0.3], [0.1, 1.5]]), np.array([1.0, 2.0]), outcome="either"
)
def solved(m, b):
    return np.sum(np.linalg.solve(m, b)) + np.sum(np.linalg.inv(m))


@case(
    "a singular matrix raises as in NumPy",
    np.zeros((2, 2)),
    np.ones(2),
    raises=np.linalg.LinAlgError,
    outcome="either",
)
def singular_solve(m, b):
    return np.sum(np.linalg.solve(m, b))  # here


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
