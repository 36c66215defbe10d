"""Cubic splines and piecewise polynomials, as ``scipy.interpolate`` has them.

A cubic spline is two operations: its coefficients, which are linear in the values at the knots, and
the evaluation of a piecewise polynomial with given coefficients.  With ``s`` the slopes at the
knots, which a tridiagonal system gives (C. de Boor, "A Practical Guide to Splines", chapter IV),
the adjoint solves the transposed system.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Set
from typing import Any

import numpy as np

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Op, Value
from gradgen.ir.types import Type, array
from gradgen.rules.callables import scipy
from gradgen.rules.cubic import FREE, PERIODIC, _cubic_coefficients
from gradgen.rules.registry import Written, printed, rule
from gradgen.rules.shapes_of import Attrs


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


def conditions_of(op: Op) -> tuple[tuple[int, Any], tuple[int, Any]]:
    """Return the conditions at both ends, as ``rules.cubic`` has them."""
    bc_type = op.attrs.get("bc_type", "not-a-knot")
    both = (bc_type, bc_type) if isinstance(bc_type, str) else bc_type
    orders = {"clamped": 1, "natural": 2, "not-a-knot": FREE, "periodic": PERIODIC}
    first, last = ((orders[c], 0.0) if isinstance(c, str) else tuple(c) for c in both)
    return first, last


def names_of(op: Op) -> tuple[str, str]:
    """Return the names of the conditions at both ends: a given slope is as a slope of 0."""
    names = {1: "clamped", 2: "natural", FREE: "not-a-knot", PERIODIC: "periodic"}
    first, last = conditions_of(op)
    return names[first[0]], names[last[0]]


def spline_written_out(op: Op, varied: Set[Value]) -> tuple[Written, dict[str, Any]] | None:
    """Have the system for the slopes written out, where its matrix varies or is a cyclic one."""
    first, last = conditions_of(op)
    by_knots = op.inputs[0] in varied
    if not by_knots and not (first[0] == PERIODIC and op.inputs[1] in varied):
        return None
    if op.inputs[1].type.rank is None:
        return None
    return _cubic_coefficients, {"first": first, "last": last}


def spline_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Solve the transposed system; by knots that vary, it is written out."""
    first, last = names_of(op)
    _require_known(alg, op, i == 0 or first == "periodic")
    return alg.written(_spline_to_values, op, op.inputs[1].type, g=g, first=first, last=last)


def spline_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Return the coefficients of the tangents; slopes that are given have none."""
    ends = names_of(op)
    _require_known(alg, op, tangents[0] is not None or ends[0] == "periodic")
    assert tangents[1] is not None
    attrs: dict[str, Any] = {} if ends == ("not-a-knot", "not-a-knot") else {"bc_type": ends}
    return alg.emit("spline", op.inputs[0], tangents[1], **attrs)


def _require_known(alg: Algebra, op: Op, refused: bool) -> None:
    if refused:
        alg.refuse(op, "a spline by its knots, or a periodic one, of values of unknown rank",
                   "give example arguments")  # fmt: skip


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
    at = _piece_of(knots, points)
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


@printed
def _pieces_to_knots(g, c, knots, xp, nu, extrapolate):
    """Cotangent of the knots: each piece moves with the one that it begins at."""
    slope = scipy.interpolate.PPoly(c, knots, extrapolate=extrapolate)(xp, nu + 1)
    moved = np.sum(np.reshape(g * slope, (np.size(xp), -1)), axis=1)
    d_knots = np.zeros(len(knots))
    np.add.at(d_knots, _piece_of(knots, np.ravel(xp)), -moved)
    return d_knots


def _piece_of(knots, points):
    """Return the number of the piece in which a point is; outside, that of the nearest."""
    sign = 1.0 if knots[-1] >= knots[0] else -1.0
    at = np.searchsorted(sign * knots, sign * points, side="right") - 1
    return np.clip(at, 0, len(knots) - 2)


def _pieces_tangent(t_c, t_knots, t_xp, c, knots, xp, nu, extrapolate):
    """Tangent of values of a piecewise polynomial."""
    way = t_xp
    if t_knots is not None:
        began = t_knots[_piece_of(knots, xp)]
        way = -began if t_xp is None else t_xp - began
    if way is not None:
        slope = scipy.interpolate.PPoly(c, knots, extrapolate=extrapolate)(xp, nu + 1)
        moved = slope * np.reshape(way, np.shape(xp) + (1,) * (np.ndim(c) - 2))
    if t_c is None:
        return moved
    changed = scipy.interpolate.PPoly(t_c, knots, extrapolate=extrapolate)(xp, nu)
    return changed if way is None else changed + moved


# A table: an entry is read along its lines.
# fmt: off
_CUBIC = "scipy.interpolate.CubicSpline"
rule("spline", spline_type, spelling=_CUBIC, form="special", params="x, values, bc_type=not-a-knot",
     vjp=spline_vjp, jvp=spline_jvp, written_out=spline_written_out,
     samples=(f"{_CUBIC}(np.arange(5.0), x5)(3.0 * u)",
              f"{_CUBIC}(np.array([0.0, 1.0, 2.5]), x3)(u3)",
              f"{_CUBIC}(np.arange(4.0), x4, bc_type='natural')(p23)",
              f"{_CUBIC}(np.array([0.1, 0.5]), x23, axis=0)(u)",
              f"{_CUBIC}(np.arange(5.0) ** 2, x5, bc_type=('clamped', (2, 0.3)))(o3)",
              f"{_CUBIC}(np.arange(4.0), x234, axis=-1)(p3, 1)",
              f"{_CUBIC}(np.arange(3.0), x234, axis=1, bc_type='clamped')(p23)",
              f"{_CUBIC}(np.arange(4.0), x4, extrapolate=False)(0.5 * p3, nu=2)",
              f"{_CUBIC}(np.arange(5.0), x5).derivative()(p3)", f"{_CUBIC}(np.arange(4.0), x4).c",
              f"{_CUBIC}(np.arange(4.0), [0.0, 2.0, 1.0, 0.0], bc_type='periodic')(x3)",
              f"{_CUBIC}(np.cumsum(p5), x5)(3.0 * u)", f"{_CUBIC}(np.cumsum(p4), x4, axis=0)(p23)",
              f"{_CUBIC}(np.cumsum(p3), x3)(u3)", f"{_CUBIC}(np.cumsum(p3)[:2], x3[:2])(u3)",
              f"{_CUBIC}(np.cumsum(p4), x234, axis=-1, bc_type='natural')(p3)",
              f"{_CUBIC}(np.cumsum(p4), x4, bc_type=((2, 0.3), 'clamped'))(p3, 1)",
              f"{_CUBIC}(np.arange(4.0), x4, bc_type=((1, x), (2, y)))(p3)",
              f"{_CUBIC}(np.cumsum(p4), x234, -1, ('not-a-knot', (1, x23)), False)(p)",
              f"{_CUBIC}(np.cumsum(p4), np.append(x3, x3[0]), bc_type='periodic')(y3)",
              f"{_CUBIC}(np.arange(5.0), np.append(x4, x4[0]), bc_type='periodic')(y3)",
              f"{_CUBIC}(np.cumsum(p3), np.append(x3[:2], x3[0]), bc_type='periodic')(y3)"))
rule("pieces_of", pieces_type, spelling="scipy.interpolate.PPoly", form="special",
     params="c, knots, xp, nu=0, extrapolate=True",
     adjoint=(_pieces_to_c, _pieces_to_knots, _pieces_to_points), tangent=_pieces_tangent,
     samples=("scipy.interpolate.PPoly(x32, np.array([0.0, 1.0, 2.0]))(o3)",
              "scipy.interpolate.PPoly(x23, np.array([2.0, 1.5, 1.0, 0.0]))(u)",
              "scipy.interpolate.PPoly(x32, np.arange(3.0), extrapolate='periodic')(y3)",
              "scipy.interpolate.PPoly(x234, np.arange(4.0))(p23, 1)",
              "scipy.interpolate.PPoly(x234, np.cumsum(p4))(x23)",
              "scipy.interpolate.PPoly(x32, -np.cumsum(p3))(x)"))
