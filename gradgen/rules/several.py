"""Elementwise functions with several results, and those that look things up in tables."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, broadcast, promote, scalar
from gradgen.rules.complexes import is_complex
from gradgen.rules.elementwise import NP_INEXACT, NP_SAME, PYTHON_FLOAT
from gradgen.rules.helpers import _unbroadcast
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs, elementwise, length_of, of_shape, refuse_unless

PLACES, PYTHON_INT = elementwise("int64", weak=False), elementwise("int64", weak=True)


def both(one: Any, two: Any) -> Any:
    """Return the type rule of two results."""
    return lambda inputs, attrs: [one(inputs, attrs), two(inputs, attrs)]


def exponent_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return 32-bit integers of the input's shape."""
    return elementwise("int32", weak=False)(inputs, attrs)


def _frexp_to_x(d_mantissa, exponent):
    """Cotangent of ``x`` in ``mantissa, exponent = frexp(x)``."""
    return 0.0 if d_mantissa is None else np.ldexp(d_mantissa, -exponent)


def _frexp_tangent(t_x, exponent):
    """Tangents of mantissa and exponent."""
    return np.ldexp(t_x, -exponent), None


def _modf_to_x(d_fraction):
    """Cotangent of ``x`` in ``fraction, whole = modf(x)``."""
    return 0.0 if d_fraction is None else d_fraction


def _modf_tangent(t_x):
    """Tangents of fraction and whole part."""
    return t_x, None


def _divmod_to_x1(d_remainder):
    """Cotangent of the dividend in ``quotient, remainder = np.divmod(x1, x2)``."""
    return 0.0 if d_remainder is None else d_remainder


def _divmod_to_x2(d_remainder, quotient):
    """Cotangent of the divisor."""
    return 0.0 if d_remainder is None else -d_remainder * quotient


def _divmod_tangent(t_x1, t_x2, quotient):
    """Tangents of quotient and remainder."""
    if t_x2 is None:
        return None, t_x1
    return None, -quotient * t_x2 if t_x1 is None else t_x1 - quotient * t_x2


# A table: an entry is read along its lines.
# fmt: off
_FREXP: dict[str, Any] = {"params": "x, /", "outputs": ("mantissa", "exponent"),
                          "adjoint": (_frexp_to_x,), "tangent": _frexp_tangent,
                          "elementwise": True, "at_kinks": "jumps ignored"}
rule("frexp", both(NP_INEXACT, exponent_type), callables=["np.frexp"], **_FREXP,
     samples=("np.frexp(x3)[0]", "np.frexp(x)[0]", "np.frexp(of3)[0]", "np.frexp(x0)[0]",
              "np.frexp(x23)[0] * 2.0 ** np.frexp(x23)[1]"))
rule("math.frexp", both(PYTHON_FLOAT, PYTHON_INT), callables=["math.frexp"], **_FREXP,
     samples=("math.frexp(x)[0]",))
_MODF: dict[str, Any] = {"params": "x, /", "outputs": ("fraction", "whole"),
                         "adjoint": (_modf_to_x,), "tangent": _modf_tangent,
                         "elementwise": True, "at_kinks": "jumps ignored"}
rule("modf", both(NP_INEXACT, NP_INEXACT), callables=["np.modf"], **_MODF,
     samples=("np.modf(3.0 * x3)[0]", "np.modf(x)[0]", "np.modf(x3 + 0.2)[1] * x3",
              "np.modf(xf3)[0]"))
rule("math.modf", both(PYTHON_FLOAT, PYTHON_FLOAT), callables=["math.modf"], **_MODF,
     samples=("math.modf(3.3 * x)[0]", "math.modf(3.3 * x)[1] * x"))
rule("np.divmod", both(NP_SAME, NP_SAME), callables=["np.divmod"], params="x1, x2, /",
     outputs=("quotient", "remainder"), adjoint=(_divmod_to_x1, _divmod_to_x2),
     tangent=_divmod_tangent, elementwise=True, at_kinks="as between jumps",
     samples=("np.divmod(x23, p3)[1]", "np.divmod(x31, p)[1]", "np.divmod(x, p3)[0] * p3",
              "np.divmod(x, p)[1]"))
rule("nan_to_num", NP_SAME, callables=["np.nan_to_num"], elementwise=True, cost=1,
     params="x, copy=True, nan=0.0, posinf=None, neginf=None",
     adjoint=("where(isfinite(a), g, 0.0)",), at_kinks="0 where the entry is replaced",
     unproved="a choice by a test",
     samples=("np.nan_to_num(x23)", "np.nan_to_num(n23)", "np.nan_to_num(n23, nan=1.5)",
              "np.nan_to_num(x)", "np.nan_to_num(n23 / (n23 > 0), nan=x, posinf=y, neginf=2.0)"))
# fmt: on


# --- tables -------------------------------------------------------------------------------


def interp_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return double precision in the shape of the places, complex if the values are."""
    dtype = "complex128" if is_complex(inputs[2]) else "float64"
    return of_shape(dtype, inputs[0].type.shape)


def _segments(x, xp, period):
    """Return the knots' places in ``xp``, and for each x its segment's ends and the way along."""
    at = np.arange(len(xp))
    if period is not None:
        x, xp = x % period, xp % period
        at = np.argsort(xp)
        at = np.concatenate([at[-1:], at, at[:1]])
        xp = xp[at]
        xp[0] -= period
        xp[-1] += period
    low = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, max(len(xp) - 2, 0))
    high = np.minimum(low + 1, len(xp) - 1)
    width = xp[high] - xp[low]
    width = np.where(width == 0.0, 1.0, width)
    return at[low], at[high], (x - xp[low]) / width, width


@printed
def _interp_to_x(g, x, xp, fp, left, right, period):
    """Cotangent of the places in ``np.interp``: the slope of the segment, 0 outside."""
    low, high, way, width = _segments(x, xp, period)
    inside = (way >= 0.0) & (way <= 1.0)
    return np.where(inside, np.real(g * (fp[high] - fp[low])) / width, 0.0)


@printed
def _interp_to_xp(g, x, xp, fp, left, right, period):
    """Cotangent of the knots in ``np.interp``."""
    low, high, way, width = _segments(x, xp, period)
    inside = (way >= 0.0) & (way <= 1.0)
    share = np.where(inside, np.real(g * (fp[low] - fp[high])) / width, 0.0)
    d_xp = np.zeros(xp.shape)
    np.add.at(d_xp, low, share * (1.0 - way))
    np.add.at(d_xp, high, share * way)
    return d_xp


@printed
def _interp_to_fp(g, x, xp, fp, left, right, period):
    """Cotangent of the values at the knots in ``np.interp``."""
    low, high, way, _ = _segments(x, xp, period)
    g = np.where(way < 0.0, g if left is None else 0.0, g)
    g = np.where(way > 1.0, g if right is None else 0.0, g)
    way = np.clip(way, 0.0, 1.0)
    d_fp = np.zeros(fp.shape, g.dtype)
    np.add.at(d_fp, low, g * (1.0 - way))
    np.add.at(d_fp, high, g * way)
    return d_fp


@printed
def _interp_beyond(g, x, xp, period, right):
    """Cotangent of the value to the left of the knots in ``np.interp``, or to their right."""
    if period is not None:
        return 0.0
    return np.sum(np.where(x > xp[-1] if right else x < xp[0], g, 0.0))


def _interp_to_left(g, x, xp, period):
    """Cotangent of the value to the left of the knots in ``np.interp``."""
    return _interp_beyond(g, x, xp, period, False)


def _interp_to_right(g, x, xp, period):
    """Cotangent of the value to the right of the knots in ``np.interp``."""
    return _interp_beyond(g, x, xp, period, True)


def _interp_tangent(t_x, t_xp, t_fp, t_left, t_right, x, xp, fp, left, right, period):
    """Tangent of ``np.interp``."""
    out = _interp_inside(t_x, t_xp, t_fp, x, xp, fp, left, right, period)
    if t_left is not None and period is None:
        out = out + np.where(x < xp[0], t_left, 0.0)
    if t_right is not None and period is None:
        out = out + np.where(x > xp[-1], t_right, 0.0)
    return out


def _interp_inside(t_x, t_xp, t_fp, x, xp, fp, left, right, period):
    """Tangent of ``np.interp`` for values beyond the knots that do not move."""
    low, high, way, width = _segments(x, xp, period)
    inside = (way >= 0.0) & (way <= 1.0)
    slope = np.where(inside, (fp[high] - fp[low]) / width, 0.0)
    out = np.zeros(np.shape(x)) if t_x is None else slope * t_x
    if t_xp is not None:
        out = out - slope * ((1.0 - way) * t_xp[low] + way * t_xp[high])
    if t_fp is None:
        return out
    on = np.clip(way, 0.0, 1.0)
    t_y = (1.0 - on) * t_fp[low] + on * t_fp[high]
    t_y = np.where(way < 0.0, t_y if left is None else 0.0, t_y)
    return out + np.where(way > 1.0, t_y if right is None else 0.0, t_y)


def polyval_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of ``x``, or what it makes with those of several polynomials."""
    p, x = (v.type for v in inputs)
    dtype = promote([scalar(t.dtype) if t.dtype else t for t in (p, x)])
    if p.shape is None or x.shape is None or len(p.shape) <= 1:
        return of_shape(dtype, x.shape)
    apart = len(p.shape) - 1 >= len(x.shape)
    refuse_unless(apart, "polyval of several polynomials at more places", "add axes to p")
    return of_shape(dtype, broadcast([p.shape[1:], x.shape]))


def _exponents(p, low):
    """Return the exponents of descending powers, from ``low`` up, along the first axis of ``p``."""
    powers = np.arange(len(p) - 1, low - 1, -1)
    return powers if np.ndim(p) == 1 else np.expand_dims(powers, tuple(range(1, np.ndim(p))))


def _polyval_to_p(g, p, x):
    """Cotangent of the coefficients in ``np.polyval(p, x)``: sums of powers."""
    if np.ndim(p) == 1:
        return np.ravel(g) @ np.vander(np.ravel(x), len(p))
    return _unbroadcast(g * x ** _exponents(p, 0), p)


def _polyval_to_x(g, p, x):
    """Cotangent of the places in ``np.polyval(p, x)``: the derivative's polynomial."""
    d_x = g * np.polyval(p[:-1] * _exponents(p, 1), x)
    return d_x if np.ndim(p) == 1 else _unbroadcast(d_x, x)


def ascending_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of ``x``; coefficients are floats."""
    return polyval_type(inputs[::-1], attrs)


def _ascending_to_x(g, x, c):
    """Cotangent of the places: the derivative's polynomial."""
    return g * np.polyval((c[1:] * np.arange(1, len(c)))[::-1], x)


def _ascending_to_c(g, x, c):
    """Cotangent of the coefficients: sums of powers."""
    return np.ravel(g) @ np.vander(np.ravel(x), len(c), increasing=True)


def _ascending_tangent(t_x, t_c, x, c):
    """Tangent of a polynomial of ascending powers."""
    by_c = 0.0 if t_c is None else np.polyval(t_c[::-1], x)
    return by_c if t_x is None else by_c + _ascending_to_x(t_x, x, c)


def vander_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a matrix with a row for each entry."""
    t = inputs[0].type
    if t.shape is None:
        return Type("any", t.dtype, None)
    columns = length_of(inputs[1]) if len(inputs) > 1 else t.shape[0]
    dtype = np.promote_types(t.dtype, "int64").name if t.dtype else ""
    return of_shape(dtype, (t.shape[0], columns))


def _vander_to_x(g, y, increasing):
    """Cotangent of ``x`` in ``np.vander(x, n)``: the columns are each other's derivatives."""
    n = g.shape[1]
    if increasing:
        return np.sum(g[:, 1:] * np.arange(1, n) * y[:, :-1], axis=1)
    return np.sum(g[:, :-1] * np.arange(n - 1, 0, -1) * y[:, 1:], axis=1)


def _vander_tangent(t_x, x, y, increasing):
    """Tangent of ``np.vander``."""
    n = y.shape[1]
    powers = np.arange(n) if increasing else np.arange(n - 1, -1, -1)
    before = np.expand_dims(x, 1) ** np.maximum(powers - 1, 0)
    return np.expand_dims(t_x, 1) * powers * before


def _polyval_tangent(t_p, t_x, p, x):
    """Tangent of ``np.polyval``."""
    by_p = 0.0 if t_p is None else np.polyval(t_p, x)
    return by_p if t_x is None else by_p + t_x * np.polyval(p[:-1] * _exponents(p, 1), x)


# fmt: off
rule("interp", interp_type, callables=["np.interp"], at_kinks="at a knot the slope to its right",
     params="x, xp, fp, left?, right?, period=None", keyed=("left", "right"),
     adjoint=(_interp_to_x, _interp_to_xp, _interp_to_fp, _interp_to_left, _interp_to_right),
     tangent=_interp_tangent, of_complex="analytic",
     samples=("np.interp(u3, [0.0, 0.5, 1.0], x3 + 1j * y3).imag",
              "np.interp(x6, np.cumsum(p4) - 2.0, x4 + 1j * y4, right=0.5 + 2j).imag",
              "np.interp(c3, np.array([-1.0, -0.2, 0.3, 1.0]), x4)",
              "np.interp(x, np.sort(y5), x5)",
              "np.interp(x23, np.cumsum(p4) - 2.0, x4)",
              "np.interp(x3, np.cumsum(p4) - 1.0, x4, left=2.0)",
              "np.interp(x6, np.cumsum(p4), y4, right=0.5)", "np.interp(x0, np.cumsum(p4), y4)",
              "np.interp(5.0 * x6, np.cumsum(u4), y4, period=2.5)",
              "np.interp(x6, np.array([-0.3, 0.2, 0.4]), x3, y, p)",
              "np.interp(x23, np.array([-0.3, 0.2, 0.4]), x3, right=y)",
              "np.interp(x6, np.array([-0.3, 0.2, 0.4]), x3, None, 2.0)",
              "np.interp(x, np.array([-0.3, 0.2, 0.4]), [1.0, 2.0, 0.5], left=y * p)"))
rule("polyval", polyval_type, callables=["np.polyval"], params="p, x", of_complex="analytic",
     adjoint=(_polyval_to_p, _polyval_to_x), tangent=_polyval_tangent,
     samples=("np.polyval(x4, y)", "np.polyval(x4, y23)", "np.polyval([1.0, x, 2.0], y3)",
              "np.polyval(x1, y3)", "np.polyval(x23, y)", "np.polyval(x23, y3)",
              "np.polyval(p=x4, x=y3)", "np.polyval(xf3, yf3)",
              "np.abs(np.polyval(x4 + 1j * y4, y23 - 1j))", "np.imag(np.polyval(x4, y3 + 2j))"))
rule("vander", vander_type, callables=["np.vander"], params="x, N?, increasing=False",
     of_complex="analytic", adjoint=(_vander_to_x,), tangent=_vander_tangent,
     samples=("np.vander(x3)", "np.vander(x3, 4)", "np.vander(x3, N=2, increasing=True)",
              "np.vander(x3, increasing=True)", "np.imag(np.vander(x3 + 1j * y3, 4))"))
rule("ascending_polyval", ascending_type, spelling="np.polynomial.polynomial.polyval",
     params="x, c", adjoint=(_ascending_to_x, _ascending_to_c), tangent=_ascending_tangent,
     samples=("np.polynomial.polynomial.polyval(y, x4)",
              "np.polynomial.polynomial.polyval(y3, x4)",
              "np.polynomial.polynomial.polyval(x23, [x, y, 2.0])",
              "np.polynomial.polynomial.polyval(y3, x1)"))
