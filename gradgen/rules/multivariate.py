"""Distributions of vectors: the normal, Dirichlet and multinomial ones of ``scipy.stats``.

A covariance matrix, of which SciPy reads one triangle, is taken as its symmetric part, as in
``rules.factorizations``.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.types import Shape, Type, may_be_one
from gradgen.rules.factorizations import SYMMETRIC, _symmetric
from gradgen.rules.helpers import _unbroadcast
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, of_shape

NORMAL = "scipy.stats.multivariate_normal"
KNOWN = "give example arguments, or reshape to lengths that are known"


def dimension(inputs: list[Value]) -> Any:
    """Return of how many numbers a point consists: 1, a length, or None where it is not known."""
    mean, cov = inputs[-2], inputs[-1]
    for v, axes in ((mean, 1), (cov, 2)):
        shape = v.type.shape
        if v.type.is_numeric and shape is None:
            return None
        if v.type.is_numeric and shape and len(shape) >= axes:
            return shape[-1]
    return 1


def point_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a float for each point; SciPy drops axes of length 1."""
    shape, size = inputs[0].type.shape, dimension(inputs)
    if shape is None or size is None:
        return Type("any", "float64", None)
    one = len(shape) < 2 and size == 1
    points: Shape = shape if one else shape[:-1]
    if any(d != 1 and may_be_one(d) for d in points):
        return Type("any", "float64", None)
    return of_shape("float64", tuple(d for d in points if d != 1))


def _inverse(cov, singular):
    """Return the inverse of a covariance; of a singular one that of its range, as SciPy's."""
    if singular:
        return np.linalg.pinv(_symmetric(cov), 1e6 * 2.0**-52)
    return np.linalg.inv(_symmetric(cov))


def _solved(dev, cov, singular):
    """Return ``inv(cov) @ dev`` for each point."""
    if np.ndim(cov) < 2:
        return dev / cov
    if singular:
        return dev @ _inverse(cov, True)
    if np.ndim(dev) == 1:
        return np.linalg.solve(_symmetric(cov), dev)
    if np.ndim(dev) == 2:
        return np.linalg.solve(_symmetric(cov), dev.T).T
    return np.linalg.solve(_symmetric(cov), np.expand_dims(dev, -1))[..., 0]


def _deviation(x, mean):
    """Return how far the points are from the mean."""
    return x if mean is None else x - mean


def _each(g, solved):
    """Return the cotangent of each point beside its coordinates."""
    if np.ndim(solved) == 1:
        return g
    if np.ndim(g) == np.ndim(solved) - 1:
        return np.expand_dims(g, -1)
    return np.reshape(g, (*np.shape(solved)[:-1], 1))


def _vector_to_x(g, x, mean, cov, allow_singular):
    """Cotangent of points in ``scipy.stats.multivariate_normal.logpdf(x, mean, cov)``."""
    solved = _solved(_deviation(x, mean), cov, allow_singular)
    return -_each(g, solved) * solved


def _vector_to_mean(g, x, mean, cov, allow_singular):
    """Cotangent of the mean in ``scipy.stats.multivariate_normal.logpdf(x, mean, cov)``."""
    return _unbroadcast(-_vector_to_x(g, x, mean, cov, allow_singular), mean)


def _vector_to_cov(g, x, mean, cov, allow_singular):
    """Cotangent of the covariance: a matrix, variances, or one variance."""
    solved = _solved(_deviation(x, mean), cov, allow_singular)
    if np.ndim(cov) < 2:
        share = 0.5 * _each(g, solved) * (solved**2 - 1.0 / cov)
        return np.sum(share) if np.ndim(cov) == 0 else _unbroadcast(share, cov)
    inverse = _inverse(cov, allow_singular)
    if np.ndim(solved) == 1:
        return 0.5 * g * (np.outer(solved, solved) - inverse)
    weights = np.reshape(g, -1)
    rows = np.reshape(solved, (-1, np.shape(solved)[-1])) if np.ndim(solved) > 2 else solved
    return 0.5 * ((weights * rows.T) @ rows - np.sum(weights) * inverse)


def _number_to_x(g, x, mean, cov):
    """Cotangent of points that are numbers."""
    mean = 0.0 if mean is None else np.reshape(mean, ())
    return np.reshape(-g * np.reshape(x - mean, np.shape(g)) / np.reshape(cov, ()), np.shape(x))


def _number_to_mean(g, x, mean, cov):
    """Cotangent of the mean of numbers."""
    return np.reshape(np.sum(-_number_to_x(g, x, mean, cov)), np.shape(mean))


def _number_to_cov(g, x, mean, cov):
    """Cotangent of the variance of numbers."""
    mean = 0.0 if mean is None else np.reshape(mean, ())
    var = np.reshape(cov, ())
    share = 0.5 * g * (np.reshape(x - mean, np.shape(g)) ** 2 / var - 1.0) / var
    return np.reshape(np.sum(share), np.shape(cov))


def _points_tangent(t_x, t_mean, x, mean):
    """Return the tangent of the deviation, zero where neither moves."""
    way = np.zeros_like(_deviation(x, mean)) if t_x is None else t_x
    return way if t_mean is None else way - t_mean


def _vector_tangent(t_x, t_mean, t_cov, y, x, mean, cov, allow_singular):
    """Tangent of ``scipy.stats.multivariate_normal.logpdf(x, mean, cov)``."""
    solved = _solved(_deviation(x, mean), cov, allow_singular)
    share = -np.sum(solved * _points_tangent(t_x, t_mean, x, mean), axis=-1)
    if t_cov is not None:
        if np.ndim(cov) < 2:
            moved = (solved**2 - 1.0 / cov) * t_cov
            share = share + 0.5 * np.sum(moved, axis=-1)
        else:
            t_cov = _symmetric(t_cov)
            trace = np.sum(_inverse(cov, allow_singular) * t_cov)
            share = share + 0.5 * (np.sum((solved @ t_cov) * solved, axis=-1) - trace)
    return np.reshape(share, np.shape(y))


def _number_tangent(t_x, t_mean, t_cov, y, x, mean, cov):
    """Tangent of the log density of numbers."""
    mean = 0.0 if mean is None else np.reshape(mean, ())
    var = np.reshape(cov, ())
    apart = np.reshape(x - mean, np.shape(y))
    share = np.zeros_like(apart)
    if t_x is not None:
        share = share - apart * np.reshape(t_x, np.shape(y)) / var
    if t_mean is not None:
        share = share + apart * np.reshape(t_mean, ()) / var
    if t_cov is not None:
        share = share + 0.5 * (apart**2 / var - 1.0) / var * np.reshape(t_cov, ())
    return share


VECTOR = (_vector_to_x, _vector_to_mean, _vector_to_cov)
NUMBER = (_number_to_x, _number_to_mean, _number_to_cov)


def log_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """By points `-g * solve(cov, x - mean)`, by the mean the opposite, by `cov` half the rest."""
    check_shapes(alg, op)
    how = (NUMBER if dimension(op.inputs) == 1 else VECTOR)[i]
    v = op.inputs[i]
    if op.attrs.get("allow_singular"):
        # Beside the range of a singular covariance the density is zero, and stays so.
        g = alg.where(alg.emit("isfinite", op.out), g, 0.0)
    return alg.written(how, op, Type(v.type.kind, "float64", v.type.shape), g=g)


def check_shapes(alg: Algebra, op: Op) -> None:
    """Refuse points of a dimension that is not known, or that SciPy stretches."""
    size = dimension(op.inputs)
    if size is None or (size != 1 and may_be_one(size)) or op.out.type.shape is None:
        alg.refuse(op, f"{NORMAL} of shapes that are not known", KNOWN)
    x = op.inputs[0].type.shape
    # One number for all coordinates of a point, or coordinates that repeat.
    if size != 1 and (not x or x[-1] == 1 or may_be_one(x[-1])):
        alg.refuse(op, f"{NORMAL} of points that are stretched", "give points in full")


def log_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """By points `-solve(cov, x - mean) @ t_x`, and so on."""
    check_shapes(alg, op)
    how = _number_tangent if dimension(op.inputs) == 1 else _vector_tangent
    more = dict(zip(("t_x", "t_mean", "t_cov"), [*tangents, None, None], strict=False))
    t: Value = alg.written(how, op, op.out.type, **more)
    singular = op.attrs.get("allow_singular")
    return alg.where(alg.emit("isfinite", op.out), t, 0.0) if singular else t


def density_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """As the log density, times the density itself."""
    return alg.mul(op.out, log_jvp(alg, op, tangents))


def density_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """As the log density, times the density itself."""
    return log_vjp(alg, op, alg.mul(g, op.out), i)


def _entropy_to_cov(g, mean, cov):
    """Cotangent of the covariance in the entropy of a normal distribution."""
    if np.ndim(cov) == 0 and mean is not None:
        return 0.5 * g * np.size(mean) / cov  # one variance for all coordinates
    if np.ndim(cov) < 2:
        return 0.5 * g / cov
    return 0.5 * g * np.linalg.inv(_symmetric(cov))


def entropy_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """`g / 2 * inv(cov)`; the mean has no share."""
    cov = op.inputs[1]
    if i == 0:
        return Const(0.0)
    return alg.written(_entropy_to_cov, op, cov.type, g=g)


def entropy_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Half the sum of `inv(cov) * t_cov`."""
    if tangents[1] is None:
        return Const(0.0)
    return alg.emit("sum", alg.mul(entropy_vjp(alg, op, Const(1.0), 1), tangents[1]))


# A table: an entry is read along its lines.
# fmt: off
_NORMAL: dict[str, Any] = {"params": "x, mean?=None, cov?=1, allow_singular=False"}
_COV = "m33 @ m33.T"
_CALLS = (
    f"x3, y3, {_COV}", f"x23, y3, {_COV}", f"x3, mean=y3, cov={_COV}", f"x23, cov={_COV}",
    "x3, y3, p", "x23, y3, p3", "x3, None, p3 * np.eye(3)", "x234, x4, m44 @ m44.T", "x3, x, p",
    "x, y, p", "x3", "x, cov=p", "x31, np.ones(1) * y, np.reshape(p, (1, 1))",
    f"x23, y3, {_COV}, allow_singular=True", f"x3, y3, {_COV}, True",
    f"x13, y3, {_COV}", f"xf3, y3, {_COV}, allow_singular=False",
)
for _kind, _vjp, _jvp in (("logpdf", log_vjp, log_jvp),
                          ("pdf", density_vjp, density_jvp)):
    rule(f"{NORMAL}.{_kind}", point_type, callables=[f"{NORMAL}.{_kind}"], vjp=_vjp, jvp=_jvp,
         at_kinks=SYMMETRIC, **_NORMAL,
         samples=tuple(f"{NORMAL}.{_kind}({c})" for c in _CALLS[: 99 if _kind == "logpdf" else 5]))
rule(f"{NORMAL}.entropy", lambda inputs, attrs: of_shape("float64", ()), vjp=entropy_vjp,
     jvp=entropy_jvp, callables=[f"{NORMAL}.entropy"], params="mean?=None, cov?=1",
     at_kinks=SYMMETRIC,
     samples=(f"{NORMAL}.entropy(None, m33 @ m33.T)", f"{NORMAL}.entropy(cov=m33 @ m33.T)",
              f"{NORMAL}.entropy(y3, m33 @ m33.T)", f"{NORMAL}.entropy(y, p)",
              f"{NORMAL}.entropy(y3, p)", f"{NORMAL}.entropy(cov=p)"))
# fmt: on
