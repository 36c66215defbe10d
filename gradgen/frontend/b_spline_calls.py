"""B-splines of ``scipy.interpolate``: objects that hold knots and coefficients."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.bindings import call_rule
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.interpolation_calls import given_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.values import Frozen, Record, Static, is_static, plain, static_value
from gradgen.library import b_splines, splines
from gradgen.rules.registry import RULES

SPLINE = "(t, c, k=None, extrapolate=True, axis=0)"
MAKE = "(x, y, k=3, t=None, bc_type=None, axis=0, check_finite=True)"
ENDS = {None: None, "not-a-knot": None, "natural": "natural", "clamped": "clamped"}


def _spline_of(r: Reader, node: ast.AST, t: Any, c: Any, k: int, axis: int, beyond: Any) -> Any:
    """Return a spline: its knots, coefficients, degree, and what evaluates it."""
    held = [t, c, plain(k), plain(axis), Static(beyond)]
    value = from_library(r, node, b_splines.evaluation, held, {})
    return Record(Frozen, {"t": t, "c": c, "k": plain(k), "__call__": value})


def _axis_of(r: Reader, node: ast.AST, value: Any, axis: int) -> int:
    rank = r.read(value).type.rank
    if rank is None and axis:
        r.refuse(node, "a spline along an axis of values of unknown rank", "give example arguments")
    return axis % max(rank or 1, 1)


@special("scipy.interpolate.BSpline")
def _b_spline(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a B-spline as its coefficients; the knots are held constant."""
    given = given_of(r, node, SPLINE, args, kwargs)
    if not isinstance(given["k"], int):
        r.refuse(node, "a B-spline without its degree", "give k=")
    t, c = (r.hold(as_value(r, given[name], node)) for name in "tc")
    axis = _axis_of(r, node, c, given["axis"])
    c = from_library(r, node, splines.moved, [c, plain(axis)], {})
    return _spline_of(r, node, t, c, given["k"], axis, given["extrapolate"])


@special("scipy.interpolate.make_interp_spline")
def _through(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the spline through values as coefficients, linear in them; the knots are constant."""
    given = given_of(r, node, MAKE, args, kwargs)
    k, bc = given["k"], given["bc_type"]
    if given["t"] is not None or not (bc is None or isinstance(bc, str)) or bc not in ENDS:
        what = f"scipy.interpolate.make_interp_spline with bc_type={bc!r}"
        what = what if given["t"] is None else what.replace(f"bc_type={bc!r}", "t=")
        r.refuse(node, what, "leave it out, or use scipy.interpolate.CubicSpline")
    ends = ENDS[bc]
    if k < 1 or (ends and k != 3):
        r.refuse(node, f"scipy.interpolate.make_interp_spline with k={k} here", "use k=3")
    y = r.hold(as_value(r, given["y"], node))
    axis = _axis_of(r, node, y, given["axis"])
    y = from_library(r, node, splines.moved, [y, plain(axis)], {})
    x = r.hold(as_value(r, given["x"], node))
    options = {"k": plain(k)} if k != 3 else {}
    c = call_rule(r, node, RULES["coefficients_through"], [x, y],
                  {**options, **({"bc_type": Static(ends)} if ends else {})})  # fmt: skip
    t = from_library(r, node, b_splines.knots, [x, plain(k), Static(bool(ends))], {})
    return _spline_of(r, node, t, c, k, axis, True)


@special(b_splines.values_of, listed=False)
def _evaluate(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    t, c, points, k, nu, beyond = args
    options = {"k": k, **({"nu": nu} if not is_static(nu) or static_value(nu) else {})}
    if not static_value(beyond):
        options["extrapolate"] = beyond
    return call_rule(r, node, RULES["b_spline_of"], [t, c, points], options)


@special("scipy.interpolate.BSpline.__call__", listed=False)
def _evaluate_outside(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a spline that was made outside the function: its coefficients are constants."""
    from gradgen.frontend.calls import call_value

    spline = args[0].obj
    c = r.wrap(spline.c, spline, "c", node, "coefficients")
    t = r.wrap(spline.t, spline, "t", node, "knots")
    made = _spline_of(r, node, t, c, int(spline.k), spline.axis, spline.extrapolate)
    return call_value(r, node, made, args[1:], kwargs)
