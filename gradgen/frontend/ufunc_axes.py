"""How ufuncs lay things out: ``axes=`` and ``keepdims=`` of generalised ones, ``order='F'``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.frontend.bindings import option
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.places import is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Seq, Static, plain
from gradgen.rules.registry import RULES

Args = list[Any]
Options = dict[str, Any]
Call = Callable[[Args, Options], Any]
Axes = tuple[int, ...]


def laid_out(ufunc: np.ufunc, kwargs: Options) -> bool:
    """Whether a call that makes an array of its own says how its axes lie."""
    if not is_none(kwargs.get("out")):
        return False
    columns = getattr(kwargs.get("order"), "obj", None) == "F" and ufunc.nout == 1
    return columns or (ufunc.signature is not None and bool({"axes", "keepdims"} & set(kwargs)))


def call_laid_out(
    r: Reader, node: ast.AST, ufunc: np.ufunc, args: Args, kwargs: Options, call: Call
) -> Any:
    """Call it on operands whose axes have been moved to the end, and move those of the result."""
    kwargs = dict(kwargs)
    columns = getattr(kwargs.get("order"), "obj", None) == "F"
    if columns:
        del kwargs["order"]
    kept = "keepdims" in kwargs and _kept_axis(r, node, ufunc, kwargs)
    entries = _entries(r, node, ufunc, kwargs.pop("axes")) if "axes" in kwargs else []
    operands = [
        _moved(r, node, a, axes, tuple(range(-len(axes), 0)))
        for a, axes in zip(args, entries, strict=False)
    ]
    out = call([*operands, *args[len(operands) :]], kwargs)
    if kept:
        out = _called(r, node, np.expand_dims, [out, kept[0]])
    elif len(entries) > ufunc.nin:
        last = entries[ufunc.nin]
        out = _moved(r, node, out, tuple(range(-len(last), 0)), last)
    return in_columns(r, node, out) if columns else out


def _kept_axis(r: Reader, node: ast.AST, ufunc: np.ufunc, kwargs: Options) -> list[Any]:
    """Return where the axis that is summed over is kept, nothing if it is not."""
    keepdims = kwargs.pop("keepdims")
    if not option(r, node, "keepdims", keepdims, RULES["sum"]):
        return []
    if ufunc.signature != "(n),(n)->()" or "axes" in kwargs:
        r.refuse(node, f"keepdims= of np.{ufunc.__name__} here", "use np.expand_dims")
    return [kwargs.get("axis", plain(-1))]


def in_columns(r: Reader, node: ast.AST, v: Any) -> Any:
    """Return an array in Fortran order; of fewer axes than two it is so already."""
    if as_value(r, v, node).type.rank in (0, 1):
        return v
    return _called(r, node, np.asfortranarray, [v])


def _moved(r: Reader, node: ast.AST, v: Any, source: Axes, target: Axes) -> Any:
    if source == target:
        return v
    places = [Seq([plain(k) for k in axes]) for axes in (source, target)]
    return _called(r, node, np.moveaxis, [v, *places])


def _called(r: Reader, node: ast.AST, fn: Any, args: Args) -> Any:
    # A cycle by nature: axes are moved by a call of something else.
    from gradgen.frontend.calls import call_value

    return call_value(r, node, Static(fn), args, {})


def _entries(r: Reader, node: ast.AST, ufunc: np.ufunc, axes: Any) -> list[Axes]:
    """Return the axes of each operand, and of the result if they are given."""
    items = axes.items if isinstance(axes, Seq) else getattr(axes, "obj", None)
    if not isinstance(items, list | tuple) or len(items) not in (ufunc.nin, ufunc.nin + 1):
        r.refuse(node, f"these axes= of np.{ufunc.__name__}", "list them for each operand")
    rule = RULES["arange"]
    given = [e if isinstance(e, int | tuple) else option(r, node, "axes", e, rule) for e in items]
    return [(e,) if isinstance(e, int) else tuple(e) for e in given]
