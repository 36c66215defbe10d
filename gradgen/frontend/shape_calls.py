"""Calls that rearrange arrays, whose arguments need a reading of their own."""

from __future__ import annotations

import ast
import re
from typing import Any

import numpy as np

from gradgen.frontend.attributes import dimension
from gradgen.frontend.bindings import call_rule, emit, option
from gradgen.frontend.callables import from_library
from gradgen.frontend.constructor_calls import numbers_of
from gradgen.frontend.conversions import copied
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.layouts import ordered
from gradgen.frontend.lists import as_array, is_list
from gradgen.frontend.narrowing import narrow
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.squeezing import is_pinned
from gradgen.frontend.values import Ref, Seq, SliceValue, Static, is_static, static_value
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Dim, Type, least_length, promote
from gradgen.library import joined as join_rows
from gradgen.library import plane, shapes
from gradgen.library.windows import windows
from gradgen.rules.contractions import cross_axes
from gradgen.rules.registry import RULES

OF_THREE = "Both input arrays must be (arrays of) 3-dimensional vectors"
OF_TWO = "a[0] * b[1] - a[1] * b[0]"
AXES = ("axisa", "axisb", "axisc", "axis")


@special(np.roll)
def _roll(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Roll along one axis after the other; the adjoint rolls back."""
    given = dict(zip(("a", "shift", "axis"), args, strict=False)) | kwargs
    if set(given) - {"a", "shift", "axis"} or not {"a", "shift"} <= set(given):
        r.refuse(node, "np.roll with these arguments", "call it as np.roll(a, shift, axis)")
    shift, axis = given["shift"], given.get("axis", Static(None))
    axes = _items(axis)
    shifts = _items(shift) * (len(axes) if not isinstance(shift, Seq) else 1)
    axes = axes * (len(shifts) if len(axes) == 1 else 1)
    out = given["a"]
    for by, along in zip(shifts, axes, strict=True):
        if not is_static(along):
            r.refuse(node, "np.roll along a computed axis", "pass a constant")
        known = static_value(along)
        out = emit(r, node, RULES["roll"], [out, by], {} if known is None else {"axis": known})
    return out


def _items(value: Any) -> list[Any]:
    return list(value.items) if isinstance(value, Seq) else [value]


def joined(r: Reader, node: ast.AST, parts: Any, columns: bool) -> Any:
    """Read ``np.r_[...]`` or ``np.c_[...]``: arrays, numbers and ranges, one behind the other."""
    items = parts.items if isinstance(parts, Seq) else [parts]
    made = [numbers_of(r, node, i) if isinstance(i, SliceValue) else i for i in items]
    if made and isinstance(made[0], Static):
        return _joined_along(r, node, made[0], made[1:], columns)
    fn = shapes.joined_columns if columns else shapes.joined_rows
    return from_library(r, node, fn, [Seq(_as_single(r, node, made), list)], {})


def _as_single(r: Reader, node: ast.AST, parts: list[Any]) -> list[Any]:
    """Return parts with Python numbers in single precision, where all others are in it."""
    if not all(isinstance(p, Value | Ref) for p in parts):
        return parts
    values = [r.read(p) for p in parts]
    if promote(v.type for v in values) != "float32":
        return parts
    weak = [v.type.is_scalar and v.type.weak for v in values]
    made = [r.b.emit("astype", [v], dtype="float32", span=r.span(node)) if w else p
            for p, v, w in zip(parts, values, weak, strict=True)]  # fmt: skip
    return made


def _joined_along(r: Reader, node: ast.AST, text: Static, parts: list[Any], columns: bool) -> Any:
    """Read ``np.r_['0,2', ...]``: the axis, the least rank, and where the axes there are begin."""
    try:
        numbers = [int(n) for n in str(text.obj).split(",")]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= 3:
        r.refuse(node, f"np.r_ with the text {text.obj!r}", "use np.concatenate")
    usual = (-1, 2, 0) if columns else (0, 1, -1)
    how = [Const(n) for n in (*numbers, *usual[len(numbers) :])]
    return from_library(r, node, join_rows.along, [Seq(parts, list), *how], {})


@special(np.block)
def _block(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Join nested lists of arrays, the innermost along the last axis."""
    (arrays,) = args or kwargs.values()
    arrays = _lists_apart(r, node, arrays)
    if not isinstance(arrays, Seq):
        return copied(r, node, arrays, "C")
    depth = _depth(arrays)
    ranks = [as_value(r, leaf, node).type.rank for leaf in _flat(arrays)]
    if None in ranks:
        r.refuse(node, "np.block of arrays of unknown rank", "give example arguments")
    rank = max([depth, *(k for k in ranks if k is not None)])
    return r.hold(_joined(r, node, arrays, depth, rank), all(map(ordered, _flat(arrays))))


def _lists_apart(r: Reader, node: ast.AST, arrays: Any) -> Any:
    """Return nested lists whose numbers are arrays where a list of numbers has grown."""
    arrays = r.settled(arrays)
    if isinstance(arrays, Seq):
        return Seq([_lists_apart(r, node, item) for item in arrays.items], list)
    if not is_list(r, arrays):
        return arrays
    v, depth = r.read(arrays), 0
    item: Type | None = v.type
    while item is not None and item.kind == "list":
        item, depth = item.item, depth + 1
    if item is None or not item.is_scalar:
        r.refuse(node, "np.block of a list that grows", "use np.concatenate")
    out: Any = r.hold(as_array(r, v, node))
    for _ in range(depth):
        out = Seq([out], list)
    return out


def _depth(arrays: Any) -> int:
    return 1 + _depth(arrays.items[0]) if isinstance(arrays, Seq) and arrays.items else 0


def _flat(arrays: Any) -> list[Any]:
    if not isinstance(arrays, Seq):
        return [arrays]
    return [leaf for i in arrays.items for leaf in _flat(i)]


def _joined(r: Reader, node: ast.AST, arrays: Any, depth: int, rank: int) -> Value:
    if not isinstance(arrays, Seq):
        v = as_value(r, arrays, node)
        for _ in range(rank - (v.type.rank or 0)):
            v = r.b.emit("expand_dims", [v], axis=0)
        return v
    parts = [_joined(r, node, i, depth - 1, rank) for i in arrays.items]
    attrs: dict[str, Any] = {"axis": rank - depth} if rank != depth else {}
    return r.b.emit("concatenate", parts, span=r.span(node), **attrs)


@special(np.cross)
def _cross(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Multiply vectors of length 3, or of length 2 where that is known; NumPy gives these up."""
    if r.b.reverse or r.b.tangent:
        return call_rule(r, node, RULES["cross"], args, kwargs)  # an adjoint: all is checked
    axes = {k: static_value(v) for k, v in kwargs.items() if k.startswith("axis") and is_static(v)}
    axes |= {n: static_value(v) for n, v in zip(AXES, args[2:], strict=False) if is_static(v)}
    given = [*args[:2], *(kwargs[n] for n in ("a", "b") if n in kwargs)]
    arrays = [as_value(r, array, node) for array in given]
    vectors = list(zip(arrays, cross_axes(axes), strict=False))
    known = [_length(r, node, v, axis) for v, axis in vectors]
    if known in ([2, 2], [2, 3], [3, 2]):
        return from_library(r, node, plane.cross, args, kwargs)
    for v, axis in vectors:
        _require_three(r, node, v, axis)
    return call_rule(r, node, RULES["cross"], args, kwargs)


def _length(r: Reader, node: ast.AST, v: Value, axis: int) -> int | None:
    """Return the length of vectors along an axis, None where it is not known."""
    if not v.type.shape:
        return None
    length = v.type.shape[axis % len(v.type.shape)]
    _require_known(r, node, length)
    return length if isinstance(length, int) else None


def _require_known(r: Reader, node: ast.AST, length: int | Dim) -> None:
    """Refuse vectors cut to two entries: where their length is known, the product is that of two.

    A refusal has the function read again for the lengths of the call.
    """
    cut = re.search(r"\[(\d*):(\d+):\]$", length.name) if isinstance(length, Dim) else None
    if cut is not None and int(cut[2]) - int(cut[1] or 0) == 2:
        r.refuse(node, "np.cross of vectors cut to a length that is not known", f"write {OF_TWO}")


def _learn_three(r: Reader, length: int | Dim) -> bool:
    """Make the module for arguments of vectors of three or more, if it is one of any length."""
    meetings = r.book.meetings
    return meetings is not None and meetings.require_least(length, 3)


def _require_three(r: Reader, node: ast.AST, v: Value, axis: int) -> None:
    if v.type.shape == ():
        return  # NumPy raises
    if v.type.shape is None:
        length, known = r.b.emit("dim", [v], axis=axis), None
    else:
        length = dimension(r, v, axis % len(v.type.shape))
        known = v.type.shape[axis % len(v.type.shape)]
    if isinstance(length, Const):
        if length.const not in (2, 3):
            r.fail(node, ValueError(OF_THREE))
        if length.const != 3:
            r.refuse(node, "np.cross of vectors that are not of length 3", f"write {OF_TWO}")
        return
    if known is not None and not _learn_three(r, known) and not is_pinned(r, known):
        r.refuse(node, "np.cross of vectors whose length is not known", f"write {OF_TWO}")
    other = r.b.emit("ne", [length, Const(3)])
    longer = known is not None and (least_length(known) or 0) >= 3
    what = OF_THREE if longer else f"{OF_THREE}; of 2 dimensions, write {OF_TWO}"
    text = f"raise ValueError({what!r})"
    test = r.b.append("raise_if", [other], [], span=r.span(node), attrs={"text": text})
    if known is not None:
        narrow(r, test, known, 3)


@special(windows, listed=False)
def _windows(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    x, length, axis = args
    known = option(r, node, "axis", axis, RULES["windows"])
    return emit(r, node, RULES["windows"], [x, length], {"axis": known})
