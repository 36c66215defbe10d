"""Differences and integrals of sampled functions, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads


def _along(axis, part):
    """Return the subscript of a part along an axis that counts from the front."""
    return (slice(None),) * axis + (part,)


def _spacing(x, y, axis):
    """Return the differences of ``x``, of one axis or as many as ``y``, along an axis of it."""
    if np.ndim(x) == 1:
        d = np.diff(x)
        return d if np.ndim(y) == 1 else d[(slice(None),) + (None,) * (np.ndim(y) - axis - 1)]
    return np.diff(x, axis=axis - np.ndim(y))


@reads(
    "np.ediff1d",
    samples=("np.ediff1d(x5)", "np.ediff1d(x23)", "np.ediff1d(x5, to_end=9.0, to_begin=y3)"),
)
def ediff1d(ary, to_end=None, to_begin=None):
    """Return the differences of successive entries, with what is put around them."""
    flat = np.ravel(ary)
    parts = [flat[1:] - flat[:-1]]
    if to_begin is not None:
        parts = [np.ravel(to_begin), *parts]
    if to_end is not None:
        parts = [*parts, np.ravel(to_end)]
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


@reads(
    "np.diff",
    samples=(
        "np.diff(x5, 2)", "np.diff(x234, n=2, axis=1)", "np.diff(x5, prepend=y)",
        "np.diff(x23, axis=0, prepend=y, append=0.0)", "np.diff(x23, append=x23)",
        "np.diff(x234, 1, -2, prepend=y)", "np.diff(x5, n=0)",
    ),
)  # fmt: skip
def diff(a, n=1, axis=-1, prepend=None, append=None):
    """Return differences of differences, of the array and what is put around it."""
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n}")
    if np.ndim(a) == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = axis % np.ndim(a)
    parts = [a]
    if prepend is not None:
        parts = [_edge(prepend, a, axis), *parts]
    if append is not None:
        parts = [*parts, _edge(append, a, axis)]
    if len(parts) > 1 and n > 0:
        a = np.concatenate(parts, axis)
    for _ in tuple(range(n)):
        a = np.diff(a, axis=axis)
    return a


def _edge(v, a, axis):
    """Return what is put at an end of an array: a number as a slice of it."""
    if np.ndim(v):
        return v
    shape = np.shape(a)
    return np.broadcast_to(v, (*shape[:axis], 1, *shape[axis + 1 :]))


@reads(
    "np.trapezoid", "np.trapz",
    samples=(
        "np.trapezoid(x5)", "np.trapezoid(x23, dx=y)", "np.trapezoid(x23, axis=0)",
        "np.trapezoid(x5, y5)", "np.trapezoid(x23, y3)", "np.trapezoid(x32, y3, axis=0)",
        "np.trapezoid(x234, y3, axis=-2)", "np.trapezoid(x23, y23, axis=1)",
        "np.trapezoid([x, y, x * y])", "np.trapezoid(xf3)",
    ),
)  # fmt: skip
def trapezoid(y, x=None, dx=1.0, axis=-1):
    """Integrate along an axis by the trapezoidal rule."""
    y = np.asanyarray(y)
    if np.ndim(y) == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    axis = axis % np.ndim(y)
    d = dx if x is None else _spacing(np.asanyarray(x), y, axis)
    upper, lower = y[_along(axis, slice(1, None))], y[_along(axis, slice(None, -1))]
    return np.sum(d * (upper + lower) / 2.0, axis=axis)


@reads(
    "scipy.integrate.trapezoid",
    samples=(
        "scipy.integrate.trapezoid(x5)", "scipy.integrate.trapezoid(x23, y3)",
        "scipy.integrate.trapezoid(x32, x=y3, axis=0)", "scipy.integrate.trapezoid(x23, y23)",
        "scipy.integrate.trapezoid(x234, dx=y, axis=1)",
    ),
)  # fmt: skip
def scipy_trapezoid(y, x=None, dx=1.0, axis=-1):
    """Integrate along an axis by the trapezoidal rule."""
    y = np.asanyarray(y)
    if x is not None and np.ndim(x) > 1:
        x = np.broadcast_to(x, np.shape(y))
    return trapezoid(y, x, dx, axis)


@reads(
    "scipy.integrate.cumulative_trapezoid",
    samples=(
        "scipy.integrate.cumulative_trapezoid(x5)",
        "scipy.integrate.cumulative_trapezoid(x23, y3, initial=0)",
        "scipy.integrate.cumulative_trapezoid(x32, x=y3, axis=0, initial=0.0)",
        "scipy.integrate.cumulative_trapezoid(x23, y23)",
        "scipy.integrate.cumulative_trapezoid(x234, dx=y, axis=1)",
        "scipy.integrate.cumulative_trapezoid(xf3, initial=0)",
    ),
)
def cumulative_trapezoid(y, x=None, dx=1.0, axis=-1, initial=None):
    """Return the running integral by the trapezoidal rule."""
    y = np.asarray(y)
    axis = axis % np.ndim(y)
    d = dx if x is None else _spacing(np.asarray(x), y, axis)
    upper, lower = y[_along(axis, slice(1, None))], y[_along(axis, slice(None, -1))]
    sums = np.cumsum(d * (upper + lower) / 2.0, axis=axis)
    if initial is None:
        return sums
    if initial != 0:
        raise ValueError("`initial` must be `None` or `0`.")
    edge = _edge(0.0, sums, axis)
    if sums.dtype != np.float64:
        edge = edge.astype(sums.dtype)
    return np.concatenate((edge, sums), axis=axis)


@reads(
    "np.unwrap",
    samples=(
        "np.unwrap(5.0 * x5)", "np.unwrap(9.0 * x23, axis=0)", "np.unwrap(4.0 * x6, period=2.0)",
        "np.unwrap(9.0 * x23, discont=4.0)", "np.unwrap(3.0 * x234, None, 1)",
    ),
)  # fmt: skip
def unwrap(p, discont=None, axis=-1, *, period=2.0 * np.pi):
    """Take whole periods out of jumps, which are constants."""
    p = np.asarray(p)
    axis = axis % np.ndim(p)
    step = np.diff(p, axis=axis)
    high = period / 2
    least = high if discont is None else discont
    turned = np.mod(step + high, period) - high
    turned = np.where((turned == -high) & (step > 0), high, turned)
    correct = np.where(np.abs(step) < least, 0.0, turned - step)
    later = p[_along(axis, slice(1, None))] + np.cumsum(correct, axis=axis)
    return np.concatenate((p[_along(axis, slice(None, 1))], later), axis=axis)


def _running(function, x, axis, include_initial, first):
    x = np.asarray(x) if np.ndim(x) else np.reshape(x, 1)
    if axis is None:
        if np.ndim(x) > 1:
            message = "For arrays which have more than one dimension ``axis`` argument is required."
            raise ValueError(message)
        axis = 0
    axis = axis % np.ndim(x)
    out = function(x, axis=axis)
    if not include_initial:
        return out
    edge = _edge(first, out, axis)
    if out.dtype != np.float64:
        edge = edge.astype(out.dtype)
    return np.concatenate((edge, out), axis=axis)


@reads(
    "np.cumulative_sum",
    samples=(
        "np.cumulative_sum(x5)", "np.cumulative_sum(x23, axis=-2)",
        "np.cumulative_sum(x23, axis=1, include_initial=True)", "np.cumulative_sum(x)",
    ),
)  # fmt: skip
def cumulative_sum(x, /, *, axis=None, dtype=None, include_initial=False):
    """Return running sums, with 0 before if asked for."""
    return _running(np.cumsum, x if dtype is None else x.astype(dtype), axis, include_initial, 0.0)


@reads(
    "np.cumulative_prod",
    samples=(
        "np.cumulative_prod(zero3)",
        "np.cumulative_prod(x23, axis=-2)",
        "np.cumulative_prod(x23, axis=1, include_initial=True)",
        "np.cumulative_prod(xf3, include_initial=True)",
    ),
)
def cumulative_prod(x, /, *, axis=None, dtype=None, include_initial=False):
    """Return running products, with 1 before if asked for."""
    return _running(np.cumprod, x if dtype is None else x.astype(dtype), axis, include_initial, 1.0)


@reads("np.nancumprod", samples=("np.nancumprod(n23)", "np.nancumprod(n23, axis=-1)"))
def nancumprod(a, axis=None, dtype=None, out=None):
    """Return running products without NaNs."""
    return np.cumprod(np.where(np.isnan(a), 1.0, a), axis=axis, dtype=dtype)
