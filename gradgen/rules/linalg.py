"""Linear systems, inverses and determinants of matrices and stacks of matrices.

Adjoints are after M. B. Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008); that of the pseudoinverse after G. H. Golub and V. Pereyra,
"The differentiation of pseudo-inverses and nonlinear least squares problems" (1973).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, broadcast, equal_length, promote
from gradgen.rules.complexes import is_complex
from gradgen.rules.helpers import (
    _conjugate_transposed,
    _stop_gradient,
    _transposed,
    _unbroadcast,
)
from gradgen.rules.registry import printed, printed_like, rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape, real_of, refuse_unless


def square_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the input's shape, as floats: there are as many rows as columns."""
    t = floats_type(inputs, attrs)
    if t.shape is None:
        return t
    what = f"a function of square matrices of an array of rank {len(t.shape)}"
    refuse_unless(len(t.shape) >= 2, what, "give a matrix, or a stack of them")
    return of_shape(t.dtype, (*t.shape[:-2], *[equal_length(*t.shape[-2:])] * 2))


def floats_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the input's shape, as floats."""
    t = inputs[0].type
    return of_shape(inexact_of(t.dtype), t.shape)


def per_matrix_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a number for each matrix of a stack."""
    t = inputs[0].type
    return of_shape(inexact_of(t.dtype), None if t.shape is None else t.shape[:-2])


def solve_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of the right side; NumPy takes it for a vector where it has one axis."""
    a, b = (v.type for v in inputs)
    dtype = inexact_of(promote([a, b]))
    if a.shape is None or b.shape is None or len(b.shape) == 0:
        return Type("any", dtype, None)
    if len(b.shape) == 1:
        return of_shape(dtype, (*a.shape[:-2], b.shape[0]))
    batch = broadcast([a.shape[:-2], b.shape[:-2]])
    assert batch is not None
    return of_shape(dtype, (*batch, *b.shape[-2:]))


def _solve_to_a(g, y, a, b):
    """Cotangent of the matrix in ``y = np.linalg.solve(a, b)``."""
    d_b = _solve_of_each(_transposed(a), g, b)
    if np.ndim(a) == 2 and np.ndim(b) == 1:
        return -np.outer(d_b, y)
    if np.ndim(a) == 2 and np.ndim(b) == 2:
        return -(d_b @ y.T)
    if np.ndim(b) == 1:
        return -(np.expand_dims(d_b, -1) * np.expand_dims(y, -2))
    return -_unbroadcast(d_b @ _transposed(y), a)


def _solve_to_b(g, a, b):
    """Cotangent of the right side in ``np.linalg.solve(a, b)``."""
    d_b = _solve_of_each(_transposed(a), g, b)
    return d_b if np.ndim(a) == 2 and np.ndim(b) <= 2 else _unbroadcast(d_b, b)


def _solve_of_each(a, g, b):
    """Solve with the right sides ``g``, which for a vector ``b`` are vectors."""
    if np.ndim(b) == 1 and np.ndim(a) != 2:
        return np.squeeze(np.linalg.solve(a, np.expand_dims(g, -1)), -1)
    return np.linalg.solve(a, g)


def _solve_tangent(t_a, t_b, a, b, y):
    """Tangent of ``y = np.linalg.solve(a, b)``."""
    if t_a is None:
        return np.linalg.solve(a, t_b)
    each = np.ndim(b) == 1 and np.ndim(a) != 2
    moved = np.squeeze(t_a @ np.expand_dims(y, -1), -1) if each else t_a @ y
    return _solve_of_each(a, -moved if t_b is None else t_b - moved, b)


def _inv_to_a(g, y):
    """Cotangent of the matrix in ``y = np.linalg.inv(a)``."""
    return -(_transposed(y) @ g @ _transposed(y))


def _inv_tangent(t_a, y):
    """Tangent of ``y = np.linalg.inv(a)``."""
    return -(y @ t_a @ y)


def _per_matrix(g, a):
    """Give numbers, one for each matrix of a stack, the axes of a matrix."""
    return g if np.ndim(a) == 2 else np.expand_dims(g, (-2, -1))


@printed_like("a")
def _cofactors(a):
    """Cofactors of a matrix, the partial derivatives of its determinant.

    A matrix that is near a singular one is lifted by one of rank 1, and the cofactors found from
    the inverse of that: they are the same whatever the lift.
    """
    n = a.shape[-1]
    u, s, vt = np.linalg.svd(_stop_gradient(a))
    if n < 2 or np.any(s[..., -2] <= 1e-4 * s[..., 0]):
        return _signed_minors(a) if n <= 8 else _cofactors_by_values(a)
    near = s[..., -1] < 1e-3 * s[..., 0]
    left = u[..., :, -1:] * np.expand_dims(np.where(near, s[..., 0], 0.0), (-2, -1))
    right = vt[..., -1:, :]
    lifted = a + left @ right
    inverse = np.linalg.inv(lifted)
    share = 1.0 - right @ inverse @ left
    adjugate = share * inverse + inverse @ left @ right @ inverse
    return np.expand_dims(np.linalg.det(lifted), (-2, -1)) * np.swapaxes(adjugate, -1, -2)


@printed
def _signed_minors(a):
    """Cofactors as they are defined: determinants of what is left without a row and a column."""
    n = a.shape[-1]
    others = np.arange(n - 1) + (np.arange(n - 1) >= np.arange(n)[:, None])
    minors = np.swapaxes(a[..., others, :][..., others], -3, -2)
    signs = (-1.0) ** np.arange(n)
    return np.outer(signs, signs) * np.linalg.det(minors)


@printed
def _cofactors_by_values(a):
    """Cofactors from singular values, of a large matrix that is near one of a lower rank still."""
    u, s, vt = np.linalg.svd(a)
    diagonal = np.eye(s.shape[-1])
    minors = np.prod(np.expand_dims(s, -2) * (1.0 - diagonal) + diagonal, axis=-1)
    sign = np.linalg.det(u) * np.linalg.det(vt)
    inner = np.conj(u) * np.expand_dims(minors, -2)
    return np.expand_dims(sign, (-2, -1)) * (inner @ np.conj(vt))


def _det_to_a(g, a):
    """Cotangent of the matrix in ``np.linalg.det(a)``."""
    return _per_matrix(g, a) * _cofactors(a)


def _det_tangent(t_a, a):
    """Tangent of ``np.linalg.det(a)``."""
    return np.sum(_cofactors(a) * t_a, axis=(-2, -1))


def slogdet_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the sign and of the logarithm."""
    t = per_matrix_type(inputs, attrs)
    return [t, of_shape(real_of(t.dtype), t.shape)]


def _slogdet_to_a(d_sign, d_logabsdet, sign, a):
    """Cotangent of the matrix in ``sign, logabsdet = np.linalg.slogdet(a)``.

    The sign of a complex determinant turns with it, that of a real one is constant.
    """
    if np.iscomplexobj(a):
        d_log = 0.0 if d_logabsdet is None else d_logabsdet
        turn = 0.0 if d_sign is None else 1j * np.imag(d_sign * np.conj(sign))
        return _per_matrix(d_log + turn, a) * _conjugate_transposed(np.linalg.inv(a))
    if d_logabsdet is None:
        return np.zeros(a.shape)
    return _per_matrix(d_logabsdet, a) * _transposed(np.linalg.inv(a))


def _slogdet_tangent(t_a, sign, a):
    """Tangents of the sign, which turns where it is complex, and of the logarithm."""
    share = np.sum(_transposed(np.linalg.inv(a)) * t_a, axis=(-2, -1))
    if np.iscomplexobj(a):
        return sign * (1j * np.imag(share)), np.real(share)
    return None, share


@printed
def _matrix_power_to_a(g, a, n):
    """Cotangent of the matrix in ``np.linalg.matrix_power(a, n)``."""
    if n == 0:
        return np.zeros(a.shape)
    if n == 1:
        return g + 0.0
    base = np.swapaxes(a if n > 0 else np.linalg.inv(a), -1, -2)
    total, power = g, g
    for _ in range(1, abs(n)):
        power = power @ base
        total = base @ total + power
    return total if n > 0 else -(base @ total @ base)


def _matrix_power_tangent(t_a, a, n):
    """Tangent of ``np.linalg.matrix_power(a, n)``."""
    return np.swapaxes(_matrix_power_to_a(np.swapaxes(t_a, -1, -2), a, n), -1, -2)


def _pinv_to_a(g, y, a, hermitian=False, rcond=None, rtol=None):
    """Cotangent of the matrix in ``y = np.linalg.pinv(a)``, whose rank stays as it is."""
    y_t, g_t = _conjugate_transposed(y), _conjugate_transposed(g)
    if rcond is not None or rtol is not None:
        d_a = _cut_inverse(g_t, y, a)
    else:
        lost_rows = g_t - a @ (y @ g_t)
        lost_columns = g_t - (g_t @ y) @ a
        d_a = -(y_t @ g @ y_t) + lost_rows @ y @ y_t + y_t @ y @ lost_columns
    return 0.5 * (d_a + _conjugate_transposed(d_a)) if hermitian else d_a


@printed_like("a")
def _cut_inverse(t_a, y, a):
    """Return what a change of ``a`` does to the transpose of ``y``, its pseudo-inverse.

    Small singular values may be cut: ``y.T`` is ``u @ h(s) @ vh``, with ``h(s)`` 1 / s or 0
    (V. Noferini, "A formula for the Frechet derivative of a generalized matrix function", 2017).
    The map is symmetric, so that it takes cotangents back, too.
    """
    if np.max(np.abs(a - a @ y @ a), initial=0.0) <= 1e-12 * np.max(np.abs(a), initial=0.0):
        return np.swapaxes(_pinv_tangent(t_a, y, a), -1, -2)  # nothing but zeros is cut
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    count = np.rint(np.sum(a * np.swapaxes(y, -1, -2), axis=(-2, -1)))
    kept = np.arange(s.shape[-1]) < np.expand_dims(count, -1)
    h = np.where(kept, 1.0 / np.where(kept, s, 1.0), 0.0)
    h_i, h_j = np.expand_dims(h, -1), np.expand_dims(h, -2)
    s_i, s_j = np.expand_dims(s, -1), np.expand_dims(s, -2)
    apart = np.expand_dims(kept, -1) != np.expand_dims(kept, -2)
    even = np.where(apart, (h_i - h_j) / np.where(apart, s_i - s_j, 1.0), -h_i * h_j)
    odd = np.where(apart, (h_i + h_j) / np.where(apart, s_i + s_j, 1.0), h_i * h_j)
    u_t, v = np.swapaxes(u, -1, -2), np.swapaxes(vh, -1, -2)
    inner = u_t @ t_a @ v
    inner_t = np.swapaxes(inner, -1, -2)
    turned = 0.5 * (even * (inner + inner_t) + odd * (inner - inner_t))
    rows = (t_a @ v - u @ inner) * (h_j * h_j)
    columns = (u_t @ t_a - inner @ vh) * (h_i * h_i)
    return (u @ turned + rows) @ vh + u @ columns


def _pinv_tangent(t_a, y, a, hermitian=False, rcond=None, rtol=None):
    """Tangent of ``y = np.linalg.pinv(a)``."""
    if hermitian:
        t_a = 0.5 * (t_a + _conjugate_transposed(t_a))
    if rcond is not None or rtol is not None:
        return _transposed(_cut_inverse(t_a, y, a))
    y_t, t_t = _conjugate_transposed(y), _conjugate_transposed(t_a)
    return -(y @ t_a @ y) + y @ y_t @ (t_t - t_t @ a @ y) + (t_t - y @ a @ t_t) @ y_t @ y


def pinv_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape with its last two axes exchanged."""
    t = inputs[0].type
    shape = None if t.shape is None else (*t.shape[:-2], t.shape[-1], t.shape[-2])
    cut = any(k in (attrs.get("keyed") or ()) for k in ("rcond", "rtol")) or len(inputs) > 1
    refuse_unless(
        not (cut and is_complex(inputs[0])), "pinv of complex numbers with rcond=", "leave it out"
    )
    return of_shape(inexact_of(t.dtype), shape)


SLOGDET = type(np.linalg.slogdet(np.eye(1)))
# A table: an entry is read along its lines.
# fmt: off
rule("solve", solve_type, callables=["np.linalg.solve"], params="a, b",
     adjoint=(_solve_to_a, _solve_to_b), tangent=_solve_tangent,
     samples=("np.linalg.solve(m33, x3)", "np.linalg.solve(m33, x32)",
              "np.linalg.solve(m233, x32)", "np.linalg.solve(m33, m233)",
              "np.linalg.solve(b=x3, a=m233)", "np.linalg.solve(m33.T, xf3)"))
rule("inv", square_type, callables=["np.linalg.inv"], params="a", adjoint=(_inv_to_a,),
     tangent=_inv_tangent, samples=("np.linalg.inv(m33)", "np.linalg.inv(a=m233)",
                                    "np.linalg.inv(np.reshape(p, (1, 1)))"))
rule("det", per_matrix_type, callables=["np.linalg.det"], params="a", adjoint=(_det_to_a,),
     tangent=_det_tangent, at_kinks="finite at a singular matrix",
     samples=("np.linalg.det(m33)", "np.linalg.det(a=m233)", "np.linalg.det(np.outer(x3, y3))",
              "np.linalg.det(x31 @ x13 + np.outer(y3, p3))", "np.linalg.det(np.reshape(x, (1, 1)))",
              "np.linalg.det(p * np.eye(3))", "np.linalg.det(m33 + 1j * s33).imag",
              "np.linalg.det(np.outer(x3 + 1j * y3, y3) + np.outer(p3, u3)).real"))
rule("slogdet", slogdet_types, callables=["np.linalg.slogdet"], params="a", result=SLOGDET,
     outputs=("sign", "logabsdet"), adjoint=(_slogdet_to_a,), tangent=_slogdet_tangent,
     samples=("np.linalg.slogdet(m33)[1]", "np.linalg.slogdet(m233).logabsdet",
              "np.linalg.slogdet(m33 + 1j * s33)[1]", "np.linalg.slogdet(m233 + 1j * s33)[0].imag",
              "np.linalg.slogdet(m33).sign * m33"))
rule("matrix_power", square_type, callables=["np.linalg.matrix_power"], params="a, n=",
     adjoint=(_matrix_power_to_a,), tangent=_matrix_power_tangent,
     samples=tuple(f"np.linalg.matrix_power({a}, {n})"
                   for a, n in (("m33", 3), ("m33", 1), ("m233", 2), ("m33", 0), ("m33", -2),
                                ("m233", -1), ("m33", "n=5"))))
rule("pinv", pinv_type, callables=["np.linalg.pinv"], adjoint=(_pinv_to_a,), tangent=_pinv_tangent,
     params="a, rcond?, hermitian=False, *, rtol=None", at_kinks="the rank taken as constant",
     samples=("np.linalg.pinv(x32)", "np.abs(np.linalg.pinv(x32 + 1j * y32))",
              "np.linalg.pinv(x23)", "np.linalg.pinv(m33)",
              "np.linalg.pinv(m233[:, :2])", "np.linalg.pinv(x32, rcond=1e-10)",
              "np.linalg.pinv(np.outer(x3, y4))", "np.linalg.pinv(m33 @ m33.T, hermitian=True)",
              "np.linalg.pinv(x234, rtol=1e-9)", "np.linalg.pinv(m44 * p4, 0.5)",
              "np.linalg.pinv(m233 * np.array([1.0, 0.3, 0.1]), rtol=0.3)",
              "np.linalg.pinv(m33 @ np.diag([1.0, 0.1, 0.2]) @ m33.T, 0.1, True)"))
# fmt: on
