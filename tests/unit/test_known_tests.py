"""Tests whose answer is known are not in the text, and those of one thing are one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import difference_gradient

X = np.array([0.7, 1.3, 2.1])


def nothing_waits(x: np.ndarray) -> Any:
    waiting: list[Any] = []
    left = x[0]
    while left > 0.1 and waiting:
        left -= waiting.pop()
    return left * x[1]


def walked(x: np.ndarray) -> Any:
    words, at, s = ["up", "down"], 0, 0.0
    while True:
        if at >= len(words):
            break
        s += x[at] ** 2 if words[at] == "up" else x[at] * x[2]
        at += 1
    return s


def walked_in_order(x: np.ndarray) -> Any:
    words, s = ["up", "down"], 0.0
    for at in np.argsort(x[:2]):
        s += x[at] ** 2 if words[at] == "up" else x[at] * x[2]
    return s


def test_a_loop_that_never_runs_is_not_there() -> None:
    made = gradgen.grad(nothing_waits)
    np.testing.assert_allclose(made(X), [1.3, 0.7, 0.0])
    assert "while" not in made.source


@pytest.mark.parametrize(
    ("loss", "test"),
    [(walked, "if at < -2:"), (walked_in_order, "if at >= 2 or at < -2:")],
    ids=["walked", "walked_in_order"],
)
def test_a_place_is_tested_once(loss: Any, test: str) -> None:
    made = gradgen.grad(loss)
    np.testing.assert_allclose(made(X), difference_gradient(loss, (X,), (0,))[0], rtol=1e-6)
    assert made.source.count("IndexError") == 1
    assert test in made.source


def begun_anew(x: np.ndarray) -> Any:
    cur = [x[0]]
    if x[1] > 1.0:
        cur = []
    cur.append(x[0] * x[1])
    if cur:
        return sum(cur) ** 2
    return 7.0 * x[0]


@pytest.mark.parametrize("point", [X, X[::-1], X / 2.0], ids=["anew", "anew_too", "as_it_was"])
def test_a_list_that_has_grown_is_not_taken_for_empty(point: np.ndarray) -> None:
    value, found = gradgen.value_and_grad(begun_anew)(point)
    assert value == begun_anew(point)
    np.testing.assert_allclose(found, difference_gradient(begun_anew, (point,), (0,))[0], rtol=1e-6)
