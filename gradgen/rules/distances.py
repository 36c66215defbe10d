"""Distances of points, each from each, as ``scipy.spatial.distance`` has them."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, array, fresh_dim
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, refuse_unless

# With the arguments that they take, and the one that they have to be given.
METRICS: dict[str, tuple[tuple[str, ...], str]] = {
    "euclidean": (("w",), ""), "sqeuclidean": (("w",), ""), "cityblock": (("w",), ""),
    "minkowski": (("w",), ""), "chebyshev": ((), ""), "cosine": ((), ""), "correlation": ((), ""),
    "canberra": ((), ""), "braycurtis": ((), ""), "jensenshannon": ((), ""), "hamming": ((), ""),
    "seuclidean": (("V",), "V"), "mahalanobis": (("VI",), "VI"),
}  # fmt: skip


def check_metric(name: str, attrs: Attrs) -> None:
    """Refuse a metric that has no derivative here, or not with these arguments."""
    metric, p = attrs.get("metric", "euclidean"), attrs.get("p")
    what = f"{name} with metric={metric!r}"
    known = metric in METRICS and (p is None or (metric == "minkowski" and 0.0 < p < np.inf))
    refuse_unless(known, what if p is None else f"{what} and p={p!r}", f"use {', '.join(METRICS)}")
    takes, needs = METRICS[metric]
    keyed = attrs.get("keyed", ())
    for key in keyed:
        refuse_unless(key in takes, f"{what} and {key}", f"leave {key} out")
    refuse_unless(not needs or needs in keyed, f"{what} and no {needs}", f"pass {needs}=")


def cdist_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a row for each point of the first set, a column for each of the second."""
    check_metric("scipy.spatial.distance.cdist", attrs)
    a, b = (v.type for v in inputs[:2])
    if a.shape is None or b.shape is None:
        return Type("any", "float64", None)
    return array("float64", (a.shape[0], b.shape[0]))


def pdist_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a number for each pair of points."""
    check_metric("scipy.spatial.distance.pdist", attrs)
    return array("float64", (fresh_dim(),))


def _cdist_slopes(y, XA, XB, metric, p, w=None, V=None, VI=None):
    """Return the derivatives of the distances by the coordinates of the first points."""
    apart = np.expand_dims(XA, 1) - np.expand_dims(XB, 0)
    if metric == "hamming":
        return 0.0 * apart
    weighted = apart if w is None else w * apart
    if metric == "sqeuclidean":
        return 2.0 * weighted
    if metric == "cityblock":
        return np.sign(apart) if w is None else w * np.sign(apart)
    far = np.expand_dims(y, -1)
    if metric == "chebyshev":
        apart = np.expand_dims(XA.astype(float), 1) - np.expand_dims(XB.astype(float), 0)
        reached = np.abs(apart) == far
        return np.sign(apart) * reached / np.sum(reached, axis=-1, keepdims=True)
    safe = np.where(far == 0.0, 1.0, far)
    if metric == "seuclidean":
        return apart / V / safe
    if metric == "mahalanobis":
        return 0.5 * (apart @ (VI + VI.T)) / safe
    if metric == "euclidean" or p is None or p == 2:
        return weighted / safe
    parts = np.where(apart == 0.0, 1.0, np.abs(apart) / safe)
    slopes = np.sign(apart) * parts ** (p - 1)
    return slopes if w is None else w * slopes


def _quotient_slopes(y, XA, XB, metric):
    """Return the derivatives of distances that depend on more than differences."""
    a, b = np.expand_dims(XA, 1), np.expand_dims(XB, 0)
    far = np.expand_dims(y, -1)
    if metric == "jensenshannon":
        size = np.sum(a, axis=-1, keepdims=True)
        a, b = a / size, b / np.sum(b, axis=-1, keepdims=True)
        ratio = np.where(a > 0.0, 2.0 * a / np.where(a > 0.0, a + b, 1.0), 1.0)
        by_share = 0.25 * np.log(ratio) / np.where(far == 0.0, 1.0, far)
        return (by_share - np.sum(by_share * a, axis=-1, keepdims=True)) / size
    if metric == "braycurtis":
        size = np.sum(np.abs(a + b), axis=-1, keepdims=True)
        return (np.sign(a - b) - far * np.sign(a + b)) / size
    size = np.abs(a) + np.abs(b)
    safe = np.where(size == 0.0, 1.0, size)
    return (np.sign(a - b) - np.abs(a - b) / safe * np.sign(a)) / safe


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


def _cdist_to_a(g, y, XA, XB, metric="euclidean", p=None, w=None, V=None, VI=None):
    """Cotangent of the first set of points in ``cdist(XA, XB)``."""
    if metric == "cosine" or metric == "correlation":
        return -_of_direction(g @ _directions(XB, metric)[1], XA, metric)
    if metric in ("canberra", "braycurtis", "jensenshannon"):
        return np.sum(np.expand_dims(g, -1) * _quotient_slopes(y, XA, XB, metric), axis=1)
    return np.sum(np.expand_dims(g, -1) * _cdist_slopes(y, XA, XB, metric, p, w, V, VI), axis=1)


def _cdist_to_b(g, y, XA, XB, metric="euclidean", p=None, w=None, V=None, VI=None):
    """Cotangent of the second set of points in ``cdist(XA, XB)``."""
    if metric == "cosine" or metric == "correlation":
        return -_of_direction(g.T @ _directions(XA, metric)[1], XB, metric)
    if metric in ("canberra", "braycurtis", "jensenshannon"):
        return np.sum(np.expand_dims(g.T, -1) * _quotient_slopes(y.T, XB, XA, metric), axis=1)
    return -np.sum(np.expand_dims(g, -1) * _cdist_slopes(y, XA, XB, metric, p, w, V, VI), axis=0)


def _cdist_w_slopes(y, XA, XB, metric, p):
    """Return the derivatives of the distances by the weights of the coordinates."""
    apart = np.abs(np.expand_dims(XA, 1) - np.expand_dims(XB, 0))
    if metric == "sqeuclidean":
        return apart**2
    if metric == "cityblock":
        return apart
    far = np.expand_dims(y, -1)
    safe = np.where(far == 0.0, 1.0, far)
    power = 2.0 if metric == "euclidean" or p is None else p
    return (apart / safe) ** power * safe / power


def _cdist_to_w(g, y, XA, XB, metric="euclidean", p=None):
    """Cotangent of the weights in ``cdist(XA, XB, w=w)``."""
    return np.sum(np.expand_dims(g, -1) * _cdist_w_slopes(y, XA, XB, metric, p), axis=(0, 1))


def _cdist_to_variances(g, y, XA, XB, V):
    """Cotangent of the variances in ``cdist(XA, XB, "seuclidean", V=V)``."""
    apart = np.expand_dims(XA, 1) - np.expand_dims(XB, 0)
    share = np.expand_dims(-0.5 * g / np.where(y == 0.0, 1.0, y), -1)
    return np.sum(share * (apart / V) ** 2, axis=(0, 1))


def _cdist_to_inverse(g, y, XA, XB):
    """Cotangent of the inverse covariance in ``cdist(XA, XB, "mahalanobis", VI=VI)``."""
    apart = np.expand_dims(XA, 1) - np.expand_dims(XB, 0)
    share = np.expand_dims(0.5 * g / np.where(y == 0.0, 1.0, y), -1)
    return np.einsum("ijk,ijl->kl", share * apart, apart)


def _angles_tangent(t_XA, t_XB, XA, XB, metric):
    """Tangent of one minus the cosines between two sets of vectors."""
    if t_XA is not None:
        first = -_of_direction(t_XA, XA, metric) @ _directions(XB, metric)[1].T
    if t_XB is None:
        return first
    second = -_directions(XA, metric)[1] @ _of_direction(t_XB, XB, metric).T
    return second if t_XA is None else first + second


def _cdist_tangent(
    t_XA, t_XB, t_w, t_V, t_VI, y, XA, XB, metric="euclidean", p=None, w=None, V=None, VI=None
):
    """Tangent of ``cdist(XA, XB)``."""
    if metric == "cosine" or metric == "correlation":
        return _angles_tangent(t_XA, t_XB, XA, XB, metric)
    total = np.zeros(y.shape)
    if t_XA is not None and metric in ("canberra", "braycurtis", "jensenshannon"):
        slopes = _quotient_slopes(y, XA, XB, metric)
        total = total + np.sum(slopes * np.expand_dims(t_XA, 1), axis=-1)
    elif t_XA is not None:
        slopes = _cdist_slopes(y, XA, XB, metric, p, w, V, VI)
        total = total + np.sum(slopes * np.expand_dims(t_XA, 1), axis=-1)
    if t_XB is not None and metric in ("canberra", "braycurtis", "jensenshannon"):
        slopes = _quotient_slopes(y.T, XB, XA, metric)
        total = total + np.sum(slopes * np.expand_dims(t_XB, 1), axis=-1).T
    elif t_XB is not None:
        slopes = _cdist_slopes(y, XA, XB, metric, p, w, V, VI)
        total = total - np.sum(slopes * np.expand_dims(t_XB, 0), axis=-1)
    apart = np.expand_dims(XA, 1) - np.expand_dims(XB, 0)
    safe = np.where(y == 0.0, 1.0, y)
    if t_w is not None:
        total = total + np.sum(_cdist_w_slopes(y, XA, XB, metric, p) * t_w, axis=-1)
    if t_V is not None:
        total = total - 0.5 * np.sum((apart / V) ** 2 * t_V, axis=-1) / safe
    if t_VI is not None:
        total = total + 0.5 * np.sum(apart @ t_VI * apart, axis=-1) / safe
    return total


def _square(v, X):
    """Return the matrix above whose diagonal the numbers of pairs are."""
    out = np.zeros((len(X), len(X)))
    out[np.triu_indices(len(X), 1)] = v
    return out


def _pdist_to_x(g, y, X, metric="euclidean", p=None, w=None, V=None, VI=None):
    """Cotangent of the points in ``pdist(X)``."""
    far, share = _square(y, X), _square(g, X)
    return _cdist_to_a(share + share.T, far + far.T, X, X, metric, p, w, V, VI)


def _pdist_to_w(g, y, X, metric="euclidean", p=None):
    """Cotangent of the weights in ``pdist(X, w=w)``."""
    return _cdist_to_w(_square(g, X), _square(y, X), X, X, metric, p)


def _pdist_to_variances(g, y, X, V):
    """Cotangent of the variances in ``pdist(X, "seuclidean", V=V)``."""
    return _cdist_to_variances(_square(g, X), _square(y, X), X, X, V)


def _pdist_to_inverse(g, y, X):
    """Cotangent of the inverse covariance in ``pdist(X, "mahalanobis", VI=VI)``."""
    return _cdist_to_inverse(_square(g, X), _square(y, X), X, X)


def _pdist_tangent(t_X, t_w, t_V, t_VI, y, X, metric="euclidean", p=None, w=None, V=None, VI=None):
    """Tangent of ``pdist(X)``."""
    far = _square(y, X)
    all_pairs = _cdist_tangent(t_X, t_X, t_w, t_V, t_VI, far + far.T, X, X, metric, p, w, V, VI)
    return all_pairs[np.triu_indices(len(X), 1)]


# fmt: off
_CALLS = (
    "{0}, 'sqeuclidean'", "{0}, metric='cityblock'", "{0}, 'chebyshev'", "{0}, 'minkowski', p=3",
    "{0}, 'minkowski'", "{0}, 'cosine'", "{0}, metric='correlation'",
    "{0}, metric='minkowski', p=1.5", "{0}, 'canberra'", "{0}, 'braycurtis'",
    "{0}, 'hamming'", "{0}, 'seuclidean', V=p{1}",
    "{0}, 'mahalanobis', VI=m{1}{1}", "{0}, w=p{1}", "{0}, 'minkowski', p=3, w=p{1}",
    "{0}, 'cityblock', w=p{1}",
)  # fmt: skip
_KINKS = "0 at distance 0; ties of the largest share evenly"
_OPTIONS = "metric=euclidean, *, p=None, w?, V?, VI?"
rule(
    "cdist",
    cdist_type,
    callables=["scipy.spatial.distance.cdist"],
    at_kinks=_KINKS,
    params=f"XA, XB, {_OPTIONS}",
    adjoint=(_cdist_to_a, _cdist_to_b, _cdist_to_w, _cdist_to_variances, _cdist_to_inverse),
    tangent=_cdist_tangent,
    samples=(
        "scipy.spatial.distance.cdist(x23, m33)",
        "scipy.spatial.distance.cdist(p23, u23, 'jensenshannon')",
        "scipy.spatial.distance.cdist(xf23, 3.0 * xf23[::-1], 'chebyshev')",
        *(f"scipy.spatial.distance.cdist({call.format('x23, p23', 3)})" for call in _CALLS),
    ),
)
rule(
    "pdist",
    pdist_type,
    callables=["scipy.spatial.distance.pdist"],
    at_kinks=_KINKS,
    params=f"X, {_OPTIONS}",
    adjoint=(_pdist_to_x, _pdist_to_w, _pdist_to_variances, _pdist_to_inverse),
    tangent=_pdist_tangent,
    samples=(
        "scipy.spatial.distance.pdist(x32)",
        "scipy.spatial.distance.pdist(p23, 'jensenshannon')",
        "scipy.spatial.distance.pdist(m33[:1])",
        *(f"scipy.spatial.distance.pdist({call.format('m44', 4)})" for call in _CALLS),
    ),
)
