"""Calls that rearrange arrays, whose arguments need a reading of their own."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.attributes import dimension
from gradgen.frontend.bindings import call_rule, emit
from gradgen.frontend.callables import from_library
from gradgen.frontend.constructor_calls import numbers_of
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import no_more, special
from gradgen.frontend.values import Ref, Seq, SliceValue, Static, is_static, static_value
from gradgen.ir.nodes import Const, Value
from gradgen.library import padding, shapes
from gradgen.rules.contractions import cross_axes
from gradgen.rules.registry import RULES

AXES = ("axisa", "axisb", "axisc", "axis")
PAD_OPTIONS = {"constant_values", "end_values", "reflect_type", "stat_length"}


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


@special(np.pad)
def _pad(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Pad by constants, or by what ``mode`` takes from the array; the adjoint adds that up."""
    given = dict(zip(("array", "pad_width", "mode"), args, strict=False)) | kwargs
    mode = given.pop("mode", Static("constant"))
    if not isinstance(mode, Static) or not isinstance(mode.obj, str):
        r.refuse(node, "np.pad with a function or a computed mode", "name one of NumPy's modes")
    array = given.pop("array")
    v = as_value(r, array, node)
    if v.type.rank is None:
        r.refuse(node, "np.pad of an array of unknown rank", "give example arguments")
    widths = _pairs(r, node, given.pop("pad_width"), v.type.rank)
    if set(given) - PAD_OPTIONS:
        r.refuse(node, f"the argument {min(set(given) - PAD_OPTIONS)!r} of np.pad", "leave it out")
    if mode.obj in padding.BY_STATISTIC or mode.obj == "linear_ramp":
        return _by_statistic(r, node, array, widths, mode.obj, given)
    if mode.obj not in ("constant", "edge", "reflect", "symmetric", "wrap"):
        r.refuse(node, f"np.pad with mode {mode.obj!r}", "use np.concatenate")
    attrs: dict[str, Any] = {} if mode.obj == "constant" else {"mode": mode.obj}
    fill = given.pop("constant_values", None)
    if "reflect_type" in given:
        attrs["reflect_type"] = static_value(given.pop("reflect_type"))
        if attrs["reflect_type"] != "even":
            r.refuse(node, "np.pad with reflect_type='odd'", "use np.concatenate")
    no_more(r, node, given)
    values = [w for pair in widths for w in pair]
    if fill is not None and mode.obj == "constant":
        if isinstance(fill, Seq) or as_value(r, fill, node).type.rank:
            return from_library(
                r, node, padding.with_constants, [array, Seq([Seq(p) for p in widths]), fill], {}
            )
        number = as_value(r, fill, node)
        values.append(Const(float(number.const)) if isinstance(number, Const) else number)
        attrs["filled"] = True
    return r.hold(r.b.emit("pad", [v, *values], span=r.span(node), **attrs), True)


def _pairs(r: Reader, node: ast.AST, widths: Any, rank: int) -> list[list[Value]]:
    """Return how much is put before and behind along each axis."""
    if isinstance(widths, Ref):
        r.refuse(node, "np.pad by widths in an array", "give a tuple of them")
    if not isinstance(widths, Seq):
        one = as_value(r, widths, node)
        return [[one, one] for _ in range(rank)]
    items = widths.items
    if any(isinstance(i, Seq) for i in items):
        pairs = [_pair(r, node, i) for i in items]
        return pairs * rank if len(pairs) == 1 else pairs
    if len(items) == 1:
        return _pairs(r, node, items[0], rank)
    return [[as_value(r, i, node) for i in items] for _ in range(rank)]


def _pair(r: Reader, node: ast.AST, pair: Any) -> list[Value]:
    items = [as_value(r, i, node) for i in _items(pair)]
    return items * 2 if len(items) == 1 else items


def _by_statistic(
    r: Reader,
    node: ast.AST,
    array: Any,
    widths: list[list[Value]],
    mode: str,
    given: dict[str, Any],
) -> Any:
    if not all(isinstance(w, Const) for pair in widths for w in pair):
        r.refuse(node, f"np.pad with mode {mode!r} by computed widths", "use constants")
    pairs = Seq([Seq(list(pair)) for pair in widths])
    if mode == "linear_ramp":
        ends = given.pop("end_values", Const(0))
        no_more(r, node, given)
        return from_library(r, node, padding.linear_ramp, [array, pairs, ends], {})
    length = given.pop("stat_length", Static(None))
    no_more(r, node, given)
    return from_library(r, node, padding.by_statistic, [array, pairs, Static(mode), length], {})


def joined(r: Reader, node: ast.AST, parts: Any, columns: bool) -> Any:
    """Read ``np.r_[...]`` or ``np.c_[...]``: arrays, numbers and ranges, one behind the other."""
    items = parts.items if isinstance(parts, Seq) else [parts]
    made = [numbers_of(r, node, i) if isinstance(i, SliceValue) else i for i in items]
    if any(isinstance(i, Static) for i in made):
        r.refuse(node, "np.r_ with directions in text", "use np.concatenate")
    fn = shapes.joined_columns if columns else shapes.joined_rows
    return from_library(r, node, fn, [Seq(made, list)], {})


@special(np.block)
def _block(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Join nested lists of arrays, the innermost along the last axis."""
    (arrays,) = args or kwargs.values()
    depth = _depth(arrays)
    ranks = [as_value(r, leaf, node).type.rank for leaf in _flat(arrays)]
    if None in ranks:
        r.refuse(node, "np.block of arrays of unknown rank", "give example arguments")
    rank = max([depth, *(k for k in ranks if k is not None)])
    return r.hold(_joined(r, node, arrays, depth, rank), True)


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
    """Multiply vectors of length 3; others, which NumPy gives up, are refused."""
    if r.b.reverse or r.b.tangent:
        return call_rule(r, node, RULES["cross"], args, kwargs)  # an adjoint: all is checked
    axes = {k: static_value(v) for k, v in kwargs.items() if k.startswith("axis") and is_static(v)}
    axes |= {n: static_value(v) for n, v in zip(AXES, args[2:], strict=False) if is_static(v)}
    given = [*args[:2], *(kwargs[n] for n in ("a", "b") if n in kwargs)]
    for array, axis in zip(given, cross_axes(axes), strict=False):
        v = as_value(r, array, node)
        if v.type.shape:
            _require_three(r, node, dimension(r, v, axis % len(v.type.shape)))
    return call_rule(r, node, RULES["cross"], args, kwargs)


def _require_three(r: Reader, node: ast.AST, length: Value) -> None:
    if isinstance(length, Const):
        if length.const != 3:
            r.refuse(node, "np.cross of vectors that are not of length 3", "write it out")
        return
    other = r.b.emit("ne", [length, Const(3)])
    text = "raise ValueError('np.cross has a derivative for vectors of length 3')"
    r.b.append("raise_if", [other], [], span=r.span(node), attrs={"text": text})
