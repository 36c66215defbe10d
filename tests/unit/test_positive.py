"""Divisors that cannot be zero need no guard; those that can, keep theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen


def _label_of_rows(x: Any, of: Callable[[Any], Any]) -> Any:
    return -np.mean(of(x)[np.arange(len(x)), np.array([0, 2, 1])])


def shifted(x: Any) -> Any:
    z = x - x.max(axis=1, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))


def shifted_in_place(x: Any) -> Any:
    z = x * 1.0
    z -= z.max(axis=1)[:, None]
    return z - np.log(np.exp(z).sum(axis=1))[:, None]


def one_and_a_square(x: Any) -> Any:
    return x / (1.0 + x**2 + np.abs(x))


def a_root(x: Any) -> Any:
    return np.log(np.sqrt(np.maximum(x, 0.5) + np.mean(x * x, axis=1, keepdims=True)))


def not_shifted(x: Any) -> Any:
    return np.log(np.sum(np.exp(x), axis=1, keepdims=True)) * x


def shifted_by_others(x: Any) -> Any:
    z = x - x.max(axis=0, keepdims=True)
    return z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))


def an_odd_power(x: Any) -> Any:
    return x / (1.0 + x**3)


def a_difference(x: Any) -> Any:
    return x / (5.0 - x**2)


SURE = (shifted, shifted_in_place, one_and_a_square, a_root)
UNSURE = (not_shifted, shifted_by_others, an_odd_power, a_difference)


@pytest.mark.parametrize("of", [*SURE, *UNSURE], ids=lambda f: f.__name__)
def test_guards(of: Callable[[Any], Any]) -> None:
    x = np.random.default_rng(0).normal(size=(3, 3))
    loss = gradgen.grad(lambda x: _label_of_rows(x, of))
    step = 1e-6 * np.eye(9).reshape(9, 3, 3)
    expected = [(_label_of_rows(x + h, of) - _label_of_rows(x - h, of)) / 2e-6 for h in step]
    np.testing.assert_allclose(loss(x).ravel(), expected, 1e-7, 1e-8)
    assert ("!= 0.0" in loss.source) == (of in UNSURE)


def test_both_arms_of_a_choice() -> None:
    """What is chosen on one side or the other is chosen everywhere."""

    def huber(a: Any, x: Any) -> Any:
        r = x - a
        return np.mean(np.where(np.abs(r) < 1.0, 0.5 * r**2, np.abs(r) - 0.5))

    def one_arm(a: Any, x: Any) -> Any:
        r = x - a
        return np.mean(np.where(np.abs(r) < 1.0, 0.5 * r**2, 0.5))

    x = np.array([0.3, -2.0, 1.7, 0.1])
    for loss, expected in ((huber, -0.25 * (0.3 - 1 + 1 + 0.1)), (one_arm, -0.25 * 0.4)):
        made = gradgen.grad(lambda a, x, f=loss: f(a * 1.0, x))
        np.testing.assert_allclose(made(0.0, x), expected, 1e-14)
        assert "!= 0.0" not in made.source
