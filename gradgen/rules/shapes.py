"""Rearrangements: each adjoint is the inverse rearrangement of the cotangent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import BOOL, Length, Type, fresh_dim, may_be_one, scalar
from gradgen.rules.complexes import is_complex
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import (
    Attrs,
    is_float,
    length_of,
    of_shape,
    refuse_unless,
    same_type,
    with_shape,
)

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def reshape_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an array of the lengths given, with -1 worked out where it can be."""
    dims = tuple(map(length_of, inputs[1:]))
    if -1 in dims:
        rest, at = [d for d in dims if d != -1], dims.index(-1)
        old = inputs[0].type.shape
        free: Length = fresh_dim()
        if all(d == 1 for d in rest):
            free = _flat(old)
        elif old is not None and all(isinstance(d, int) for d in (*old, *rest)):
            free = _product(old) // max(_product(rest), 1)
        dims = (*dims[:at], free, *dims[at + 1 :])
    return with_shape(inputs[0], dims)


def _product(dims: Any) -> int:
    out = 1
    for d in dims:
        out *= d
    return out


def reshape_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` in the input's shape."""
    if i:
        return Const(0.0)
    return alg.reshape_like(g, op.inputs[0])


def item_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g``, a number of Python's, in the input's shape and precision."""
    like = op.inputs[0]
    if like.type.dtype == "float32" and like.type.kind == "array":
        return alg.emit("fill", like, g, dtype="float32")
    return alg.reshape_like(g, like)


def reshape_as_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the first dtype in the second shape: an array even without axes."""
    shape = inputs[1].type.shape
    return Type("any" if shape is None else "array", inputs[0].type.dtype, shape)


def ravel_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a vector of all entries."""
    return with_shape(inputs[0], (_flat(inputs[0].type.shape),))


def _flat(shape: tuple[Length, ...] | None) -> Length:
    """Return how many entries there are, as far as one length that is not 1 tells."""
    if shape is None:
        return fresh_dim()
    long = [d for d in shape if d != 1]
    if len(long) == 1:
        return long[0]
    return _product(shape) if all(isinstance(d, int) for d in shape) else fresh_dim()


def transpose_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape permuted by ``axes``, else reversed."""
    shape, axes = inputs[0].type.shape, attrs.get("axes")
    if shape is None:
        return Type("any", inputs[0].type.dtype, None)
    order = range(len(shape))[::-1] if axes is None else [k % len(shape) for k in axes]
    return _keep_scalar(inputs[0], tuple(shape[k] for k in order))


def _keep_scalar(v: Value, shape: tuple[Length, ...]) -> Type:
    return v.type if v.type.is_scalar else Type("array", v.type.dtype, shape)


def transpose_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g.T``, or the inverse permutation of the axes."""
    axes = op.attrs.get("axes")
    if axes is None:
        return alg.transposed(g)
    inverse = tuple(int(k) for k in sorted(range(len(axes)), key=lambda j: axes[j] % len(axes)))
    return alg.emit("transpose", g, axes=inverse)


def swapaxes_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape with two axes exchanged."""
    shape = inputs[0].type.shape
    if shape is None:
        return Type("any", inputs[0].type.dtype, None)
    dims, j, k = list(shape), attrs["axis1"], attrs["axis2"]
    there = all(-len(dims) <= axis < len(dims) for axis in (j, k))
    what = f"an exchange of the axes {j} and {k} of an array of rank {len(dims)}"
    refuse_unless(there, what, "name axes that the array has")
    dims[j], dims[k] = dims[k], dims[j]
    return with_shape(inputs[0], tuple(dims))


def swapaxes_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Exchange the same two axes of ``g``."""
    return alg.emit("swapaxes", g, **op.attrs)


def moveaxis_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape with the ``source`` axes at ``destination``."""
    shape = inputs[0].type.shape
    if shape is None:
        return Type("any", inputs[0].type.dtype, None)
    source, destination = (_tuple(attrs[k], len(shape)) for k in ("source", "destination"))
    order = [k for k in range(len(shape)) if k not in source]
    for dest, src in sorted(zip(destination, source, strict=True)):
        order.insert(dest, src)
    return with_shape(inputs[0], tuple(shape[k] for k in order))


def _tuple(axis: Any, rank: int) -> tuple[int, ...]:
    return tuple(k % rank for k in (axis if isinstance(axis, tuple) else (axis,)))


def moveaxis_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Move the axes of ``g`` back."""
    attrs = op.attrs
    return alg.emit("moveaxis", g, source=attrs["destination"], destination=attrs["source"])


def expand_dims_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape with a 1 at each new axis."""
    shape, axis = inputs[0].type.shape, attrs["axis"]
    if shape is None:
        return Type("any", inputs[0].type.dtype, None)
    count = len(axis) if isinstance(axis, tuple) else 1
    places, old = _tuple(axis, len(shape) + count), iter(shape)
    if len(set(places)) < count:
        raise ValueError("repeated axis")
    dims = tuple(1 if k in places else next(old) for k in range(len(shape) + count))
    return with_shape(inputs[0], dims)


def squeeze_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape without axes of length 1, if it is known which, or without those named."""
    shape, axis = inputs[0].type.shape, attrs.get("axis")
    if shape is None or (axis is None and any(d != 1 and may_be_one(d) for d in shape)):
        return Type("any", inputs[0].type.dtype, None)
    gone = [k for k, d in enumerate(shape) if d == 1] if axis is None else _tuple(axis, len(shape))
    return with_shape(inputs[0], tuple(d for k, d in enumerate(shape) if k not in gone))


def broadcast_to_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the input's dtype in the lengths given."""
    return with_shape(inputs[0], tuple(map(length_of, inputs[1:])))


def broadcast_to_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` summed over the axes that were broadcast."""
    return alg.fit(g, op.inputs[0], op.out)


def flip_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Flip ``g`` along the same axes."""
    return alg.emit("flip", g, **op.attrs)


def roll_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Roll ``g`` by the opposite shift."""
    shift = op.inputs[1]
    back = Const(-shift.const) if isinstance(shift, Const) else alg.emit("neg", shift)
    return alg.emit("roll", g, back, **op.attrs)


def cast_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the input type with another dtype."""
    t = inputs[0].type
    return Type(t.kind, attrs["dtype"], t.shape) if t.is_array else of_shape(attrs["dtype"], ())


def cast_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` in the input's dtype; zero after a cast to integers."""
    if is_complex(op.inputs[0]) and not is_complex(op.out):
        return alg.refuse(op, "a cast of complex numbers to real ones", "take .real first")
    if not is_float(op.attrs["dtype"]):
        return alg.zero_like(op.inputs[0])
    dtype = op.inputs[0].type.dtype
    if is_complex(op.out) or dtype in ("", op.attrs["dtype"]):
        return g
    return alg.cast(g, dtype)


PYTHONS = ("float64", "int64", "bool", "complex128")  # dtypes of the numbers of Python


def item_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a scalar of the input's dtype: a number of Python's."""
    dtype = inputs[0].type.dtype
    return scalar(dtype, weak=True) if dtype in PYTHONS else of_shape(dtype, ())


def identity_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` itself."""
    return g


# A table: an entry is read along its lines.
# fmt: off
rule("reshape", reshape_type, callables=["np.reshape"], form="shaped", alias="maybe", cost=0,
     samples=("np.reshape(x23, (3, -1), order='F')", "x23.reshape(3, 2, order='F')",
              "np.reshape(x6, (2, 3), 'C')", "np.reshape(x234, -1, order='F')"),
     vjp=reshape_vjp, places_from=1)
rule("reshape_as", reshape_as_type, form="special", alias="maybe", cost=0, vjp=reshape_vjp)
for _name, _alias in (("ravel", "maybe"), ("flatten", "")):
    rule(_name, ravel_type, callables=["np.ravel"] if _alias else [], methods=[_name], params="a",
         form="call" if _alias else "special", alias=_alias, cost=0, vjp=reshape_vjp,
         samples=(f"x23.{_name}()", f"x23.{_name}('F')", f"x234.{_name}(order='F')",
                  f"xe.{_name}()"))
rule("T", transpose_type, form="special", alias="view", cost=0, vjp=transpose_vjp)
rule("transpose", transpose_type, callables=["np.transpose"], params="a, axes=None", alias="view",
     cost=0, vjp=transpose_vjp)
rule("swapaxes", swapaxes_type, callables=["np.swapaxes"], methods=["swapaxes"], alias="view",
     params="a, axis1=, axis2=", cost=0, vjp=swapaxes_vjp)
rule("moveaxis", moveaxis_type, callables=["np.moveaxis"], alias="view", cost=0,
     params="a, source=, destination=", vjp=moveaxis_vjp)
rule("expand_dims", expand_dims_type, callables=["np.expand_dims"], params="a, axis=",
     alias="view", cost=0, vjp=reshape_vjp)
rule("squeeze", squeeze_type, callables=["np.squeeze"], methods=["squeeze"], alias="view", cost=0,
     params="a, axis=None", vjp=reshape_vjp)
rule("broadcast_to", broadcast_to_type, callables=["np.broadcast_to"], form="shaped", cost=0,
     alias="view", vjp=broadcast_to_vjp, places_from=1)
rule("flip", same_type, callables=["np.flip"], params="m, axis=None", alias="view", cost=0,
     vjp=flip_vjp)
rule("roll", same_type, callables=["np.roll"], params="a, shift, axis=None", vjp=roll_vjp,
     places_from=1)
rule("astype", cast_type, form="special", vjp=cast_vjp, cost=1)
rule("copy", same_type, callables=["np.copy"], methods=["copy"], params="a, order='C'",
     form="special", vjp=identity_vjp, cost=1)
rule("asarray", same_type, callables=["np.asarray"], params="a", alias="view", vjp=identity_vjp,
     cost=0)
rule("asfortranarray", same_type, callables=["np.asfortranarray"], params="a", alias="maybe",
     vjp=identity_vjp, cost=1, samples=("np.asfortranarray(x23)",))
rule("ascontiguousarray", same_type, callables=["np.ascontiguousarray"], params="a", alias="maybe",
     vjp=identity_vjp, cost=1)
rule("isfortran", lambda inputs, attrs: BOOL, callables=["np.isfortran"], params="a", passive=True,
     cost=0, samples=("x23 * np.isfortran(xt23)",))
rule("c_contiguous", lambda inputs, attrs: BOOL, params="a", form="special", passive=True, cost=0,
     doc="whether an array lies in C order in memory")
rule("holds_no_floats", lambda inputs, attrs: BOOL, params="a", form="special", passive=True,
     cost=0, doc="whether an array is one of integers or booleans, which cut off what is stored")
rule("ravel_in_memory", ravel_type, spelling="np.ravel", params="a, order='C'", passive=True,
     doc="the entries of an array of integers, as they lie in memory")
rule("array0", lambda inputs, attrs: Type("array", inputs[0].type.dtype or "float64", ()),
     spelling="np.array", params="a", vjp=identity_vjp, cost=1)
rule("item", item_type, form="special", methods=["item"], params="a", vjp=item_vjp, cost=0)
