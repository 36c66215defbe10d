"""Statistics of fewer entries than their derivatives need: NumPy's value, or a clear error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
X = np.array([1.0, 2.5, 4.0])


def mean_of_none(x):
    return np.mean(2.0 * x[:0])


def median_of_none(x):
    return np.median(x[x > 9.0])


def variance_of_one(x):
    return np.var(x[:1], ddof=1)


def deviations_of_one(x):
    return np.sum(np.std(np.reshape(x, (-1, 1)), axis=1, ddof=1))


def deviation_less_more(x):
    return np.std(x, ddof=5)


@pytest.mark.parametrize(
    ("loss", "what"),
    [
        (mean_of_none, "has no entries at this call"),
        (median_of_none, "has no entries at this call"),
        (variance_of_one, "no more entries at this call than ddof="),
        (deviations_of_one, "no more entries at this call than ddof="),
        (deviation_less_more, "no more entries at this call than ddof="),
    ],
)
def test_too_few_entries_are_named(loss: Callable[..., Any], what: str) -> None:
    with pytest.raises(gradgen.ArgumentError, match=what):
        gradgen.grad(loss)(X)


def test_infinite_values_in_compiled_code() -> None:
    value, gradient = gradgen.value_and_grad(deviation_less_more, backend="numba")(X)
    assert value == deviation_less_more(X) == np.inf
    assert np.isnan(gradient[0])


def variance_less_two(x):
    return np.var(x, ddof=2)


def test_enough_entries() -> None:
    expected = 2.0 * (X - X.mean())
    np.testing.assert_allclose(gradgen.grad(variance_less_two)(X), expected, 1e-14)
    hessian = 2.0 * (np.eye(3) - 1.0 / 3.0)
    np.testing.assert_allclose(gradgen.hessian(variance_less_two)(X), hessian, 1e-13, 1e-15)


def counts_of_nothing(x):
    return np.sum(np.bincount(np.zeros(0, dtype=int), x[:0], 4) * x[0]) + x[1] ** 2


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_bincount_of_nothing(backend: str) -> None:
    gradient = gradgen.grad(counts_of_nothing, backend=backend)(X)
    np.testing.assert_array_equal(gradient, [0.0, 5.0, 0.0])


def some_less_more(x):
    return np.var(x, ddof=5, where=x > 2.0)


def covariance_less_more(x):
    return np.cov(x, ddof=5)


@pytest.mark.parametrize("loss", [some_less_more, covariance_less_more])
def test_no_finite_gradient_of_an_infinite_value(loss: Callable[..., Any]) -> None:
    value, gradient = gradgen.value_and_grad(loss)(X)
    assert value == loss(X) == np.inf
    assert not np.isfinite(gradient[2])
