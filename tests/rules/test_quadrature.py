"""``scipy.integrate.quad``: value and error as SciPy has them, and derivatives of integrals."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import scipy.integrate

import gradgen


def wave(s, low, high):
    return scipy.integrate.quad(lambda t: math.exp(-s * t) * math.cos(t), low, high)[0]


def estimate(s, low, high):
    return scipy.integrate.quad(lambda t: math.exp(-s * t) * math.cos(t), low, high)[1]


def peak(s):
    return scipy.integrate.quad(lambda t: 1.0 / (1e-4 + (t - s) ** 2), 0.0, 1.0)[0]


def root(s):
    return scipy.integrate.quad(lambda t: math.sqrt(t) * s, 0.0, 1.0)[0]


def whole_line(s):
    return scipy.integrate.quad(lambda t: np.exp(-s * t * t), -np.inf, np.inf)[0]


def whole_line_reversed(s):
    return scipy.integrate.quad(lambda t: t * np.exp(-s * (t - 0.3) ** 2), np.inf, -np.inf)[0]


def half_line(s):
    return scipy.integrate.quad(lambda t: math.exp(-s * t) * t**1.5, s, np.inf)[0]


def other_half_line(s):
    return scipy.integrate.quad(lambda t, a: math.exp(a * t), -np.inf, s * s, (s,))[0]


def broad(s):
    return scipy.integrate.quad(lambda t: math.exp(-s * t * t), -10.0, 10.0 * s)[0]


def waves(s):
    return scipy.integrate.quad(lambda t: math.sin(20.0 * s * t) ** 2, 2.0, s)[0]


def accurately(s):
    return scipy.integrate.quad(lambda t: 1.0 / (t * t + s), 0, 10, epsabs=0.0, epsrel=1e-11)[0]


@pytest.mark.parametrize("low, high", [(0.0, 1.5), (1.2, -0.3), (0.4, 0.4)])
def test_value_and_error_are_scipys(low: float, high: float) -> None:
    for loss in (wave, estimate):
        assert gradgen.value_and_grad(loss)(0.7, low, high)[0] == loss(0.7, low, high)


def test_derivatives_of_an_integral() -> None:
    """By the ends it is the integrand, by a parameter the integral of the derivative."""
    d_s, d_low, d_high = gradgen.grad(wave, argnums=(0, 1, 2))(0.7, -0.2, 1.5)
    by_s = mpmath.quad(lambda t: -t * mpmath.exp(-0.7 * t) * mpmath.cos(t), [-0.2, 1.5])
    np.testing.assert_allclose(d_s, float(by_s), rtol=1e-12)
    np.testing.assert_allclose(d_low, -math.exp(0.14) * math.cos(0.2), rtol=1e-12)
    np.testing.assert_allclose(d_high, math.exp(-1.05) * math.cos(1.5), rtol=1e-12)


HARD = [
    whole_line, whole_line_reversed, half_line, other_half_line, broad, waves, accurately
]  # fmt: skip


@pytest.mark.parametrize("loss", HARD)
def test_halved_and_infinite_ranges(loss) -> None:
    """The value to the last bit; derivatives of both orders by differences."""
    s, h, pairs = 1.3, 1e-3, ((45.0, 1), (-9.0, 2), (1.0, 3))
    assert gradgen.value_and_grad(loss)(0.4)[0] == loss(0.4)
    value, slope = gradgen.value_and_grad(loss)(s)
    assert value == loss(s)
    by_h = sum(m * (loss(s + k * h) - loss(s - k * h)) for m, k in pairs) / (60.0 * h)
    np.testing.assert_allclose(slope, by_h, rtol=1e-8, atol=1e-8)
    assert abs(gradgen.jvp(loss)((s,), (1.0,))[1] - slope) <= 1e-13 * abs(slope)
    first = gradgen.grad(loss)
    by_h = sum(m * (first(s + k * h) - first(s - k * h)) for m, k in pairs) / (60.0 * h)
    np.testing.assert_allclose(gradgen.hvp(loss)((s,), (1.0,)), by_h, rtol=1e-7, atol=1e-7)


def test_normal_density_on_the_whole_line() -> None:
    """Its integral is sqrt(pi / s) in closed form."""
    slope = gradgen.grad(whole_line)(0.7)
    np.testing.assert_allclose(slope, -0.5 * math.sqrt(math.pi) * 0.7**-1.5, rtol=1e-12)


@pytest.mark.parametrize("loss", [peak, root])
def test_extrapolation_is_refused(loss) -> None:
    with pytest.raises(ValueError, match="extrapolate"):
        gradgen.grad(loss)(0.3)


def of_waves(s):
    return scipy.integrate.quad(lambda t: math.exp(-s * t), 0.0, 1.0, weight="sin", wvar=4.0 * s)[0]


def of_a_pole(s):
    return scipy.integrate.quad(lambda t: math.exp(-s * t), -1.0, 2.0, weight="cauchy", wvar=s)[0]


def of_powers(s):
    powers = (-s, 0.5)
    return scipy.integrate.quad(lambda t: math.exp(-s * t), 0.0, s, weight="alg", wvar=powers)[0]


def with_mpmath(of, s):
    if of is of_waves:
        return mpmath.quad(lambda t: mpmath.exp(-s * t) * mpmath.sin(4 * s * t), [0, 1])
    if of is of_powers:
        return mpmath.quad(lambda t: mpmath.exp(-s * t) / t**s * mpmath.sqrt(s - t), [0, s])
    # A pole's value is the exponential integral's.
    return mpmath.exp(-s * s) * (mpmath.ei(-s * (2 - s)) - mpmath.ei(s * (s + 1)))


@pytest.mark.parametrize("of", [of_waves, of_a_pole, of_powers])
def test_weights(of) -> None:
    value, slope = gradgen.value_and_grad(of)(0.6)
    assert value == of(0.6)
    with mpmath.workdps(22):
        np.testing.assert_allclose(value, float(with_mpmath(of, mpmath.mpf(0.6))), rtol=1e-7)
        expected = mpmath.diff(lambda s: with_mpmath(of, s), 0.6)
    np.testing.assert_allclose(slope, float(expected), rtol=1e-9)


def test_weights_over_infinite_ranges_are_refused() -> None:
    def loss(s):
        return scipy.integrate.quad(lambda t: math.exp(-s * t), 0, np.inf, weight="cos", wvar=s)[0]

    with pytest.raises(gradgen.UnsupportedError, match="a weight over an infinite range"):
        gradgen.grad(loss)(0.6)
