"""Running integrals of sampled functions by Simpson's rule, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.calculus import cumulative_trapezoid
from gradgen.library.registry import reads


@reads(
    "scipy.integrate.cumulative_simpson",
    samples=(
        "scipy.integrate.cumulative_simpson(x5)", "scipy.integrate.cumulative_simpson(x6, dx=y)",
        "scipy.integrate.cumulative_simpson(x234, axis=1, initial=0)",
        "scipy.integrate.cumulative_simpson(x5, x=np.cumsum(p5))",
        "scipy.integrate.cumulative_simpson(x44, x=np.cumsum(p4), axis=0, initial=y)",
        "scipy.integrate.cumulative_simpson(x23, x=np.cumsum(p23, axis=1))",
        "scipy.integrate.cumulative_simpson(x3[:2], dx=y, initial=0.5)",
        "scipy.integrate.cumulative_simpson(xf3)",
        "scipy.integrate.cumulative_simpson(xf23, x=np.arange(3.0, dtype=np.float32))",
    ),
)  # fmt: skip
def cumulative_simpson(y, *, x=None, dx=1.0, axis=-1, initial=None):
    """Return the running integral by Simpson's rule, through three samples at a time."""
    rows = np.swapaxes(np.asarray(y), axis, -1)
    if np.shape(rows)[-1] < 3:
        sums = np.swapaxes(cumulative_trapezoid(y, x, dx, axis), axis, -1)
    elif x is None:
        steps = dx if np.ndim(dx) == 0 else np.swapaxes(dx, axis, -1)
        if np.ndim(dx) == 0 and rows.dtype == np.float32 and np.asarray(dx).dtype != np.float32:
            steps = np.float64(dx)  # SciPy makes an array of it, in double precision
        parts = _even(rows, steps), np.flip(_even(np.flip(rows, -1), steps), -1)
        sums = _running(rows, *parts)
    else:
        places = np.asarray(x) if np.ndim(x) == 1 else np.swapaxes(x, axis, -1)
        steps = np.diff(np.broadcast_to(places, np.shape(rows)), axis=-1)
        if np.any(steps <= 0):
            raise ValueError("Input x must be strictly increasing.")
        back = _uneven(np.flip(rows, -1), np.flip(steps, -1))
        sums = _running(rows, _uneven(rows, steps), np.flip(back, -1))
    if initial is not None:
        first = np.swapaxes(initial, axis, -1) if np.ndim(initial) else initial
        start = np.broadcast_to(first, (*np.shape(sums)[:-1], 1))
        sums = np.concatenate((start, sums + start), axis=-1)
    return np.swapaxes(sums, -1, axis)


def _even(y, d):
    """Return the integrals over the first of each two intervals, which are equally long."""
    return d / 3 * (5 * y[..., :-2] / 4 + 2 * y[..., 1:-1] - y[..., 2:] / 4)


def _uneven(y, d):
    """Return the integrals over the first of each two intervals."""
    first, second = d[..., :-1], d[..., 1:]
    share = first / (first + second)
    more = share * (first / second)
    inner = (3 - share) * y[..., :-2] + (3 + more + share) * y[..., 1:-1] + -more * y[..., 2:]
    return first / 6 * inner


def _running(rows, over_first, over_second):
    """Add up the integrals of all intervals; the last is the second of its two."""
    parts = np.zeros_like(over_first, shape=(*np.shape(rows)[:-1], np.shape(rows)[-1] - 1))
    parts[..., :-1:2] = over_first[..., ::2]
    parts[..., 1::2] = over_second[..., ::2]
    parts[..., -1] = over_second[..., -1]
    return np.cumsum(parts, axis=-1)
