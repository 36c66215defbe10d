"""Documented conventions where a derivative does not exist, and numbers at awkward points."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen


def abs_sum(x):
    return np.sum(np.abs(x))


def values_once(x):
    return np.sum(np.unique_values(x) ** 2)


def abs_scalar(x):
    return abs(x) + math.fabs(x)


def maximum_pair(x, y):
    return np.sum(np.maximum(x, y))


def minimum_pair(x, y):
    return np.sum(np.minimum(x, y))


def max_and_min(x):
    return np.max(x) + np.min(x)


def maximum_itself(x):
    return np.sum(np.maximum(x, x))


def relu(x):
    return np.sum(np.maximum(x, 0.0))


def max_of_all(x):
    return np.max(x)


def max_of_rows(x):
    return np.sum(np.max(x, axis=1))


def clipped(x):
    return np.sum(np.clip(x, -1.0, 1.0))


def norm(x):
    return np.linalg.norm(x)


def norm_squared(x):
    return np.linalg.norm(x) ** 2


def std(x):
    return np.std(x)


def hypot(x, y):
    return np.hypot(x, y)


def arctan2(y, x):
    return np.arctan2(y, x)


def square(x):
    return np.sum(x**2)


def zeroth_power(x):
    return np.sum(x**0)


def first_power(x):
    return np.sum(x**1)


def cube(x):
    return np.sum(x**3)


def general_power(x, y):
    return np.sum(x**y)


def product(x):
    return np.prod(x)


def sign_floor(x):
    return np.sum(np.sign(x) + np.floor(x))


def masked_root(x):
    return np.sum(np.where(x > 0.0, np.sqrt(x), 0.0))


def masked_quotient(x):
    return np.sum(np.where(x == 0.0, 1.0, np.sin(x) / x))


def saturated(x):
    return np.sum(np.tanh(x))


def softplus(x):
    return np.sum(np.logaddexp(x, 0.0))


def cancelled_maximum(x):
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def one_of_two(x, y):
    return np.sum(x * 0.0 + 1.0) * 2.0 + y


ZERO = np.zeros(3)
CASES: list[tuple[Callable[..., Any], tuple, Any]] = [
    (abs_sum, (np.array([-2.0, 0.0, 3.0]),), [-1.0, 0.0, 1.0]),
    (abs_scalar, (0.0,), 0.0),
    (maximum_pair, (np.array([1.0, 2.0]), np.array([1.0, 0.0])), [0.5, 1.0]),
    (minimum_pair, (np.array([1.0, 2.0]), np.array([1.0, 0.0])), [0.5, 0.0]),
    (maximum_itself, (np.array([1.0, 2.0]),), [1.0, 1.0]),
    (relu, (np.array([-1.0, 0.0, 1.0]),), [0.0, 0.5, 1.0]),
    (max_of_all, (np.array([2.0, 1.0, 2.0, 2.0]),), [1 / 3, 0.0, 1 / 3, 1 / 3]),
    (max_of_rows, (np.array([[1.0, 1.0], [0.0, 2.0]]),), [[0.5, 0.5], [0.0, 1.0]]),
    (max_and_min, (np.array([1.0, 1.0]),), [1.0, 1.0]),
    (clipped, (np.array([-2.0, -1.0, 0.3, 1.0, 2.0]),), [0.0, 1.0, 1.0, 1.0, 0.0]),
    (norm, (ZERO,), ZERO),
    (norm_squared, (ZERO,), ZERO),
    (std, (np.ones(3),), ZERO),
    (hypot, (0.0, 0.0), 0.0),
    (arctan2, (0.0, 0.0), 0.0),
    (square, (ZERO,), ZERO),
    (zeroth_power, (ZERO,), ZERO),
    (first_power, (ZERO,), [1.0, 1.0, 1.0]),
    (cube, (np.array([-2.0, 0.0, 2.0]),), [12.0, 0.0, 12.0]),
    (general_power, (np.array([0.0, 0.0, 4.0]), np.array([1.0, 2.0, 0.5])), [1.0, 0.0, 0.25]),
    (product, (np.array([0.0, 2.0, 3.0]),), [6.0, 0.0, 0.0]),
    (product, (np.array([0.0, 0.0, 3.0]),), [0.0, 0.0, 0.0]),
    (sign_floor, (np.array([-1.5, 0.0, 2.5]),), ZERO),
    (masked_root, (np.array([4.0, 0.0, -1.0]),), [0.25, 0.0, 0.0]),
    (masked_quotient, (np.array([0.0, math.pi]),), [0.0, -1.0 / math.pi]),
    (saturated, (np.array([-800.0, 0.0, 800.0]),), [0.0, 1.0, 0.0]),
    (softplus, (np.array([-800.0, 0.0, 800.0]),), [0.0, 0.5, 1.0]),
    (cancelled_maximum, (np.array([1000.0, 1000.0]),), [0.5, 0.5]),
    (one_of_two, (np.ones(3), 1.0), ZERO),
    (values_once, (np.array([2.0, 1.0, 2.0]),), [4.0, 2.0, 0.0]),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("function", "args", "expected"), CASES, ids=[function.__name__ for function, *_ in CASES]
)
def test_convention(function: Callable[..., Any], args: tuple, expected: Any) -> None:
    got = gradgen.grad(function)(*args)
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-15)


def clipped_between(x, low, high):
    return np.sum(np.clip(x, low, high))


def test_bounds_the_wrong_way_round_give_the_upper_one() -> None:
    x, low = np.array([0.0, 1.5, 3.0]), np.array([2.0, 0.0, 2.0])
    d_x, d_low, d_high = gradgen.grad(clipped_between, argnums=(0, 1, 2))(x, low, 1.0)
    assert (d_x.tolist(), d_low.tolist(), d_high) == ([0.0] * 3, [0.0] * 3, 3.0)
    _, d_low, d_high = gradgen.grad(clipped_between, argnums=(0, 1, 2))(x, low, 4.0)
    assert (d_low.tolist(), d_high) == ([1.0, 0.0, 0.0], 0.0)


def of_truth(x, y):
    return np.dot(x, y) + np.greater(x, y) * y


def test_numbers_that_numpy_makes_of_python_floats() -> None:
    value, gradient = gradgen.value_and_grad(of_truth, argnums=(0, 1))(3.0, 2.0)
    assert (type(value), [type(g) for g in gradient]) == (np.float64, [float, float])


def mean_of_those_above(x, low):
    return np.mean(np.sin(x[x > low]))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_mean_of_no_entries_is_refused_in_its_line() -> None:
    gradient = gradgen.grad(mean_of_those_above)
    np.testing.assert_allclose(gradient(np.array([1.0, 2.0]), 1.5), [0.0, math.cos(2.0)])
    with pytest.raises(gradgen.ArgumentError, match="no entries at this call"):
        gradient(np.array([1.0, 2.0]), 3.0)


def mean_of_powers(exponents):
    return np.mean(np.sin(np.power(np.zeros((0, 4)), exponents[0])))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_mean_of_no_powers_is_refused_in_its_line() -> None:
    with pytest.raises(gradgen.ArgumentError, match="no entries at this call"):
        gradgen.grad(mean_of_powers)(np.ones((3, 4)))


def masked_by_a_factor(x, mask):
    return np.sum(np.sqrt(mask * x))


def masked_by_where(x, mask):
    return np.sum(np.where(mask > 0.0, np.sqrt(x), 0.0))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_an_infinite_slope_times_zero_is_nan_and_a_choice_is_not() -> None:
    x, mask = np.array([4.0, 1.0]), np.array([1.0, 0.0])
    np.testing.assert_array_equal(gradgen.grad(masked_by_a_factor)(x, mask), [0.25, np.nan])
    np.testing.assert_array_equal(gradgen.grad(masked_by_where)(x, mask), [0.25, 0.0])


def product_of_all(x):
    return np.prod(x) * 2.0


def test_text_without_types_multiplies_a_number_alone() -> None:
    namespace: dict[str, Any] = {}
    exec(gradgen.emit(product_of_all), namespace)
    made = namespace["product_of_all_value_and_grad"]
    assert made(3.0) == (6.0, 2.0) and made(np.array(3.0)) == (6.0, 2.0)
    assert made(np.array([3.0, 2.0]))[1].tolist() == [4.0, 6.0]


def both_maximum(x, y):
    return max(x, y)


def both_minimum(x, y):
    return min(x, y)


@pytest.mark.parametrize("function", [both_maximum, both_minimum])
def test_builtin_ties_sum_to_one(function: Callable[..., Any]) -> None:
    d_x, d_y = gradgen.grad(function, argnums=(0, 1))(1.0, 1.0)
    assert d_x + d_y == 1.0


def root(x):
    return np.sum(np.sqrt(x))


def math_root(x):
    return math.sqrt(x)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_root_at_zero_is_infinite() -> None:
    assert gradgen.grad(root)(np.zeros(1)) == [np.inf]
    assert gradgen.grad(math_root)(0.0) == np.inf


def exponent_at_zero_base(y):
    return np.sum(np.zeros(2) ** y)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_exponent_of_zero_base() -> None:
    np.testing.assert_array_equal(gradgen.grad(exponent_at_zero_base)(np.array([1.0, 2.0])), [0, 0])


def unused(x, y):
    return np.sum(y)


def test_second_derivative_at_an_exponent_of_zero() -> None:
    def power(x, n):
        return np.sum(x**n)

    x, n = np.array([2.0, 0.5, 0.0]), np.zeros(3)
    for derive in (gradgen.jacrev, gradgen.jacfwd):
        mixed = derive(gradgen.grad(power), argnums=1)(x, n)
        assert np.allclose(np.diag(mixed)[:2], 1.0 / x[:2], rtol=1e-15)
    assert gradgen.hessian(power)(x, n).tolist() == np.zeros((3, 3)).tolist()
    assert gradgen.hessian(lambda x, n: x**n, argnums=(0, 1))(2.0, 0.0)[0][1] == 0.5


def test_unused_argument_has_zero_gradient() -> None:
    gradient = gradgen.grad(unused)(np.array([np.nan, 1.0], np.float32), np.ones(2))
    assert gradient.dtype == np.float32
    np.testing.assert_array_equal(gradient, [0.0, 0.0])


def test_zeros_stay_zero_behind_branches_and_reads() -> None:
    """What a branch did not use, and entries that were not read, meet no infinite derivative."""

    def guarded(x: float) -> float:
        r = math.sqrt(x)
        return 2.0 * r if r > 0.0 else x

    def tail(x: np.ndarray) -> float:
        return np.sum(np.sqrt(x)[1:])

    def mended(x: np.ndarray) -> float:
        y = np.log(x)
        y[x == 0.0] = 0.0
        return np.sum(y)

    with np.errstate(all="ignore"):
        assert gradgen.grad(guarded)(0.0) == 1.0
        np.testing.assert_array_equal(gradgen.grad(tail)(np.array([0.0, 4.0])), [0.0, 0.25])
        np.testing.assert_array_equal(gradgen.grad(mended)(np.array([0.0, 4.0])), [0.0, 0.25])
