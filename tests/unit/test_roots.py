"""Derivatives of quotients by one division, and of ``x * sqrt(x)`` by none: right, and short."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import complex_gradient

X = np.array([0.3, 1.2, 0.7])
W = np.array([0.9, 1.5, 2.1])


def pull(x, w):
    """Gravity's law, as it is written for points."""
    total = 0.0
    for k in range(3):
        d = x[k] - w[k]
        near = d * d + w[k] * w[k]
        cube = near * np.sqrt(near)
        total += d / cube + x[k] / cube
    return total


def of_arrays(x, w):
    near = x * w
    return np.sum(x / (near * np.sqrt(near))) + np.sum(w / np.sum(x))


def opposite(x, w):
    """The root comes first, and its sign is another."""
    near = x + w
    return np.sum(np.sqrt(near) * -near * w) - np.sum(np.sqrt(x) / x)


def of_a_logarithm(x, w):
    return np.sum(np.log(x / w)) + np.sum(np.log(-x / -w))


def the_radicand_alone(x, w):
    y = np.full_like(x, 3.0)
    np.sqrt(x, out=y, where=x > 0.5)
    return np.sum(x * y * w)


@pytest.mark.parametrize("loss", [pull, of_arrays, opposite, of_a_logarithm, the_radicand_alone])
def test_both_modes(loss: Callable[..., Any]) -> None:
    if loss is the_radicand_alone:
        expected: Any = (np.where(X > 0.5, 1.5 * np.sqrt(X), 3.0) * W,
                         X * np.where(X > 0.5, np.sqrt(X), 3.0))  # fmt: skip
    else:
        expected = complex_gradient(loss, (X, W), (0, 1))
    got = gradgen.grad(loss, argnums=(0, 1))(X, W)
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13)
    t = (np.array([0.2, -0.5, 1.1]), np.array([0.4, 0.3, -0.7]))
    _, pushed = gradgen.jvp(loss, argnums=(0, 1))((X, W), t)
    np.testing.assert_allclose(pushed, sum(a @ b for a, b in zip(expected, t, strict=True)), 1e-13)


def test_one_division_for_each_quotient() -> None:
    forward, reverse = gradgen.jvp(pull, argnums=(0, 1)), gradgen.grad(pull, argnums=(0, 1))
    forward((X, W), (X, W))
    reverse(X, W)
    for text, most in ((forward.source, 4), (reverse.source, 3)):
        code = "\n".join(line.split("#")[0] for line in text[text.index("def ") :].splitlines())
        assert code.count(" / ") == most, code


def powers(x):
    return np.sum(x * np.sqrt(x) * 2.0)


def test_a_power_of_three_halves_is_flat_at_zero() -> None:
    x = np.array([0.0, 4.0])
    np.testing.assert_array_equal(gradgen.grad(powers)(x), [0.0, 6.0])


def taken_away(x, c):
    """What the root is multiplied by is the radicand, and its derivative a sign."""
    y = math.sqrt(c)
    return x - y * c


def test_the_sign_is_all_that_is_left_of_a_product() -> None:
    assert gradgen.grad(taken_away, argnums=(0, 1))(0.3, 0.25) == (1.0, -0.75)
