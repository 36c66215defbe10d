"""Products of vectors and matrices.

Adjoints are after M. B. Giles, "Collected matrix derivative results" (2008).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Length, Type, broadcast, fresh_dim, numeric, scalar
from gradgen.rules.complexes import is_complex
from gradgen.rules.einsum import contraction_vjp
from gradgen.rules.helpers import _unbroadcast
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs, as_arrays, is_float, of_shape

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def matmul_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return ``(..., n, m)`` for ``(..., n, k) @ (..., k, m)``; a vector's axis drops out."""
    a, b = (v.type for v in inputs)
    dtype = as_arrays([a, b])
    if a.shape is None or b.shape is None or not a.shape or not b.shape:
        return Type("any", dtype, None)
    if len(b.shape) == 1:
        return of_shape(dtype, a.shape[:-1])
    if len(a.shape) == 1:
        return of_shape(dtype, (*b.shape[:-2], b.shape[-1]))
    batch = broadcast([a.shape[:-2], b.shape[:-2]])
    assert batch is not None
    return of_shape(dtype, (*batch, a.shape[-2], b.shape[-1]))


def matmul_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g @ b.T`` and ``a.T @ g``, and their forms where an operand is a vector or a stack."""
    a, b = op.inputs
    one, two = a.type.rank, b.type.rank
    if one is None or two is None:
        return alg.helper("_matmul_adjoint_b" if i else "_matmul_adjoint_a", g, a, b)
    if max(one, two) > 2:
        return _stacked(alg, op, g, i)
    share = _single(alg, op, g, i)
    made = share.op is not None and share.op.derived
    if made and share.type.rank == op.inputs[i].type.rank:
        # The function's own product has found that the lengths are the same.
        share.type = replace(share.type, shape=op.inputs[i].type.shape)
    return share


def _single(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Return the share of an operand where both are vectors or matrices."""
    a, b = op.inputs
    ranks = (a.type.rank, b.type.rank)
    if ranks == (1, 1):
        return alg.mul(g, a if i else b)
    if ranks == (1, 2):
        return alg.emit("outer", a, g) if i else alg.emit("matmul", b, g)
    if ranks == (2, 1):
        return alg.emit("matmul", g, a) if i else alg.emit("outer", g, b)
    transposed = alg.transposed(a if i else b)
    return alg.emit("matmul", transposed, g) if i else alg.emit("matmul", g, transposed)


def _stacked(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Return the share of an operand where one is a stack of matrices."""
    a, b = op.inputs
    if a.type.rank == 1:
        row = alg.emit("expand_dims", g, axis=-2)
        share = alg.mul(alg.emit("expand_dims", a, axis=-1), row) if i else None
        share = share or alg.emit("sum", alg.mul(row, b), axis=-1)
    elif b.type.rank == 1:
        column = alg.emit("expand_dims", g, axis=-1)
        share = alg.mul(column, a if i else b)
    else:
        turned = alg.emit("swapaxes", a if i else b, axis1=-1, axis2=-2)
        share = alg.emit("matmul", turned, g) if i else alg.emit("matmul", g, turned)
    return alg.fit(share, op.inputs[i], share)


def _multiple(a: Type, b: Type) -> Type:
    """Return the type of ``a * b`` as a product of NumPy's: no Python number, of two either."""
    found = numeric(as_arrays([a, b]), broadcast([a.shape, b.shape]), [a, b])
    return scalar(found.dtype, weak=False) if found.is_scalar else found


def dot_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of ``a @ b``, or of ``a * b`` where one is a scalar."""
    a, b = (v.type for v in inputs)
    if a.rank == 0 or b.rank == 0:
        return _multiple(a, b)
    if a.shape is not None and b.shape is not None and len(a.shape) > 1 and len(b.shape) > 2:
        return of_shape(as_arrays([a, b]), (*a.shape[:-1], *b.shape[:-2], b.shape[-1]))
    return matmul_type(inputs, attrs)


def outer_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an ``(n, m)`` matrix for arrays of n and m entries."""
    a, b = (v.type for v in inputs)
    return of_shape(as_arrays([a, b]), (_entries(a), _entries(b)))


def _entries(t: Type) -> Length:
    """Return how many entries there are."""
    shape = t.shape
    if shape is None:
        return fresh_dim()
    return shape[0] if len(shape) == 1 else 1 if not shape else fresh_dim()


def outer_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g @ b`` and ``a @ g``."""
    a, b = (v if v.type.rank == 1 else alg.emit("ravel", v) for v in op.inputs)
    share = alg.emit("matmul", a, g) if i else alg.emit("matmul", g, b)
    return share if op.inputs[i].type.rank == 1 else alg.reshape_like(share, op.inputs[i])


def inner_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the leading axes of both inputs: the last axes are summed away."""
    a, b = (v.type for v in inputs)
    if a.rank == 0 or b.rank == 0:
        return _multiple(a, b)
    if a.shape is None or b.shape is None or not a.shape or not b.shape:
        return Type("any", as_arrays([a, b]), None)
    return of_shape(as_arrays([a, b]), (*a.shape[:-1], *b.shape[:-1]))


def inner_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """As ``a @ b.T``."""
    a, b = op.inputs
    ranks = (a.type.rank, b.type.rank)
    if ranks == (1, 1):
        return alg.mul(g, a if i else b)
    if ranks == (2, 2):
        return alg.emit("matmul", alg.transposed(g), a) if i else alg.emit("matmul", g, b)
    if ranks == (2, 1):
        return alg.emit("matmul", g, a) if i else alg.emit("outer", g, b)
    if ranks == (1, 2):
        return alg.emit("outer", g, a) if i else alg.emit("matmul", g, b)
    if a.type.rank == 0 or b.type.rank == 0:
        return alg.fit(alg.mul(g, b if i == 0 else a), op.inputs[i], op.out)
    if ranks[0] is None or ranks[1] is None:
        return alg.refuse(op, "np.inner of arrays of unknown rank", "use a @ b.T")
    return contraction_vjp(alg, op, g, i, ([ranks[0] - 1], [ranks[1] - 1]))


def dot_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """As ``a @ b``; ``g * b`` and ``g * a`` where one is a scalar."""
    a, b = op.inputs
    if a.type.rank == 0 or b.type.rank == 0:
        return alg.fit(alg.mul(g, b if i == 0 else a), op.inputs[i], op.out)
    ranks = (a.type.rank, b.type.rank)
    if ranks[0] is None or ranks[1] is None:
        t = op.inputs[i].type
        g = alg.full(g, op.out)
        return alg.written(_dot_to_b if i else _dot_to_a, op, Type(t.kind, t.dtype, t.shape), g=g)
    if max(ranks[0], ranks[1]) > 2:
        return contraction_vjp(alg, op, g, i, ([ranks[0] - 1], [max(ranks[1] - 2, 0)]))
    return matmul_vjp(alg, op, g, i)


@printed
def _dot_to_a(g, a, b):
    """Cotangent of the first operand of ``np.dot``: the last axis of it was summed over."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return _unbroadcast(g * b, a)
    rows = np.moveaxis(b, max(np.ndim(b) - 2, 0), 0)
    return np.tensordot(g, rows, (range(np.ndim(a) - 1, np.ndim(g)), range(1, np.ndim(b))))


@printed
def _dot_to_b(g, a, b):
    """Cotangent of the second operand of ``np.dot``: the last axis but one was summed over."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return _unbroadcast(g * a, b)
    others = range(np.ndim(a) - 1)
    return np.moveaxis(np.tensordot(a, g, (others, others)), 0, max(np.ndim(b) - 2, 0))


def vdot_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a number: the sum of the products of all entries."""
    return of_shape(as_arrays(v.type for v in inputs), ())


def vdot_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` times the other operand, in this one's shape; the first one is conjugated."""
    share = alg.mul(_conjugated(alg, g, i), op.inputs[1 - i])
    same = op.inputs[0].type.rank == op.inputs[1].type.rank
    return share if same and share.type.rank in (0, 1) else alg.reshape_like(share, op.inputs[i])


def _conjugated(alg: Algebra, g: Value, i: int) -> Value:
    return alg.conj(g) if i == 0 and is_complex(g) else g


def vecdot_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the broadcast shape of both without the axis of theirs that is summed over."""
    a, b = (v.type for v in inputs)
    if not a.shape or not b.shape:
        return Type("any", as_arrays([a, b]), None)
    shape = broadcast([_without(t.shape, attrs.get("axis", -1)) for t in (a, b)])
    assert shape is not None
    return of_shape(as_arrays([a, b]), shape)


def _without(shape: Any, axis: int) -> Any:
    at = axis % len(shape)
    return (*shape[:at], *shape[at + 1 :])


def vecdot_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` along the axis, times the other operand; the first one is conjugated."""
    a, b = op.inputs
    if a.type.rank is None or b.type.rank is None:
        return alg.refuse(op, "np.vecdot of arrays of unknown rank", "give example arguments")
    axis, g = op.attrs.get("axis", -1), _conjugated(alg, g, i)
    if axis < 0 or a.type.rank == b.type.rank:
        share = alg.mul(alg.emit("expand_dims", g, axis=axis), op.inputs[1 - i])
        return alg.fit(share, op.inputs[i], share)
    # An axis from the front is another one of each operand: both are put last.
    last = [alg.emit("moveaxis", v, source=axis, destination=-1) for v in op.inputs]
    share = alg.mul(alg.emit("expand_dims", g, axis=-1), last[1 - i])
    moved = alg.fit(share, last[i], share)
    return alg.emit("moveaxis", moved, source=-1, destination=axis)


def matvec_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the vectors that a stack of matrices makes of a stack of vectors."""
    a, b = (v.type for v in inputs)
    if a.shape is None or b.shape is None:
        return Type("any", as_arrays([a, b]), None)
    batch = broadcast([a.shape[:-2], b.shape[:-1]])
    return of_shape(as_arrays([a, b]), (*(batch or ()), a.shape[-2]))


def _matvec_to_a(g, x1, x2):
    """Cotangent of the matrices in ``np.matvec(x1, x2)``."""
    return _unbroadcast(np.expand_dims(g, -1) * np.expand_dims(x2, -2), x1)


def _matvec_to_b(g, x1, x2):
    """Cotangent of the vectors in ``np.matvec(x1, x2)``."""
    return _unbroadcast(np.sum(np.expand_dims(g, -1) * x1, axis=-2), x2)


def vecmat_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the vectors that a stack of matrices makes of vectors on the left."""
    a, b = (v.type for v in inputs)
    if a.shape is None or b.shape is None:
        return Type("any", as_arrays([a, b]), None)
    batch = broadcast([a.shape[:-1], b.shape[:-2]])
    return of_shape(as_arrays([a, b]), (*(batch or ()), b.shape[-1]))


def _vecmat_to_a(g, x1, x2):
    """Cotangent of the vectors in ``np.vecmat(x1, x2)``, which are conjugated."""
    g = np.conj(g) if np.iscomplexobj(g) else g
    return _unbroadcast(np.sum(np.expand_dims(g, -2) * x2, axis=-1), x1)


def _vecmat_to_b(g, x1, x2):
    """Cotangent of the matrices in ``np.vecmat(x1, x2)``."""
    return _unbroadcast(np.expand_dims(x1, -1) * np.expand_dims(g, -2), x2)


def cross_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the broadcast of the vectors' other axes, with the result's axis of length 3."""
    a, b = (v.type for v in inputs)
    dtype = as_arrays([a, b])
    if a.shape is None or b.shape is None:
        return Type("any", dtype, None)
    axes = cross_axes(attrs)
    one, two = (
        tuple(d for k, d in enumerate(s) if k != at % len(s))
        for s, at in zip((a.shape, b.shape), axes, strict=False)
    )
    batch = broadcast([one, two]) or ()
    at = axes[2] % (len(batch) + 1)
    return of_shape(dtype, (*batch[:at], 3, *batch[at:]))


def cross_axes(attrs: Attrs) -> tuple[int, int, int]:
    """Return the axes of the vectors in both operands and in the result."""
    axis = attrs.get("axis")
    if axis is not None:
        return axis, axis, axis
    return attrs.get("axisa", -1), attrs.get("axisb", -1), attrs.get("axisc", -1)


def _cross_to_a(g, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """Cotangent of the first factor of a cross product."""
    if axis is not None:
        axisa, axisb, axisc = axis, axis, axis
    if axisa == -1 and axisb == -1 and axisc == -1:
        d_a = np.cross(b, g)
        return d_a if np.ndim(d_a) == 1 else _unbroadcast(d_a, a)
    d_a = np.cross(np.moveaxis(b, axisb, -1), np.moveaxis(g, axisc, -1))
    return np.moveaxis(_unbroadcast(d_a, np.moveaxis(a, axisa, -1)), -1, axisa)


def _cross_to_b(g, a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """Cotangent of the second factor of a cross product."""
    if axis is not None:
        axisa, axisb, axisc = axis, axis, axis
    if axisa == -1 and axisb == -1 and axisc == -1:
        d_b = np.cross(g, a)
        return d_b if np.ndim(d_b) == 1 else _unbroadcast(d_b, b)
    d_b = np.cross(np.moveaxis(g, axisc, -1), np.moveaxis(a, axisa, -1))
    return np.moveaxis(_unbroadcast(d_b, np.moveaxis(b, axisb, -1)), -1, axisb)


def _linalg_cross_to_a(g, x1, x2, axis=-1):
    """Cotangent of the first factor of a cross product."""
    return _cross_to_a(g, x1, x2, axis=axis)


def _linalg_cross_to_b(g, x1, x2, axis=-1):
    """Cotangent of the second factor of a cross product."""
    return _cross_to_b(g, x1, x2, axis=axis)


def trace_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type without the two axes of the matrices."""
    t = inputs[0].type
    if t.shape is None:
        return Type("any", t.dtype, None)
    gone = [k % len(t.shape) for k in (attrs.get("axis1", 0), attrs.get("axis2", 1))]
    dtype = t.dtype if is_float(t.dtype) or not t.dtype else "int64"
    return of_shape(dtype, tuple(d for k, d in enumerate(t.shape) if k not in gone))


def _trace_to_a(g, a, offset=0, axis1=0, axis2=1):
    """``g`` on the diagonal."""
    eye = np.eye(np.shape(a)[axis1], np.shape(a)[axis2], offset)
    if np.ndim(a) == 2:
        return g * eye if axis1 % 2 == 0 else g * eye.T
    return np.moveaxis(np.expand_dims(g, (-2, -1)) * eye, (-2, -1), (axis1, axis2))


def _linalg_trace_to_x(g, x, offset=0):
    """``g`` on the diagonal of each matrix."""
    return np.expand_dims(g, (-2, -1)) * np.eye(np.shape(x)[-2], np.shape(x)[-1], offset)


def linalg_trace_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type without the last two axes."""
    return trace_type(inputs, {"axis1": -2, "axis2": -1})


# A table: an entry is read along its lines.
# fmt: off
_PAIR: dict[str, Any] = {"tangent": "multilinear", "of_complex": "analytic"}
rule("matmul", matmul_type, spelling="@", form="operator", vjp=matmul_vjp, **_PAIR,
     samples=("x23 @ x32", "m233 @ x32", "x3 @ m233", "m233 @ y3", "x23 @ m233", "x3 @ y3",
              "x13 @ m33", "m233[:1] @ m33", "np.zeros((0, 3)) @ x32", "x31 @ x13", "x1 @ y1"))
rule("np.matmul", matmul_type, callables=["np.matmul", "np.linalg.matmul"], params="x1, x2, /",
     vjp=matmul_vjp, **_PAIR, samples=("np.matmul(x23, x3)", "np.linalg.matmul(m233, x31)"))
rule("dot", dot_type, callables=["np.dot"], methods=["dot"], params="a, b", vjp=dot_vjp, **_PAIR,
     samples=("np.dot(x3, y3)", "np.dot(x234, x4)", "np.dot(x234, x44)", "x23.dot(x32)",
              "np.dot(x, x23)", "np.dot(x23, y)", "np.dot(x23, np.ones((2, 3, 4)) * x4)",
              "np.dot(x3, x32)", "np.dot(x4, np.ones((2, 4, 3)) * x3)", "np.dot(x, y) + y",
              "np.dot(x234, np.ones((2, 4, 3)) * x3)[1, :, 0]"))
rule("vdot", vdot_type, callables=["np.vdot"], params="a, b, /", vjp=vdot_vjp,
     tangent="multilinear", samples=("np.vdot(x3, y3)", "np.vdot(x23, y23)", "np.vdot(x23, x6)",
              "np.abs(np.vdot(x3 + 1j * y3, y3 - 2j * x3))", "np.vdot(x3, 1j * y3).imag"))
rule("outer", outer_type, callables=["np.outer"], params="a, b", vjp=outer_vjp, **_PAIR,
     samples=("np.outer(x3, y4)", "np.outer(x23, y3)", "np.outer(x, y3)", "np.outer(x4, x23)"))
rule("linalg.outer", outer_type, callables=["np.linalg.outer"], params="x1, x2, /",
     vjp=outer_vjp, **_PAIR, samples=("np.linalg.outer(x3, y4)",))
rule("inner", inner_type, callables=["np.inner"], params="a, b, /", vjp=inner_vjp, **_PAIR,
     samples=("np.inner(x3, y3)", "np.inner(x23, y23)", "np.inner(x234, x4)",
              "np.inner(x234, x44)", "np.inner(x3, x23)", "np.inner(x, x3)"))
rule("trace", trace_type, callables=["np.trace"], methods=["trace"], tangent="linear",
     fuller="np.trace",
     of_complex="linear", params="a, offset=0, axis1=0, axis2=1", adjoint=(_trace_to_a,),
     samples=("np.trace(x44)", "x44.trace()", "np.trace(x44, offset=1)", "np.trace(x23, -1)",
              "np.trace(x234, axis1=0, axis2=1)", "np.trace(x234, 1, 2, 1)", "x44.trace(1, 1, 0)"))
rule("linalg.trace", linalg_trace_type, callables=["np.linalg.trace"], tangent="linear",
     of_complex="linear", params="x, /, *, offset=0", adjoint=(_linalg_trace_to_x,),
     samples=("np.linalg.trace(m233)", "np.linalg.trace(x44, offset=-1)"))
_VECDOT: dict[str, Any] = {"vjp": vecdot_vjp, "tangent": "multilinear"}
_VECDOT_SAMPLES = ("{0}(x23, y23)", "{0}(x3, x23)", "{0}(x23, y23, axis=0)", "{0}(x3, y3)",
                   "{0}(m233, x3[:2], axis=0)", "{0}(m33, m233, axis=1)", "{0}(m33, m233, axis=-2)")
rule("vecdot", vecdot_type, callables=["np.vecdot"], params="x1, x2, /, *, axis=-1", **_VECDOT,
     samples=tuple(s.format("np.vecdot") for s in _VECDOT_SAMPLES) if hasattr(np, "vecdot") else ())
rule("linalg.vecdot", vecdot_type, callables=["np.linalg.vecdot"], params="x1, x2, /, *, axis=-1",
     **_VECDOT, samples=(*(s.format("np.linalg.vecdot") for s in _VECDOT_SAMPLES),
                         "np.linalg.vecdot(x23 + 1j * y23, y23 - 2j * x23).imag"))
rule("matvec", matvec_type, callables=["np.matvec"], params="x1, x2, /",
     adjoint=(_matvec_to_a, _matvec_to_b), tangent="multilinear",
     samples=("np.matvec(x23, x3)", "np.matvec(m233, x23)", "np.matvec(m33, x23)",
              "np.matvec(m33 + 1j * s33, x23 - 1j * y23).imag")
     if hasattr(np, "matvec") else ())
rule("vecmat", vecmat_type, callables=["np.vecmat"], params="x1, x2, /",
     adjoint=(_vecmat_to_a, _vecmat_to_b), tangent="multilinear",
     samples=("np.vecmat(x3, x32)", "np.vecmat(x23, m233)", "np.vecmat(x23, m33)",
              "np.vecmat(x23 - 1j * y23, m33 + 1j * s33).imag")
     if hasattr(np, "vecmat") else ())
rule("cross", cross_type, callables=["np.cross"], tangent="multilinear",
     params="a, b, axisa=-1, axisb=-1, axisc=-1, axis=None", adjoint=(_cross_to_a, _cross_to_b),
     samples=("np.cross(x3, y3)", "np.cross(x23, y23)", "np.cross(x23, y3)", "np.cross(x3, m233)",
              "np.cross(x32, x32[::-1], axis=0)", "np.cross(x32, x23, 0, 1, 0)",
              "np.cross(x23, x13)"))
rule("linalg.cross", cross_type, callables=["np.linalg.cross"], tangent="multilinear",
     params="x1, x2, /, *, axis=-1", adjoint=(_linalg_cross_to_a, _linalg_cross_to_b),
     samples=("np.linalg.cross(x3, y3)", "np.linalg.cross(x32, x32[::-1], axis=0)"))
