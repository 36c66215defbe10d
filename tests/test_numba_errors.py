"""The Numba backend: what Python raises is raised, and what cannot be compiled is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.errors import ArgumentError, UnsupportedError
from tests.test_numba import heat

pytest.importorskip("numba", reason="Numba is not installed (the extra `numba`)")
pytestmark = pytest.mark.filterwarnings("ignore::numba.NumbaPerformanceWarning")


def test_exceptions_keep_their_types_and_messages() -> None:
    def loss(x: float, n: int) -> float:
        if x < 0.0:
            raise ValueError(f"x is {x:.2f}")
        assert n > 0, f"n is {n}"
        return math.sqrt(x) * (7 // n)

    gradient = gradgen.grad(loss, backend="numba")
    with pytest.raises(ValueError, match=r"x is -1\.50"):
        gradient(-1.5, 2)
    with pytest.raises(AssertionError, match="n is 0"):
        gradient(1.0, 0)


def test_integer_division_by_zero_is_an_error() -> None:
    def loss(x: float, n: int) -> float:
        return x * (7 // n) + x * (7 % n)

    gradient = gradgen.grad(loss, backend="numba")
    assert gradient(1.0, 2) == 4.0
    with pytest.raises(ZeroDivisionError):
        gradient(1.0, 0)


def test_places_beyond_the_end_are_errors() -> None:
    def loss(x: Any, n: int) -> Any:
        x[n] = 2.0 * x[0]
        return np.sum(x)

    gradient = gradgen.grad(loss, backend="numba")
    with pytest.raises(IndexError):
        gradient(np.ones(3), 3)


def truth_of_numpy(x: Any) -> Any:
    above = x[0] > 0.4
    if above is True:
        return x[0]
    return x[1]


def test_kinds_of_truth_values_are_refused() -> None:
    with pytest.raises(UnsupportedError, match=r"is True.*has no lowering"):
        gradgen.grad(truth_of_numpy, backend="numba")(np.ones(2))


def test_types_have_to_be_known() -> None:
    with pytest.raises(UnsupportedError, match="example_args"):
        gradgen.emit(lambda x: x * x, backend="numba")


def test_what_cannot_be_compiled_is_refused_with_its_place() -> None:
    def by_path(x: Any, c: float) -> Any:
        y = x * c if x[1] > 0.0 else x[0]
        return np.sum(y * y)

    def by_turn(x: Any, n: int) -> Any:
        y = 0.0
        for i in range(n):
            y = y + x * i if i else y
        return np.sum(y)

    def made_in_turns(x: Any, n: int) -> Any:
        total = 0.0
        for i in range(n):
            total += x[i] * np.random.default_rng(i).normal()
        return total

    for loss, what in ((by_path, "'y' is "), (by_turn, "'y' is "), (made_in_turns, "in a loop")):
        gradient = gradgen.grad(loss, backend="numba")
        place = rf'test_numba_errors\.py:\d+.*{what}(?s:.)*backend="numpy"'
        with pytest.raises(UnsupportedError, match=place):
            gradient(np.ones(3), 2)


def test_bytes_in_another_order_are_refused_by_name() -> None:
    gradient = gradgen.grad(heat, backend="numba")
    with pytest.raises(UnsupportedError, match=r"test_numba\.py:\d+.*'u' is .* dtype >f8"):
        gradient(np.ones(4, ">f8"), 0.1)


def test_unknown_backend() -> None:
    with pytest.raises(ArgumentError, match="numpy, numba"):
        gradgen.grad(heat, backend="fortran")


def test_integers_beyond_64_bits_are_errors() -> None:
    def power(x: float, n: int) -> float:
        return x * 2**n

    def factorial(x: float, n: int) -> float:
        product = 1
        for k in range(1, n + 1):
            product *= k
        return x * product

    for loss, good, bad in ((power, 10, 70), (factorial, 20, 21)):
        gradient = gradgen.grad(loss, backend="numba")
        assert gradient(1.0, good) == gradgen.grad(loss)(1.0, good)
        with pytest.raises(OverflowError):
            gradient(1.0, bad)
    with pytest.raises((UnsupportedError, OverflowError)):
        gradgen.grad(lambda x: x * 2**70, backend="numba")(1.0)


def test_layouts_that_compiled_code_has_not_are_refused() -> None:
    def of_computed(x: Any) -> Any:
        return np.ravel(2.0 * x, order="A") @ np.arange(6.0)

    def in_memory(x: Any) -> Any:
        return np.ravel(x, order="K") @ np.arange(6.0)

    def known(x: Any) -> Any:
        return np.sin(np.asfortranarray(x)).ravel(order="A") @ np.arange(6.0)

    x = np.arange(6.0).reshape(2, 3)
    for loss in (of_computed, in_memory):
        with pytest.raises(UnsupportedError, match="in compiled code"):
            gradgen.grad(loss, backend="numba")(x)
    expected = np.cos(x) * np.arange(6.0).reshape(3, 2).T
    np.testing.assert_allclose(gradgen.grad(known, backend="numba")(x), expected)


def test_half_precision_is_refused() -> None:
    def of_mask(x: Any) -> Any:
        return np.sum(np.exp(x > 0.5) * x)

    def of_quotients(x: Any, k: Any) -> Any:
        return np.sum(np.true_divide(k, k + 1) * x)

    x, k = np.array([0.3, 0.7]), np.array([3, 1], np.int8)
    with pytest.raises(UnsupportedError, match=r"np\.exp of truth values.*no lowering"):
        gradgen.grad(of_mask, backend="numba")(x)
    expected = gradgen.grad(of_quotients)(x, k)
    assert np.array_equal(gradgen.grad(of_quotients, backend="numba")(x, k), expected)


def beyond_its_axes(x):
    return np.sum(np.quantile(x, 0.4, weights=np.ones(3), method="inverted_cdf", axis=1))


def test_axes_that_an_array_does_not_have() -> None:
    for backend in ("numpy", "numba"):
        with pytest.raises(np.exceptions.AxisError):
            gradgen.grad(beyond_its_axes, backend=backend)(np.ones(3))


def test_equal_singular_values_have_a_first_derivative_only() -> None:
    def loss(a: np.ndarray) -> float:
        return np.sum(np.linalg.svd(a)[1] ** 2)

    a, t = np.diag([2.0, 2.0, 1.0]), np.ones((3, 3))
    assert gradgen.jvp(loss, backend="numba")((a,), (t,))[1] == pytest.approx(10.0)
    with pytest.raises(np.linalg.LinAlgError, match="no derivative"):
        gradgen.hvp(loss, backend="numba")((a,), (t,))


def many_shown(x):
    scaled = [x * 0.0, x * 1.0, x * 2.0, x * 3.0, x * 4.0, x * 5.0]
    print(*scaled, *scaled, *scaled, x, 2.0 * x)
    return scaled[3] * scaled[5]


def test_a_text_with_many_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """There are more numbers in it than letters for them."""
    many_shown(1.5)
    expected = capsys.readouterr().out
    gradient = gradgen.grad(many_shown, backend="numba")
    assert gradient(1.5) == pytest.approx(45.0)
    assert capsys.readouterr().out == expected
