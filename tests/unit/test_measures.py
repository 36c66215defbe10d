"""Shapes that the sweep asks for are those of arrays that are there anyway."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen

X = np.sin(np.arange(15.0) + 0.3).reshape(5, 3)
Y = np.linspace(0.2, 0.9, 5)
W = np.array([0.4, -0.3, 0.8])


def huber(w, x, y):
    r = x @ w - y
    return np.mean(np.where(np.abs(r) <= 0.5, 0.5 * r**2, 0.5 * (np.abs(r) - 0.25)))


def rows(w, x, y):
    z = x * w
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(np.sum(x * logp, axis=1))


def by_columns(w, x, y):
    return np.mean(np.sum(x * w, axis=0)) + np.mean(np.exp(np.outer(y, w)))


def on_a_path(w, x, y):
    if w[0] > 0.0:
        return np.mean(np.abs(x @ w - y) * 2.0)
    return np.mean(np.maximum(x, w))


@pytest.mark.parametrize("loss", [huber, rows, by_columns, on_a_path])
def test_gradients(loss):
    for w in (W, -W):
        gradgen.check_grads(loss, (w, X, Y), order=2)


@pytest.mark.parametrize(("loss", "asked"), [(huber, "1.0 / len(x)"), (rows, "1.0 / len(x)")])
def test_nothing_is_computed_to_be_measured(loss, asked):
    gradient = gradgen.grad(loss)
    gradient(W, X, Y)
    assert asked in gradient.source
    assert "len(np." not in gradient.source
