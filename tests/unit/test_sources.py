"""Of a small state one array is kept, not each number that is read from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import complex_gradient

THETA, OBSERVED = np.array([0.9, 1.4, -0.3]), np.random.default_rng(0).normal(size=(6, 3))


def integrated(theta: Any, observed: Any) -> Any:
    """Midpoint steps of a system of three equations."""
    s, r, b = theta

    def rate(y: Any) -> Any:
        return np.array([s * (y[1] - y[0]), y[0] * (r - y[2]), y[0] * y[1] - b * y[2]])

    y, total = observed[0] + 0.0, 0.0
    for o in observed:
        y = y + 0.1 * rate(y + 0.05 * rate(y))
        total += np.sum((y - o) ** 2)
    return total


def until_small(theta: Any, observed: Any) -> Any:
    z = np.array([theta[0] * observed[0, 0] + 1.0, theta[1]])
    while z[0].real > 0.2:
        z = np.array([0.6 * z[0] * np.cos(z[1]), z[1] * z[0] + theta[2]])
    return z[0] * z[1]


def of_many(theta: Any, observed: Any) -> Any:
    """A state of unknown length: keeping all of it for two numbers could be too much."""
    u = observed.ravel() * theta[0]
    total = 0.0
    for _ in range(4):
        u = np.sin(u)
        total += u[0] * u[1] * theta[1] * theta[2]
    return total


def written_afterwards(theta: Any, observed: Any) -> Any:
    y = np.array([theta[0], theta[1]])
    total = 0.0
    for o in observed:
        total += y[0] * y[1] * o[0]
        y[0] = y[0] * y[1] * theta[2] + 0.5
    return total


LOSSES = [integrated, until_small, of_many, written_afterwards]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
def test_gradient_and_second_order(loss: Any) -> None:
    value, gradient = gradgen.value_and_grad(loss)(THETA, OBSERVED)
    assert value == loss(THETA, OBSERVED)
    (expected,) = complex_gradient(loss, (THETA, OBSERVED), (0,))
    np.testing.assert_allclose(gradient, expected, 1e-11, 1e-12)
    way = np.array([0.3, -0.2, 0.5])
    _, along = gradgen.jvp(lambda t: gradgen.grad(loss)(t, OBSERVED))((THETA,), (way,))
    ahead, behind = (
        complex_gradient(loss, (THETA + s * way, OBSERVED), (0,))[0] for s in (1e-5, -1e-5)
    )
    np.testing.assert_allclose(along, (ahead - behind) / 2e-5, 1e-6, 1e-8)


def test_states_are_kept() -> None:
    made = gradgen.grad(integrated)
    made(THETA, OBSERVED)
    assert "y_saved.append(y)" in made.source and "item_saved" not in made.source


def test_large_ones_are_not() -> None:
    made = gradgen.grad(of_many)
    made(THETA, OBSERVED)
    assert made.source.count("item_saved") and ".append(u)" in made.source
