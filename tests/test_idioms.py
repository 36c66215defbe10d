"""Composite idioms: their derivatives are proved, and right where the parts would fail."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

import gradgen
from tests.references import difference_gradient


def sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def other_sigmoid(x: Any) -> Any:
    return np.divide(1, np.exp(np.negative(x)) + 1)


def scalar_sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def norm(x: Any) -> Any:
    return np.sqrt(np.sum(x**2))


def norms(x: Any) -> Any:
    return np.sum(np.sqrt(np.sum(np.square(x), axis=1, keepdims=True)) * np.array([[2.0], [0.5]]))


def norm_of_product(x: Any) -> Any:
    return math.sqrt(x @ x) + np.sqrt(np.dot(x, x))


def squared_norm(x: Any) -> Any:
    return np.linalg.norm(x) ** 2


def squared_norms(x: Any) -> Any:
    n = np.linalg.norm(x, axis=0)
    return np.sum(n * n * np.array([1.0, -2.0, 0.3]))


def mean_square(x: Any) -> Any:
    return np.mean((x - 0.3) ** 2)


def mean_squares(x: Any) -> Any:
    return np.mean(x * x, axis=-1) @ np.array([1.0, -0.4])


def roots_of_squares(x: Any) -> Any:
    return np.sum(np.sqrt(x**2) * x) + math.sqrt(x[0, 0] * x[0, 0])


def distances(x: Any) -> Any:
    steps, s = x[:, 1:] - x[:, :-1], 0.0
    for dx, dy in steps.T:
        s += math.sqrt(dx * dx + dy**2) ** 3
    return s + np.sum(np.sqrt(np.square(x[0]) + x[1] * x[1] + x[0, 0] ** 2))


def lengths(x: Any) -> Any:
    a, b, c = x
    return math.sqrt(a * a + b**2) + np.sqrt(c * c) + np.sum(np.sqrt(x**2 + a * a))


def powers_of_one_half(x: Any) -> Any:
    a, b, c = x
    return (a * a + b**2) ** 0.5 + np.sum(x**2) ** 0.5 + np.power(x @ x, 0.5) + (c * c) ** 0.5


def logarithms(x: Any) -> Any:
    s = np.exp(x)
    return np.sum(np.log(2 * np.pi * s) * x) + math.log(s[0, 0] * 3.0) - np.sum(np.log(s * x * x))


def softmaxes(x: Any) -> Any:
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    y = e / np.sum(e, axis=-1)[:, None] * x + e / e.sum(axis=0) + np.divide(e, np.sum(e))
    return np.sum(y**2) + np.sum(np.exp(x) / np.expand_dims(np.exp(x).sum(1), 1) * x) + e[0, 0]


def softmax_in_place(x: Any) -> Any:
    e = np.exp(x)
    e /= np.sum(e, axis=1, keepdims=True)
    return np.sum(np.log(e) * x)


def not_softmaxes(x: Any) -> Any:
    e = np.exp(x[:, :2])
    return np.sum((e / np.sum(e, axis=1) + e / np.sum(np.exp(x), axis=1)[:, None]) * x[:, 1:])


VECTOR, MATRIX = np.array([0.4, -1.2, 0.0]), np.array([[0.4, -1.2, 0.3], [2.0, 0.1, -0.7]])
CASES: list[tuple[Callable[..., Any], Any]] = [
    (lambda x: np.sum(sigmoid(x) * x), VECTOR), (lambda x: np.sum(other_sigmoid(x)), MATRIX),
    (sigmoid, 0.7), (scalar_sigmoid, -0.7), (norm, VECTOR), (norm, MATRIX), (norms, MATRIX),
    (norm_of_product, VECTOR), (squared_norm, VECTOR), (squared_norm, MATRIX),
    (squared_norms, MATRIX), (mean_square, VECTOR), (mean_square, MATRIX), (mean_squares, MATRIX),
    (roots_of_squares, MATRIX), (distances, MATRIX), (lengths, MATRIX[0]),
    (powers_of_one_half, MATRIX[0]),
    (logarithms, MATRIX), (softmaxes, MATRIX), (softmax_in_place, MATRIX), (not_softmaxes, MATRIX),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "x"), CASES)
def test_gradient_tangent_and_second_order(loss: Callable[..., Any], x: Any) -> None:
    value, gradient = gradgen.value_and_grad(loss)(x)
    assert value == loss(x)
    (expected,) = difference_gradient(loss, (x,), (0,))
    np.testing.assert_allclose(gradient, expected, 1e-8, 1e-9)
    way = np.cos(np.arange(np.size(x))).reshape(np.shape(x)) if np.ndim(x) else 0.7
    _, tangent = gradgen.jvp(loss)((x,), (way,))
    np.testing.assert_allclose(tangent, np.sum(gradient * way), 1e-13, 1e-15)
    _, along = gradgen.jvp(gradgen.grad(loss))((x,), (way,))
    ahead, behind = (gradgen.grad(loss)(x + s * way) for s in (1e-5, -1e-5))
    np.testing.assert_allclose(along, (ahead - behind) / 2e-5, 1e-6, 1e-8)


def test_proofs() -> None:
    """What is stated is the derivative, in SymPy."""
    x = sympy.Symbol("x", real=True)
    y = 1 / (1 + sympy.exp(-x))
    assert sympy.simplify(sympy.diff(y, x) - sympy.exp(-x) * y * y) == 0
    v = sympy.symbols("v0:3", positive=True)
    squares = sum(a**2 for a in v)
    root = sympy.sqrt(squares)
    for a in v:
        assert sympy.simplify(sympy.diff(root, a) - a / root) == 0
        assert sympy.simplify(sympy.diff(root**2, a) - 2 * a) == 0
        assert sympy.simplify(sympy.diff(sympy.sqrt(a**2), a) - sympy.sign(a)) == 0
        assert sympy.simplify(sympy.diff(root, a) - sympy.diff(squares, a) / (2 * root)) == 0
        assert sympy.simplify(sympy.diff(sympy.log(2 * sympy.pi * a), a) - 1 / a) == 0
        softmax = [sympy.exp(b) / sum(map(sympy.exp, v)) for b in v]
        g = sympy.symbols("g0:3")
        share = sympy.diff(sum(b * y for b, y in zip(g, softmax, strict=True)), a)
        mean = sum(b * y for b, y in zip(g, softmax, strict=True))
        k = v.index(a)
        assert sympy.simplify(share - softmax[k] * (g[k] - mean)) == 0
        assert sympy.simplify(sympy.diff(squares / 3, a) - sympy.Rational(2, 3) * a) == 0


@pytest.mark.parametrize("x", [-800.0, -40.0, -3.0, 0.0, 20.0, 40.0, 700.0])
def test_sigmoid_keeps_its_digits_on_both_sides(x: float) -> None:
    """It neither overflows where the function does not, nor rounds to 0 where it is small."""
    with mpmath.workdps(60):
        y = 1 / (1 + mpmath.exp(-mpmath.mpf(x)))
        expected = float(mpmath.exp(-mpmath.mpf(x)) * y * y)
    with np.errstate(over="ignore"):
        vector = gradgen.grad(lambda t: np.sum(sigmoid(t)))(np.array([x]))
        assert vector[0] == pytest.approx(expected, rel=1e-13, abs=1e-310)
        single = gradgen.grad(lambda t: np.sum(sigmoid(t)))(np.array([x], np.float32))
    assert single.dtype == np.float32 and abs(single[0] - expected) < 1e-6


@pytest.mark.parametrize(
    "loss", [norm, norm_of_product, squared_norm, mean_square, lengths, powers_of_one_half]
)
def test_at_zero(loss: Callable[..., Any]) -> None:
    gradient = gradgen.grad(loss)(np.zeros(3))
    np.testing.assert_allclose(gradient, -0.2 if loss is mean_square else 0.0, 1e-15)
    _, tangent = gradgen.jvp(loss)((np.zeros(3),), (np.ones(3),))
    np.testing.assert_allclose(tangent, np.sum(gradient), 1e-15)


@pytest.mark.parametrize(
    ("loss", "line"),
    [(squared_norm, "d_x = 2.0 * x"), (norm, "d_x = 1.0 / (1.0 if value == 0.0 else value) * x"),
     (mean_square, "d_x = 2.0 / len(x) * difference"),
     (lambda x: np.sum(np.log(2 * np.pi * x)), "d_x = 1.0 / x")],
)  # fmt: skip
def test_text(loss: Callable[..., Any], line: str) -> None:
    text = gradgen.emit(loss, mode="value_and_grad", example_args=(VECTOR,))
    assert line in text


def test_what_is_not_the_idiom() -> None:
    """Other constants, orders and dtypes are taken operation by operation."""

    def loss(x: Any) -> Any:
        return (
            np.sum(2.0 / (1.0 + np.exp(-x)) + 1.0 / (2.0 + np.exp(-x)))
            + np.linalg.norm(x, 1) ** 2
            + np.sqrt(np.sum(x**3))
            + np.sqrt(np.sum(x * x[::-1]))
            + np.mean(x**4)
        )

    x = np.array([0.4, 1.2, 0.7])
    (expected,) = difference_gradient(loss, (x,), (0,))
    np.testing.assert_allclose(gradgen.grad(loss)(x), expected, 1e-8, 1e-9)


ROWS = np.array([[1.0, np.nan], [2.0, 3.0]])
ENTRIES = np.array([1.0, np.nan, -0.7])


@pytest.mark.parametrize(
    ("loss", "x"),
    [
        (lambda x: np.nansum(sigmoid(x)), ENTRIES),
        (lambda x: np.nansum(np.sqrt(x**2) * x), ENTRIES),
        (lambda x: np.sum(np.where(np.isnan(x), 0.0, sigmoid(x))), ENTRIES),
        (lambda x: np.sum(np.where(x > 0.0, np.sqrt(x**2 + np.log(x) ** 2), 0.0)), ENTRIES),
        (lambda x: np.nansum(np.log(2 * np.pi * x)), ENTRIES),
        (lambda x: np.nansum(np.mean(x**2, axis=1)), ROWS),
        (lambda x: np.nansum(np.linalg.norm(x, axis=1) ** 2), ROWS),
        (lambda x: np.nansum(np.sqrt(np.sum(x**2, axis=1))), ROWS),
        (lambda x: np.nansum(np.sum(x**3, axis=1)), ROWS),
        (lambda x: np.nansum(np.var(x, axis=1) + np.std(x, axis=1)), ROWS),
        (lambda x: np.nansum(np.prod(x, axis=1)), ROWS),
        (lambda x: np.nansum(np.cumsum(x**2, axis=1)[:, -1]), ROWS),
        (lambda x: np.sum(np.where(x[:, 0] > 1.0, np.sum(np.log(x) * x, axis=1), 0.0)), ROWS),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_is_left_out_has_no_share(loss: Callable[..., Any], x: Any) -> None:
    """A NaN that is left out of the result reaches no derivative, in either mode."""
    gradient = gradgen.grad(loss)(x)
    ok = ~np.isnan(x) if x.ndim == 1 else x[:, :1] > 1.0
    np.testing.assert_array_equal(np.isnan(gradient), False)
    np.testing.assert_array_equal(gradient[np.broadcast_to(~ok, x.shape)], 0.0)
    np.testing.assert_allclose(gradgen.jacfwd(loss)(x), gradient, 1e-13)
    step = 1e-6
    for k in zip(*np.nonzero(np.broadcast_to(ok, x.shape)), strict=True):
        ahead, behind = x.copy(), x.copy()
        ahead[k] += step
        behind[k] -= step
        assert gradient[k] == pytest.approx((loss(ahead) - loss(behind)) / (2 * step), rel=1e-7)


def test_a_divisor_of_the_result_needs_no_guard() -> None:
    """Where the loss itself divides by it, the share of what the last turn leaves is not tested."""

    def kept(p: Any, y: Any) -> Any:
        m, v, total = 0.0, p[0], 0.0
        for i in range(len(y)):
            s = v + p[1]
            k = v / s
            total += (y[i] - m) ** 2 / s
            m = m + k * (y[i] - m)
            v = (1.0 - k) * v
        return total

    def needed(p: Any, y: Any) -> Any:
        s, total = p[0], 0.0
        for i in range(len(y)):
            total += s * y[i]
            s = s / p[i]
        return total

    y = np.array([0.3, -0.2])
    assert "!= 0.0" not in gradgen.emit(kept, example_args=(np.ones(2), y))
    with np.errstate(divide="ignore", invalid="ignore"):
        gradient = gradgen.grad(needed)(np.array([2.0, 0.0]), y)
    np.testing.assert_allclose(gradient, [0.3, 0.0], 1e-15, 1e-16)
