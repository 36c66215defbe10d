"""The zeta functions of Riemann and Hurwitz.

By its order there is no closed form: the sum of Euler and Maclaurin is differentiated term by term
(NIST Handbook of Mathematical Functions, 25.11.5), which is good to 1e-13; below -1/2 Riemann's
function is reflected (25.4.1).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradgen.ir.nodes import Const, Value
from gradgen.rules.callables import scipy
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import elementwise

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


@printed
def _sum_slope(x, q):
    """Return the derivative by ``x`` of the sum of ``(q + k)**-x``, and of what continues it."""
    total = 0.0 * x
    for k in range(12):
        total = total - np.log(q + k) * np.power(q + k, -x)
    end = q + 12.0
    log_end, last = np.log(end), np.power(end, -x)
    less_one = np.where(x == 1.0, 1.0, x - 1.0)
    total = total - end * last * (log_end + 1.0 / less_one) / less_one - 0.5 * log_end * last
    product, slope, j = x * last / end, last / end, 1.0
    for factor in (1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160,
                   -691 / 1307674368000, 1 / 74724249600, -3617 / 10670622842880000):  # fmt: skip
        total = total + factor * (slope - log_end * product)
        slope = ((x + j) * (x + j + 1.0) * slope + (2.0 * (x + j) + 1.0) * product) / end**2
        product = (x + j) * (x + j + 1.0) * product / end**2
        j = j + 2.0
    return np.where(x == 1.0, -np.inf, total)


@printed
def _hurwitz_slope(x, q):
    """Return the derivative by ``x`` of ``scipy.special.zeta(x, q)``, which is NaN below 1."""
    return np.where(x < 1.0, np.nan, _sum_slope(np.where(x < 1.0, 2.0, x), q))


@printed
def _riemann_slope(x):
    """Return the derivative of ``scipy.special.zeta(x)``; far below 0 by that of ``1 - x``."""
    above = np.where(x < -0.5, 1.0 - x, x)
    slope = _sum_slope(above, 1.0)
    w = np.where(x < -0.5, x, -1.0)
    scale = 2.0 * (2.0 * np.pi) ** (w - 1.0) * scipy.special.gamma(1.0 - w)
    factor = scale * np.sin(0.5 * np.pi * w)
    by_x = factor * (np.log(2.0 * np.pi) - scipy.special.psi(1.0 - w))
    by_x = by_x + 0.5 * np.pi * scale * np.cos(0.5 * np.pi * w)
    reflected = by_x * scipy.special.zeta(1.0 - w) - factor * slope
    return np.where(x < -0.5, reflected, slope)


def zeta_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """By the order a Python function; by ``q``, ``-x * g * zeta(x + 1, q)``."""
    x, *rest = op.inputs
    if i:
        raised = alg.emit("zeta", alg.add(x, Const(1.0)), rest[0])
        return alg.neg(alg.mul(alg.mul(x, g), raised))
    if rest:
        return alg.mul(g, alg.helper_of_entries("_hurwitz_slope", x, rest[0]))
    return alg.mul(g, alg.helper_of_entries("_riemann_slope", x))


# fmt: off
rule("zeta", elementwise("inexact", weak=False), callables=["scipy.special.zeta"],
     params="x, q?", elementwise=True, vjp=zeta_vjp, at_kinks="-inf at 1",
     unproved="its derivative is a Python function, not a formula",
     samples=("scipy.special.zeta(2.5, p3)", "scipy.special.zeta(n, q=p)",
              "scipy.special.zeta(j3 + 1.5, p)", "scipy.special.zeta(o)", "scipy.special.zeta(x3)",
              "scipy.special.zeta(o3, p31)", "scipy.special.zeta(of3, 2.0)",
              "scipy.special.zeta(1.0 + 3.0 * p23)"))
