"""Cubic splines and piecewise polynomials, as ``scipy.interpolate`` has them.

A cubic spline is two operations: its coefficients, which are linear in the values at the knots, and
the evaluation of a piecewise polynomial with given coefficients.  With ``s`` the slopes at the
knots, which a tridiagonal system gives (C. de Boor, "A Practical Guide to Splines", chapter IV),
the adjoint solves the transposed system.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Op, Value
from gradgen.ir.types import Type, array
from gradgen.rules.callables import scipy
from gradgen.rules.registry import Unknown, printed, rule
from gradgen.rules.shapes_of import Attrs

KNOTS = Unknown("hold the knots constant")


def spline_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return four coefficients for each piece."""
    shape = inputs[1].type.shape
    if not shape:
        return Type("any", "float64", None)
    return array("float64", (4, shape[0] + -1, *shape[1:]))


def pieces_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of the points, then that of what is interpolated; an array in any case."""
    c, points = inputs[0].type.shape, inputs[2].type.shape
    if c is None or points is None:
        return Type("any", "float64", None)
    return array("float64", (*points, *c[2:]))


# --- coefficients of a spline -----------------------------------------------------------------


@printed
def _spline_end(condition, count, near, far):
    """Return an end's row of the system for the slopes, and the weights of the chords in it.

    ``near`` and ``far`` are the lengths of the last piece and of the one before it.
    """
    if condition == "not-a-knot":
        if count == 2:
            return 1.0, 0.0, 1.0, 0.0
        both = near + far
        return far, both, (near + 2.0 * both) * far / both, near * near / both
    if condition == "natural":
        return 2.0 * near, near, 3.0 * near, 0.0
    return 1.0, 0.0, 0.0, 0.0


@printed
def _spline_to_values(g, x, values, first, last):
    """Cotangent of the values at the knots of ``scipy.interpolate.CubicSpline(x, y)``."""
    n, dx = len(x), np.diff(x)
    h = np.reshape(dx, (n - 1,) + (1,) * (np.ndim(values) - 1))
    left = _spline_end(first, n, dx[0], dx[min(1, n - 2)])
    right = _spline_end(last, n, dx[-1], dx[max(-2, 1 - n)])
    if n == 3 and first == last == "not-a-knot":
        left, right = (1.0, 1.0, 2.0, 0.0), (1.0, 1.0, 2.0, 0.0)
    bands = np.zeros((3, n))
    bands[1, 1:-1] = 2.0 * (dx[:-1] + dx[1:])
    bands[0, 1:-1], bands[2, 1:-1] = dx[1:], dx[:-1]
    bands[1, 0], bands[2, 0], bands[1, -1], bands[0, -1] = left[0], left[1], right[0], right[1]
    d_bend = g[0] / h - g[1]
    d_chord = (g[1] - 2.0 * d_bend) / h
    d_slope = np.zeros(np.shape(values))
    d_slope[:-1] = g[2] - (g[1] - d_bend) / h
    d_slope[1:] += d_bend / h
    rows = scipy.linalg.solve_banded((1, 1), bands, np.reshape(d_slope, (n, -1)))
    back = np.reshape(rows, np.shape(values))
    d_chord[:-1] += 3.0 * h[1:] * back[1:-1]
    d_chord[1:] += 3.0 * h[:-1] * back[1:-1]
    d_chord[0] += left[2] * back[0]
    d_chord[-1] += right[2] * back[-1]
    d_chord[min(1, n - 2)] += left[3] * back[0]
    d_chord[max(-2, 1 - n)] += right[3] * back[-1]
    d_y = np.zeros(np.shape(values))
    d_y[:-1] = g[3] - d_chord / h
    d_y[1:] += d_chord / h
    return d_y


def ends_of(bc_type: Any) -> tuple[str, str]:
    """Return the names of the conditions at both ends: a given slope is as a slope of 0."""
    both = (bc_type, bc_type) if isinstance(bc_type, str) else bc_type
    names = [c if isinstance(c, str) else {1: "clamped", 2: "natural"}[c[0]] for c in both]
    return names[0], names[1]


def spline_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Solve the transposed system."""
    first, last = ends_of(op.attrs.get("bc_type", "not-a-knot"))
    _check(alg, op, i == 0, first)
    return alg.written(_spline_to_values, op, op.inputs[1].type, g=g, first=first, last=last)


def spline_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Return the coefficients of the tangents; slopes that are given have none."""
    ends = ends_of(op.attrs.get("bc_type", "not-a-knot"))
    _check(alg, op, tangents[0] is not None, ends[0])
    assert tangents[1] is not None
    attrs: dict[str, Any] = {} if ends == ("not-a-knot", "not-a-knot") else {"bc_type": ends}
    if ends[0] == "periodic":
        attrs = {"bc_type": "periodic"}
    return alg.emit("spline", op.inputs[0], tangents[1], **attrs)


def _check(alg: Algebra, op: Op, by_knots: bool, first: str) -> None:
    if by_knots:
        alg.refuse(op, "a spline by its knots", "hold the knots constant")
    if first == "periodic" and op.inputs[1].type.shape is not None:
        alg.refuse(op, "a periodic spline by its values", "hold the values constant")


# --- evaluation -------------------------------------------------------------------------------


def _pieces_to_points(g, c, knots, xp, nu, extrapolate):
    """Cotangent of the points: the next derivative there."""
    slope = scipy.interpolate.PPoly(c, knots, extrapolate=extrapolate)(xp, nu + 1)
    if np.ndim(c) == 2:
        return g * slope
    return np.sum(g * slope, axis=tuple(range(np.ndim(xp), np.ndim(xp) + np.ndim(c) - 2)))


@printed
def _pieces_to_c(g, c, knots, xp, nu, extrapolate):
    """Cotangent of the coefficients of a piecewise polynomial: powers of the way into a piece."""
    points = np.ravel(xp)
    sign = 1.0 if knots[-1] >= knots[0] else -1.0
    at = np.clip(np.searchsorted(sign * knots, sign * points, side="right") - 1, 0, len(knots) - 2)
    inside = (points >= min(knots[0], knots[-1])) & (points <= max(knots[0], knots[-1]))
    way = np.reshape(points - knots[at], (-1,) + (1,) * (np.ndim(c) - 2))
    g = np.reshape(g, (len(points), *np.shape(c)[2:]))
    counts = np.ones(len(points)) if extrapolate else np.where(inside, 1.0, 0.0)
    g = g * np.reshape(counts, np.shape(way))
    d_c = np.zeros(np.shape(c))
    for power in range(nu, len(c)):
        factor = 1.0
        for k in range(nu):
            factor *= power - k
        np.add.at(d_c[len(c) - 1 - power], at, factor * way ** (power - nu) * g)
    return d_c


def _pieces_tangent(t_c, t_xp, c, knots, xp, nu, extrapolate):
    """Tangent of values of a piecewise polynomial."""
    if t_xp is not None:
        slope = scipy.interpolate.PPoly(c, knots, extrapolate=extrapolate)(xp, nu + 1)
        moved = slope * np.reshape(t_xp, np.shape(xp) + (1,) * (np.ndim(c) - 2))
    if t_c is None:
        return moved
    changed = scipy.interpolate.PPoly(t_c, knots, extrapolate=extrapolate)(xp, nu)
    return changed if t_xp is None else changed + moved


# A table: an entry is read along its lines.
# fmt: off
_CUBIC = "scipy.interpolate.CubicSpline"
rule("spline", spline_type, spelling=_CUBIC, form="special", params="x, values, bc_type=not-a-knot",
     vjp=spline_vjp, jvp=spline_jvp,
     samples=(f"{_CUBIC}(np.arange(5.0), x5)(3.0 * u)",
              f"{_CUBIC}(np.array([0.0, 1.0, 2.5]), x3)(u3)",
              f"{_CUBIC}(np.arange(4.0), x4, bc_type='natural')(p23)",
              f"{_CUBIC}(np.array([0.1, 0.5]), x23, axis=0)(u)",
              f"{_CUBIC}(np.arange(5.0) ** 2, x5, bc_type=('clamped', (2, 0.3)))(o3)",
              f"{_CUBIC}(np.arange(4.0), x234, axis=-1)(p3, 1)",
              f"{_CUBIC}(np.arange(3.0), x234, axis=1, bc_type='clamped')(p23)",
              f"{_CUBIC}(np.arange(4.0), x4, extrapolate=False)(0.5 * p3, nu=2)",
              f"{_CUBIC}(np.arange(5.0), x5).derivative()(p3)", f"{_CUBIC}(np.arange(4.0), x4).c",
              f"{_CUBIC}(np.arange(4.0), [0.0, 2.0, 1.0, 0.0], bc_type='periodic')(x3)"))
rule("pieces_of", pieces_type, spelling="scipy.interpolate.PPoly", form="special",
     params="c, knots, xp, nu=0, extrapolate=True",
     adjoint=(_pieces_to_c, KNOTS, _pieces_to_points), tangent=_pieces_tangent,
     samples=("scipy.interpolate.PPoly(x32, np.array([0.0, 1.0, 2.0]))(o3)",
              "scipy.interpolate.PPoly(x23, np.array([2.0, 1.5, 1.0, 0.0]))(u)",
              "scipy.interpolate.PPoly(x32, np.arange(3.0), extrapolate='periodic')(y3)",
              "scipy.interpolate.PPoly(x234, np.arange(4.0))(p23, 1)"))
