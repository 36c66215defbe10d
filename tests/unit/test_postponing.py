"""What a turn of the sweep hands on is computed last, where it has the name of what is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import complex_gradient

R = np.array([0.3, -1.2, 0.7, 1.1, 0.4, -0.6])
THETA = np.array([-1.0, -2.0, -0.5])


def variance(theta, r):
    omega, alpha, beta = np.exp(theta)
    var, total = 0.5, 0.0
    for t in range(1, len(r)):
        var = omega + alpha * r[t - 1] ** 2 + beta * var
        total += np.log(var) + r[t] ** 2 / var
    return total


def written_between(theta, r):
    """What is handed on is made of an array that later shares are added to."""
    state = np.zeros(3)
    for t in range(len(r)):
        old = state
        state = np.tanh(state * theta + r[t])
        state[t % 3] += old[0] * theta[1]
    return np.sum(state**2)


def two_states(theta, r):
    x, y = theta[0], theta[1]
    for v in r:
        x, y = x - 0.1 * y * v, y + 0.1 * np.sin(x)
    return x * y


LOSSES = [variance, written_between, two_states]


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients(loss: Callable[..., Any], backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    expected = complex_gradient(loss, (THETA, R), (0, 1))
    got = gradgen.grad(loss, argnums=(0, 1), backend=backend)(THETA, R)
    for a, e in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, e, rtol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_second_order(loss: Callable[..., Any]) -> None:
    once = gradgen.grad(loss)
    twice = gradgen.jacobian(once)(THETA, R)
    steps = 1e-5 * np.eye(3)
    numeric = np.array([(once(THETA + h, R) - once(THETA - h, R)) / 2e-5 for h in steps])
    np.testing.assert_allclose(twice, numeric, rtol=1e-6, atol=1e-8)


def test_no_second_name() -> None:
    text = gradgen.emit(variance, mode="grad", example_args=(THETA, R))
    assert "d_var *= beta" in text
    assert "d_var_1" not in text
