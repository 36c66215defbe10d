"""Factors kept for several systems: LU and Cholesky in SciPy, and what solves with them.

With ``a = p @ l @ u`` and ``l`` of ones on the diagonal, the adjoint is that of M. Seeger et al.,
"Auto-differentiating linear algebra" (2017); the pivots are taken as constant.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import BOOL, Type
from gradgen.rules.callables import scipy
from gradgen.rules.factorizations import SYMMETRIC, _cholesky_tangent, _cholesky_to_a
from gradgen.rules.helpers import _transposed, _unbroadcast
from gradgen.rules.least_squares import _outer
from gradgen.rules.linalg import floats_type, solve_type, square_type
from gradgen.rules.orthogonal import smaller
from gradgen.rules.registry import printed, printed_like, rule
from gradgen.rules.scipy_linalg import _outer_each, _right_side, _times
from gradgen.rules.shapes_of import Attrs, of_shape, refuse_unless


@printed_like("a")
def _lu_adjoint(d_low, d_up, low, up, p, a):
    """Cotangent of matrices in ``p, low, up = scipy.linalg.lu(a)``, which may be wide or tall."""
    k = min(a.shape[-2:])
    d_low = np.zeros(low.shape) if d_low is None else np.tril(d_low, -1)
    d_up = np.zeros(up.shape) if d_up is None else np.triu(d_up)
    square_u, square_l = up[..., :k], low[..., :k, :]
    d_right = np.linalg.solve(square_l.mT, d_up[..., k:])
    d_below = np.linalg.solve(square_u, d_low[..., k:, :].mT).mT
    d_lower = d_low[..., :k, :] - d_right @ up[..., k:].mT
    d_upper = d_up[..., :k] - low[..., k:, :].mT @ d_below
    inner = np.tril(square_l.mT @ d_lower, -1) + np.triu(d_upper @ square_u.mT)
    d_square = np.linalg.solve(square_u, np.linalg.solve(square_l.mT, inner).mT).mT
    above = np.concatenate([d_square, d_right], axis=-1)
    corner = np.zeros((*a.shape[:-2], a.shape[-2] - k, a.shape[-1] - k))
    below = np.concatenate([d_below, corner], axis=-1)
    return p @ np.concatenate([above, below], axis=-2)


@printed
def _lu_tangents(t_a, low, up, p):
    """Tangents of the triangular factors of ``scipy.linalg.lu(a)``, which may be wide or tall."""
    k = low.shape[-1]
    t_a = p.mT @ t_a
    square_u, square_l = up[..., :k], low[..., :k, :]
    inner = np.linalg.solve(square_u.mT, np.linalg.solve(square_l, t_a[..., :k, :k]).mT).mT
    t_lower, t_upper = square_l @ np.tril(inner, -1), np.triu(inner) @ square_u
    t_right = np.linalg.solve(square_l, t_a[..., :k, k:] - t_lower @ up[..., k:])
    t_below = np.linalg.solve(square_u.mT, (t_a[..., k:, :k] - low[..., k:, :] @ t_upper).mT).mT
    t_low = np.concatenate([t_lower, t_below], axis=-2)
    return t_low, np.concatenate([t_upper, t_right], axis=-1)


def lu_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the permutation and of the triangular factors."""
    t = floats_type(inputs, attrs)
    if t.shape is None:
        return [t, t, t]
    *stack, m, n = t.shape
    k = smaller(m, n)
    return [of_shape(t.dtype, (*stack, *shape)) for shape in ((m, m), (m, k), (k, n))]


def lu_indices_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the order of rows and of the triangular factors."""
    p, low, up = lu_types(inputs, attrs)
    return [of_shape("int32", None if p.shape is None else p.shape[:-1]), low, up]


def lu_permuted_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the permuted lower factor and of the upper one."""
    return lu_types(inputs, attrs)[1:]


def lu_variant(options: Attrs) -> str:
    """Return the operation with other results, where rows are permuted or their order is given."""
    if options.get("permute_l"):
        return "lu_permuted"
    return "lu_indices" if options.get("p_indices") else ""


def _lu_to_a(d_low, d_up, low, up, p, a):
    """Cotangent of the matrix in ``p, low, up = scipy.linalg.lu(a)``."""
    if d_low is None and d_up is None:
        return np.zeros(a.shape)
    return _lu_adjoint(d_low, d_up, low, up, p, a)


def _lu_tangent(t_a, p, low, up):
    """Tangents of ``p, low, up = scipy.linalg.lu(a)``."""
    t_low, t_up = _lu_tangents(t_a, low, up, p)
    return None, t_low, t_up


def _lu_indices_to_a(d_low, d_up, low, up, p, a):
    """Cotangent of the matrix in ``p, low, up = scipy.linalg.lu(a, p_indices=True)``."""
    if d_low is None and d_up is None:
        return np.zeros(a.shape)
    return _lu_adjoint(d_low, d_up, low, up, np.eye(a.shape[-2])[p], a)


def _lu_indices_tangent(t_a, p, low, up):
    """Tangents of ``p, low, up = scipy.linalg.lu(a, p_indices=True)``."""
    t_low, t_up = _lu_tangents(t_a, low, up, np.eye(p.shape[-1])[p])
    return None, t_low, t_up


def _lu_permuted_to_a(d_low, d_up, a):
    """Cotangent of the matrix in ``low, up = scipy.linalg.lu(a, permute_l=True)``."""
    p, low, up = scipy.linalg.lu(a)
    return _lu_adjoint(None if d_low is None else _transposed(p) @ d_low, d_up, low, up, p, a)


def _lu_permuted_tangent(t_a, a):
    """Tangents of ``low, up = scipy.linalg.lu(a, permute_l=True)``."""
    p, low, up = scipy.linalg.lu(a)
    t_low, t_up = _lu_tangents(t_a, low, up, p)
    return p @ t_low, t_up


def lu_factor_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of both factors in one matrix, and of the pivots."""
    t = floats_type(inputs, attrs)
    length = None if t.shape is None else (*t.shape[:-2], smaller(*t.shape[-2:]))
    return [t, of_shape("int32", length)]


def _lu_factor_to_a(d_lu, a):
    """Cotangent of the matrix in ``lu, piv = scipy.linalg.lu_factor(a)``."""
    if d_lu is None:
        return np.zeros(a.shape)
    p, low, up = scipy.linalg.lu(a)
    return _lu_adjoint(d_lu[..., : low.shape[-1]], d_lu[..., : up.shape[-2], :], low, up, p, a)


@printed
def _lu_factor_tangent(t_a, a):
    """Tangents of ``lu, piv = scipy.linalg.lu_factor(a)``."""
    p, low, up = scipy.linalg.lu(a)
    t_low, t_up = _lu_tangents(t_a, low, up, p)
    k = low.shape[-1]
    square = t_low[..., :k, :] + t_up[..., :k]
    above = np.concatenate([square, t_up[..., k:]], axis=-1)
    corner = np.zeros((*a.shape[:-2], a.shape[-2] - k, a.shape[-1] - k))
    below = np.concatenate([t_low[..., k:, :], corner], axis=-1)
    return np.concatenate([above, below], axis=-2), None


def lu_solve_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the solution."""
    lu, piv, b = inputs
    of_pivots = piv.type.rank
    fit = lu.type.rank == (None if of_pivots is None else of_pivots + 1)
    what = "lu_solve with pivots that are not those of the factors"
    refuse_unless(fit, what, "give both as lu_factor returns them")
    return solve_type([lu, b], attrs)


def _lu_solved(lu, piv, g, b, trans):
    """Solve with the right sides ``g``, which for a vector ``b`` are vectors."""
    if np.ndim(b) == 1 and np.ndim(lu) > 2:
        return np.squeeze(scipy.linalg.lu_solve((lu, piv), np.expand_dims(g, -1), trans), -1)
    return scipy.linalg.lu_solve((lu, piv), g, trans)


def _lu_solve_to_b(g, lu, piv, b, trans):
    """Cotangent of the right side in ``scipy.linalg.lu_solve((lu, piv), b)``."""
    return _right_side(_lu_solved(lu, piv, g, b, 1 if trans == 0 else 0), lu, b)


def _lu_turned(lu, b):
    """Solve the transposed system, with rows in the order of the factors."""
    inner = scipy.linalg.solve_triangular(lu, b, 1)
    return inner, scipy.linalg.solve_triangular(lu, inner, 1, lower=True, unit_diagonal=True)


def _lu_solve_to_lu(g, y, lu, piv, b, trans):
    """Cotangent of the factors in ``y = scipy.linalg.lu_solve((lu, piv), b)``."""
    partner = y if trans == 0 else _lu_solved(lu, piv, g, b, 0)
    right = g if trans == 0 else b
    if np.ndim(b) == 1 and np.ndim(lu) > 2:
        partner, right = np.expand_dims(partner, -1), np.expand_dims(right, -1)
    inner, left = _lu_turned(lu, right)
    scaled = np.triu(lu) @ partner
    if np.ndim(lu) == 2 and np.ndim(b) <= 2:
        return -np.triu(_outer(inner, partner)) - np.tril(_outer(left, scaled), -1)
    above = _unbroadcast(inner @ _transposed(partner), lu)
    return -np.triu(above) - np.tril(_unbroadcast(left @ _transposed(scaled), lu), -1)


def _lu_solve_tangent(t_lu, t_b, y, lu, piv, b, trans):
    """Tangent of ``y = scipy.linalg.lu_solve((lu, piv), b)``."""
    if t_lu is None:
        return _lu_solved(lu, piv, t_b, b, trans)
    low, up = np.tril(lu, -1) + np.eye(lu.shape[-1]), np.triu(lu)
    t_low, t_up = np.tril(t_lu, -1), np.triu(t_lu)
    each = np.ndim(b) == 1 and np.ndim(lu) > 2
    if trans == 0:
        at = np.expand_dims(y, -1) if each else y
        moved = t_low @ (up @ at) + low @ (t_up @ at)
        below = scipy.linalg.solve_triangular(lu, moved, lower=True, unit_diagonal=True)
        share = scipy.linalg.solve_triangular(lu, below)
    else:
        _, at = _lu_turned(lu, np.expand_dims(b, -1) if each else b)
        moved = up.mT @ (t_low.mT @ at) + t_up.mT @ (low.mT @ at)
        share = scipy.linalg.lu_solve((lu, piv), moved, trans)
    share = np.squeeze(share, -1) if each else share
    return -share if t_b is None else _lu_solved(lu, piv, t_b, b, trans) - share


def cho_factor_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the factor and of the flag that says which triangle holds it."""
    c = square_type(inputs, attrs)
    return [c, of_shape("bool", c.shape[:-2]) if c.rank != 2 and c.shape else BOOL]


def _cho_factor_to_a(d_c, c, lower):
    """Cotangent of the matrix in ``c, lower = scipy.linalg.cho_factor(a)``."""
    return _cholesky_to_a(d_c, np.tril(c) if lower else np.triu(c), not lower)


def _cho_factor_tangent(t_a, c, lower):
    """Tangents of ``c, lower = scipy.linalg.cho_factor(a)``."""
    return _cholesky_tangent(t_a, np.tril(c) if lower else np.triu(c), not lower), None


def _cho_solved(c, lower, g, b):
    """Solve with the right sides ``g``, which for a vector ``b`` are vectors."""
    if np.ndim(b) == 1 and np.ndim(c) > 2:
        return np.squeeze(scipy.linalg.cho_solve((c, lower), np.expand_dims(g, -1)), -1)
    return scipy.linalg.cho_solve((c, lower), g)


def _cho_solve_to_b(g, c, b, lower):
    """Cotangent of the right side in ``scipy.linalg.cho_solve((c, lower), b)``."""
    return _right_side(_cho_solved(c, lower, g, b), c, b)


def _cho_solve_to_c(g, y, c, b, lower):
    """Cotangent of the factor in ``y = scipy.linalg.cho_solve((c, lower), b)``."""
    d_a = _outer_each(_cho_solved(c, lower, g, b), y, c, b)
    both = d_a + _transposed(d_a)
    return -np.tril(both @ np.tril(c)) if lower else -np.triu(np.triu(c) @ both)


def _cho_solve_tangent(t_c, t_b, y, c, b, lower):
    """Tangent of ``y = scipy.linalg.cho_solve((c, lower), b)``."""
    if t_c is None:
        return scipy.linalg.cho_solve((c, lower), t_b)
    if lower:
        half = np.tril(c) @ _transposed(np.tril(t_c))
    else:
        half = _transposed(np.triu(c)) @ np.triu(t_c)
    moved = _times(half + _transposed(half), y, b)
    t_b = -moved if t_b is None else t_b - moved
    return _cho_solved(c, lower, t_b, b)


SPD, SPDS = "m33 @ m33.T", "m233 @ m233.mT"
# A table: an entry is read along its lines.
# fmt: off
_PIVOTS: dict[str, Any] = {"at_kinks": "the pivots taken as constant"}
_LU: dict[str, Any] = {
    "params": "a, permute_l=False, overwrite_a=False, check_finite=True, p_indices=False",
    "spelling": "scipy.linalg.lu", **_PIVOTS}
rule("scipy.lu", lu_types, callables=["scipy.linalg.lu"], outputs=("p", "low", "up"), **_LU,
     adjoint=(_lu_to_a,), tangent=_lu_tangent, variant=lu_variant,
     samples=("scipy.linalg.lu(m33)[1]", "scipy.linalg.lu(m33)[2]", "scipy.linalg.lu(x32)[1]",
              "scipy.linalg.lu(x32)[2]", "scipy.linalg.lu(x23)[2]", "scipy.linalg.lu(x23)[1]",
              "scipy.linalg.lu(m44)[0] @ x4", "scipy.linalg.lu(x234)[1]",
              "scipy.linalg.lu(x234)[2]"))
rule("lu_indices", lu_indices_types, outputs=("p", "low", "up"), adjoint=(_lu_indices_to_a,),
     tangent=_lu_indices_tangent, **_LU,
     samples=("scipy.linalg.lu(d33 - m33, p_indices=True)[1]",
              "scipy.linalg.lu(x32, p_indices=True)[2]",
              "scipy.linalg.lu(m233, p_indices=True)[1]"))
rule("lu_permuted", lu_permuted_types, outputs=("low", "up"), adjoint=(_lu_permuted_to_a,),
     tangent=_lu_permuted_tangent, **_LU,
     samples=("scipy.linalg.lu(d33 - m33, permute_l=True)[0]", "scipy.linalg.lu(x32, True)[1]",
              "scipy.linalg.lu(m233, permute_l=True)[0]"))
rule("lu_factor", lu_factor_types, callables=["scipy.linalg.lu_factor"], outputs=("lu", "piv"),
     params="a, overwrite_a=False, check_finite=True", adjoint=(_lu_factor_to_a,),
     tangent=_lu_factor_tangent, **_PIVOTS,
     samples=("scipy.linalg.lu_factor(m33)[0]", "scipy.linalg.lu_factor(d33, True)[0]",
              "scipy.linalg.lu_factor(m233)[0]",
              "scipy.linalg.lu_solve(scipy.linalg.lu_factor(m33), x3)"))
rule("lu_solve", lu_solve_type, spelling="scipy.linalg.lu_solve",
     params="lu, piv, b, trans=0, overwrite_b=False, check_finite=True",
     adjoint=(_lu_solve_to_lu, None, _lu_solve_to_b), tangent=_lu_solve_tangent,
     samples=("scipy.linalg.lu_solve((m33, np.array([0, 2, 2])), x3)",
              "scipy.linalg.lu_solve((m33, np.array([1, 1, 2])), x32)",
              "scipy.linalg.lu_solve((m33, np.array([1, 2, 2])), b=x3, trans=1)",
              "scipy.linalg.lu_solve(scipy.linalg.lu_factor(m44), x4, 1)",
              "scipy.linalg.lu_solve(scipy.linalg.lu_factor(m233), x3)",
              "scipy.linalg.lu_solve(scipy.linalg.lu_factor(m233), x32, trans=1)",
              "scipy.linalg.lu_solve(scipy.linalg.lu_factor(m33), m233)",
              "scipy.linalg.lu_solve(scipy.linalg.lu_factor(m233), m233, 2)"))
rule("cho_factor", cho_factor_types, spelling="scipy.linalg.cho_factor", outputs=("c", "flag"),
     params="a, lower=False, overwrite_a=False, check_finite=True", adjoint=(_cho_factor_to_a,),
     tangent=_cho_factor_tangent, at_kinks=f"{SYMMETRIC}, by one triangle of the result",
     samples=(f"np.triu(scipy.linalg.cho_factor({SPD})[0])",
              f"np.tril(scipy.linalg.cho_factor({SPD}, lower=True)[0])",
              f"scipy.linalg.cho_solve(scipy.linalg.cho_factor({SPD}), x3)",
              f"np.triu(scipy.linalg.cho_factor({SPDS})[0])",
              f"scipy.linalg.cho_solve(scipy.linalg.cho_factor({SPDS}, lower=True), x3)"))
rule("cho_solve", solve_type, spelling="scipy.linalg.cho_solve",
     params="c, b, overwrite_b=False, check_finite=True, *, lower=",
     adjoint=(_cho_solve_to_c, _cho_solve_to_b), tangent=_cho_solve_tangent,
     samples=("scipy.linalg.cho_solve((l33, True), x3)",
              "scipy.linalg.cho_solve((m33, False), b=x32)",
              f"scipy.linalg.cho_solve(scipy.linalg.cho_factor({SPD}, True), x32)",
              "scipy.linalg.cho_solve((l233, True), x3)",
              "scipy.linalg.cho_solve((m233, False), x32)"))
# fmt: on
