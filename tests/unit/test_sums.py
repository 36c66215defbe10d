"""Sums over rows of products: before and after the pass, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.pipeline import run
from tests.references import complex_gradient

RNG = np.random.default_rng(11)
X, W = RNG.normal(size=(6, 4)), RNG.normal(size=(4, 3))
STACK, WS = RNG.normal(size=(2, 6, 4)), RNG.normal(size=(2, 4, 3))


def centred(mean, x, w):
    return np.sum(np.tanh((x - mean) @ w))


def right(bias, w, x):
    """The sum goes along the other factor: the bias is added to each column."""
    return np.sum(np.sin(w.T @ (x.T + bias[:, None])))


def columns(scale, x, w):
    return np.sum(np.exp(-0.5 * ((x.T + scale[:4, None]).T @ w) ** 2))


def stacked(means, x, w):
    return np.sum(((x[0] - means[:, None, :]) @ w) ** 2)


def wide(means, x, w):
    return np.sum(np.cos((x + means) @ w))


def used_twice(mean, x, w):
    y = (x - mean) @ w
    z = (x - mean) @ (2.0 * w)
    return np.sum(y * z * z)


CASES: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (centred, (X[0].copy(), X, W)),
    (right, (W[:, 0].copy(), W, X)),
    (columns, (RNG.normal(size=6), X, W)),
    (stacked, (RNG.normal(size=(2, 4)), STACK, WS)),
    (wide, (RNG.normal(size=(2, 1, 4)), STACK, WS)),
    (used_twice, (X[1].copy(), X, W)),
]


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize(("loss", "args"), CASES, ids=lambda x: getattr(x, "__name__", ""))
def test_gradients(loss: Callable[..., Any], args: tuple[Any, ...], backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    (expected,) = complex_gradient(loss, args, (0,))
    got = gradgen.grad(loss, backend=backend)(*args)
    np.testing.assert_allclose(got, expected, rtol=1e-12)


@pytest.mark.parametrize(("loss", "args"), CASES, ids=lambda x: getattr(x, "__name__", ""))
def test_other_modes(loss: Callable[..., Any], args: tuple[Any, ...]) -> None:
    first, *rest = args
    v = np.cos(np.arange(first.size)).reshape(first.shape)
    slope = gradgen.grad(loss)
    along = (slope(first + 1e-6 * v, *rest) - slope(first - 1e-6 * v, *rest)) / 2e-6
    twice = gradgen.grad(lambda m, x, w: np.sum(slope(m, x, w) * v))
    np.testing.assert_allclose(twice(*args), along, rtol=1e-6, atol=1e-8)
    product = gradgen.hvp(lambda m: loss(m, *rest))((first,), v)
    np.testing.assert_allclose(product, along, rtol=1e-6, atol=1e-8)
    many = gradgen.grad(loss, batch=0)(np.stack([first, 0.5 * first]), *rest)
    np.testing.assert_allclose(many, [slope(first, *rest), slope(0.5 * first, *rest)], rtol=1e-12)


def test_a_vector_times_a_matrix() -> None:
    args = CASES[0][1]
    before = run(centred, args, until="adjoint").stages["adjoint"].splitlines()
    after = run(centred, args, until="optimise").stages["optimise"].splitlines()
    assert any("d_mean" in line and "sum(" in line for line in before)
    (last,) = [line for line in after if "d_mean" in line and " = " in line]
    assert "sum(" not in last
    text = gradgen.emit(centred, mode="grad", example_args=args)
    assert "d_mean = -(np.sum(1.0 - tanh * tanh, axis=0) @ w.T)" in text
    text = gradgen.emit(stacked, mode="grad", example_args=CASES[3][1])
    assert "axis=1, keepdims=True)" in text and ")[:, 0]" in text


def scaled(w, x):
    return np.sum(np.tanh(1.0 - 2.0 * (x @ w)))


def signed(w, x):
    y = -(x @ w)
    return np.sum(np.sin(y)) + np.sum(np.cos(y * 0.5))


def each_turn(w, x):
    total = 0.0
    for k in range(2):
        total += np.sum(np.exp(-0.25 * (x @ (w * k))))
    return total


@pytest.mark.parametrize("loss", [scaled, signed, each_turn])
def test_constants_come_after_products(loss: Callable[..., Any]) -> None:
    (expected,) = complex_gradient(loss, (W, X), (0,))
    made = gradgen.grad(loss, example_args=(W, X))
    np.testing.assert_allclose(made(W, X), expected, rtol=1e-11, atol=1e-12)
    assert "x.T @ (-" not in made.source and "(x.T @" in made.source
    v = np.cos(W)
    along = gradgen.hvp(lambda w: loss(w, X))((W,), (v,))
    slope = (made(W + 1e-6 * v, X) - made(W - 1e-6 * v, X)) / 2e-6
    np.testing.assert_allclose(along, slope, rtol=1e-6, atol=1e-7)
