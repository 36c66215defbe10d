"""Factorizations and spectra of matrices and stacks of matrices, as ``numpy.linalg`` has them.

Adjoints are after M. B. Giles (2008) for spectra, I. Murray, "Differentiation of the Cholesky
decomposition" (2016), S. F. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra
functions with application in optimum experimental design" (2010) for QR, and M. Seeger et al.,
"Auto-differentiating linear algebra" (2017) for eigenvectors and singular vectors.

A symmetric matrix of which one triangle is read is taken as a function of its symmetric part.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type
from gradgen.rules.helpers import _conjugate_transposed, _transposed
from gradgen.rules.linalg import square_type
from gradgen.rules.registry import printed, printed_like, rule
from gradgen.rules.shapes_of import Attrs, of_shape, real_of

SYMMETRIC = "that of the symmetric part"
HERMITIAN = "m33 + m33.T + 1j * (m33 - m33.T)"


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
    """Divide ``p[i, j]`` by ``w[j] - w[i]``, 0 on the diagonal; not a number at equal values.

    In forward mode what matters is known at the end only, where `_defined` asks for it.
    """
    gap = np.expand_dims(w, -2) - np.expand_dims(w, -1)
    diagonal = np.eye(w.shape[-1]) == 1.0
    equal = _as_good_as_zero(gap, w)
    turns = np.where(equal, np.nan, p / np.where(equal, 1.0, gap))
    return np.where(diagonal, 0.0, turns)


@printed_like("t")
def _defined(t):
    """Return a derivative, which is not a number where it needs vectors whose values are equal."""
    if np.any(np.isnan(t)):
        raise np.linalg.LinAlgError(
            "no derivative: it depends on vectors of equal values, or on what is not a number"
        )
    return t


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
