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
from gradgen.ir.types import Shape, Type, broadcast, may_be_one
from gradgen.rules.callables import scipy
from gradgen.rules.factorizations import SYMMETRIC, _symmetric
from gradgen.rules.helpers import _unbroadcast
from gradgen.rules.registry import printed, rule
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


def _solved(dev, cov):
    """Return ``inv(cov) @ dev`` for each point."""
    if np.ndim(cov) < 2:
        return dev / cov
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


def _vector_to_x(g, x, mean, cov):
    """Cotangent of points in ``scipy.stats.multivariate_normal.logpdf(x, mean, cov)``."""
    solved = _solved(_deviation(x, mean), cov)
    return -_each(g, solved) * solved


def _vector_to_mean(g, x, mean, cov):
    """Cotangent of the mean in ``scipy.stats.multivariate_normal.logpdf(x, mean, cov)``."""
    return _unbroadcast(-_vector_to_x(g, x, mean, cov), mean)


def _vector_to_cov(g, x, mean, cov):
    """Cotangent of the covariance: a matrix, variances, or one variance."""
    solved = _solved(_deviation(x, mean), cov)
    if np.ndim(cov) < 2:
        share = 0.5 * _each(g, solved) * (solved**2 - 1.0 / cov)
        return np.sum(share) if np.ndim(cov) == 0 else _unbroadcast(share, cov)
    inverse = np.linalg.inv(_symmetric(cov))
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


VECTOR = (_vector_to_x, _vector_to_mean, _vector_to_cov)
NUMBER = (_number_to_x, _number_to_mean, _number_to_cov)


def log_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """By points `-g * solve(cov, x - mean)`, by the mean the opposite, by `cov` half the rest."""
    size = dimension(op.inputs)
    if size is None or (size != 1 and may_be_one(size)) or op.out.type.shape is None:
        alg.refuse(op, f"{NORMAL} of shapes that are not known", KNOWN)
    x = op.inputs[0].type.shape
    # One number for all coordinates of a point, or coordinates that repeat.
    if size != 1 and (not x or x[-1] == 1 or may_be_one(x[-1])):
        alg.refuse(op, f"{NORMAL} of points that are stretched", "give points in full")
    how = (NUMBER if size == 1 else VECTOR)[i]
    v = op.inputs[i]
    return alg.written(how, op, Type(v.type.kind, "float64", v.type.shape), g=g)


def density_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """As the log density, times the density itself."""
    return log_vjp(alg, op, alg.mul(g, op.out), i)


def _entropy_to_cov(g, cov):
    """Cotangent of the covariance in the entropy of a normal distribution."""
    if np.ndim(cov) < 2:
        return 0.5 * g / cov
    return 0.5 * g * np.linalg.inv(_symmetric(cov))


def entropy_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """`g / 2 * inv(cov)`; the mean has no share."""
    cov = op.inputs[1]
    if i == 0:
        return Const(0.0)
    if cov.type.shape is None or (not cov.type.shape and dimension(op.inputs) != 1):
        alg.refuse(op, f"{NORMAL}.entropy with one number for a matrix", "give the matrix")
    return alg.written(_entropy_to_cov, op, cov.type, g=g)


# --- on the simplex -----------------------------------------------------------------------


def column_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a float for each column."""
    shape = inputs[0].type.shape
    if shape is None or any(d != 1 and may_be_one(d) for d in shape[1:]):
        return Type("any", "float64", None)
    return of_shape("float64", tuple(d for d in shape[1:] if d != 1))


@printed
def _dirichlet_to_x(g, x, alpha):
    """Cotangent of points of the simplex; the last coordinate may be left to the others."""
    powers = np.reshape(alpha - 1.0, (-1,) + (1,) * (np.ndim(x) - 1))
    own = powers[: len(x)]
    share = np.where(own == 0.0, 0.0, own / np.where(own == 0.0, 1.0, x))
    if len(x) < len(alpha):
        share = share - powers[-1] / (1.0 - np.sum(x, axis=0))
    return np.reshape(g, np.shape(x)[1:]) * share


@printed
def _dirichlet_to_alpha(g, x, alpha):
    """Cotangent of the concentrations of a Dirichlet distribution."""
    points = np.reshape(x, (len(x), -1))
    if len(x) < len(alpha):
        points = np.concatenate([points, 1.0 - np.sum(points, axis=0, keepdims=True)])
    weights = np.reshape(g, -1)
    slope = scipy.special.psi(np.sum(alpha)) - scipy.special.psi(alpha)
    return np.log(points) @ weights + np.sum(weights) * slope


def dirichlet_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """By `x` `(alpha - 1) / x`, by `alpha` `log(x) + psi(sum(alpha)) - psi(alpha)`."""
    g = g if op.prim.endswith("logpdf") else alg.mul(g, op.out)
    how = (_dirichlet_to_x, _dirichlet_to_alpha)[i]
    v = op.inputs[i]
    return alg.written(how, op, Type(v.type.kind, "float64", v.type.shape), g=g)


def count_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a float for each row of counts."""
    counts, number, p = (v.type.shape for v in inputs)
    if not counts or not p or number is None:
        return Type("any", "float64", None)
    return of_shape("float64", broadcast([counts[:-1], number, p[:-1]]))


@printed
def _multinomial_to_p(g, y, x, p):
    """Cotangent of probabilities; where they do not sum to 1, SciPy takes the last as the rest."""
    share = np.where(x == 0.0, 0.0, x / np.where(x == 0.0, 1.0, p))
    rest = 1.0 - np.sum(p[..., :-1], axis=-1, keepdims=True)
    off = np.abs(1.0 - np.sum(p, axis=-1, keepdims=True)) > 2.3e-15
    last = np.arange(np.shape(p)[-1]) == np.shape(p)[-1] - 1
    share = np.where(off, np.where(last, 0.0, share - x[..., -1:] / rest), share)
    share = np.where(np.expand_dims(np.isfinite(y), -1), share, 0.0)
    return _unbroadcast(np.expand_dims(g, -1) * share, p)


def multinomial_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """By probabilities `x / p`; counts have no share."""
    if i < 2:
        return Const(0.0)
    log = op.prim.endswith("logpmf")
    y = op.out if log else alg.emit("log", op.out)
    share = g if log else alg.mul(g, op.out)
    shape = Type("any", "float64", op.inputs[2].type.shape)
    return alg.written(_multinomial_to_p, op, shape, g=share, y=y)


# A table: an entry is read along its lines.
# fmt: off
_NORMAL: dict[str, Any] = {"params": "x, mean?=None, cov?=1, allow_singular=False"}
_COV = "m33 @ m33.T"
_CALLS = (
    f"x3, y3, {_COV}", f"x23, y3, {_COV}", f"x3, mean=y3, cov={_COV}", f"x23, cov={_COV}",
    "x3, y3, p", "x23, y3, p3", "x3, None, p3 * np.eye(3)", "x234, x4, m44 @ m44.T", "x3, x, p",
    "x, y, p", "x3", "x, cov=p", "x31, np.ones(1) * y, np.reshape(p, (1, 1))",
    f"x13, y3, {_COV}", f"xf3, y3, {_COV}, allow_singular=False",
)
for _kind, _vjp in (("logpdf", log_vjp), ("pdf", density_vjp)):
    rule(f"{NORMAL}.{_kind}", point_type, callables=[f"{NORMAL}.{_kind}"], vjp=_vjp,
         at_kinks=SYMMETRIC, **_NORMAL,
         samples=tuple(f"{NORMAL}.{_kind}({c})" for c in _CALLS[: 99 if _kind == "logpdf" else 5]))
rule(f"{NORMAL}.entropy", lambda inputs, attrs: of_shape("float64", ()), vjp=entropy_vjp,
     callables=[f"{NORMAL}.entropy"], params="mean?=None, cov?=1",
     at_kinks=SYMMETRIC,
     samples=(f"{NORMAL}.entropy(None, m33 @ m33.T)", f"{NORMAL}.entropy(cov=m33 @ m33.T)",
              f"{NORMAL}.entropy(y3, m33 @ m33.T)", f"{NORMAL}.entropy(y, p)"))
_SIMPLEX = ("u3 / np.sum(u3)", "u32 / np.sum(u32, axis=0)", "0.1 * u3", "0.1 * u32")
for _kind in ("logpdf", "pdf"):
    _name = f"scipy.stats.dirichlet.{_kind}"
    rule(_name, column_type, callables=[_name], params="x, alpha", vjp=dirichlet_vjp,
         samples=(f"{_name}({_SIMPLEX[0]}, p3)", f"{_name}({_SIMPLEX[1]}, p3)",
                  f"{_name}({_SIMPLEX[2]}, o4)", f"{_name}({_SIMPLEX[3]}, alpha=o4)"))
for _kind in ("logpmf", "pmf"):
    _name = f"scipy.stats.multinomial.{_kind}"
    rule(_name, count_type, callables=[_name], params="x, n, p", vjp=multinomial_vjp,
         at_kinks="x / p, or the last p as the rest where they do not sum to 1; zero by counts",
         samples=(f"{_name}(j3, 6, scipy.special.softmax(x3))",
                  f"{_name}(np.array([[1, 2, 0], [0, 0, 3]]), n, p=scipy.special.softmax(x3))",
                  f"{_name}(j3, n=6, p=scipy.special.softmax(x23, axis=1))"))
# fmt: on
