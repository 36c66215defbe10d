"""Divisors that cannot be zero need no guard; those that can, keep theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import complex_gradient


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


SURE_DIVISORS = {
    "variance": lambda x: np.sqrt(x.var() + 1e-5),
    "deviation": lambda x: np.std(x, axis=0, keepdims=True) + 1e-6,
    "clipped": lambda x: np.clip(x, 1e-3, 4.0),
    "clipped below": lambda x: np.clip(x, 1e-3, None),
    "length": lambda x: np.sqrt(x @ x + 1e-9),
    "softplus": lambda x: np.logaddexp(0.0, x) + 1e-3,
    "chosen": lambda x: 1.0 + np.where(x > 1.0, x * x, 0.5),
    "norms": lambda x: np.linalg.norm(x) * np.linalg.norm(2.0 * x) + 1e-8,
    "power of a square": lambda x: 0.1 + (x**2 + 0.1) ** 1.5,
    "quotient": lambda x: 1.0 + np.exp(x) / (1.0 + x**2),
    "the least of both": lambda x: np.minimum(np.cosh(x), 2.0),
    "the greatest": lambda x: np.max(np.abs(x)) + 0.5,
}
UNSURE_DIVISORS = {
    "underflow": lambda x: np.exp(x),
    "product": lambda x: x * x,
    "clipped at zero": lambda x: np.clip(x, 0.0, 4.0),
    "clipped above": lambda x: np.clip(x, None, 4.0),
    "one arm": lambda x: np.where(x > 1.0, x, 0.5 * x),
    "difference": lambda x: 1.0 - np.tanh(x) ** 2,
    "the least of all": lambda x: np.minimum(x, 1.0),
}


def quotient(divisor: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def loss(x: Any) -> Any:
        with np.errstate(all="ignore"):
            parts = np.sin(x) / divisor(x)
        return np.sum(parts[1:])

    return loss


@pytest.mark.parametrize("name", SURE_DIVISORS)
def test_sure_divisors_need_no_guard(name: str) -> None:
    loss, x = quotient(SURE_DIVISORS[name]), np.array([0.3, -0.7, 1.9, 2.6])
    gradient = gradgen.grad(loss)
    np.testing.assert_allclose(gradient(x), complex_gradient(loss, (x,), (0,))[0], rtol=1e-12)
    assert "!= 0.0" not in gradient.source


@pytest.mark.parametrize("name", UNSURE_DIVISORS)
def test_a_zero_that_nobody_reads_does_not_matter(name: str) -> None:
    loss, x = quotient(UNSURE_DIVISORS[name]), np.array([0.0, 0.7, 1.9, 2.6])
    if name in ("underflow", "difference"):
        x[0] = -1000.0
    gradient = gradgen.grad(loss)
    with np.errstate(all="ignore"):
        found = gradient(x)
    assert found[0] == 0.0
    rest = complex_gradient(lambda v: loss(np.append(1.0, v)), (x[1:],), (0,))[0]
    np.testing.assert_allclose(found[1:], rest, rtol=1e-12)
    assert "!= 0.0" in gradient.source
