"""Shares are added in place to what the sweep has made, where nothing else reads it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import complex_gradient

RNG = np.random.default_rng(0)
W, X, Y = RNG.normal(size=(3, 2)), RNG.normal(size=(4, 3)), RNG.normal(size=(4, 2))


def ridge(w: Any, x: Any, y: Any) -> Any:
    return np.sum((x @ w - y) ** 2) + 0.1 * np.sum(w**2)


def lasso_like(w: Any, x: Any, y: Any) -> Any:
    return np.sum((x @ w - y) ** 2) - 0.1 * np.sum(np.tanh(w))


def another_reads(w: Any, x: Any, y: Any) -> Any:
    """The first share of ``u`` is that of ``w`` as well: adding to it would be seen there."""
    u = np.sin(w) * 1.0
    return np.sum((u + w) ** 2) + np.sum((x @ u - y) ** 2)


def longer(w: Any, x: Any, y: Any) -> Any:
    """What is added could be longer than what there is."""
    b = w[:1]
    return np.sum(b**2) + np.sum((x @ (w + b) - y) ** 2)


def in_turns(w: Any, x: Any, y: Any) -> Any:
    h = w * 1.0
    for k in range(3):
        h = h * np.cos(0.1 * h) + 0.1 * np.tanh(h) * y[k]
    return np.sum(h**2)


LOSSES = [ridge, lasso_like, another_reads, longer, in_turns]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
def test_gradient_and_second_order(loss: Any) -> None:
    gradient = gradgen.grad(loss)(W, X, Y)
    (expected,) = complex_gradient(loss, (W, X, Y), (0,))
    np.testing.assert_allclose(gradient, expected, 1e-12, 1e-12)
    way = np.cos(W)
    _, along = gradgen.jvp(lambda w: gradgen.grad(loss)(w, X, Y))((W,), (way,))
    ahead, behind = (complex_gradient(loss, (W + s * way, X, Y), (0,))[0] for s in (1e-5, -1e-5))
    np.testing.assert_allclose(along, (ahead - behind) / 2e-5, 1e-7, 1e-8)


LINES = {
    ridge: "d_w += 2.0 * (x.T @",
    lasso_like: "d_w += 2.0 * (x.T @",
    another_reads: "d_w = d_w + d_u * np.cos(w)",
    longer: "d_b = d_b + 2.0 * b",
    in_turns: "d_h_1 += d_h * cos",
}


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
def test_text(loss: Any) -> None:
    gradient = gradgen.grad(loss)
    gradient(W, X, Y)
    assert LINES[loss] in gradient.source


def test_lengths_are_still_tested() -> None:
    """What would stretch an adjoint is refused by the text, as it was by the sum."""
    text = gradgen.grad(lambda w, m: np.sum(w * w) / 2 - np.sum(w * m))
    text(np.arange(3.0), np.ones(3))
    assert "1 in w.shape + m.shape" in text.source
