"""Parts of zeros that are added to a place: before and after the pass, in every mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.pipeline import run
from tests.references import complex_gradient

X = np.random.default_rng(8).normal(size=(4, 3, 5))


def rows(x):
    """Parts of a row, of which two overlap."""
    total = 0.0
    for i in range(3):
        row = x[i]
        total += np.sum(row[0] * row[1] ** 2) + np.sum(np.sin(row[1:]))
    return total


def two_rows(x):
    """Two rows at once, which are one and the same in a turn."""
    total = 0.0
    for i in range(4):
        a, b = x[i], x[3 - i // 2]
        total += np.sum(a[0] * b[1]) + np.sum(a[2] * b[2] * b[0])
    return total


def deep(x):
    row = x[1]
    line = row[2]
    return line[0] * line[3] ** 2 + np.sum(row[0] * row[0] * line)


def places(x):
    row = x[2]
    at = np.array([0, 2, 2])
    return np.sum(row[at] ** 3) + np.sum(row[1]) ** 2


def masked(x):
    row = x[-1]
    return np.sum(row[row > 0.0] ** 2) + np.sum(row[:, ::2] ** 3)


def read_between(x):
    """The row itself is used as well: its adjoint is more than parts."""
    row = x[0]
    y = row * 2.0
    return np.sum(row[0] * y[1]) + np.sum(y * row)


def written(x):
    """The array is written to between reads of its rows."""
    a = x * 1.0
    total = 0.0
    for i in range(3):
        row = a[i].copy()
        a[i + 1] *= row[0]
        total += np.sum(row[1] * row[2]) + np.sum(a[i + 1][0])
    return total


def reduced(x):
    """What is added is summed up to one number for a place first."""
    row = x[:, 0, 0]
    return row[0] * row[1] + np.sum(x[2][1]) * x[2][0][0]


LOSSES: list[Callable[..., Any]] = [
    rows, two_rows, deep, places, masked, read_between, written, reduced,
]  # fmt: skip


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients(loss: Callable[..., Any], backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    before = X.copy()
    (expected,) = complex_gradient(loss, (X,), (0,))
    np.testing.assert_allclose(gradgen.grad(loss, backend=backend)(X), expected, rtol=1e-12)
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("loss", LOSSES)
def test_other_modes(loss: Callable[..., Any]) -> None:
    v = np.cos(np.arange(X.size)).reshape(X.shape)
    slope = gradgen.grad(loss)
    along = (slope(X + 1e-6 * v) - slope(X - 1e-6 * v)) / 2e-6
    np.testing.assert_allclose(gradgen.hvp(loss)((X,), v), along, rtol=1e-6, atol=1e-8)
    twice = gradgen.grad(lambda x: np.sum(slope(x) * v))
    np.testing.assert_allclose(twice(X), along, rtol=1e-6, atol=1e-8)
    if loss is masked:  # refused: the places differ from example to example
        return
    many = gradgen.grad(loss, batch="x")(np.stack([X, 0.5 * X]))
    np.testing.assert_allclose(many, [slope(X), slope(0.5 * X)], rtol=1e-12)


def test_no_zeros_for_a_row() -> None:
    before = run(rows, (X,), until="adjoint").stages["adjoint"]
    after = run(rows, (X,), until="optimise").stages["optimise"]
    assert before.count("zeros") == 2 and after.count("zeros") == 1
    text = gradgen.emit(rows, mode="grad", example_args=(X,))
    assert "d_x[i, 1] += " in text and "d_row = " not in text
    text = gradgen.emit(places, mode="grad", example_args=(X,))
    assert "np.add.at(d_x[2], at, " in text and "d_x[2, 1] = " in text
    assert gradgen.emit(deep, mode="grad", example_args=(X,)).count("np.zeros") == 1
