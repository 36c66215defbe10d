"""Arrays of what is kept for the sweep: made by NumPy beside the compiled function, or inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

pytest.importorskip("numba")

X = np.array([0.3, -0.8, 0.5, 1.1])


def steps(x, turns):
    y = x.copy()
    for _ in range(turns):
        for i in range(len(x)):
            y[i] = y[i] * y[i] - x[i]
    return np.sum(y)


def steps_of_halves(x, turns):
    """Sizes that are computed, and read several times."""
    half = len(x) // 2
    y, z = x[:half].copy(), x[half:].copy()
    for _ in range(turns - 1):
        for i in range(half):
            y[i], z[i] = y[i] * z[i] - x[i], z[i] * z[i] + 0.5 * y[i]
    return np.sum(y) + np.sum(z)


def size_from_entries(x, turns):
    """How many turns there are is found by looking into an array."""
    count = int(np.sum(x > 0.0)) + turns
    y = x.copy()
    for _ in range(count):
        for i in range(len(x)):
            y[i] = y[i] * y[i] - x[i]
    return np.sum(y)


def own_array(x, turns):
    """An array of the user's is of a size that may be wrong: the test before it comes first."""
    if turns < 0:
        raise ValueError("count from zero")
    kept = np.empty((turns, len(x)))
    for t in range(turns):
        for i in range(len(x)):
            kept[t, i] = np.sin(x[i] * (t + 1))
    return np.sum(kept)


def outside(loss: Callable[..., Any]) -> tuple[str, str]:
    """Return the text of the compiled function, and of the one that calls it."""
    text = run(loss, (X, 3), Options(mode="grad", backend="numba")).text
    compiled, _, caller = text.partition(f"\ndef {loss.__name__}_grad(")
    return compiled, caller


@pytest.mark.parametrize("loss", [steps, steps_of_halves, size_from_entries, own_array])
def test_gradients(loss: Callable[..., Any]) -> None:
    gradient = gradgen.value_and_grad(loss, backend="numba")
    x = X.copy()
    for turns in (4, 0, 1):
        value, got = gradient(x, turns)
        (expected,) = complex_gradient(lambda a, n=turns: loss(a, n), (X,), (0,))
        assert value == pytest.approx(loss(X, turns), rel=1e-13)
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-15)
        np.testing.assert_array_equal(x, X)
    if loss is own_array:
        with pytest.raises(ValueError, match="count from zero"):
            gradient(X, -1)
    elif loss is not size_from_entries:
        assert gradient(x, -1)[0] == loss(X, -1)


@pytest.mark.parametrize("loss", [steps, steps_of_halves])
def test_sizes_known_before(loss: Callable[..., Any]) -> None:
    compiled, caller = outside(loss)
    assert "np.empty((" not in compiled
    assert "np.empty((" in caller


@pytest.mark.parametrize("loss", [size_from_entries, own_array])
def test_sizes_found_on_the_way(loss: Callable[..., Any]) -> None:
    compiled, caller = outside(loss)
    assert "np.empty((" in compiled
    assert "np.empty((" not in caller


def test_calls_do_not_share() -> None:
    gradient = gradgen.grad(steps, backend="numba")
    first, second = gradient(X, 3), gradient(2.0 * X, 2)
    np.testing.assert_array_equal(first, gradient(X, 3))
    np.testing.assert_array_equal(second, gradient(2.0 * X, 2))
