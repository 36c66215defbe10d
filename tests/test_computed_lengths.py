"""Slices whose bounds are computed: vectors of parameters, lags, windows, blocks and halves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import complex_gradient, difference_gradient

RNG = np.random.default_rng(3)


def network(p, x, y, h):
    n, d = x.shape
    w = p[: d * h].reshape(d, h)
    b = p[d * h : d * h + h]
    v = p[d * h + h : d * h + 2 * h]
    return np.sum((np.tanh(x @ w + b) @ v + p[-1] - y) ** 2) / n


def lagged(z, k):
    return np.sum(z[k:] * z[:-k]) / len(z)


def all_lags(z, most):
    total = 0.0
    for k in range(1, most):
        total += np.sum(z[k:] * z[:-k]) ** 2
    return total


def halves(p, t):
    n = len(p) // 2
    a, b = p[:n], p[n:]
    return np.sum((a * np.exp(-np.outer(t, b))) ** 2)


def thirds(p, t):
    k = p.size // 3
    a, m, s = p[:k], p[k : 2 * k], p[2 * k :]
    return np.sum(a * np.exp(-(((t[:, None] - m) / s) ** 2)))


def filtered(x, h):
    n, m = len(x), len(h)
    y = np.zeros(n - m + 1)
    for j in range(m):
        y += h[j] * x[j : j + n - m + 1]
    return np.sum(y**2)


def windows(x, t, w):
    total = 0.0
    for i in range(len(x) - w + 1):
        total += np.sum((x[i : i + w] - t) ** 2)
    return total


def blocks(x, y, b):
    total = 0.0
    for i in range(3):
        total += np.sum(x[i * b : (i + 1) * b] * y[i * b : (i + 1) * b] ** 2)
    return total


def triangle(x, y):
    total = 0.0
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            total += np.sum(x[i:j] * y[i:j])
    return total


def pieces_kept(x, n):
    """An array of one turn meets that of the next, which is longer."""
    before = np.zeros(1)
    total = 0.0
    for i in range(1, n):
        now = x[:i]
        total += np.sum(now * now) + np.sum(before) * 0.5 + np.sum(now[:1] * before)
        before = now * 2.0
    return total


def square_root(p, d):
    mean, factor = p[:d], p[d:].reshape(d, d)
    rest = np.ones(d) - mean
    return np.sum((factor @ rest) ** 2) + np.sum(mean * rest)


def _case(*shapes: int | tuple[int, ...] | list[int]) -> tuple[Any, ...]:
    """Return arrays of some shapes, and whole numbers, which stand in lists."""
    return tuple(s[0] if isinstance(s, list) else 0.5 + RNG.uniform(size=s) for s in shapes)


# Of each loss: the first call is what its text is made for, in which nothing is summed back.
CASES: dict[Callable[..., float], list[tuple[Any, ...]]] = {
    network: [_case(21, (5, 3), 5, [4]), _case(6, (5, 3), 5, [1]), _case(30, (5, 3), 5, [4])],
    lagged: [_case(9, [2]), _case(1, [2]), _case(9, [-2]), _case(9, [9]), _case(9, [12])],
    all_lags: [_case(9, [4]), _case(2, [4]), _case(9, [1])],
    halves: [_case(6, 5), _case(2, 5), _case(3, 5)],
    thirds: [_case(6, 5), _case(3, 5)],
    filtered: [_case(9, 3), _case(3, 3), _case(3, 1)],
    windows: [_case(9, 3, [3]), _case(9, 1, [3]), _case(9, 1, [1]), _case(3, 3, [3])],
    blocks: [_case(9, 9, [3]), _case(3, 3, [1]), _case(7, 9, [3]), _case(2, 2, [3])],
    triangle: [_case(5, 5), _case(5, 7)],
    pieces_kept: [_case(5, [5]), _case(5, [1])],
    square_root: [_case(6, [2]), _case(2, [1]), _case(12, [3])],
}
ANY_LENGTH = (pieces_kept,)  # of these nothing is known of lengths


@pytest.mark.parametrize("loss", CASES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("backend", ["numpy", pytest.param("numba", marks=pytest.mark.slow)])
def test_gradients(loss: Callable[..., float], backend: str) -> None:
    gradient = gradgen.grad(loss, backend=backend)
    for args in [*CASES[loss], CASES[loss][0]]:
        (expected,) = complex_gradient(loss, args, (0,))
        np.testing.assert_allclose(gradient(*args), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("loss", CASES, ids=lambda f: f.__name__)
def test_hessians(loss: Callable[..., float]) -> None:
    args = CASES[loss][0]
    gradient, hessian = gradgen.grad(loss), gradgen.hessian(loss)
    rows = [
        difference_gradient(lambda x, *rest, k=k: gradient(x, *rest)[k], args, (0,))[0]
        for k in range(len(args[0]))
    ]
    np.testing.assert_allclose(hessian(*args), rows, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("loss", CASES, ids=lambda f: f.__name__)
def test_nothing_is_summed_back(loss: Callable[..., float]) -> None:
    gradient = gradgen.grad(loss)
    gradient(*CASES[loss][0])
    assert ("_unbroadcast" in gradient.source) == (loss in ANY_LENGTH)


def test_what_a_text_is_made_for() -> None:
    args = CASES[network][0]
    text = gradgen.emit(network, mode="grad", example_args=args)
    assert "Where:           h >= 2 and len(p) >= h * x.shape[1] + h\n" in text
    space: dict[str, Any] = {}
    exec(text, space)
    np.testing.assert_array_equal(space["network_grad"](*args), gradgen.grad(network)(*args))
    with pytest.raises(TypeError, match="where h >= 2 and len"):
        space["network_grad"](args[0][:6], *args[1:3], 1)


def test_mismatched_lengths_fail_as_in_python() -> None:
    x, y = np.ones(8), np.ones(9)
    for f in (blocks, gradgen.grad(blocks)):
        with pytest.raises(ValueError, match="broadcast"):
            f(x, y, 3)
