"""The Voigt profile: a normal density folded with a Cauchy density."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.rules.callables import scipy
from gradgen.rules.registry import printed
from gradgen.rules.special_pairs import function


def _voigt_far(x, sigma, gamma):
    """Return where a Voigt profile is as far out as its series needs, and the points there."""
    point = x + 1j * gamma
    far = np.abs(point) > 70.0 * sigma
    return far, np.where(far, point, 1.0)


def _voigt_slope(x, sigma, gamma):
    """Return the derivative of a Voigt profile by ``x + 1j * gamma``, of which it is a real part.

    Far out the Faddeeva function's derivative would cancel, so that its asymptotic series serves
    (NIST Handbook of Mathematical Functions, 7.12.1).
    """
    far, point = _voigt_far(x, sigma, gamma)
    width = np.where(far, 1.0, sigma)
    z = np.where(far, 0.0, x + 1j * gamma) / (np.sqrt(2.0) * width)
    near = (2.0j / np.sqrt(np.pi) - 2.0 * z * scipy.special.wofz(z)) / width**2
    r = (np.where(far, sigma, 0.0) / point) ** 2
    series = -1j * (1.0 + r * (3.0 + r * (15.0 + 105.0 * r))) / (np.pi * point**2)
    return np.where(far, series, near / (2.0 * np.sqrt(np.pi)))


@printed
def _voigt_to_x(g, x, sigma, gamma):
    """Cotangent of ``x`` in ``scipy.special.voigt_profile(x, sigma, gamma)``."""
    return g * _voigt_slope(x, sigma, gamma).real


@printed
def _voigt_to_gamma(g, x, sigma, gamma):
    """Cotangent of ``gamma`` in ``scipy.special.voigt_profile(x, sigma, gamma)``."""
    return -g * _voigt_slope(x, sigma, gamma).imag


@printed
def _voigt_to_sigma(g, y, x, sigma, gamma):
    """Cotangent of ``sigma`` in ``scipy.special.voigt_profile(x, sigma, gamma)``."""
    slope = _voigt_slope(x, sigma, gamma)
    far, point = _voigt_far(x, sigma, gamma)
    near = -(y + x * slope.real - gamma * slope.imag) / np.where(far, 1.0, sigma)
    width = np.where(far, sigma, 0.0)
    r = (width / point) ** 2
    series = 2.0j * width * (1.0 + r * (6.0 + r * (45.0 + 420.0 * r))) / (np.pi * point**3)
    return g * np.where(far, series.real, near)


function("voigt_profile", (_voigt_to_x, _voigt_to_sigma, _voigt_to_gamma), "xpp",
         ("x3, 0.0, p", "x3, 1e-6 * p3, p", "p3, 0.01, 0.0"), params="x, sigma, gamma",
         unproved="its derivative is a Python function, not a formula")  # fmt: skip
