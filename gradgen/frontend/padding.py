"""Calls of ``np.pad``: widths in every form, and what each mode puts around an array."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import option
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.layouts import ordered
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.values import Map, Ref, Seq, Static, is_static, static_value
from gradgen.ir.nodes import Const, Value
from gradgen.library import padding
from gradgen.rules.registry import RULES

# The modes, and what each takes by name besides; what ``empty`` puts there is anything.
MODES = {
    "constant": "constant_values", "linear_ramp": "end_values", "edge": "", "wrap": "",
    "reflect": "reflect_type", "symmetric": "reflect_type", "mean": "stat_length",
    "median": "stat_length", "maximum": "stat_length", "minimum": "stat_length",
    "empty": "",
}  # fmt: skip
Widths = list[list[Value]]


@special(np.pad)
def _pad(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Pad by constants, or by what ``mode`` takes from the array; the adjoint adds that up."""
    given = dict(zip(("array", "pad_width", "mode"), args, strict=False)) | kwargs
    mode, array = given.pop("mode", Static("constant")), given.pop("array")
    if not isinstance(mode, Static) or not isinstance(mode.obj, str):
        r.refuse(node, "np.pad with a function or a computed mode", "name one of NumPy's modes")
    if mode.obj not in MODES:
        r.refuse(node, f"np.pad with mode {mode.obj!r}", "use np.concatenate")
    v = as_value(r, array, node)
    if v.type.rank is None:
        r.refuse(node, "np.pad of an array of unknown rank", "give example arguments")
    widths = _pairs(r, node, given.pop("pad_width"), v.type.rank)
    if len(widths) != v.type.rank:
        what = "operands could not be broadcast together with remapped shapes"
        given_shape, asked = f"({len(widths)}, 2)", f"({v.type.rank},2)"
        r.fail(
            node,
            ValueError(f"{what} [original->remapped]: {given_shape}  and requested shape {asked}"),
        )
    wrong = [name for name in given if name != MODES[mode.obj]]
    if wrong:
        r.refuse(node, f"{wrong[0]}= of np.pad with mode {mode.obj!r}", "leave it out")
    if v.type.rank == 0:
        return r.hold(r.b.emit("array0", [v]), True)
    how = given.get(MODES[mode.obj])
    if mode.obj == "constant":
        return _with_constants(r, node, array, widths, how)
    if mode.obj == "linear_ramp" or MODES[mode.obj] == "stat_length":
        return _spelled_out(r, node, array, widths, mode.obj, how)
    attrs = {"mode": mode.obj}
    if how is not None and option(r, node, "reflect_type", how, RULES["pad"]) == "odd":
        attrs["reflect_type"] = "odd"
    values = [w for pair in widths for w in pair]
    return r.hold(r.b.emit("pad", [v, *values], span=r.span(node), **attrs), ordered(array))


def _with_constants(r: Reader, node: ast.AST, array: Any, widths: Widths, fill: Any) -> Any:
    values = [w for pair in widths for w in pair]
    attrs: dict[str, Any] = {}
    if fill is not None:
        if isinstance(fill, Seq) or as_value(r, fill, node).type.rank:
            pairs = Seq([Seq(list(p)) for p in widths])
            return from_library(r, node, padding.with_constants, [array, pairs, fill], {})
        number = as_value(r, fill, node)
        values.append(Const(float(number.const)) if isinstance(number, Const) else number)
        attrs["filled"] = True
    v = as_value(r, array, node)
    return r.hold(r.b.emit("pad", [v, *values], span=r.span(node), **attrs), ordered(array))


def _pairs(r: Reader, node: ast.AST, widths: Any, rank: int) -> Widths:
    """Return how much is put before and behind along each axis."""
    if isinstance(widths, Map):
        return _of_axes(r, node, widths, rank)
    if isinstance(widths, Ref):
        return _in_array(r, node, r.read(widths), rank)
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


def _in_array(r: Reader, node: ast.AST, widths: Value, rank: int) -> Widths:
    """Return the widths in an array: a number, a pair, or a row for each axis."""
    shape = widths.type.shape
    if shape is None or len(shape) > 2:
        r.refuse(node, "np.pad by widths in an array of unknown rank", "give a tuple of them")
    ends = [0, 0] if not shape or shape[-1] == 1 else [0, 1]
    rows = [0] * rank if len(shape) < 2 or shape[0] == 1 else list(range(rank))
    if not shape:
        one = r.b.emit("item", [widths])
        return [[one, one] for _ in range(rank)]
    at = [[(row, end) if len(shape) == 2 else (end,) for end in ends] for row in rows]
    return [[_entry(r, widths, place) for place in pair] for pair in at]


def _entry(r: Reader, array: Value, place: tuple[int, ...]) -> Value:
    return r.b.emit("load", [array, *map(Const, place)], index="i" * len(place))


def _of_axes(r: Reader, node: ast.AST, widths: Map, rank: int) -> Widths:
    """Return the widths that a dict gives by axis; nothing is put along the others."""
    pairs: Widths = [[Const(0), Const(0)] for _ in range(rank)]
    for axis, width in widths.items.items():
        if not isinstance(axis, int) or not -rank <= axis < rank:
            r.refuse(node, f"np.pad along axis {axis!r}", "name an axis that the array has")
        pairs[axis] = _pair(r, node, width)
    return pairs


def _pair(r: Reader, node: ast.AST, pair: Any) -> list[Value]:
    items = [as_value(r, i, node) for i in (pair.items if isinstance(pair, Seq) else [pair])]
    return items * 2 if len(items) == 1 else items


def _spelled_out(r: Reader, node: ast.AST, array: Any, widths: Widths, mode: str, how: Any) -> Any:
    """Read what pads by ramps, or by statistics of each row."""
    v = as_value(r, array, node)
    if not all(isinstance(w, Const) for pair in widths for w in pair):
        r.refuse(node, f"np.pad with mode {mode!r} by computed widths", "use constants")
    if v.type.dtype and not v.type.inexact and mode not in ("maximum", "minimum"):
        r.refuse(node, f"np.pad of integers with mode {mode!r}", "convert them by astype(float)")
    pairs = Seq([Seq(list(pair)) for pair in widths])
    if mode == "linear_ramp":
        ends = Const(0) if how is None else how
        return from_library(r, node, padding.linear_ramp, [array, pairs, ends], {})
    length = Static(None) if how is None else how
    if not is_static(length) or _zero_in(static_value(length)):
        r.refuse(node, "stat_length= of np.pad that is computed or zero", "give numbers above 0")
    return from_library(r, node, padding.by_statistic, [array, pairs, Static(mode), length], {})


def _zero_in(lengths: Any) -> bool:
    items = lengths if isinstance(lengths, tuple | list) else [lengths]
    return any(_zero_in(n) if isinstance(n, tuple | list) else n == 0 for n in items)
