"""Statistics of ``scipy.stats`` along an axis: entropies and standard scores."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Op, Value
from gradgen.ir.types import Type
from gradgen.rules.helpers import _unbroadcast
from gradgen.rules.logsums import _beside, sum_type
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, elementwise

INEXACT = elementwise("inexact", weak=False)


def entropy_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return floats without the axis, which is the first where none is given."""
    return sum_type(inputs, {"axis": 0, **attrs})


def _entropy_by_pk(y, pk, qk, base, axis, keepdims, nan_policy):
    """Return the partials of ``y = scipy.stats.entropy(pk, qk, base, axis)`` by ``pk``."""
    if nan_policy == "omit":
        kept = ~np.isnan(pk)
        total = np.sum(pk, axis=axis, keepdims=axis is not None, where=kept)
        unit = 1.0 if base is None else np.log(base)
        by_each = (-np.log(pk / total) / unit - _beside(y, axis, keepdims)) / total
        return np.where(kept, by_each, 0.0)
    total = np.sum(pk, axis=axis, keepdims=axis is not None)
    odds = pk / total
    unit = 1.0 if base is None else np.log(base)
    if qk is None:
        return (-np.log(odds) / unit - _beside(y, axis, keepdims)) / total
    odds = odds / (qk / np.sum(qk, axis=axis, keepdims=axis is not None))
    return (np.log(odds) / unit - _beside(y, axis, keepdims)) / total


def _entropy_by_qk(pk, qk, base, axis):
    """Return the partials of ``scipy.stats.entropy(pk, qk, base, axis)`` by its second weights."""
    total = np.sum(qk, axis=axis, keepdims=axis is not None)
    p = pk / np.sum(pk, axis=axis, keepdims=axis is not None)
    unit = 1.0 if base is None else np.log(base)
    return (1.0 - p * total / qk) / unit / total


def _entropy_to_pk(g, y, pk, qk, base, axis, keepdims, nan_policy):
    """By `pk` `(-log(p) - y) / sum(pk)`, with `log(p / q)` where there is a `qk`."""
    by_pk = _entropy_by_pk(y, pk, qk, base, axis, keepdims, nan_policy)
    share = _beside(g, axis, keepdims) * by_pk
    return share if qk is None else _unbroadcast(share, pk)


def _entropy_to_qk(g, pk, qk, base, axis, keepdims):
    """Cotangent of the weights that others are compared with."""
    return _unbroadcast(_beside(g, axis, keepdims) * _entropy_by_qk(pk, qk, base, axis), qk)


def _entropy_tangent(t_pk, t_qk, y, pk, qk, base, axis, keepdims, nan_policy):
    """Tangent of an entropy."""
    moved = 0.0
    if t_pk is not None:
        moved = t_pk * _entropy_by_pk(y, pk, qk, base, axis, keepdims, nan_policy)
    if t_qk is not None:
        moved = moved + t_qk * _entropy_by_qk(pk, qk, base, axis)
    return np.sum(moved, axis=axis, keepdims=keepdims)


def _zscore_to_a(g, y, a, axis, ddof, nan_policy):
    """Cotangent of ``a`` in ``y = scipy.stats.zscore(a, axis, ddof)``."""
    if nan_policy == "omit":
        kept = ~np.isnan(a)
        g, y = np.where(kept, g, 0.0), np.where(kept, y, 0.0)
        count = np.sum(kept, axis=axis, keepdims=axis is not None)
        along = np.sum(g * y, axis=axis, keepdims=axis is not None) / (count - ddof)
        centred = np.where(kept, g - np.sum(g, axis=axis, keepdims=axis is not None) / count, 0.0)
        spread = np.nanstd(a, axis=axis, ddof=ddof, keepdims=axis is not None)
        return (centred - y * along) / spread
    count = np.size(a) if axis is None else np.shape(a)[axis]
    along = np.sum(g * y, axis=axis, keepdims=axis is not None) / (count - ddof)
    centred = g - np.mean(g, axis=axis, keepdims=axis is not None)
    return (centred - y * along) / np.std(a, axis=axis, ddof=ddof, keepdims=axis is not None)


def _zscore_tangent(t_a, y, a, axis, ddof, nan_policy):
    """Tangent of standard scores, whose Jacobian is symmetric."""
    return _zscore_to_a(t_a, y, a, axis, ddof, nan_policy)


def doubled_vjp(*how: Any) -> Any:
    """Return a rule's function that reads one of these, and gives double."""

    def vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
        refuse_pairs(alg, op)
        type_ = Type(op.inputs[i].type.kind, "float64", op.inputs[i].type.shape)
        return alg.written(how[i], op, type_, g=g)

    vjp.__doc__ = how[0].__doc__
    return vjp


def entropy_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Tangent of an entropy."""
    refuse_pairs(alg, op)
    t_pk, t_qk = (*tangents, None)[:2]
    return alg.written(_entropy_tangent, op, op.out.type, t_pk=t_pk, t_qk=t_qk)


def refuse_pairs(alg: Algebra, op: Op) -> None:
    """Refuse to leave out what is NaN in one of two arrays."""
    if len(op.inputs) > 1 and op.attrs.get("nan_policy", "propagate") != "propagate":
        alg.refuse(op, f"{op.prim} of two arrays with nan_policy=", "take the NaNs out before")


# fmt: off
rule("scipy.stats.entropy", entropy_type, callables=["scipy.stats.entropy"],
     params="pk, qk?=None, base=None, axis=0, *, nan_policy='propagate', keepdims=False",
     vjp=doubled_vjp(_entropy_to_pk, _entropy_to_qk), jvp=entropy_jvp,
     at_kinks="inf at 0",
     samples=tuple(f"scipy.stats.entropy({c})" for c in (
         "p3", "p3, p3 + u3", "p23", "p23, axis=1", "p23, base=2, axis=-1", "p3, qk=u3, base=10.0",
         "p23, p23 + u3, axis=1", "p23, u23, None, 1", "p3, base=2", "p23, axis=None",
         "p23, axis=1, keepdims=True", "pf3", "p23, base=1.0 + p",
         "p23 + 0.0 * n23, axis=1, nan_policy='omit'")))
rule("scipy.stats.zscore", INEXACT, callables=["scipy.stats.zscore"],
     params="a, axis=0, ddof=0, nan_policy='propagate'", vjp=doubled_vjp(_zscore_to_a),
     tangent=_zscore_tangent, at_kinks="nan for a constant input",
     samples=(*(f"scipy.stats.zscore({c})" for c in (
                  "x5", "x32", "x23, axis=1", "x5, ddof=1", "x23, axis=None", "x23, 1, 1",
                  "xs23, axis=-1", "xf3")),
              "np.nansum(scipy.stats.zscore(n23, axis=1, nan_policy='omit') * x23, axis=1)"))
# fmt: on
