"""B-splines, as ``scipy.interpolate`` has them: interpolation, and evaluation.

Both are linear in what they are given beside the knots, which are held constant (C. de Boor, "A
Practical Guide to Splines", chapters IX and X): the adjoints multiply by the values of the basis.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, array
from gradgen.rules.callables import scipy
from gradgen.rules.registry import Unknown, rule
from gradgen.rules.shapes_of import Attrs

KNOTS = Unknown("hold the knots constant; scipy.interpolate.CubicSpline has a derivative by them")


def values_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of the points, then that of a coefficient; an array in any case."""
    c, points = inputs[1].type.shape, inputs[2].type.shape
    if c is None or points is None:
        return Type("any", "float64", None)
    return array("float64", (*points, *c[1:]))


def coefficients_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return one coefficient for each value; two more where both ends have a condition."""
    shape = inputs[1].type.shape
    if not shape:
        return Type("any", "float64", None)
    return array("float64", (shape[0] + 2, *shape[1:]) if attrs.get("bc_type") else shape)


def _b_spline_to_c(g, t, c, xp, k, nu, extrapolate):
    """Cotangent of the coefficients: the values of the basis at the points, times ``g``."""
    basis = scipy.interpolate.BSpline(t, np.eye(len(c)), k, extrapolate=extrapolate)(xp, nu)
    if not extrapolate:
        basis = np.where(np.isnan(basis), 0.0, basis)
    along = tuple(range(np.ndim(xp)))
    return np.tensordot(basis, g, (along, along))


def _b_spline_to_points(g, t, c, xp, k, nu, extrapolate):
    """Cotangent of the points: the next derivative there."""
    slope = scipy.interpolate.BSpline(t, c, k, extrapolate=extrapolate)(xp, nu + 1)
    if np.ndim(c) == 1:
        return g * slope
    return np.sum(g * slope, axis=tuple(range(np.ndim(xp), np.ndim(xp) + np.ndim(c) - 1)))


def _b_spline_tangent(t_c, t_xp, t, c, xp, k, nu, extrapolate):
    """Tangent of the values of a B-spline."""
    if t_xp is not None:
        slope = scipy.interpolate.BSpline(t, c, k, extrapolate=extrapolate)(xp, nu + 1)
        moved = slope * np.reshape(t_xp, np.shape(xp) + (1,) * (np.ndim(c) - 1))
    if t_c is None:
        return moved
    changed = scipy.interpolate.BSpline(t, t_c, k, extrapolate=extrapolate)(xp, nu)
    return changed if t_xp is None else changed + moved


def _coefficients_to_values(g, x, values, k, bc_type):
    """Cotangent of the values in the coefficients of the spline through them."""
    unit = scipy.interpolate.make_interp_spline(x, np.eye(len(x)), k=k, bc_type=bc_type).c
    return np.tensordot(unit, g, ((0,), (0,)))


def _coefficients_tangent(t_values, x, values, k, bc_type):
    """Tangent of the coefficients: those of the spline through the tangents."""
    return scipy.interpolate.make_interp_spline(x, t_values, k=k, bc_type=bc_type).c


# A table: an entry is read along its lines.
# fmt: off
_SPLINE, _MAKE = "scipy.interpolate.BSpline", "scipy.interpolate.make_interp_spline"
_KNOTS = "np.array([0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 2.0])"
rule("b_spline_of", values_type, spelling=_SPLINE, form="special",
     params="t, c, xp, k=3, nu=0, extrapolate=True",
     adjoint=(KNOTS, _b_spline_to_c, _b_spline_to_points), tangent=_b_spline_tangent,
     samples=(f"{_SPLINE}({_KNOTS}, x4, 2)(2.0 * u3)", f"{_SPLINE}({_KNOTS}, x4, 2)(u, 1)",
              f"{_SPLINE}({_KNOTS}, x4, k=2, extrapolate=False)(u23)",
              f"{_SPLINE}(np.arange(5.0), x32, 1)(1.0 + u3)",
              f"{_SPLINE}(np.arange(7.0), x4, 2, 'periodic')(x23)",
              f"{_SPLINE}(np.arange(6.0), x234, 1, axis=2)(1.0 + u)"))
rule("coefficients_through", coefficients_type, spelling=_MAKE, form="special",
     params="x, values, k=3, bc_type=None",
     adjoint=(KNOTS, _coefficients_to_values), tangent=_coefficients_tangent,
     samples=(f"{_MAKE}(np.arange(5.0), x5)(3.0 * u)", f"{_MAKE}(np.arange(4.0), x4, 2)(p3, 1)",
              f"{_MAKE}(np.arange(3.0), x3, k=1)(u3)",
              f"{_MAKE}(np.arange(4.0) ** 2, x4, bc_type='natural')(p3)",
              f"{_MAKE}(np.arange(4.0), x234, bc_type='clamped', axis=-1)(p3)",
              f"{_MAKE}(np.arange(5.0), x5, axis=0).c"))
