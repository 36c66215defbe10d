"""Where things are, how often, and in what order: integers, which have no derivative."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, array, fresh_dim
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape


def places_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return integers of the second input's shape."""
    return of_shape("int64", inputs[1].type.shape)


def order_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return integers of the first key's shape."""
    return Type("array", "int64", inputs[0].type.shape)


def rows_order_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return integers of a row's shape."""
    shape = inputs[0].type.shape
    return Type("array", "int64", shape[1:]) if shape else Type("any", "int64", None)


def counts_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a vector of counts, or of sums of weights."""
    weighted = "weights" in attrs.get("keyed", ())
    return array("float64" if weighted else "int64", (fresh_dim(),))


def values_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a vector of the same dtype."""
    return array(inputs[0].type.dtype, (fresh_dim(),))


def unknown_length(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a vector of integers."""
    return array("int64", (fresh_dim(),))


def _unique_values_to_x(g, y, x):
    """Cotangent of an array whose values are each taken once: to the first place of each."""
    flat = np.ravel(x)
    order = np.argsort(flat, kind="stable")
    d_x = np.zeros(np.shape(flat))
    d_x[order[np.searchsorted(flat[order], y)]] += g
    return np.reshape(d_x, np.shape(x))


def _unique_values_tangent(t_x, y, x):
    """Tangent of the values: that of the first place of each."""
    flat = np.ravel(x)
    order = np.argsort(flat, kind="stable")
    return np.ravel(t_x)[order[np.searchsorted(flat[order], y)]]


def _bincount_to_weights(g, x):
    """Cotangent of the weights: that of the bin each is in."""
    return g[x]


def _bincount_tangent(t_weights, x, y):
    """Tangent of sums of weights."""
    return np.bincount(x, t_weights, minlength=len(y))


# --- histograms -------------------------------------------------------------------------------


def histogram_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of counts and edges."""
    a, bins, weights = inputs[0].type, inputs[1].type, inputs[-1].type
    drawn = bins.shape in ((), None)
    edges = array(inexact_of(a.dtype) if drawn else bins.dtype or "float64", (fresh_dim(),))
    count: Any = fresh_dim()
    if bins.shape:
        edges, count = array(edges.dtype, bins.shape), bins.shape[0] + -1
    summed = weights.dtype if "weights" in attrs.get("keyed", ()) else "int64"
    return [array("float64" if attrs.get("density") else summed, (count,)), edges]


@printed
def _histogram_to_edges(d_hist, d_edges, hist, edges, density):
    """Cotangent of the edges; the counts of what lies between them are constant."""
    d_all = np.zeros(edges.shape) if d_edges is None else d_edges + 0.0
    if density and d_hist is not None:
        slope = d_hist * hist / (edges[1:] - edges[:-1])
        d_all[1:] -= slope
        d_all[:-1] += slope
    return d_all


@printed
def _histogram_to_samples(d_hist, d_edges, hist, edges, a, bins, range, density):
    """Cotangent of the samples: through edges that are drawn from the least to the largest."""
    if np.ndim(bins) > 0 or range is not None:
        return np.zeros(np.shape(a))
    d_all = _histogram_to_edges(d_hist, d_edges, hist, edges, density)
    along = np.linspace(0.0, 1.0, len(edges))
    low, high = a == np.min(a), a == np.max(a)
    return low * (np.sum(d_all * (1.0 - along)) / np.sum(low)) + high * (
        np.sum(d_all * along) / np.sum(high)
    )


@printed
def _histogram_to_weights(d_hist, hist, edges, a, density, weights):
    """Cotangent of the weights: that of the bin each is in."""
    flat = np.ravel(a)
    at = np.clip(np.searchsorted(edges, flat, side="right") - 1, 0, len(hist) - 1)
    inside = (flat >= edges[0]) & (flat <= edges[-1])
    share = d_hist[at]
    if density:
        width = edges[1:] - edges[:-1]
        total = np.sum(np.where(inside, np.ravel(weights), 0.0))
        share = (share / width[at] - np.sum(d_hist * hist)) / total
    return np.reshape(np.where(inside, share, 0.0), np.shape(a))


# A table: an entry is read along its lines.
# fmt: off
PASSIVE: dict[str, Any] = {"passive": True}
rule("searchsorted", places_type, callables=["np.searchsorted"], methods=["searchsorted"],
     params="a, v, side=left, sorter?", **PASSIVE,
     samples=("np.searchsorted(np.sort(x5), y3) * y3", "np.searchsorted([0.0, 0.5], y) * y",
              "np.sort(x5).searchsorted(y3, 'right') * y3",
              "np.searchsorted(x5, y3, sorter=np.argsort(x5)) * y3"))
rule("lexsort", order_type, callables=["np.lexsort"], form="sequence", params="keys, axis=-1",
     samples=("x3[np.lexsort((x3, j3))]", "x3[np.lexsort(x23)]"), **PASSIVE)
rule("lexsort_rows", rows_order_type, spelling="np.lexsort", params="keys, axis=-1", **PASSIVE)
rule("bincount", counts_type, callables=["np.bincount"], params="x, /, weights?, minlength?",
     keyed=("weights", "minlength"), adjoint=(None, _bincount_to_weights, None),
     tangent=_bincount_tangent,
     samples=("np.bincount(i3, weights=x3)", "np.bincount(i3, x3, 5)", "x3 * np.bincount(i3)",
              "np.bincount(i3, weights=x3, minlength=4)"))
rule("unique_places", unknown_length, form="special", params="ar", **PASSIVE)
rule("unique_values", values_type, callables=["np.unique_values"], params="x",
     adjoint=(_unique_values_to_x,), tangent=_unique_values_tangent,
     at_kinks="of equal entries, the first",
     samples=("np.unique_values(x5)", "np.unique_values(x23)"))


def _histogram_to_a(d_hist, d_edges, hist, edges, a, bins, range, density):
    """Cotangent of the samples."""
    return _histogram_to_samples(d_hist, d_edges, hist, edges, a, bins, range, density)


def _histogram_to_bins(d_hist, d_edges, hist, edges, bins, density):
    """Cotangent of edges that are given."""
    if np.ndim(bins) == 0:
        return 0.0
    return _histogram_to_edges(d_hist, d_edges, hist, edges, density)


def _histogram_weights(d_hist, hist, edges, a, density, weights):
    """Cotangent of the weights."""
    if d_hist is None:
        return 0.0
    return _histogram_to_weights(d_hist, hist, edges, a, density, weights)


@printed
def _histogram_tangents(t_a, t_bins, t_weights, hist, edges, a, bins, range, density, weights):
    """Tangents of counts and edges; what is in which bin is constant."""
    t_edges = np.zeros(edges.shape)
    if np.ndim(bins) > 0 and t_bins is not None:
        t_edges = t_bins
    if np.ndim(bins) == 0 and range is None and t_a is not None:
        along = np.linspace(0.0, 1.0, len(edges))
        low, high = a == np.min(a), a == np.max(a)
        first, last = np.sum(low * t_a) / np.sum(low), np.sum(high * t_a) / np.sum(high)
        t_edges = first * (1.0 - along) + last * along
    t_hist = np.zeros(hist.shape)
    if t_weights is not None:
        t_hist = np.histogram(a, edges, weights=t_weights)[0]
        if density:
            total = np.sum(np.histogram(a, edges, weights=weights)[0])
            width = edges[1:] - edges[:-1]
            t_hist = t_hist / (width * total) - hist * (np.sum(t_hist) / total)
    if density:
        t_hist = t_hist - hist * np.diff(t_edges) / np.diff(edges)
    return t_hist, t_edges


def _histogram_tangent(t_a, t_bins, t_weights, hist, edges, a, bins, range, density, weights):
    """Tangents of counts and edges."""
    return _histogram_tangents(
        t_a, t_bins, t_weights, hist, edges, a, bins, range, density, weights
    )


rule("histogram", histogram_types, callables=["np.histogram"], outputs=("hist", "edges"),
     params="a, bins?=10, range=None, density=None, weights?", keyed=("weights",),
     adjoint=(_histogram_to_a, _histogram_to_bins, _histogram_weights),
     tangent=_histogram_tangent,
     at_kinks="counts are constant",
     samples=("np.histogram(x6)[0] * 1.0 + x", "np.histogram(x6, 4)[1]",
              "np.histogram(x6, bins=3, density=True)[0]",
              "np.histogram(x6, np.array([-2.0, 0.0, 0.3, 2.0]), weights=p6)[0]",
              "np.histogram(x6, 4, (-3.0, 3.0), weights=p6)[0]",
              "np.histogram(x6, 3, density=True, weights=p6)[0]",
              "np.histogram(x6, [-2, 0, 2], weights=p6)[0]", "np.histogram(xf23, 3)[1]",
              "np.histogram(x3, 2, weights=pf3)[0]"))
