"""Arithmetic on polynomials that are given by their coefficients, highest power first."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.polynomials import Descending
from gradgen.library.registry import reads


@reads("np.polyadd", samples=("np.polyadd(x3, y3)", "np.polyadd(x3, y5)", "np.polyadd(x4, p)"))
def polyadd(a1, a2):
    """Add the coefficients of equal powers."""
    a1, a2 = _coefficients(a1), _coefficients(a2)
    missing = len(a2) - len(a1)
    if missing == 0:
        return a1 + a2
    if missing > 0:
        return np.concatenate((np.zeros(missing, a1.dtype), a1)) + a2
    return a1 + np.concatenate((np.zeros(-missing, a2.dtype), a2))


@reads("np.polysub", samples=("np.polysub(x3, y3)", "np.polysub(x3, y5)", "np.polysub(x4, y3)"))
def polysub(a1, a2):
    """Subtract the coefficients of equal powers."""
    a1, a2 = _coefficients(a1), _coefficients(a2)
    missing = len(a2) - len(a1)
    if missing == 0:
        return a1 - a2
    if missing > 0:
        return np.concatenate((np.zeros(missing, a1.dtype), a1)) - a2
    return a1 - np.concatenate((np.zeros(-missing, a2.dtype), a2))


@reads(
    "np.polyder",
    samples=(
        "np.polyder(x5)",
        "np.polyder(x5, 2)",
        "np.polyder(x3, m=0)",
        "np.polyder(np.poly1d(x4), 2)(y3)",
    ),
)
def polyder(p, m=1):
    """Multiply each coefficient by its power."""
    if isinstance(p, Descending):
        return p.deriv(m)
    p = np.asarray(p)
    for _ in tuple(range(m)):
        p = p[:-1] * np.arange(len(p) - 1, 0, -1)
    return p


@reads(
    "np.polyint",
    samples=(
        "np.polyint(x3)",
        "np.polyint(x3, 2)",
        "np.polyint(x3, k=y)",
        "np.polyint(np.poly1d(x3), k=y)(y3)",
    ),
)
def polyint(p, m=1, k=None):
    """Divide each coefficient by its new power; the constant is k."""
    if isinstance(p, Descending):
        return p.integ(m, k)
    p = np.asarray(p)
    if k is None:
        constants = (0.0,) * m
    else:
        constants = (k,) * m if np.ndim(k) == 0 else tuple(k[j] for j in tuple(range(m)))
    for constant in constants:
        powers = np.arange(len(p), 0, -1)
        p = np.concatenate((p / powers, _coefficients(constant)))
    return p


@reads(
    "np.polydiv",
    samples=(
        "np.polydiv(x5, p3)[0]",
        "np.polydiv(x5, p3)[1]",
        "np.polydiv(x3, y5 + 3.0)[1]",
        "np.polydiv(x4, y + 2.0)[0]",
        "np.polydiv([2.0 * y, 4.0 * y, p], [1.0, 2.0])[1]",
    ),
)
def polydiv(u, v):
    """Divide with remainder, from the highest power on; a remainder has no zeros in front."""
    u, v = _coefficients(u) + 0.0, _coefficients(v) + 0.0
    dtype = (u[0] + v[0]).dtype
    count = len(u) - len(v) + 1
    scale = 1.0 / v[0]
    q, r = np.zeros((max(count, 1),), dtype), u.astype(dtype)
    for k in range(count):
        d = scale * r[k]
        q[k] = d
        r[k : k + len(v)] -= d * v
    first = 0
    while first < len(r) - 1 and np.allclose(r[first], 0, rtol=1e-14):
        first += 1
    return q, r[first:]


def _coefficients(p):
    """Return coefficients as a vector: a number is a constant polynomial."""
    return np.reshape(p, (1,)) if np.ndim(p) == 0 else np.asarray(p)
