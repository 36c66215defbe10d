"""Polynomials of ascending powers fitted to data, and their values, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.polynomials import Powers
from gradgen.library.registry import reads, refused


def values_of_several(x, c, tensor=True):
    """Return the values of polynomials, whose coefficients are along the first axis of ``c``."""
    x = np.asarray(x) if isinstance(x, (list, tuple)) else x
    c = np.atleast_1d(c) * 1.0
    if tensor and np.ndim(x) > 0:
        c = np.reshape(c, (*np.shape(c), *((1,) * np.ndim(x))))
    total = c[-1] + x * 0.0
    for k in range(2, len(c) + 1):
        total = c[-k] + total * x
    return total


@reads(
    "np.polynomial.polynomial.polyvander",
    samples=("np.polynomial.polynomial.polyvander(x3, 2)",
             "np.polynomial.polynomial.polyvander(y, 3)"),
)  # fmt: skip
def polyvander(x, deg):
    """Return the powers of entries, the lowest first, along a new last axis."""
    x = np.atleast_1d(x) + 0.0
    rows = [x * 0.0 + 1.0, x]
    for _ in tuple(range(2, deg + 1)):
        rows.append(rows[-1] * x)
    return np.stack(rows[: deg + 1], axis=-1)


@reads(
    "np.polynomial.polynomial.polyfit",
    samples=(
        "np.polynomial.polynomial.polyfit(x5, y5, 2)",
        "np.polynomial.polynomial.polyfit(x5, y5, deg=1, w=p5)",
        "np.polynomial.polynomial.polyfit(x6, y6, [0, 2])",
        "np.polynomial.polynomial.polyfit(x6, np.stack([y6, p6], axis=1), 2)",
        "np.polynomial.polynomial.polyfit(x6, y6, 2, full=True)[1][0]",
    ),
)
def polyfit(x, y, deg, rcond=None, full=False, w=None):
    """Return the coefficients of least squares, of given powers or of all up to one."""
    x, y = np.asarray(x) + 0.0, np.asarray(y) + 0.0
    powers = tuple(range(deg + 1)) if np.ndim(deg) == 0 else tuple(sorted(deg))
    rows = np.vander(x, powers[-1] + 1, increasing=True).T.copy()
    right = y
    if np.ndim(deg) != 0:
        rows = np.stack([rows[k] for k in powers])
    if w is not None:
        w = np.asarray(w) + 0.0
        rows = rows * w
        right = (y.T * w).T
    if rcond is None:
        rcond = len(x) * np.finfo(x.dtype).eps
    scale = np.sqrt(np.sum(np.square(rows), axis=1))
    found, resids, rank, s = np.linalg.lstsq(rows.T / scale, right, rcond)
    c = (found.T / scale).T
    if np.ndim(deg) != 0:
        given = c
        c = np.zeros((powers[-1] + 1, *np.shape(y)[1:]), dtype=given.dtype)
        for k in tuple(range(len(powers))):
            c[powers[k]] = given[k]
    return (c, [resids, rank, s, rcond]) if full else c


@reads(
    "np.polynomial.Polynomial.fit",
    samples=(
        "np.polynomial.Polynomial.fit(x5, y5, 2)(y3)",
        "np.polynomial.Polynomial.fit(x5, y5, 2).coef",
        "np.polynomial.Polynomial.fit(x5, y5, 3).convert().coef",
        "np.polynomial.Polynomial.fit(x5, y5, 1, domain=[-2, 2], window=[0, 1], w=p5)(x)",
        "np.polynomial.Polynomial.fit(x5, y5, deg=[0, 2], domain=[]).deriv()(y)",
        "np.polynomial.Polynomial.fit(x6, y6, 2, full=True)[0](x)",
    ),
)
def fit(x, y, deg, domain=None, rcond=None, full=False, w=None, window=None, symbol="x"):
    """Fit in a variable that takes the places to the window, from -1 to 1."""
    x = np.asarray(x)
    if domain is None:
        low, high = np.min(x), np.max(x)
        if not low < high:
            low, high = low - 1, high + 1
    elif len(domain) == 0:
        low, high = -1.0, 1.0
    else:
        low, high = domain
    first, last = (-1.0, 1.0) if window is None else window
    offset = (high * first - low * last) / (high - low)
    scale = (last - first) / (high - low)
    coef = polyfit(offset + scale * x, y, deg, rcond, full, w)
    if full:
        return Powers(coef[0], offset, scale, True), coef[1]
    return Powers(coef, offset, scale, True)


@reads("np.poly", samples=("np.poly(x3)", "np.poly([x, y])", "np.poly1d(x3, True)(y3)"))
def poly(seq_of_zeros):
    """Return the coefficients of the polynomial with given zeros."""
    zeros = np.atleast_1d(seq_of_zeros)
    if np.ndim(zeros) != 1:
        return refused("np.poly of a matrix", "give its eigenvalues, np.linalg.eigvals(a)")
    a = np.zeros(len(zeros) + 1, dtype=np.result_type(zeros, 1.0))
    a[0] = 1.0
    for zero in zeros:
        a[1:] -= zero * a[:-1]
    return a
