"""Rearrangements: each adjoint is the inverse rearrangement of the cotangent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Length, Type, fresh_dim, promote
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, length_of, of_shape, same_type

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op


def _with_shape(v: Value, shape: tuple[Length, ...] | None) -> Type:
    if shape is None:
        return Type("any", v.type.dtype, None)
    return Type("array", v.type.dtype, shape)


def reshape_type(inputs: list[Value], attrs: Attrs) -> Type:
    dims = tuple(map(length_of, inputs[1:]))
    if -1 in dims:
        rest, at = [d for d in dims if d != -1], dims.index(-1)
        old = inputs[0].type.shape
        free: Length = fresh_dim()
        if not rest and old is not None and len(old) == 1:
            free = old[0]
        elif old is not None and all(isinstance(d, int) for d in (*old, *rest)):
            free = _product(old) // max(_product(rest), 1)
        dims = (*dims[:at], free, *dims[at + 1 :])
    return _with_shape(inputs[0], dims)


def _product(dims: Any) -> int:
    out = 1
    for d in dims:
        out *= d
    return out


def reshape_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    if i:
        return Const(0.0)
    return alg.reshape_like(g, op.inputs[0])


def reshape_as_type(inputs: list[Value], attrs: Attrs) -> Type:
    return Type(
        "array" if inputs[1].type.shape else "any", inputs[0].type.dtype, inputs[1].type.shape
    )


def ravel_type(inputs: list[Value], attrs: Attrs) -> Type:
    old = inputs[0].type.shape
    return _with_shape(inputs[0], (old[0] if old is not None and len(old) == 1 else _flat(old),))


def _flat(shape: tuple[Length, ...] | None) -> Length:
    if shape is not None and all(isinstance(d, int) for d in shape):
        return _product(shape)
    return fresh_dim()


def transpose_type(inputs: list[Value], attrs: Attrs) -> Type:
    shape, axes = inputs[0].type.shape, attrs.get("axes")
    if shape is None:
        return Type("any", inputs[0].type.dtype, None)
    order = range(len(shape))[::-1] if axes is None else [k % len(shape) for k in axes]
    return _keep_scalar(inputs[0], tuple(shape[k] for k in order))


def _keep_scalar(v: Value, shape: tuple[Length, ...]) -> Type:
    return v.type if v.type.is_scalar else Type("array", v.type.dtype, shape)


def transpose_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    axes = op.attrs.get("axes")
    if axes is None:
        return alg.emit("T", g)
    inverse = tuple(int(k) for k in sorted(range(len(axes)), key=lambda j: axes[j] % len(axes)))
    return alg.emit("transpose", g, axes=inverse)


def swapaxes_type(inputs: list[Value], attrs: Attrs) -> Type:
    shape = inputs[0].type.shape
    if shape is None:
        return Type("any", inputs[0].type.dtype, None)
    dims, j, k = list(shape), attrs["axis1"], attrs["axis2"]
    dims[j], dims[k] = dims[k], dims[j]
    return _with_shape(inputs[0], tuple(dims))


def swapaxes_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    return alg.emit("swapaxes", g, **op.attrs)


def moveaxis_type(inputs: list[Value], attrs: Attrs) -> Type:
    shape = inputs[0].type.shape
    if shape is None:
        return Type("any", inputs[0].type.dtype, None)
    source, destination = (_tuple(attrs[k], len(shape)) for k in ("source", "destination"))
    order = [k for k in range(len(shape)) if k not in source]
    for dest, src in sorted(zip(destination, source, strict=True)):
        order.insert(dest, src)
    return _with_shape(inputs[0], tuple(shape[k] for k in order))


def _tuple(axis: Any, rank: int) -> tuple[int, ...]:
    return tuple(k % rank for k in (axis if isinstance(axis, tuple) else (axis,)))


def moveaxis_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    attrs = op.attrs
    return alg.emit("moveaxis", g, source=attrs["destination"], destination=attrs["source"])


def expand_dims_type(inputs: list[Value], attrs: Attrs) -> Type:
    shape, axis = inputs[0].type.shape, attrs["axis"]
    if shape is None:
        return Type("any", inputs[0].type.dtype, None)
    count = len(axis) if isinstance(axis, tuple) else 1
    places, old = _tuple(axis, len(shape) + count), iter(shape)
    dims = tuple(1 if k in places else next(old) for k in range(len(shape) + count))
    return _with_shape(inputs[0], dims)


def squeeze_type(inputs: list[Value], attrs: Attrs) -> Type:
    shape, axis = inputs[0].type.shape, attrs.get("axis")
    if shape is None:
        return Type("any", inputs[0].type.dtype, None)
    gone = [k for k, d in enumerate(shape) if d == 1] if axis is None else _tuple(axis, len(shape))
    return _with_shape(inputs[0], tuple(d for k, d in enumerate(shape) if k not in gone))


def broadcast_to_type(inputs: list[Value], attrs: Attrs) -> Type:
    return _with_shape(inputs[0], tuple(map(length_of, inputs[1:])))


def broadcast_to_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    return alg.fit(g, op.inputs[0], op.out)


def flip_type(inputs: list[Value], attrs: Attrs) -> Type:
    return same_type(inputs, attrs)


def flip_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    return alg.emit("flip", g, **op.attrs)


def roll_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    shift = op.inputs[1]
    back = Const(-shift.const) if isinstance(shift, Const) else alg.emit("neg", shift)
    return alg.emit("roll", g, back, **op.attrs)


def joined_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Type of ``np.concatenate``: lengths add up along the axis."""
    shapes, axis = [v.type.shape for v in inputs], attrs.get("axis", 0)
    dtype = promote(v.type for v in inputs)
    if any(s is None or not s for s in shapes) or axis is None:
        return Type("array", dtype, (fresh_dim(),)) if axis is None else Type("any", dtype, None)
    known = [s for s in shapes if s]
    total = _sum_lengths([s[axis] for s in known])
    at = axis % len(known[0])
    return Type("array", dtype, tuple(total if k == at else d for k, d in enumerate(known[0])))


def _sum_lengths(lengths: list[Length]) -> Length:
    known = sum(d for d in lengths if isinstance(d, int))
    symbols = [d for d in lengths if not isinstance(d, int)]
    if not symbols:
        return known
    return symbols[0] + known if len(symbols) == 1 else fresh_dim()


def concatenate_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Slice the cotangent at the joints."""
    axis = op.attrs.get("axis", 0)
    if axis is None:
        return alg.refuse(op, "np.concatenate with axis=None", "ravel the parts and use axis=0")
    part = op.inputs[i]
    if part.type.rank is None:
        return alg.refuse(op, "np.concatenate of parts of unknown rank", "give example arguments")
    axis %= part.type.rank
    start: Value = Const(0)
    for before in op.inputs[:i]:
        start = alg.add(start, alg.emit("dim", before, axis=axis))
    last = i == len(op.inputs) - 1
    stop = None if last else alg.add(start, alg.emit("dim", part, axis=axis))
    return alg.slice_axis(g, axis, start, stop)


def stack_type(inputs: list[Value], attrs: Attrs) -> Type:
    shape, dtype = inputs[0].type.shape, promote(v.type for v in inputs)
    if any(v.type.shape is None for v in inputs) or shape is None:
        return Type("any", dtype, None)
    axis = attrs.get("axis", 0) % (len(shape) + 1)
    return Type("array", dtype, (*shape[:axis], len(inputs), *shape[axis:]))


def stack_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Take the cotangent at the part's place on the new axis."""
    shape = op.inputs[i].type.shape
    if shape is None:
        return alg.refuse(op, "np.stack of parts of unknown rank", "give example arguments")
    axis = op.attrs.get("axis", 0) % (len(shape) + 1)
    return alg.load(g, [Const(i)], "".join(":" for _ in range(axis)) + "i")


def repeat_type(inputs: list[Value], attrs: Attrs) -> Type:
    shape, axis = inputs[0].type.shape, attrs.get("axis")
    if shape is None or axis is None:
        return Type("array", inputs[0].type.dtype, (fresh_dim(),))
    at = axis % len(shape)
    return _with_shape(inputs[0], tuple(fresh_dim() if k == at else d for k, d in enumerate(shape)))


def repeat_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Sum each run: the repeats become an axis of their own (the count is one integer)."""
    a, count, axis = op.inputs[0], op.inputs[1], op.attrs.get("axis")
    if a.type.shape is None or not count.type.is_scalar:
        return alg.refuse(op, "np.repeat with an array of counts", "repeat with one integer")
    if axis is None:
        runs = alg.emit("reshape", g, Const(-1), count)
        return alg.reshape_like(alg.emit("sum", runs, axis=-1), a)
    at = axis % len(a.type.shape)
    dims = [alg.emit("dim", a, axis=k) for k in range(len(a.type.shape))]
    runs = alg.emit("reshape", g, *dims[: at + 1], count, *dims[at + 1 :])
    return alg.emit("sum", runs, axis=at + 1)


def tile_type(inputs: list[Value], attrs: Attrs) -> Type:
    rank = inputs[0].type.rank
    if rank is None:
        return Type("any", inputs[0].type.dtype, None)
    return _with_shape(inputs[0], tuple(fresh_dim() for _ in range(max(rank, len(inputs) - 1))))


def tile_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Sum over the copies: each tiled axis becomes (copies, length)."""
    a, reps = op.inputs[0], list(op.inputs[1:])
    rank = a.type.rank
    if rank is None:
        return alg.refuse(op, "np.tile of an array of unknown rank", "give example arguments")
    dims: list[Value] = [alg.emit("dim", a, axis=k) for k in range(rank)]
    dims = [Const(1)] * (len(reps) - rank) + dims
    reps = [Const(1)] * (len(dims) - len(reps)) + reps
    pairs = [v for pair in zip(reps, dims, strict=True) for v in pair]
    blocks = alg.emit("reshape", g, *pairs)
    total = alg.emit("sum", blocks, axis=tuple(range(0, len(pairs), 2)))
    return alg.reshape_like(total, a) if len(dims) != rank else total


def cast_type(inputs: list[Value], attrs: Attrs) -> Type:
    t = inputs[0].type
    return Type(t.kind, attrs["dtype"], t.shape) if t.is_array else of_shape(attrs["dtype"], ())


def cast_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    if not attrs_float(op.attrs):
        return alg.zero_like(op.inputs[0])
    dtype = op.inputs[0].type.dtype
    return g if dtype in ("", op.attrs["dtype"]) else alg.cast(g, dtype)


def attrs_float(attrs: Attrs) -> bool:
    return str(attrs["dtype"]).startswith("float")


def item_type(inputs: list[Value], attrs: Attrs) -> Type:
    return of_shape(inputs[0].type.dtype, ())


def identity_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    return g


def triangle_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    return alg.emit(op.prim, g, **op.attrs)


def diff_type(inputs: list[Value], attrs: Attrs) -> Type:
    t, axis = inputs[0].type, attrs.get("axis", -1)
    if t.shape is None:
        return Type("any", t.dtype, None)
    at, d = axis % len(t.shape), t.shape[axis]
    return _with_shape(inputs[0], tuple(d + -1 if k == at else x for k, x in enumerate(t.shape)))


def diff_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``d_a[1:] += g; d_a[:-1] -= g``."""
    a, axis = op.inputs[0], op.attrs.get("axis", -1)
    if a.type.rank is None:
        return alg.refuse(op, "np.diff of an array of unknown rank", "give example arguments")
    at = axis % a.type.rank
    d_a = alg.zeros(a)
    d_a = alg.add_slice(d_a, g, at, Const(1), None, "+")
    return alg.add_slice(d_a, g, at, None, Const(-1), "-")


def diag_type(inputs: list[Value], attrs: Attrs) -> Type:
    t = inputs[0].type
    if t.shape is None:
        return Type("any", t.dtype, None)
    return _with_shape(inputs[0], (t.shape[0],) * 2 if len(t.shape) == 1 else (fresh_dim(),))


def diag_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    a = op.inputs[0]
    if a.type.rank is None:
        return alg.refuse(op, "np.diag of an array of unknown rank", "give example arguments")
    if a.type.rank == 1:
        return alg.emit("diag", g)
    along = alg.emit("arange", alg.emit("dim", g, axis=0))
    return alg.store_add(alg.zeros(a), g, [along, along], "aa")


rule("reshape", reshape_type, callables=["np.reshape"], form="shaped", alias="maybe", cost=0,
     vjp=reshape_vjp)  # fmt: skip
rule("reshape_as", reshape_as_type, form="special", alias="maybe", cost=0, vjp=reshape_vjp)
for _name, _alias in (("ravel", "maybe"), ("flatten", "")):
    rule(_name, ravel_type, callables=["np.ravel"] if _alias else [], methods=[_name], params="a",
         form="call" if _alias else "special", alias=_alias, cost=0, vjp=reshape_vjp)  # fmt: skip
rule("T", transpose_type, form="special", alias="view", cost=0, vjp=transpose_vjp)
rule("transpose", transpose_type, callables=["np.transpose"], params="a, axes=None", alias="view",
     cost=0, vjp=transpose_vjp)  # fmt: skip
rule("swapaxes", swapaxes_type, callables=["np.swapaxes"], methods=["swapaxes"], alias="view",
     params="a, axis1=, axis2=", cost=0, vjp=swapaxes_vjp)  # fmt: skip
rule("moveaxis", moveaxis_type, callables=["np.moveaxis"], alias="view", cost=0,
     params="a, source=, destination=", vjp=moveaxis_vjp)  # fmt: skip
rule("expand_dims", expand_dims_type, callables=["np.expand_dims"], params="a, axis=",
     alias="view", cost=0, vjp=reshape_vjp)  # fmt: skip
rule("squeeze", squeeze_type, callables=["np.squeeze"], methods=["squeeze"], alias="view", cost=0,
     params="a, axis=None", vjp=reshape_vjp)  # fmt: skip
rule("broadcast_to", broadcast_to_type, callables=["np.broadcast_to"], form="shaped", cost=0,
     alias="view", vjp=broadcast_to_vjp)  # fmt: skip
rule("flip", flip_type, callables=["np.flip"], params="a, axis=None", alias="view", cost=0,
     vjp=flip_vjp)  # fmt: skip
rule("roll", flip_type, callables=["np.roll"], params="a, shift, axis=None", vjp=roll_vjp)
rule("concatenate", joined_type, callables=["np.concatenate"], form="sequence",
     params="parts, axis=0", vjp=concatenate_vjp)  # fmt: skip
rule("stack", stack_type, callables=["np.stack"], form="sequence", params="parts, axis=0",
     vjp=stack_vjp)  # fmt: skip
rule("repeat", repeat_type, callables=["np.repeat"], methods=["repeat"],
     params="a, repeats, axis=None", vjp=repeat_vjp)  # fmt: skip
rule("tile", tile_type, callables=["np.tile"], form="shaped", vjp=tile_vjp)
rule("astype", cast_type, form="special", vjp=cast_vjp, cost=1)
rule("copy", same_type, callables=["np.copy"], methods=["copy"], params="a", form="special",
     vjp=identity_vjp, cost=1)  # fmt: skip
rule("asarray", same_type, callables=["np.asarray"], params="a", alias="view", vjp=identity_vjp,
     cost=0)  # fmt: skip
rule("item", item_type, form="special", methods=["item"], params="a", vjp=reshape_vjp, cost=0)
for _name in ("tril", "triu"):
    rule(_name, same_type, callables=[f"np.{_name}"], params="a, k=0", vjp=triangle_vjp)
rule("diff", diff_type, callables=["np.diff"], params="a, axis=-1", vjp=diff_vjp)
rule("diag", diag_type, callables=["np.diag"], params="a", vjp=diag_vjp)
