"""Loops of the sweep that are joined: gradients, for short vectors too, and which loops stay."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.verify import verify
from gradgen.pipeline import Options, run
from tests.references import complex_gradient
from tests.unit.test_strips import _as_it_is

pytest.importorskip("numba")

RANDOM = np.random.default_rng(17)
X = RANDOM.normal(size=6)
Y = RANDOM.normal(size=6)


def before(x, y):
    """What the loop before has left at the place before is read."""
    n = len(x)
    b, k = np.zeros(n), np.zeros(n)
    for t in range(3):
        for i in range(n):
            b[i] = y[i] + 0.3 * t * k[i]
        k = np.zeros(n)
        for i in range(1, n):
            k[i] = x[i] * b[i - 1]
    return np.sum(k * k)


def behind(x, y):
    """What it has left at the place behind."""
    n = len(x)
    b, k = np.zeros(n), np.zeros(n)
    for t in range(3):
        for i in range(n):
            b[i] = y[i] + 0.3 * t * k[i]
        k = np.zeros(n)
        for i in range(n - 1):
            k[i] = x[i] * b[i + 1]
    return np.sum(k * k)


def over(x, y):
    """Both loops of the sweep write to an array, at places that are apart."""
    n = len(x)
    a, b = y.copy(), np.zeros(n)
    for _ in range(3):
        for i in range(n):
            b[i] = a[i] * x[i] - 0.5
        for i in range(n - 1):
            a[i] = x[i] * b[i + 1]
    return np.sum(a * a)


def here(x, y):
    """What it has left at the same place."""
    n = len(x)
    a, b = y.copy(), np.zeros(n)
    for t in range(3):
        for i in range(n):
            b[i] = a[i] * x[i] + t
        for i in range(n):
            a[i] = x[i] / (2.0 + b[i] * b[i]) + 0.1 * a[i]
    return np.sum(a * a)


def neighbours(x, y):
    """Two turns add to each place: not before both is it whole."""
    n = len(x)
    a, b = y.copy(), np.zeros(n)
    for _ in range(3):
        for i in range(n):
            b[i] = a[i] * x[i]
        for i in range(1, n):
            a[i] = x[i] * b[i - 1] + b[i]
    return np.sum(a * a)


def handed_on(x, y):
    """Scratch of which a turn needs what the one before has left."""
    n = len(x)
    a, b = y.copy(), np.zeros(n)
    for _ in range(3):
        for i in range(1, n):
            b[i] = a[i] * x[i]
        for i in range(n):
            a[i] = x[i] * b[i] + 0.5 * a[i]
    return np.sum(a * a) + np.sum(b)


def across(x, y):
    """The second loop of the sweep writes to what the first one reads."""
    n = len(x)
    a, b = y.copy(), np.zeros(n)
    for _ in range(3):
        for i in range(n):
            b[i] = a[n - 1 - i] * x[i]
        for i in range(n):
            a[i] = a[i] * b[i]
    return np.sum(a * a)


def far(x, y):
    """Two places are left out."""
    n = len(x)
    a, b = y.copy(), np.zeros(n)
    for _ in range(3):
        for i in range(n):
            b[i] = a[i] * x[i]
        for i in range(2, n):
            a[i] = x[i] * b[i - 2]
    return np.sum(a * a)


JOINED = [before, behind, here]
APART = [over, neighbours, handed_on, across, far]


def _made(fn: Callable[..., Any]) -> tuple[str, Callable[..., Any]]:
    """Return the text for Numba, and its function, run as plain Python: that compiles nothing."""
    text = gradgen.emit(fn, mode="grad", backend="numba", example_args=(X, Y), argnums=(0, 1))
    space: dict[str, Any] = {"numba": types.SimpleNamespace(njit=_as_it_is)}
    exec(compile(text.replace("import numba\n", "\n"), "text", "exec"), space)
    return text, space[f"{fn.__name__}_grad"]


@pytest.mark.parametrize("fn", [*JOINED, *APART])
def test_gradients(fn: Callable[..., Any]) -> None:
    _, made = _made(fn)
    for n in (6, 3, 2, 1, 0):
        x, y = X[:n].copy(), Y[:n].copy()
        got = made(x, y)
        for g, expected in zip(got, complex_gradient(fn, (x, y), (0, 1)), strict=True):
            np.testing.assert_allclose(g, expected, rtol=1e-11, atol=1e-13)
        np.testing.assert_array_equal(x, X[:n])
    verify(run(fn, (X, Y), Options(mode="grad", backend="numba"), until="saves").function)


@pytest.mark.parametrize("fn", [*JOINED, *APART])
def test_texts(fn: Callable[..., Any]) -> None:
    text, _ = _made(fn)
    assert ("d_b" not in text) == (fn in JOINED)
    assert "d_b" in gradgen.emit(fn, mode="grad", example_args=(X, Y), argnums=(0, 1))


def test_compiled() -> None:
    """The compiled gradient, and the product with its own derivative."""
    got = gradgen.grad(before, backend="numba", argnums=(0, 1))(X, Y)
    for g, expected in zip(got, gradgen.grad(before, argnums=(0, 1))(X, Y), strict=True):
        np.testing.assert_allclose(g, expected, rtol=1e-13)
