"""Linear systems, inverses and factorizations as ``scipy.linalg`` has them.

The adjoints are those of ``numpy.linalg``, where the functions mean the same.  A matrix that is
assumed to be symmetric is taken as a function of its symmetric part, and of a triangular one the
other triangle has no derivative.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type
from gradgen.rules.callables import scipy
from gradgen.rules.factorizations import (
    SYMMETRIC,
    _cholesky_tangent,
    _cholesky_to_a,
    _symmetric,
)
from gradgen.rules.helpers import _transposed, _unbroadcast
from gradgen.rules.least_squares import (
    _lstsq_tangent,
    _lstsq_to_a,
    _lstsq_to_b,
    _outer,
    lstsq_types,
)
from gradgen.rules.linalg import (
    _det_tangent,
    _det_to_a,
    _inv_tangent,
    _inv_to_a,
    _pinv_tangent,
    _pinv_to_a,
    per_matrix_type,
    pinv_type,
    solve_type,
    square_type,
)
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, of_shape, refuse_unless


def _outer_each(p, q, a, b):
    """Return the outer products of columns of ``p`` and ``q``, for each matrix of ``a``."""
    if np.ndim(a) == 2 and np.ndim(b) <= 2:
        return _outer(p, q)
    if np.ndim(b) == 1:
        return np.expand_dims(p, -1) * np.expand_dims(q, -2)
    return _unbroadcast(p @ _transposed(q), a)


def _times(m, y, b):
    """Return the product of each matrix with solutions for the right sides ``b``."""
    if np.ndim(b) == 1 and np.ndim(m) > 2:
        return np.squeeze(m @ np.expand_dims(y, -1), -1)
    return m @ y


def _right_side(d_b, a, b):
    """Return the cotangent of a right side, which a stack of matrices may share."""
    return d_b if np.ndim(a) == 2 and np.ndim(b) <= 2 else _unbroadcast(d_b, b)


def _assumed(d_a, assume_a, lower=False):
    """Return what the cotangent of a matrix is where something is assumed of the matrix."""
    if assume_a == "sym" or assume_a == "symmetric" or assume_a == "her":
        return _symmetric(d_a)
    if assume_a == "hermitian" or assume_a == "pos" or assume_a == "positive definite":
        return _symmetric(d_a)
    if assume_a == "upper triangular":
        return np.triu(d_a)
    if assume_a == "lower triangular":
        return np.tril(d_a)
    if assume_a == "diagonal":
        return d_a * np.eye(d_a.shape[-1])
    if assume_a == "tridiagonal":
        return np.tril(np.triu(d_a, -1), 1)
    return d_a


def _solved_again(a, g, b, lower, assume_a, transposed):
    """Solve with the right sides ``g``, which for a vector ``b`` are vectors."""
    if np.ndim(b) == 1 and np.ndim(a) > 2:
        g = np.expand_dims(g, -1)
        y = scipy.linalg.solve(a, g, lower=lower, assume_a=assume_a, transposed=transposed)
        return np.squeeze(y, -1)
    return scipy.linalg.solve(a, g, lower=lower, assume_a=assume_a, transposed=transposed)


def _scipy_solve_to_a(g, y, a, b, lower, assume_a, transposed):
    """Cotangent of the matrix in ``y = scipy.linalg.solve(a, b)``."""
    d_b = _solved_again(a, g, b, lower, assume_a, not transposed)
    p, q = (y, d_b) if transposed else (d_b, y)
    return _assumed(-_outer_each(p, q, a, b), assume_a)


def _scipy_solve_to_b(g, a, b, lower, assume_a, transposed):
    """Cotangent of the right side in ``scipy.linalg.solve(a, b)``."""
    return _right_side(_solved_again(a, g, b, lower, assume_a, not transposed), a, b)


def _scipy_solve_tangent(t_a, t_b, a, b, y, lower, assume_a, transposed):
    """Tangent of ``y = scipy.linalg.solve(a, b)``."""
    if t_a is None:
        return scipy.linalg.solve(a, t_b, lower=lower, assume_a=assume_a, transposed=transposed)
    t_a = _assumed(t_a, assume_a)
    moved = _times(_transposed(t_a) if transposed else t_a, y, b)
    t_b = -moved if t_b is None else t_b - moved
    return _solved_again(a, t_b, b, lower, assume_a, transposed)


def _is_plain(trans):
    """Whether ``trans`` of a triangular system stands for the matrix itself."""
    return trans == 0 or trans == "N"


def _triangular_solved(a, g, b, trans, lower, unit_diagonal):
    """Solve with the right sides ``g``, which for a vector ``b`` are vectors."""
    if np.ndim(b) == 1 and np.ndim(a) > 2:
        g = np.expand_dims(g, -1)
        return np.squeeze(scipy.linalg.solve_triangular(a, g, trans, lower, unit_diagonal), -1)
    return scipy.linalg.solve_triangular(a, g, trans, lower, unit_diagonal)


def _triangular_back(g, a, b, trans, lower, unit_diagonal):
    """Solve with the transposed triangle."""
    trans = 1 if _is_plain(trans) else 0
    return _triangular_solved(a, g, b, trans, lower, unit_diagonal)


def _triangle(d_a, lower, unit_diagonal):
    """Return the part of a cotangent that belongs to a triangle."""
    if lower:
        return np.tril(d_a, -1) if unit_diagonal else np.tril(d_a)
    return np.triu(d_a, 1) if unit_diagonal else np.triu(d_a)


def _triangular_to_a(g, y, a, b, trans, lower, unit_diagonal):
    """Cotangent of the triangle in ``y = scipy.linalg.solve_triangular(a, b)``."""
    d_b = _triangular_back(g, a, b, trans, lower, unit_diagonal)
    p, q = (d_b, y) if _is_plain(trans) else (y, d_b)
    return _triangle(-_outer_each(p, q, a, b), lower, unit_diagonal)


def _triangular_to_b(g, a, b, trans, lower, unit_diagonal):
    """Cotangent of the right side in ``scipy.linalg.solve_triangular(a, b)``."""
    return _right_side(_triangular_back(g, a, b, trans, lower, unit_diagonal), a, b)


def _triangular_tangent(t_a, t_b, a, b, y, trans, lower, unit_diagonal):
    """Tangent of ``y = scipy.linalg.solve_triangular(a, b)``."""
    if t_a is None:
        return scipy.linalg.solve_triangular(a, t_b, trans, lower, unit_diagonal)
    t_a = _triangle(t_a, lower, unit_diagonal)
    moved = _times(t_a if _is_plain(trans) else _transposed(t_a), y, b)
    t_b = -moved if t_b is None else t_b - moved
    return _triangular_solved(a, t_b, b, trans, lower, unit_diagonal)


def _scipy_inv_to_a(g, y, assume_a):
    """Cotangent of the matrix in ``y = scipy.linalg.inv(a)``."""
    return _assumed(_inv_to_a(g, y), assume_a)


def _scipy_inv_tangent(t_a, y, assume_a):
    """Tangent of ``y = scipy.linalg.inv(a)``."""
    return _inv_tangent(_assumed(t_a, assume_a), y)


def _scipy_cholesky_to_a(g, y, lower):
    """Cotangent of the matrix in ``y = scipy.linalg.cholesky(a)``, by default the upper factor."""
    return _cholesky_to_a(g, y, not lower)


def _scipy_cholesky_tangent(t_a, y, lower):
    """Tangent of ``y = scipy.linalg.cholesky(a)``."""
    return _cholesky_tangent(t_a, y, not lower)


def _scipy_pinv_to_a(g, y, a, atol=None, rtol=None):
    """Cotangent of the matrix in ``y = scipy.linalg.pinv(a)``, whose rank stays as it is."""
    return _pinv_to_a(g, y, a, False, atol, rtol)


def _scipy_pinv_tangent(t_a, y, a, atol=None, rtol=None):
    """Tangent of ``y = scipy.linalg.pinv(a)``."""
    return _pinv_tangent(t_a, y, a, False, atol, rtol)


def scipy_pinv_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of the transposed matrix; with its rank it is read as two operations."""
    alone = not attrs.get("return_rank")
    refuse_unless(alone, "scipy.linalg.pinv with return_rank=True", "ask np.linalg.matrix_rank")
    return pinv_type(inputs, attrs)


def scipy_lstsq_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of solution, residues, rank and singular values."""
    x, residues, rank, s = lstsq_types(inputs, attrs)
    one = inputs[1].type.rank == 1
    return [x, of_shape(residues.dtype, ()) if one else residues, rank, s]


def _scipy_lstsq_to_a(d_x, d_residuals, d_s, x, a, b, cond=None):
    """Cotangent of the matrix in ``x, residues, rank, s = scipy.linalg.lstsq(a, b)``."""
    return _lstsq_to_a(d_x, d_residuals, d_s, x, a, b, cond)


def _scipy_lstsq_to_b(d_x, d_residuals, x, a, b, cond=None):
    """Cotangent of the right side in ``x, residues, rank, s = scipy.linalg.lstsq(a, b)``."""
    return _lstsq_to_b(d_x, d_residuals, x, a, b, cond)


def _scipy_lstsq_tangent(t_a, t_b, x, residuals, s, a, b, cond=None):
    """Tangents of ``x, residues, rank, s = scipy.linalg.lstsq(a, b)``."""
    return _lstsq_tangent(t_a, t_b, x, residuals, s, a, b, cond)


def _samples(name: str, *calls: str) -> tuple[str, ...]:
    return tuple(f"scipy.linalg.{name}({call})" for call in calls)


SPD = "m33 @ m33.T"
# A table: an entry is read along its lines.
# fmt: off
rule("scipy.linalg.solve", solve_type, callables=["scipy.linalg.solve"],
     params="a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, "
            "assume_a=None, transposed=False",
     adjoint=(_scipy_solve_to_a, _scipy_solve_to_b), tangent=_scipy_solve_tangent,
     samples=_samples("solve", "m33, x3", "m33, x32", "m33, x3, transposed=True",
                      f"{SPD}, x32, assume_a='pos'", f"{SPD}, x3, lower=True, assume_a='sym'",
                      "np.triu(m33), x3, assume_a='upper triangular'", "m33, x3, assume_a='gen'",
                      "m33, b=x32, overwrite_a=True, check_finite=False", "m233, x3",
                      "m233, x32", "m33, m233", "m233, x3, transposed=True"))
rule("solve_triangular", solve_type, callables=["scipy.linalg.solve_triangular"],
     params="a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, "
            "check_finite=True", adjoint=(_triangular_to_a, _triangular_to_b),
     tangent=_triangular_tangent,
     samples=_samples("solve_triangular", "m33, x3", "l33, x32, lower=True", "m33, x3, 1",
                      "m33, x32, 'T', True", "m33, x3, unit_diagonal=True",
                      "l33, x3, trans='N', lower=True, unit_diagonal=True", "l233, x32, lower=True",
                      "m233, x3", "l33, m233, 'T', True"))
rule("scipy.linalg.inv", square_type, callables=["scipy.linalg.inv"],
     params="a, overwrite_a=False, check_finite=True, *, assume_a=None, lower=False",
     adjoint=(_scipy_inv_to_a,), tangent=_scipy_inv_tangent,
     samples=_samples("inv", "m33", "m233", f"{SPD}, assume_a='pos'", "m33, overwrite_a=True"))
rule("scipy.linalg.det", per_matrix_type, callables=["scipy.linalg.det"], adjoint=(_det_to_a,),
     params="a, overwrite_a=False, check_finite=True", tangent=_det_tangent,
     at_kinks="finite at a singular matrix",
     samples=_samples("det", "m33", "m233", "np.outer(x3, y3)", "m33, True, False"))
rule("scipy.linalg.cholesky", square_type, callables=["scipy.linalg.cholesky"],
     params="a, lower=False, overwrite_a=False, check_finite=True", at_kinks=SYMMETRIC,
     adjoint=(_scipy_cholesky_to_a,), tangent=_scipy_cholesky_tangent,
     samples=_samples("cholesky", SPD, f"{SPD}, lower=True", f"{SPD}, True",
                      "m233 @ np.swapaxes(m233, 1, 2)"))
rule("scipy.linalg.pinv", scipy_pinv_type, callables=["scipy.linalg.pinv"],
     params="a, *, atol=None, rtol=None, return_rank=False, check_finite=True",
     adjoint=(_scipy_pinv_to_a,), tangent=_scipy_pinv_tangent,
     at_kinks="the rank taken as constant",
     samples=(*_samples("pinv", "x32", "x23", "m33", "x32, rtol=1e-9", "m44 * p4, rtol=0.5",
                        "x32, atol=0.9"), "scipy.linalg.pinv(x32, return_rank=True)[0]"))
rule("scipy.linalg.lstsq", scipy_lstsq_types, callables=["scipy.linalg.lstsq"],
     params="a, b, cond?, overwrite_a=False, overwrite_b=False, check_finite=True, "
            "lapack_driver=None", outputs=("x", "residuals", "rank", "s"),
     adjoint=(_scipy_lstsq_to_a, _scipy_lstsq_to_b), tangent=_scipy_lstsq_tangent,
     at_kinks="the rank taken as constant",
     samples=("scipy.linalg.lstsq(x32, y3)[0]", "scipy.linalg.lstsq(x32, y32)[0]",
              "scipy.linalg.lstsq(x32, y3)[1]", "scipy.linalg.lstsq(x32, y32)[1]",
              "scipy.linalg.lstsq(x23, y23, 1e-9)[0]", "scipy.linalg.lstsq(x23, y3[:2])[0]",
              "scipy.linalg.lstsq(m44 * p4, y4, 0.5)[0]",
              "scipy.linalg.lstsq(x32, y3, lapack_driver='gelsy')[0]",
              "scipy.linalg.lstsq(x32, y3)[3]"))
# fmt: on
