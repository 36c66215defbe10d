"""Piecewise polynomials as objects: what their methods do."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import refused
from gradgen.rules.callables import scipy
from gradgen.rules.interpolation import _piece_of


def pieces_of(c, x, xp, nu, extrapolate):
    """Stand for the operation that evaluates a piecewise polynomial."""
    raise NotImplementedError


def evaluation(c, x, axis, held):
    """Return what evaluates a piecewise polynomial, or a derivative of it."""

    def value(x_, nu=0, extrapolate=None):
        beyond = held if extrapolate is None else extrapolate
        points = np.asarray(x_)
        if beyond == "periodic":
            points = x[0] + (points - x[0]) % (x[-1] - x[0])
            beyond = False
        out = pieces_of(c, x, points, nu, beyond)
        return put_back(out, np.ndim(points), axis)

    return value


def put_back(out, count, axis):
    """Return values with the axes of their points, which come first, where ``axis`` was."""
    if axis == 0:
        return out
    every = tuple(range(np.ndim(out)))
    order = every[count : count + axis] + every[:count] + every[count + axis :]
    return np.transpose(out, order)


def piecewise(c, x, axis, held):
    """Stand for a piecewise polynomial."""
    raise NotImplementedError


def derivation(c, x, axis, held):
    """Return what makes the derivative of a piecewise polynomial."""

    def derivative(nu=1):
        if nu < 0:
            return antiderivation(c, x, axis, held)(-nu)
        return piecewise(lowered(c, nu), x, axis, held)

    return derivative


def antiderivation(c, x, axis, held):
    """Return what makes the antiderivative of a piecewise polynomial, which is continuous."""

    def antiderivative(nu=1):
        if nu != 1:
            return refused("an antiderivative of a spline of order 2 or more", "take one, twice")
        return piecewise(raised(c, x), x, axis, False if held == "periodic" else held)

    return antiderivative


def raised(c, x):
    """Return the coefficients of the antiderivative that is 0 at the first breakpoint."""
    out = np.zeros((len(c) + 1, *np.shape(c)[1:]))
    out[:-1] = c / np.reshape(np.arange(len(c), 0.0, -1.0), (-1,) + (1,) * (np.ndim(c) - 1))
    for k in range(1, len(x) - 1):
        out[-1, k] = _ascending(out[:, k - 1], x[k] - x[k - 1])
    return out


def _ascending(c, way):
    total, power = 0.0, 1.0
    for k in range(len(c) - 1, -1, -1):
        total = total + c[k] * power
        power = power * way
    return total


def integration(c, x, axis, held):
    """Return what integrates a piecewise polynomial between two points."""

    def integrate(a, b, extrapolate=None):
        beyond = held if extrapolate is None else extrapolate
        if beyond == "periodic":
            return refused("the integral of a periodic spline", "integrate over one period")
        if b < a:
            return np.asarray(-1 * integral(c, x, b, a, beyond))
        return integral(c, x, a, b, beyond)

    return integrate


def integral(c, x, a, b, beyond):
    """Return the sum of the integrals over pieces, from the first point to the second."""
    if x[-1] < x[0]:
        raise ValueError("the integral over breakpoints that descend is not supported")
    total = 0.0 if np.ndim(c) == 2 else np.zeros(np.shape(c)[2:])
    if not beyond and (a < x[0] or b > x[-1]):
        return np.asarray(total + np.nan)
    first, last = _piece_of(x, np.asarray(a)), _piece_of(x, np.asarray(b))
    for k in range(first, last + 1):
        start = a - x[k] if k == first else 0.0
        stop = b - x[k] if k == last else x[k + 1] - x[k]
        total = total + (_from_breakpoint(c[:, k], stop) - _from_breakpoint(c[:, k], start))
    return np.asarray(total)


def _from_breakpoint(c, way):
    total, power = 0.0, way
    for k in range(len(c) - 1, -1, -1):
        total = total + c[k] * power * (1.0 / (len(c) - k))
        power = power * way
    return total


def lowered(c, nu):
    """Return the coefficients of a derivative."""
    kept = c[: len(c) - nu]
    if len(c) - nu < 1:
        kept = np.zeros((1, *np.shape(c)[1:]))
    factor = scipy.special.poch(np.arange(len(kept), 0, -1), nu)
    return kept * np.reshape(factor, (-1,) + (1,) * (np.ndim(c) - 1))


def moved(values, axis):
    """Return values with the axis of the knots in front."""
    values = np.asarray(values)
    return values if axis == 0 else np.moveaxis(values, axis, 0)
