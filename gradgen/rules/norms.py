"""Norms of vectors and matrices, along any axes.

How many entries are not zero, ``ord=0``, is constant.  At a kink: 0 at the zero vector or matrix,
and ties of an extreme share evenly, those of singular values too.  Of a zero singular value the
nuclear norm takes nothing.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, scalar
from gradgen.rules.complexes import is_complex
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, of_shape, real_of, reduction, refuse_unless

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def norm_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape without the axes that the norm goes along."""
    if is_complex(inputs[0]):
        known = entrywise(inputs[0], attrs)
        what = f"a norm of ord={attrs.get('ord')!r} of complex numbers"
        refuse_unless(known, what, "write the norm out")
    t = reduction("inexact")(inputs, attrs)
    return of_shape(real_of(t.dtype), t.shape) if t.dtype.startswith("complex") else t


def scipy_norm_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return that of NumPy's, but a double where SciPy calls BLAS or LAPACK."""
    t = norm_type(inputs, attrs)
    orders = {1: (None, 2), 2: (1, np.inf)}.get(inputs[0].type.rank or 0, ())
    whole = attrs.get("axis") is None and not attrs.get("keepdims")
    return scalar("float64") if whole and attrs.get("ord") in orders else t


def entrywise(x: Value, attrs: Attrs) -> bool:
    """Whether it is the root of the sum of the squares of the entries."""
    order, axis = attrs.get("ord"), attrs.get("axis")
    count = x.type.rank if axis is None else len(axis) if isinstance(axis, tuple) else 1
    return order in (None, "fro", "f") or (count == 1 and order == 2)


MATRIX_ORDERS = (None, "fro", "f", "nuc", 1, -1, 2, -2, np.inf, -np.inf)


def norm_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g * x / y`` for the Euclidean norm, 0 at the zero vector; others as `_norm_to_x` says."""
    # A cycle by nature: a rule's function is read as any other.
    from gradgen.diff.written import written

    order, axis, x = op.attrs.get("ord"), op.attrs.get("axis"), op.inputs[0]
    count = x.type.rank if axis is None else len(axis) if isinstance(axis, tuple) else 1
    known = order in MATRIX_ORDERS if count == 2 else not isinstance(order, str)
    if not (known or (count is None and order in MATRIX_ORDERS)):
        return alg.refuse(op, f"a norm of ord={order!r} over these axes", "write the norm out")
    if count not in (None, 1, 2) and order is not None:
        return alg.refuse(op, f"a norm of ord={order!r} over {count} axes", "name its axes")
    if not entrywise(x, op.attrs):
        share = {"g": alg.full(g, op.out)}
        return written(alg.b, _norm_to_x, op, share, Type(x.type.kind, g.type.dtype, x.type.shape))
    safe = alg.where(alg.emit("eq", op.out, 0.0), 1.0, op.out)
    keep = bool(op.attrs.get("keepdims", False))
    return alg.mul(alg.unreduce(alg.div(g, safe), x, axis, keep), x)


def _norm_to_x(g, y, x, ord=None, axis=None, keepdims=False):
    """Cotangent of ``x`` in ``y = np.linalg.norm(x, ord, axis, keepdims)``."""
    if axis is not None and not keepdims:
        g, y = np.expand_dims(g, axis), np.expand_dims(y, axis)
    if axis is None and np.ndim(x) == 2 and ord is not None:
        return _matrix_norm_to_m(g, x, ord)
    if isinstance(axis, tuple) and len(axis) == 2:
        last = (-2, -1)
        d_m = _matrix_norm_to_m(np.moveaxis(g, axis, last), np.moveaxis(x, axis, last), ord)
        return np.moveaxis(d_m, last, axis)
    return _vector_norm_to_x(g, y, x, ord, axis)


def _vector_norm_to_x(g, y, x, ord, axis):
    """Cotangent of ``x`` in the norm ``y`` along an axis or several, which are kept in both."""
    if ord == 0:
        return np.zeros_like(x)
    if ord == 1:
        return g * np.sign(x)
    if ord == np.inf or ord == -np.inf:
        reached = np.abs(x) == y
        return g * np.sign(x) * reached / np.sum(reached, axis=axis, keepdims=True)
    if ord is None or ord == 2:
        return g / np.where(y == 0.0, 1.0, y) * x
    ratio = np.abs(x) / np.where(y == 0.0, 1.0, y)
    return g * np.sign(x) * np.where(x == 0.0, 1.0, ratio) ** (ord - 1)


def _matrix_norm_to_m(g, m, ord):
    """Cotangent of matrices in their norm; ``g`` has the axes of the matrices, of length 1."""
    if ord is None or ord == "fro" or ord == "f":
        y = np.sqrt(np.sum(m * m, axis=(-2, -1), keepdims=True))
        return g / np.where(y == 0.0, 1.0, y) * m
    if ord == 2 or ord == -2 or ord == "nuc":
        u, s, vh = np.linalg.svd(m, full_matrices=False)
        shares = _norm_shares(s, ord)
        if ord != "nuc":  # vectors that have no share may have no derivative
            u = np.where(np.expand_dims(shares, -2) == 0.0, 0.0, u)
            vh = np.where(np.expand_dims(shares, -1) == 0.0, 0.0, vh)
        return (u * (g * np.expand_dims(shares, -2))) @ vh
    sums = np.sum(np.abs(m), axis=-2 if ord == 1 or ord == -1 else -1, keepdims=True)
    both = (-2, -1)
    if ord > 0:
        reached = sums == np.max(sums, axis=both, keepdims=True, initial=0.0)
    else:
        reached = sums == np.min(sums, axis=both, keepdims=True)
    return g * np.sign(m) * reached / np.sum(reached, axis=both, keepdims=True)


def _norm_shares(s, ord):
    """Cotangents of singular values in their sum (``"nuc"``), the largest (2) or least (-2)."""
    some = s > 1e-13 * s[..., :1]
    if ord == "nuc":
        return np.where(some, 1.0, 0.0)
    if ord == 2:
        reached = some & (s >= (1.0 - 1e-13) * s[..., :1])
    else:
        reached = some & (s <= (1.0 + 1e-13) * s[..., -1:])
    return reached / np.maximum(np.sum(reached, axis=-1, keepdims=True), 1)


def _norm_tangent(t_x, y, x, ord=None, axis=None, keepdims=False):
    """Tangent of ``y = np.linalg.norm(x, ord, axis, keepdims)``."""
    if np.iscomplexobj(x):  # the root of the sum of squares: others are refused
        shares = np.real(np.conj(x) * t_x)
        return np.sum(shares, axis=axis, keepdims=keepdims) / np.where(y == 0.0, 1.0, y)
    one_axis = isinstance(axis, int) or (axis is None and np.ndim(x) == 1)
    if ord is None or ord == "fro" or ord == "f" or (ord == 2 and one_axis):
        return np.sum(x * t_x, axis=axis, keepdims=keepdims) / np.where(y == 0.0, 1.0, y)
    slope = _norm_to_x(np.ones(np.shape(y)), y, x, ord, axis, keepdims)
    return np.sum(slope * t_x, axis=axis, keepdims=keepdims)


def _flat_norm_to_x(g, y, x, ord=2, axis=None, keepdims=False):
    """Cotangent of ``x`` in ``y = np.linalg.vector_norm(x)``."""
    if axis is not None and not keepdims:
        g, y = np.expand_dims(g, axis), np.expand_dims(y, axis)
    return _vector_norm_to_x(g, y, x, ord, axis)


def _flat_norm_tangent(t_x, y, x, ord=2, axis=None, keepdims=False):
    """Tangent of ``y = np.linalg.vector_norm(x)``."""
    slope = x if ord == 2 else _flat_norm_to_x(np.ones(np.shape(y)), y, x, ord, axis, keepdims)
    shares = np.real(np.conj(slope) * t_x) if np.iscomplexobj(x) else slope * t_x
    total = np.sum(shares, axis=axis, keepdims=keepdims)
    return total / np.where(y == 0.0, 1.0, y) if ord == 2 else total


def _scipy_norm_to_a(g, y, a, ord=None, axis=None, keepdims=False):
    """Cotangent of ``a`` in ``y = scipy.linalg.norm(a, ord, axis, keepdims)``."""
    return _norm_to_x(g, y, a, ord, axis, keepdims)


def _scipy_norm_tangent(t_a, y, a, ord=None, axis=None, keepdims=False):
    """Tangent of ``y = scipy.linalg.norm(a, ord, axis, keepdims)``."""
    return _norm_tangent(t_a, y, a, ord, axis, keepdims)


# A table: an entry is read along its lines.
# fmt: off
_NORM: dict[str, Any] = {"vjp": norm_vjp, "narrow": True, "tangent": _norm_tangent}
rule("norm", norm_type, callables=["np.linalg.norm"],
     params="x, ord=None, axis=None, keepdims=False", **_NORM, of_complex="linear",
     at_kinks="0 at the zero vector; ties share evenly",
     samples=tuple(f"np.linalg.norm({call})" for call in (
         "x3", "x23", "x234", "x23, axis=1", "x23, axis=-2, keepdims=True", "x23, keepdims=True",
         "x3, 1", "x3, 3", "x3, 2.5", "x23, np.inf, 1", "x3, -np.inf", "x23, 1, 0", "x3, -2",
         "x23, 'fro'", "x23, 'nuc'", "x23, 2", "x23, -2", "x32, 1", "x32, -1", "x32, np.inf",
         "x32, -np.inf", "x234, 'fro', (0, 2)", "x234, 2, (2, 0)", "x234, 'nuc', axis=(-1, 1)",
         "x234, ord=1, axis=(1, 2), keepdims=True", "x234, np.inf, (2, 1)", "x234, axis=(0, 1)",
         "x234, 3, -1", "xf3", "x1", "x0", "xs23, axis=0", "x3, ord=2, axis=(0,)", "x23, 2, 0",
         "x3, 0", "x23, 0, axis=1, keepdims=True", "x3 + 1j * y3", "x23 - 1j * y23, axis=0",
         "np.fft.rfft(x5), 2", "x23 * 1j, 'fro'")))
rule("vector_norm", norm_type, callables=["np.linalg.vector_norm"],
     params="x, /, *, axis=None, keepdims=False, ord=2", at_kinks="0 at the zero vector",
     adjoint=(_flat_norm_to_x,), tangent=_flat_norm_tangent, of_complex="linear",
     samples=tuple(f"np.linalg.vector_norm({call})" for call in (
         "x3", "x23", "x234, axis=(0, 2)", "x23, axis=1, keepdims=True", "x234, axis=-1, ord=3",
         "x23, ord=1", "x23, ord=np.inf", "x234, axis=(2, 0), ord=-np.inf, keepdims=True",
         "x23, keepdims=True", "x0", "x23, axis=1, ord=0", "x23 - 1j * y23")))
rule("scipy.linalg.norm", scipy_norm_type, callables=["scipy.linalg.norm"],
     params="a, ord=None, axis=None, keepdims=False, check_finite=True",
     adjoint=(_scipy_norm_to_a,), tangent=_scipy_norm_tangent,
     at_kinks="0 at the zero vector; ties share evenly",
     samples=tuple(f"scipy.linalg.norm({call})" for call in (
         "x3", "x23", "x23, 'fro'", "x23, 1", "x23, np.inf", "x3, 1", "x23, axis=1", "x3, 3",
         "x234, 2, (1, 2), True", "x3, 0", "x23, 'nuc', check_finite=False", "xf3",
         "xf3, 2", "xf3, 3")))
# fmt: on
