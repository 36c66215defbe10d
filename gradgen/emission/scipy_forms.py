"""Printed forms of SciPy's operations on pairs of arguments, and of objects with what they hold."""

from __future__ import annotations

import ast

from gradgen.emission.forms import SPECIAL
from gradgen.emission.pieces import Expr, call, literal, options_of
from gradgen.ir.nodes import Op
from gradgen.rules.registry import RULES


def _paired(op: Op, operands: list[Expr]) -> Expr:
    """Return ``f((a, b), c)``."""
    pair = ast.Tuple(operands[:2], ast.Load())
    return call(RULES[op.prim].spelling, [pair, *operands[2:]], options_of(op))


def _spline(op: Op, operands: list[Expr]) -> Expr:
    """Return ``scipy.interpolate.CubicSpline(x, y).c``."""
    made = call(RULES[op.prim].spelling, operands, options_of(op))
    return ast.Attribute(made, "c", ast.Load())


def _pieces_of(op: Op, operands: list[Expr]) -> Expr:
    """Return ``scipy.interpolate.PPoly(c, x)(points)``."""
    options = options_of(op)
    nu = [literal(options.pop("nu"))] if options.get("nu") else []
    options.pop("nu", None)
    made = call(RULES[op.prim].spelling, operands[:2], options)
    return ast.Call(made, [operands[2], *nu], [])


def _b_spline_of(op: Op, operands: list[Expr]) -> Expr:
    """Return ``scipy.interpolate.BSpline(t, c, k)(points)``."""
    options = options_of(op)
    degree = literal(op.attrs.get("k", 3))
    nu = [literal(options.pop("nu"))] if options.get("nu") else []
    options = {key: v for key, v in options.items() if key not in ("nu", "k")}
    made = call(RULES[op.prim].spelling, [*operands[:2], degree], options)
    return ast.Call(made, [operands[2], *nu], [])


def _estimate(op: Op, operands: list[Expr]) -> Expr:
    """Return ``scipy.stats.gaussian_kde(dataset, weights=weights).logpdf(points)``."""
    made = call(RULES[op.prim].spelling, operands[:1], options_of(op))
    pairs = zip(("weights", "bw_method"), operands[2:], strict=False)
    made.keywords += [ast.keyword(name, v) for name, v in pairs]
    return ast.Call(ast.Attribute(made, op.prim.rpartition(".")[2], ast.Load()), [operands[1]], [])


def _cho_solve(op: Op, operands: list[Expr]) -> Expr:
    """Return ``scipy.linalg.cho_solve((c, lower), b)``."""
    options = options_of(op)
    pair = ast.Tuple([operands[0], literal(options.pop("lower"))], ast.Load())
    return call(RULES[op.prim].spelling, [pair, operands[1]], options)


def _odeint(op: Op, operands: list[Expr]) -> Expr:
    """Return ``scipy.integrate.odeint(f, y0, t, args=(a, b))``, with the function of the module."""
    function = ast.Name(op.attrs["callee"].spelled["plain"], ast.Load())
    options = {k: v for k, v in op.attrs.items() if k != "callee"}
    made = call(RULES[op.prim].spelling, [function, *operands[:2]], {})
    if more := operands[2:]:
        made.keywords.append(ast.keyword("args", ast.Tuple(more, ast.Load())))
    made.keywords += [ast.keyword(k, literal(v)) for k, v in options.items()]
    return made


def _solve_ivp(op: Op, operands: list[Expr]) -> Expr:
    """Return ``_times_and_states(scipy.integrate.solve_ivp(f, (t0, t1), y0, method="BDF"))``."""
    function = ast.Name(op.attrs["callee"].spelled["plain"], ast.Load())
    options = {k: v for k, v in op.attrs.items() if k not in ("callee", "asked")}
    span = ast.Tuple(operands[:2], ast.Load())
    made = call(RULES[op.prim].spelling, [function, span, operands[2]], {})
    more = operands[3:]
    if op.attrs["asked"]:
        made.keywords.append(ast.keyword("t_eval", more.pop(0)))
    if more:
        made.keywords.append(ast.keyword("args", ast.Tuple(more, ast.Load())))
    made.keywords += [ast.keyword(k, literal(v)) for k, v in options.items()]
    return call("_times_and_states", [made], {})


def _weighted_quad(op: Op, operands: list[Expr]) -> Expr:
    """Return ``scipy.integrate.quad(f, a, b, args=(c,), weight="cos", wvar=w)``."""
    function = ast.Name(op.attrs["callee"].spelled["plain"], ast.Load())
    options = {k: v for k, v in op.attrs.items() if k not in ("callee", "count")}
    count = op.attrs["count"]
    numbers, more = operands[2 : 2 + count], operands[2 + count :]
    made = call(RULES[op.prim].spelling, [function, *operands[:2]], {})
    if more:
        made.keywords.append(ast.keyword("args", ast.Tuple(more, ast.Load())))
    made.keywords += [ast.keyword(k, literal(v)) for k, v in options.items()]
    wvar = numbers[0] if count == 1 else ast.Tuple(numbers, ast.Load())
    made.keywords.append(ast.keyword("wvar", wvar))
    return made


def _stands_for(op: Op, operands: list[Expr]) -> Expr:
    """Return the first of two values that are the same."""
    return operands[0]


SPECIAL |= {
    "lu_solve": _paired, "toeplitz_both": _paired, "cho_solve": _cho_solve,
    "spline": _spline, "pieces_of": _pieces_of,
    "b_spline_of": _b_spline_of, "coefficients_through": _spline,
    "odeint": _odeint, "solve_ivp": _solve_ivp, "stands_for": _stands_for,
    "weighted_quad": _weighted_quad,
    "scipy.stats.gaussian_kde.pdf": _estimate, "scipy.stats.gaussian_kde.logpdf": _estimate,
}  # fmt: skip
