"""Divisions that a product undoes: before and after the pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import complex_gradient

X = np.array([0.3, 1.2, 0.7])
W = np.array([0.9, 1.5, 2.1])


def of_exponentials(x, w):
    """The adjoint of the logarithm divides by what that of the exponential multiplies with."""
    return np.sum(np.log(np.exp(x) / w))


def numbers(x, w):
    total = 0.0
    for k in range(3):
        total += ((x[k] - w[k]) / np.exp(w[0])) ** 2 + np.log(x[k] / w[k])
    return total


def stretched(x, w):
    """One number takes the place of an array that has the same in each entry."""
    return -np.mean(np.log(w / (1.0 + np.exp(x))))


def written_between(x, w):
    y = x * w
    y[0] = y[1] / w[1]
    y /= w
    return np.sum(np.log(y))


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("loss", [of_exponentials, numbers, stretched, written_between])
def test_gradients(loss: Callable[..., Any], backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    expected = complex_gradient(loss, (X, W), (0, 1))
    got = gradgen.grad(loss, argnums=(0, 1), backend=backend)(X, W)
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("loss", "line"),
    [
        (of_exponentials, "d_w = -1.0 / w"),
        (numbers, "d_w[k] -= 1.0 / item"),
        (numbers, "d_w[0] -= d_quotient * quotient"),
        (stretched, "d_x = -(d_log / total * exp_x)"),
    ],
)
def test_nothing_is_divided_and_multiplied_again(loss: Callable[..., Any], line: str) -> None:
    gradient = gradgen.grad(loss, argnums=(0, 1))
    gradient(X, W)
    assert line in gradient.source
    assert not re.search(r"/ (\w+) \* \1\b", gradient.source)
