"""Special functions of one argument, after the NIST Handbook of Mathematical Functions.

An entry gives the adjoint in ``g``, the argument ``a`` and the result ``y``; forms are chosen for
their precision where the textbook's cancel: quotients that vanish at an end are hypergeometric
functions (NIST 13.3 and 15.5), which have every derivative.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, scalar
from gradgen.rules.callables import scipy
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs, elementwise

INEXACT = elementwise("inexact", weak=False)


def function(
    name: str, adjoint: Any, domain: str = "x", prim: str = "", also: str = "", **more: Any
) -> None:
    """Enter a function of ``scipy.special`` of one argument."""
    callables = [f"scipy.special.{n}" for n in (name, also) if n]
    rule(prim or name, INEXACT, callables=callables, params="x, /", elementwise=True,
         adjoint=(adjoint,), domain=domain, **more)  # fmt: skip


def _wofz_tangent(t_x, x, y):
    """Tangent of the Faddeeva function, whose derivative is not real on the real axis."""
    return t_x * (1.1283791670955126j - 2.0 * x * y)


@printed
def _normal_hazard(z):
    """Return the density of the normal distribution at ``z`` over the probability of less."""
    low, high = np.minimum(z, 0.0), np.maximum(z, 0.0)
    below = 0.7978845608028654 / scipy.special.erfcx(-0.7071067811865476 * low)
    above = 0.3989422804014327 * np.exp(-0.5 * high**2) / scipy.special.ndtr(high)
    return np.where(z < 0.0, below, above)


# A table: an entry is read along its lines.
# fmt: off
# --- errors and the normal distribution (NIST 7) ---
function("erf", "1.1283791670955126 * g * exp(-a * a)", closed="erf(a)")
function("erfc", "-1.1283791670955126 * g * exp(-a * a)", closed="erfc(a)")
function("erfi", "1.1283791670955126 * g * exp(a * a)", closed="erfi(a)")
function("erfcx", "g * (2.0 * a * y - 1.1283791670955126)", closed="exp(a * a) * erfc(a)")
function("dawsn", "g * (1.0 - 2.0 * a * y)", closed="0.5 * sqrt(pi) * exp(-a * a) * erfi(a)")
function("erfinv", "0.886226925452758 * g * exp(y * y)", "c", at_kinks="inf at -1 and 1",
         closed="erfinv(a)")
function("erfcinv", "-0.886226925452758 * g * exp(y * y)", "u", at_kinks="inf at 0 and 2",
         closed="erfinv(1.0 - a)")
function("ndtr", "0.3989422804014327 * g * exp(-0.5 * a * a)", closed="ndtr(a)")
function("ndtri", "2.5066282746310002 * g * exp(0.5 * y * y)", "u", at_kinks="inf at 0 and 1",
         closed="sqrt(2.0) * erfinv(2.0 * a - 1.0)")
function("log_ndtr", "g * _normal_hazard(a)", closed="log(ndtr(a))")

# --- the logistic function ---
function("expit", "g * y * expit(-a)", closed="expit(a)")
function("log_expit", "g * expit(-a)", closed="log(expit(a))")
function("logit", "divide(g, a * (1.0 - a))", "u", at_kinks="inf at 0 and 1",
         closed="log(a / (1.0 - a))")
rule("softplus", INEXACT, callables=["scipy.special.softplus"], params="x", elementwise=True,
     adjoint=("g * expit(a)",), domain="x", closed="log(1 + exp(a))")

# --- powers, exponentials and their integrals (NIST 4, 6 and 7) ---
function("exp2", "g * y * log(2.0)", prim="special.exp2", closed="2**a")
function("exp10", "g * y * log(10.0)", closed="10**a")
function("expm1", "g * (y + 1.0)", prim="special.expm1", closed="exp(a) - 1")
function("log1p", "divide(g, 1.0 + a)", "p", prim="special.log1p", at_kinks="inf at -1",
         closed="log(1 + a)")
function("cbrt", "divide(g, 3.0 * y * y)", prim="special.cbrt", at_kinks="inf at 0",
         closed="sign(a) * abs(a)**(1/3)")
function("cosm1", "-g * sin(a)", closed="cos(a) - 1")
function("exprel", "0.5 * g * hyp1f1(2.0, 3.0, a)", closed="exprel(a)")
function("exp1", "-divide(g * exp(-a), a)", "p", at_kinks="-inf at 0", closed="expint(1, a)")
function("expi", "divide(g * exp(a), a)", at_kinks="inf at 0", closed="ei(a)")
function("entr", "-g * (log(a) + 1.0)", "p", at_kinks="inf at 0", closed="-a * log(a)")
function("spence", "-divide(g, exprel(log(a)))", "p", at_kinks="-inf at 0",
         closed="polylog(2, 1.0 - a)")

# --- the gamma function and its kin (NIST 5) ---
function("gamma", "g * y * psi(a)", "p", at_kinks="nan at the poles", closed="gamma(a)")
function("gammaln", "g * psi(a)", "p", at_kinks="nan or inf at the poles", closed="loggamma(a)")
function("loggamma", "g * psi(a)", "p", at_kinks="nan or inf at the poles", closed="loggamma(a)")
function("psi", "g * zeta(2.0, a)", "p", also="digamma", at_kinks="inf at the poles",
         closed="psi(a)")
rule("gammasgn", INEXACT, callables=["scipy.special.gammasgn"], params="x, /", passive=True,
     elementwise=True, at_kinks="zero everywhere")

# --- Bessel functions of fixed order (NIST 10) ---
function("j0", "-g * j1(a)", closed="besselj(0, a)")
function("j1", "0.5 * g * (j0(a) - jv(2, a))", closed="besselj(1, a)")
function("y0", "-g * y1(a)", "p", at_kinks="inf at 0", closed="bessely(0, a)")
function("y1", "0.5 * g * (y0(a) - yv(2, a))", "p", at_kinks="inf at 0", closed="bessely(1, a)")
function("i0", "g * i1(a)", prim="special.i0", closed="besseli(0, a)")
function("i1", "0.5 * g * (special.i0(a) + iv(2, a))", closed="besseli(1, a)")
function("i0e", "g * (i1e(a) - sign(a) * y)", at_kinks="0 at 0",
         closed="exp(-abs(a)) * besseli(0, a)")
function("i1e", "g * (0.5 * (i0e(a) + ive(2, a)) - sign(a) * y)", at_kinks="1/2 at 0",
         closed="exp(-abs(a)) * besseli(1, a)")
function("k0", "-g * k1(a)", "p", at_kinks="-inf at 0", closed="besselk(0, a)")
function("k1", "-g * (k0(a) + divide(y, a))", "p", at_kinks="-inf at 0", closed="besselk(1, a)")
function("k0e", "g * (y - k1e(a))", "p", at_kinks="-inf at 0", closed="exp(a) * besselk(0, a)")
function("k1e", "g * (y - k0e(a) - divide(y, a))", "p", at_kinks="-inf at 0",
         closed="exp(a) * besselk(1, a)")

# --- complete elliptic integrals (NIST 19.4, as the hypergeometric functions of 19.5) ---
function("ellipk", "0.39269908169872414 * g * hyp2f1(1.5, 1.5, 2.0, a)", "u", at_kinks="inf at 1",
         closed="elliptic_k(a)")
function("ellipkm1", "-0.39269908169872414 * g * divide(hyp2f1(0.5, 0.5, 2.0, 1.0 - a), a)", "u",
         at_kinks="-inf at 0", closed="elliptic_k(1 - a)")
function("ellipe", "-0.39269908169872414 * g * hyp2f1(0.5, 1.5, 2.0, a)", "u", at_kinks="-inf at 1",
         closed="elliptic_e(a)")
# fmt: on


@printed
def _rgamma_slope(x):
    """Return the derivative of ``1 / gamma(x)``; below 1 by reflection, which has no poles."""
    right = -scipy.special.psi(x) * scipy.special.rgamma(x)
    wave = np.cos(np.pi * x) - np.sin(np.pi * x) * scipy.special.psi(1.0 - x) / np.pi
    return np.where(x > 0.5, right, scipy.special.gamma(1.0 - x) * wave)


function(
    "rgamma",
    "g * _rgamma_slope(a)",
    closed="1 / gamma(a)",
    samples=("scipy.special.rgamma(np.array([p, 0.0, -1.0, -3.0]))",),
)


def complex_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a type of complex numbers in the shape of the argument."""
    t: Type = INEXACT(inputs, attrs)
    name = "complex64" if t.dtype == "complex64" else "complex128"
    return scalar(name) if t.is_scalar else Type(t.kind, name, t.shape)


def lambert_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return double complex numbers, also for single precision."""
    t = complex_type(inputs, attrs)
    return scalar("complex128") if t.is_scalar else Type(t.kind, "complex128", t.shape)


def factorial_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return doubles for arrays; a number keeps its precision."""
    t: Type = INEXACT(inputs, attrs)
    return t if t.is_scalar else Type(t.kind, "float64", t.shape)


# fmt: off
rule("factorial", factorial_type, callables=["scipy.special.factorial"], elementwise=True,
     params="n, exact=False, extend='zero'", closed="gamma(a + 1)",
     adjoint=("where(a < 0.0, 0.0, g * y * psi(a + 1.0))",),
     at_kinks="0 below 0",
     samples=("scipy.special.factorial(p3)", "scipy.special.factorial(p)",
              "scipy.special.factorial(pf3)",
              "p3 * scipy.special.factorial(j3)", "p * scipy.special.factorial(n, exact=True)"))
rule("wofz", complex_type, callables=["scipy.special.wofz"], params="x, /", elementwise=True,
     adjoint=("-g * (1.1283791670955126j + 2.0 * a * y)",), of_complex="analytic",
     unproved="its derivative is not real on the real axis: differences, complex step",
     tangent=_wofz_tangent, samples=("scipy.special.wofz(x3).real", "scipy.special.wofz(x).imag",
              "np.abs(scipy.special.wofz(x3 + 1j * p3))"))
rule("lambertw", lambert_type, callables=["scipy.special.lambertw"], elementwise=True,
     params="z, k=0, tol=1e-8", adjoint=("divide(g * exp(-y), 1.0 + y)",), of_complex="analytic",
     closed="lambertw(a)",
     at_kinks="1 at 0; inf at the branch point -1/e",
     samples=("scipy.special.lambertw(p3).real", "scipy.special.lambertw(p).real",
              "scipy.special.lambertw(-0.3 * u3, -1).real",
              "scipy.special.lambertw(0.0 * x3, k=0).real", "scipy.special.lambertw(x).imag",
              "scipy.special.lambertw(pf3, 1).imag"))
# fmt: on
