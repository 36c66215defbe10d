"""Polynomials as objects, and test functions of optimisation, spelled out."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads


@reads(
    "np.polynomial.Polynomial",
    samples=(
        "np.polynomial.Polynomial(x4)(y3)", "np.polynomial.Polynomial([x, y, 1.0])(x3)",
        "np.polynomial.Polynomial(x3)(y)", "np.polynomial.Polynomial(x3, domain=[0, 2])(y3)",
    ),
)  # fmt: skip
def polynomial(coef, domain=None, window=None, symbol="x"):
    """Return the function that a polynomial of ascending powers is."""
    held = np.array(coef) * 1.0
    old = (-1, 1) if domain is None else domain
    new = (-1, 1) if window is None else window
    moved = domain is not None or window is not None
    scale = (new[1] - new[0]) / (old[1] - old[0])
    offset = (old[1] * new[0] - old[0] * new[1]) / (old[1] - old[0])

    def value(arg):
        return np.polynomial.polynomial.polyval(offset + scale * arg if moved else arg, held)

    return value


@reads("scipy.optimize.rosen", samples=("scipy.optimize.rosen(x4)", "scipy.optimize.rosen(x32)",
                                        "scipy.optimize.rosen([x, y])"))  # fmt: skip
def rosen(x):
    """Sum ``100 (x[i + 1] - x[i]**2)**2 + (1 - x[i])**2`` along the first axis."""
    x = np.asarray(x)
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2.0) ** 2.0 + (1 - x[:-1]) ** 2.0, axis=0)


@reads("scipy.optimize.rosen_der", samples=("scipy.optimize.rosen_der(x4)",))
def rosen_der(x):
    """Return the gradient of ``rosen``."""
    x = np.asarray(x)
    at, before, after = x[1:-1], x[:-2], x[2:]
    der = np.zeros_like(x)
    der[1:-1] = 200 * (at - before**2) - 400 * (after - at**2) * at - 2 * (1 - at)
    der[0] = -400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0])
    der[-1] = 200 * (x[-1] - x[-2] ** 2)
    return der


@reads("math.prod", samples=("math.prod([x, y, p])", "math.prod(x4)", "math.prod([x, y], start=p)"))
def prod(iterable, /, *, start=1):
    """Multiply the items, one after the other."""
    out = start
    for item in iterable:
        out = out * item
    return out
