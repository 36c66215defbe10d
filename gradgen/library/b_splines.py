"""B-splines as objects: what their methods do."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.splines import put_back


def values_of(t, c, xp, k, nu, extrapolate):
    """Stand for the operation that evaluates a B-spline."""
    raise NotImplementedError


def evaluation(t, c, k, axis, held):
    """Return what evaluates a B-spline, or a derivative of it."""

    def value(x, nu=0, extrapolate=None):
        beyond = held if extrapolate is None else extrapolate
        points = np.asarray(x)
        if beyond == "periodic":
            last = len(t) - k - 1
            points = t[k] + (points - t[k]) % (t[last] - t[k])
            beyond = False
        out = values_of(t, c, points, k, nu, beyond)
        return put_back(out, np.ndim(points), axis)

    return value


def knots(x, k, ends):
    """Return the knots of a spline through values at ``x``; with conditions at both ends, all."""
    x = np.asarray(x)
    first, last = (x[0],) * (k + 1), (x[-1],) * (k + 1)
    if k == 1:
        return np.concatenate((x[:1], x, x[-1:]))
    if ends:
        return np.concatenate((first, x[1:-1], last))
    inner = x if k % 2 == 1 else (x[1:] + x[:-1]) / 2
    cut = (k + 1) // 2
    return np.concatenate((first, inner[cut:-cut], last))
