"""Sums of exponentials: their logarithm and the shares in them, ``logsumexp`` and ``softmax``."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.types import Type, broadcast, promote
from gradgen.rules.complexes import is_complex
from gradgen.rules.helpers import _unbroadcast
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import (
    Attrs,
    elementwise,
    inexact_of,
    of_shape,
    real_of,
    reduced_shape,
)


def sum_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return floats in the shape of exponents and factors, without the axes of the sum."""
    types = [v.type for v in inputs if v.type.is_numeric]
    # Numbers count as arrays of length 1.
    shape = broadcast(t.shape for t in types) if any(t.shape != () for t in types) else (1,)
    kept = reduced_shape(shape, attrs.get("axis"), bool(attrs.get("keepdims", False)))
    return of_shape(inexact_of(promote(types)), kept)


def signed_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of logarithm and sign."""
    return [sum_type(inputs, attrs)] * 2


def phased_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the logarithm of an absolute value, and of the phase of a sum."""
    t = sum_type(inputs, attrs)
    return [of_shape(real_of(t.dtype), t.shape), t]


def _terms(a, y, axis, keepdims):
    """Return the share of each exponential in their sum; none of them has one where all are 0."""
    least = -1e38 if np.result_type(y) in (np.float32, np.complex64) else -1e308
    beside = _beside(y, axis, keepdims)
    if np.iscomplexobj(beside):
        return np.exp(a - np.where(np.isinf(beside), least, beside))
    return np.exp(a - np.maximum(beside, least))


def _beside(v, axis, keepdims):
    """Return a value of the sum's shape with length 1 along the axes of the sum."""
    if axis is None or keepdims or np.ndim(v) == 0:
        return v
    return np.expand_dims(v, axis)


def logsumexp_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Each term's share of the sum, `exp(a - y)`, by an exponent times its factor."""
    a, *factors = op.inputs
    if any(v.type.rank is None for v in op.inputs):
        return _of_unknown_rank(alg, op, g, i)
    like = max(op.inputs, key=lambda v: v.type.rank or 0)
    axis, keepdims = op.attrs.get("axis"), op.attrs.get("keepdims", False)
    y = alg.unreduce(_not_below(alg, op.out), like, axis, keepdims)
    terms = alg.emit("exp", alg.sub(a, y))
    share = alg.mul(alg.unreduce(g, like, axis, keepdims), terms)
    if not factors:
        return alg.fit(share, a, share) if a.type.is_scalar else share
    if i == 0:
        share = alg.mul(share, factors[0])
    elif factors[0].type.shape is None or factors[0].type.shape != a.type.shape:
        share = alg.mul(share, alg.emit("ones_like", factors[0]))
    return alg.fit(share, op.inputs[i], share)


def _not_below(alg: Algebra, y: Value) -> Value:
    """Return the logarithm, from which no term has a share where all are zero."""
    least = -1e38 if y.type.dtype in ("float32", "complex64") else -1e308
    if is_complex(y):
        # A number is of one type, whichever it is.
        least_of_its_kind = complex(least) if y.type.is_scalar else least
        return alg.where(alg.emit("isinf", y), Const(least_of_its_kind), y)
    return alg.emit("maximum", y, Const(least))


def _of_unknown_rank(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Let broadcasting find the share of each term; numbers count as arrays of length 1."""
    a, *factors = op.inputs
    axis, keepdims = op.attrs.get("axis"), op.attrs.get("keepdims", False)
    y = _not_below(alg, op.out)
    if axis is not None and not keepdims:
        y, g = (alg.emit("expand_dims", v, axis=axis) for v in (y, g))
    share = alg.mul(g, alg.emit("exp", alg.sub(a, y)))
    if factors:
        share = alg.mul(share, factors[0] if i == 0 else alg.emit("ones_like", factors[0]))
    return alg.emit("unbroadcast", share, op.inputs[i])


def _logsumexp_tangent(t_a, t_b, y, a, b, axis, keepdims):
    """Tangent of the logarithm of a sum of exponentials."""
    moved = 0.0 if t_b is None else t_b
    if t_a is not None:
        moved = moved + (t_a if b is None else b * t_a)
    return np.sum(_terms(a, y, axis, keepdims) * moved, axis=axis, keepdims=keepdims)


def _signed_to_a(d_y, y, sign, a, b, axis, keepdims):
    """Cotangent of the exponents, where the sum's sign is asked for."""
    if d_y is None:
        return 0.0
    share = _beside(d_y * sign, axis, keepdims) * _terms(a, y, axis, keepdims)
    return share if b is None else _unbroadcast(share * b, a)


def _signed_to_b(d_y, y, sign, a, b, axis, keepdims):
    """Cotangent of the factors, where the sum's sign is asked for."""
    if d_y is None:
        return 0.0
    share = _beside(d_y * sign, axis, keepdims) * _terms(a, y, axis, keepdims)
    return _unbroadcast(share * np.ones_like(b), b)


def _signed_tangent(t_a, t_b, y, sign, a, b, axis, keepdims):
    """Tangent of the logarithm of a sum's absolute value; its sign does not move."""
    return sign * _logsumexp_tangent(t_a, t_b, y, a, b, axis, keepdims), None


def _phased_to_a(d_y, d_sign, y, sign, a, b, axis, keepdims):
    """Cotangent of the exponents, where a complex sum's phase is asked for."""
    share = _phased_share(d_y, d_sign, y, sign, a, axis, keepdims)
    return share if b is None else _unbroadcast(share * np.conj(b), a)


def _phased_to_b(d_y, d_sign, y, sign, a, b, axis, keepdims):
    """Cotangent of the factors, where a complex sum's phase is asked for."""
    share = _phased_share(d_y, d_sign, y, sign, a, axis, keepdims)
    return _unbroadcast(share * np.ones_like(b), b)


def _phased_share(d_y, d_sign, y, sign, a, axis, keepdims):
    """Cotangent of each exponential over itself: the phase moves along the circle alone."""
    moved = 0.0 if d_y is None else d_y
    if d_sign is not None:
        moved = moved + 1j * np.imag(d_sign * np.conj(sign))
    terms = np.conj(_terms(a, y, axis, keepdims))
    return _beside(moved * sign, axis, keepdims) * terms


def _phased_tangent(t_a, t_b, y, sign, a, b, axis, keepdims):
    """Tangents of the logarithm of a complex sum's absolute value, and of its phase."""
    moved = np.conj(sign) * _logsumexp_tangent(t_a, t_b, y, a, b, axis, keepdims)
    return np.real(moved), 1j * sign * np.imag(moved)


def _softmax_to_x(g, y, axis):
    """Cotangent of ``x`` in ``y = scipy.special.softmax(x, axis)``."""
    if axis is None:
        return y * (g - np.sum(g * y))
    return y * (g - np.sum(g * y, axis=axis, keepdims=True))


def _softmax_tangent(t_x, y, axis):
    """Tangent of the softmax function, whose Jacobian is symmetric."""
    return _softmax_to_x(t_x, y, axis)


def _log_softmax_to_x(g, y, axis):
    """Cotangent of ``x`` in ``y = scipy.special.log_softmax(x, axis)``."""
    if axis is None:
        return g - np.exp(y) * np.sum(g)
    return g - np.exp(y) * np.sum(g, axis=axis, keepdims=True)


def _log_softmax_tangent(t_x, y, axis):
    """Tangent of the logarithm of the softmax function."""
    if axis is None:
        return t_x - np.sum(np.exp(y) * t_x)
    return t_x - np.sum(np.exp(y) * t_x, axis=axis, keepdims=True)


# A table: an entry is read along its lines.
# fmt: off
_SUM: dict[str, Any] = {
    "params": "a, axis=None, b?=None, keepdims=False, return_sign=False",
    "at_kinks": "0 where all are -inf",
}
rule(
    "logsumexp", sum_type, callables=["scipy.special.logsumexp"],
    vjp=logsumexp_vjp, narrow=True, tangent=_logsumexp_tangent, of_complex="analytic", **_SUM,
    samples=tuple(f"scipy.special.logsumexp({c}" for c in (
        "x3)", "x23, axis=1)", "x23, -1, keepdims=True)", "x234, axis=(0, -1))",
        "x234, (2, 0))", "x23, axis=None, keepdims=True)", "x)", "x, keepdims=True)", "x, 0)",
        "xf23, axis=0)", "xs23, 0)", "x3, b=p3)", "x23, axis=1, b=p3)", "x3, 0, p23)",
        "x23, b=p23, axis=0, keepdims=True)", "x1)", "x3, b=p)",
        "x23 + 1j * y23, axis=1).imag", "x3 * 2j, b=p3 - 1j, keepdims=True).real")),
)
rule(
    "signed_logsumexp", signed_types, spelling="scipy.special.logsumexp", outputs=("y", "sign"),
    adjoint=(_signed_to_a, _signed_to_b), tangent=_signed_tangent, **_SUM,
    samples=(
        "scipy.special.logsumexp(x3, b=p3, return_sign=True)[0]",
        "np.prod(scipy.special.logsumexp(x23, axis=1, b=p3 - 1.0, return_sign=True), axis=0)",
        "scipy.special.logsumexp(x23, -1, keepdims=True, return_sign=True)[0]",
    ),
)
rule(
    "phased_logsumexp", phased_types, spelling="scipy.special.logsumexp", outputs=("y", "sign"),
    adjoint=(_phased_to_a, _phased_to_b), tangent=_phased_tangent, of_complex="linear", **_SUM,
    samples=(
        "scipy.special.logsumexp(x3 + 1j * y3, return_sign=True)[0]",
        "scipy.special.logsumexp(x23 + 1j * y23, axis=1, return_sign=True)[1].imag",
        "scipy.special.logsumexp(x3 * 2j, b=p3 - 1j, keepdims=True, return_sign=True)[1].real",
        "scipy.special.logsumexp(x23 * (1 + 1j), 0, y3, return_sign=True)[1].imag",
    ),
)
_INEXACT = elementwise("inexact", weak=False)
rule(
    "softmax", _INEXACT, callables=["scipy.special.softmax"], params="x, axis=None",
    adjoint=(_softmax_to_x,), tangent=_softmax_tangent,
    samples=tuple(f"scipy.special.softmax({c})" for c in (
        "x3", "x23", "x23, axis=1", "x234, (0, -1)", "xf3, 0", "x1", "xs23, -1", "x13, axis=0")),
)
rule(
    "log_softmax", _INEXACT, callables=["scipy.special.log_softmax"], params="x, axis=None",
    adjoint=(_log_softmax_to_x,), tangent=_log_softmax_tangent,
    samples=tuple(f"scipy.special.log_softmax({c})" for c in (
        "x3", "x23", "x23, axis=1", "x234, (0, -1)", "xf3, 0", "x1", "xs23, -1", "x13, axis=0")),
)
# fmt: on
