"""Nested derivatives as in the public benchmark: particle and saddle in all mode pairs, kmeans.

The first letter of a pair is the mode of the outer derivative, the second that of the inner one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen

PAIRS = ("rr", "ff", "fr", "rf")


def descend(f: Any, g: Any, x: Any) -> Any:
    """Gradient descent with a step that doubles after ten successes and halves at a failure."""
    fx, slope, eta, i = f(x), g(x), 1e-5, 0
    while np.linalg.norm(slope) > 1e-5:
        if i == 10:
            eta, i = 2.0 * eta, 0
            continue
        moved = x - eta * slope
        if np.linalg.norm(moved - x) <= 1e-5:
            break
        if f(moved) < fx:
            x = moved
            fx, slope, i = f(x), g(x), i + 1
        else:
            eta, i = 0.5 * eta, 0
    return x


def potential(x, w):
    a = np.sqrt((x[0] - 10.0) ** 2 + (x[1] - (10.0 - w)) ** 2)
    b = np.sqrt((x[0] - 10.0) ** 2 + x[1] ** 2)
    return 1.0 / a + 1.0 / b


INNER = {"r": gradgen.grad(potential), "f": gradgen.jacfwd(potential)}
OUTER = {"r": gradgen.grad, "f": gradgen.jacfwd}


def flight(slope: Any) -> Any:
    def particle(w):
        x, v = np.array([0.0, 8.0]), np.array([0.75, 0.0])
        while True:
            force = -slope(x, w)
            moved = x + 0.1 * v
            if moved[1] <= 0.0:
                tau = -moved[1] / v[1]
                return (moved[0] + tau * v[0]) ** 2
            x = moved
            v = v + 0.1 * force

    return particle


@pytest.mark.parametrize("pair", PAIRS)
def test_particle(pair: str) -> None:
    particle = flight(INNER[pair[1]])
    slope = OUTER[pair[0]](particle)
    assert np.isclose(particle(0.0), 3.1990790025082054, rtol=1e-13)
    assert np.isclose(slope(0.0), -19.404636450028, rtol=1e-11)
    if pair == "fr":
        assert np.isclose(descend(particle, slope, 0.0), 0.2071918746486116, rtol=1e-10)


def payoff(x, y):
    return np.sum(x * x) - np.sum(y * y)


BY_Y = {"r": gradgen.grad(payoff, argnums=1), "f": gradgen.jacfwd(payoff, argnums=1)}


def worst_case(slope: Any) -> Any:
    def saddle(x):
        """The payoff at the best answer to ``x``, which is found by descent on its negative."""
        y, eta, i = np.array([1.0, 1.0]), 1e-5, 0
        fy, g = -payoff(x, y), -slope(x, y)
        while np.sqrt(np.sum(g * g)) > 1e-5:
            if i == 10:
                eta, i = 2.0 * eta, 0
                continue
            moved = y - eta * g
            if np.sqrt(np.sum((moved - y) ** 2)) <= 1e-5:
                break
            there = -payoff(x, moved)
            if there < fy:
                y, fy, g, i = moved, there, -slope(x, moved), i + 1
            else:
                eta, i = 0.5 * eta, 0
        return payoff(x, y)

    return saddle


@pytest.mark.parametrize("pair", PAIRS)
def test_saddle(pair: str) -> None:
    saddle = worst_case(BY_Y[pair[1]])
    best = descend(saddle, OUTER[pair[0]](saddle), np.array([1.0, 1.0]))
    answer = descend(
        lambda y: -payoff(best, y), lambda y: -BY_Y[pair[1]](best, y), np.array([1.0, 1.0])
    )
    expected = np.full(4, 8.246324826140356e-06)
    np.testing.assert_allclose(np.concatenate([best, answer]), expected, rtol=1e-9)


def cost(centroids, points):
    apart = points[:, None, :] - centroids[None, :, :]
    return np.sum(np.min(np.sum(apart**2, axis=2), axis=1))


def test_newton_direction_of_kmeans() -> None:
    """The Hessian is diagonal: one product with ones gives it; the step goes to the mean."""
    rng = np.random.default_rng(31337)
    points = rng.random((200, 4))
    centroids = points[-6:]
    gradient, diagonal = gradgen.jvp(gradgen.grad(cost))(
        (centroids, points), np.ones_like(centroids)
    )
    nearest = np.argmin(np.sum((points[:, None] - centroids) ** 2, axis=2), axis=1)
    means = np.stack([points[nearest == k].mean(axis=0) for k in range(6)])
    np.testing.assert_allclose(gradient / diagonal, centroids - means, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(gradgen.hessian_diag(cost)(centroids, points), diagonal)
    sparse = pytest.importorskip("scipy.sparse")
    found = gradgen.sparse_hessian(cost)(centroids, points)
    np.testing.assert_allclose(found.diagonal(), diagonal.ravel())
    assert sparse.issparse(found)
