"""Clears of places that nothing reads again: gone where no one would see them, kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import complex_gradient


def filled(x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = np.sin(x[i]) * x[i]
    return np.sum(out**2)


def table(x):
    out = np.zeros((len(x), 3))
    for i in range(len(x)):
        for j in range(3):
            out[i, j] = x[i] ** (j + 1)
    return np.sum(out**2)


def read_after(x):
    """The array is the user's own, and what was there before the loop counts."""
    y = x * 2.0
    for i in range(len(x) - 1):
        y[i] = np.sin(x[i])
    return np.sum(y**2)


def written_twice(x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = np.sin(x[i])
        out[i] = out[i] * x[i]
    return np.sum(out**2)


def neighbours(x):
    out = np.zeros(len(x) + 1)
    for i in range(len(x)):
        out[i + 1] = out[i] * 0.5 + x[i] ** 2
    return np.sum(out**2)


def one_place(x):
    out = np.zeros(2)
    for i in range(len(x)):
        out[i % 2] = np.sin(x[i])
    return np.sum(out**2)


def wrapped(x):
    """A negative index and a positive one are the same place."""
    out = np.zeros(5)
    for i in range(-2, 3):
        out[i] = x[i + 2] ** 2
    return np.sum(out**2 * np.arange(5.0))


def scratch(x):
    """Each turn of the outer loop writes what the one before has written."""
    out, total = np.zeros(3), 0.0
    for i in range(len(x)):
        for j in range(3):
            out[j] = x[i] * (j + 1.0)
        total += np.sum(out**2)
    return total


def some(x):
    out = np.ones(len(x))
    for i in range(len(x)):
        if x[i] > 0.0:
            out[i] = x[i] ** 2
    return np.sum(out**3)


X = np.array([0.4, -1.2, 0.7, 1.3, -0.2])
LOSSES: list[tuple[Callable[..., Any], int | None]] = [
    (filled, 0), (table, 0), (read_after, None), (written_twice, 0), (neighbours, None),
    (one_place, 1), (wrapped, 1), (scratch, None), (some, None),
]  # fmt: skip


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize(("loss", "clears"), LOSSES)
def test_gradients(loss: Callable[..., Any], clears: int | None, backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    (expected,) = complex_gradient(loss, (X,), (0,))
    made = gradgen.grad(loss, backend=backend)
    np.testing.assert_allclose(made(X), expected, rtol=1e-13, atol=1e-15)
    _, along = gradgen.jvp(made)((X,), (np.ones(5),))
    ahead, behind = (complex_gradient(loss, (X + s,), (0,))[0] for s in (1e-5, -1e-5))
    np.testing.assert_allclose(along, (ahead - behind) / 2e-5, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(("loss", "clears"), [(f, n) for f, n in LOSSES if n is not None])
def test_clears_in_the_text(loss: Callable[..., Any], clears: int) -> None:
    text = gradgen.emit(loss, mode="grad", example_args=(X,))
    lines = [line.partition("#")[0].strip() for line in text.splitlines()]
    found = [s for s in lines if s.startswith("d_out[") and s.endswith("] = 0.0")]
    assert len(found) == clears


def odd_places(x):
    s = x * 1.0
    for i in range(len(x) // 2):
        s[2 * i + 1] = s[2 * i + 1] * np.sin(x[i])
        s[2 * i] = s[2 * i] ** 2 + s[i]
    return np.sum(s**3)


def test_a_place_that_is_computed_again_is_the_same() -> None:
    x = np.random.default_rng(2).normal(size=6)
    made = gradgen.grad(odd_places, example_args=(x,))
    (expected,) = complex_gradient(odd_places, (x,), (0,))
    np.testing.assert_allclose(made(x), expected, rtol=1e-13)
    assert made.source.count("] = 0.0") == 1  # of the place that is added to by another name


def first_replaced(x):
    u = x[2:4].copy()
    v = u[0]
    u[0] = 9.0
    return x[0] * v + u[0] + u[1] ** 2


def first_of_each_row_replaced(x):
    total = 0.0
    for i in range(len(x)):
        row = np.array([x[i], x[i] ** 2])
        v = row[0]
        row[0] = 9.0
        row[0] = v * row[1] + 0.0 * row[0]
        row[0] = 3.0
        total += row[0] + v * row[1]
    return total


@pytest.mark.parametrize("loss", [first_replaced, first_of_each_row_replaced])
def test_nothing_is_added_where_it_is_set_to_zero_unread(loss: Callable[..., Any]) -> None:
    made = gradgen.grad(loss)
    (expected,) = complex_gradient(loss, (X,), (0,))
    np.testing.assert_allclose(made(X), expected, rtol=1e-13, atol=1e-15)
    assert "[0] = 1.0" not in made.source
