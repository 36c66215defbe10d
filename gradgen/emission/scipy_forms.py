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


def _estimate(op: Op, operands: list[Expr]) -> Expr:
    """Return ``scipy.stats.gaussian_kde(dataset, weights=weights).logpdf(points)``."""
    made = call(RULES[op.prim].spelling, operands[:1], options_of(op))
    made.keywords += [ast.keyword("weights", w) for w in operands[2:]]
    return ast.Call(ast.Attribute(made, op.prim.rpartition(".")[2], ast.Load()), [operands[1]], [])


def _cho_solve(op: Op, operands: list[Expr]) -> Expr:
    """Return ``scipy.linalg.cho_solve((c, lower), b)``."""
    options = options_of(op)
    pair = ast.Tuple([operands[0], literal(options.pop("lower"))], ast.Load())
    return call(RULES[op.prim].spelling, [pair, operands[1]], options)


SPECIAL |= {
    "lu_solve": _paired, "toeplitz_both": _paired, "cho_solve": _cho_solve,
    "spline": _spline, "pieces_of": _pieces_of,
    "scipy.stats.gaussian_kde.pdf": _estimate, "scipy.stats.gaussian_kde.logpdf": _estimate,
}  # fmt: skip
