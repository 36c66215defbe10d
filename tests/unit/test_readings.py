"""How often a function is read: what one place of a helper asks for is asked once for all calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.frontend import function
from gradgen.pipeline import run


class Cell:
    """Holds an array that is written to."""

    def __init__(self, row):
        self.row = row


def scaled(a, b, n):
    one, two = Cell(a), Cell(b)
    for i in range(n):
        one = two if i > 1 else one
        one.row[i] = one.row[i - 1] * a[0]
    return np.sum(one.row) + np.sum(two.row * b)


def three_calls(a, b, n):
    s = scaled(a + 1.0, b + 1.0, n)
    s += scaled(a + 2.0, b + 1.0, n)
    return s + scaled(a + 3.0, b + 1.0, n)


def nine_calls(a, b, n):
    s = scaled(a + 1.0, b + 1.0, n)
    s += scaled(a + 2.0, b + 1.0, n)
    s += scaled(a + 3.0, b + 1.0, n)
    s += scaled(a + 4.0, b + 1.0, n)
    s += scaled(a + 5.0, b + 1.0, n)
    s += scaled(a + 6.0, b + 1.0, n)
    s += scaled(a + 7.0, b + 1.0, n)
    s += scaled(a + 8.0, b + 1.0, n)
    return s + scaled(a + 9.0, b + 1.0, n)


ARGS = (np.array([0.5, -0.3, 0.2]), np.array([0.4, 0.1, -0.6]), 3)


def test_calls_of_a_helper_do_not_each_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []
    once = function._read

    def counted(*args: Any) -> Any:
        counts[-1] += 1
        return once(*args)

    monkeypatch.setattr(function, "_read", counted)
    for loss in (three_calls, nine_calls):
        counts.append(0)
        run(loss, ARGS, until="parse")
    assert counts[0] == counts[1] > 1, counts


def test_what_has_not_asked_is_right() -> None:
    gradient = gradgen.grad(nine_calls)(*ARGS)
    expected = []
    for k in range(3):
        z = ARGS[0].astype(complex)
        z[k] += 1e-30j
        expected.append(nine_calls(z, ARGS[1] + 0j, 3).imag * 1e30)
    np.testing.assert_allclose(gradient, expected, rtol=1e-12)
