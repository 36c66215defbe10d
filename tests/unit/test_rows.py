"""Reads and stores through rows: one place each, before and after, and rows that two lists hold."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.pipeline import run
from tests.corpus import lang_row_stores as losses
from tests.references import assert_gradient


def swapped_in_a_loop(x: float, n: int) -> float:
    t = [[x * i + j for j in range(n)] for i in range(n)]
    for k in range(n - 1):
        t[k], t[k + 1] = t[k + 1], t[k]
        t[k][0] = t[k][0] * t[k + 1][1]
        t[k + 1][1] += x * t[k][0]
    return sum(sum(row) for row in t)


def row_kept_in_two_tables(x: float) -> float:
    row = [x, x * x]
    first, second = [row, [1.0, x]], [row]
    first[0][1] = 3.0 * x
    second[0][0] = first[0][1] * x
    return first[0][0] * second[0][1] + first[1][1]


def tables_of_tables(x: float, n: int) -> float:
    t = [[[x * i - j + k for k in range(n)] for j in range(n)] for i in range(n)]
    kept = [[list(row) for row in plane] for plane in t]
    for i in range(1, n):
        t[i][i][0] = kept[i][0][i] * t[i - 1][i][0]
        t[i][0][i] -= t[i][i][0]
    return t[n - 1][n - 1][0] * t[1][0][1] + kept[1][1][0]


def derivative(f: Callable[..., float], x: float, *rest: Any) -> float:
    h = 3e-3
    weights = ((1, 45.0), (2, -9.0), (3, 1.0))
    return sum(c * (f(x + m * h, *rest) - f(x - m * h, *rest)) for m, c in weights) / (60 * h)


@pytest.mark.parametrize(
    ("loss", "args"),
    [(swapped_in_a_loop, (0.7, 4)), (row_kept_in_two_tables, (0.7,)), (tables_of_tables, (0.7, 3))],
)
def test_rows_that_are_in_several_places(loss: Callable[..., float], args: Any) -> None:
    value, gradient = gradgen.value_and_grad(loss)(*args)
    assert value == loss(*args)
    np.testing.assert_allclose(gradient, derivative(loss, *args), rtol=1e-8)


def test_a_store_into_a_row_is_one_store() -> None:
    before = run(losses.table, (0.3, 4), until="parse").stages["parse"]
    after = run(losses.table, (0.3, 4), until="adjoint").stages["adjoint"]
    assert "with [i][j]" not in before
    assert "with [i][j] = " in after
    assert "list_add" not in after


def test_the_cost_does_not_grow_with_the_length_of_rows() -> None:
    text = gradgen.emit(losses.table, example_args=(0.3, 4))
    assert "d_t[i][j - 1] += " in text
    inner = text.split("for j in range(1, n):")[1].split("# --- reverse")[0]
    assert "list(" not in inner
    assert "for a, b in zip" not in text


def test_subscripts_one_after_the_other_are_one_place() -> None:
    example = (np.ones((3, 3)),)
    text = gradgen.emit(losses.subscripts_one_by_one, example_args=example)
    assert "d_c[i, j] += " in text
    assert "np.zeros(c.shape)" in text
    assert text.count("np.zeros(") == 1


def unpacked_and_named(x: np.ndarray) -> Any:
    rows = []
    for v in x:
        rows.append((v, v * v, np.sin(v)))
    total = sum(row[2] * w for row, w in zip(rows, x))
    for a, b, c in rows:
        total += a * b - c
    return total


def read_after_the_loop(x: np.ndarray) -> Any:
    rows, total = [], 0.0
    for v in x:
        rows.append([v, v * v])
    for row in rows:
        if row[0] > 1.0:
            break
        total += row[0] * row[1]
    return total + sum(row)


@pytest.mark.parametrize("loss", [unpacked_and_named, read_after_the_loop])
@pytest.mark.parametrize("x", [[0.4, 0.7, 1.3, 0.9], [1.4, 0.7, 0.3]])
def test_entries_of_rows_that_loops_name(loss: Callable[..., Any], x: list[float]) -> None:
    made = gradgen.grad(loss)
    assert_gradient(loss, (np.array(x),), (made(np.array(x)),), (0,))
    if loss is unpacked_and_named:  # each adjoint is put where it belongs, and no row is kept
        assert "zip(" not in made.source and "list(" not in made.source


def pairs_all_round(x: np.ndarray) -> Any:
    rows = [(v, v * v) for v in x if v > 0.0]
    total = 0.0
    for (a, b), (c, d) in zip(rows, rows[1:] + rows[:1]):
        total += a * d - b * c * c
    return total


def batches_of_pairs(x: np.ndarray) -> Any:
    def pairs(n: int) -> Any:
        at = 0
        while at < len(x):
            yield x[at : at + n], x[::-1][at : at + n]
            at += n

    w = 0.5
    for _ in range(2):
        for k, (a, b) in enumerate(pairs(2)):
            w = w - 0.1 / (k + 1) * np.mean((w * a - b) * a)
    return w**2


@pytest.mark.parametrize("loss", [pairs_all_round, batches_of_pairs])
def test_rows_of_lists_have_second_derivatives(loss: Callable[..., Any]) -> None:
    x, t = np.array([0.4, 0.7, 1.3, -0.9]), np.array([1.0, 0.5, -0.3, 0.2])
    slope, h = gradgen.grad(loss), 1e-6
    found = gradgen.hvp(loss)((x,), (t,))
    assert found == pytest.approx((slope(x + h * t) - slope(x - h * t)) / (2.0 * h), abs=1e-6)
