"""What takes a while and is asked for twice is computed once, and is right where it must not be."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen

W = np.array([0.3, -0.7, 1.1])


def call_price(spot, strike, maturity, rate, sigma):
    d1 = math.log(spot / strike) + (rate + 0.5 * sigma**2) * maturity
    d1 /= sigma * math.sqrt(maturity)
    d2 = d1 - sigma * math.sqrt(maturity)
    below = lambda z: 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))
    return spot * below(d1) - strike * math.exp(-rate * maturity) * below(d2)


def test_a_root_of_a_price_is_taken_once() -> None:
    at = (100.0, 95.0, 0.5, 0.02, 0.2)
    gradient = gradgen.grad(call_price, argnums=(2, 4))
    got = gradient(*at)
    assert gradient.source.count("math.sqrt(maturity)") == 1
    assert gradient.source.count("math.sqrt(2.0)") == 1
    for k, d in zip((2, 4), got, strict=True):
        up, down = list(at), list(at)
        up[k], down[k] = up[k] + 1e-5, down[k] - 1e-5
        assert d == pytest.approx((call_price(*up) - call_price(*down)) / 2e-5, rel=1e-7)
    with pytest.raises(ValueError, match="math domain error"):
        gradient(100.0, 95.0, -0.5, 0.02, 0.2)


def turned_and_written_to(w):
    rows = []
    for _ in range(2):
        rows.append(np.exp(w))
        rows.append(np.exp(w))
    for row in rows:
        row *= 2.0
    return np.sum(rows[0] * w) + np.sum(rows[3])


def two_arrays_of_one_expression(w):
    both = [np.exp(w), np.exp(w)]
    both[0] *= w
    both[0][1] = 3.0
    return np.sum(both[0]) + np.sum(both[1] ** 2)


def another_where_the_argument_is_written_to(w):
    u = w.copy()
    first = np.sum(np.tanh(u) ** 2)
    u[1] = u[0] * u[2]
    return first + np.sum(np.tanh(u))


def in_branches(w):
    if w[0] > 0.0:
        value = np.sum(np.sin(w)) ** 2
    else:
        value = np.sum(np.sin(w))
    return value * np.sum(np.sin(w) * w)


def in_a_loop(w):
    total = np.sum(np.exp(w))
    for k in range(3):
        total = total + np.exp(w)[k] * np.exp(w * k)[0]
        w = w * np.exp(w)
    return total


def views_of_one(w):
    head = np.exp(w)[:2]
    head[0] = 1.5
    return np.sum(head) + np.sum(np.exp(w)[:2] * w[:2])


def slots(w):
    box = {"a": np.cos(w), "b": np.cos(w)}
    box["a"] += w
    box["b"][0] = w[1]
    return np.sum(box["a"] * box["b"])


@pytest.mark.parametrize(
    "loss",
    [
        turned_and_written_to,
        two_arrays_of_one_expression,
        another_where_the_argument_is_written_to,
        in_branches,
        in_a_loop,
        views_of_one,
        slots,
    ],
)
def test_equal_expressions_stay_apart_where_one_is_written_to(loss: Callable[..., Any]) -> None:
    value, gradient = gradgen.value_and_grad(loss)(W)
    assert value == loss(W)
    for k in range(3):
        change = np.zeros(3, complex)
        change[k] = 1e-30j
        if loss is not in_branches:
            assert gradient[k] == pytest.approx(loss(W + change).imag * 1e30, rel=1e-12)
    second = gradgen.hvp(loss)((W,), (np.ones(3),))
    slope = gradgen.grad(loss)
    np.testing.assert_allclose(second, (slope(W + 1e-6) - slope(W - 1e-6)) / 2e-6, 1e-6, 1e-7)


def test_no_text_computes_the_same_exponential_again_in_its_sweep() -> None:
    def loss(w: np.ndarray) -> float:
        total = 0.0
        angle = np.sum(w)
        for x in w:
            total += x * np.cos(angle) - np.sin(angle) * x * x
        return total

    gradient = gradgen.grad(loss)
    np.testing.assert_allclose(gradient(W), _slopes(loss), 1e-8)
    assert gradient.source.count("np.cos(") == gradient.source.count("np.sin(") == 1


def _slopes(loss: Callable[..., Any]) -> list[float]:
    steps = 1e-6 * np.eye(3)
    return [(loss(W + s) - loss(W - s)) / 2e-6 for s in steps]
