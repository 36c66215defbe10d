"""Products of vectors and matrices.

Adjoints are after M. B. Giles, "Collected matrix derivative results" (2008).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradgen.ir.types import Type, broadcast, numeric, promote
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, of_shape

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op, Value


def matmul_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return ``(..., n, m)`` for ``(..., n, k) @ (..., k, m)``; a vector's axis drops out."""
    a, b = (v.type for v in inputs)
    dtype = promote([a, b])
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
    """``g @ b.T`` and ``a.T @ g``, and their forms where an operand is a vector."""
    a, b = op.inputs
    ranks = (a.type.rank, b.type.rank)
    if None in ranks:
        return alg.helper("_matmul_adjoint_b" if i else "_matmul_adjoint_a", g, a, b)
    if ranks == (1, 1):
        return alg.mul(g, a if i else b)
    if ranks == (1, 2):
        return alg.emit("outer", a, g) if i else alg.emit("matmul", b, g)
    if ranks == (2, 1):
        return alg.emit("matmul", g, a) if i else alg.emit("outer", g, b)
    if ranks == (2, 2):
        transposed = alg.emit("T", a if i else b)
        return alg.emit("matmul", transposed, g) if i else alg.emit("matmul", g, transposed)
    return alg.helper("_matmul_adjoint_b" if i else "_matmul_adjoint_a", g, a, b)


def dot_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of ``a @ b``, or of ``a * b`` where one is a scalar."""
    a, b = (v.type for v in inputs)
    if a.rank == 0 or b.rank == 0:
        return numeric(promote([a, b]), broadcast([a.shape, b.shape]), [a, b])
    return matmul_type(inputs, attrs)


def outer_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an ``(n, m)`` matrix for vectors of lengths n and m."""
    a, b = (v.type for v in inputs)
    dtype = promote([a, b])
    if a.rank == 1 and b.rank == 1:
        assert a.shape is not None and b.shape is not None
        return of_shape(dtype, (a.shape[0], b.shape[0]))
    return Type("any", dtype, None)


def outer_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g @ b`` and ``a @ g``."""
    a, b = op.inputs
    if a.type.rank != 1 or b.type.rank != 1:
        flat = [alg.emit("ravel", v) for v in (a, b)]
        grad = alg.emit("matmul", flat[0], g) if i else alg.emit("matmul", g, flat[1])
        return alg.reshape_like(grad, op.inputs[i])
    return alg.emit("matmul", a, g) if i else alg.emit("matmul", g, b)


def inner_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the leading axes of both inputs: the last axes are summed away."""
    a, b = (v.type for v in inputs)
    if a.shape is None or b.shape is None or not a.shape or not b.shape:
        return Type("any", promote([a, b]), None)
    return of_shape(promote([a, b]), (*a.shape[:-1], *b.shape[:-1]))


def inner_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """As ``a @ b.T``."""
    a, b = op.inputs
    ranks = (a.type.rank, b.type.rank)
    if ranks == (1, 1):
        return alg.mul(g, a if i else b)
    if ranks == (2, 2):
        return alg.emit("matmul", alg.emit("T", g), a) if i else alg.emit("matmul", g, b)
    if ranks == (2, 1):
        return alg.emit("matmul", g, a) if i else alg.emit("outer", g, b)
    if ranks == (1, 2):
        return alg.emit("outer", g, a) if i else alg.emit("matmul", g, b)
    return alg.refuse(op, "np.inner of arrays whose rank is unknown or over 2", "use a @ b.T")


def dot_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """As ``a @ b``; ``g * b`` and ``g * a`` where one is a scalar."""
    a, b = op.inputs
    if a.type.rank == 0 or b.type.rank == 0:
        return alg.fit(alg.mul(g, b if i == 0 else a), op.inputs[i], op.out)
    ranks = (a.type.rank, b.type.rank)
    known = [k for k in ranks if k is not None]
    if len(known) == 2 and max(known) > 2:
        return alg.refuse(op, "np.dot of arrays of rank over 2", "use np.matmul")
    return matmul_vjp(alg, op, g, i)


def trace_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type without its first two axes."""
    t = inputs[0].type
    return of_shape(t.dtype, None if t.shape is None else t.shape[2:])


def trace_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g * eye(n, m)``."""
    a = op.inputs[0]
    eye = alg.emit("eye", alg.emit("dim", a, axis=0), alg.emit("dim", a, axis=1))
    return alg.mul(g, eye)


# A table: an entry is read along its lines.
# fmt: off
rule("matmul", matmul_type, spelling="@", form="operator", vjp=matmul_vjp)
rule("np.matmul", matmul_type, callables=["np.matmul"], params="a, b", vjp=matmul_vjp)
rule("dot", dot_type, callables=["np.dot"], methods=["dot"], params="a, b", vjp=dot_vjp)
rule("vdot", dot_type, callables=["np.vdot"], params="a, b", vjp=dot_vjp)
rule("outer", outer_type, callables=["np.outer"], params="a, b", vjp=outer_vjp)
rule("inner", inner_type, callables=["np.inner"], params="a, b", vjp=inner_vjp)
rule(
    "trace", trace_type, callables=["np.trace"], methods=["trace"], params="a", vjp=trace_vjp,
    narrow=True,
)
