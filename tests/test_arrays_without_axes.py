"""Results that NumPy and SciPy make arrays without axes, not numbers: names share them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.interpolate

import gradgen

X = np.array([1.0, 2.5, 4.0, 3.0, 0.5])


def weighted_quantile(x):
    q = np.quantile(x, 0.4, weights=np.ones(5), method="inverted_cdf")
    other = q
    other += x[1]
    return q**2


def integral(x):
    total = scipy.interpolate.CubicSpline(np.arange(5.0), x).integrate(0.5, 2.5)
    other = total
    other += x[1]
    return total**2


def backwards(x):
    return scipy.interpolate.CubicSpline(np.arange(5.0), x).integrate(2.5, 0.5) ** 2


@pytest.mark.parametrize("loss", [weighted_quantile, integral, backwards])
def test_results_without_axes_are_shared(loss: Callable[..., Any]) -> None:
    value, gradient = gradgen.value_and_grad(loss)(X.copy())
    assert value == loss(X.copy())
    steps = 1e-4 * np.eye(5)
    expected = [(loss(X + step) - loss(X - step)) / 2e-4 for step in steps]
    np.testing.assert_allclose(gradient, expected, 1e-6, 1e-8)


def test_integral_in_compiled_code() -> None:
    expected = gradgen.grad(backwards)(X)
    found = gradgen.grad(backwards, backend="numba")(X)
    np.testing.assert_allclose(found, expected, 1e-12)
