"""Compiled gradients by one number: derived forwards, where a reverse sweep would keep values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen

pytest.importorskip("numba", reason="Numba is not installed (the extra `numba`)")


def root(a: Any) -> Any:
    x = a
    while abs(x * x - a) > 1e-12:
        if x > 1e6:
            return x
        x = 0.5 * (x + a / x)
    return x


def decay(rate: Any, steps: Any) -> Any:
    state = np.zeros(3)
    state[0] = 1.0
    for _ in range(steps):
        for i in range(1, 3):
            state[i] += rate * state[i - 1] * state[i]
            state[i] += 0.1
        state[0] *= 1.0 - rate
    return state[2] + state[0]


def series(x: Any) -> Any:
    terms = [1.0]
    for k in range(1, 12):
        terms.append(terms[-1] * x / k)
    total = 0.0
    for t in terms:
        total += t * t
    return total


def fractal(c: Any) -> Any:
    if c > 5.0:
        return 0.0
    z, n = c, 0
    while abs(z) < 4.0 and n < 30:
        z = z * z + c
        n += 1
    return z / (n + 1)


def power(x: Any, n: Any) -> Any:
    return 1.0 if n == 0 else x * math.sin(power(x, n - 1))


CASES: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (root, (2.0,)), (decay, (0.3, 9)), (series, (0.7,)), (fractal, (0.31,)), (fractal, (6.0,)),
    (fractal, (-0.4,)), (power, (0.8, 4)),
]  # fmt: skip


def differences(loss: Any, args: tuple[Any, ...]) -> float:
    """Return the derivative by differences of fourth order."""
    h, (x, *rest) = 1e-4, args
    near = loss(x + h, *rest) - loss(x - h, *rest)
    far = loss(x + 2 * h, *rest) - loss(x - 2 * h, *rest)
    return (8.0 * near - far) / (12.0 * h)


@pytest.mark.parametrize(("loss", "args"), CASES)
def test_same_as_backwards(loss: Any, args: tuple[Any, ...]) -> None:
    value, slope = gradgen.value_and_grad(loss, backend="numba")(*args)
    expected = gradgen.value_and_grad(loss)(*args)
    assert type(slope) is float and type(value) is type(float(value))
    assert np.allclose((value, slope), expected, rtol=1e-12, atol=1e-14)
    assert np.isclose(slope, differences(loss, args), rtol=1e-7, atol=1e-8)
    assert np.isclose(gradgen.grad(loss, backend="numba")(*args), slope, rtol=1e-14)


def test_nothing_is_kept() -> None:
    gradient = gradgen.grad(root, backend="numba", example_args=(2.0,))
    assert "_saved" not in gradient.source and "t_x" in gradient.source
    assert "carried along forwards" in gradient.explain()


def test_nothing_grows_in_numpy() -> None:
    """A loop that nobody knows the end of keeps no lists; where the turns are known, it does."""
    gradient = gradgen.grad(root, example_args=(2.0,))
    assert "_saved" not in gradient.source and "t_x" in gradient.source
    assert "carried along forwards" in gradient.explain()
    assert "_saved" in gradgen.grad(decay, example_args=(0.3, 9)).source
    assert np.isclose(gradient(2.0), differences(root, (2.0,)), rtol=1e-7)
    assert np.isclose(gradgen.grad(gradient)(2.0), -0.25 * 2.0**-1.5, rtol=1e-6)
    assert np.isclose(gradgen.hessian(root)(2.0), -0.25 * 2.0**-1.5, rtol=1e-6)


def test_second_derivatives() -> None:
    slope = gradgen.grad(gradgen.grad(series, backend="numba"), backend="numba")
    h = 1e-4
    first = gradgen.grad(series)
    assert np.isclose(slope(0.7), (first(0.7 + h) - first(0.7 - h)) / (2.0 * h), rtol=1e-6)


def with_aux(x: Any) -> Any:
    y, steps = x, 0
    while y < 50.0:
        y = y * y + 1.0
        steps += 1
    return y, steps


def test_auxiliaries() -> None:
    slope, steps = gradgen.grad(with_aux, has_aux=True, backend="numba")(1.5)
    expected, count = gradgen.grad(with_aux, has_aux=True)(1.5)
    assert steps == count and np.isclose(slope, expected, rtol=1e-12)


@gradgen.custom_vjp
def held(x: Any) -> Any:
    return math.tanh(x)


held.defvjp(lambda x: (math.tanh(x), x), lambda x, g: (2.0 * g / math.cosh(x) ** 2,))


def held_in_a_loop(x: Any) -> Any:
    while x < 3.0:
        x = x + held(x) * x
    return x


def test_rules_backwards_only_stay_backwards() -> None:
    got = gradgen.grad(held_in_a_loop, backend="numba")(0.4)
    assert np.isclose(got, gradgen.grad(held_in_a_loop)(0.4), rtol=1e-12)
