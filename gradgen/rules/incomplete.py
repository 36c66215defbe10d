"""Incomplete gamma and beta functions and their inverses.

By their shapes there is no closed form.  The integral of the density's derivative is taken on the
side of the argument where the integrand has one sign, so that nothing cancels: the first terms of
the power series, then Gaussian nodes over the exponential of a concave function for the rest.  It
is good to 1e-11 for shapes from 0.01 to 1000; rounding grows with them, and with their quotient.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.rules.callables import scipy
from gradgen.rules.helpers import _stop_gradient
from gradgen.rules.registry import printed
from gradgen.rules.special_pairs import function


@printed
def _gammainc_slope(a, x):
    """Return the derivative by ``a`` of ``scipy.special.gammainc(a, x)``."""
    ends = (x <= 0.0) | (x == np.inf)
    x = np.where(ends, 1.0, x)
    log_x = np.log(x)
    gap = log_x - scipy.special.psi(a + 1.0)  # negative below, where the series is taken
    term = np.exp(a * log_x - x - scipy.special.gammaln(a + 1.0))
    below = np.where(gap < 0.0, 1.0, 0.0)
    total, c = 0.0 * term, a + 0.0 * x
    for _ in range(8):
        total = total + below * term * gap
        c = c + below
        term = term * np.where(below > 0.0, x / (c + 1.0 - below), 1.0)
        gap = gap - below / (c + 1.0 - below)
    reach = _stop_gradient(_gammainc_reach(c, x, below))
    nodes, weights = np.polynomial.legendre.leggauss(48)
    t = np.expand_dims((0.5 - below) * reach, -1) * (1.0 + nodes)  # the log of a quotient by x
    c, gap = np.expand_dims(c, -1), np.expand_dims(gap, -1)
    weight = np.exp(c * t - np.expand_dims(x, -1) * np.expm1(t)) * (c * (gap + t) + 1.0)
    total = total + (below - 0.5) * reach * term * (weight @ weights)
    return np.where(ends, 0.0, total)


def _gammainc_reach(c, x, below):
    """Return where the integrand is 1e-18 of what it is at the end."""
    far = 42.0 / np.maximum(np.abs(x - c), 1e-300)
    ratio = 42.0 / np.maximum(x, 1e-300)
    down = 0.5 * ratio + np.sqrt(0.25 * ratio * ratio + 2.0 * ratio)
    up = np.log1p(ratio + np.sqrt(2.0 * ratio))
    return np.minimum(far, np.where(below > 0.0, down, up))


@printed
def _betainc_slope(a, b, x, y):
    """Return the derivative by ``a`` of ``scipy.special.betainc(a, b, x)``; ``y`` is ``1 - x``."""
    ends = (x <= 0.0) | (y <= 0.0)
    x, y = np.where(ends, 0.5, x), np.where(ends, 0.5, y)
    log_x = np.where(y < 0.5, np.log1p(-np.minimum(y, 0.5)), np.log(x))
    log_y = np.where(x < 0.5, np.log1p(-np.minimum(x, 0.5)), np.log(y))
    slope_a, slope_b = scipy.special.psi(a + 1.0), scipy.special.psi(a + b + 1.0)
    below = np.where(log_x < slope_a - slope_b, 1.0, 0.0)
    c, d = np.where(below > 0.0, a, b), np.where(below > 0.0, b, a)
    z, w = np.where(below > 0.0, x, y), np.where(below > 0.0, y, x)
    term = np.exp(a * log_x + b * log_y - scipy.special.betaln(a, b)) / c
    gap = log_x + scipy.special.psi(a + b) - scipy.special.psi(a + below)
    total = 0.0 * term
    for _ in range(8):
        total = total + term * gap
        gap = gap + 1.0 / (c + d) - below / (c + 1.0)
        term = term * z * (c + d) / (c + 1.0)
        c = c + 1.0
    reach = _stop_gradient(_betainc_reach(c, d, z, w))
    nodes, weights = np.polynomial.legendre.leggauss(48)
    t = np.expand_dims(0.5 * reach, -1) * (1.0 + nodes)  # how far the logit is from that of x
    c, d, gap = np.expand_dims(c, -1), np.expand_dims(d, -1), np.expand_dims(gap, -1)
    after = 1.0 - np.expand_dims(below, -1)
    grown = np.log1p(np.expand_dims(w, -1) * np.expm1(t))
    more = c * (gap + after * t - grown) + 1.0 - after
    rest = 0.5 * reach * term * ((np.exp(d * t - (c + d) * grown) * more) @ weights)
    return np.where(ends, 0.0, (2.0 * below - 1.0) * (total + rest))


def _betainc_reach(c, d, z, w):
    """Return where the integrand is 1e-18 of what it is at the end."""
    bend = np.maximum((c + d) * w * z, 1e-300)
    slope = np.maximum((c + d) * w - d, 1e-300)
    near = 21.0 / bend + np.sqrt((21.0 / bend) ** 2 + 84.0 / bend)
    return np.minimum(np.minimum(near, 42.0 / slope), (42.0 - (c + d) * np.log(w)) / c)


@printed
def _stdtr_slope(n, t):
    """Return the derivative by ``n`` of ``scipy.special.stdtr(n, t)``: by an incomplete beta."""
    inside = (np.abs(t) > 0.0) & (np.abs(t) < np.inf)
    square = np.where(inside, t, 1.0) ** 2
    z, y = n / (n + square), square / (n + square)
    shift = np.exp(0.5 * n * np.log(z) + 0.5 * np.log(y) - scipy.special.betaln(0.5 * n, 0.5)) / n
    slope = 0.5 * _betainc_slope(0.5 * n, 0.5, z, y) + shift
    return np.where(inside, -0.5 * np.sign(t) * slope, 0.0)


INVERSE = "an inverse: its derivative is one over that of its function, which is proved"
# A table: an entry is read along its lines.
# fmt: off
_GAMMA_DENSITY = "exp(xlogy(a - 1.0, b) - b - gammaln(a))"
_GAMMA_INVERSE = "exp(gammaln(a) + y - xlogy(a - 1.0, y))"
_BY_SHAPE = f"-g * _gammainc_slope(a, y) * {_GAMMA_INVERSE}"
function("gammainc", ("g * _gammainc_slope(a, b)", f"g * {_GAMMA_DENSITY}"), "op",
         ("1.7, p3", "n, p3"), at_kinks="the limit at 0",
         closed="lowergamma(a, b) / gamma(a)")
function("gammaincc", ("-g * _gammainc_slope(a, b)", f"-g * {_GAMMA_DENSITY}"), "op",
         ("1.7, p3", "n, p"), at_kinks="the limit at 0",
         closed="uppergamma(a, b) / gamma(a)")
function("gammaincinv", (_BY_SHAPE, f"g * {_GAMMA_INVERSE}"), "ou", ("1.7, u3", "j3, u"),
         at_kinks="inf at the ends", unproved=INVERSE)
function("gammainccinv", (_BY_SHAPE, f"-g * {_GAMMA_INVERSE}"), "ou", ("1.7, u3", "j3, u"),
         at_kinks="inf at the ends", unproved=INVERSE)
_CHI_DENSITY = "exp(xlogy(0.5 * a - 1.0, 0.5 * b) - 0.5 * b - gammaln(0.5 * a))"
_BY_DEGREES = "0.5 * g * _gammainc_slope(0.5 * a, 0.5 * b)"
function("chdtr", (_BY_DEGREES, f"0.5 * g * {_CHI_DENSITY}"), "op", ("3.0, p3", "j3, p"),
         closed="lowergamma(0.5 * a, 0.5 * b) / gamma(0.5 * a)")
function("chdtrc", (f"-{_BY_DEGREES}", f"-0.5 * g * {_CHI_DENSITY}"), "op", ("3.0, p3", "j3, p"),
         closed="uppergamma(0.5 * a, 0.5 * b) / gamma(0.5 * a)")
_T_DENSITY = ("exp(-betaln(0.5, 0.5 * a) - 0.5 * log(a) "
              "- 0.5 * (a + 1.0) * log1p(b * b / a))")
function("stdtr", ("g * _stdtr_slope(a, b)", f"g * {_T_DENSITY}"), "px", ("3.0, x3", "j3, x"),
         closed="0.5 + b * exp(-betaln(0.5, 0.5 * a)) / sqrt(a) "
                "* hyp2f1(0.5, 0.5 * a + 0.5, 1.5, -b * b / a)")
_BETA_DENSITY = "exp(xlogy(a - 1.0, {0}) + xlog1py(b - 1.0, -{0}) - betaln(a, b))"
_DENSITY, _INVERSE = _BETA_DENSITY.format("c"), _BETA_DENSITY.format("y")
_BY_A = "g * _betainc_slope(a, b, {0}, 1.0 - {0})"
_BY_B = "g * _betainc_slope(b, a, 1.0 - {0}, {0})"
function("betainc", (_BY_A.format("c"), f"-{_BY_B.format('c')}", f"g * {_DENSITY}"), "opu",
         ("1.7, 0.6, u3", "j3, 2.5, u"), at_kinks="the limits at 0 and 1",
         closed="incomplete_beta(a, b, c) * exp(-betaln(a, b))")
function("betaincc", (f"-{_BY_A.format('c')}", _BY_B.format("c"), f"-g * {_DENSITY}"), "opu",
         ("1.7, 0.6, u3", "j3, 2.5, u"), at_kinks="the limits at 0 and 1",
         closed="1 - incomplete_beta(a, b, c) * exp(-betaln(a, b))")
_BY_A, _BY_B = f"-{_BY_A.format('y')} / {_INVERSE}", f"{_BY_B.format('y')} / {_INVERSE}"
function("betaincinv", (_BY_A, _BY_B, f"divide(g, {_INVERSE})"), "opu",
         ("1.7, 0.6, u3", "j3, 2.5, u"), at_kinks="inf at the ends", unproved=INVERSE)
function("betainccinv", (_BY_A, _BY_B, f"-divide(g, {_INVERSE})"), "opu",
         ("1.7, 0.6, u3", "j3, 2.5, u"), at_kinks="inf at the ends", unproved=INVERSE)
# fmt: on
