"""Generalised eigenvalue problems of products: ``type=2`` and ``type=3`` of ``scipy.linalg.eigh``.

``a @ b @ v = v * w`` with ``v.T @ b @ v = 1`` is the problem of type 1 of ``b @ a @ b`` and ``b``;
``b @ a @ v = v * w`` with ``v.T @ inv(b) @ v = 1`` is that of ``a`` and ``inv(b)``.  Either way
``inv(v).T`` stands for ``b @ v`` or ``inv(b) @ v``, so that nothing is read of the matrices, of
which SciPy reads one triangle.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type
from gradgen.rules.callables import scipy
from gradgen.rules.factorizations import SYMMETRIC, _symmetric, _turns, eigh_types
from gradgen.rules.helpers import _transposed
from gradgen.rules.registry import rule
from gradgen.rules.scipy_spectra import EIGH, _to_left
from gradgen.rules.shapes_of import Attrs


def of_products_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of eigenvalues and eigenvectors, of all of them."""
    return eigh_types(inputs[:1], attrs)


def of_products_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the eigenvalues."""
    return of_products_types(inputs, attrs)[0]


def _dual(v):
    """Return ``b @ v`` where ``v.T @ b @ v`` is the unit matrix."""
    return _transposed(np.linalg.inv(v))


def _product_to_a(d_w, d_v, w, v, type=1):
    """Cotangent of ``a`` in ``w, v = scipy.linalg.eigh(a, b, type=type)``."""
    side = _dual(v) if type == 2 else v
    return _symmetric(side @ _to_left(d_w, d_v, w, v) @ _transposed(side))


def _product_to_b(d_w, d_v, w, v, type=1):
    """Cotangent of ``b`` in ``w, v = scipy.linalg.eigh(a, b, type=type)``."""
    inner = _to_left(d_w, d_v, w, v) * np.expand_dims(w, -1 if type == 2 else -2)
    if d_v is not None:
        lengths = 0.5 * np.eye(w.shape[-1]) * (_transposed(v) @ d_v)
        inner = inner - lengths if type == 2 else inner + lengths
    side = v if type == 2 else _dual(v)
    return _symmetric(side @ inner @ _transposed(side))


def _product_tangent(t_a, t_b, w, v, type=1):
    """Tangents of ``w, v = scipy.linalg.eigh(a, b, type=type)``."""
    dual = _dual(v)
    inner, lengths = np.zeros(v.shape), np.zeros(v.shape)
    if t_a is not None:
        side = dual if type == 2 else v
        inner = _transposed(side) @ _symmetric(t_a) @ side
    diagonal = np.eye(w.shape[-1])
    if t_b is not None:
        side = v if type == 2 else dual
        moved = _transposed(side) @ _symmetric(t_b) @ side
        inner = inner + moved * np.expand_dims(w, -1 if type == 2 else -2)
        lengths = 0.5 * diagonal * moved
    turn = _turns(inner, w)
    turn = turn - lengths if type == 2 else turn + lengths
    return np.sum(inner * diagonal, axis=-1), v @ turn


def _product_values_to_a(g, a, b=None, lower=True, type=1):
    """Cotangent of ``a`` in ``scipy.linalg.eigvalsh(a, b, type=type)``."""
    v = scipy.linalg.eigh(a, b, lower=lower, type=type)[1]
    side = _dual(v) if type == 2 else v
    return (side * np.expand_dims(g, -2)) @ _transposed(side)


def _product_values_to_b(g, y, a, b=None, lower=True, type=1):
    """Cotangent of ``b`` in ``scipy.linalg.eigvalsh(a, b, type=type)``."""
    v = scipy.linalg.eigh(a, b, lower=lower, type=type)[1]
    side = v if type == 2 else _dual(v)
    return (side * np.expand_dims(g * y, -2)) @ _transposed(side)


def _product_values_tangent(t_a, t_b, y, a, b=None, lower=True, type=1):
    """Tangent of ``scipy.linalg.eigvalsh(a, b, type=type)``."""
    v = scipy.linalg.eigh(a, b, lower=lower, type=type)[1]
    dual = _dual(v)
    tangent = np.zeros(y.shape)
    if t_a is not None:
        side = dual if type == 2 else v
        tangent = np.sum((_symmetric(t_a) @ side) * side, axis=-2)
    if t_b is not None:
        side = v if type == 2 else dual
        tangent = tangent + y * np.sum((_symmetric(t_b) @ side) * side, axis=-2)
    return tangent


SYM, SPD = "m33 + m33.T", "m33 @ m33.T"
_VALUES: dict[str, Any] = {"adjoint": (_product_values_to_a, _product_values_to_b),
                           "tangent": _product_values_tangent, "at_kinks": SYMMETRIC}  # fmt: skip
# A table: an entry is read along its lines.
# fmt: off
rule("eigh_of_product", of_products_types, outputs=("w", "v"), **EIGH,
     adjoint=(_product_to_a, _product_to_b), tangent=_product_tangent,
     at_kinks=f"{SYMMETRIC}; an error where vectors of equal eigenvalues matter",
     samples=(f"scipy.linalg.eigh({SYM}, {SPD}, type=2)[1] ** 2",
              f"scipy.linalg.eigh({SYM}, {SPD}, type=3)[1] ** 2",
              f"scipy.linalg.eigh({SYM}, {SPD}, type=3, lower=False)[0]"))
rule("eigh_w_of_product", of_products_type, **EIGH, **_VALUES,
     samples=(f"scipy.linalg.eigh({SYM}, {SPD}, eigvals_only=True, type=2)",))
rule("eigvalsh_of_product", of_products_type, **(EIGH | {"spelling": "scipy.linalg.eigvalsh"}),
     **_VALUES,
     samples=(f"scipy.linalg.eigvalsh({SYM}, {SPD}, type=2)",
              f"scipy.linalg.eigvalsh({SYM}, {SPD}, type=3)"))
# fmt: on
