"""``scipy.stats.gaussian_kde``, made inside the function that is read or outside it."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import call_rule
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.values import Frozen, Record, Static, is_static, static_value
from gradgen.library import kernels
from gradgen.rules.kernel_density import ESTIMATE
from gradgen.rules.registry import RULES


def _estimate(r: Reader, node: ast.AST, data: Any, weights: Any, width: Any) -> Record:
    values = [data] if isinstance(weights, Static) and weights.obj is None else [data, weights]
    held = Record(Frozen, {"values": values, "width": width})
    evaluate, pdf, logpdf = from_library(r, node, kernels.methods, [held], {}).items
    fields = {"__call__": evaluate, "evaluate": evaluate, "pdf": pdf, "logpdf": logpdf}
    return Record(Frozen, fields)


@special(ESTIMATE)
def _inside(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read an estimate as the data that it holds; `pdf`, `logpdf` and `evaluate` are read."""
    given = dict(zip(("dataset", "bw_method", "weights"), args, strict=False)) | kwargs
    width = given.get("bw_method", Static(None))
    weights = given.get("weights", Static(None))
    if is_static(width) and not callable(static_value(width)):
        return _estimate(r, node, given["dataset"], weights, width)
    value = None if is_static(width) else as_value(r, width, node)
    if value is None or not value.type.is_scalar or not value.type.inexact:
        r.refuse(node, "this bandwidth", "use 'scott', 'silverman' or a number")
    if isinstance(weights, Static) and weights.obj is None:
        weights = from_library(r, node, kernels.equal, [given["dataset"]], {})
    return _estimate(r, node, given["dataset"], weights, r.hold(value))


@special(f"{ESTIMATE}.evaluate", f"{ESTIMATE}.pdf", listed=False)
def _density_outside(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return _outside(r, node, "pdf", args, kwargs)


@special(f"{ESTIMATE}.logpdf", listed=False)
def _log_density_outside(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return _outside(r, node, "logpdf", args, kwargs)


def _outside(r: Reader, node: ast.AST, kind: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Evaluate an estimate that was made outside the function: what it holds is constant."""
    from gradgen.frontend.calls import call_value

    kde = args[0].obj
    data = r.wrap(kde.dataset, kde, "dataset", node)
    weights: Any = Static(None)
    if np.any(kde.weights != kde.weights[0]):
        if sum(kde.weights) != 1.0:  # SciPy would divide by it once more
            r.refuse(node, "this weighted estimate from outside", "make it inside the function")
        weights = r.wrap(kde.weights, kde, "weights", node)
    made = _estimate(r, node, data, weights, Static(float(kde.factor)))
    name = "evaluate" if kind == "pdf" and "points" in kwargs else kind
    return call_value(r, node, made.fields[name], args[1:], kwargs)


@special(kernels.density, listed=False)
def _density(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return _call(r, node, "pdf", *args)


@special(kernels.log_density, listed=False)
def _log_density(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return _call(r, node, "logpdf", *args)


def _call(r: Reader, node: ast.AST, kind: str, points: Any, held: Record) -> Any:
    data, *weights = held.fields["values"]
    rule, width = RULES[f"{ESTIMATE}.{kind}"], held.fields["width"]
    if is_static(width):
        return call_rule(r, node, rule, [data, points, *weights], {"bw_method": width})
    return call_rule(r, node, rule, [data, points, *weights, width], {})
