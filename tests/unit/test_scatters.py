"""Rows added at places that repeat: before and after the pass, in every mode and shape."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.pipeline import run
from tests.long_programs import loaded
from tests.references import complex_gradient

RNG = np.random.default_rng(4)
X = RNG.normal(size=(5, 3))
PLACES = np.array([0, 4, 4, -1, 2, 0, 4])
WEIGHTS = RNG.normal(size=(7, 3))


def rows(x, places, weights):
    return np.sum(x[places] ** 3 * weights)


def stretched(x, places, weights):
    return np.sum(np.sum(x[places], axis=1) ** 2 * weights[:, 0])


def grid(x, places, weights):
    return np.sum(np.sin(x[places.reshape(-1, 1)]) * weights[:, None, :])


def in_loop(x, places, weights):
    total = 0.0
    for k in range(3):
        total += np.sum(x[places[k:]] ** 2 * weights[k:])
    return total


def stacks(x, places, weights):
    cubes = np.stack([x, x * x], axis=1)
    return np.sum(cubes[places] * np.stack([weights, weights], axis=1))


def table(x, places, weights):
    numbers = x[:, 0] * x[:, 1]
    at = np.stack([places, places[::-1]], axis=1)
    return np.sum(numbers[at] ** 2 * weights[:, :2]) + np.sum(numbers[at])


AGAIN = """

def loss(x, places, weights, v):
    return np.sum({}_grad(x, places, weights) * v)
"""
LOSSES: list[Callable[..., Any]] = [rows, stretched, grid, in_loop, stacks, table]


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients(loss: Callable[..., Any]) -> None:
    (expected,) = complex_gradient(loss, (X, PLACES, WEIGHTS), (0,))
    made = gradgen.grad(loss)
    np.testing.assert_allclose(made(X, PLACES, WEIGHTS), expected, rtol=1e-13)
    empty = made(X[:0], PLACES[:0], WEIGHTS[:0])
    assert empty.shape == (0, 3)
    batch = gradgen.grad(loss, batch="x")(np.stack([X, X]), PLACES, WEIGHTS)
    np.testing.assert_allclose(batch, [expected, expected], rtol=1e-13)


@pytest.mark.parametrize("loss", LOSSES)
def test_second_order(loss: Callable[..., Any], tmp_path: Path) -> None:
    """By the modes, and by the text that a user has saved, which adds by numbers."""
    v = RNG.normal(size=X.shape)
    slope = gradgen.grad(loss)
    expected = (slope(X + 1e-6 * v, PLACES, WEIGHTS) - slope(X - 1e-6 * v, PLACES, WEIGHTS)) / 2e-6
    got = gradgen.hvp(lambda x: loss(x, PLACES, WEIGHTS))((X,), (v,))
    np.testing.assert_allclose(got, expected, rtol=1e-7, atol=1e-8)
    text = gradgen.emit(loss, mode="grad", example_args=(X, PLACES, WEIGHTS))
    saved = loaded(text + AGAIN.format(loss.__name__), tmp_path)
    along = gradgen.grad(saved)(X, PLACES, WEIGHTS, v)
    np.testing.assert_allclose(along, expected, rtol=1e-7, atol=1e-8)


def test_one_addition_of_numbers() -> None:
    args = X, PLACES, WEIGHTS
    text = gradgen.emit(rows, mode="grad", example_args=args)
    assert "d_x = _rows_added(x, " in text and "np.add.at(d_x" not in text
    before = run(rows, args, until="saves").stages["saves"]
    after = run(rows, args, until="copies").stages["copies"]
    assert "_rows_added" not in before and "_rows_added" in after
    short = gradgen.emit(rows, mode="grad", example_args=(X, PLACES.astype(np.int8), WEIGHTS))
    assert "_rows_added" not in short
    alone = gradgen.emit(rows, mode="grad", example_args=(X[:, 0], PLACES, WEIGHTS[:, 0]))
    assert "_rows_added" not in alone  # NumPy is quick at single numbers


def test_places_in_a_matrix_come_in_a_row() -> None:
    args = X, PLACES, WEIGHTS
    text = gradgen.emit(table, mode="grad", example_args=args)
    assert ", np.ravel(at), np.ravel(" in text and ", np.ravel(at), 1.0)" in text
    alone = gradgen.emit(rows, mode="grad", example_args=args).partition("def rows_grad")[2]
    assert "np.ravel(places" not in alone


def test_wide_rows() -> None:
    """Few columns are added one after the other, many all at once; the sums are the same."""
    x, weights = RNG.normal(size=(5, 40)), RNG.normal(size=(7, 40))
    wide = gradgen.grad(rows)(x, PLACES, weights)
    parts = [gradgen.grad(rows)(x[:, k : k + 8], PLACES, weights[:, k : k + 8])
             for k in range(0, 40, 8)]  # fmt: skip
    np.testing.assert_array_equal(wide, np.concatenate(parts, axis=1))
    (expected,) = complex_gradient(rows, (x, PLACES, weights), (0,))
    np.testing.assert_allclose(wide, expected, rtol=1e-13)


def minors(a: Any, row: int, columns: Any) -> Any:
    """The determinant of the rows from one on, in some columns, by recursion."""
    if len(columns) == 1:
        return a[row, columns[0]]
    total = 0.0
    for k in range(len(columns)):
        rest = columns[np.arange(len(columns)) != k]
        total += (-1.0) ** k * a[row, columns[k]] * minors(a, row + 1, rest)
    return total


def squares(a: Any, row: int, places: Any) -> Any:
    """Rows of an array read at a matrix of places, one level after the other."""
    if row == len(a):
        return 0.0
    return np.sum(a[row][places] ** 2 * (1.0 + a[row, 0])) + 0.5 * squares(a, row + 1, places.T)


def test_recursions_add_to_rows_at_once() -> None:
    a = np.random.default_rng(5).normal(size=(4, 4))
    gradient = gradgen.grad(lambda a: minors(a, 0, np.arange(4)))
    np.testing.assert_allclose(gradient(a), np.linalg.det(a) * np.linalg.inv(a).T, rtol=1e-12)
    places = np.array([[0, 3, 3], [1, 0, 3]])
    of_rows = gradgen.grad(squares)
    wanted = complex_gradient(squares, (a, 0, places), (0,))[0]
    np.testing.assert_allclose(of_rows(a, 0, places), wanted, rtol=1e-12)
    assert "np.add.at(d_a[row]," in of_rows.source and of_rows.source.count("np.zeros") == 1
