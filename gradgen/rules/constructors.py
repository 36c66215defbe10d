"""Arrays made from lengths and values, and the facts asked of arrays."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import BOOL, Length, Type, array, broadcast, fresh_dim, integer, promote
from gradgen.rules.helpers import _unbroadcast
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, as_arrays, inexact_of, length_in, length_of

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def filled_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an array of the lengths given, of ``dtype`` (default float64)."""
    return of_array(attrs.get("dtype") or "float64", tuple(map(length_of, inputs)))


def of_array(dtype: str, shape: tuple[Length, ...]) -> Type:
    """Return the type of a constructor's result, which is an array even of rank 0."""
    return Type("array", dtype, shape)


def full_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an array of the lengths given, of the fill's dtype."""
    dtype = attrs.get("dtype") or inputs[0].type.dtype
    return of_array(dtype, tuple(map(length_of, inputs[1:])))


def full_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``sum(g)`` for a scalar fill, else ``g`` summed over the axes it was broadcast along."""
    return alg.fit(g, op.inputs[0], op.out)


def like_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of the input, with its dtype or the one asked for."""
    t = inputs[0].type
    kind = "any" if t.shape is None else "array"
    return Type(kind, attrs.get("dtype") or t.dtype, t.shape)


def full_like_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the first input: the fill takes its dtype."""
    return like_type(inputs[:1], attrs)


def full_like_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``sum(g)`` for the fill; nothing for the array that gives the shape."""
    return alg.fit(g, op.inputs[1], op.out) if i else Const(0.0)


def eye_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a matrix of one or two lengths."""
    lengths = (length_of(inputs[0]), length_of(inputs[-1]))
    return array(attrs.get("dtype") or "float64", lengths)


def arange_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a vector: as long as the stop is, less the start, where these are known."""
    length = fresh_dim() if len(inputs) > 2 else _steps(*inputs[-2:])
    return array(attrs.get("dtype") or promote(v.type for v in inputs), (length,))


def _steps(*ends: Value) -> Length:
    """Return how many steps of one there are from a start, else 0, to a stop."""
    start = ends[0].const if isinstance(ends[0], Const) else None
    low: Any = 0 if len(ends) == 1 else start
    whole = isinstance(low, int | float) and float(low).is_integer()
    if not whole or ends[-1].type.kind != "int":
        return fresh_dim()
    length = length_of(ends[-1])
    return max(length - int(low), 0) if isinstance(length, int) else length + -int(low)


def arange_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``start + step * k``; how many there are is constant."""
    if i == 0 and len(op.inputs) > 1:
        return alg.emit("sum", g)
    return alg.emit("dot", g, alg.emit("arange", alg.dim(g, 0))) if i == 2 else Const(0.0)


def arange_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Add ``k`` times the step's to the start's."""
    start, _, step = (*tangents, None, None)[:3] if len(tangents) > 1 else (None, None, None)
    share = start if start is not None else Const(0.0)
    if step is None:
        return share
    return alg.add(share, alg.mul(step, alg.emit("arange", alg.dim(op.out, 0))))


def linspace_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return ``num`` entries (default 50) along a new axis of the ends."""
    count = length_of(inputs[2]) if len(inputs) > 2 else 50
    shape = broadcast([inputs[0].type.shape, inputs[1].type.shape])
    dtype = attrs.get("dtype") or inexact_of(promote(v.type for v in inputs[:2]))
    if shape is None:
        return Type("any", dtype, None)
    axis = attrs.get("axis", 0) % (len(shape) + 1)
    return array(dtype, (*shape[:axis], count, *shape[axis:]))


def _linspace_to_start(g, start, num, endpoint, axis):
    """Cotangent of the start: ``start * (1 - s) + stop * s`` with ``s`` the unit grid."""
    along = np.linspace(1.0, 0.0, num, endpoint=endpoint)
    if np.ndim(g) == 1:
        return np.dot(g, along)
    return _unbroadcast(np.tensordot(along, np.moveaxis(g, axis, 0), 1), start)


def _linspace_to_stop(g, stop, num, endpoint, axis):
    """Cotangent of the stop."""
    along = np.linspace(0.0, 1.0, num, endpoint=endpoint)
    if np.ndim(g) == 1:
        return np.dot(g, along)
    return _unbroadcast(np.tensordot(along, np.moveaxis(g, axis, 0), 1), stop)


def window_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a vector of so many entries."""
    return array("float64", (length_of(inputs[0]),))


def array_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Type of ``np.array`` of a list of equal parts."""
    shape = inputs[0].type.shape
    dtype = attrs.get("dtype") or as_arrays(v.type for v in inputs)
    if any(v.type.shape is None for v in inputs) or shape is None:
        return Type("any", dtype, None)
    return array(dtype, (len(inputs), *shape))


def array_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g[i]``: the part is row ``i``."""
    return alg.load(g, [Const(i)], "i")


def dim_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an integer that stands for the length along ``axis``."""
    t = inputs[0].type
    if t.kind == "list":
        return integer(length_in(inputs[0]))
    if t.shape is None or not t.shape:
        return integer()
    return integer(t.shape[attrs.get("axis", 0)])


def size_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an integer: the product of the lengths where they are known."""
    shape = inputs[0].type.shape
    if shape is not None and len(shape) == 1:
        return integer(shape[0])
    if shape is not None and all(isinstance(d, int) for d in shape):
        total = 1
        for d in shape:
            total *= d  # type: ignore[operator]
        return integer(total)
    return integer()


def integer_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an integer of no known value."""
    return integer()


# A table: an entry is read along its lines.
# fmt: off
for _name in ("zeros", "ones", "empty"):
    rule(_name, filled_type, callables=[f"np.{_name}"], form="shape", passive=True)
    rule(f"{_name}_like", like_type, callables=[f"np.{_name}_like"], params="a, dtype=None",
         passive=True)
rule("full", full_type, callables=["np.full"], form="special", vjp=full_vjp, places_from=1)
rule("full_like", full_like_type, callables=["np.full_like"], params="a, fill_value, dtype=None",
     vjp=full_like_vjp)
rule("eye", eye_type, callables=["np.eye"], params="N, M?, k=0, dtype=None", passive=True,
     samples=("x3 @ np.eye(3)", "x3 @ np.eye(3, M=4, k=1)", "x3 @ np.identity(3)"))
rule("tri", eye_type, callables=["np.tri"], params="N, M?, k=0, dtype=None", passive=True,
     samples=("x3 @ np.tri(3)", "x3 @ np.tri(3, 4, -1)"))
rule("arange", arange_type, callables=["np.arange"], params="start, stop, step, dtype=None",
     vjp=arange_vjp, jvp=arange_jvp,
     samples=("x4 * np.arange(4)", "np.arange(x, x + 2.5)", "np.arange(0.0, 2.0 * p, p / 4.5)",
              "x4 * np.arange(start=2, stop=10, step=2)", "x3 * np.arange(3, dtype=float)"))
rule("linspace", linspace_type, callables=["np.linspace"],
     params="start, stop, num?=50, endpoint=True, dtype=None, axis=0",
     adjoint=(_linspace_to_start, _linspace_to_stop, None), tangent="linear",
     of_complex="linear", samples=("np.linspace(x + 1j, x3 - 1j * y3, 4).imag",
              "np.linspace(x, y, 5)", "np.linspace(x, 2.0, num=n)", "np.linspace(0.0, y)",
              "np.linspace(x, y, 4, endpoint=False)", "np.linspace(x3, y3, 4)",
              "np.linspace(x3, y, 4, axis=-1)", "np.linspace(x3, 2, 4)",
              "np.linspace(x, y, 5, retstep=True)[1]",
              "np.linspace(start=x, stop=y, num=1)", "np.linspace(x, y, 4, False, True)[0]"))
for _name in ("hamming", "hanning", "blackman", "bartlett"):
    rule(_name, window_type, callables=[f"np.{_name}"], params="M", passive=True,
         samples=(f"x4 * np.{_name}(4)",))
rule("array", array_type, callables=["np.array"], form="sequence", params="object, dtype=None",
     vjp=array_vjp)
rule("dim", dim_type, form="special", passive=True, cost=0)
rule("len", dim_type, callables=["len"], params="a", passive=True, cost=0)
rule("size", size_type, form="special", passive=True, cost=0)
rule("ndim", integer_type, callables=["np.ndim"], params="a", passive=True, cost=0)
rule("isscalar", lambda inputs, attrs: BOOL, callables=["np.isscalar"], params="element",
     passive=True, cost=0)
rule("leaf", lambda inputs, attrs: attrs["type"], form="special", cost=0)
rule("field", lambda inputs, attrs: attrs["type"], form="special", passive=True, cost=0,
     alias="view")
