"""Integrals with a weight, ``scipy.integrate.quad(..., weight=)``, and their derivatives.

The value is SciPy's (R. Piessens and others, *QUADPACK*, 1983: QAWO, QAWC, QAWS).  The derivative
is that of the integral, to ten digits: waves are part of the integrand, of a pole the function's
value there is taken off, and powers at the ends are summed by the rule of H. Takahasi and M. Mori
("Double exponential formulas for numerical integration", 1974), whose places crowd there.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.quadrature import quad
from gradgen.library.trajectories import stands_for

CLOSE = {"epsabs": 1e-11, "epsrel": 1e-10, "limit": 200}


def found_by_quad(func, a, b, args, numbers, weight, **options):
    """Stand for SciPy's integral, and its estimate of the error."""
    raise NotImplementedError


def weighted_quad(
    func, a, b, args=(), full_output=0, epsabs=1.49e-8, epsrel=1.49e-8, limit=50, points=None,
    weight=None, wvar=None, wopts=None, maxp1=50, limlst=50, complex_func=False,
):  # fmt: skip
    """Integrate a function times a weight, whose numbers are ``wvar``."""
    more = args if isinstance(args, tuple) else (args,)
    numbers = tuple(wvar) if weight.startswith("alg") else (wvar,)
    options = {"epsabs": epsabs, "epsrel": epsrel, "limit": limit, "maxp1": maxp1}
    found, error = found_by_quad(func, a, b, more, numbers, weight, **options)
    if weight == "cos":
        same = quad(lambda x, *m: func(x, *m) * np.cos(wvar * x), a, b, more, **CLOSE)[0]
    elif weight == "sin":
        same = quad(lambda x, *m: func(x, *m) * np.sin(wvar * x), a, b, more, **CLOSE)[0]
    elif weight == "cauchy":
        same = _principal_value(func, a, b, more, wvar)
    else:
        same = _of_powers(func, a, b, more, weight, wvar[0], wvar[1])
    return stands_for(found, same), error


def _principal_value(func, a, b, more, pole):
    """Integrate a function over the distance from a pole."""
    if (pole - a) * (b - pole) <= 0.0:
        return quad(lambda x, *m: func(x, *m) / (x - pole), a, b, more, **CLOSE)[0]
    top = func(float(pole), *more)

    def quotient(x, *m):
        return (func(x, *m) - top) / (x - pole)

    before = quad(quotient, a, pole, more, **CLOSE)[0]
    after = quad(quotient, pole, b, more, **CLOSE)[0]
    return before + after + top * np.log((b - pole) / (pole - a))


def _of_powers(func, a, b, more, weight, alpha, beta):
    """Integrate a function times powers of the distances from the ends, and their logarithms."""
    if min(alpha, beta) < -0.9:
        raise ValueError(
            "the derivative of scipy.integrate.quad with weight='alg' is not supported for powers "
            "below -0.9: take a power of the distance as the variable"
        )
    length, t = b - a, np.arange(-96.0, 97.0) / 16.0
    grown = np.pi * np.sinh(t)
    log_low, log_high = -np.log1p(np.exp(-grown)), -np.log1p(np.exp(grown))  # shares of the range
    from_low, from_high = np.exp(log_low), np.exp(log_high)
    weights = np.cosh(t) * np.exp((alpha + 1.0) * log_low + (beta + 1.0) * log_high)
    if weight in ("alg-loga", "alg-log"):
        weights = weights * (np.log(length) + log_low)
    if weight in ("alg-logb", "alg-log"):
        weights = weights * (np.log(length) + log_high)
    total = 0.0
    for k in range(len(t)):
        x = a + length * from_low[k] if t[k] < 0.0 else b - length * from_high[k]
        total = total + weights[k] * func(float(x), *more)
    return np.pi / 16.0 * length ** (alpha + beta + 1.0) * total
