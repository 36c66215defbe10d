"""Signs before products with literals: before and after the pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.nodes import walk
from gradgen.pipeline import run
from tests.references import complex_gradient

X = np.array([[0.3, -1.2, 0.7], [1.1, 0.4, -0.6]])
W = np.array([[0.2, 1.5], [-0.7, 0.1], [0.9, -1.3]])


def apart(x, w):
    """The product with two stands under a sign, and is the factor of another product."""
    return np.sum(np.exp(np.sum(w**2, axis=0) - 2.0 * (x @ w)))


def turned(x, w):
    total = 0.0
    for k in range(2):
        total -= 0.5 * np.sum(np.sin(x[k]) * w[:, k]) / (1.5 + x[k, 0] ** 2)
    return total


def signs(loss: Callable[..., Any], until: str) -> int:
    """Count the signs before products with literals after a stage."""
    found = walk(run(loss, (X, W), until=until).function.body)
    made = [op.inputs[0].op for op in found if op.prim == "neg" and op.reverse]
    return sum(op is not None and op.prim == "mul" and op.inputs[0].op is None for op in made)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("loss", [apart, turned])
def test_gradients(loss: Callable[..., Any], backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    expected = complex_gradient(loss, (X, W), (0, 1))
    got = gradgen.grad(loss, argnums=(0, 1), backend=backend)(X, W)
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_literals_take_signs() -> None:
    assert signs(apart, "adjoint") > 0
    assert signs(apart, "optimise") == 0
    text = gradgen.emit(apart, mode="grad", argnums=(0, 1), example_args=(X, W))
    assert "-2.0 * " in text and "-(2.0" not in text


def picked(x, w):
    """A constant share with a sign, a quotient summed along an axis, and a weight below zero."""
    total = np.sum(x / np.sum(x, axis=0)) ** 2 - 0.5 * x[1, 0] ** 2 / w[0, 0]
    for k in range(2):
        total -= w[k, 0] + 0.25 * np.log(x[0, 0] ** 2 + k + 1.0)
    return total


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_what_has_a_sign_is_subtracted(backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    expected = complex_gradient(picked, (X, W), (0, 1))
    got = gradgen.grad(picked, argnums=(0, 1), backend=backend)(X, W)
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)
    text = gradgen.emit(picked, mode="grad", argnums=(0, 1), example_args=(X, W))
    assert "-= 1.0" in text and "np.sum(-" not in text
    assert "+ -" not in text and "+= -" not in text


def residual(x, w):
    """What comes first has a sign: the share of the sum, in which ``w`` is subtracted."""
    eta = x @ w
    return np.sum(np.exp(eta) - x[:, :2] * eta)


def test_a_leading_sign_ends_as_a_subtraction() -> None:
    made = gradgen.grad(residual)
    (expected,) = complex_gradient(residual, (X, W), (0,))
    np.testing.assert_allclose(made(X, W), expected, rtol=1e-12)
    assert "exp_eta - item" in made.source


def far_from_one(x):
    total = 0.0
    for i in range(len(x)):
        total += (1.0 - x[i]) ** 2 * x[0]
    return total


def test_signs_of_tangents() -> None:
    x, v = np.array([0.3, -1.2, 0.7]), np.array([1.0, 0.5, -2.0])
    made, slope, h = gradgen.hvp(far_from_one), gradgen.grad(far_from_one), 1e-5
    expected = (slope(x + h * v) - slope(x - h * v)) / (2.0 * h)
    np.testing.assert_allclose(made((x,), v), expected, rtol=1e-8)
    assert "-= -" not in made.source and "= -(2.0" not in made.source


def test_a_product_of_matrices_is_subtracted() -> None:
    """The sign of a factor is that of what is added."""

    def loss(x, w):
        return np.sum(w**2) + np.sum((X - x @ w @ w.T) ** 2)

    (expected,) = complex_gradient(loss, (X, W), (1,))
    gradient = gradgen.grad(loss, argnums=1)
    np.testing.assert_allclose(gradient(X, W), expected, rtol=1e-12)
    assert "+ -" not in gradient.source and "+= -" not in gradient.source


def counted(x, w):
    rates = x @ w[:, 0]
    return np.sum(np.exp(rates) - COUNTS * rates)


COUNTS = np.array([3, 1])


def test_whole_numbers_are_taken_away_as_they_are() -> None:
    got = gradgen.grad(counted, argnums=(0, 1))(X, W)
    for a, b in zip(got, complex_gradient(counted, (X, W), (0, 1)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    assert "exp_rates - COUNTS" in gradgen.emit(counted, example_args=(X, W))
