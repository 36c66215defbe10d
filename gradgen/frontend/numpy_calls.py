"""Calls of NumPy's functions whose arguments need a reading of their own."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import call_rule, dtype_of, emit, emit_sequence
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.lists import is_list
from gradgen.frontend.places import length
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import (
    callee_name,
    no_more,
    sequence_items,
    shape_inputs,
    special,
)
from gradgen.frontend.ufunc_calls import plain_call
from gradgen.frontend.values import Ref, Seq, Static, UnknownShape, is_static, static_value
from gradgen.ir.nodes import Const, Value
from gradgen.rules.registry import RULES


@special(np.reshape)
def _reshape(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``np.reshape``; in Fortran order it is that of the transpose, turned back."""
    shape = args[1:2] or [kwargs.pop("shape", None) or kwargs.pop("newshape")]
    order = args[2] if len(args) > 2 else kwargs.pop("order", None)
    if getattr(kwargs.pop("copy", Static(None)), "const", None) is False:
        r.refuse(node, "np.reshape with copy=False", "leave it out")
    no_more(r, node, kwargs)
    return in_order(r, node, args[0], shape, order)


def in_order(r: Reader, node: ast.AST, owner: Any, shape: list[Any], order: Any) -> Any:
    """Return an array in another shape, its entries taken in an order of NumPy's."""
    if not fortran(r, node, order):
        return reshaped(r, node, "reshape", owner, shape)
    lengths = [v for s in shape for v in shape_inputs(r, s, node)]
    turned = r.view(owner, "T", [], {}) if isinstance(owner, Ref) else owner
    out = reshaped(r, node, "reshape", turned, [Seq(lengths[::-1])])
    return r.view(out, "T", [], {}) if isinstance(out, Ref) else out


def fortran(r: Reader, node: ast.AST, order: Any) -> bool:
    """Whether entries are taken in Fortran order, the first axis fastest."""
    name = getattr(order, "obj", None)
    if name not in ("C", "F", None):
        r.refuse(node, f"order={name!r}", "use order 'C' or 'F'")
    return name == "F"


@special(np.ravel)
def _ravel(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``np.ravel``; in Fortran order it is that of the transpose."""
    order = args[1] if len(args) > 1 else kwargs.pop("order", None)
    owner = args[0] if args else kwargs.pop("a")
    no_more(r, node, kwargs)
    return raveled(r, node, "ravel", owner, order)


def raveled(r: Reader, node: ast.AST, prim: str, owner: Any, order: Any) -> Any:
    """Return all entries as a vector, in an order of NumPy's."""
    if fortran(r, node, order) and isinstance(owner, Ref):
        owner = r.view(owner, "T", [], {})
    return call_rule(r, node, RULES[prim], [owner], {})


def reshaped(r: Reader, node: ast.AST, prim: str, owner: Any, shape: list[Any]) -> Any:
    """Emit a reshape by lengths, as a view where the operation can be one."""
    inputs = [v for s in shape for v in shape_inputs(r, s, node)] if shape else []
    if isinstance(shape[0], UnknownShape):
        inputs = []
    operands = inputs
    if isinstance(owner, Ref) and RULES[prim].alias:
        return r.view(owner, prim, operands, {})
    return r.hold(r.b.emit(prim, [as_value(r, owner, node), *operands]))


@special(np.broadcast_to, np.tile)
def _to_shape(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    no_more(r, node, kwargs)
    return reshaped(r, node, callee_name(node), args[0], args[1:])


@special(np.clip)
def clip(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``np.clip``, with its bounds by either name."""
    args, kwargs = plain_call(r, node, np.maximum, args, kwargs)
    value = args[0] if args else kwargs.pop("a")
    low = args[1] if len(args) > 1 else kwargs.pop("a_min", kwargs.pop("min", Static(None)))
    high = args[2] if len(args) > 2 else kwargs.pop("a_max", kwargs.pop("max", Static(None)))
    no_more(r, node, kwargs)
    return r.hold(r.b.emit("clip", [as_value(r, v, node) for v in (value, low, high)]))


@special(np.vstack, np.hstack, np.column_stack)
def _stacks(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Stacks as concatenations, of parts that have been given the right rank first."""
    name = callee_name(node)
    if is_list(r, args[0]):
        return _stacked_list(r, node, name, args[0])
    parts = [as_value(r, p, node) for p in sequence_items(r, args[0], node)]
    ranks = {p.type.rank for p in parts}
    if None in ranks:
        r.refuse(node, f"np.{name} of arrays of unknown rank", "give example arguments")
    if name == "hstack":
        parts = [r.b.emit("expand_dims", [p], axis=0) if p.type.rank == 0 else p for p in parts]
        axis = 0 if parts[0].type.rank == 1 else 1
    else:
        new = 0 if name == "vstack" else 1
        parts = [_lifted(r, p, new) for p in parts]
        axis = new
    return emit_sequence(
        r, node, RULES["concatenate"], Seq(list(parts)), {"axis": axis} if axis else {}
    )


def _stacked_list(r: Reader, node: ast.AST, name: str, items: Any) -> Any:
    """Stack the items of a list that grows; those of rank 1 become rows or columns."""
    v = r.read(items)
    rank = None if v.type.item is None or v.type.item.kind == "list" else v.type.item.rank
    if rank is None:
        r.refuse(node, f"np.{name} of items of unknown rank", "use np.stack or np.concatenate")
    if rank == 0 and name != "hstack":
        r.refuse(node, f"np.{name} of numbers", "make an array of the list and reshape it")
    along = 0 if name == "vstack" or (name == "hstack" and rank <= 1) else 1
    joins = rank >= 2 or (name == "hstack" and rank == 1)
    attrs: dict[str, Any] = {"axis": along} if rank else {}
    prim = "joined_list" if joins else "array_of_list"
    return r.hold(r.b.emit(prim, [v], span=r.span(node), **attrs), True)


def _lifted(r: Reader, p: Value, axis: int) -> Value:
    if p.type.rank == 0:
        p = r.b.emit("expand_dims", [p], axis=0)
    return r.b.emit("expand_dims", [p], axis=axis) if p.type.rank == 1 else p


@special(np.shape)
def _shape(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    # A cycle: attributes can be methods, and these are calls.
    from gradgen.frontend.attributes import attribute

    if isinstance(args[0], Value):
        return Seq([])
    return attribute(r, args[0], "shape", node)


@special(np.ndim)
def _ndim(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    v = as_value(r, args[0], node)
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


@special(np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray)
def _asarray(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the conversions that share where they can."""
    if isinstance(args[0], Seq):
        return call_rule(r, node, RULES["array"], args, kwargs)
    dtype = kwargs.pop("dtype", args[1] if len(args) > 1 else None)
    copy = getattr(kwargs.pop("copy", None), "const", None)
    no_more(r, node, kwargs)
    if copy is True:
        return _copied(r, node, args[0], dtype)
    v = as_value(r, args[0], node)
    if isinstance(dtype, Static) and dtype.obj is not None:
        name = dtype_of(r, node, dtype)
        if name != v.type.dtype and v.type.dtype:
            return _copied(r, node, args[0], dtype)
    if v.type.is_scalar:
        return r.hold(r.b.emit("array0", [v]), True)
    name = callee_name(node)
    if name in ("ascontiguousarray", "asfortranarray") and isinstance(args[0], Ref):
        return r.view(args[0], name, [], {})
    return args[0]


@special(np.array)
def _array(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``np.array``, which copies unless it is told not to."""
    if not isinstance(args[0], Ref | Value) or as_value(r, args[0], node).type.kind == "list":
        return call_rule(r, node, RULES["array"], args, kwargs)
    copy = kwargs.pop("copy", None)
    if copy is not None and getattr(copy, "const", None) is not True:
        return _asarray(r, node, args, kwargs)
    dtype = kwargs.pop("dtype", args[1] if len(args) > 1 else None)
    no_more(r, node, kwargs)
    return _copied(r, node, args[0], dtype)


def _copied(r: Reader, node: ast.AST, value: Any, dtype: Any) -> Any:
    v = as_value(r, value, node)
    if isinstance(dtype, Static) and dtype.obj is not None:
        name = dtype_of(r, node, dtype)
        if name != v.type.dtype:
            v = r.b.emit("astype", [v], dtype=name)
            return r.hold(r.b.emit("array0", [v]) if v.type.is_scalar else v)
    return r.hold(r.b.emit("array0" if v.type.is_scalar else "copy", [v]), inputs=[value])


@special(np.copy)
def _copy(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    no_more(r, node, kwargs)
    v = as_value(r, args[0], node)
    return r.hold(r.b.emit("array0" if v.type.is_scalar else "copy", [v]), inputs=args[:1])


@special(np.fliplr, np.flipud)
def _flip(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    axis = 1 if callee_name(node) == "fliplr" else 0
    return emit(r, node, RULES["flip"], args, {"axis": axis})


@special(np.diag)
def _diag(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``np.diag``: a new matrix of a vector, a view of the diagonal of a matrix."""
    args = args or [kwargs.pop("v")]
    v = as_value(r, args[0], node)
    if v.type.rank not in (1, 2):
        rank = "unknown rank" if v.type.rank is None else f"rank {v.type.rank}"
        r.refuse(node, f"np.diag of an array of {rank}", "give example arguments")
    name = "diag" if v.type.rank == 1 else "diag_view"
    return call_rule(r, node, RULES[name], args, kwargs)


@special(np.real, np.imag)
def _part(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the parts of complex numbers, views as ``.real`` and ``.imag`` are."""
    # A cycle: attributes can be methods, and these are calls.
    from gradgen.frontend.attributes import part_of

    no_more(r, node, kwargs)
    return part_of(r, args[0], callee_name(node), node)
