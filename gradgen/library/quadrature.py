"""Integrals of functions: the rule of 21 points with which ``scipy.integrate.quad`` begins.

R. Piessens and others, *QUADPACK* (1983), QK21: the Kronrod rule of 21 points, and the Gauss rule
in 10 of them, whose difference is the error.  SciPy halves the range where that is too large; here
it is refused, for the points that are taken then depend on the integrand.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.library.registry import reads

# Those of the Gauss rule first, as QUADPACK takes them.
PLACES = np.array([
    0.9739065285171717, 0.8650633666889845, 0.6794095682990244, 0.4333953941292472,
    0.14887433898163122, 0.9956571630258081, 0.9301574913557082, 0.7808177265864169,
    0.5627571346686047, 0.2943928627014602,
])  # fmt: skip
NODES = np.concatenate(([0.0], -PLACES, PLACES))
WEIGHTS = np.array([
    0.032558162307964725, 0.07503967481091996, 0.10938715880229764, 0.13470921731147334,
    0.14773910490133849, 0.011694638867371874, 0.054755896574351995, 0.0931254545836976,
    0.12349197626206584, 0.14277593857706009,
])  # fmt: skip
MIDDLE = 0.1494455540029169
GAUSS = np.array([
    0.06667134430868814, 0.1494513491505806, 0.21908636251598204, 0.26926671930999635,
    0.29552422471475287,
])  # fmt: skip
FROM_OUTSIDE = np.array([5, 0, 6, 1, 7, 2, 8, 3, 9, 4])
EPSILON, TINY = 2.0**-52, 2.0**-1022


@reads(
    "scipy.integrate.quad",
    samples=(
        "scipy.integrate.quad(lambda t: np.exp(-p * t), 0.0, 1.5)[0]",
        "scipy.integrate.quad(lambda t, a: a * t**3, x, y, args=(p,))[0]",
        "scipy.integrate.quad(lambda t, a, b: np.sin(a * t + b), 0, y, (x, u), epsabs=1e-6)[0]",
        "scipy.integrate.quad(np.cos, x, y)[0]",
        "scipy.integrate.quad(lambda t, a: math.exp(a * t), y, 0.0, args=x)[0]",
    ),
)
def quad(
    func, a, b, args=(), full_output=0, epsabs=1.49e-8, epsrel=1.49e-8, limit=50, points=None,
    weight=None, wvar=None, wopts=None, maxp1=50, limlst=50, complex_func=False,
):  # fmt: skip
    """Integrate a function by a rule of 21 points, which has to be enough."""
    more = args if isinstance(args, tuple) else (args,)
    middle, half = 0.5 * (a + b), 0.5 * (b - a)
    values = np.zeros(21)
    for k in range(21):
        values[k] = func(float(middle + half * NODES[k]), *more)
    below, above = values[1:11], values[11:]
    total = MIDDLE * values[0]
    for k in range(10):
        total = total + WEIGHTS[k] * (below[k] + above[k])
    error = _error(values, total, half)
    if not (error <= max(epsabs, epsrel * abs(total * half))):
        raise ValueError(
            "scipy.integrate.quad takes more than 21 points here, and has no derivative then: "
            "split the range where the integrand changes fast, or substitute for an infinite end"
        )
    return total * half, error


def _error(values, total, half):
    """Return QUADPACK's estimate of the error."""
    below, above = values[1:11], values[11:]
    rough = 0.0
    for k in range(5):
        rough = rough + GAUSS[k] * (below[k] + above[k])
    size, spread = MIDDLE * abs(values[0]), MIDDLE * abs(values[0] - 0.5 * total)
    for k in range(10):
        j = FROM_OUTSIDE[k]
        size = size + WEIGHTS[k] * (abs(below[k]) + abs(above[k]))
        far = abs(below[j] - 0.5 * total) + abs(above[j] - 0.5 * total)
        spread = spread + WEIGHTS[j] * far
    size, spread = size * abs(half), spread * abs(half)
    error = abs((total - rough) * half)
    if spread > 0.0 and error > 0.0:
        error = spread * min(1.0, (200.0 * error / spread) ** 1.5)
    return max(50.0 * EPSILON * size, error) if size > TINY / (50.0 * EPSILON) else error
