"""Type rules that many operations share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from gradgen.errors import UnsupportedError
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import (
    Dim,
    Length,
    Shape,
    Type,
    array,
    broadcast,
    fresh_dim,
    numeric,
    promote,
    scalar,
)

Attrs = dict[str, Any]
# Of numbers these make arrays without axes, which are numbers in the graph.
WITHOUT_AXES = ("where", "tensordot", "roll")


def refuse_unless(holds: bool, what: str, way_out: str) -> None:
    """Refuse a call of an operation, from its type rule; the place is added by the builder."""
    if not holds:
        raise UnsupportedError(f"{what} is not supported", None, way_out)


def is_float(dtype: str) -> bool:
    """Whether a dtype name is a known floating one, real or complex."""
    return dtype.startswith(("float", "complex"))


def real_of(dtype: str) -> str:
    """Return the dtype of the parts of a number."""
    return {"complex128": "float64", "complex64": "float32"}.get(dtype, dtype)


def inexact_of(dtype: str) -> str:
    """Return the dtype NumPy's inexact functions give for an argument of this dtype."""
    return dtype if dtype == "" or is_float(dtype) else "float64"


def as_arrays(types: Iterable[Type]) -> str:
    """Return the dtype of what makes arrays of Python numbers first, which are double then."""
    return promote(replace(t, weak=False) for t in types)


def elementwise(dtype: str = "same", weak: bool | None = None) -> Any:
    """Return the type rule of an elementwise operation.

    ``dtype`` is ``same`` (NumPy's promotion), ``inexact`` (at least a float), ``magnitude`` (that
    of a complex number is real) or a dtype name;
    ``weak`` fixes whether a scalar result is a Python scalar (None: if all operands are).
    """
    of_numbers: dict[tuple[tuple[str, bool, bool], ...], Type] = {}

    def type_rule(inputs: list[Value], attrs: Attrs) -> Type:
        types = [v.type for v in inputs if v.type.is_numeric]
        refuse_unless(bool(types), "an operation on None", "give it a number or an array")
        if not all(t.is_scalar for t in types):
            return of(types)
        kinds = tuple((t.dtype, t.weak, t.kinds) for t in types)
        if kinds not in of_numbers:
            found = of(types)
            several = weak is None and dtype != "inexact" and _of_several_kinds(types, found)
            of_numbers[kinds] = replace(found, kinds=True) if several else found
        return of_numbers[kinds]

    def of(types: list[Type]) -> Type:
        name = promote(types) if dtype in ("same", "inexact", "magnitude") else dtype
        if dtype == "inexact":
            name = inexact_of(name)
        if dtype == "magnitude":
            name = real_of(name)
        if dtype == "magnitude" and weak is None and name == "bool":
            name = "int64"  # abs(True) is 1
        result = numeric(name, broadcast(t.shape for t in types), types)
        if weak is not None and result.is_scalar:
            result = scalar(result.dtype, weak)
        return result

    return type_rule


def _of_several_kinds(types: list[Type], found: Type) -> bool:
    """Whether a number is an int or a float, or one of NumPy's or Python's, as an operand is."""
    sure = (not t.kinds and t.dtype == found.dtype and t.weak <= found.weak for t in types)
    return any(t.kinds for t in types) and found.is_scalar and not any(sure)


def doubled(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of a function of SciPy that a Python number makes double, in float32 too.

    These have loops for integers and doubles together, which NumPy then chooses.
    """
    found: Type = elementwise("inexact", weak=False)(inputs, attrs)
    if found.dtype == "float32" and any(v.type.weak for v in inputs):
        return Type(found.kind, "float64", found.shape)
    return found


def counted(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of a function of SciPy that an integer makes double, in float32 too.

    Its loops for integers take doubles beside them, and NumPy chooses those.
    """
    found: Type = elementwise("inexact", weak=False)(inputs, attrs)
    if found.dtype == "float32" and any(v.type.dtype == "int64" for v in inputs):
        return Type(found.kind, "float64", found.shape)
    return found


def normal_axes(axis: Any, rank: int) -> tuple[int, ...]:
    """Return the axes of a reduction as sorted non-negative integers."""
    if axis is None:
        return tuple(range(rank))
    axes = axis if isinstance(axis, tuple) else (axis,)
    return tuple(sorted(a % rank if rank else 0 for a in axes))


def reduced_shape(shape: Shape | None, axis: Any, keepdims: bool) -> Shape | None:
    """Return the shape after reducing some axes."""
    if shape is None:
        return () if axis is None and not keepdims else None
    axes = normal_axes(axis, len(shape))
    if keepdims:
        return tuple(1 if i in axes else d for i, d in enumerate(shape))
    return tuple(d for i, d in enumerate(shape) if i not in axes)


def reduction(dtype: str = "same") -> Any:
    """Return the type rule of a reduction with ``axis`` and ``keepdims``."""

    def type_rule(inputs: list[Value], attrs: Attrs) -> Type:
        t = inputs[0].type
        name = t.dtype
        if dtype == "inexact":
            name = inexact_of(name)
        elif dtype == "sum" and name and not is_float(name):
            name = "int64"
        elif dtype not in ("same", "sum"):
            name = dtype
        name = attrs.get("dtype") or name
        shape = reduced_shape(t.shape, attrs.get("axis"), bool(attrs.get("keepdims", False)))
        return of_shape(name, shape)

    return type_rule


def of_shape(dtype: str, shape: Shape | None) -> Type:
    """Return the type of a NumPy result: an array, a NumPy scalar, or an unknown."""
    if shape is None:
        return Type("any", dtype, None)
    if shape:
        return array(dtype, shape)
    return scalar(dtype) if dtype else Type("any", "", ())


def length_in(items: Value) -> Dim:
    """Return the symbol of a list's length: each version has its own."""
    return Dim(f"?list{items.id}")


def with_shape(v: Value, shape: tuple[Length, ...] | None) -> Type:
    """Return the type of an array like ``v`` with another shape, None if unknown."""
    if shape is None:
        return Type("any", v.type.dtype, None)
    return Type("array", v.type.dtype, shape)


def length_of(v: Value) -> Length:
    """Return the length that an integer value stands for, a fresh symbol if unknown."""
    if isinstance(v, Const) and type(v.const) is int:
        return v.const
    return fresh_dim() if v.type.value is None else v.type.value


def same_type(inputs: list[Value], attrs: Attrs) -> Type:
    """Return the type of the first input, as an array where it is one."""
    t = inputs[0].type
    return Type(t.kind, t.dtype, t.shape, t.weak, item=t.item)


def dtype_name(dtype: Any, default: str = "float64") -> str:
    """Return the name of a dtype given as NumPy takes it."""
    return default if dtype is None else np.dtype(dtype).name
