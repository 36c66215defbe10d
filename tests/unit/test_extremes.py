"""Running extremes are read at their index: values, gradients, texts before and after."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.verify import verify
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

pytest.importorskip("numba")

RANDOM = np.random.default_rng(11)
X = RANDOM.normal(size=(9, 3))
Y = RANDOM.normal(size=(6, 3))


def nearest(x, y):
    """The least of sums over an inner loop, which starts from infinity, read afterwards."""
    total = 0.0
    for i in range(len(y)):
        best = math.inf
        for j in range(len(x)):
            d = 0.0
            for c in range(y.shape[1]):
                e = x[j, c] - y[i, c]
                d += e * e
            if d < best:
                best = d
        total += best * y[i, 2]
    return total


def within(x, y):
    """A first value that may be the result, and a comparison that takes equal ones, too."""
    total = 0.0
    for i in range(len(y)):
        best = 1.5 * x[0, 0] * x[0, 0]
        for j in range(len(x)):
            d = 0.0
            for c in range(y.shape[1]):
                e = x[j, c] - y[i, c]
                d += e * e
            if best >= d:
                best = d
        total += best * best
    return total


def largest(x, y):
    """A maximum, in a loop that does not begin with the first place."""
    total = 0.0
    for i in range(len(y)):
        top = -math.inf
        for j in range(2, len(x)):
            d = 0.0
            for c in range(y.shape[1]):
                d += x[j, c] * y[i, c]
            if d > top:
                top = d
        total += top
    return total


def summed(x, y):
    """What is chosen counts in every turn."""
    total = 0.0
    for i in range(len(y)):
        best = 9.0
        for j in range(len(x)):
            d = 0.0
            for c in range(y.shape[1]):
                e = x[j, c] - y[i, c]
                d += e * e
            if d < best:
                best = d
            total += best
    return total


READ = [nearest, within, largest]


@pytest.mark.parametrize("loss", [*READ, summed])
def test_gradients(loss: Callable[..., Any]) -> None:
    compiled = gradgen.value_and_grad(loss, backend="numba")
    for x, y in ((X, Y), (X[::-1].copy(), Y[:2].copy())):
        value, got = compiled(x, y)
        assert value == loss(x, y)
        (expected,) = complex_gradient(lambda u, y=y: loss(u, y), (x,), (0,))
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(got, gradgen.grad(loss)(x, y), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("loss", [*READ, summed])
def test_texts(loss: Callable[..., Any]) -> None:
    text = gradgen.emit(loss, mode="grad", backend="numba", example_args=(X, Y))
    assert ("d_all[last_j] if last_j >= 0 else" in text) == (loss in READ)
    assert "boundscheck" not in text.split("def ")[-3]  # the loops have no checks of indices
    assert "d_all" not in gradgen.emit(loss, mode="grad", example_args=(X, Y))


@pytest.mark.parametrize("loss", [*READ, summed])
def test_graphs(loss: Callable[..., Any]) -> None:
    options = Options(mode="value_and_grad", backend="numba")
    for stage in ("saves", "copies"):
        verify(run(loss, (X, Y), options, until=stage).function, saved=True)


@pytest.mark.parametrize("fill", [math.nan, math.inf, 0.0])
def test_what_is_chosen_of_nothing_comparable(fill: float) -> None:
    x = X.copy()
    x[::2, 1] = fill
    for loss in READ:
        expected = gradgen.value_and_grad(loss)(x, Y)
        got = gradgen.value_and_grad(loss, backend="numba")(x, Y)
        assert np.array_equal(got[0], expected[0], equal_nan=True)
        np.testing.assert_array_equal(np.isnan(got[1]), np.isnan(expected[1]))
        np.testing.assert_allclose(got[1], expected[1], rtol=1e-12, atol=1e-14)


def test_loops_without_turns() -> None:
    value, gradient = gradgen.value_and_grad(largest, backend="numba")(X[:2].copy(), Y)
    assert value == -math.inf
    assert not gradient.any()


def test_second_order() -> None:
    product = gradgen.hvp(nearest, backend="numba")
    v = RANDOM.normal(size=X.shape)
    got = product((X, Y), v)
    step = 1e-6
    grad = gradgen.grad(nearest)
    expected = (grad(X + step * v, Y) - grad(X - step * v, Y)) / (2.0 * step)
    np.testing.assert_allclose(
        got[-1] if isinstance(got, tuple) else got, expected, rtol=1e-7, atol=1e-8
    )
