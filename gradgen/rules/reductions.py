"""Reductions and cumulative sums: ``axis`` may be None, an integer or a tuple."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradgen.ir.types import Type, array, broadcast, fresh_dim
from gradgen.rules.helpers import _cumprod_tangent_along
from gradgen.rules.registry import Vjp, rule
from gradgen.rules.shapes_of import Attrs, normal_axes, of_shape, real_of, reduction

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op, Value

# The parameters as NumPy has them, of sums and of extremes.
TOTAL = "a, axis=None, dtype=None, out=None, keepdims=False"
AXES = "a, axis=None, out=None, keepdims=False"


def _stretch(alg: Algebra, op: Op, v: Value) -> Value:
    """Give a value of the result's shape the input's rank, with length 1 on reduced axes."""
    return alg.unreduce(v, op.inputs[0], op.attrs.get("axis"), op.attrs.get("keepdims", False))


def sum_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` for every entry."""
    return _stretch(alg, op, g)


def mean_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g / n`` for every entry."""
    count = alg.count(op.inputs[0], op.attrs.get("axis"))
    return _stretch(alg, op, alg.div(g, count))


def extremum_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Split the cotangent evenly over the entries that attain the extremum."""
    a, axis = op.inputs[0], op.attrs.get("axis")
    if a.type.is_scalar:
        return g
    chosen = alg.emit("eq", a, _stretch(alg, op, op.out))
    ties = alg.emit("count_nonzero", chosen, axis=axis, keepdims=op.attrs.get("keepdims", False))
    return alg.mul(chosen, _stretch(alg, op, alg.div(g, ties)))


def extremum_jvp(alg: Algebra, op: Op, tangents: list[Value | None]) -> Value:
    """Return the mean of the tangents of the entries that attain the extremum."""
    a, (t, *_) = op.inputs[0], tangents
    assert t is not None
    if a.type.is_scalar:
        return t
    options = {k: v for k, v in op.attrs.items() if k in ("axis", "keepdims")}
    chosen = alg.emit("eq", a, _stretch(alg, op, op.out))
    ties = alg.emit("count_nonzero", chosen, **options)
    return alg.div(alg.emit("sum", alg.where(chosen, t, 0.0), **options), ties)


def prod_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Multiply the others, without division, so that zeros are exact."""
    a, axis = op.inputs[0], op.attrs.get("axis")
    if a.type.is_scalar:
        return g
    if isinstance(axis, tuple):
        return alg.mul(_stretch(alg, op, g), alg.helper("_product_of_others_axes", a, axis=axis))
    return alg.mul(_stretch(alg, op, g), alg.helper("_product_of_others", a, axis=axis))


def var_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``2 g (a - mean(a)) / (n - ddof)``."""
    return alg.mul(_stretch(alg, op, _over_dof(alg, op, alg.mul(2.0, g))), _from_mean(alg, op))


def std_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Divide by the deviation; by 1 where it is rounding alone: a constant has derivative 0."""
    a, axis = op.inputs[0], op.attrs.get("axis")
    mean = _mean_beside(alg, a, axis)
    least = 5e-7 if op.out.type.dtype == "float32" else 1e-15
    y = _stretch(alg, op, op.out)
    constant = alg.emit("le", y, alg.mul(least, alg.emit("np.abs", mean)))
    share = alg.div(_stretch(alg, op, _over_dof(alg, op, g)), alg.where(constant, 1.0, y))
    return alg.mul(share, alg.sub(a, mean))


def spread_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of a variance or deviation, which is real of complex numbers too."""
    t: Type = reduction("inexact")(inputs, attrs)
    return Type(t.kind, real_of(t.dtype), t.shape, t.weak)


def _over_dof(alg: Algebra, op: Op, g: Value) -> Value:
    count = alg.count(op.inputs[0], op.attrs.get("axis"))
    ddof = op.attrs.get("ddof", 0)
    freedom = alg.sub(count, ddof) if ddof else count
    # NumPy divides by no less than nothing.
    return alg.div(g, alg.emit("max2", freedom, 0) if ddof > 1 else freedom)


def _from_mean(alg: Algebra, op: Op) -> Value:
    a, axis = op.inputs[0], op.attrs.get("axis")
    return alg.sub(a, _mean_beside(alg, a, axis))


def _mean_beside(alg: Algebra, a: Value, axis: Any) -> Value:
    """Return the mean as it is taken from ``a``; with axes in front as a user would write it."""
    rank = a.type.rank
    axes = normal_axes(axis, rank) if axis is not None and rank is not None else ()
    in_front = bool(axes) and axes == tuple(range(len(axes)))
    return alg.emit("mean", a, axis=axis, keepdims=axis is not None and not in_front)


def cumulative_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the input shape (flat where ``axis`` is None); booleans count as integers."""
    t = inputs[0].type
    dtype = attrs.get("dtype") or ("int64" if t.dtype == "bool" else t.dtype)
    if t.shape is None:
        return Type("any", dtype, None)
    if attrs.get("axis") is None and len(t.shape) != 1:
        return array(dtype, (fresh_dim() if t.shape else 1,))
    return array(dtype, t.shape)


def cumsum_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Sum the cotangents from the end."""
    axis = op.attrs.get("axis")
    back = alg.emit("flip", g, axis=axis)
    total = alg.emit("flip", alg.emit("cumsum", back, axis=axis), axis=axis)
    flat = axis is None and op.inputs[0].type.rank != 1
    return alg.reshape_like(total, op.inputs[0]) if flat else total


def cumprod_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Run the adjoint recurrence of the running product: no division, exact with zeros."""
    a, axis = op.inputs[0], op.attrs.get("axis")
    if axis is None and a.type.rank != 1:
        flat = alg.helper("_cumprod_adjoint", alg.emit("ravel", a), g, axis=0)
        return alg.reshape_like(flat, a)
    return alg.helper("_cumprod_adjoint", a, g, axis=axis or 0)


def _cumprod_tangent(t_a, a, axis):
    """Tangent of running products."""
    if axis is None:
        return _cumprod_tangent_along(np.ravel(t_a), np.ravel(a), 0)
    return _cumprod_tangent_along(t_a, a, axis)


def _reduce(name: str, type_name: str, vjp: Vjp | None, params: str, **options: Any) -> None:
    rule(
        name,
        reduction(type_name),
        callables=[f"np.{name}", *([f"np.a{name}"] if name in ("max", "min") else [])],
        methods=[name],
        params=params,
        vjp=vjp,
        fuller=f"part.{name}",
        **options,
    )


def ordered_type(dtype: str = "") -> Any:
    """Return the type rule of what reorders an array along an axis, flat for None."""

    def type_rule(inputs: list[Value], attrs: Attrs) -> Type:
        t = inputs[0].type
        if attrs.get("axis", -1) is None and t.rank != 1:
            return array(dtype or t.dtype, (fresh_dim(),))
        return Type(t.kind, dtype or t.dtype, t.shape)

    return type_rule


def sort_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Send each cotangent back to the place its entry came from (stable order on ties)."""
    axis = op.attrs.get("axis", -1)
    return _sent_back(alg, op, g, alg.emit("argsort", op.inputs[0], axis=axis, kind="stable"))


def partition_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Send each cotangent back to the place its entry came from."""
    attrs = {k: op.attrs[k] for k in ("axis", "kind") if k in op.attrs}
    return _sent_back(alg, op, g, alg.emit("argpartition", *op.inputs, **attrs))


def _sent_back(alg: Algebra, op: Op, g: Value, order: Value) -> Value:
    axis = op.attrs.get("axis", -1)
    if axis is None:
        flat = alg.emit("take_along_axis", g, alg.emit("argsort", order), axis=-1)
        return alg.reshape_like(flat, op.inputs[0])
    return alg.emit("take_along_axis", g, alg.emit("argsort", order, axis=axis), axis=axis)


def _sort_tangent(t_a, a, axis):
    """Tangent of the entries in order (stable order on ties)."""
    return np.take_along_axis(t_a, np.argsort(a, axis=axis, kind="stable"), axis=axis)


def _partition_tangent(t_a, a, kth, axis):
    """Tangent of the entries in the order of a partition."""
    return np.take_along_axis(t_a, np.argpartition(a, kth, axis=axis), axis=axis)


def take_along_axis_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the shape of the indices, broadcast against the other axes of the array."""
    shape, places = inputs[0].type.shape, inputs[1].type.shape
    if attrs.get("axis", -1) is None:
        return of_shape(inputs[0].type.dtype, places)
    if shape is None or places is None or len(shape) != len(places):
        return Type("any", inputs[0].type.dtype, None)
    k = attrs.get("axis", -1) % len(shape)
    joint = broadcast([places, (*shape[:k], 1, *shape[k + 1 :])])
    return of_shape(inputs[0].type.dtype, joint)


def take_along_axis_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """Add at the places that were read."""
    a, places = op.inputs
    rank = a.type.rank
    if op.attrs.get("axis", -1) is None:
        flat = alg.store_add(alg.zeros(alg.emit("ravel", a)), g, [places], "a")
        return alg.reshape_like(flat, a)
    if places.op is not None and places.op.prim == "argsort":
        # A permutation: take by its inverse.
        axis = op.attrs.get("axis", -1)
        return alg.emit("take_along_axis", g, alg.emit("argsort", places, axis=axis), axis=axis)
    if rank is None:
        return alg.refuse(op, "np.take_along_axis of unknown rank", "give example arguments")
    mesh: list[Value] = []
    for j in range(rank):
        if j == op.attrs.get("axis", -1) % rank:
            mesh.append(places)
            continue
        count = alg.emit("arange", alg.dim(g, j))
        behind = ":" + "n" * (rank - j - 1)
        mesh.append(count if behind == ":" else alg.b.emit("load", [count], index=behind))
    return alg.store_add(alg.zeros(a), g, mesh, "a" * rank)


_reduce("sum", "sum", sum_vjp, TOTAL, narrow=True, cost=1)
_reduce("mean", "inexact", mean_vjp, TOTAL, narrow=True, cost=1)
for _name in ("max", "min"):
    _reduce(
        _name, "same", extremum_vjp, AXES, narrow=True, tangent="reduction", jvp=extremum_jvp,
        at_kinks="ties share evenly",
    )  # fmt: skip
_reduce("prod", "sum", prod_vjp, TOTAL, narrow=True, tangent="reduction")
_reduce("any", "bool", None, AXES, passive=True)
_reduce("all", "bool", None, AXES, passive=True)
# A table: an entry is read along its lines.
# fmt: off
rule("count_nonzero", reduction("int64"), callables=["np.count_nonzero"],
     params="a, axis=None, *, keepdims=False", passive=True)
for _name in ("argmax", "argmin", "nanargmax", "nanargmin"):
    rule(
        _name, reduction("int64"), callables=[f"np.{_name}"],
        methods=[] if "nan" in _name else [_name],
        params="a, axis=None, out=None, *, keepdims=False", passive=True,
        samples=(f"x3 * np.{_name}(x3)", f"x3 * np.{_name}(x23, axis=0)"),
    )
for _name, _vjp in (("var", var_vjp), ("std", std_vjp)):
    rule(
        _name, spread_type, callables=[f"np.{_name}"], methods=[_name], vjp=_vjp,
        params="a, axis=None, dtype=None, out=None, ddof=0, keepdims=False", narrow=True,
        fuller=f"part.{_name}", tangent="reduction", of_complex="linear",
        samples=(f"np.{_name}(x23 + 1j * y23, axis=1)", f"np.{_name}(x3 * (2.0 - 1j), ddof=1)"),
        at_kinks="0 for a constant input" if _name == "std" else "",
    )
for _name, _vjp, _tangent in (("cumsum", cumsum_vjp, "linear"),
                              ("cumprod", cumprod_vjp, _cumprod_tangent)):
    rule(
        _name, cumulative_type, callables=[f"np.{_name}"], methods=[_name], vjp=_vjp,
        tangent=_tangent,
        params="a, axis=None, dtype=None, out=None",
        samples=(f"np.{_name}(xf23, 1, np.float64)", f"np.{_name}(x23, axis=-2)", f"x234.{_name}()",
                 f"np.{_name}(x)", f"np.{_name}(xf23, axis=0)"),
    )
_ORDER = "axis=-1, kind=None, order=None, *, stable=None"
rule("argsort", ordered_type("int64"), callables=["np.argsort"], methods=["argsort"],
     params=f"a, {_ORDER}", passive=True,
     samples=("x5[np.argsort(x5)]", "x5[np.argsort(-x5, kind='stable')]",
              "np.argsort(x23, None) * 1.0 + np.ravel(x23)"))
rule("sort", ordered_type(), callables=["np.sort"], params=f"a, {_ORDER}", vjp=sort_vjp,
     tangent=_sort_tangent, at_kinks="ties keep their order",
     samples=("np.sort(x5)", "np.sort(x23, 0)", "np.sort(x234, axis=-2)", "np.sort(x23, axis=None)",
              "np.sort(x23, kind='mergesort')", "np.sort(x5, stable=True)",
              "np.sort(xf3)", "np.sort(x5)[::-1]"))
_PARTS = "a, kth, axis=-1, kind=introselect, order=None"
rule("argpartition", ordered_type("int64"), callables=["np.argpartition"],
     methods=["argpartition"], params=_PARTS, passive=True,
     samples=("x5[np.argpartition(x5, 2)]", "x5[x5.argpartition(2)]"))
rule("partition", ordered_type(), callables=["np.partition"], params=_PARTS, vjp=partition_vjp,
     tangent=_partition_tangent, at_kinks="ties as found",
     samples=("np.partition(x5, 2)", "np.partition(x23, 1, axis=0)", "np.partition(x6, [1, 3])",
              "np.partition(x23, 3, axis=None)", "np.partition(x234, -1, axis=1)"))
rule("take_along_axis", take_along_axis_type, callables=["np.take_along_axis"],
     params="arr, indices, axis=-1", vjp=take_along_axis_vjp,
     samples=("np.take_along_axis(x23, np.argsort(x23, axis=1), axis=1)",
              "np.take_along_axis(x23, np.array([[0, 1, 1]]), 0)",
              "np.take_along_axis(x23, np.argsort(x23, axis=None), axis=None)"))
