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


def whole_line(s):
    return scipy.integrate.quad(lambda t: np.exp(-s * t * t), -np.inf, np.inf)[0]


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


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("loss", [peak, whole_line])
def test_more_points_are_refused(loss) -> None:
    with pytest.raises(ValueError, match="21 points"):
        gradgen.grad(loss)(0.3)
