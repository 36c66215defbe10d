"""Eigenvalues in an interval, and their vectors: ``subset_by_value`` of ``scipy.linalg.eigh``.

How many there are follows from the numbers.  All are found again for the derivatives, and those
that the function gave are looked for among them.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, fresh_dim
from gradgen.rules.callables import scipy
from gradgen.rules.factorizations import SYMMETRIC, eigh_types
from gradgen.rules.registry import rule
from gradgen.rules.scipy_spectra import EIGH
from gradgen.rules.shapes_of import Attrs, of_shape, refuse_unless
from gradgen.rules.spectral_parts import (
    _columns,
    _in_place,
    _values_tangent,
    _values_to_a,
    _values_to_b,
    _vectors_tangent,
    _vectors_to_a,
    _vectors_to_b,
    _whole,
)


def within_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of the eigenvalues in an interval, however many, and of their vectors."""
    w, v = eigh_types(inputs[:1], attrs)
    whole = attrs.get("subset_by_index") is None
    refuse_unless(whole, "a part of the eigenvalues by index and by value", "give one of both")
    one = inputs[0].type.rank in (2, None)
    refuse_unless(one, "a part of the eigenvalues of a stack of matrices", "use a loop")
    if w.shape is None or v.shape is None:
        return [w, v]
    count = fresh_dim()
    return [of_shape(w.dtype, (count,)), of_shape(v.dtype, (v.shape[0], count))]


def within_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the eigenvalues in an interval."""
    return within_types(inputs, attrs)[0]


def _first_of(values, w):
    """Return how many of all eigenvalues are less than those in ``w``, as far as these tell."""
    near = 1e-13 * np.sum(np.abs(values))
    return np.sum(values < np.min(w, initial=np.inf) - near)


def _eigh_within_to_a(d_w, d_v, w, v, a, b=None, lower=True, type=1):
    """Cotangent of ``a`` in ``w, v = scipy.linalg.eigh(a, b, subset_by_value=...)``."""
    values, vectors = scipy.linalg.eigh(a, b, lower=lower, type=type)
    first = _first_of(values, w)
    vectors, d_values, d_vectors = _in_place(d_w, d_v, v, values, vectors, first)
    return _vectors_to_a(d_values, d_vectors, values, vectors, b, type)


def _eigh_within_to_b(d_w, d_v, w, v, a, b, lower=True, type=1):
    """Cotangent of ``b`` in ``w, v = scipy.linalg.eigh(a, b, subset_by_value=...)``."""
    values, vectors = scipy.linalg.eigh(a, b, lower=lower, type=type)
    first = _first_of(values, w)
    vectors, d_values, d_vectors = _in_place(d_w, d_v, v, values, vectors, first)
    return _vectors_to_b(d_values, d_vectors, values, vectors, type)


def _eigh_within_tangent(t_a, t_b, w, v, a, b=None, lower=True, type=1):
    """Tangents of ``w, v = scipy.linalg.eigh(a, b, subset_by_value=...)``."""
    values, vectors = scipy.linalg.eigh(a, b, lower=lower, type=type)
    first = _first_of(values, w)
    last = first + np.shape(w)[0]
    vectors = _whole(vectors, v, first)
    t_values, t_vectors = _vectors_tangent(t_a, t_b, values, vectors, b, type)
    return t_values[first:last], t_vectors[:, first:last]


def _values_within_to_a(g, y, a, b=None, lower=True, type=1):
    """Cotangent of ``a`` in its eigenvalues in an interval."""
    values = scipy.linalg.eigvalsh(a, b, lower=lower, type=type)
    return _values_to_a(_columns(g, values, _first_of(values, y)), a, b, lower, type)


def _values_within_to_b(g, y, a, b=None, lower=True, type=1):
    """Cotangent of ``b`` in the eigenvalues of ``a`` in an interval."""
    values = scipy.linalg.eigvalsh(a, b, lower=lower, type=type)
    return _values_to_b(_columns(g, values, _first_of(values, y)), values, a, b, lower, type)


def _values_within_tangent(t_a, t_b, y, a, b=None, lower=True, type=1):
    """Tangent of the eigenvalues of ``a`` in an interval."""
    values = scipy.linalg.eigvalsh(a, b, lower=lower, type=type)
    first = _first_of(values, y)
    tangent = _values_tangent(t_a, t_b, values, a, b, lower, type)
    return tangent[first : first + np.shape(y)[0]]


SYM, SPD = "m33 + m33.T", "m33 @ m33.T"
_OF_VALUES: dict[str, Any] = {
    "adjoint": (_values_within_to_a, _values_within_to_b), "tangent": _values_within_tangent,
    "at_kinks": SYMMETRIC,
}  # fmt: skip
# A table: an entry is read along its lines.
# fmt: off
rule("eigh_within", within_types, outputs=("w", "v"), **EIGH,
     adjoint=(_eigh_within_to_a, _eigh_within_to_b), tangent=_eigh_within_tangent,
     at_kinks=f"{SYMMETRIC}; an error where vectors of equal eigenvalues matter",
     samples=(f"np.sum(scipy.linalg.eigh({SYM}, subset_by_value=[-20.0, 0.1])[0])",
              f"np.sum(scipy.linalg.eigh({SYM}, {SPD}, subset_by_value=(-9, np.inf))[1] ** 4)",
              f"np.sum(scipy.linalg.eigh({SYM}, {SPD}, type=2, subset_by_value=[0, 999])[1] ** 4)"))
rule("eigh_w_within", within_type, **EIGH, **_OF_VALUES,
     samples=(f"np.sum(scipy.linalg.eigh({SYM}, eigvals_only=True, subset_by_value=[0, 99]))",))
rule("eigvalsh_within", within_type, **(EIGH | {"spelling": "scipy.linalg.eigvalsh"}),
     **_OF_VALUES,
     samples=(f"np.sum(scipy.linalg.eigvalsh({SYM}, {SPD}, subset_by_value=[0, 99]))",))
# fmt: on
