"""Least squares and ranks, as NumPy has them.

The adjoint of least squares is that of the pseudoinverse times the right side, after G. H. Golub
and V. Pereyra (1973).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, fresh_dim, promote
from gradgen.rules.helpers import _conjugate_transposed
from gradgen.rules.linalg import _cut_inverse
from gradgen.rules.orthogonal import _adjoint_matrix, smaller
from gradgen.rules.registry import printed, printed_like, rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape, real_of


def lstsq_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of solution, residuals, rank and singular values."""
    a, b = (v.type for v in inputs[:2])
    dtype = inexact_of(promote([a, b]))
    rank = of_shape("int32", ())
    if a.shape is None or b.shape is None or len(a.shape) != 2:
        real = Type("any", real_of(dtype), None)
        return [Type("any", dtype, None), real, rank, real]
    m, n = a.shape
    shapes = ((n, *b.shape[1:]), (fresh_dim(),), (smaller(m, n),))
    kinds = (dtype, real_of(dtype), real_of(dtype))
    x, residuals, s = (of_shape(kind, shape) for kind, shape in zip(kinds, shapes, strict=True))
    return [x, residuals, rank, s]


def _outer(p, q):
    """Return the sum of outer products of columns, of which the second are conjugated."""
    if np.ndim(p) == 1:
        return np.outer(p, np.conj(q)) if np.iscomplexobj(q) else np.outer(p, q)
    return p @ _conjugate_transposed(q)


def _lstsq_to_a(d_x, d_residuals, d_s, x, a, b, rcond=None):
    """Cotangent of the matrix in ``x, residuals, rank, s = np.linalg.lstsq(a, b)``."""
    d_a = np.zeros(a.shape)
    r = b - a @ x
    if d_x is not None and rcond is not None:
        d_a = _cut_inverse(_outer(b, d_x), np.linalg.pinv(a, rcond), a)
    elif d_x is not None:
        inverse = np.linalg.pinv(a)
        back, a_t = _conjugate_transposed(inverse), _conjugate_transposed(a)
        z = back @ d_x
        d_a = _outer(r, inverse @ z) - _outer(z, x) + _outer(back @ x, d_x - a_t @ z)
    if d_residuals is not None:
        d_a = d_a - 2.0 * _outer(_residual_share(d_residuals, r), x)
    if d_s is not None:
        u, _, vh = np.linalg.svd(a, full_matrices=False)
        d_a = d_a + (u * d_s) @ vh
    return d_a


def _lstsq_to_b(d_x, d_residuals, x, a, b, rcond=None):
    """Cotangent of the right side in ``x, residuals, rank, s = np.linalg.lstsq(a, b)``."""
    d_b = np.zeros(b.shape)
    if d_x is not None:
        inverse = np.linalg.pinv(a) if rcond is None else np.linalg.pinv(a, rcond)
        d_b = _conjugate_transposed(inverse) @ d_x
    if d_residuals is not None:
        d_b = d_b + 2.0 * _residual_share(d_residuals, b - a @ x)
    if np.iscomplexobj(d_b) and not np.iscomplexobj(b):
        return np.real(d_b)
    return d_b


@printed_like("r")
def _residual_share(d_residuals, r):
    """Weigh residuals with the cotangent of their squares, which NumPy leaves out at times."""
    return r * d_residuals if np.size(d_residuals) else np.zeros(r.shape)


@printed
def _lstsq_tangent(t_a, t_b, x, residuals, s, a, b, rcond=None):
    """Tangents of ``x, residuals, rank, s = np.linalg.lstsq(a, b)``."""
    t_a = np.zeros(a.shape) if t_a is None else t_a
    t_b = np.zeros(b.shape) if t_b is None else t_b
    inverse = np.linalg.pinv(a) if rcond is None else np.linalg.pinv(a, rcond)
    r = b - a @ x
    change = t_b - t_a @ x
    t_h, back = _adjoint_matrix(t_a), _adjoint_matrix(inverse)
    lost = t_h @ (back @ x)
    t_x = inverse @ change + inverse @ (back @ (t_h @ r)) + lost - inverse @ (a @ lost)
    if rcond is not None:
        t_x = _adjoint_matrix(_cut_inverse(t_a, inverse, a)) @ b + inverse @ t_b
    t_residuals = 2.0 * np.real(np.sum(np.conj(r) * change, axis=0)) * np.ones(residuals.shape)
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return t_x, t_residuals, None, np.real(np.sum(np.conj(u) * (t_a @ _adjoint_matrix(vh)), axis=0))


def rank_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an integer for each matrix."""
    shape = inputs[0].type.shape
    return of_shape("int64", None if shape is None else shape[:-2])


# A table: an entry is read along its lines.
# fmt: off
rule("lstsq", lstsq_types, callables=["np.linalg.lstsq"], params="a, b, rcond?",
     outputs=("x", "residuals", "rank", "s"), adjoint=(_lstsq_to_a, _lstsq_to_b),
     tangent=_lstsq_tangent, at_kinks="the rank taken as constant", of_complex="linear",
     samples=("np.linalg.lstsq(x32 + 1j * y32, y3 - 2j * x3)[0].imag",
              "np.linalg.lstsq(x23 + 1j * y23, x3[:2])[0].real",
              "np.linalg.lstsq(x32 + 1j * y32, x3 + 0j)[1]",
              "np.linalg.lstsq(x32, y3, rcond=None)[0]", "np.linalg.lstsq(x32, y32)[0]",
              "np.linalg.lstsq(x32, y3)[1]", "np.linalg.lstsq(x32, y32, None)[1]",
              "np.linalg.lstsq(m33, x3)[0]", "np.linalg.lstsq(x23, y23)[0]",
              "np.linalg.lstsq(x32, y3)[3]", "np.linalg.lstsq(np.outer(x3, y4), p3, 1e-10)[0]",
              "np.linalg.lstsq(a=x32, b=y3)[2] * x3", "np.linalg.lstsq(m44 * p4, y4, 0.5)[0]",
              "np.linalg.lstsq(x23, m233[0, :2], rcond=0.9)[0]"))
rule("matrix_rank", rank_type, callables=["np.linalg.matrix_rank"], passive=True,
     params="A, tol?, hermitian=False, *, rtol=None",
     samples=("np.linalg.matrix_rank(m33) * x3", "np.linalg.matrix_rank(m233)[0] * x3",
              "np.linalg.matrix_rank(m33, 1e-3) * x3",
              "np.linalg.matrix_rank(m33, hermitian=True) * x3"))
# fmt: on
