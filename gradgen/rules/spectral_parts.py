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


def part_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the eigenvalues asked for, and of their vectors."""
    w, v = eigh_types(inputs[:1], attrs)
    refuse_unless(attrs.get("type", 1) == 1, "a problem of another type", "put it as type 1")
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


def _eigh_part_to_a(d_w, d_v, v, a, b=None, lower=True, subset_by_index=None):
    """Cotangent of ``a`` in ``w, v = scipy.linalg.eigh(a, b, subset_by_index=...)``."""
    values, vectors = scipy.linalg.eigh(a, b, lower=lower)
    vectors = _whole(vectors, v, subset_by_index[0])
    d_values = None if d_w is None else _columns(d_w, values, subset_by_index[0])
    d_vectors = None if d_v is None else _columns(d_v, vectors, subset_by_index[0])
    return _scipy_eigh_to_a(d_values, d_vectors, values, vectors, b)


def _eigh_part_to_b(d_w, d_v, v, a, b, lower=True, subset_by_index=None):
    """Cotangent of ``b`` in ``w, v = scipy.linalg.eigh(a, b, subset_by_index=...)``."""
    values, vectors = scipy.linalg.eigh(a, b, lower=lower)
    vectors = _whole(vectors, v, subset_by_index[0])
    d_values = None if d_w is None else _columns(d_w, values, subset_by_index[0])
    d_vectors = None if d_v is None else _columns(d_v, vectors, subset_by_index[0])
    return _scipy_eigh_to_b(d_values, d_vectors, values, vectors)


def _eigh_part_tangent(t_a, t_b, w, v, a, b=None, lower=True, subset_by_index=None):
    """Tangents of ``w, v = scipy.linalg.eigh(a, b, subset_by_index=...)``."""
    values, vectors = scipy.linalg.eigh(a, b, lower=lower)
    first, last = subset_by_index[0], subset_by_index[1] + 1
    vectors = _whole(vectors, v, first)
    t_values, t_vectors = _scipy_eigh_tangent(t_a, t_b, values, vectors, b)
    return t_values[first:last], t_vectors[:, first:last]


def _values_part_to_a(g, a, b=None, lower=True, subset_by_index=None):
    """Cotangent of ``a`` in some of its eigenvalues."""
    d_values = _columns(g, np.zeros(a.shape[0]), subset_by_index[0])
    return _eigvals_of_to_a(d_values, a, b, lower)


def _values_part_to_b(g, y, a, b=None, lower=True, subset_by_index=None):
    """Cotangent of ``b`` in some of the eigenvalues of ``a``."""
    zeros = np.zeros(a.shape[0])
    d_values = _columns(g, zeros, subset_by_index[0])
    return _eigvals_of_to_b(d_values, _columns(y, zeros, subset_by_index[0]), a, b, lower)


def _values_part_tangent(t_a, t_b, y, a, b=None, lower=True, subset_by_index=None):
    """Tangent of some of the eigenvalues of ``a``."""
    first, last = subset_by_index[0], subset_by_index[1] + 1
    values = _columns(y, np.zeros(a.shape[0]), first)
    return _eigvals_of_tangent(t_a, t_b, values, a, b, lower)[first:last]


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
              f"scipy.linalg.eigh({SYM}, {SPD}, subset_by_index=(1, 2))[1] ** 2"))
rule("eigh_w_part", part_type, **EIGH, **_OF_VALUES,
     samples=(f"scipy.linalg.eigh({SYM}, eigvals_only=True, subset_by_index=[0, 0])",))
rule("eigvalsh_part", part_type, **(EIGH | {"spelling": "scipy.linalg.eigvalsh"}), **_OF_VALUES,
     samples=(f"scipy.linalg.eigvalsh({SYM}, {SPD}, subset_by_index=[1, 2])",))
# fmt: on
