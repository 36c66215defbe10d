"""Integers, float32, numbers of rank zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.checks import run_text
from tests.pitfalls import Pitfall, Pitfalls, check
from tests.references import difference_gradient

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


F32 = X.astype(np.float32)


def test_integer_wrt():
    """An integer chosen for differentiation is refused or converted."""

    def f(x):
        return np.sum(x * x * 0.5)

    for arg in (3, np.array([1, 2, 3]), np.array(3), np.int64(3), True, np.array([True, False])):
        try:
            d = gradgen.grad(f)(arg)
        except gradgen.GradgenError as error:
            assert "x" in str(error) and "float" in str(error) and "Way out" in str(error), error
        else:
            assert np.allclose(d, arg) and np.asarray(d).dtype.kind == "f"


@case("an integer array as weights", X, np.array([1, 2, 3, 4]))
def integer_weights(x, n):
    return np.sum(n * x**n) / n[1]


@case("an integer array that is scaled by a float", X)
def integer_scaled(x):
    n = np.arange(4)
    y = n * x[0]
    y[1] = x[1] * x[2]
    return np.sum(y * y)


@case("np.zeros_like of an integer array", X)
def zeros_like_integer(x):
    n = np.zeros_like(np.array([1, 2, 3, 4]))
    n = n + x
    return np.sum(n * n)


@case("np.ones(n) * 0.5 with accumulated float", 0.7)
def integer_start(x):
    s = 0
    for i in range(4):
        s += i * x**i
    return s


@case("integer product that becomes float in the last turn", 0.7, 3)
def integer_becomes_float(x, n):
    s = 1
    for i in range(n):
        s = s * 2
        if i == n - 1:
            s = s * x
    return s * x


@case("float() keeps the derivative", X)
def float_call(x):
    return float(x[0]) * float(np.sum(x))


@case("item() keeps the derivative", X, outcome="either")
def item_call(x):
    return x[1].item() * x.sum().item() * x.item(2)


@case("tolist() keeps the derivative", X)
def tolist_call(x):
    a, b, c, d = x.tolist()
    return a * b + c * d


@case("np.float64 and np.asarray of numbers", 0.7)
def float64_call(x):
    return np.float64(x) * np.asarray(x) * np.array(x)


@case("int() of a number cuts the derivative of it only", 2.7)
def int_call(x):
    return int(x) * x


@case("bool() as a factor", 2.7)
def bool_call(x):
    return bool(x > 1.0) * x * x


@case("a float stored into an integer array would be cut", X, words=("int",), outcome="either")
def into_integers(x):
    n = np.zeros(4, dtype=int)
    n[0] = x[0] * 3.0
    return np.sum(n * x)


@case("a float added in place to an integer array", X, outcome="either")
def added_to_integers(x):
    n = np.arange(4)
    n += x
    return np.sum(n)


@case("a float stored into an array made from integers", X, outcome="either")
def into_list_of_integers(x):
    n = np.array([1, 2, 3, 4])
    n[1:] = x[1:]
    return np.sum(n * x)


@case("a float stored into np.full of an integer", X, outcome="either")
def into_full(x):
    n = np.full(4, 1)
    n[2] = x[2]
    return np.sum(n * x)


@case(
    "a float stored into zeros_like of an integer argument",
    X,
    np.array([1, 2, 3, 4]),
    outcome="either",
)
def into_zeros_like(x, k):
    n = np.zeros_like(k)
    for i in range(4):
        n[i] = x[i] * k[i]
    return np.sum(n * x)


@case("a float64 stored into a float32 array", X, rtol=1e-05, expect=2 * X + 0)
def into_single(x):
    n = np.zeros(4, dtype=np.float32)
    n[:] = x
    return np.sum(n * n)


@case("a float stored into a bool array", X, outcome="either")
def into_bools(x):
    m = x > 0.0
    m[0] = x[1]
    return np.sum(m * x)


@case("floor division", 7.3, 2.1)
def floor_division(x, y):
    return x // y * x + y * (x // 2.0)


@case("remainder by both", 7.3, -2.1)
def remainder_both(x, y):
    return x % y + (x * x) % (y * 1.1)


@case("round, floor and ceil", 2.3)
def rounded(x):
    return round(x) * x + math.floor(x) * x * x + np.ceil(x) * x**3


@case("divmod", 7.3, 2.1, outcome="either")
def divmod_both(x, y):
    q, r = divmod(x, y)
    return q * x + r * r


@case("an integer to a negative float power", 2, 1.5)
def integer_power(n, x):
    return n**-x + n**x * x


@case("np.fmod and math.fmod", 7.3, 2.1, outcome="either")
def fmod_both(x, y):
    return np.fmod(x, y) + math.fmod(-x, y)


@case("np.modf", 2.3, outcome="either")
def modf_parts(x):
    frac, whole = math.modf(x)
    return frac * whole


@case("float32 in, float32 out", F32)
def single(x):
    return np.sum(np.tanh(x) * x)


@case("float32 and float64 together", F32, X)
def single_and_double(x, y):
    return np.sum(x * y) + np.sum(x) * 2.0


@case("a 0-d array", np.array(0.7))
def zero_rank(x):
    return x * x


Z32 = np.array(0.7, dtype=np.float32)


@case("0-d arrays beside numbers of other precisions", F32, 0.5, np.array(1.5), Z32, rtol=1e-05)
def zero_rank_and_single(x, y, z, w):
    return np.sum(x * y) * z + np.mean(x) ** 2 + y * z + w * 2.0


@case("a 0-d array of float32", Z32, rtol=1e-05)
def zero_rank_single(w):
    return w * 2.0 + 1.0


@case("np.float64 in, np.float64 out", np.float64(0.7))
def numpy_scalar(x):
    return x * np.sin(x)


@case("np.float32 scalar", np.float32(0.7))
def single_scalar(x):
    return x * x


@case("a 0-d array used as a number and an index result", np.array(0.7), X)
def zero_rank_mixed(c, x):
    return np.sum(c * x) * x[0] * c


@case("a Python float against an array of shape (1,)", 0.7, np.array([2.0]))
def shape_one(x, a):
    return np.sum(x * a * a)


@case("0-d arrays in place", np.array(0.7))
def zero_rank_in_place(x):
    x *= 2.0
    x[...] = x * x
    return x * 1.0


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)


# --- the general form, where nothing is known of the arguments -----------------------------


def in_double(x):
    return np.sum(np.asarray(x, dtype=np.float64) * 3.0) / 7.0


def lower(x):
    return np.sum(np.sin(np.tril(x)))


def one_behind_the_other(x, y):
    return np.sum(np.sin(np.concatenate((x, y), axis=None)) * np.arange(9.0))


@pytest.mark.parametrize(
    ("fn", "args"),
    [
        (in_double, (np.array([0.1, 0.7], np.float32),)),
        (in_double, (np.arange(3.0),)),
        (lower, (np.array([0.1, 0.7, -2.0]),)),
        (lower, (np.arange(12.0).reshape(2, 3, 2),)),
        (one_behind_the_other, (np.arange(6.0).reshape(2, 3), np.ones(3))),
    ],
)
def test_general_form_is_that_of_the_types(fn, args):
    value, gradient = run_text(gradgen.emit(fn), args)
    expected, special = gradgen.value_and_grad(fn)(*args)
    assert value == expected == fn(*args)
    assert gradient.dtype == special.dtype
    np.testing.assert_allclose(gradient, special, rtol=1e-12)


def test_general_form_of_a_tuple_of_indices_is_refused():
    def first(x):
        return x[tuple(np.argwhere(x > 0.0)[0])]

    assert np.array_equal(gradgen.grad(first)(np.array([[-1.0, 2.0]])), [[0.0, 1.0]])
    with pytest.raises(gradgen.UnsupportedError, match="tuple whose length is not known"):
        gradgen.emit(first)


def test_pairs_as_complex():
    """Views of complex numbers as pairs of real ones, and back."""

    def f(x):
        z = x.view(complex)
        pairs = (z * np.exp(1j * z.real)).view(np.float64)
        return np.sum(np.tanh(pairs) * x)

    value, d = gradgen.value_and_grad(f)(X)
    assert value == f(X)
    (expected,) = difference_gradient(f, (X,), (0,))
    np.testing.assert_allclose(d, expected, rtol=1e-8)
    along = gradgen.hvp(f)((X,), (F32.astype(float),))
    moved = [gradgen.grad(f)(X + h * F32) for h in (1e-5, -1e-5)]
    np.testing.assert_allclose(along, (moved[0] - moved[1]) / 2e-5, rtol=1e-6)


def test_view_that_may_be_written_to():
    """A write to what a view of pairs shares memory with is refused."""

    def f(x):
        y = x * 1.0
        z = y.view(complex)
        y[0] = 2.0
        return np.sum(z.real * x[:2])

    with pytest.raises(gradgen.UnsupportedError, match="view"):
        gradgen.grad(f)(X)


def _optional_weight(x, w):
    if w is None:
        return np.sum(x)
    return 2.0 * np.sum(x)


def _skipped(x, skip):
    total = 0.0
    for i in range(len(x)):
        if i in skip:
            continue
        total += x[i] ** 2
    return total


@pytest.mark.parametrize("loss", [_optional_weight, _skipped])
@pytest.mark.parametrize("given", [None, {1}, frozenset([1]), [1], {1: 2.0}, "text", range(2)])
def test_text_for_numbers_or_arrays_is_given_something_else(loss, given):
    """A text made without types says so where it is given neither a number nor an array."""
    text = gradgen.emit(loss, mode="value_and_grad", argnums=0)
    with pytest.raises(TypeError, match="made for x number or array"):
        run_text(text, (X, given))
    number = np.array([1])
    expected = difference_gradient(loss, (X, number), (0,))[0]
    _, found = run_text(text, (X, number))
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_a_fill_that_truncates_is_refused_and_a_cast_is_not() -> None:
    def filled(x):
        z = np.full_like(np.arange(3), x)
        return np.sum(z) * x

    def cast(x):
        z = np.full_like(np.arange(3), x, dtype=int)
        return np.sum(z) * x

    with pytest.raises(gradgen.GradgenError, match=r"dtype int64 of a float, which truncates it"):
        gradgen.grad(filled)(2.5)
    assert gradgen.grad(cast)(2.5) == 6.0


@pytest.mark.parametrize(
    "value",
    [np.ma.array([1.0]), np.array([1.0, "a"], dtype=object), np.ones(2, np.float16)],
    ids=lambda v: type(v).__name__ + str(v.dtype),
)
def test_errors_about_arguments_say_where_the_function_is(value: Any) -> None:
    def total(x):
        return np.sum(x)

    with pytest.raises(gradgen.ArgumentError, match=r"test_pitfalls_types\.py:\d+:5: x is a"):
        gradgen.grad(total)(value)
