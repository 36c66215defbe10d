"""Distributions on the simplex and of counts: the Dirichlet and multinomial ones of SciPy."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.types import Type, broadcast, may_be_one
from gradgen.rules.callables import scipy
from gradgen.rules.helpers import _unbroadcast
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs, of_shape


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


@printed
def _dirichlet_tangent(t_x, t_alpha, y, x, alpha):
    """Tangent of the log density of a Dirichlet distribution."""
    ones = np.ones(np.shape(x)[1:])
    share = np.zeros(np.shape(x)[1:])
    if t_x is not None:
        share = share + np.sum(_dirichlet_to_x(ones, x, alpha) * t_x, axis=0)
    if t_alpha is not None:
        points = x
        if len(x) < len(alpha):
            points = np.concatenate([x, 1.0 - np.sum(x, axis=0, keepdims=True)])
        slope = scipy.special.psi(np.sum(alpha)) - scipy.special.psi(alpha)
        share = share + np.tensordot(t_alpha, np.log(points), 1) + np.sum(t_alpha * slope)
    return np.reshape(share, np.shape(y))


def dirichlet_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Return the tangent of the log density, or that of the density."""
    more = dict(zip(("t_x", "t_alpha"), tangents, strict=True))
    share = alg.written(_dirichlet_tangent, op, op.out.type, **more)
    return share if op.prim.endswith("logpdf") else alg.mul(op.out, share)


def count_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a float for each row of counts."""
    counts, number, p = (v.type.shape for v in inputs)
    if not counts or not p or number is None:
        return Type("any", "float64", None)
    return of_shape("float64", broadcast([counts[:-1], number, p[:-1]]))


@printed
def _multinomial_shares(y, x, p):
    """Return the derivative by each probability; SciPy takes the last as the rest to 1."""
    share = np.where(x == 0.0, 0.0, x / np.where(x == 0.0, 1.0, p))
    rest = 1.0 - np.sum(p[..., :-1], axis=-1, keepdims=True)
    off = np.abs(1.0 - np.sum(p, axis=-1, keepdims=True)) > 2.3e-15
    last = np.arange(np.shape(p)[-1]) == np.shape(p)[-1] - 1
    share = np.where(off, np.where(last, 0.0, share - x[..., -1:] / rest), share)
    return np.where(np.expand_dims(np.isfinite(y), -1), share, 0.0)


@printed
def _multinomial_to_p(g, y, x, p):
    """Cotangent of probabilities; where they do not sum to 1, SciPy takes the last as the rest."""
    return _unbroadcast(np.expand_dims(g, -1) * _multinomial_shares(y, x, p), p)


def multinomial_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """By probabilities `x / p`; counts have no share."""
    if i < 2:
        return Const(0.0)
    log = op.prim.endswith("logpmf")
    y = op.out if log else alg.emit("log", op.out)
    share = g if log else alg.mul(g, op.out)
    shape = Type("any", "float64", op.inputs[2].type.shape)
    return alg.written(_multinomial_to_p, op, shape, g=share, y=y)


def _multinomial_tangent(t_p, y, x, p):
    """Tangent of the logarithm of probabilities of counts."""
    return np.sum(_multinomial_shares(y, x, p) * t_p, axis=-1)


def multinomial_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """By probabilities `x / p`; counts have no share."""
    if tangents[2] is None:
        return Const(0.0)
    log = op.prim.endswith("logpmf")
    y = op.out if log else alg.emit("log", op.out)
    share = alg.written(_multinomial_tangent, op, op.out.type, t_p=tangents[2], y=y)
    return share if log else alg.mul(op.out, share)


# fmt: off
_SIMPLEX = ("u3 / np.sum(u3)", "u32 / np.sum(u32, axis=0)", "0.1 * u3", "0.1 * u32")
for _kind in ("logpdf", "pdf"):
    _name = f"scipy.stats.dirichlet.{_kind}"
    rule(_name, column_type, callables=[_name], params="x, alpha", vjp=dirichlet_vjp,
         jvp=dirichlet_jvp,
         samples=(f"{_name}({_SIMPLEX[0]}, p3)", f"{_name}({_SIMPLEX[1]}, p3)",
                  f"{_name}({_SIMPLEX[2]}, o4)", f"{_name}({_SIMPLEX[3]}, alpha=o4)"))
for _kind in ("logpmf", "pmf"):
    _name = f"scipy.stats.multinomial.{_kind}"
    rule(_name, count_type, callables=[_name], params="x, n, p", vjp=multinomial_vjp,
         jvp=multinomial_jvp,
         at_kinks="x / p, or the last p as the rest where they do not sum to 1; zero by counts",
         samples=(f"{_name}(j3, 6, scipy.special.softmax(x3))",
                  f"{_name}(np.array([[1, 2, 0], [0, 0, 3]]), n, p=scipy.special.softmax(x3))",
                  f"{_name}(j3, n=6, p=scipy.special.softmax(x23, axis=1))"))
