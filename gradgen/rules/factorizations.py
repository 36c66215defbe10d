"""Factorizations and spectra of matrices and stacks of matrices, as ``numpy.linalg`` has them.

Adjoints are after M. B. Giles (2008) for spectra, I. Murray, "Differentiation of the Cholesky
decomposition" (2016), S. F. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra
functions with application in optimum experimental design" (2010) for QR, and M. Seeger et al.,
"Auto-differentiating linear algebra" (2017) for eigenvectors and singular vectors.

A symmetric matrix of which one triangle is read is taken as a function of its symmetric part.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import dataclasses

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type
from gradgen.rules.fourier import SINGLE
from gradgen.rules.helpers import _conjugate_transposed, _transposed
from gradgen.rules.linalg import square_type
from gradgen.rules.registry import printed, printed_like, rule
from gradgen.rules.shapes_of import Attrs, of_shape, real_of

SYMMETRIC = "that of the symmetric part"
REAL = "np.diag([1.0, 3.0, 7.0]) + 0.2 * m33"  # its eigenvalues are real
HERMITIAN = "m33 + m33.T + 1j * (m33 - m33.T)"
REAL_STACK = "np.diag([1.0, 3.0, 7.0]) + 0.2 * m233"


def _symmetric(a):
    """Return the symmetric part of a matrix, the Hermitian one of a complex matrix."""
    return 0.5 * (a + _conjugate_transposed(a))


def _half_tril(a):
    """Return the lower triangle with its diagonal halved."""
    return np.tril(a) - 0.5 * (a * np.eye(a.shape[-1]))


def _cholesky_to_a(g, y, upper):
    """Cotangent of the matrix in ``y = np.linalg.cholesky(a)``."""
    factor_t = y if upper else _conjugate_transposed(y)
    d_factor = _conjugate_transposed(g) if upper else g
    inner = _half_tril(factor_t @ d_factor)
    left = np.linalg.solve(factor_t, inner)
    return _symmetric(np.linalg.solve(factor_t, _conjugate_transposed(left)))


def _cholesky_tangent(t_a, y, upper):
    """Tangent of ``y = np.linalg.cholesky(a)``."""
    factor = _conjugate_transposed(y) if upper else y
    left = np.linalg.solve(factor, _symmetric(t_a))
    inner = np.linalg.solve(factor, _conjugate_transposed(left))
    tangent = factor @ _half_tril(inner)
    return _conjugate_transposed(tangent) if upper else tangent


@printed_like("p")
def _over_gaps(p, w, d_v):
    """Divide ``p[i, j]`` by ``w[j] - w[i]``, where ``d_v`` is a cotangent of vectors.

    Vectors of equal values are one choice of many: the loss must not depend on them.
    """
    gap = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    equal = _as_good_as_zero(gap, w)
    if np.any(equal & np.any(d_v != 0.0, axis=-2, keepdims=True) & (np.eye(w.shape[-1]) == 0.0)):
        raise np.linalg.LinAlgError(
            "no derivative: the loss depends on vectors whose values are equal"
        )
    return np.where(equal, 0.0, p / np.where(equal, 1.0, gap))


def _as_good_as_zero(d, w):
    """Mark what is zero beside the values ``w`` of a matrix."""
    return np.abs(d) <= 1e-13 * np.expand_dims(np.sum(np.abs(w), axis=-1), (-2, -1))


@printed_like("p")
def _turns(p, w):
    """Divide ``p[i, j]`` by ``w[j] - w[i]``, 0 on the diagonal; not a number at equal values."""
    gap = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    diagonal = np.eye(w.shape[-1]) == 1.0
    equal = _as_good_as_zero(gap, w)
    turns = np.where(equal, np.nan, p / np.where(equal, 1.0, gap))
    return np.where(diagonal, 0.0, turns)


def eigh_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of eigenvalues and eigenvectors."""
    t = square_type(inputs, attrs)
    return [values_type(inputs, attrs), t]


def real_values_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the eigenvalues of Hermitian matrices, and of their vectors."""
    return [real_values_type(inputs, attrs), square_type(inputs, attrs)]


def real_values_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of a vector of real values for each matrix."""
    t = values_type(inputs, attrs)
    return Type(t.kind, real_of(t.dtype), t.shape)


def values_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of a vector of values for each matrix."""
    t = square_type(inputs, attrs)
    return t if t.shape is None else of_shape(t.dtype, t.shape[:-1])


def _eigh_to_a(d_w, d_v, w, v):
    """Cotangent of the matrix in ``w, v = np.linalg.eigh(a)``."""
    if d_v is None:
        return (v * np.expand_dims(d_w, -2)) @ _conjugate_transposed(v)
    turn = _conjugate_transposed(v) @ d_v
    if np.iscomplexobj(v):
        _require_no_phase(turn, d_v)
    inner = _over_gaps(0.5 * (turn - _conjugate_transposed(turn)), w, d_v)
    if d_w is not None:
        inner = inner + np.eye(w.shape[-1]) * np.expand_dims(d_w, -2)
    return v @ inner @ _conjugate_transposed(v)


@printed
def _require_no_phase(turn, d_v):
    """Refuse losses that depend on the phases of complex eigenvectors, which are a choice."""
    phases = np.imag(turn) * np.eye(turn.shape[-1])
    if np.any(np.abs(phases) > 1e-8 * np.max(np.abs(d_v), initial=0.0)):
        raise np.linalg.LinAlgError(
            "no derivative: the loss depends on the phase of a complex eigenvector"
        )


def _eigh_tangent(t_a, w, v):
    """Tangents of ``w, v = np.linalg.eigh(a)``."""
    inner = _transposed(v) @ _symmetric(t_a) @ v
    diagonal = np.eye(w.shape[-1])
    turn = _turns(inner, w)
    return np.sum(inner * diagonal, axis=-1), v @ turn


def _eigvalsh_to_a(g, a, UPLO):
    """Cotangent of the matrix in ``np.linalg.eigvalsh(a)``."""
    v = np.linalg.eigh(a, UPLO)[1]
    return (v * np.expand_dims(g, -2)) @ _conjugate_transposed(v)


def _eigvalsh_tangent(t_a, a, UPLO):
    """Tangent of ``np.linalg.eigvalsh(a)``."""
    v = np.linalg.eigh(a, UPLO)[1]
    if np.iscomplexobj(v):
        return np.real(np.sum((_symmetric(t_a) @ v) * np.conj(v), axis=-2))
    return np.sum((_symmetric(t_a) @ v) * v, axis=-2)


# From NumPy 2.5 on, those of real matrices are complex too.
ALWAYS_COMPLEX = np.linalg.eigvals(np.eye(1)).dtype.kind == "c"


def eig_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of eigenvalues and eigenvectors of a matrix of any kind."""
    return [eigvals_type(inputs, attrs), _as_numpy_has(square_type(inputs, attrs))]


def eigvals_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the eigenvalues of a matrix of any kind."""
    return _as_numpy_has(values_type(inputs, attrs))


def _as_numpy_has(t: Type) -> Type:
    if not ALWAYS_COMPLEX or not t.dtype:
        return t
    return dataclasses.replace(t, dtype="complex64" if t.dtype in SINGLE else "complex128")


@printed_like("v")
def _eig_to_a(d_w, d_v, w, v, a):
    """Cotangent of the matrix in ``w, v = np.linalg.eig(a)``, whose columns have length 1.

    The largest entry of a complex column is real.
    """
    _refuse_complex(w, a)
    inner = np.zeros_like(v)
    v_h = np.conj(np.swapaxes(v, -1, -2))
    if d_v is not None:
        along = np.sum(np.conj(v) * d_v, axis=-2, keepdims=True)
        d_v = d_v - v * np.real(along)
        if np.iscomplexobj(v):
            d_v = d_v - _largest(v) * (1j * np.imag(along))
        turn = v_h @ d_v
        inner = _over_gaps(turn * (1.0 - np.eye(w.shape[-1])), np.conj(w), d_v)
    if d_w is not None:
        inner = inner + np.eye(w.shape[-1]) * np.expand_dims(d_w, -2)
    return np.linalg.solve(v_h, inner @ v_h)


@printed_like("v")
def _largest(v):
    """Return one over the largest entry of each complex column, at its place; 0 elsewhere."""
    size = np.abs(v)
    first = np.argmax(size, axis=-2)
    row = np.expand_dims(np.arange(v.shape[-2]), -1)
    return np.where(row == np.expand_dims(first, -2), 1.0 / np.where(size > 0.0, v, 1.0), 0.0)


@printed
def _refuse_complex(w, a):
    """Refuse the derivative where values of a real matrix or polynomial are complex."""
    if not np.iscomplexobj(a) and np.any(np.imag(w) != 0.0):
        raise np.linalg.LinAlgError(
            "the derivative of complex values of real numbers is not supported:"
            " make the argument complex, as in np.linalg.eigvals(a + 0j)"
        )


def _eigvals_to_a(g, a):
    """Cotangent of the matrix in ``np.linalg.eigvals(a)``."""
    w, v = np.linalg.eig(a)
    return _eig_to_a(g, None, w, v, a)


@printed
def _eig_tangent(t_a, w, v, a):
    """Tangents of ``w, v = np.linalg.eig(a)``."""
    _refuse_complex(w, a)
    inner = np.linalg.solve(v, t_a @ v)
    diagonal = np.eye(w.shape[-1])
    turn = v @ _turns(inner, w)
    turn = turn - v * np.real(np.sum(np.conj(v) * turn, axis=-2, keepdims=True))
    if np.iscomplexobj(v):
        turn = turn - v * (1j * np.imag(np.sum(_largest(v) * turn, axis=-2, keepdims=True)))
    return np.sum(inner * diagonal, axis=-1), turn


@printed
def _eigvals_tangent(t_a, a):
    """Tangent of ``np.linalg.eigvals(a)``."""
    w, v = np.linalg.eig(a)
    _refuse_complex(w, a)
    return np.sum(np.linalg.solve(v, t_a @ v) * np.eye(w.shape[-1]), axis=-1)


# A table: an entry is read along its lines.
# fmt: off
rule("cholesky", square_type, callables=["np.linalg.cholesky"], params="a, /, *, upper=False",
     adjoint=(_cholesky_to_a,), tangent=_cholesky_tangent, at_kinks=SYMMETRIC,
     samples=("np.linalg.cholesky(m33 @ m33.T)", "np.linalg.cholesky(m33 @ m33.T, upper=True)",
              "np.linalg.cholesky(m233 @ np.swapaxes(m233, 1, 2))",
              "np.linalg.cholesky(np.reshape(p, (1, 1)))",
              f"np.imag(np.linalg.cholesky({HERMITIAN} + 9.0 * np.eye(3)))",
              f"np.abs(np.linalg.cholesky({HERMITIAN} + 9.0 * np.eye(3), upper=True))"))
rule("eigh", real_values_types, callables=["np.linalg.eigh"], params="a, UPLO='L'",
     outputs=("w", "v"), result=type(np.linalg.eigh(np.eye(1))), adjoint=(_eigh_to_a,),
     tangent=_eigh_tangent,
     at_kinks=f"{SYMMETRIC}; an error where vectors of equal eigenvalues matter",
     samples=("np.linalg.eigh(m33 + m33.T)[0]",
              "np.abs(np.linalg.eigh(m33 + m33.T).eigenvectors)",
              "np.abs(np.linalg.eigh(m233 + np.swapaxes(m233, 1, 2), UPLO='U')[1])",
              "np.linalg.eigh(m233 + np.swapaxes(m233, 1, 2))[0]",
              f"np.linalg.eigh({HERMITIAN})[0]", f"np.abs(np.linalg.eigh({HERMITIAN})[1])"))
rule("eigvalsh", real_values_type, callables=["np.linalg.eigvalsh"], params="a, UPLO='L'",
     adjoint=(_eigvalsh_to_a,), tangent=_eigvalsh_tangent, at_kinks=SYMMETRIC,
     samples=("np.linalg.eigvalsh(m33 + m33.T)", "np.linalg.eigvalsh(m33 + m33.T, 'U')",
              f"np.linalg.eigvalsh({HERMITIAN})",
              "np.linalg.eigvalsh(m233 + np.swapaxes(m233, 1, 2))"))
rule("eig", eig_types, callables=["np.linalg.eig"], params="a", outputs=("w", "v"),
     result=type(np.linalg.eig(np.eye(1))), adjoint=(_eig_to_a,), tangent=_eig_tangent,
     of_complex="linear",
     at_kinks="an error at complex values of a real matrix, and where vectors of equal ones matter",
     samples=(f"np.real(np.linalg.eig({REAL})[0])", f"np.abs(np.linalg.eig({REAL}).eigenvectors)",
              f"np.real(np.linalg.eig({REAL_STACK})[0])",
              "np.imag(np.linalg.eig(m33 + 1j * s33)[0])",
              "np.real(np.linalg.eig(m233 + 1j * np.eye(3)[::-1])[1])"))
rule("eigvals", eigvals_type, callables=["np.linalg.eigvals"], params="a",
     adjoint=(_eigvals_to_a,), tangent=_eigvals_tangent, of_complex="linear",
     at_kinks="an error at complex values of a real matrix",
     samples=(f"np.real(np.linalg.eigvals({REAL}))", f"np.real(np.linalg.eigvals({REAL_STACK}))",
              "np.abs(np.linalg.eigvals(x44 + 0j))", "np.imag(np.linalg.eigvals(m33 - 1j * s33))"))
