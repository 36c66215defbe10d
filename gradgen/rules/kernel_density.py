"""Kernel density estimates, as ``scipy.stats.gaussian_kde`` has them.

A density is a mixture of normal ones about the points of the data set, whose covariance is that of
the data (D. W. Scott, "Multivariate Density Estimation", 1992); ``resp`` is the share of each
point of the data in the density at each point asked for.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Op, Value
from gradgen.ir.types import Type, array, fresh_dim
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs

ESTIMATE = "scipy.stats.gaussian_kde"


def values_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a vector: a density for each point."""
    points = inputs[1].type.shape
    return array("float64", (points[-1] if points and len(points) == 2 else fresh_dim(),))


@printed
def _kernel_spread(dataset, weights, bw_method):
    """Return the weights, how far the data are from their mean, and the scale of the covariance.

    Last comes the slope of the scale's logarithm by the sum of the squares of the weights.
    """
    rows = np.atleast_2d(dataset)
    d, n = rows.shape
    weights = np.full(n, 1.0 / n) if weights is None else weights / np.sum(weights)
    squares = np.sum(weights**2)
    if bw_method is None or bw_method == "scott":
        factor, power = (1.0 / squares) ** (-1.0 / (d + 4)), 2.0 / (d + 4)
    elif bw_method == "silverman":
        factor, power = ((d + 2.0) / (4.0 * squares)) ** (-1.0 / (d + 4)), 2.0 / (d + 4)
    else:
        factor, power = bw_method, 0.0
    scale = factor**2 / (1.0 - squares)
    slope = power / squares + 1.0 / (1.0 - squares)
    return weights, rows - np.expand_dims(rows @ weights, -1), scale, slope


@printed
def _kernel_parts(points, dataset, weights, bw_method):
    """Return the parts of a kernel density estimate: see where they are used."""
    rows = np.atleast_2d(dataset)
    d = len(rows)
    weights, spread, scale, _ = _kernel_spread(dataset, weights, bw_method)
    inverse = np.linalg.inv(scale * (spread * weights) @ spread.T)
    at = np.reshape(points, (d, -1))
    apart = np.expand_dims(at, 1) - np.expand_dims(rows, 2)
    solved = np.tensordot(inverse, apart, 1)
    logs = -0.5 * np.sum(apart * solved, axis=0)
    kernels = np.exp(logs - np.max(np.where(weights > 0.0, logs.T, -np.inf).T, axis=0))
    kernels = kernels / (weights @ kernels)
    return inverse, solved, kernels, np.expand_dims(weights, -1) * kernels


@printed
def _kernels_to_points(g, dataset, points, weights, bw_method, width):
    """Cotangent of the points of ``scipy.stats.gaussian_kde(dataset).logpdf(points)``."""
    bw_method = bw_method if width is None else width
    _, solved, _, resp = _kernel_parts(points, dataset, weights, bw_method)
    return np.reshape(-g * np.sum(resp * solved, axis=1), np.shape(points))


@printed
def _kernels_to_covariance(g, inverse, solved, resp):
    """Cotangent of the covariance of all kernels."""
    shares = g * resp * solved
    return 0.5 * (np.tensordot(shares, solved, ((1, 2), (1, 2))) - np.sum(g) * inverse)


@printed
def _kernels_to_dataset(g, dataset, points, weights, bw_method, width):
    """Cotangent of the data: each kernel's place, and the covariance of all."""
    bw_method = bw_method if width is None else width
    inverse, solved, _, resp = _kernel_parts(points, dataset, weights, bw_method)
    d_cov = _kernels_to_covariance(g, inverse, solved, resp)
    weights, spread, scale, _ = _kernel_spread(dataset, weights, bw_method)
    moved = np.sum(g * resp * solved, axis=2) + 2.0 * d_cov @ (spread * (scale * weights))
    return np.reshape(moved, np.shape(dataset))


@printed
def _kernels_to_weights(g, dataset, points, weights, bw_method, width):
    """Cotangent of the weights: each kernel's share, and the covariance of all."""
    bw_method = bw_method if width is None else width
    inverse, solved, kernels, resp = _kernel_parts(points, dataset, weights, bw_method)
    d_cov = _kernels_to_covariance(g, inverse, solved, resp)
    shares, spread, scale, slope = _kernel_spread(dataset, weights, bw_method)
    by_scale = np.sum(d_cov * np.linalg.inv(inverse)) * slope
    d_shares = np.sum(g * kernels, axis=1) + scale * np.sum(spread * (d_cov @ spread), axis=0)
    d_shares = d_shares + 2.0 * by_scale * shares
    return (d_shares - np.sum(d_shares * shares)) / np.sum(weights)


@printed
def _kernels_to_width(g, dataset, points, weights, width):
    """Cotangent of the bandwidth, by whose square the covariance is scaled."""
    inverse, solved, _, resp = _kernel_parts(points, dataset, weights, width)
    d_cov = _kernels_to_covariance(g, inverse, solved, resp)
    return 2.0 * np.sum(d_cov * np.linalg.inv(inverse)) / width


@printed
def _kernels_tangent(
    t_dataset, t_points, t_weights, t_width, dataset, points, weights, bw_method, width
):
    """Tangent of ``scipy.stats.gaussian_kde(dataset).logpdf(points)``."""
    bw_method = bw_method if width is None else width
    inverse, solved, kernels, resp = _kernel_parts(points, dataset, weights, bw_method)
    shares, spread, scale, slope = _kernel_spread(dataset, weights, bw_method)
    total = np.zeros(resp.shape[1])
    t_cov = np.zeros(inverse.shape)
    if t_points is not None:
        way = np.reshape(t_points, (len(solved), -1))
        total = total - np.sum(np.sum(resp * solved, axis=1) * way, axis=0)
    if t_dataset is not None:
        moved = np.atleast_2d(t_dataset)
        total = total + np.sum(resp * np.sum(solved * np.expand_dims(moved, 2), axis=0), axis=0)
        half = moved @ (spread * (scale * shares)).T
        t_cov = half + half.T
    if t_weights is not None:
        t_shares = (t_weights - shares * np.sum(t_weights)) / np.sum(weights)
        total = total + t_shares @ kernels
        t_cov = t_cov + scale * (spread * t_shares) @ spread.T
        t_cov = t_cov + np.linalg.inv(inverse) * (2.0 * slope * np.sum(shares * t_shares))
    if t_width is not None:
        t_cov = t_cov + np.linalg.inv(inverse) * (2.0 * t_width / width)
    bent = np.sum(resp * np.sum(np.tensordot(t_cov, solved, 1) * solved, axis=0), axis=0)
    return total + 0.5 * (bent - np.sum(inverse * t_cov))


def kernels_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Return the mixture of the kernels' own derivatives."""
    ways = (_kernels_to_dataset, _kernels_to_points, _kernels_to_weights, _kernels_to_width)
    g = g if op.prim.endswith("logpdf") else alg.mul(g, op.out)
    t = op.inputs[i].type
    like = array("float64", ()) if t.is_scalar else t
    return alg.written(ways[i], op, like, g=alg.full(g, op.out))


def kernels_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Return the tangent of the log density, or of the density."""
    names = ("t_dataset", "t_points", "t_weights", "t_width")
    more = dict(zip(names, [*tangents, None, None], strict=False))
    share = alg.written(_kernels_tangent, op, op.out.type, **more)
    return share if op.prim.endswith("logpdf") else alg.mul(op.out, share)


# A table: an entry is read along its lines.
# fmt: off
_FORMS: dict[str, Any] = {"form": "special", "spelling": ESTIMATE, "vjp": kernels_vjp,
                          "jvp": kernels_jvp,
                          "params": "dataset, points, weights?, width?, bw_method=None"}
for _kind in ("logpdf", "pdf"):
    rule(f"{ESTIMATE}.{_kind}", values_type, **_FORMS,
         samples=[f"{ESTIMATE}(x5).{_kind}(y3)", f"{ESTIMATE}(x234[0], 'silverman').{_kind}(y3)",
                  f"{ESTIMATE}(x234[1], bw_method=0.8).{_kind}(x32)",
                  f"{ESTIMATE}(x5, weights=[1.0, 2.0, 0.5, 0.7, 3.0]).{_kind}(y)",
                  f"{ESTIMATE}(x6)(y3)", f"{ESTIMATE}(x3, weights=p3).{_kind}(y3)",
                  f"{ESTIMATE}(x234[1], 0.8, weights=p4).{_kind}(x32)",
                  f"{ESTIMATE}(x5, p).{_kind}(y3)", f"{ESTIMATE}(x3, 0.5 + p, p3).{_kind}(y3)",
                  ][: 99 if _kind == "logpdf" else 2])
