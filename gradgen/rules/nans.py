"""Reductions that leave NaNs out: what is NaN has no derivative."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.rules.helpers import _product_of_others, _product_of_others_axes, _unbroadcast
from gradgen.rules.parts import (
    MOMENT,
    TOTAL,
    _extreme_part_tangent,
    _prod_tangent,
    _rounding,
    _spread,
    _std_tangent,
    _sum_tangent,
    _var_tangent,
)
from gradgen.rules.reductions import cumulative_type
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import reduction


def _numbers(a, where):
    """Return which entries count."""
    return ~np.isnan(a) if where is None else ~np.isnan(a) & where


def _nansum_to_a(g, a, where, axis, keepdims):
    """Cotangent of the entries of a sum."""
    return np.where(_numbers(a, where), _spread(g, axis, keepdims), 0.0)


def _to_initial(g):
    """Cotangent of what a sum begins with."""
    return np.sum(g)


def _nanmean_to_a(g, a, where, axis, keepdims):
    """Cotangent of the entries of a mean."""
    found = _numbers(a, where)
    count = np.maximum(np.sum(found, axis=axis, keepdims=True), 1)
    return np.where(found, _spread(g, axis, keepdims) / count, 0.0)


def _nanprod_to_a(g, a, initial, where, axis, keepdims):
    """Cotangent of the factors: the product of the others."""
    found = _numbers(a, where)
    others = np.where(found, a, 1.0)
    if isinstance(axis, tuple):
        others = _product_of_others_axes(others, axis)
    else:
        others = _product_of_others(others, axis)
    g = g if initial is None else g * initial
    return np.where(found, _spread(g, axis, keepdims) * others, 0.0)


def _nanprod_to_initial(g, a, where, axis, keepdims):
    """Cotangent of what a product begins with."""
    factors = np.where(_numbers(a, where), a, 1.0)
    return np.sum(g * np.prod(factors, axis=axis, keepdims=keepdims))


def _nanextreme_to_a(g, y, a, initial, where, axis, keepdims):
    """Cotangent of the entries: even shares for those that are the extreme."""
    y = _spread(y, axis, keepdims)
    chosen = a == y if where is None else (a == y) & where
    ties = np.sum(chosen, axis=axis, keepdims=True)
    if initial is not None:
        ties = ties + (initial == y)
    return chosen * (_spread(g, axis, keepdims) / np.maximum(ties, 1))


def _nanextreme_to_initial(g, y, a, where, initial, axis, keepdims):
    """Cotangent of what an extreme begins with."""
    best = _spread(y, axis, keepdims)
    chosen = a == best if where is None else (a == best) & where
    ties = np.sum(chosen, axis=axis, keepdims=keepdims)
    return np.sum(np.where(y == initial, g / (ties + 1), 0.0))


def _nanvar_to_a(g, a, where, mean, axis, ddof, correction, keepdims):
    """Cotangent of the entries of a variance."""
    found = _numbers(a, where)
    count = np.sum(found, axis=axis, keepdims=True)
    if mean is None:
        mean = np.sum(np.where(found, a, 0.0), axis=axis, keepdims=True) / np.maximum(count, 1)
    freedom = count - (ddof if correction is None else correction)
    freedom = np.where(freedom > 0, freedom, np.nan)
    return np.where(found, 2.0 * _spread(g, axis, keepdims) / freedom * (a - mean), 0.0)


def _nanvar_to_mean(g, a, where, mean, axis, ddof, correction, keepdims):
    """Cotangent of the mean that is given."""
    return -_unbroadcast(_nanvar_to_a(g, a, where, mean, axis, ddof, correction, keepdims), mean)


def _nanstd_to_a(g, y, a, where, mean, axis, ddof, correction, keepdims):
    """Cotangent of the entries of a deviation; 0 where it is 0 but for rounding."""
    least = 0.0
    if mean is None:
        found = _numbers(a, where)
        sums = np.sum(np.where(found, a, 0.0), axis=axis, keepdims=keepdims)
        least = _rounding(sums / np.maximum(np.sum(found, axis=axis, keepdims=keepdims), 1))
    half = g / (2.0 * np.where(y <= least, 1.0, y))
    return _nanvar_to_a(half, a, where, mean, axis, ddof, correction, keepdims)


def _nanstd_to_mean(g, y, a, where, mean, axis, ddof, correction, keepdims):
    """Cotangent of the mean that is given."""
    return -_unbroadcast(_nanstd_to_a(g, y, a, where, mean, axis, ddof, correction, keepdims), mean)


def _nansum_tangent(t_a, t_initial, y, a, where, axis, keepdims):
    """Tangent of a sum."""
    return _sum_tangent(t_a, t_initial, y, a, _numbers(a, where), axis, keepdims)


def _nanmean_tangent(t_a, a, where, axis, keepdims):
    """Tangent of a mean."""
    found = _numbers(a, where)
    total = np.sum(np.where(found, t_a, 0.0), axis=axis, keepdims=keepdims)
    return total / np.maximum(np.sum(found, axis=axis, keepdims=keepdims), 1)


def _nanprod_tangent(t_a, t_initial, a, initial, where, axis, keepdims):
    """Tangent of a product."""
    return _prod_tangent(t_a, t_initial, a, initial, _numbers(a, where), axis, keepdims)


def _nanextreme_tangent(t_a, t_initial, y, a, initial, where, axis, keepdims):
    """Tangent of an extreme."""
    return _extreme_part_tangent(t_a, t_initial, y, a, initial, where, axis, keepdims)


def _nanvar_tangent(t_a, t_mean, a, where, mean, axis, ddof, correction, keepdims):
    """Tangent of a variance."""
    where = _numbers(a, where)
    return _var_tangent(t_a, t_mean, a, where, mean, axis, ddof, correction, keepdims)


def _nanstd_tangent(t_a, t_mean, y, a, where, mean, axis, ddof, correction, keepdims):
    """Tangent of a deviation; 0 where it is 0 but for rounding."""
    where = _numbers(a, where)
    return _std_tangent(t_a, t_mean, y, a, where, mean, axis, ddof, correction, keepdims)


def _nancumsum_to_a(g, a, axis):
    """Cotangent of the terms: the sums from the end."""
    if axis is None:
        return np.where(np.isnan(a), 0.0, np.reshape(np.cumsum(g[::-1])[::-1], np.shape(a)))
    sums = np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)
    return np.where(np.isnan(a), 0.0, sums)


def _nancumsum_tangent(t_a, a, axis):
    """Tangent of the sums so far."""
    return np.cumsum(np.where(np.isnan(a), 0.0, t_a), axis=axis)


# A table: an entry is read along its lines.
# fmt: off
def _nan(name: str, type_name: str, params: str, adjoint: Any, calls: Any, **more: Any) -> None:
    samples = [f"np.{name}({call})" for call in ("n23", "n23, axis=0", "x234, axis=(2, 0)", *calls)]
    rule(name, reduction(type_name), callables=[f"np.{name}"], params=params, adjoint=adjoint,
         samples=tuple(samples), **more)


_nan("nansum", "sum", TOTAL, (_nansum_to_a, _to_initial, None),
     ("n23, 1, keepdims=True", "x3", "n23, initial=y", "n23, where=k23", "xf23", "x"),
     tangent=_nansum_tangent)
_nan("nanmean", "inexact", "a, axis=None, dtype=None, out=None, keepdims=False, *, where?",
     (_nanmean_to_a, None), ("n23, -1, keepdims=True", "n23, axis=1, where=k23", "xf23"),
     tangent=_nanmean_tangent)
_nan("nanprod", "sum", TOTAL, (_nanprod_to_a, _nanprod_to_initial, None),
     ("n23, 1, keepdims=True", "zero3", "n23, initial=y", "n23, where=k23"),
     tangent=_nanprod_tangent)
for _name in ("nanmax", "nanmin"):
    _nan(_name, "same", "a, axis=None, out=None, keepdims=False, initial?, where?",
         (_nanextreme_to_a, _nanextreme_to_initial, None),
         ("n23, 1, keepdims=True", "x3", "n23, initial=y", "n23, axis=1, where=k23, initial=0.2"),
         tangent=_nanextreme_tangent,
         at_kinks="ties share evenly")
_nan("nanvar", "inexact", MOMENT, (_nanvar_to_a, None, _nanvar_to_mean),
     ("n23, 1, keepdims=True", "n23, ddof=1", "n23, axis=1, correction=0.5", "n23, where=k23"),
     tangent=_nanvar_tangent)
_nan("nanstd", "inexact", MOMENT, (_nanstd_to_a, None, _nanstd_to_mean),
     ("n23, 1, keepdims=True", "n23, ddof=1", "n23, axis=1, correction=1"),
     tangent=_nanstd_tangent,
     at_kinks="0 for a constant input")
rule("nancumsum", cumulative_type, callables=["np.nancumsum"], adjoint=(_nancumsum_to_a,),
     params="a, axis=None, dtype=None, out=None", tangent=_nancumsum_tangent,
     samples=("np.nancumsum(n23)", "np.nancumsum(n23, axis=-1)", "np.nancumsum(x3)"))
