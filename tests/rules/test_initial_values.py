"""``scipy.integrate.solve_ivp``: steps to the last bit, and sensitivities in closed form."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.integrate

import gradgen

TIMES = np.linspace(0.0, 2.0, 9)


def oscillation(y, t, a):
    return [y[1], -a * y[0]]


def path(a, y0, method="RK45", rtol=1e-3):
    found = scipy.integrate.solve_ivp(
        lambda t, y, a: oscillation(y, t, a), (0.0, 2.0), y0, method, args=(a,), rtol=rtol
    )
    return np.sum(found.y[:, -1]) + np.sum(found.t)


def asked(a, y0, start=0.0, end=2.0, rtol=1e-10, times=TIMES):
    found = scipy.integrate.solve_ivp(
        lambda t, y: oscillation(y, t, a), [start, end], y0, t_eval=times, rtol=rtol, atol=1e-12
    )
    return np.sum(found.y[0] ** 2)


def stiff(a):
    return scipy.integrate.solve_ivp(lambda t, y: -a * y, (0.0, 1.0), [1.0], "Radau").y[0, -1]


def by_lsoda(a):
    return scipy.integrate.odeint(lambda y, t: -a * y, 1.0, [0.0, 1.0])[-1, 0]


@pytest.mark.parametrize("method", ["RK45", "RK23"])
def test_steps_are_scipys(method: str) -> None:
    y0 = np.array([1.0, 0.3])
    value = gradgen.value_and_grad(path)(1.7, y0, method)[0]
    assert value == path(1.7, y0, method)
    back = gradgen.value_and_grad(asked)(1.7, y0, 2.0, 0.0, 1e-5, TIMES[::-1])[0]
    assert back == asked(1.7, y0, 2.0, 0.0, 1e-5, TIMES[::-1])


def test_sensitivities_in_closed_form() -> None:
    """Of ``y'' = -a y`` from ``(1, 0)``, which is ``cos(sqrt(a) t)``."""
    a, t = 1.7, TIMES
    d_a, d_y0 = gradgen.grad(asked, argnums=(0, 1))(a, np.array([1.0, 0.0]))
    root, wave = np.sqrt(a), np.cos(np.sqrt(a) * t)
    np.testing.assert_allclose(
        d_a, np.sum(-2.0 * wave * np.sin(root * t) * t / (2.0 * root)), rtol=1e-7
    )
    by_slope = np.sum(2.0 * wave * np.sin(root * t) / root)
    np.testing.assert_allclose(d_y0, [np.sum(2.0 * wave**2), by_slope], rtol=1e-7)


def test_times_outside_are_an_error() -> None:
    with pytest.raises(ValueError, match="t_span"):
        gradgen.grad(asked)(1.7, np.ones(2), 0.0, 1.0)


def test_a_solution_that_is_only_near_is_refused() -> None:
    """Other methods have the derivative of the solution, which Radau's is only near to here."""
    with pytest.raises(gradgen.UnsupportedError, match="rtol=1e-06"):
        gradgen.grad(stiff)(0.3)
    assert gradgen.grad(by_lsoda)(0.3) == pytest.approx(-np.exp(-0.3), rel=1e-6)


def between(a, y0, end):
    found = scipy.integrate.solve_ivp(
        lambda t, y: np.stack([y[1], -a * y[0]]), [0.0, end], y0, dense_output=True, rtol=1e-10,
        atol=1e-12, vectorized=True,
    )  # fmt: skip
    return np.sum(found.sol(end * TIMES[4:1:-1] / 2.0)[0]) + found.sol(0.35 * end)[0]


@pytest.mark.parametrize("end", [2.0, -2.0])
def test_a_solution_between_its_steps(end: float) -> None:
    """As above, at places that are not asked for before, in any order, forwards and backwards."""
    value, d_a = gradgen.value_and_grad(between)(1.7, np.array([1.0, 0.0]), end)
    assert value == between(1.7, np.array([1.0, 0.0]), end)
    t, root = np.array([*(end * TIMES[2:5] / 2.0), 0.35 * end]), np.sqrt(1.7)
    np.testing.assert_allclose(d_a, np.sum(-np.sin(root * t) * t / (2.0 * root)), rtol=1e-7)
