"""Medians, percentiles and quantiles: each is a mean of two entries of the sorted array."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type
from gradgen.rules.registry import printed, printed_like, rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape, reduced_shape


def quantile_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of the quantiles asked for, then that of the reduced array."""
    t = inputs[0].type
    asked = inputs[1].type.shape if len(inputs) > 1 else ()
    shape = reduced_shape(t.shape, attrs.get("axis"), bool(attrs.get("keepdims", False)))
    dtype = inexact_of(t.dtype)
    if len(inputs) > 1 and t.dtype == "float32" and not inputs[1].type.weak:
        dtype = "float64"
    return of_shape(dtype, None if shape is None or asked is None else (*asked, *shape))


@printed
def _as_rows(a, axis, lead):
    """Return an array with the axes that are reduced made one, at the end; ``lead`` stay first."""
    if axis is None:
        return np.reshape(a, (*np.shape(a)[:lead], -1))
    if not isinstance(axis, tuple):
        return a if axis == -1 or axis == np.ndim(a) - 1 else np.moveaxis(a, axis, -1)
    rows = np.moveaxis(a, axis, tuple(range(-len(axis), 0)))
    n = np.shape(a)[axis[0]]  # not -1: there may be no rows
    for k in axis[1:]:
        n = n * np.shape(a)[k]
    return np.reshape(rows, (*np.shape(rows)[: np.ndim(rows) - len(axis)], n))


@printed
def _from_rows(rows, a, axis):
    """Return rows as the array from which `_as_rows` made them."""
    if axis is None:
        return np.reshape(rows, np.shape(a))
    if not isinstance(axis, tuple):
        return rows if axis == -1 or axis == np.ndim(a) - 1 else np.moveaxis(rows, -1, axis)
    last = tuple(range(-len(axis), 0))
    moved = np.moveaxis(a, axis, last)
    return np.moveaxis(np.reshape(rows, np.shape(moved)), last, axis)


@printed
def _place_of(n, q, method):
    """Return where quantiles stand among ``n`` sorted numbers."""
    if n == 0:
        raise ValueError("no derivative: a quantile of no entries")
    return np.quantile(np.arange(float(n)), q, method=method)


@printed
def _mean_of_two(g, order, at):
    """Cotangent of rows in what stands at a place ``at`` of the sorted rows, or between two."""
    low = np.minimum(np.floor(at), order.shape[-1] - 1).astype(int)
    high = np.minimum(low + 1, order.shape[-1] - 1)
    part = at - low
    d_rows = np.zeros(order.shape)
    upper = np.take_along_axis(order, np.expand_dims(high, -1), -1)
    np.put_along_axis(d_rows, upper, np.expand_dims(g * part, -1), -1)
    lower = np.take_along_axis(order, np.expand_dims(low, -1), -1)
    np.put_along_axis(d_rows, lower, np.expand_dims(g * (1.0 - part), -1), -1)
    return d_rows


@printed
def _quantile_to_a(g, a, q, axis, method):
    """Cotangent of ``a`` in its quantiles ``q``; entries that tie keep their order."""
    rows = _as_rows(a, axis, 0)
    order = np.argsort(rows, axis=-1, kind="stable")
    at = _place_of(rows.shape[-1], q, method)
    if np.ndim(q) == 0:
        g = np.reshape(g, rows.shape[:-1])
        return _from_rows(_mean_of_two(g, order, np.full(rows.shape[:-1], at)), a, axis)
    g, at = np.reshape(g, (np.size(q), *rows.shape[:-1])), np.ravel(at)
    d_rows = np.zeros(rows.shape)
    for k in range(len(at)):
        d_rows += _mean_of_two(g[k], order, np.full(rows.shape[:-1], at[k]))
    return _from_rows(d_rows, a, axis)


@printed
def _nanquantile_to_a(g, a, q, axis, method):
    """Cotangent of ``a`` in its quantiles without NaNs."""
    rows = _as_rows(a, axis, 0)
    if rows.shape[-1] == 0:
        return np.zeros(np.shape(a))
    order = np.argsort(rows, axis=-1, kind="stable")
    counts = np.sum(~np.isnan(rows), axis=-1)
    levels = np.ravel(q)
    g = np.reshape(g, (len(levels), *rows.shape[:-1]))
    d_rows = np.zeros(rows.shape)
    for k in range(len(levels)):
        at = _places_of(counts, levels[k], method)
        d_rows += _mean_of_two(np.where(counts > 0, g[k], 0.0), order, at)
    return _from_rows(d_rows, a, axis)


@printed
def _places_of(counts, q, method):
    """Return where a quantile stands among so many sorted numbers."""
    flat = np.ravel(counts)
    at = np.zeros(len(flat))
    for k in range(len(flat)):
        if flat[k] > 0:
            at[k] = np.quantile(np.arange(float(flat[k])), q, method=method)
    return np.reshape(at, np.shape(counts))


@printed
def _speed(n, method):
    """Return how fast the place of a quantile among ``n`` numbers moves with the level."""
    if method == "linear":
        return n - 1.0
    if method == "weibull":
        return n + 1.0
    if method == "median_unbiased":
        return n + 1.0 / 3.0
    if method == "normal_unbiased":
        return n + 0.25
    return 1.0 * n if method in ("hazen", "interpolated_inverted_cdf") else 0.0


@printed
def _quantile_slopes(a, q, axis, method):
    """Return how fast quantiles move with their levels: a column for each level."""
    rows = np.sort(_as_rows(a, axis, 0), axis=-1)
    n = rows.shape[-1]
    at = _place_of(n, np.ravel(q), method)
    low = np.clip(np.floor(at).astype(int), 0, max(n - 2, 0))
    slope = np.take(rows, np.minimum(low + 1, n - 1), axis=-1) - np.take(rows, low, axis=-1)
    inside = (at > 0.0) & (at < n - 1.0)
    speed = np.where(inside | (method == "linear"), _speed(n, method), 0.0)
    return slope * speed


@printed
def _nanquantile_slopes(a, q, axis, method):
    """Return how fast quantiles without NaNs move with their levels: a column for each level."""
    rows = np.sort(_as_rows(a, axis, 0), axis=-1)
    counts = np.sum(~np.isnan(rows), axis=-1)
    levels = np.ravel(q)
    slopes = np.zeros((*counts.shape, len(levels)))
    for k in range(len(levels)):
        at = _places_of(counts, levels[k], method)
        low = np.clip(np.floor(at).astype(int), 0, np.maximum(counts - 2, 0))
        high = np.minimum(low + 1, np.maximum(counts - 1, 0))
        below = np.take_along_axis(rows, np.expand_dims(low, -1), -1)[..., 0]
        slope = np.take_along_axis(rows, np.expand_dims(high, -1), -1)[..., 0] - below
        inside = (at > 0.0) & (at < counts - 1.0)
        speed = np.where(inside | (method == "linear"), _speed(counts, method), 0.0)
        slopes[..., k] = np.where(counts > 0, slope, 0.0) * speed
    return slopes


def _by_levels(g, slopes, q):
    """Cotangent of levels, from the slopes between two entries of the sorted array."""
    columns = np.reshape(slopes, (-1, np.size(q)))
    return np.reshape(np.sum(np.reshape(g, (np.size(q), -1)) * columns.T, axis=1), np.shape(q))


def _quantile_to_q(g, a, q, axis, method):
    """Cotangent of the levels: the slopes between two entries of the sorted array."""
    return _by_levels(g, _quantile_slopes(a, q, axis, method), q)


@printed
def _between_rows(t_rows, order, at):
    """Tangent of what stands at places ``at`` of the sorted rows, or between two."""
    low = np.minimum(np.floor(at), order.shape[-1] - 1).astype(int)
    high = np.minimum(low + 1, order.shape[-1] - 1)
    t_sorted = np.take_along_axis(t_rows, order, -1)
    below = np.take_along_axis(t_sorted, low, -1)
    return below + (at - low) * (np.take_along_axis(t_sorted, high, -1) - below)


@printed_like("y")
def _quantile_of_a(t_a, y, a, q, axis, method):
    """Tangent of quantiles in that of ``a``; entries that tie keep their order."""
    rows = _as_rows(a, axis, 0)
    order = np.argsort(rows, axis=-1, kind="stable")
    at = _place_of(rows.shape[-1], np.ravel(q), method)
    places = np.broadcast_to(at, rows.shape[:-1] + np.shape(at))
    t = _between_rows(_as_rows(t_a, axis, 0), order, places)
    return np.reshape(np.moveaxis(t, -1, 0), np.shape(y))[()]


@printed_like("y")
def _nanquantile_of_a(t_a, y, a, q, axis, method):
    """Tangent of quantiles without NaNs in that of ``a``."""
    rows = _as_rows(a, axis, 0)
    if rows.shape[-1] == 0:
        return np.zeros(np.shape(y))
    order = np.argsort(rows, axis=-1, kind="stable")
    counts = np.sum(~np.isnan(rows), axis=-1)
    levels = np.ravel(q)
    at = np.zeros(counts.shape + np.shape(levels))
    for k in range(len(levels)):
        at[..., k] = _places_of(counts, levels[k], method)
    t = _between_rows(np.where(np.isnan(rows), 0.0, _as_rows(t_a, axis, 0)), order, at)
    return np.reshape(np.moveaxis(t, -1, 0), np.shape(y))[()]


def _along_levels(t_q, y, slopes):
    """Tangent by the levels, from the slopes between two entries of the sorted array."""
    return np.reshape(np.moveaxis(slopes * np.ravel(t_q), -1, 0), np.shape(y))


def _quantile_tangent(t_a, t_q, y, a, q, axis, method):
    """Tangent of quantiles."""
    if t_q is not None:
        by_level = _along_levels(t_q, y, _quantile_slopes(a, q, axis, method))
    if t_a is None:
        return by_level
    by_entry = _quantile_of_a(t_a, y, a, q, axis, method)
    return by_entry if t_q is None else by_entry + by_level


def _percentile_tangent(t_a, t_q, y, a, q, axis, method):
    """Tangent of percentiles."""
    t_q = None if t_q is None else t_q / 100.0
    return _quantile_tangent(t_a, t_q, y, a, q / 100.0, axis, method)


def _median_tangent(t_a, y, a, axis):
    """Tangent of the entry in the middle, or the mean of those of two."""
    return _quantile_of_a(t_a, y, a, 0.5, axis, "linear")


def _nanquantile_tangent(t_a, t_q, y, a, q, axis, method):
    """Tangent of quantiles."""
    if t_q is not None:
        by_level = _along_levels(t_q, y, _nanquantile_slopes(a, q, axis, method))
    if t_a is None:
        return by_level
    by_entry = _nanquantile_of_a(t_a, y, a, q, axis, method)
    return by_entry if t_q is None else by_entry + by_level


def _nanpercentile_tangent(t_a, t_q, y, a, q, axis, method):
    """Tangent of percentiles."""
    t_q = None if t_q is None else t_q / 100.0
    return _nanquantile_tangent(t_a, t_q, y, a, q / 100.0, axis, method)


def _nanmedian_tangent(t_a, y, a, axis):
    """Tangent of the entry in the middle, or the mean of those of two."""
    return _nanquantile_of_a(t_a, y, a, 0.5, axis, "linear")


def _quantile_adjoint(g, a, q, axis, method):
    """Cotangent of the array."""
    return _quantile_to_a(g, a, q, axis, method)


def _percentile_adjoint(g, a, q, axis, method):
    """Cotangent of the array."""
    return _quantile_to_a(g, a, q / 100.0, axis, method)


def _percentile_to_q(g, a, q, axis, method):
    """Cotangent of the levels in percent."""
    return _quantile_to_q(g, a, q / 100.0, axis, method) / 100.0


def _median_adjoint(g, a, axis):
    """Cotangent of the array: to the entry in the middle, or half to each of two."""
    return _quantile_to_a(g, a, 0.5, axis, "linear")


def _nanquantile_adjoint(g, a, q, axis, method):
    """Cotangent of the array."""
    return _nanquantile_to_a(g, a, q, axis, method)


def _nanquantile_to_q(g, a, q, axis, method):
    """Cotangent of the levels: the slopes between two entries of the sorted array."""
    return _by_levels(g, _nanquantile_slopes(a, q, axis, method), q)


def _nanpercentile_to_q(g, a, q, axis, method):
    """Cotangent of the levels in percent."""
    return _nanquantile_to_q(g, a, q / 100.0, axis, method) / 100.0


def _nanpercentile_adjoint(g, a, q, axis, method):
    """Cotangent of the array."""
    return _nanquantile_to_a(g, a, q / 100.0, axis, method)


def _nanmedian_adjoint(g, a, axis):
    """Cotangent of the array: to the entry in the middle, or half to each of two."""
    return _nanquantile_to_a(g, a, 0.5, axis, "linear")


# A table: an entry is read along its lines.
# fmt: off
_Q = "a, q, axis=None, out=None, overwrite_input=False, method=linear, keepdims=False"
_LEVELS = {"quantile": ("0.3", "[0.25, 0.6]", "u"),
           "percentile": ("30", "[25.0, 60.0]", "60.0 * u")}


def _quantile(name: str, adjoint: Any, to_q: Any, tangent: Any,
              arrays: tuple[str, str, str]) -> None:
    one, two, active = _LEVELS[name.removeprefix("nan")]
    vector, matrix, stack = arrays
    samples = [
        f"np.{name}({vector}, {one})", f"np.{name}({vector}, {two})",
        f"np.{name}({matrix}, {one}, axis=-1, keepdims=True)", f"np.{name}({matrix}, {two}, 0)",
        f"np.{name}({stack}, {two}, axis=(2, 0))", f"np.{name}(ties4, {one}, method='hazen')",
        f"np.{name}({matrix}, {one}, axis=1, method='nearest')",
        f"np.{name}({matrix}, {one}, axis=1, method='weibull', overwrite_input=True)",
        f"np.{name}({vector}, {active})", f"np.{name}({matrix}, {active}, axis=1)",
        f"np.{name}({vector}, 0.1 * {active}, method='hazen')",
    ]
    rule(name, quantile_type, callables=[f"np.{name}"], params=_Q, adjoint=(adjoint, to_q),
         tangent=tangent, fuller="" if name.startswith("nan") else f"np.{name}",
         at_kinks="ties keep their order", samples=tuple(samples))


_quantile("quantile", _quantile_adjoint, _quantile_to_q, _quantile_tangent,
          ("x5", "x23", "x234"))
_quantile("percentile", _percentile_adjoint, _percentile_to_q, _percentile_tangent,
          ("x5", "x23", "x234"))
_quantile("nanquantile", _nanquantile_adjoint, _nanquantile_to_q, _nanquantile_tangent,
          ("x5", "n23", "x234"))
_quantile("nanpercentile", _nanpercentile_adjoint, _nanpercentile_to_q, _nanpercentile_tangent,
          ("x5", "n23", "x234"))
for _name, _adjoint, _tangent in (("median", _median_adjoint, _median_tangent),
                                  ("nanmedian", _nanmedian_adjoint, _nanmedian_tangent)):
    rule(_name, quantile_type, callables=[f"np.{_name}"], adjoint=(_adjoint,),
         params="a, axis=None, out=None, overwrite_input=False, keepdims=False",
         tangent=_tangent, at_kinks="ties keep their order",
         samples=(f"np.{_name}(x5)", f"np.{_name}(x4)", f"np.{_name}(x23, axis=1)",
                  f"np.{_name}(x23, axis=-1, keepdims=True)", f"np.{_name}(x234, axis=(2, 0))",
                  f"np.{_name}(x23, 0, overwrite_input=True)", f"np.{_name}(xf23)",
                  f"np.{_name}({'n23' if 'nan' in _name else 'x31'}, axis=1)"))
