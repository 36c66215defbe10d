"""Calls of NumPy's functions whose arguments need a reading of their own."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend import asked
from gradgen.frontend.bindings import call_rule, dtype_of, emit, emit_sequence, rows_joined
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.layouts import ordered
from gradgen.frontend.lists import as_array, is_list
from gradgen.frontend.places import is_none, length
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import callee_name, no_more, special
from gradgen.frontend.ufunc_calls import plain_call
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import Ref, Seq, Static, is_static, static_value
from gradgen.ir.nodes import Const, Value
from gradgen.library.statistics import within
from gradgen.rules.registry import RULES


@special(np.clip)
def _clip(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``np.clip``, which takes a lower bound by place only together with an upper one."""
    placed = [*(["a_min"] * (len(args) > 1)), *(["a_max"] * (len(args) > 2))]
    old = {n: 0.0 for n in (*placed, *kwargs) if n in ("a_min", "a_max")}
    if len(old) == 1:
        try:
            np.clip(0.0, **old)  # type: ignore[call-overload]
        except TypeError as error:
            r.fail(node, error)
    return clip(r, node, args, kwargs)


def clip(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``np.clip``, with its bounds by either name."""
    args, kwargs = plain_call(r, node, np.maximum, args, kwargs)
    value = args[0] if args else kwargs.pop("a")
    low = args[1] if len(args) > 1 else kwargs.pop("a_min", kwargs.pop("min", Static(None)))
    high = args[2] if len(args) > 2 else kwargs.pop("a_max", kwargs.pop("max", Static(None)))
    no_more(r, node, kwargs)
    return r.hold(r.b.emit("clip", [as_value(r, v, node) for v in (value, low, high)]))


@special(within, listed=False)
def _within(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return emit(r, node, RULES["within"], args, kwargs)


@special(np.vstack, np.hstack, np.column_stack)
def _stacks(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Stacks as concatenations, of parts that have been given the right rank first."""
    name = callee_name(node)
    dtype = kwargs.pop("dtype", None)
    attrs: dict[str, Any] = {} if is_none(dtype) else {"dtype": dtype_of(r, node, dtype)}
    kwargs.pop("casting", None)
    no_more(r, node, kwargs)
    if is_list(r, args[0]):
        return _stacked_list(r, node, name, args[0], attrs)
    if isinstance(args[0], Ref):
        return rows_joined(r, node, name, args[0], attrs)
    given = sequence_items(r, args[0], node)
    parts = [as_array(r, as_value(r, p, node), node) for p in given]
    ranks = {p.type.rank for p in parts}
    if None in ranks:
        r.refuse(node, f"np.{name} of arrays of unknown rank", "give example arguments")
    sure = all(v.type.rank in (0, 1) or ordered(p) for v, p in zip(parts, given, strict=True))
    if name == "hstack":
        parts = [r.b.emit("expand_dims", [p], axis=0) if p.type.rank == 0 else p for p in parts]
        axis = 0 if parts[0].type.rank == 1 else 1
    else:
        new = 0 if name == "vstack" else 1
        parts = [_lifted(r, p, new) for p in parts]
        axis = new
    attrs |= {"axis": axis} if axis else {}
    out = emit_sequence(r, node, RULES["concatenate"], Seq(list(parts)), attrs)
    # The parts lie in the result as they come: columns next to each other, where they did so.
    out.storage.contiguous = sure
    return out


def _stacked_list(r: Reader, node: ast.AST, name: str, items: Any, attrs: dict[str, Any]) -> Any:
    """Stack the items of a list that grows; those of rank 1 become rows or columns."""
    if attrs:
        r.refuse(node, f"dtype= of np.{name} of a list that grows", "convert the result by astype")
    v = r.read(items)
    rank = None if v.type.item is None or v.type.item.kind == "list" else v.type.item.rank
    if rank is None:
        r.refuse(node, f"np.{name} of items of unknown rank", "use np.stack or np.concatenate")
    if rank == 0 and name != "hstack":
        r.refuse(node, f"np.{name} of numbers", "make an array of the list and reshape it")
    along = 0 if name == "vstack" or (name == "hstack" and rank <= 1) else 1
    joins = rank >= 2 or (name == "hstack" and rank == 1)
    attrs = {"axis": along} if rank else {}
    prim = "joined_list" if joins else "array_of_list"
    return r.hold(
        r.b.emit(prim, [v], span=r.span(node), **attrs), prim != "joined_list" or rank < 2
    )


def _lifted(r: Reader, p: Value, axis: int) -> Value:
    if p.type.rank == 0:
        p = r.b.emit("expand_dims", [p], axis=0)
    return r.b.emit("expand_dims", [p], axis=axis) if p.type.rank == 1 else p


@special(np.shape)
def _shape(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    # A cycle: attributes can be methods, and these are calls.
    from gradgen.frontend.attributes import attribute

    given = args[0] if args else kwargs["a"]
    if isinstance(given, Value):
        return Seq([])
    return attribute(
        r, as_value(r, given, node) if isinstance(given, Seq) else given, "shape", node
    )


@special(np.ndim)
def _ndim(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    given = args[0] if args else kwargs["a"]
    asked.note(r, given, asked.RANK)
    v = as_value(r, given, node)
    return r.b.emit("ndim", [v]) if v.type.rank is None else Const(v.type.rank)


@special(np.size)
def _size(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    axis = args[1] if len(args) > 1 else kwargs.pop("axis", Static(None))
    v = as_value(r, args[0] if args else kwargs.pop("a"), node)
    no_more(r, node, kwargs)
    if not (isinstance(axis, Static) and axis.obj is None):
        if not is_static(axis) or not isinstance(static_value(axis), int) or not v.type.rank:
            r.refuse(node, "np.size along such an axis", "multiply the entries of the shape")
        return length(r, v, static_value(axis) % v.type.rank)
    return Const(1) if v.type.is_scalar else r.b.emit("size", [v])


@special(np.fliplr, np.flipud)
def _flip(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    axis = 1 if callee_name(node) == "fliplr" else 0
    return emit(r, node, RULES["flip"], args, {"axis": axis})


@special(np.diag)
def _diag(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``np.diag``: a new matrix of a vector, a view of the diagonal of a matrix."""
    args = args or [kwargs.pop("v")]
    v = as_value(r, args[0], node)
    if v.type.rank is None:
        r.refuse(node, "np.diag of an array of unknown rank", "give example arguments")
    if v.type.rank not in (1, 2):
        r.fail(node, ValueError("Input must be 1- or 2-d."))
    name = "diag" if v.type.rank == 1 else "diag_view"
    return call_rule(r, node, RULES[name], args, kwargs)


@special(np.real, np.imag)
def _part(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the parts of complex numbers, views as ``.real`` and ``.imag`` are."""
    # A cycle: attributes can be methods, and these are calls.
    from gradgen.frontend.attributes import part_of

    no_more(r, node, kwargs)
    listed = isinstance(args[0], Seq) or is_list(r, args[0])
    value = r.hold(as_array(r, as_value(r, args[0], node), node), True) if listed else args[0]
    return part_of(r, value, callee_name(node), node)
