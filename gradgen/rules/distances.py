"""Distances of points, each from each, as ``scipy.spatial.distance`` has them."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, array
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, refuse_unless

METRICS = (
    "euclidean", "sqeuclidean", "cityblock", "chebyshev", "minkowski", "cosine", "correlation",
)  # fmt: skip


def cdist_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a row for each point of the first set, a column for each of the second."""
    metric, p = attrs.get("metric", "euclidean"), attrs.get("p")
    known = metric in METRICS and (p is None or (metric == "minkowski" and 0.0 < p < np.inf))
    what = f"scipy.spatial.distance.cdist with metric={metric!r}"
    refuse_unless(known, what if p is None else f"{what} and p={p!r}", f"use {', '.join(METRICS)}")
    a, b = (v.type for v in inputs)
    if a.shape is None or b.shape is None:
        return Type("any", "float64", None)
    return array("float64", (a.shape[0], b.shape[0]))


def _cdist_slopes(y, XA, XB, metric, p):
    """Return the derivatives of the distances by the coordinates of the first points."""
    apart = np.expand_dims(XA, 1) - np.expand_dims(XB, 0)
    if metric == "sqeuclidean":
        return 2.0 * apart
    if metric == "cityblock":
        return np.sign(apart)
    far = np.expand_dims(y, -1)
    if metric == "chebyshev":
        reached = np.abs(apart) == far
        return np.sign(apart) * reached / np.sum(reached, axis=-1, keepdims=True)
    safe = np.where(far == 0.0, 1.0, far)
    if metric == "euclidean" or p is None or p == 2:
        return apart / safe
    parts = np.where(apart == 0.0, 1.0, np.abs(apart) / safe)
    return np.sign(apart) * parts ** (p - 1)


def _directions(X, metric):
    """Return the lengths of vectors and the vectors of length 1, for correlations from the mean."""
    X = X - np.mean(X, axis=1, keepdims=True) if metric == "correlation" else X
    size = np.sqrt(np.sum(X**2, axis=1, keepdims=True))
    return size, X / size


def _of_direction(v, X, metric):
    """Send a cotangent or tangent ``v`` of the directions of ``X`` through the division."""
    size, unit = _directions(X, metric)
    v = (v - unit * np.sum(v * unit, axis=1, keepdims=True)) / size
    return v - np.mean(v, axis=1, keepdims=True) if metric == "correlation" else v


def _cdist_to_a(g, y, XA, XB, metric="euclidean", p=None):
    """Cotangent of the first set of points in ``cdist(XA, XB)``."""
    if metric == "cosine" or metric == "correlation":
        return -_of_direction(g @ _directions(XB, metric)[1], XA, metric)
    return np.sum(np.expand_dims(g, -1) * _cdist_slopes(y, XA, XB, metric, p), axis=1)


def _cdist_to_b(g, y, XA, XB, metric="euclidean", p=None):
    """Cotangent of the second set of points in ``cdist(XA, XB)``."""
    if metric == "cosine" or metric == "correlation":
        return -_of_direction(g.T @ _directions(XA, metric)[1], XB, metric)
    return -np.sum(np.expand_dims(g, -1) * _cdist_slopes(y, XA, XB, metric, p), axis=0)


def _angles_tangent(t_XA, t_XB, XA, XB, metric):
    """Tangent of one minus the cosines between two sets of vectors."""
    if t_XA is not None:
        first = -_of_direction(t_XA, XA, metric) @ _directions(XB, metric)[1].T
    if t_XB is None:
        return first
    second = -_directions(XA, metric)[1] @ _of_direction(t_XB, XB, metric).T
    return second if t_XA is None else first + second


def _cdist_tangent(t_XA, t_XB, y, XA, XB, metric="euclidean", p=None):
    """Tangent of ``cdist(XA, XB)``."""
    if metric == "cosine" or metric == "correlation":
        return _angles_tangent(t_XA, t_XB, XA, XB, metric)
    slopes = _cdist_slopes(y, XA, XB, metric, p)
    if t_XA is None:
        return -np.sum(slopes * np.expand_dims(t_XB, 0), axis=-1)
    if t_XB is None:
        return np.sum(slopes * np.expand_dims(t_XA, 1), axis=-1)
    return np.sum(slopes * (np.expand_dims(t_XA, 1) - np.expand_dims(t_XB, 0)), axis=-1)


# fmt: off
rule("cdist", cdist_type, callables=["scipy.spatial.distance.cdist"],
     at_kinks="0 at distance 0; ties of the largest share evenly",
     params="XA, XB, metric=euclidean, *, p=None", adjoint=(_cdist_to_a, _cdist_to_b),
     tangent=_cdist_tangent,
     samples=("scipy.spatial.distance.cdist(x23, m33)",
              "scipy.spatial.distance.cdist(x32, p32, 'sqeuclidean')",
              "scipy.spatial.distance.cdist(x23, p23, metric='cityblock')",
              "scipy.spatial.distance.cdist(x23, p23, 'chebyshev')",
              "scipy.spatial.distance.cdist(x23, p23, 'minkowski', p=3)",
              "scipy.spatial.distance.cdist(x23, p23, 'minkowski')",
              "scipy.spatial.distance.cdist(x23, m33, 'cosine')",
              "scipy.spatial.distance.cdist(x23, m33, metric='correlation')",
              "scipy.spatial.distance.cdist(x23, p23, metric='minkowski', p=1.5)"))
