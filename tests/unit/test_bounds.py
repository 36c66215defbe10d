"""Bounds of inner loops that stay: rows instead of lists, gradients, and what is left in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.verify import verify
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

X = np.random.default_rng(4).uniform(0.3, 1.2, size=6)


def halves(x, m):
    """A half, a name for it, and what is left of a division."""
    s = x.copy()
    for _ in range(m + 1):
        for i in range(len(x) // 2):
            s[i] = s[i] * np.sin(s[i] * x[i])
        rest = 2 * m - len(x) % 4
        for i in range(min(rest, len(x))):
            s[i] = s[i] * np.cos(s[i])
    return np.sum(s) * rest


def in_a_while(x, m):
    """The loop around goes on while something holds."""
    s = x.copy()
    t = 0
    while t < m:
        for i in range(2 * m - 1):
            s[i] = s[i] * np.sin(s[i] * x[i])
        t += 1
    return np.sum(s)


def other_turns(x, m):
    """The bound depends on the turn."""
    s = x.copy()
    for t in range(m):
        for i in range(len(x) - t):
            s[i] = s[i] * np.sin(s[i] * x[i])
    return np.sum(s)


def divided(x, m):
    """A division may fail, and does so where it stands."""
    s = x.copy()
    for t in range(len(x) - 3):
        for i in range(len(x) // (m - 3 + t)):
            s[i] = s[i] * np.sin(s[i] * x[i])
    return np.sum(s)


def no_turn(x, m):
    """Nothing divides by zero in a loop without turns."""
    s = x.copy()
    for _ in range(m):
        for i in range(6 // m):
            s[i] = s[i] * np.sin(s[i] * x[i])
    return np.sum(s)


def unassigned(x, m):
    """One path does not assign what the bound is made of."""
    if m > 1:
        n = m
    s = x.copy()
    for _ in range(3):
        for i in range(2 * n):
            s[i] = s[i] * np.sin(s[i] * x[i])
    return np.sum(s)


BEFORE = [halves, in_a_while]
LEFT = [other_turns, divided, no_turn, unassigned]


@pytest.mark.parametrize("loss", [*BEFORE, *LEFT])
def test_texts_and_graphs(loss: Callable[..., Any]) -> None:
    """For NumPy, nothing moves."""
    made = run(loss, (X, 2), Options(backend="numba"), watch=lambda stage, f: verify(
        f, saved=stage in ("saves", "copies", "lower")))  # fmt: skip
    loops = made.text.partition("for ")[2]
    if loss is in_a_while:
        assert "range(2 * m - 1)" not in loops
    else:
        assert (".append(" not in loops) == (loss in BEFORE)
    plain = gradgen.emit(loss, example_args=(X, 2))
    assert loss is not halves or "// 2)" in plain.partition("for ")[2]


@pytest.mark.parametrize("loss", [halves, divided])
def test_gradients(loss: Callable[..., Any]) -> None:
    pytest.importorskip("numba")
    compiled = gradgen.value_and_grad(loss, backend="numba")
    m = 2 if loss is halves else 5
    value, got = compiled(X.copy(), m)
    assert value == pytest.approx(loss(X, m), rel=1e-14)
    (expected,) = complex_gradient(loss, (X, m), (0,))
    np.testing.assert_allclose(got, expected, rtol=1e-12)
    if loss is divided:
        with pytest.raises(ZeroDivisionError):
            compiled(X.copy(), 3)
