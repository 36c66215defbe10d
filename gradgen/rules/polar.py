"""Polar factors in SciPy: of a matrix, and of the product in Procrustes' problem.

With ``m = u @ p`` a change of ``u`` is a turn, which solves a Sylvester equation with ``p``: it is
finite for equal singular values too.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, promote
from gradgen.rules.callables import scipy
from gradgen.rules.linalg import floats_type
from gradgen.rules.registry import printed_like, rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape, refuse_unless


@printed_like("m")
def _polar_turn(d, u, m):
    """Tangent of the factor ``u`` of a matrix; its own transpose: the cotangent, too."""
    wide = m.shape[0] < m.shape[1]
    if wide:
        d, u, m = d.T, u.T, m.T
    inner = u.T @ d
    p = u.T @ m
    turn = scipy.linalg.solve_sylvester(p, p, inner - inner.T)
    t_u = u @ turn + np.linalg.solve(p.T, (d - u @ inner).T).T
    return t_u.T if wide else t_u


def polar_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the orthogonal and the symmetric factor."""
    refuse_unless(inputs[0].type.rank in (2, None), "a stack of matrices here", "use a loop")
    t = floats_type(inputs, attrs)
    if t.shape is None:
        return [t, t]
    n = t.shape[0 if attrs.get("side") == "left" else 1]
    return [t, of_shape(t.dtype, (n, n))]


def _polar_to_a(d_u, d_p, u, p, a, side):
    """Cotangent of the matrix in ``u, p = scipy.linalg.polar(a)``: ``p`` is a product with it."""
    d_a = np.zeros(a.shape)
    if d_p is not None and side == "left":
        d_p = 0.5 * (d_p + d_p.T)
        d_a = d_p @ u
        d_u = d_p @ a if d_u is None else d_u + d_p @ a
    elif d_p is not None:
        d_p = 0.5 * (d_p + d_p.T)
        d_a = u @ d_p
        d_u = a @ d_p if d_u is None else d_u + a @ d_p
    return d_a + _polar_turn(d_u, u, a)


def _polar_tangent(t_a, u, p, a, side):
    """Tangents of ``u, p = scipy.linalg.polar(a)``."""
    t_u = _polar_turn(t_a, u, a)
    if side == "left":
        return t_u, t_a @ u.T + a @ t_u.T
    return t_u, t_u.T @ a + u.T @ t_a


def procrustes_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the orthogonal matrix and of the scale."""
    a, b = (v.type for v in inputs)
    refuse_unless(a.rank in (2, None), "a stack of matrices here", "use a loop")
    dtype = inexact_of(promote([a, b]))
    shape = None if a.shape is None or b.shape is None else (a.shape[1], b.shape[1])
    return [of_shape(dtype, shape), of_shape(dtype, ())]


def _procrustes_to_product(d_R, d_scale, R, A, B):
    """Cotangent of ``A.T @ B``: ``R`` is its polar factor, ``scale`` its nuclear norm."""
    d_product = np.zeros(R.shape) if d_R is None else _polar_turn(d_R, R, A.T @ B)
    return d_product if d_scale is None else d_product + d_scale * R


def _procrustes_to_A(d_R, d_scale, R, A, B):
    """Cotangent of ``A`` in ``R, scale = scipy.linalg.orthogonal_procrustes(A, B)``."""
    return B @ _procrustes_to_product(d_R, d_scale, R, A, B).T


def _procrustes_to_B(d_R, d_scale, R, A, B):
    """Cotangent of ``B`` in ``R, scale = scipy.linalg.orthogonal_procrustes(A, B)``."""
    return A @ _procrustes_to_product(d_R, d_scale, R, A, B)


def _procrustes_tangent(t_A, t_B, R, A, B):
    """Tangents of ``R, scale = scipy.linalg.orthogonal_procrustes(A, B)``."""
    t_product = np.zeros(R.shape)
    if t_A is not None:
        t_product = t_product + t_A.T @ B
    if t_B is not None:
        t_product = t_product + A.T @ t_B
    return _polar_turn(t_product, R, A.T @ B), np.sum(R * t_product)


def _samples(name: str, *calls: str) -> tuple[str, ...]:
    return tuple(f"scipy.linalg.{name}({call}" for call in calls)


# A table: an entry is read along its lines.
# fmt: off
rule("polar", polar_types, callables=["scipy.linalg.polar"], params="a, side='right'",
     outputs=("u", "p"), adjoint=(_polar_to_a,), tangent=_polar_tangent,
     samples=_samples("polar", "m33)[0]", "m33)[1]", "x32)[0]", "x32)[1]", "x23)[0]", "x23)[1]",
                      "x32, side='left')[1]", "x23, 'left')[1]", "p * np.eye(2) + 0.0 * x)[0]"))
rule("orthogonal_procrustes", procrustes_types, callables=["scipy.linalg.orthogonal_procrustes"],
     params="A, B, check_finite=True", outputs=("R", "scale"), tangent=_procrustes_tangent,
     adjoint=(_procrustes_to_A, _procrustes_to_B),
     samples=_samples("orthogonal_procrustes", "m33, d33)[0]", "m33, d33)[1]"))
# fmt: on
