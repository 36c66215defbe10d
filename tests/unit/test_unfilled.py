"""Arrays of the sweep that begin without zeros: gradients, and which keep their zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.references import complex_gradient
from tests.unit.test_turns_again import program_of, stages, uncompiled

U = np.random.default_rng(9).uniform(0.3, 1.2, size=5)


def whole(u, c, steps):
    """Scratch is written to all over in each turn of two loops."""
    y, total = u.copy(), 0.0
    for _ in range(steps):
        w = 0.0 * u
        for _ in range(2):
            for i in range(len(u)):
                w[i] = y[i] * y[i] * c
            for i in range(len(u)):
                y[i] += w[i] * w[len(u) - 1 - i]
        total += y[0]
    return total + np.sum(y)


def partly(u, c, steps):
    """The first place gets nothing; another one gets two shares."""
    y, total = u.copy(), 0.0
    for _ in range(steps):
        w = 0.0 * u
        for i in range(1, len(u)):
            w[i] = y[i] * y[i - 1] * c
        for i in range(len(u)):
            y[i] += w[i] * w[2]
        total += y[0]
    return total


def perhaps(u, c, steps):
    """Not every turn writes to it, and there may be none that does."""
    y = u.copy()
    for t in range(steps):
        w = 0.0 * u
        for _ in range(t):
            for i in range(len(u)):
                w[i] = y[i] * c
        for i in range(len(u)):
            y[i] += w[i] * y[i] * y[0]
    return np.sum(y)


def made_anew(u, c, steps):
    """The loss itself makes arrays that it writes to all over, and one that it adds to."""
    y = u.copy()
    for _ in range(steps):
        k, total = np.zeros(len(u)), np.zeros(len(u))
        for i in range(len(u)):
            k[i] = c * y[i] * y[len(u) - 1 - i]
        for i in range(len(u)):
            total[i] += k[i] * y[0]
        for i in range(len(u)):
            y[i] += total[i]
    return np.sum(y)


@pytest.mark.parametrize("f", [whole, partly, perhaps, made_anew])
def test_gradients(f: Callable[..., Any]) -> None:
    gradient = uncompiled(program_of(f))
    for n, steps in ((5, 3), (3, 1), (4, 0)):
        (expected,) = complex_gradient(f, (U[:n].copy(), 0.3, steps), (0,))
        assert np.allclose(gradient(U[:n].copy(), 0.3, steps), expected, rtol=1e-12, atol=0)


def test_text() -> None:
    text = program_of(stages).text
    assert "d_total = np.empty(" in text and "d_total[i] = " in text
    assert "d_k = np.zeros(" in text and "d_k = np.empty(" in text
    text = program_of(made_anew).text
    assert "    k = np.empty(" in text and "    total = np.zeros(" in text
