"""Linear algebra of matrices and stacks of matrices, as ``numpy.linalg`` has it.

Adjoints are after M. B. Giles, "Collected matrix derivative results for forward and reverse mode
algorithmic differentiation" (2008).
"""

from __future__ import annotations

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, broadcast, promote
from gradgen.rules.helpers import _transposed, _unbroadcast
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, inexact_of, of_shape


def square_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the input's shape, as floats."""
    t = inputs[0].type
    return of_shape(inexact_of(t.dtype), t.shape)


def solve_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of the right side; NumPy takes it for a vector where it has one axis."""
    a, b = (v.type for v in inputs)
    dtype = inexact_of(promote([a, b]))
    if a.shape is None or b.shape is None or len(b.shape) == 0:
        return Type("any", dtype, None)
    if len(b.shape) == 1:
        return of_shape(dtype, (*a.shape[:-2], b.shape[0]))
    batch = broadcast([a.shape[:-2], b.shape[:-2]])
    assert batch is not None
    return of_shape(dtype, (*batch, *b.shape[-2:]))


def _solve_to_a(g, y, a, b):
    """Cotangent of the matrix in ``y = np.linalg.solve(a, b)``."""
    d_b = np.linalg.solve(_transposed(a), g)
    if np.ndim(a) == 2 and np.ndim(b) == 1:
        return -np.outer(d_b, y)
    if np.ndim(a) == 2 and np.ndim(b) == 2:
        return -(d_b @ y.T)
    if np.ndim(b) == 1:
        return -_unbroadcast(np.expand_dims(d_b, -1) * np.expand_dims(y, -2), a)
    return -_unbroadcast(d_b @ _transposed(y), a)


def _solve_to_b(g, a, b):
    """Cotangent of the right side in ``np.linalg.solve(a, b)``."""
    d_b = np.linalg.solve(_transposed(a), g)
    return d_b if np.ndim(a) == 2 and np.ndim(b) <= 2 else _unbroadcast(d_b, b)


# A table: an entry is read along its lines.
# fmt: off
rule(
    "solve", solve_type, callables=["np.linalg.solve"], params="a, b",
    adjoint=(_solve_to_a, _solve_to_b),
    samples=(
        "np.linalg.solve(m33, x3)", "np.linalg.solve(m33, x32)", "np.linalg.solve(m233, x32)",
        "np.linalg.solve(m33, m233)",
    ),
)
# fmt: on


def eigh_types(inputs: list[Value], attrs: Attrs) -> list[Type]:
    """Return the types of eigenvalues and eigenvectors."""
    t = square_type(inputs, attrs)
    if t.shape is None:
        return [t, t]
    return [of_shape(t.dtype, t.shape[:-1]), t]


def _eigh_to_a(d_w, d_v, w, v):
    """Cotangent of the matrix in ``w, v = np.linalg.eigh(a)``; its lower triangle is read."""
    if d_v is None:
        full = (v * np.expand_dims(d_w, -2)) @ _transposed(v)
    else:
        gap = np.expand_dims(w, -2) - np.expand_dims(w, -1) + np.eye(w.shape[-1])
        inner = (1.0 - np.eye(w.shape[-1])) / gap * (_transposed(v) @ d_v)
        if d_w is not None:
            inner = inner + np.eye(w.shape[-1]) * np.expand_dims(d_w, -2)
        full = v @ inner @ _transposed(v)
    return np.tril(full) + np.tril(_transposed(full), -1)


rule(
    "eigh", eigh_types, callables=["np.linalg.eigh"], params="a", outputs=("w", "v"),
    result=type(np.linalg.eigh(np.eye(1))), adjoint=(_eigh_to_a,),
    samples=("np.linalg.eigh(s33)[0]", "np.abs(np.linalg.eigh(s33).eigenvectors)"),
)  # fmt: skip
