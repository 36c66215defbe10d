"""What is added to itself: before and after the pass."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import gradgen
from gradgen.passes import doubles
from tests.references import complex_gradient

A = np.arange(12.0).reshape(4, 3) / 7.0
ARGS = (np.array([0.3, -1.2, 0.7]), np.array([0.9, 1.5, -2.1, 0.2]), 0.4)


def ridge(w, y, lam):
    r = y - A @ w
    return 0.5 * r @ r + 0.5 * lam * w @ w


def tripled(w, y, lam):
    """Two products with the same factors in other places."""
    return 3.0 * w @ w * lam


def single(w, y, lam):
    narrow = w.astype(np.float32)
    return 0.5 * narrow @ narrow + np.sum(lam * w)


def in_a_loop(w, y, lam):
    total = 0.0
    for k in range(4):
        r = y[k] * w
        total += 0.5 * lam * r @ r
    return total


LINES = {ridge: "d_w = lam * w - r @ A", tripled: "6.0 * ", single: "lam + narrow.astype(float)"}


LOSSES = (ridge, tripled, single, in_a_loop)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
def test_gradients(loss: Callable[..., float], monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = (0,) if loss is single else (0, 1, 2)
    before = gradgen.grad(loss, argnums=chosen)
    with monkeypatch.context() as patched:
        patched.setattr(doubles, "_doubled", lambda op, everything: None)
        plain = before(*ARGS)
    after = gradgen.grad(loss, argnums=chosen)
    rtol = 1e-6 if loss is single else 1e-14
    for got, expected in zip(after(*ARGS), plain, strict=True):
        np.testing.assert_allclose(got, expected, rtol=rtol)
    assert (after.source == before.source) == (loss is in_a_loop)
    assert LINES.get(loss, "") in after.source
    if loss is not single:
        for got, expected in zip(after(*ARGS), complex_gradient(loss, ARGS, chosen), strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-13)
