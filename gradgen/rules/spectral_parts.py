"""Some of the eigenvalues and vectors of a symmetric matrix: ``subset_by_index`` of SciPy.

Every derivative needs the other vectors too: all are found again, and those that the function
gave take their places, so that the signs are the same.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type
from gradgen.rules.callables import scipy
from gradgen.rules.factorizations import SYMMETRIC, eigh_types
from gradgen.rules.registry import rule
from gradgen.rules.scipy_spectra import (
    EIGH,
    _eigvals_of_tangent,
    _eigvals_of_to_a,
    _eigvals_of_to_b,
    _scipy_eigh_tangent,
    _scipy_eigh_to_a,
    _scipy_eigh_to_b,
)
from gradgen.rules.shapes_of import Attrs, of_shape, refuse_unless
from gradgen.rules.spectra_of_products import (
    _product_tangent,
    _product_to_a,
    _product_to_b,
    _product_values_tangent,
    _product_values_to_a,
    _product_values_to_b,
)


def part_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the eigenvalues asked for, and of their vectors."""
    w, v = eigh_types(inputs[:1], attrs)
    one = inputs[0].type.rank in (2, None)
    refuse_unless(one, "a part of the eigenvalues of a stack of matrices", "use a loop")
    first, last = attrs["subset_by_index"]
    if w.shape is None or v.shape is None:
        return [w, v]
    count = last - first + 1
    return [of_shape(w.dtype, (count,)), of_shape(v.dtype, (v.shape[0], count))]


def part_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the eigenvalues asked for."""
    return part_types(inputs, attrs)[0]


def _whole(vectors, v, first):
    """Put the vectors that were given in their places among all."""
    after = vectors[:, first + np.shape(v)[1] :]
    return np.concatenate([vectors[:, :first], v, after], axis=1)


def _columns(d, like, first):
    """Return zeros like all values or vectors, with ``d`` in the places of those asked for."""
    whole = np.zeros_like(like)
    whole[..., first : first + np.shape(d)[-1]] = d
    return whole


def _in_place(d_w, d_v, v, values, vectors, first):
    """Return all vectors, and the cotangents of all values and vectors, of those of a part."""
    vectors = _whole(vectors, v, first)
    d_values = None if d_w is None else _columns(d_w, values, first)
    d_vectors = None if d_v is None else _columns(d_v, vectors, first)
    return vectors, d_values, d_vectors


def _vectors_to_a(d_w, d_v, w, v, b, type):
    """Cotangent of ``a`` in all eigenvalues and vectors of a problem of one of the three types."""
    if type == 1:
        return _scipy_eigh_to_a(d_w, d_v, w, v, b)
    return _product_to_a(d_w, d_v, w, v, type)


def _vectors_to_b(d_w, d_v, w, v, type):
    """Cotangent of ``b`` in all eigenvalues and vectors."""
    if type == 1:
        return _scipy_eigh_to_b(d_w, d_v, w, v)
    return _product_to_b(d_w, d_v, w, v, type)


def _vectors_tangent(t_a, t_b, w, v, b, type):
    """Tangents of all eigenvalues and vectors."""
    if type == 1:
        return _scipy_eigh_tangent(t_a, t_b, w, v, b)
    return _product_tangent(t_a, t_b, w, v, type)


def _values_to_a(g, a, b, lower, type):
    """Cotangent of ``a`` in all eigenvalues."""
    if type == 1:
        return _eigvals_of_to_a(g, a, b, lower)
    return _product_values_to_a(g, a, b, lower, type)


def _values_to_b(g, y, a, b, lower, type):
    """Cotangent of ``b`` in all eigenvalues ``y``."""
    if type == 1:
        return _eigvals_of_to_b(g, y, a, b, lower)
    return _product_values_to_b(g, y, a, b, lower, type)


def _values_tangent(t_a, t_b, y, a, b, lower, type):
    """Tangent of all eigenvalues ``y``."""
    if type == 1:
        return _eigvals_of_tangent(t_a, t_b, y, a, b, lower)
    return _product_values_tangent(t_a, t_b, y, a, b, lower, type)


def _eigh_part_to_a(d_w, d_v, v, a, b=None, lower=True, subset_by_index=None, type=1):
    """Cotangent of ``a`` in ``w, v = scipy.linalg.eigh(a, b, subset_by_index=...)``."""
    values, vectors = scipy.linalg.eigh(a, b, lower=lower, type=type)
    first = subset_by_index[0]
    vectors, d_values, d_vectors = _in_place(d_w, d_v, v, values, vectors, first)
    return _vectors_to_a(d_values, d_vectors, values, vectors, b, type)


def _eigh_part_to_b(d_w, d_v, v, a, b, lower=True, subset_by_index=None, type=1):
    """Cotangent of ``b`` in ``w, v = scipy.linalg.eigh(a, b, subset_by_index=...)``."""
    values, vectors = scipy.linalg.eigh(a, b, lower=lower, type=type)
    first = subset_by_index[0]
    vectors, d_values, d_vectors = _in_place(d_w, d_v, v, values, vectors, first)
    return _vectors_to_b(d_values, d_vectors, values, vectors, type)


def _eigh_part_tangent(t_a, t_b, w, v, a, b=None, lower=True, subset_by_index=None, type=1):
    """Tangents of ``w, v = scipy.linalg.eigh(a, b, subset_by_index=...)``."""
    values, vectors = scipy.linalg.eigh(a, b, lower=lower, type=type)
    first, last = subset_by_index[0], subset_by_index[1] + 1
    vectors = _whole(vectors, v, first)
    t_values, t_vectors = _vectors_tangent(t_a, t_b, values, vectors, b, type)
    return t_values[first:last], t_vectors[:, first:last]


def _values_part_to_a(g, a, b=None, lower=True, subset_by_index=None, type=1):
    """Cotangent of ``a`` in some of its eigenvalues."""
    d_values = _columns(g, np.zeros(a.shape[0]), subset_by_index[0])
    return _values_to_a(d_values, a, b, lower, type)


def _values_part_to_b(g, y, a, b=None, lower=True, subset_by_index=None, type=1):
    """Cotangent of ``b`` in some of the eigenvalues of ``a``."""
    zeros = np.zeros(a.shape[0])
    d_values = _columns(g, zeros, subset_by_index[0])
    return _values_to_b(d_values, _columns(y, zeros, subset_by_index[0]), a, b, lower, type)


def _values_part_tangent(t_a, t_b, y, a, b=None, lower=True, subset_by_index=None, type=1):
    """Tangent of some of the eigenvalues of ``a``."""
    first, last = subset_by_index[0], subset_by_index[1] + 1
    values = _columns(y, np.zeros(a.shape[0]), first)
    return _values_tangent(t_a, t_b, values, a, b, lower, type)[first:last]


SYM, SPD = "m33 + m33.T", "m33 @ m33.T"
_OF_VALUES: dict[str, Any] = {
    "adjoint": (_values_part_to_a, _values_part_to_b), "tangent": _values_part_tangent,
    "at_kinks": SYMMETRIC,
}  # fmt: skip
# A table: an entry is read along its lines.
# fmt: off
rule("eigh_part", part_types, outputs=("w", "v"), **EIGH,
     adjoint=(_eigh_part_to_a, _eigh_part_to_b), tangent=_eigh_part_tangent,
     at_kinks=f"{SYMMETRIC}; an error where vectors of equal eigenvalues matter",
     samples=(f"scipy.linalg.eigh({SYM}, subset_by_index=[0, 1])[0]",
              f"scipy.linalg.eigh({SYM}, subset_by_index=[1, 1])[1] ** 2",
              f"scipy.linalg.eigh({SYM}, {SPD}, subset_by_index=(1, 2))[1] ** 2",
              f"scipy.linalg.eigh({SYM}, {SPD}, type=2, subset_by_index=[0, 1])[1] ** 2",
              f"scipy.linalg.eigh({SYM}, {SPD}, type=3, subset_by_index=[1, 1])[1] ** 2"))
rule("eigh_w_part", part_type, **EIGH, **_OF_VALUES,
     samples=(f"scipy.linalg.eigh({SYM}, eigvals_only=True, subset_by_index=[0, 0])",))
rule("eigvalsh_part", part_type, **(EIGH | {"spelling": "scipy.linalg.eigvalsh"}), **_OF_VALUES,
     samples=(f"scipy.linalg.eigvalsh({SYM}, {SPD}, subset_by_index=[1, 2])",
              f"scipy.linalg.eigvalsh({SYM}, {SPD}, type=3, subset_by_index=[0, 0])"))
# fmt: on
