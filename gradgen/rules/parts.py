"""Reductions of some of the entries, ``where=``, or from a value on, ``initial=``; given means."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.rules.helpers import _product_of_others, _product_of_others_axes, _unbroadcast
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import reduction


def _spread(v, axis, keepdims):
    """Give the result of a reduction length 1 on the reduced axes."""
    return v if axis is None or keepdims else np.expand_dims(v, axis)


def _asked(v, a, where):
    """Return ``v`` in the shape of ``a``, zero where an entry is not asked for."""
    return _among(np.broadcast_to(v, np.shape(a)), where)


def _among(shares, where):
    """Return shares of the entries that count."""
    return shares if where is None else np.where(where, shares, 0.0)


def _count(a, where, axis):
    """Return how many entries go into each result, with the reduced axes kept."""
    if where is None:
        return np.size(a) if axis is None else _axes_length(a, axis)
    return np.sum(np.broadcast_to(where, np.shape(a)), axis=axis, keepdims=True)


def _axes_length(a, axis):
    """Return how many entries there are along an axis, or several."""
    if not isinstance(axis, tuple):
        return np.shape(a)[axis]
    length = np.shape(a)[axis[0]] if axis else 1
    for k in axis[1:]:
        length = length * np.shape(a)[k]
    return length


def _mean_kept(a, where, axis, keepdims):
    """Return the mean of the entries that count."""
    if where is None:
        return np.mean(a, axis=axis, keepdims=keepdims)
    return np.mean(a, axis=axis, keepdims=keepdims, where=where)


# --- sums -----------------------------------------------------------------------------------


def _sum_to_a(g, a, where, axis, keepdims):
    """Cotangent of the entries of a sum of some."""
    return _asked(_spread(g, axis, keepdims), a, where)


def _to_initial(g):
    """Cotangent of what a sum begins with."""
    return np.sum(g)


def _everywhere(t_initial, y):
    """Return the tangent of what a reduction begins with, for each result."""
    return t_initial if np.ndim(y) == 0 else np.full(np.shape(y), t_initial)


def _sum_tangent(t_a, t_initial, y, a, where, axis, keepdims):
    """Tangent of a sum of some."""
    if t_a is None:
        return _everywhere(t_initial, y)
    total = np.sum(_asked(t_a, a, where), axis=axis, keepdims=keepdims)
    return total if t_initial is None else total + t_initial


def _mean_tangent(t_a, a, where, axis, keepdims):
    """Tangent of a mean of some."""
    return np.sum(_asked(t_a, a, where) / _count(a, where, axis), axis=axis, keepdims=keepdims)


def _mean_to_a(g, a, where, axis, keepdims):
    """Cotangent of the entries of a mean of some."""
    return _asked(_spread(g, axis, keepdims) / _count(a, where, axis), a, where)


# --- products -------------------------------------------------------------------------------


def _factors(a, where):
    return a if where is None else np.where(where, a, 1.0)


def _others(a, where, axis):
    """Return for each factor the product of the others."""
    if isinstance(axis, tuple):
        return _product_of_others_axes(_factors(a, where), axis)
    return _product_of_others(_factors(a, where), axis)


def _prod_to_a(g, a, initial, where, axis, keepdims):
    """Cotangent of the factors: the product of the others."""
    others = _others(a, where, axis)
    g = g if initial is None else g * initial
    return _among(_spread(g, axis, keepdims) * others, where)


def _prod_to_initial(g, a, where, axis, keepdims):
    """Cotangent of what a product begins with."""
    return np.sum(g * np.prod(_factors(a, where), axis=axis, keepdims=keepdims))


def _prod_tangent(t_a, t_initial, a, initial, where, axis, keepdims):
    """Tangent of a product of some: the sum of the shares of its factors."""
    if t_initial is not None:
        first = t_initial * np.prod(_factors(a, where), axis=axis, keepdims=keepdims)
    if t_a is None:
        return first
    shares = _asked(t_a, a, where) * _others(a, where, axis)
    total = np.sum(shares, axis=axis, keepdims=keepdims)
    total = total if initial is None else initial * total
    return total if t_initial is None else total + first


# --- extremes -------------------------------------------------------------------------------


def _extreme_shares(y, a, initial, where):
    """Return which entries are the extreme, and how many; ``initial`` is one more of them."""
    chosen = a == y
    return chosen if where is None else chosen & where


def _extreme_to_a(g, y, a, initial, where, axis, keepdims):
    """Cotangent of the entries: even shares for those that are the extreme."""
    y = _spread(y, axis, keepdims)
    chosen = _extreme_shares(y, a, initial, where)
    ties = np.sum(chosen, axis=axis, keepdims=True)
    if initial is not None:
        ties = ties + (initial == y)
    return chosen * (_spread(g, axis, keepdims) / np.maximum(ties, 1))


def _extreme_to_initial(g, y, a, initial, where, axis, keepdims):
    """Cotangent of what an extreme begins with."""
    ties = np.sum(
        _extreme_shares(_spread(y, axis, keepdims), a, initial, where), axis, keepdims=keepdims
    )
    return np.sum(np.where(y == initial, g / (ties + 1), 0.0))


def _extreme_part_tangent(t_a, t_initial, y, a, initial, where, axis, keepdims):
    """Tangent of an extreme: the mean over the entries that are it, the initial value too."""
    chosen = _extreme_shares(_spread(y, axis, keepdims), a, initial, where)
    ties = np.sum(chosen, axis=axis, keepdims=keepdims)
    if initial is not None:
        ties = ties + (initial == y)
    if t_initial is not None:
        first = np.where(initial == y, t_initial, 0.0)
    if t_a is None:
        return first / np.maximum(ties, 1)
    total = np.sum(np.where(chosen, t_a, 0.0), axis=axis, keepdims=keepdims)
    return (total if t_initial is None else total + first) / np.maximum(ties, 1)


# --- variances ------------------------------------------------------------------------------


def _centred(a, where, mean, axis):
    return a - (_mean_kept(a, where, axis, True) if mean is None else mean)


def _freedom(a, where, axis, ddof, correction):
    """Return by what a sum of squares is divided."""
    less = ddof if correction is None else correction
    return np.maximum(_count(a, where, axis) - less, 0) if less else _count(a, where, axis)


def _moment_shares(g, a, where, mean, axis, ddof, correction, keepdims):
    """Return the shares of the entries in half a variance's cotangent."""
    freedom = _freedom(a, where, axis, ddof, correction)
    share = _spread(g, axis, keepdims) / freedom * _centred(a, where, mean, axis)
    return _among(share, where)


def _var_to_a(g, a, where, mean, axis, ddof, correction, keepdims):
    """Cotangent of the entries of a variance of some, or about a given mean."""
    return _moment_shares(2.0 * g, a, where, mean, axis, ddof, correction, keepdims)


def _var_to_mean(g, a, where, mean, axis, ddof, correction, keepdims):
    """Cotangent of the mean that is given: minus that of all the entries."""
    return -_unbroadcast(_var_to_a(g, a, where, mean, axis, ddof, correction, keepdims), mean)


def _rounding(mean):
    """Return how large a deviation of equal numbers can be."""
    return (5e-7 if np.result_type(mean) == np.float32 else 1e-15) * np.abs(mean)


def _std_to_a(g, y, a, where, mean, axis, ddof, correction, keepdims):
    """Cotangent of the entries of a deviation; 0 where it is 0 but for rounding."""
    least = 0.0
    if mean is None:
        least = _rounding(_mean_kept(a, where, axis, keepdims))
    share = g / np.where(y <= least, 1.0, y)
    return _moment_shares(share, a, where, mean, axis, ddof, correction, keepdims)


def _var_tangent(t_a, t_mean, a, where, mean, axis, ddof, correction, keepdims):
    """Tangent of a variance of some, or about a given mean."""
    way = t_a if t_mean is None else -t_mean if t_a is None else t_a - t_mean
    apart = _centred(a, where, mean, axis)
    shares = apart * way / _freedom(a, where, axis, ddof, correction)
    return 2.0 * np.sum(_among(shares, where), axis=axis, keepdims=keepdims)


def _std_tangent(t_a, t_mean, y, a, where, mean, axis, ddof, correction, keepdims):
    """Tangent of a deviation; 0 where it is 0 but for rounding."""
    least = 0.0
    if mean is None:
        least = _rounding(_mean_kept(a, where, axis, keepdims))
    t_var = _var_tangent(t_a, t_mean, a, where, mean, axis, ddof, correction, keepdims)
    return t_var / (2.0 * np.where(y <= least, 1.0, y))


def _std_to_mean(g, y, a, where, mean, axis, ddof, correction, keepdims):
    """Cotangent of the mean that is given."""
    return -_unbroadcast(_std_to_a(g, y, a, where, mean, axis, ddof, correction, keepdims), mean)


# A table: an entry is read along its lines.
# fmt: off
TOTAL = "a, axis=None, dtype=None, out=None, keepdims=False, initial?, where?"
EXTREME = "a, axis=None, out=None, keepdims=False, initial?, where?"
MOMENT = ("a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where?, mean?, "
          "correction=None")


def _part(name: str, type_name: str, params: str, adjoint: Any, samples: Any, **more: Any) -> None:
    rule(f"part.{name}", reduction(type_name), spelling=f"np.{name}", params=params,
         adjoint=adjoint, samples=samples, **more)


_part("sum", "sum", TOTAL, (_sum_to_a, _to_initial, None), tangent=_sum_tangent, samples=(
    "np.sum(x23, initial=y)", "np.sum(x23, axis=0, where=k23)", "x23.sum(1, where=k3)",
    "np.sum(x23, -1, None, None, True, y, k23)", "np.sum(x234, axis=(2, 0), initial=y)",
    "np.sum(x23, axis=1, where=x23 > 0.0)", "np.sum(xf23, axis=0, dtype=np.float64, initial=2.0)"))
_part("mean", "inexact", "a, axis=None, dtype=None, out=None, keepdims=False, *, where?",
      (_mean_to_a, None), tangent=_mean_tangent, samples=(
       "np.mean(x23, where=k23)", "x23.mean(axis=1, where=k23)",
       "np.mean(x23, axis=-1, keepdims=True, where=k3)",
       "np.mean(x234, (2, 1), where=x234 > -9.0)"))
_part("prod", "sum", TOTAL, (_prod_to_a, _prod_to_initial, None), tangent=_prod_tangent, samples=(
       "np.prod(x23, initial=y)", "np.prod(x23, axis=0, where=k23)", "zero3.prod(initial=y)",
       "np.prod(x23, axis=(), initial=y)",
       "np.prod(x234, axis=(0, 2), keepdims=True, initial=y, where=x234 > 0.0)"))
for _name in ("max", "min"):
    _part(_name, "same", EXTREME, (_extreme_to_a, _extreme_to_initial, None),
          tangent=_extreme_part_tangent, samples=(
           f"np.{_name}(x23, initial=y)", f"np.{_name}(x23, axis=1, initial=0.1)",
           f"x23.{_name}(axis=0, where=k23, initial=y)",
           f"np.{_name}(x234, (2, 0), keepdims=True, initial=x)"),
          at_kinks="ties share evenly, the initial value too")
_part("var", "inexact", MOMENT, (_var_to_a, None, _var_to_mean), tangent=_var_tangent, samples=(
       "np.var(x23, where=k23)", "np.var(x23, axis=1, where=k23, ddof=0.5)",
       "np.var(x23, correction=1)", "np.var(x23, axis=0, mean=np.mean(x23, axis=0, keepdims=True))",
       "x23.var(axis=1, mean=x, keepdims=True)"))
_part("std", "inexact", MOMENT, (_std_to_a, None, _std_to_mean), tangent=_std_tangent, samples=(
       "np.std(x23, where=k23)", "np.std(x23, axis=1, correction=1)",
       "np.std(x23, axis=-1, where=k23, keepdims=True)", "np.std(x3, mean=y)"),
      at_kinks="0 for a constant input")
for _name in ("any", "all"):
    rule(f"part.{_name}", reduction("bool"), spelling=f"np.{_name}", passive=True,
         params="a, axis=None, out=None, keepdims=False, *, where?",
         samples=(f"x3 if np.{_name}(x3 > 0.0, where=k3) else y3",))
