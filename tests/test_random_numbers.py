"""Random numbers drawn inside a loss: once, in order, and the same for value and gradient."""

from __future__ import annotations

import random

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


def of_many_kinds(x):
    """Batches of entries, and numbers of distributions whose parameters are constants."""
    rng = np.random.default_rng(5)
    np.random.seed(4)
    batch = x[rng.choice(len(x), size=2, replace=False)] * x[np.random.choice(3)]
    total = rng.gamma(2.0, 0.5) * x[0] + rng.beta(2, 3) * x[1] * np.random.poisson(3.0)
    total += np.sum(x ** rng.integers(1, 3, size=3, endpoint=True)) + rng.binomial(9, 0.4) * x[2]
    return np.sum(batch**2) + total * rng.lognormal(0.1, sigma=0.5) + rng.standard_exponential()


def of_an_old_generator(x):
    rng = np.random.RandomState(5)
    a = rng.normal(x, 0.5) * rng.uniform(x[1], 2.0, size=3) + rng.randn(3) * rng.rand()
    return np.sum(a**2 * x[rng.randint(0, 3, 3)]) * rng.choice(x, p=[0.2, 0.3, 0.5])


def among_items(x):
    """Items of arrays, and places of which some are more likely."""
    rng = np.random.default_rng(5)
    np.random.seed(4)
    a = rng.permutation(x) * rng.choice(x, 3, replace=False) ** 2
    b = rng.choice(np.outer(x, x), 2) @ np.random.permutation(x) * np.random.choice(x)
    return np.sum(a) + b[0] ** 2 * x[rng.choice(3, p=np.array([0.1, 0.7, 0.2]))]


def of_the_standard_library(x):
    """Numbers of ``random.Random``, whose parameters may vary; a list that it shuffles."""
    rng = random.Random(7)
    total = rng.uniform(-1, 1) * x[0] + rng.uniform(x[0], 3.0) + rng.expovariate(x[2])
    for v in x:
        total += v * rng.gauss(x[1], 0.5) + rng.gauss(0, 1) * rng.normalvariate(sigma=x[2])
    shuffled = list(x)
    rng.shuffle(shuffled)
    total += sum(k * v for k, v in enumerate(shuffled)) * x[rng.randint(0, 2)]
    return total * rng.choice(x) + rng.randrange(1, 9, 3) * x[rng.randrange(3)] * rng.random()


def in_batches(x):
    """Rows in another order in each epoch; lists, and what NumPy keeps, are shuffled, too."""
    rng = np.random.default_rng(1)
    places, items, grown = np.arange(len(x)), [x[0], x[1] ** 2, x[2]], []
    total = 0.0
    for _ in range(3):
        rng.shuffle(places)
        for start in range(0, len(x), 2):
            total = 0.9 * total + np.sum(x[places[start : start + 2]] ** 2) * (start + 1.0)
            grown.append(total)
    rng.shuffle(items)
    np.random.seed(3)
    np.random.shuffle(grown)
    table = np.outer(x, x) + rng.normal()
    np.random.RandomState(2).shuffle(table)
    return total * items[0] + items[2] * grown[1] + np.sum(table[0] * table[1])


LOSSES = (
    noise, one_after_the_other, in_a_loop, with_one_unused, scaled, on_a_path, of_many_kinds,
    of_an_old_generator, among_items, of_the_standard_library, in_batches,
)  # fmt: skip


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


def parameters(x):
    """Numbers whose parameters vary: scalars, arrays, and one that is computed from another."""
    rng = np.random.default_rng(4)
    np.random.seed(2)
    a = rng.normal(x[0], np.abs(x), size=(2, 3)) * np.random.uniform(x, 3.0 + x**2)
    b = rng.exponential(np.float64(2.0) * x[2]) + rng.uniform(x[1], high=len(x))
    return np.sum(a**2) + rng.normal(b, 0.5) * np.random.normal(scale=b)


def test_parameters_move_and_scale_standard_numbers() -> None:
    value, gradient = gradgen.value_and_grad(parameters)(X)
    assert value == parameters(X)
    assert_gradient(parameters, (X,), (gradient,), (0,), rtol=1e-7)
    single = gradgen.value_and_grad(parameters)(X.astype(np.float32))
    assert single[0] == parameters(X.astype(np.float32))
    assert single[1].dtype == np.float32
    with pytest.raises(ValueError, match="scale < 0"):
        gradgen.grad(lambda x: np.random.normal(0.0, x))(-1.0)
    with pytest.raises(ValueError, match="high - low < 0"):
        gradgen.grad(lambda x: np.random.default_rng(1).uniform(0.0, x))(-1.0)


def test_numbers_in_another_order_are_refused() -> None:
    with pytest.raises(gradgen.UnsupportedError, match="arrays as parameters of poisson"):
        gradgen.grad(lambda x: np.random.default_rng(0).poisson(x)[0])(X)
    with pytest.raises(gradgen.UnsupportedError, match="computed probabilities"):
        gradgen.grad(lambda x: x[np.random.choice(3, p=x / np.sum(x))])(X**2)
    with pytest.raises(gradgen.UnsupportedError, match="computed parameters of lognormal"):
        gradgen.grad(lambda x: np.random.default_rng(0).lognormal(x[0]))(X)


def chosen(x):
    rng = np.random.default_rng(3)
    total = 0.0
    for _ in range(4):
        total += x[rng.choice(3)] ** 2 * rng.normal() * rng.gumbel()
        total += np.sum(x[rng.choice(3, size=2, p=[0.2, 0.5, 0.3])])
    return total


def test_compiled_draws_that_numba_does_not_have() -> None:
    x = np.array([1.0, 2.0, 3.0])
    value, gradient = gradgen.value_and_grad(chosen, backend="numba")(x)
    assert value == pytest.approx(chosen(x), rel=1e-14)
    np.testing.assert_allclose(gradient, gradgen.grad(chosen)(x), rtol=1e-13)
