"""Joins, repeats, differences and diagonals: each adjoint takes the cotangent apart again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Length, Type, fresh_dim, has_joined_length, promote
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs, as_arrays, same_type

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op
from gradgen.rules.places import whole_of
from gradgen.rules.shapes_of import with_shape


def joined_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Type of ``np.concatenate``: lengths add up along the axis."""
    shapes, axis = [v.type.shape for v in inputs], attrs.get("axis", 0)
    dtype = attrs.get("dtype") or promote(v.type for v in inputs)
    if any(s is None or not s for s in shapes) or axis is None:
        return Type("array", dtype, (fresh_dim(),)) if axis is None else Type("any", dtype, None)
    known = [s for s in shapes if s]
    if not all(-len(s) <= axis < len(s) for s in known):
        return Type("any", dtype, None)  # NumPy raises
    total = _sum_lengths([s[axis] for s in known])
    at = axis % len(known[0])
    return Type("array", dtype, tuple(total if k == at else d for k, d in enumerate(known[0])))


def _sum_lengths(lengths: list[Length]) -> Length:
    if len(lengths) == 2 and (whole := whole_of(*lengths)) is not None:
        return whole
    known = sum(d for d in lengths if isinstance(d, int))
    symbols = [d for d in lengths if not isinstance(d, int)]
    if not symbols:
        return known
    return symbols[0] + known if len(symbols) == 1 else fresh_dim()


def concatenate_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Slice the cotangent at the joints."""
    axis = op.attrs.get("axis", 0)
    if axis is None:
        return _flat_part(alg, op, g, i)
    part = op.inputs[i]
    if part.type.rank is None:
        return alg.refuse(op, "np.concatenate of parts of unknown rank", "give example arguments")
    if not -part.type.rank <= axis < part.type.rank:
        return alg.zeros(part)  # NumPy has raised
    axis %= part.type.rank
    lengths = [_length(alg, v, axis) for v in op.inputs]
    last = i == len(lengths) - 1
    stop = None if last else _joint(alg, lengths, i + 1)
    return alg.slice_axis(g, axis, _joint(alg, lengths, i), stop)


def _joint(alg: Algebra, lengths: list[int | Value], at: int) -> Value:
    """Return where a part begins: counted from the end, where lengths are only known from there."""
    before, after = lengths[:at], [n for n in lengths[at:] if isinstance(n, int)]
    if (
        any(not isinstance(n, int) for n in before)
        and len(after) == len(lengths) - at
        and any(after)
    ):
        return Const(-sum(after))
    start: Value = Const(0)
    for n in before:
        start = alg.add(start, Const(n) if isinstance(n, int) else n)
    return start


def _length(alg: Algebra, part: Value, axis: int) -> int | Value:
    length = part.type.shape[axis] if part.type.shape else None
    return length if isinstance(length, int) else alg.emit("dim", part, axis=axis)


def _flat_part(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Take the entries of a part out of those of all, one behind the other."""
    sizes = [Const(1) if v.type.rank == 0 else alg.emit("size", v) for v in op.inputs]
    start: Value = Const(0)
    for size in sizes[:i]:
        start = alg.add(start, size)
    stop = None if i == len(sizes) - 1 else alg.add(start, sizes[i])
    part = alg.slice_axis(g, 0, start, stop)
    return part if op.inputs[i].type.rank == 1 else alg.reshape_like(part, op.inputs[i])


def stack_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of a part with a new axis as long as the list."""
    shape = inputs[0].type.shape
    dtype = attrs.get("dtype") or as_arrays(v.type for v in inputs)
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
    """Return the shape with one axis (or the flat one) of a new length."""
    shape, axis = inputs[0].type.shape, attrs.get("axis")
    if shape is None or axis is None:
        return Type("array", inputs[0].type.dtype, (fresh_dim(),))
    at = axis % len(shape)
    return with_shape(inputs[0], tuple(fresh_dim() if k == at else d for k, d in enumerate(shape)))


def repeat_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Sum each run: the repeats become an axis of their own (the count is one integer)."""
    a, count, axis = op.inputs[0], op.inputs[1], op.attrs.get("axis")
    if a.type.shape is None:
        return alg.refuse(op, "np.repeat of an array of unknown rank", "give example arguments")
    if not count.type.is_scalar:
        return _repeated_by_counts(alg, a, count, g, axis)
    if axis is None:
        # NumPy finds no length for -1 where the array is empty.
        many = isinstance(count, Const) and count.const != 0
        runs = alg.emit("reshape", g, Const(-1) if many else alg.emit("size", a), count)
        return alg.reshape_like(alg.emit("sum", runs, axis=-1), a)
    at = axis % len(a.type.shape)
    dims = [alg.emit("dim", a, axis=k) for k in range(len(a.type.shape))]
    runs = alg.emit("reshape", g, *dims[: at + 1], count, *dims[at + 1 :])
    return alg.emit("sum", runs, axis=at + 1)


def _repeated_by_counts(alg: Algebra, a: Value, counts: Value, g: Value, axis: Any) -> Value:
    """Add each copy where it came from."""
    at = 0 if axis is None else axis % (a.type.rank or 1)
    flat = axis is None and a.type.rank != 1
    total = alg.emit("zeros", alg.emit("size", a)) if flat else alg.zeros(a)
    length = alg.emit("size", a) if flat else alg.emit("dim", a, axis=at)
    places = alg.emit("repeat", alg.emit("arange", length), counts)
    share = alg.store_add(total, g, [places], ":" * at + "a")
    return alg.reshape_like(share, a) if flat else share


def tile_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return an array of the larger rank, its lengths unknown."""
    rank = inputs[0].type.rank
    if rank is None:
        return Type("any", inputs[0].type.dtype, None)
    return with_shape(inputs[0], tuple(fresh_dim() for _ in range(max(rank, len(inputs) - 1))))


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


def triangle_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the same shape, and that of a square matrix of rows for a vector."""
    shape = inputs[0].type.shape
    return (
        with_shape(inputs[0], shape * 2) if shape and len(shape) == 1 else same_type(inputs, attrs)
    )


def triangle_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Take the same triangle of ``g``, zero elsewhere; a vector was in each of its rows."""
    a = op.inputs[0]
    kept = alg.emit(op.prim, g, **op.attrs)
    if a.type.rank is None:
        return alg.emit("unbroadcast", kept, a)
    return alg.emit("sum", kept, axis=0) if a.type.rank == 1 else kept


def diff_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape with one axis shorter by one."""
    t, axis = inputs[0].type, attrs.get("axis", -1)
    if t.shape is None:
        return Type("any", t.dtype, None)
    if not t.shape:
        raise ValueError("diff requires input that is at least one dimensional")
    at, d = axis % len(t.shape), t.shape[axis]
    return with_shape(inputs[0], tuple(d + -1 if k == at else x for k, x in enumerate(t.shape)))


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
    """Return the square matrix that has a vector on a diagonal."""
    k, shape = attrs.get("k", 0), inputs[0].type.shape
    side = fresh_dim() if k or not shape else shape[0]
    return with_shape(inputs[0], (side, side))


def _diag_to_v(g, k=0):
    """Take the diagonal of ``g``."""
    return np.diag(g, k)


def diagonal_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the axes that are left, then the diagonal."""
    shape = inputs[0].type.shape
    if shape is None:
        return with_shape(inputs[0], None)
    gone = [k % len(shape) for k in (attrs.get("axis1", 0), attrs.get("axis2", 1))]
    rest = [d for k, d in enumerate(shape) if k not in gone]
    side = shape[gone[0]] if _is_main(inputs[0], attrs) else fresh_dim()
    return with_shape(inputs[0], (*rest, side))


def _is_main(a: Value, attrs: Attrs) -> bool:
    """Whether a diagonal is the main one of matrices that are surely square."""
    shape = a.type.shape or ()
    rows, columns = (shape[attrs.get(f"axis{k + 1}", k)] for k in (0, 1))
    is_main = attrs.get("offset", attrs.get("k", 0)) == 0
    return is_main and rows == columns and not has_joined_length(a.type)


def diagonal_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Put ``g`` on a diagonal of zeros."""
    a = op.inputs[0]
    if a.type.rank == 2 and _is_main(a, op.attrs):
        return alg.emit("diag", g)
    how = _diag_view_to_v if op.prim == "diag_view" else _diagonal_to_a
    return alg.written(how, op, a.type, g=g)


def _diagonal_to_a(g, a, offset=0, axis1=0, axis2=1):
    """Put ``g`` on a diagonal of zeros."""
    along = np.arange(np.shape(g)[-1])
    rows, columns = along + max(-offset, 0), along + max(offset, 0)
    if np.ndim(a) == 2 and axis1 == 0 and axis2 == 1:
        d_a = np.zeros_like(a)
        d_a[rows, columns] = g
        return d_a
    d_a = np.zeros_like(np.moveaxis(a, (axis1, axis2), (-2, -1)))
    d_a[..., rows, columns] = g
    return np.moveaxis(d_a, (-2, -1), (axis1, axis2))


def _diag_view_to_v(g, v, k=0):
    """Put ``g`` on a diagonal of zeros."""
    return _diagonal_to_a(g, v, k)


# A table: an entry is read along its lines.
# fmt: off
rule("concatenate", joined_type, callables=["np.concatenate"], form="sequence",
     params="arrays, /, axis=0, out=None, *, dtype=None, casting=same_kind",
     vjp=concatenate_vjp, tangent="linear",
     samples=("np.concatenate((x23, x3), axis=None)", "np.concatenate([x3, xf3], dtype=float)",
              "np.concatenate([x23, y23], -1)", "np.concatenate([x3, j3])",
              "np.concatenate((x0, x3))"))
rule("stack", stack_type, callables=["np.stack"], form="sequence",
     params="arrays, axis=0, out=None, *, dtype=None, casting=same_kind",
     vjp=stack_vjp, tangent="linear",
     samples=("np.stack([x3, y3], axis=-1)", "np.stack((x23, y23), 1, dtype=float)"))
rule("repeat", repeat_type, callables=["np.repeat"], methods=["repeat"],
     params="a, repeats, axis=None", vjp=repeat_vjp, tangent="linear", places_from=1,
     samples=("np.repeat(x3, [1, 2, 0])", "np.repeat(x3, j3)", "np.repeat(x23, [2, 1], axis=0)",
              "np.repeat(x23, 2)", "np.repeat(x23, [1, 0, 2, 1, 1, 3])", "x23.repeat(2, axis=-1)",
              "np.repeat(x, 3)", "np.repeat(x3, 0)"))
rule("tile", tile_type, callables=["np.tile"], form="shaped", vjp=tile_vjp, places_from=1)
for _name in ("tril", "triu"):
    rule(_name, triangle_type, callables=[f"np.{_name}"], params="m, k=0", vjp=triangle_vjp,
         samples=(f"np.{_name}(x3)", f"np.{_name}(x234, 1)"))
rule("diff", diff_type, callables=["np.diff"], params="a, *, axis=-1", fuller="np.diff",
     vjp=diff_vjp)
rule("diag", diag_type, callables=["np.diag"], params="v, k=0", adjoint=(_diag_to_v,),
     tangent="linear", samples=("np.diag(x3)", "np.diag(x3, 1)", "np.diag(v=x3, k=-2)"))
rule("diag_view", diagonal_type, spelling="np.diag", params="v, k=0", alias="view",
     vjp=diagonal_vjp, tangent="linear", of_complex="linear",
     samples=("np.diag(x44)", "np.diag(x23, 1)", "np.diag(v=x44, k=-1)"))
rule("diagonal", diagonal_type, callables=["np.diagonal"], methods=["diagonal"], alias="view",
     params="a, offset=0, axis1=0, axis2=1", vjp=diagonal_vjp, tangent="linear",
     samples=("np.diagonal(x44)", "np.diagonal(x23, 1)", "x44.diagonal(-1)",
              "np.diagonal(x234, axis1=1, axis2=2)", "np.diagonal(x234, 0, 2, 0)"))
