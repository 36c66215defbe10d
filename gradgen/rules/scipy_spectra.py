"""Spectra and orthogonal factors as ``scipy.linalg`` has them.

The generalised eigenvalue problem ``a @ v = b @ v * w`` has vectors with ``v.T @ b @ v = 1``, from
which its adjoint follows as that of the plain one does (M. B. Giles 2008).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, fresh_dim
from gradgen.rules.callables import scipy
from gradgen.rules.factorizations import (
    SYMMETRIC,
    _eigh_tangent,
    _eigh_to_a,
    _over_gaps,
    _symmetric,
    _turns,
    eigh_types,
)
from gradgen.rules.helpers import _transposed
from gradgen.rules.linalg import floats_type
from gradgen.rules.orthogonal import (
    _qr_adjoint,
    _qr_tangent,
    _svd_tangent,
    _svd_to_a,
    _svdvals_tangent,
    _svdvals_to_x,
    qr_types,
    svd_types,
    svdvals_type,
)
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs, of_shape, refuse_unless


def scipy_eigh_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of eigenvalues and eigenvectors, of all of them."""
    refuse_unless(attrs.get("type", 1) == 1, "a problem of another type", "put it as type 1")
    return eigh_types(inputs[:1], attrs)


def eigvalsh_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the eigenvalues."""
    return scipy_eigh_types(inputs, attrs)[0]


def _scipy_eigh_to_a(d_w, d_v, w, v, b=None):
    """Cotangent of ``a`` in ``w, v = scipy.linalg.eigh(a, b)``."""
    if b is None:
        return _eigh_to_a(d_w, d_v, w, v)
    return _symmetric(v @ _to_left(d_w, d_v, w, v) @ _transposed(v))


def _to_left(d_w, d_v, w, v):
    """Cotangent of ``v.T @ a @ v`` in the generalised problem."""
    inner = np.zeros(v.shape)
    if d_v is not None:
        inner = _over_gaps(_transposed(v) @ d_v * (1.0 - np.eye(w.shape[-1])), w, d_v)
    if d_w is not None:
        inner = inner + np.eye(w.shape[-1]) * np.expand_dims(d_w, -2)
    return inner


def _scipy_eigh_to_b(d_w, d_v, w, v):
    """Cotangent of ``b`` in ``w, v = scipy.linalg.eigh(a, b)``."""
    inner = -_to_left(d_w, d_v, w, v) * np.expand_dims(w, -2)
    if d_v is not None:
        inner = inner - 0.5 * np.eye(w.shape[-1]) * (_transposed(v) @ d_v)
    return _symmetric(v @ inner @ _transposed(v))


def _scipy_eigh_tangent(t_a, t_b, w, v, b=None):
    """Tangents of ``w, v = scipy.linalg.eigh(a, b)``."""
    if b is None:
        return _eigh_tangent(t_a, w, v)
    left, right = np.zeros(v.shape), np.zeros(v.shape)
    if t_a is not None:
        left = _transposed(v) @ _symmetric(t_a) @ v
    if t_b is not None:
        right = _transposed(v) @ _symmetric(t_b) @ v
    inner = left - right * np.expand_dims(w, -2)
    diagonal = np.eye(w.shape[-1])
    turn = _turns(inner, w) - 0.5 * diagonal * right
    return np.sum(inner * diagonal, axis=-1), v @ turn


def _eigvals_of_to_a(g, a, b=None, lower=True):
    """Cotangent of ``a`` in ``scipy.linalg.eigvalsh(a, b)``."""
    v = scipy.linalg.eigh(a, b, lower=lower)[1]
    return (v * np.expand_dims(g, -2)) @ _transposed(v)


def _eigvals_of_to_b(g, y, a, b=None, lower=True):
    """Cotangent of ``b`` in ``scipy.linalg.eigvalsh(a, b)``."""
    v = scipy.linalg.eigh(a, b, lower=lower)[1]
    return -((v * np.expand_dims(g * y, -2)) @ _transposed(v))


def _eigvals_of_tangent(t_a, t_b, y, a, b=None, lower=True):
    """Tangent of ``scipy.linalg.eigvalsh(a, b)``."""
    v = scipy.linalg.eigh(a, b, lower=lower)[1]
    tangent = 0.0 if t_a is None else np.sum((_symmetric(t_a) @ v) * v, axis=-2)
    return tangent if t_b is None else tangent - y * np.sum((_symmetric(t_b) @ v) * v, axis=-2)


def scipy_qr_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the orthogonal and of the triangular factor."""
    mode = attrs.get("mode", "full")
    way = "use np.linalg.qr, which has the mode 'r'"
    refuse_unless(mode in ("full", "economic"), f"scipy.linalg.qr with mode={mode!r}", way)
    return qr_types(inputs, {"mode": "complete" if mode == "full" else "reduced"})


def pivoted_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the factors, and of the order of the columns."""
    shape = inputs[0].type.shape
    order = of_shape("int32", None if shape is None else (*shape[:-2], shape[-1]))
    return [*scipy_qr_types(inputs, attrs), order]


def _pivoted_to_a(d_q, d_r, q, r, p, a):
    """Cotangent of the matrix in ``q, r, p = scipy.linalg.qr(a, pivoting=True)``."""
    return _qr_adjoint(d_q, d_r, q, r, a[:, p])[:, np.argsort(p)]


@printed
def _pivoted_tangent(t_a, q, r, p, a):
    """Tangents of ``q, r, p = scipy.linalg.qr(a, pivoting=True)``."""
    t_q, t_r = _qr_tangent(t_a[:, p], q, r, a[:, p])
    return t_q, t_r, None


def null_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return as many columns as the null space has dimensions."""
    t = floats_type(inputs, attrs)
    return of_shape(t.dtype, None if t.shape is None else (t.shape[-1], fresh_dim()))


@printed
def _null_space_to_a(g, y, A):
    """Cotangent of the matrix in ``y = scipy.linalg.null_space(A)``, whose basis is one of many."""
    turn = y.T @ g
    if np.any(np.abs(turn - turn.T) > 1e-9 * np.sum(np.abs(g))):
        raise np.linalg.LinAlgError("no derivative: the loss depends on the basis of a null space")
    return -(np.linalg.pinv(A).T @ g @ y.T)


def _null_space_tangent(t_A, y, A):
    """Tangent of ``y = scipy.linalg.null_space(A)``, up to a change of the basis."""
    return -(np.linalg.pinv(A) @ (t_A @ y))


def _scipy_qr_to_a(d_q, d_r, q, r, a):
    """Cotangent of the matrix in ``q, r = scipy.linalg.qr(a)``."""
    return _qr_adjoint(d_q, d_r, q, r, a)


def _svd_s_to_a(g, a):
    """Cotangent of the matrix in its singular values."""
    return _svdvals_to_x(g, a)


def _svd_s_tangent(t_a, a):
    """Tangent of the singular values."""
    return _svdvals_tangent(t_a, a)


def eigenvalues_only(options: Attrs) -> str:
    """Return the operation for what is asked for: only the eigenvalues, or a part of all."""
    kind = "eigh_w" if options.get("eigvals_only") else "eigh"
    more = _kind_of_problem(options)
    return kind + more if more or kind == "eigh_w" else ""


def part_of_values(options: Attrs) -> str:
    """Return the operation for a part of the eigenvalues."""
    more = _kind_of_problem(options)
    return f"eigvalsh{more}" if more else ""


def _kind_of_problem(options: Attrs) -> str:
    """Return how the names of operations end for a problem of products, or a part of the values."""
    if options.get("subset_by_value") is not None:
        return "_within"
    if options.get("subset_by_index") is not None:
        return "_part"
    return "_of_product" if options.get("type", 1) in (2, 3) else ""


def values_only(options: Attrs) -> str:
    """Return the operation with one result, where only the singular values are asked for."""
    return "" if options.get("compute_uv", True) else "scipy.svd_s"


def with_pivots(options: Attrs) -> str:
    """Return the operation with the order of the columns for a third result."""
    return "qr_pivoted" if options.get("pivoting") else ""


def _samples(name: str, *calls: str) -> tuple[str, ...]:
    return tuple(f"scipy.linalg.{name}({call}" for call in calls)


SYM, SPD = "m33 + m33.T", "m33 @ m33.T"
# A table: an entry is read along its lines.
# fmt: off
_MORE = ("overwrite_a=False, overwrite_b=False, type=1, check_finite=True, "
         "subset_by_index=None, subset_by_value=None, driver=None")
EIGH: dict[str, Any] = {"params": f"a, b?, *, lower=True, eigvals_only=False, {_MORE}",
                         "spelling": "scipy.linalg.eigh"}
_VALUES: dict[str, Any] = {"adjoint": (_eigvals_of_to_a, _eigvals_of_to_b),
                           "tangent": _eigvals_of_tangent, "at_kinks": SYMMETRIC}
rule("scipy.eigh", scipy_eigh_types, callables=["scipy.linalg.eigh"], outputs=("w", "v"), **EIGH,
     adjoint=(_scipy_eigh_to_a, _scipy_eigh_to_b), tangent=_scipy_eigh_tangent,
     variant=eigenvalues_only,
     at_kinks=f"{SYMMETRIC}; an error where vectors of equal eigenvalues matter",
     samples=_samples("eigh", f"{SYM})[0]", f"{SYM})[1] ** 2", f"{SYM}, {SPD})[0]",
                      f"{SYM}, {SPD})[1] ** 2", f"{SYM}, b={SPD}, lower=False)[1] ** 2"))
rule("eigh_w", eigvalsh_type, **EIGH, **_VALUES,
     samples=_samples("eigh", f"{SYM}, eigvals_only=True)", f"{SYM}, {SPD}, eigvals_only=True)"))
rule("scipy.eigvalsh", eigvalsh_type, callables=["scipy.linalg.eigvalsh"], **_VALUES,
     variant=part_of_values,
     params=f"a, b?, *, lower=True, {_MORE}",
     samples=_samples("eigvalsh", f"{SYM})", f"{SYM}, lower=False)", f"{SYM}, {SPD})"))
_SVD: dict[str, Any] = {"params": "a, full_matrices=True, compute_uv=True, overwrite_a=False, "
                                  "check_finite=True, lapack_driver='gesdd'",
                        "spelling": "scipy.linalg.svd"}
rule("scipy.svd", svd_types, callables=["scipy.linalg.svd"], outputs=("u", "s", "vh"), **_SVD,
     adjoint=(_svd_to_a,), tangent=_svd_tangent, variant=values_only,
     at_kinks="an error where vectors of equal singular values matter",
     samples=_samples("svd", "x32)[1]", "m33)[0] ** 2", "x32, full_matrices=False)[2] ** 2",
                      "x23, False, lapack_driver='gesvd')[0] ** 2"))
rule("scipy.svd_s", svdvals_type, **_SVD, adjoint=(_svd_s_to_a,), tangent=_svd_s_tangent,
     samples=_samples("svd", "x32, compute_uv=False)", "m33, False, False)"))
rule("scipy.svdvals", svdvals_type, callables=["scipy.linalg.svdvals"], adjoint=(_svd_s_to_a,),
     params="a, overwrite_a=False, check_finite=True", tangent=_svd_s_tangent,
     samples=_samples("svdvals", "x32)", "x23)", "m233)"))
_QR: dict[str, Any] = {"params": "a, overwrite_a=False, lwork=None, mode='full', pivoting=False, "
                                 "check_finite=True", "spelling": "scipy.linalg.qr",
                       "at_kinks": "an error at a lower rank"}
rule("scipy.qr", scipy_qr_types, callables=["scipy.linalg.qr"], outputs=("q", "r"), **_QR,
     adjoint=(_scipy_qr_to_a,), tangent=_qr_tangent, variant=with_pivots,
     samples=_samples("qr", "m33)[0]", "m33)[1]", "x32, mode='economic')[0]", "x32)[1]",
                      "x23, mode='economic')[0]"))
rule("qr_pivoted", pivoted_types, outputs=("q", "r", "p"), adjoint=(_pivoted_to_a,), **_QR,
     tangent=_pivoted_tangent,
     samples=_samples("qr", "m33, pivoting=True)[0]", "x32, mode='economic', pivoting=True)[1]"))
rule("null_space", null_type, callables=["scipy.linalg.null_space"], adjoint=(_null_space_to_a,),
     params="A, rcond=None, *, overwrite_a=False, check_finite=True, lapack_driver='gesdd'",
     tangent=_null_space_tangent, at_kinks="up to the basis, on which no loss may depend",
     samples=("scipy.linalg.null_space(x23) ** 2", "scipy.linalg.null_space(x23, rcond=1e-9) ** 2",
              "(lambda n: n @ n.T)(scipy.linalg.null_space(x13))"))
# fmt: on
