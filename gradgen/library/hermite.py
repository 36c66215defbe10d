"""Splines of Hermite's kind, by the slopes at the knots: Fritsch's and Butland's, and Akima's.

F. N. Fritsch and J. Butland, "A method for constructing local monotone piecewise cubic
interpolants" (1984); C. Moler, "Numerical Computing with Matlab" (2004), for the ends; H. Akima,
"A new method of interpolation and smooth curve fitting" (1970).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads
from gradgen.library.splines import moved, piecewise
from gradgen.rules.cubic import _hermite_coefficients

_AT = "scipy.interpolate."


@reads(
    f"{_AT}CubicHermiteSpline",
    samples=(
        f"{_AT}CubicHermiteSpline(np.arange(4.0), x4, y4)(2.0 * u)",
        f"{_AT}CubicHermiteSpline(np.cumsum(p3), x3, y3, extrapolate=False)(p3[1] + np.cumsum(u3))",
        f"{_AT}CubicHermiteSpline(np.arange(4.0), x234, y234, axis=2)(p3, 1)",
    ),
)
def cubic_hermite_spline(x, y, dydx, axis=0, extrapolate=None):
    """Interpolate by cubics with given slopes at the knots."""
    x, values, slopes = np.asarray(x), moved(y, axis), moved(dydx, axis)
    beyond = True if extrapolate is None else extrapolate
    c = _hermite_coefficients(x, values, slopes)
    return piecewise(c, x, axis % np.ndim(np.asarray(y)), beyond)


@reads(
    f"{_AT}PchipInterpolator",
    samples=(
        f"{_AT}PchipInterpolator(np.arange(4.0), p4)(2.0 * u)",
        f"{_AT}PchipInterpolator(np.cumsum(p5), x5)(np.cumsum(p3))",
        f"{_AT}PchipInterpolator(np.cumsum(p5), np.cumsum(u5)).derivative()(np.cumsum(p3))",
        f"{_AT}PchipInterpolator(np.arange(4.0), x234, axis=-1)(p3)",
        f"{_AT}PchipInterpolator(np.arange(2.0), x3[:2])(p3)",
    ),
)
def pchip(x, y, axis=0, extrapolate=None):
    """Interpolate by cubics that keep to the values' rise and fall."""
    x, values = np.asarray(x), moved(y, axis)
    beyond = True if extrapolate is None else extrapolate
    c = _hermite_coefficients(x, values, _monotone_slopes(_wide(x, values), values))
    return piecewise(c, x, axis % np.ndim(np.asarray(y)), beyond)


@reads(
    f"{_AT}pchip_interpolate",
    samples=(
        f"{_AT}pchip_interpolate(np.arange(4.0), x4, p3)",
        f"{_AT}pchip_interpolate(np.arange(4.0), x4, p3, der=1)",
    ),
)
def pchip_interpolate(xi, yi, x, der=0, axis=0):
    """Return values of `pchip`, or a derivative of it."""
    spline = pchip(xi, yi, axis)
    return spline(x) if der == 0 else spline.derivative(der)(x)


def _wide(x, values):
    """Return knots with the axes of the values."""
    return x if np.ndim(values) == 1 else np.reshape(x, (-1,) + (1,) * (np.ndim(values) - 1))


def _monotone_slopes(x, y):
    """Return weighted harmonic means of the slopes on both sides, 0 where these differ in sign."""
    h = x[1:] - x[:-1]
    m = (y[1:] - y[:-1]) / h
    if len(y) == 2:
        return np.concatenate((m, m))
    turns = (np.sign(m[1:]) != np.sign(m[:-1])) | (m[1:] == 0) | (m[:-1] == 0)
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    left, right = np.where(turns, 1.0, m[:-1]), np.where(turns, 1.0, m[1:])
    inner = np.where(turns, 0.0, 1.0 / ((w1 / left + w2 / right) / (w1 + w2)))
    first = _slope_at_end(h[:1], h[1:2], m[:1], m[1:2])
    last = _slope_at_end(h[-1:], h[-2:-1], m[-1:], m[-2:-1])
    return np.concatenate((first, inner, last))


def _slope_at_end(h0, h1, m0, m1):
    """Return the slope at an end by three points, less where that would not keep the shape."""
    d = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    steep = (np.sign(m0) != np.sign(m1)) & (np.abs(d) > 3.0 * np.abs(m0))
    return np.where(np.sign(d) != np.sign(m0), 0.0, np.where(steep, 3.0 * m0, d))


@reads(
    f"{_AT}Akima1DInterpolator",
    samples=(
        f"{_AT}Akima1DInterpolator(np.arange(5.0), x5)(p3)",
        f"{_AT}Akima1DInterpolator(np.cumsum(p5), np.cumsum(u5), method='makima')(p5[0] + u3)",
        f"{_AT}Akima1DInterpolator(np.arange(4.0), x234, 2, extrapolate=True)(p3)",
        f"{_AT}Akima1DInterpolator(np.arange(2.0), x3[:2])(u3)",
    ),
)
def akima(x, y, axis=0, *, method="akima", extrapolate=None):
    """Interpolate by cubics whose slopes weigh those nearby, of the smaller change the more."""
    x, values = np.asarray(x), moved(y, axis)
    beyond = False if extrapolate is None else extrapolate
    c = _hermite_coefficients(x, values, _akima_slopes(_wide(x, values), values, method))
    return piecewise(c, x, axis % np.ndim(np.asarray(y)), beyond)


def _akima_slopes(x, y, method):
    """Return the slopes at the knots, with two more pieces of the same bend on both sides."""
    m = np.diff(y, axis=0) / np.diff(x, axis=0)
    if len(y) == 2:
        return np.concatenate((m, m))
    before = 2.0 * m[:1] - m[1:2]
    after = 2.0 * m[-1:] - m[-2:-1]
    m = np.concatenate((2.0 * before - m[:1], before, m, after, 2.0 * after - m[-1:]))
    change = np.abs(np.diff(m, axis=0))
    if method == "makima":
        size = np.abs(m[1:] + m[:-1])
        f1, f2 = change[2:] + 0.5 * size[2:], change[:-2] + 0.5 * size[:-2]
    else:
        f1, f2 = change[2:], change[:-2]
    total = f1 + f2
    clear = total > 1e-9 * np.max(total)
    weighed = m[1:-2] + f2 / np.where(clear, total, 1.0) * (m[2:-1] - m[1:-2])
    return np.where(clear, weighed, 0.5 * (m[3:] + m[:-3]))
