"""Methods of ufuncs that are operations: running extremes, sums of segments, tests and bits."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any

import numpy as np

from gradgen.ir.nodes import Value
from gradgen.ir.types import Type, fresh_dim
from gradgen.rules.helpers import _product_of_others
from gradgen.rules.registry import printed, rule
from gradgen.rules.shapes_of import Attrs, of_shape, reduced_shape


def running_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the input's type."""
    return inputs[0].type


def segments_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the input's shape with one entry for each place along the axis."""
    t, at = inputs[0].type, inputs[1].type
    if t.shape is None:
        return Type("any", t.dtype, None)
    axis = attrs.get("axis", 0) % len(t.shape)
    count = at.shape[0] if at.shape else fresh_dim()
    return of_shape(t.dtype, (*t.shape[:axis], count, *t.shape[axis + 1 :]))


def passive_type(dtype: str, method: int | None) -> Any:
    """Return the type rule of a reduction (0), of one of segments (1), or of all along an axis."""

    def type_rule(inputs: list[Value], attrs: Attrs) -> Type:
        t = inputs[0].type
        name = t.dtype if dtype == "same" else dtype
        if method == 1:
            t = segments_type(inputs, attrs)
        if method != 0:
            return Type(t.kind, name, t.shape)
        keep = bool(attrs.get("keepdims", False))
        return of_shape(name, reduced_shape(t.shape, attrs.get("axis", 0), keep))

    return type_rule


# --- running extremes -------------------------------------------------------------------------


@printed
def _running_extreme_to_array(g, y, axis):
    """Cotangent of a running extreme: to the entry that it is, the first of a tie."""
    rows, best = np.moveaxis(g, axis, 0), np.moveaxis(y, axis, 0)
    d_rows = np.zeros(rows.shape)
    carry = 0.0 if np.ndim(rows) == 1 else np.zeros(rows.shape[1:])
    for k in range(len(rows) - 1, 0, -1):
        carry = carry + rows[k]
        new = best[k] != best[k - 1]
        d_rows[k] = np.where(new, carry, 0.0)
        carry = np.where(new, 0.0, carry)
    d_rows[:1] = carry + rows[:1]
    return np.moveaxis(d_rows, 0, axis)


@printed
def _running_extreme_tangent(t_array, y, axis):
    """Tangent of a running extreme: that of the entry that it is."""
    rows, best = np.moveaxis(t_array, axis, 0), np.moveaxis(y, axis, 0)
    t_rows = np.zeros(rows.shape)
    t_rows[:1] = rows[:1]
    for k in range(1, len(rows)):
        t_rows[k] = np.where(best[k] != best[k - 1], rows[k], t_rows[k - 1])
    return np.moveaxis(t_rows, 0, axis)


# --- segments -----------------------------------------------------------------------------------


@printed
def _segment_ends(indices, n):
    """Return where the segments of ``reduceat`` end; where the next begins earlier, after one."""
    ends = np.full(len(indices), n)
    ends[:-1] = indices[1:]
    return np.maximum(ends, indices + 1)


@printed
def _add_reduceat_to_array(g, array, indices, axis):
    """Cotangent of ``np.add.reduceat``: each segment's for all its entries."""
    rows = np.moveaxis(g, axis, 0)
    d_rows = np.zeros(np.moveaxis(array, axis, 0).shape)
    ends = _segment_ends(indices, len(d_rows))
    for k in range(len(ends)):
        d_rows[indices[k] : ends[k]] += rows[k]
    return np.moveaxis(d_rows, 0, axis)


@printed
def _multiply_reduceat_to_array(g, array, indices, axis):
    """Cotangent of ``np.multiply.reduceat``: times the product of the segment's others."""
    rows, factors = np.moveaxis(g, axis, 0), np.moveaxis(array, axis, 0)
    d_rows = np.zeros(factors.shape)
    ends = _segment_ends(indices, len(d_rows))
    for k in range(len(ends)):
        others = _product_of_others(factors[indices[k] : ends[k]], 0)
        d_rows[indices[k] : ends[k]] += rows[k] * others
    return np.moveaxis(d_rows, 0, axis)


@printed
def _extreme_reduceat_to_array(g, y, array, indices, axis):
    """Cotangent of ``reduceat`` of an extreme: even shares for the entries that are it."""
    rows, best = np.moveaxis(g, axis, 0), np.moveaxis(y, axis, 0)
    entries = np.moveaxis(array, axis, 0)
    d_rows = np.zeros(entries.shape)
    ends = _segment_ends(indices, len(d_rows))
    for k in range(len(ends)):
        chosen = entries[indices[k] : ends[k]] == best[k]
        d_rows[indices[k] : ends[k]] += chosen * (rows[k] / np.sum(chosen, axis=0))
    return np.moveaxis(d_rows, 0, axis)


@printed
def _multiply_reduceat_tangent(t_array, y, array, indices, axis):
    """Tangent of ``np.multiply.reduceat``: the shares of each segment's factors."""
    rows, factors = np.moveaxis(t_array, axis, 0), np.moveaxis(array, axis, 0)
    t_rows = np.zeros(np.moveaxis(y, axis, 0).shape)
    ends = _segment_ends(indices, len(rows))
    for k in range(len(ends)):
        others = _product_of_others(factors[indices[k] : ends[k]], 0)
        t_rows[k] = np.sum(rows[indices[k] : ends[k]] * others, axis=0)
    return np.moveaxis(t_rows, 0, axis)


@printed
def _extreme_reduceat_tangent(t_array, y, array, indices, axis):
    """Tangent of ``reduceat`` of an extreme: the mean over the entries that are it."""
    rows, best = np.moveaxis(t_array, axis, 0), np.moveaxis(y, axis, 0)
    entries = np.moveaxis(array, axis, 0)
    t_rows = np.zeros(best.shape)
    ends = _segment_ends(indices, len(rows))
    for k in range(len(ends)):
        chosen = entries[indices[k] : ends[k]] == best[k]
        share = np.sum(np.where(chosen, rows[indices[k] : ends[k]], 0.0), axis=0)
        t_rows[k] = share / np.sum(chosen, axis=0)
    return np.moveaxis(t_rows, 0, axis)


# A table: an entry is read along its lines.
# fmt: off
def _method(ufunc: str, method: str, type_: Any, adjoint: Any, forms: Any, **more: Any) -> None:
    name = f"np.{ufunc}.{method}"
    rule(name, type_, callables=[name], adjoint=adjoint,
         samples=tuple(name + form for form in forms), **more)


_ACCUMULATE = "array, axis=0, dtype=None, out=None"
for _ufunc in ("maximum", "minimum", "fmax", "fmin"):
    _method(_ufunc, "accumulate", running_type, (_running_extreme_to_array,),
            ("(x4)", "(x23)", "(x23, 1)", "(x234, axis=-2)", "(x0)"), params=_ACCUMULATE,
            tangent=_running_extreme_tangent, at_kinks="the first of a tie")
_REDUCEAT = "array, indices, axis=0, dtype=None, out=None"
_SEGMENTS = ("(x6, [0, 2, 3])", "(x6, [4, 1, 3])", "(x23, np.array([0, 2]), axis=1)", "(x6, j3)")
_method("add", "reduceat", segments_type, (_add_reduceat_to_array, None), _SEGMENTS,
        params=_REDUCEAT, tangent="linear")
_method("multiply", "reduceat", segments_type, (_multiply_reduceat_to_array, None), _SEGMENTS,
        params=_REDUCEAT, tangent=_multiply_reduceat_tangent)
for _ufunc in ("maximum", "minimum", "fmax", "fmin"):
    _method(_ufunc, "reduceat", segments_type, (_extreme_reduceat_to_array, None), _SEGMENTS,
            params=_REDUCEAT, tangent=_extreme_reduceat_tangent, at_kinks="ties share evenly")
# Of truth values and integers, which have no derivative.
_SOME = "array, axis=0, dtype=None, out=None, keepdims=False, initial?, where?"
for _ufunc in ("bitwise_and", "bitwise_or", "bitwise_xor", "gcd", "lcm", "logical_and",
               "logical_or", "logical_xor"):
    _dtype = "bool" if _ufunc.startswith("logical") else "same"
    if _ufunc not in ("logical_and", "logical_or"):  # these are np.all and np.any
        _method(_ufunc, "reduce", passive_type(_dtype, 0), (), ("(j3) * x3", "(j3, axis=None) * x"),
                params=_SOME, passive=True)
    _method(_ufunc, "accumulate", passive_type(_dtype, None), (), ("(j3) * x3",),
            params=_ACCUMULATE, passive=True)
    _method(_ufunc, "reduceat", passive_type(_dtype, 1), (), ("(j3, [0, 2]) * x", "(j3, i3) * x3"),
            params=_REDUCEAT, passive=True)
