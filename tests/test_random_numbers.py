"""Random numbers drawn inside a loss: once, in order, and the same for value and gradient."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from tests.references import assert_gradient

X = np.array([0.5, -1.0, 2.0])


def noise(x):
    rng = np.random.default_rng(0)
    return np.sum((x + 0.1 * rng.normal(size=x.shape)) ** 2)


def one_after_the_other(x):
    np.random.seed(3)
    a = np.random.normal(size=3)
    b = np.random.randn(3)
    return np.sum(x * b + a * x * x) * np.random.rand()


def in_a_loop(x):
    rng = np.random.default_rng(seed=1)
    total = 0.0
    for _ in range(3):
        total = total + np.sum(np.tanh(x * rng.standard_normal(3)))
    return total


def with_one_unused(x):
    rng = np.random.default_rng(1)
    rng.random(4)
    mask = rng.uniform(size=x.shape) > 0.3
    return np.sum(np.where(mask, x, 0.0) ** 2) / (1 + rng.integers(5))


def scaled(x):
    rng = np.random.default_rng(2)
    z = x[0] + x[1] * rng.standard_normal(x.shape)
    return np.sum(z[rng.permutation(3)] ** 3)


def on_a_path(x):
    np.random.seed(1)
    if np.random.rand() > 0.1:
        return np.sum(x**2) * np.random.random_sample()
    return np.sum(x)


LOSSES = (noise, one_after_the_other, in_a_loop, with_one_unused, scaled, on_a_path)


@pytest.mark.parametrize("loss", LOSSES)
def test_drawn_once(loss) -> None:
    """Seeded, the numbers are the user's; any other order would give others."""
    value, gradient = gradgen.value_and_grad(loss)(X)
    assert value == loss(X)
    assert_gradient(loss, (X,), (gradient,), (0,), rtol=1e-7)


def test_unseeded_numbers_are_those_of_the_value() -> None:
    def loss(x):
        return np.sum(x * np.random.normal(size=3))

    value, gradient = gradgen.value_and_grad(loss)(X)
    assert np.isclose(value, np.sum(X * gradient))


def test_parameters_are_refused() -> None:
    def loss(x):
        return np.sum(x * np.random.default_rng(0).normal(x[0], 1.0, size=3))

    with pytest.raises(gradgen.UnsupportedError, match=r"loc \+ scale"):
        gradgen.grad(loss)(X)


def uniform_up_to(high):
    return np.sum(np.random.default_rng(3).uniform(0.5, high, size=3) ** 2)


def the_way_out_of_it(high):
    return np.sum((0.5 + (high - 0.5) * np.random.default_rng(3).random(size=3)) ** 2)


def test_the_way_out_of_a_parameter_draws_the_same_numbers() -> None:
    """Each distribution has its own: that of a normal one is another distribution."""
    with pytest.raises(gradgen.UnsupportedError, match=r"low \+ \(high - low\) \* rng\.random"):
        gradgen.grad(uniform_up_to)(2.0)
    value, gradient = gradgen.value_and_grad(the_way_out_of_it)(2.0)
    assert value == uniform_up_to(2.0)
    step = (uniform_up_to(2.1) - uniform_up_to(1.9)) / 0.2  # exact: a polynomial of degree two
    np.testing.assert_allclose(gradient, step, rtol=1e-12)
