"""Equations that SciPy solves in steps of its own choice: its values, the solution's slopes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen

scipy_integrate = pytest.importorskip("scipy.integrate")
odeint, solve_ivp = scipy_integrate.odeint, scipy_integrate.solve_ivp
METHODS = ("DOP853", "Radau", "BDF", "LSODA")
TIMES = np.array([0.0, 0.3, 1.0])


def decay(y: Any, t: float, k: float) -> Any:
    return -k * y


def swing(t: float, y: Any, k: float) -> Any:
    return [y[1], -k * y[0]]


class Medium:
    def __init__(self, k: float) -> None:
        self.k = k

    def slope(self, y: Any, t: float) -> Any:
        return -self.k * y


def by_args(k: float) -> Any:
    return odeint(decay, 2.0, TIMES, args=(k,))[-1, 0]


def by_closure(k: float) -> Any:
    rate = 2.0 * k
    y = odeint(lambda y, t: -0.5 * rate * y, [2.0], TIMES)
    rate = 7.0
    return y[-1, 0] + 0.0 * rate


def by_object(k: float) -> Any:
    return odeint(Medium(k).slope, 2.0, TIMES)[-1, 0]


def by_default(k: float) -> Any:
    return odeint(lambda t, y, rate=k: -rate * y, 2.0, TIMES, tfirst=True)[-1, 0]


def by_stores(k: float) -> Any:
    def slope(y: Any, t: float) -> Any:
        out = np.zeros(2)
        out[0] = -k * y[0]
        if t > 2.0:
            out[1] = y[0]
        return out

    return odeint(slope, [2.0, 0.0], TIMES)[-1, 0]


@pytest.mark.parametrize("loss", [by_args, by_closure, by_object, by_default, by_stores],
                         ids=lambda f: f.__name__)  # fmt: skip
def test_decay(loss: Callable[[float], Any]) -> None:
    k = 0.7
    value, slope = gradgen.value_and_grad(loss)(k)
    assert value == loss(k)
    exact = 2.0 * np.exp(-k)
    assert abs(slope + exact) < 1e-9
    assert abs(gradgen.jvp(loss)((k,), (1.0,))[1] + exact) < 1e-9
    assert abs(gradgen.hvp(loss)((k,), (1.0,)) - exact) < 1e-8
    assert abs(gradgen.grad(gradgen.grad(loss))(k) - exact) < 1e-8


@pytest.mark.parametrize("method", METHODS)
def test_swing(method: str) -> None:
    def loss(x: float, k: float, end: float) -> Any:
        found = solve_ivp(swing, (0.0, end), [x, 0.0], method, args=(k,), rtol=1e-9, atol=1e-9)
        return found.y[0, -1]

    x, k, end = 0.8, 1.7, 1.1
    value, got = gradgen.value_and_grad(loss, argnums=(0, 1, 2))(x, k, end)
    assert value == loss(x, k, end)
    w = np.sqrt(k)
    exact = (np.cos(w * end), -0.5 * x * end / w * np.sin(w * end), -x * w * np.sin(w * end))
    np.testing.assert_allclose(got, exact, 1e-8, 1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_states_at_times(method: str) -> None:
    def loss(times: np.ndarray, k: float) -> Any:
        found = solve_ivp(lambda t, y: -k * y, (0.0, 2.0), [1.0], method, times, rtol=1e-8)
        return np.sum(found.y)

    k, times = 0.6, np.array([0.0, 0.5, 2.0])
    by_times, by_k = gradgen.grad(loss, argnums=(0, 1))(times, k)
    np.testing.assert_allclose(by_times, -k * np.exp(-k * times), 1e-8)
    assert abs(by_k + np.sum(times * np.exp(-k * times))) < 1e-8


def test_what_has_happened_is_not_repeated() -> None:
    """Each state depends on the start, and on the times between."""

    def loss(start: np.ndarray, times: np.ndarray) -> Any:
        return np.sum(odeint(lambda y, t: np.array([-y[0], y[0] * t]), start, times) ** 2)

    def exact(start: np.ndarray, times: np.ndarray) -> Any:
        t = times - times[0]
        fall = np.exp(-t)
        more = start[0] * ((times[0] + 1.0) - (times + 1.0) * fall)
        return np.sum((start[0] * fall) ** 2) + np.sum((start[1] + more) ** 2)

    args = np.array([0.7, -0.3]), np.array([0.2, 0.5, 1.4])
    for got, want in zip(
        gradgen.grad(loss, argnums=(0, 1))(*args),
        gradgen.grad(exact, argnums=(0, 1))(*args),
        strict=True,
    ):
        np.testing.assert_allclose(got, want, 2e-7)


def test_a_loop_and_a_branch() -> None:
    def loss(k: float, turns: int) -> Any:
        y = np.array([1.0])
        for n in range(turns):
            if n % 2:
                y = odeint(decay, y, [0.0, 0.5], args=(k * n,))[-1]
            else:
                y = y + odeint(lambda z, t: z * k, y, [0.0, 0.1])[-1]
        return y[0]

    def exact(k: float, turns: int) -> Any:
        y = 1.0
        for n in range(turns):
            y = y * np.exp(-0.5 * k * n) if n % 2 else y * (1.0 + np.exp(0.1 * k))
        return y

    assert abs(gradgen.grad(loss)(0.4, 4) - gradgen.grad(exact)(0.4, 4)) < 1e-6


def coarse(k: float) -> Any:
    return solve_ivp(swing, (0.0, 1.0), [1.0, 0.0], "BDF", args=(k,)).y[0, -1]


def named(k: float) -> Any:
    return solve_ivp(swing, (0.0, 1.0), [1.0, 0.0], "Euler", args=(k,)).y[0, -1]


def by_tolerance(k: float) -> Any:
    return odeint(decay, 2.0, TIMES, args=(1.0,), rtol=k)[-1, 0]


def with_more(k: float) -> Any:
    return odeint(decay, 2.0, TIMES, args=(k,), full_output=True)[0][-1, 0]


def writing(k: float) -> Any:
    def slope(y: Any, t: float) -> Any:
        y[0] = -k * y[0]
        return y

    return odeint(slope, [2.0], TIMES)[-1, 0]


@pytest.mark.parametrize(
    ("loss", "says"),
    [(coarse, "give rtol"), (named, "Euler"), (by_tolerance, "rtol"), (with_more, "full_output"),
     (writing, "writes to its arguments")],
)  # fmt: skip
def test_refusals(loss: Callable[[float], Any], says: str) -> None:
    with pytest.raises(gradgen.UnsupportedError, match=says):
        gradgen.grad(loss)(0.7)


def test_compiled() -> None:
    pytest.importorskip("numba")
    with pytest.raises(gradgen.UnsupportedError, match="odeint has no lowering to Numba"):
        gradgen.value_and_grad(by_args, backend="numba")(0.7)
