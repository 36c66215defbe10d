"""Splines and piecewise polynomials of ``scipy.interpolate``: objects that hold coefficients."""

from __future__ import annotations

import ast
import inspect
from typing import Any

from gradgen.frontend.bindings import call_rule
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.parameters import binding_error
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.values import Frozen, Record, Seq, Static, is_static, plain, static_value
from gradgen.library import interpolators, splines
from gradgen.rules.cubic import FREE, _cubic_coefficients
from gradgen.rules.registry import RULES

CUBIC = "(x, y, axis=0, bc_type='not-a-knot', extrapolate=None)"
# Conditions of an end by their names; one name stands alone for both (``periodic``).
CONDITIONS = {"clamped": 1, "natural": 2, "not-a-knot": FREE}
PIECES = "(c, x, extrapolate=None, axis=0)"


def given_of(
    r: Reader, node: ast.AST, signature: str, args: list[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return arguments by the names of a signature, options as constants."""
    spec = inspect.signature(eval(f"lambda {signature[1:-1]}: None"))
    try:
        given = dict(spec.bind(*args, **kwargs).arguments)
    except TypeError as error:
        raise binding_error(r, node, str(error)) from None
    out: dict[str, Any] = {}
    for name, parameter in spec.parameters.items():
        if parameter.default is inspect.Parameter.empty:
            out[name] = given[name]
            continue
        held = given.get(name, Static(parameter.default))
        if not is_static(held):
            r.refuse(node, f"the option {name!r} is computed", "use a constant")
        out[name] = static_value(held)
    return out


@special(splines.piecewise, listed=False)
def _piecewise(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return a piecewise polynomial: its coefficients, breakpoints and methods."""
    value = from_library(r, node, splines.evaluation, args, kwargs)
    derivative = from_library(r, node, splines.derivation, args, kwargs)
    antiderivative = from_library(r, node, splines.antiderivation, args, kwargs)
    integrate = from_library(r, node, splines.integration, args, kwargs)
    fields = {
        "c": args[0], "x": args[1], "__call__": value, "derivative": derivative,
        "antiderivative": antiderivative, "integrate": integrate,
    }  # fmt: skip
    return Record(Frozen, fields)


def _of_pieces(r: Reader, node: ast.AST, c: Any, x: Any, axis: int, beyond: Any) -> Any:
    held = Static(True if beyond is None else beyond)
    return _piecewise(r, node, [c, x, plain(axis), held], {})


@special(interpolators.refused_kind, listed=False)
def _refused_kind(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    what = f"interpolation of the kind {static_value(args[0])!r}"
    r.refuse(node, what, "use 'linear', or scipy.interpolate.CubicSpline")


def _without_computed(
    r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any], list[Any] | None]:
    """Return the arguments without conditions of the ends that are computed, and these."""
    at = kwargs.get("bc_type", args[3] if len(args) > 3 else None)
    if not isinstance(at, Seq) or is_static(at) or len(at.items) != 2:
        return args, kwargs, None
    left_out = Static("not-a-knot")
    args = [left_out if a is at else a for a in args]
    kwargs = {k: left_out if v is at else v for k, v in kwargs.items()}
    return args, kwargs, [_condition(r, node, end) for end in at.items]


def _condition(r: Reader, node: ast.AST, end: Any) -> Seq:
    """Return the condition of one end: the order of a derivative, and its value."""
    if is_static(end) and static_value(end) in CONDITIONS:
        return Seq([plain(CONDITIONS[static_value(end)]), plain(0.0)])
    order, value = end.items if isinstance(end, Seq) and len(end.items) == 2 else (end, end)
    if value is end or not is_static(order) or static_value(order) not in (1, 2):
        what = "this bc_type of scipy.interpolate.CubicSpline"
        r.refuse(node, what, "give a name or a pair (1 or 2, value) for each end")
    return Seq([order, r.hold(as_value(r, value, node))])


@special("scipy.interpolate.CubicSpline")
def _cubic_spline(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a cubic spline as coefficients, linear in the values; the knots are held constant."""
    args, kwargs, computed = _without_computed(r, node, args, kwargs)
    given = given_of(r, node, CUBIC, args, kwargs)
    y = r.hold(as_value(r, given["y"], node))
    rank = r.read(y).type.rank
    if rank is None and given["axis"]:
        r.refuse(node, "a spline along an axis of values of unknown rank", "give example arguments")
    axis = given["axis"] % max(rank or 1, 1)
    y = from_library(r, node, splines.moved, [y, plain(axis)], {})
    x = r.hold(as_value(r, given["x"], node))
    bc = given["bc_type"]
    if computed is not None:
        if rank is None:
            r.refuse(node, "a spline of values of unknown rank", "give example arguments")
        c = from_library(r, node, _cubic_coefficients, [x, y, *computed], {})
    else:
        ends = {} if bc == "not-a-knot" else {"bc_type": Static(bc)}
        c = call_rule(r, node, RULES["spline"], [x, y], ends)
    beyond = given["extrapolate"]
    if beyond is None and bc == "periodic":
        beyond = "periodic"
    return _of_pieces(r, node, c, x, axis, beyond)


@special("scipy.interpolate.PPoly")
def _pieces(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a piecewise polynomial; splines of every kind made outside are read as one."""
    given = given_of(r, node, PIECES, args, kwargs)
    if given["axis"]:
        r.refuse(node, "a piecewise polynomial along another axis", "move the axes of c")
    c, x = (r.hold(as_value(r, given[name], node)) for name in "cx")
    return _of_pieces(r, node, c, x, 0, given["extrapolate"])


@special(splines.pieces_of, listed=False)
def _evaluate(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    c, x, points, nu, beyond = args
    options = {} if static_value(beyond) else {"extrapolate": beyond}
    nus = {"nu": nu} if not is_static(nu) or static_value(nu) else {}
    return call_rule(r, node, RULES["pieces_of"], [c, x, points], {**nus, **options})


def _from_outside(r: Reader, node: ast.AST, spline: Any) -> Any:
    """Return a spline that was made outside the function: its coefficients are constants."""
    c = r.wrap(spline.c, spline, "c", node, "coefficients")
    x = r.wrap(spline.x, spline, "x", node, "breakpoints")
    return _of_pieces(r, node, c, x, spline.axis, spline.extrapolate)


@special("scipy.interpolate.RegularGridInterpolator.__call__", listed=False)
def _grid_outside(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read an interpolator that was made outside the function: its values are constants."""
    from gradgen.frontend.calls import call_value

    held = args[0].obj
    points = Seq([r.wrap(p, held, "grid", node, "points") for p in held.grid])
    values = r.wrap(held.values, held, "values", node, "values")
    fixed = [plain(v) for v in (held.method, held.bounds_error, held.fill_value)]
    reading = interpolators.regular_grid_interpolator
    made = from_library(r, node, reading, [points, values, *fixed], {})
    return call_value(r, node, made, args[1:], kwargs)


@special("scipy.interpolate.PPoly.__call__", listed=False)
def _evaluate_outside(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from gradgen.frontend.calls import call_value

    return call_value(r, node, _from_outside(r, node, args[0].obj), args[1:], kwargs)


def _method_outside(name: str) -> Any:
    def handler(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        from gradgen.frontend.calls import call_value

        spline = _from_outside(r, node, args[0].obj)
        return call_value(r, node, spline.fields[name], args[1:], kwargs)

    return handler


for _name in ("derivative", "antiderivative", "integrate"):
    special(f"scipy.interpolate.PPoly.{_name}", listed=False)(_method_outside(_name))
