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
def _kernel_parts(points, dataset, weights, bw_method):
    """Return the parts of a kernel density estimate: see where they are used."""
    rows = np.atleast_2d(dataset)
    d, n = rows.shape
    weights = np.full(n, 1.0 / n) if weights is None else weights / np.sum(weights)
    squares = np.sum(weights**2)
    if bw_method is None or bw_method == "scott":
        factor = (1.0 / squares) ** (-1.0 / (d + 4))
    elif bw_method == "silverman":
        factor = ((d + 2.0) / (4.0 * squares)) ** (-1.0 / (d + 4))
    else:
        factor = bw_method
    scale = factor**2 / (1.0 - squares)
    spread = rows - np.expand_dims(rows @ weights, -1)
    inverse = np.linalg.inv(scale * (spread * weights) @ spread.T)
    at = np.reshape(points, (d, -1))
    apart = np.expand_dims(at, 1) - np.expand_dims(rows, 2)
    solved = np.tensordot(inverse, apart, 1)
    logs = np.expand_dims(np.log(weights), -1) - 0.5 * np.sum(apart * solved, axis=0)
    resp = np.exp(logs - np.max(logs, axis=0))
    resp = resp / np.sum(resp, axis=0)
    return spread * (scale * weights), inverse, solved, resp


@printed
def _kernels_to_points(g, dataset, points, weights, bw_method):
    """Cotangent of the points of ``scipy.stats.gaussian_kde(dataset).logpdf(points)``."""
    _, _, solved, resp = _kernel_parts(points, dataset, weights, bw_method)
    return np.reshape(-g * np.sum(resp * solved, axis=1), np.shape(points))


@printed
def _kernels_to_dataset(g, dataset, points, weights, bw_method):
    """Cotangent of the data: each kernel's place, and the covariance of all."""
    weighted, inverse, solved, resp = _kernel_parts(points, dataset, weights, bw_method)
    shares = g * resp * solved
    d_cov = 0.5 * (np.tensordot(shares, solved, ((1, 2), (1, 2))) - np.sum(g) * inverse)
    return np.reshape(np.sum(shares, axis=2) + 2.0 * d_cov @ weighted, np.shape(dataset))


@printed
def _kernels_tangent(t_dataset, t_points, dataset, points, weights, bw_method):
    """Tangent of ``scipy.stats.gaussian_kde(dataset).logpdf(points)``."""
    weighted, inverse, solved, resp = _kernel_parts(points, dataset, weights, bw_method)
    total = np.zeros(resp.shape[1])
    if t_points is not None:
        way = np.reshape(t_points, (len(solved), -1))
        total = total - np.sum(np.sum(resp * solved, axis=1) * way, axis=0)
    if t_dataset is not None:
        moved = np.atleast_2d(t_dataset)
        total = total + np.sum(resp * np.sum(solved * np.expand_dims(moved, 2), axis=0), axis=0)
        t_cov = moved @ weighted.T + weighted @ moved.T
        bent = np.sum(resp * np.sum(np.tensordot(t_cov, solved, 1) * solved, axis=0), axis=0)
        total = total + 0.5 * (bent - np.sum(inverse * t_cov))
    return total


def kernels_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Return the mixture of the kernels' own derivatives; by weights there is none."""
    if i == 2:
        alg.refuse(op, f"{ESTIMATE} by its weights", "hold the weights constant")
    how = (_kernels_to_dataset, _kernels_to_points)[i]
    g = g if op.prim.endswith("logpdf") else alg.mul(g, op.out)
    t = op.inputs[i].type
    like = array("float64", ()) if t.is_scalar else t
    return alg.written(how, op, like, g=alg.full(g, op.out))


def kernels_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Return the tangent of the log density, or of the density."""
    if len(tangents) > 2 and tangents[2] is not None:
        alg.refuse(op, f"{ESTIMATE} by its weights", "hold the weights constant")
    more = {"t_dataset": tangents[0], "t_points": tangents[1]}
    share = alg.written(_kernels_tangent, op, op.out.type, **more)
    return share if op.prim.endswith("logpdf") else alg.mul(op.out, share)


# A table: an entry is read along its lines.
# fmt: off
_FORMS: dict[str, Any] = {"form": "special", "spelling": ESTIMATE, "vjp": kernels_vjp,
                          "jvp": kernels_jvp,
                          "params": "dataset, points, weights?, bw_method=None"}
for _kind in ("logpdf", "pdf"):
    rule(f"{ESTIMATE}.{_kind}", values_type, **_FORMS,
         samples=[f"{ESTIMATE}(x5).{_kind}(y3)", f"{ESTIMATE}(x234[0], 'silverman').{_kind}(y3)",
                  f"{ESTIMATE}(x234[1], bw_method=0.8).{_kind}(x32)",
                  f"{ESTIMATE}(x5, weights=[1.0, 2.0, 0.5, 0.7, 3.0]).{_kind}(y)",
                  f"{ESTIMATE}(x6)(y3)"][: 99 if _kind == "logpdf" else 2])
