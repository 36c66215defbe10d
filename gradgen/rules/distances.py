"""Distances of points, each from each, as ``scipy.spatial.distance`` has them."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, array
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs


def cdist_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a row for each point of the first set, a column for each of the second."""
    a, b = (v.type for v in inputs)
    if a.shape is None or b.shape is None:
        return Type("any", "float64", None)
    return array("float64", (a.shape[0], b.shape[0]))


def _cdist_to_a(g, y, XA, XB, metric="euclidean", p=None):
    """Cotangent of the first set of points in ``cdist(XA, XB)``."""
    apart = np.expand_dims(XA, 1) - np.expand_dims(XB, 0)
    return np.sum(np.expand_dims(_cdist_weight(g, y, metric), -1) * _cdist_way(apart, metric), 1)


def _cdist_to_b(g, y, XA, XB, metric="euclidean", p=None):
    """Cotangent of the second set of points in ``cdist(XA, XB)``."""
    apart = np.expand_dims(XB, 0) - np.expand_dims(XA, 1)
    return np.sum(np.expand_dims(_cdist_weight(g, y, metric), -1) * _cdist_way(apart, metric), 0)


def _cdist_weight(g, y, metric):
    """Return the factor that all coordinates of a pair share."""
    if metric == "euclidean":
        return g / np.where(y == 0.0, 1.0, y)
    return 2.0 * g if metric == "sqeuclidean" else g


def _cdist_way(apart, metric):
    """Return the derivative by each coordinate, but for the factor."""
    return np.sign(apart) if metric == "cityblock" else apart


def _cdist_tangent(t_XA, t_XB, y, XA, XB, metric="euclidean"):
    """Tangent of ``cdist(XA, XB)``."""
    apart = np.expand_dims(XA, 1) - np.expand_dims(XB, 0)
    share = np.zeros_like(apart) if t_XA is None else np.expand_dims(t_XA, 1)
    share = share if t_XB is None else share - np.expand_dims(t_XB, 0)
    return _cdist_weight(np.sum(_cdist_way(apart, metric) * share, axis=-1), y, metric)


# fmt: off
rule("cdist", cdist_type, callables=["scipy.spatial.distance.cdist"], at_kinks="0 at distance 0",
     params="XA, XB, metric=euclidean, *, p=None", adjoint=(_cdist_to_a, _cdist_to_b),
     tangent=_cdist_tangent,
     samples=("scipy.spatial.distance.cdist(x23, m33)",
              "scipy.spatial.distance.cdist(x32, p32, 'sqeuclidean')",
              "scipy.spatial.distance.cdist(x23, p23, metric='cityblock')"))
