"""Factorizations with orthogonal factors of any shape: QR and singular values.

Adjoints are after S. F. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra
functions with application in optimum experimental design" (2010) for QR, and J. Townsend,
"Differentiating the singular value decomposition" (2016), where the terms of equal singular values
are put so that they stay finite wherever the loss does not tell their vectors apart.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Dim, Length, Type, fresh_dim, may_be_one
from gradgen.rules.factorizations import (
    _as_good_as_zero,
    _over_gaps,
    _require_no_phase,
    _symmetric,
    _turns,
)
from gradgen.rules.helpers import _conjugate_transposed, _transposed
from gradgen.rules.linalg import floats_type
from gradgen.rules.registry import printed, printed_like, rule
from gradgen.rules.shapes_of import Attrs, of_shape, real_of, refuse_unless


def smaller(m: Length, n: Length) -> Length:
    """Return the smaller of two lengths, an unknown one where they are not known."""
    if isinstance(m, int) and isinstance(n, int):
        return min(m, n)
    if m == n or m == 1:
        return m
    if n == 1:
        return n
    big = not may_be_one(m) and not may_be_one(n)
    return Dim(fresh_dim().name, 0, big)


def qr_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the orthogonal and of the triangular factor."""
    mode = attrs.get("mode", "reduced")
    known = mode in ("reduced", "complete", "r")
    refuse_unless(known, f"qr with mode={mode!r}", "use the mode 'reduced', 'complete' or 'r'")
    t = floats_type(inputs, attrs)
    if t.shape is None:
        return [t, t]
    *batch, m, n = t.shape
    k = m if mode == "complete" else smaller(m, n)
    return [of_shape(t.dtype, (*batch, m, k)), of_shape(t.dtype, (*batch, k, n))]


def triangle_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the triangular factor alone."""
    return qr_types(inputs, attrs)[1]


@printed_like("a")
def _qr_adjoint(d_q, d_r, q, r, a):
    """Cotangent of the matrix in ``q, r = np.linalg.qr(a)``, which may be wide.

    The diagonal of ``r`` is real, for complex matrices too.
    """
    k = min(a.shape[-2:])
    if q.shape[-1] > k:
        if d_q is not None and np.any(d_q[..., k:] != 0.0):
            raise np.linalg.LinAlgError("the columns that complete q have no derivative")
        q = q[..., :k]
        d_q = None if d_q is None else d_q[..., :k]
        r = r[..., :k, :]
        d_r = None if d_r is None else d_r[..., :k, :]
    d_q = np.zeros(q.shape) if d_q is None else d_q
    d_r = np.zeros(r.shape) if d_r is None else d_r
    scale = np.abs(np.sum(r * np.eye(k, r.shape[-1]), axis=-1))
    if np.any(scale <= 1e-13 * np.sum(scale, axis=-1, keepdims=True)):
        raise np.linalg.LinAlgError("qr of a matrix of lower rank has no derivative")
    d_q = d_q + a[..., k:] @ _adjoint_matrix(d_r[..., k:])
    square = np.triu(r[..., :k])
    m = square @ _adjoint_matrix(np.triu(d_r[..., :k])) - _adjoint_matrix(d_q) @ q
    lower = np.tril(m, -1)
    inner = d_q + q @ (lower + _adjoint_matrix(lower) + np.real(m) * np.eye(k))
    d_x = _adjoint_matrix(np.linalg.solve(square, _adjoint_matrix(inner)))
    return np.concatenate([d_x, q @ d_r[..., k:]], axis=-1)


def _qr_to_a(d_q, d_r, q, r, a):
    """Cotangent of the matrix in ``q, r = np.linalg.qr(a)``."""
    return _qr_adjoint(d_q, d_r, q, r, a)


def _r_to_a(g, y, a):
    """Cotangent of the matrix in ``np.linalg.qr(a, mode='r')``."""
    return _qr_adjoint(None, g, np.linalg.qr(a)[0], y, a)


@printed
def _qr_tangent(t_a, q, r, a):
    """Tangents of ``q, r = np.linalg.qr(a)``, which may be wide; what completes q has none."""
    k = min(a.shape[-2:])
    lead, square = q[..., :k], r[..., :k, :k]
    x = _adjoint_matrix(np.linalg.solve(_adjoint_matrix(square), _adjoint_matrix(t_a[..., :k])))
    inner = _adjoint_matrix(lead) @ x
    lower = np.tril(inner, -1)
    turn = lower - _adjoint_matrix(lower) + 0.5 * (inner - np.conj(inner)) * np.eye(k)
    t_q = x - lead @ inner + lead @ turn
    t_square = (inner - turn) @ square
    rest = _adjoint_matrix(t_q) @ a[..., k:] + _adjoint_matrix(lead) @ t_a[..., k:]
    t_r = np.concatenate([t_square, rest], axis=-1)
    t_r = np.concatenate([t_r, np.zeros(r[..., k:, :].shape)], axis=-2)
    return np.concatenate([t_q, np.full(q[..., k:].shape, np.nan)], axis=-1), t_r


def _r_tangent(t_a, y, a):
    """Tangent of ``np.linalg.qr(a, mode='r')``."""
    return _qr_tangent(t_a, np.linalg.qr(a)[0], y, a)[1]


def svd_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the left vectors, the singular values and the right vectors."""
    t = floats_type(inputs, attrs)
    if t.shape is None:
        return [t, Type(t.kind, real_of(t.dtype), None), t]
    *batch, m, n = t.shape
    k = smaller(m, n)
    left, right = (m, n) if attrs.get("full_matrices", True) else (k, k)
    values = of_shape(real_of(t.dtype), (*batch, k))
    return [of_shape(t.dtype, (*batch, m, left)), values, of_shape(t.dtype, (*batch, right, n))]


def svdvals_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the singular values."""
    return svd_types(inputs, attrs)[1]


def _svd_to_a(d_u, d_s, d_vh, u, s, vh, a, full_matrices=True, hermitian=False):
    """Cotangent of the matrix in ``u, s, vh = np.linalg.svd(a)``."""
    if d_u is None and d_vh is None and not full_matrices:
        return (u * np.expand_dims(d_s, -2)) @ vh
    d_a = _svd_adjoint(d_u, d_s, d_vh, u, s, vh, a)
    return _symmetric(d_a) if hermitian else d_a


@printed_like("a")
def _svd_adjoint(d_u, d_s, d_vh, u, s, vh, a):
    """Cotangent of the matrix in ``u, s, vh = np.linalg.svd(a)``."""
    k = s.shape[-1]
    v = _adjoint_matrix(vh)
    d_u, d_v = _leading(d_u, u, k), _leading(None if d_vh is None else _adjoint_matrix(d_vh), v, k)
    u, v = u[..., :k], v[..., :k]
    v_h = _adjoint_matrix(v)
    one, two = _adjoint_matrix(u) @ d_u, v_h @ d_v
    left, right = d_u - u @ one, d_v - v @ two
    touched = np.concatenate([d_u, d_v], axis=-2)
    if np.iscomplexobj(u):
        _require_no_phase(one + two, touched)
    one, two = one - _adjoint_matrix(one), two - _adjoint_matrix(two)
    inner = _over_gaps(0.5 * (one + two), s, touched) + _over_sums(0.5 * (one - two), s)
    if d_s is not None:
        inner = inner + np.eye(k) * np.expand_dims(d_s, -2)
    left, right = _over_values(left, s, d_u), _over_values(right, s, d_v)
    return (u @ inner + left) @ v_h + u @ _adjoint_matrix(right)


@printed
def _adjoint_matrix(a):
    """Transpose each matrix of a stack, and conjugate it."""
    return np.conj(np.swapaxes(a, -1, -2))


@printed
def _over_sums(p, s):
    """Divide ``p[i, j]`` by ``s[i] + s[j]``, 0 where both are zero."""
    sums = np.expand_dims(s, -2) + np.expand_dims(s, -1)
    zero = _as_good_as_zero(sums, s)
    return np.where(zero, 0.0, p / np.where(zero, 1.0, sums))


@printed
def _over_values(p, s, d):
    """Divide columns by singular values; those of a zero in a longer space are free."""
    zero = _as_good_as_zero(np.expand_dims(s, -2), s)
    if p.shape[-2] > p.shape[-1] and np.any(zero & np.any(d != 0.0, axis=-2, keepdims=True)):
        raise np.linalg.LinAlgError("no derivative: the loss depends on vectors of a zero")
    return np.where(zero, 0.0, p / np.where(zero, 1.0, np.expand_dims(s, -2)))


@printed
def _leading(d, vectors, k):
    """Return the cotangent of the first columns; the others are one choice of many."""
    if d is None:
        return np.zeros(vectors[..., :k].shape)
    if np.any(d[..., k:] != 0.0):
        raise np.linalg.LinAlgError("the columns that complete u or v have no derivative")
    return d[..., :k]


def _svdvals_to_x(g, x):
    """Cotangent of the matrix in ``np.linalg.svdvals(x)``."""
    u, _, vh = np.linalg.svd(x, full_matrices=False)
    return (u * np.expand_dims(g, -2)) @ vh


def _svdvals_to_a(g, a, hermitian=False):
    """Cotangent of the matrix in ``np.linalg.svd(a, compute_uv=False)``."""
    d_a = _svdvals_to_x(g, a)
    return _symmetric(d_a) if hermitian else d_a


def _svdvals_tangent(t_x, x):
    """Tangent of ``np.linalg.svdvals(x)``."""
    u, _, vh = np.linalg.svd(x, full_matrices=False)
    if np.iscomplexobj(x):
        return np.real(np.sum(np.conj(u) * (t_x @ _conjugate_transposed(vh)), axis=-2))
    return np.sum(u * (t_x @ _transposed(vh)), axis=-2)


def _singular_tangent(t_a, a, hermitian=False):
    """Tangent of ``np.linalg.svd(a, compute_uv=False)``."""
    return _svdvals_tangent(_symmetric(t_a) if hermitian else t_a, a)


@printed_like("u")
def _turned(t_x, u, s, v):
    """Tangent of ``u`` where ``x = u @ diag(s) @ v.T``; what completes it has none."""
    k = s.shape[-1]
    lead, side = u[..., :k], t_x @ v[..., :k]
    inner = np.swapaxes(lead, -1, -2) @ side
    mirror = np.swapaxes(inner, -1, -2)
    turn = _turns(0.5 * (inner + mirror), s) + _over_sums(0.5 * (inner - mirror), s)
    tangent = lead @ turn + (side - lead @ inner) / np.expand_dims(s, -2)
    return np.concatenate([tangent, np.full(u[..., k:].shape, np.nan)], axis=-1)


@printed_like("s")
def _grown(t_x, u, s, v):
    """Tangent of ``s`` where ``x = u @ diag(s) @ v.T``."""
    k = s.shape[-1]
    return np.sum(u[..., :k] * (t_x @ v[..., :k]), axis=-2)


def _svd_tangent(t_a, u, s, vh, hermitian=False):
    """Tangents of ``u, s, vh = np.linalg.svd(a)``."""
    t_x, v = _symmetric(t_a) if hermitian else t_a, _transposed(vh)
    t_vh = _transposed(_turned(_transposed(t_x), v, s, u))
    return _turned(t_x, u, s, v), _grown(t_x, u, s, v), t_vh


def only_triangle(options: Attrs) -> str:
    """Return the operation with one result, where only the triangular factor is asked for."""
    return "qr_r" if options.get("mode") == "r" else ""


def only_values(options: Attrs) -> str:
    """Return the operation with one result, where only the singular values are asked for."""
    return "" if options.get("compute_uv", True) else "svd_s"


# A table: an entry is read along its lines.
# fmt: off
_QR: dict[str, Any] = {"params": "a, mode='reduced'", "spelling": "np.linalg.qr",
                       "of_complex": "linear",
                       "at_kinks": "an error at a lower rank"}
rule("qr", qr_types, callables=["np.linalg.qr"], outputs=("q", "r"), adjoint=(_qr_to_a,),
     result=type(np.linalg.qr(np.eye(1))), tangent=_qr_tangent, variant=only_triangle, **_QR,
     samples=("np.linalg.qr(m33)[0]", "np.linalg.qr(x32)[1]", "np.linalg.qr(x32).Q @ np.ones(2)",
              "np.linalg.qr(m233)[0]", "np.linalg.qr(m33[:2])[0]", "np.linalg.qr(x234)[1]",
              "np.linalg.qr(m33, mode='complete').R", "np.linalg.qr(x32, 'complete')[0][:, :2]",
              "np.linalg.qr(x32 + 1j * y32)[0].imag",
              "np.linalg.qr((m33 + 1j * s33)[:2], 'complete').R.imag"))
rule("qr_r", triangle_type, adjoint=(_r_to_a,), tangent=_r_tangent, **_QR,
     samples=("np.linalg.qr(x32, mode='r')", "np.linalg.qr(x23, 'r')", "np.linalg.qr(m233, 'r')",
              "np.linalg.qr(m33 + 1j * s33, 'r').real"))
_SVD: dict[str, Any] = {"params": "a, full_matrices=True, compute_uv=True, hermitian=False",
                        "spelling": "np.linalg.svd"}
rule("svd", svd_types, callables=["np.linalg.svd"], outputs=("u", "s", "vh"), adjoint=(_svd_to_a,),
     tangent=_svd_tangent, result=type(np.linalg.svd(np.eye(1))), variant=only_values, **_SVD,
     at_kinks="an error where vectors of equal singular values matter",
     samples=("np.linalg.svd(x32, full_matrices=False)[1]", "np.linalg.svd(x23).S",
              "np.abs(np.linalg.svd(m33)[0])", "np.abs(np.linalg.svd(x32, full_matrices=False).Vh)",
              "np.abs(np.linalg.svd(x234, False)[2])", "np.abs(np.linalg.svd(x23, False).U)",
              "np.linalg.svd(m33 + m33.T, hermitian=True)[1]",
              "np.abs(np.linalg.svd(m33 + 1j * s33)[0])",
              "np.abs(np.linalg.svd(x23 + 1j * y23, False)[2])",
              "np.abs(np.linalg.svd(x32 + 1j * y32, False)[0])"))
rule("svd_s", svdvals_type, adjoint=(_svdvals_to_a,), tangent=_singular_tangent, **_SVD,
     samples=("np.linalg.svd(x32, compute_uv=False)", "np.linalg.svd(x234, False, False)",
              "np.linalg.svd(m33 + m33.T, compute_uv=False, hermitian=True)",
              "np.linalg.svd(m33 + 1j * s33, compute_uv=False)"))
rule("svdvals", svdvals_type, callables=["np.linalg.svdvals"], params="x, /",
     adjoint=(_svdvals_to_x,), tangent=_svdvals_tangent,
     samples=("np.linalg.svdvals(x32)", "np.linalg.svdvals(m233)", "np.linalg.svdvals(x23)",
              "np.linalg.svdvals(x23 + 1j * y23)"))
# fmt: on
