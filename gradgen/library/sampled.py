"""Slopes and integrals of sampled functions by parabolas through three samples, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.library.calculus import _along
from gradgen.library.registry import reads


@reads(
    "np.gradient",
    samples=(
        "np.gradient(x5)", "np.gradient(x5, 0.5)", "np.gradient(x5, y, edge_order=2)",
        "np.gradient(x5, np.cumsum(p5))", "np.gradient(x5, np.cumsum(p5), edge_order=2)",
        "np.gradient(x23)[0] * np.gradient(x23)[1]", "np.gradient(x23, axis=1)",
        "np.gradient(x234, 2.0, y, axis=(2, 0))[0]", "np.gradient(x234, p, np.cumsum(p3), y)[1]",
        "np.gradient(x234, np.cumsum(p4), axis=-1, edge_order=2)", "np.gradient(xf3)",
        "np.gradient(xf3, np.array([0.0, 1.0, 3.0]))", "np.gradient(j3, x)",
    ),
)  # fmt: skip
def gradient(f, *varargs, axis=None, edge_order=1):
    """Return differences of neighbours over their distance, one-sided at the ends."""
    f = np.asanyarray(f)
    rank = np.ndim(f)
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    if axis is None:
        axes = tuple(range(rank))
    else:
        axes = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    spacings = varargs
    if len(varargs) == 0:
        spacings = (None,) * len(axes)
    elif len(varargs) == 1 and np.ndim(varargs[0]) == 0:
        spacings = varargs * len(axes)
    elif len(varargs) != len(axes):
        raise TypeError("invalid number of arguments")
    if len(axes) == 1:
        return _slope(f, spacings[0], axes[0] % rank, edge_order)
    outs: tuple[Any, ...] = ()
    for k in tuple(range(len(axes))):
        outs = (*outs, _slope(f, spacings[k], axes[k] % rank, edge_order))
    return outs


TOO_FEW = (
    "Shape of array too small to calculate a numerical gradient, "
    "at least (edge_order + 1) elements are required."
)


def _slope(f, spacing, axis, edge_order):
    """Return the derivative along one axis, in the precision of the samples."""
    out = _slope_at(f, spacing, axis, edge_order)
    return out.astype(np.float32) if f.dtype == np.float32 and out.dtype != np.float32 else out


def _slope_at(f, spacing, axis, edge_order):
    if np.shape(f)[axis] < edge_order + 1:
        raise ValueError(TOO_FEW)
    if spacing is None or np.ndim(spacing) == 0:
        return _even_slope(f, spacing, axis, edge_order)
    if np.shape(spacing)[0] != np.shape(f)[axis]:
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")
    steps = np.diff(spacing)
    if np.all(steps == steps[0]):
        return _even_slope(f, steps[0], axis, edge_order)
    return _uneven_slope(f, steps, axis, edge_order)


def _ends(f, axis, places):
    """Return what stands at some places along an axis."""
    return [f[_along(axis, k)] for k in places]


def _between(first, inner, last, axis):
    """Put one entry before and one behind along an axis."""
    parts = (np.expand_dims(first, axis), inner, np.expand_dims(last, axis))
    return np.concatenate(parts, axis=axis)


def _even_slope(f, h, axis, edge_order):
    """Return the derivative along an axis whose samples are ``h`` apart, or 1 for None."""
    apart = f[_along(axis, slice(2, None))] - f[_along(axis, slice(None, -2))]
    inner = apart / 2.0 if h is None else apart / (2.0 * h)
    if edge_order == 1:
        a, b = _ends(f, axis, (0, 1))
        c, d = _ends(f, axis, (-2, -1))
        if h is None:
            return _between(b - a, inner, d - c, axis)
        return _between((b - a) / h, inner, (d - c) / h, axis)
    h = 1.0 if h is None else h
    a, b, c = _ends(f, axis, (0, 1, 2))
    first = -1.5 / h * a + 2.0 / h * b + -0.5 / h * c
    a, b, c = _ends(f, axis, (-3, -2, -1))
    last = 0.5 / h * a + -2.0 / h * b + 1.5 / h * c
    return _between(first, inner, last, axis)


def _weights(v, f, axis):
    """Return weights of the samples along an axis, with axes of length 1 behind."""
    behind = np.ndim(f) - axis - 1
    return v[(slice(None),) + (None,) * behind] if behind else v


def _uneven_slope(f, steps, axis, edge_order):
    """Return the derivative along an axis whose samples are some steps apart."""
    one, two = steps[:-1], steps[1:]
    a = _weights(-two / (one * (one + two)), f, axis)
    b = _weights((two - one) / (one * two), f, axis)
    c = _weights(one / (two * (one + two)), f, axis)
    left, middle = f[_along(axis, slice(None, -2))], f[_along(axis, slice(1, -1))]
    inner = a * left + b * middle + c * f[_along(axis, slice(2, None))]
    if edge_order == 1:
        a, b = _ends(f, axis, (0, 1))
        c, d = _ends(f, axis, (-2, -1))
        return _between((b - a) / steps[0], inner, (d - c) / steps[-1], axis)
    one, two = steps[0], steps[1]
    a, b, c = _ends(f, axis, (0, 1, 2))
    first = -(2.0 * one + two) / (one * (one + two)) * a + (one + two) / (one * two) * b
    first = first + -one / (two * (one + two)) * c
    one, two = steps[-2], steps[-1]
    a, b, c = _ends(f, axis, (-3, -2, -1))
    last = two / (one * (one + two)) * a + -(two + one) / (one * two) * b
    last = last + (2.0 * two + one) / (two * (one + two)) * c
    return _between(first, inner, last, axis)


@reads(
    "scipy.integrate.simpson",
    samples=(
        "scipy.integrate.simpson(x5)", "scipy.integrate.simpson(x4)",
        "scipy.integrate.simpson(x5, np.cumsum(p5))",
        "scipy.integrate.simpson(x4, x=np.cumsum(p4))",
        "scipy.integrate.simpson(x23, dx=y)", "scipy.integrate.simpson(x23, axis=0)",
        "scipy.integrate.simpson(x234, x=np.cumsum(p3), axis=1)",
        "scipy.integrate.simpson(x234, axis=2)",
        "scipy.integrate.simpson(x44, x=np.cumsum(p44, axis=0), axis=0)",
    ),
)  # fmt: skip
def simpson(y, x=None, *, dx=1.0, axis=-1):
    """Integrate along an axis by parabolas, the last interval of an even number by Cartwright's."""
    y = np.asarray(y)
    n = np.shape(y)[axis]
    axis = axis % np.ndim(y)
    h = None if x is None else _steps(np.asarray(x), y, axis)
    if n % 2 == 1:
        return _parabolas(y, n - 2, h, dx, axis)
    if n == 2:
        a, b = _entry(y, axis, 0), _entry(y, axis, 1)
        return 0.0 + 0.5 * (dx if h is None else _entry(h, axis, 0)) * (b + a)
    before = dx * 1.0 if h is None else _entry(h, axis, -2)
    last = dx * 1.0 if h is None else _entry(h, axis, -1)
    alpha = _over(2 * last**2 + 3 * before * last, 6 * (last + before))
    beta = _over(last**2 + 3.0 * before * last, 6 * before)
    eta = _over(1 * last**3, 6 * before * (before + last))
    ends = alpha * _entry(y, axis, -1) + beta * _entry(y, axis, -2) - eta * _entry(y, axis, -3)
    return _parabolas(y, n - 3, h, dx, axis) + ends


def _steps(x, y, axis):
    """Return the distances of the samples, with the axes of ``y``."""
    if np.shape(x)[axis if np.ndim(x) == np.ndim(y) else 0] != np.shape(y)[axis]:
        raise ValueError("If given, length of x along axis must be the same as y.")
    if np.ndim(x) == np.ndim(y):
        return np.diff(x, axis=axis)
    return np.reshape(np.diff(x), (1,) * axis + (-1,) + (1,) * (np.ndim(y) - axis - 1))


def _entry(v, axis, k):
    """Return the entries at one place along an axis, the first where there is one alone."""
    return v[_along(axis, k)]


def _over(a, b):
    """Divide, giving 0 where the divisor is."""
    return np.where(b != 0, a / np.where(b != 0, b, 1.0), 0.0)


def _parabolas(y, stop, h, dx, axis):
    """Integrate by Simpson's rule up to a place."""
    a = y[_along(axis, slice(0, stop, 2))]
    b = y[_along(axis, slice(1, stop + 1, 2))]
    c = y[_along(axis, slice(2, stop + 2, 2))]
    if h is None:
        return np.sum(a + 4.0 * b + c, axis=axis) * (dx / 3.0)
    one, two = h[_along(axis, slice(0, stop, 2))], h[_along(axis, slice(1, stop + 1, 2))]
    both, product = one + two, one * two
    ratio = _over(one, two)
    ends = a * (2.0 - _over(1.0, ratio)) + b * (both * _over(both, product)) + c * (2.0 - ratio)
    return np.sum(both / 6.0 * ends, axis=axis)
