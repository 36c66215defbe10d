"""Piecewise polynomials as objects: what their methods do."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.rules.callables import scipy


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


def antiderivative():
    """Stand for what is refused."""
    raise NotImplementedError


def derivation(c, x, axis, held):
    """Return what makes the derivative of a piecewise polynomial."""

    def derivative(nu=1):
        return piecewise(lowered(c, nu), x, axis, held) if nu >= 0 else antiderivative()

    return derivative


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
