"""Methods of arrays and containers whose arguments need a reading of their own."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.frontend.bindings import call_rule, dtype_of
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.indices import index_of
from gradgen.frontend.iterables import of_known_length
from gradgen.frontend.layouts import perhaps_shared
from gradgen.frontend.numpy_calls import clip
from gradgen.frontend.places import array_of, choose, compress, is_none, nonzero, put, take
from gradgen.frontend.reader import Reader
from gradgen.frontend.reshaping import in_shape, raveled
from gradgen.frontend.special import no_more
from gradgen.frontend.stores import overwrite, whole, write
from gradgen.frontend.values import Ref, Seq, Static, is_static, static_value
from gradgen.ir.nodes import Const
from gradgen.library import layouts, python
from gradgen.rules.registry import RULES

PARTS = {"complex128": "float64", "complex64": "float32"}
METHOD_HANDLERS: dict[str, Callable[..., Any]] = {}


def method(*names: str) -> Callable[[Any], Any]:
    """Register a handler for methods of arrays and containers."""

    def register(handler: Any) -> Any:
        METHOD_HANDLERS.update(dict.fromkeys(names, handler))
        return handler

    return register


@method("reshape")
def _reshape_method(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    order, copy = kwargs.pop("order", None), kwargs.pop("copy", None)
    no_more(r, node, kwargs)
    return in_shape(r, node, owner, args, order, copy)


def _flattened(prim: str) -> None:
    @method(prim)
    def handler(
        r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> Any:
        order = args[0] if args else kwargs.pop("order", None)
        no_more(r, node, kwargs)
        return raveled(r, node, prim, owner, order)


_flattened("ravel")
_flattened("flatten")


@method("transpose")
def _transpose(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    if not args or (is_static(args[0]) and static_value(args[0]) is None):
        return r.view(owner, "T", [], {}) if isinstance(owner, Ref) else owner
    axes = args[0] if len(args) == 1 and isinstance(args[0], Seq) else Seq(args)
    return r.view(owner, "transpose", [], {"axes": static_value(Seq(axes.items))})


ORDERS = {"C": "ascontiguousarray", "F": "asfortranarray"}


@method("astype")
def _astype(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    given = dict(zip(("dtype", "order", "casting", "subok", "copy"), args, strict=False)) | kwargs
    dtype, order = dtype_of(r, node, given["dtype"]), static_value(given.get("order", Static("K")))
    shares = getattr(given.get("copy"), "const", True) is False
    if shares and isinstance(owner, Ref) and r.read(owner).type.dtype in (dtype, ""):
        if r.read(owner).type.dtype == dtype:
            return _in_order(r, node, owner, order)
        r.refuse(node, "astype without a copy of an array of unknown dtype", "copy it")
    return _in_order(
        r, node, r.hold(r.b.emit("astype", [as_value(r, owner, node)], dtype=dtype)), order
    )


def _in_order(r: Reader, node: ast.AST, array: Any, order: str) -> Any:
    """Return what ``order=`` of astype makes of an array: itself, where it lies so."""
    if order == "K" or not isinstance(array, Ref):
        return array
    if order not in ORDERS:
        r.refuse(node, f"astype with order={order!r}", "use 'C' or 'F'")
    return r.view(array, ORDERS[order], [], {})


@method("clip")
def _clip_method(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    return clip(r, node, [owner, *args], kwargs)


@method("fill")
def _fill(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    array, value = array_of(r, node, owner, "fill"), as_value(r, args[0], node)
    if value.type.rank:
        r.fail(node, ValueError("setting an array element with a sequence."))
    write(r, node, array, whole(array), value, "store")
    return Static(None)


@method("partition")
def _partition(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    return _ordered(r, node, "partition", owner, args, kwargs)


def sort_array(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Sort an array in place."""
    return _ordered(r, node, "sort", owner, args, kwargs)


def _ordered(
    r: Reader, node: ast.AST, name: str, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Write the result of a function that reorders an array into that array."""
    array = array_of(r, node, owner, name)
    ordered = as_value(r, call_rule(r, node, RULES[name], [owner, *args], kwargs), node)
    overwrite(r, node, array, ordered)
    return Static(None)


@method("put")
def _put(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return put(r, node, [owner, *args], kwargs)


@method("take")
def _take(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return take(r, node, [owner, *args], kwargs)


@method("compress")
def _compress(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    condition, *rest = args or [kwargs.pop("condition")]
    return compress(r, node, [condition, owner, *rest], kwargs)


@method("choose")
def _choose(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return choose(r, node, [owner, *args], kwargs)


@method("nonzero")
def _nonzero(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return nonzero(r, node, [owner], kwargs)


@method("item")
def _item(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``a.item()``, and the entry at subscripts, or at a place counted through all rows."""
    v = as_value(r, owner, node)
    places = args[0].items if len(args) == 1 and isinstance(args[0], Seq) else args
    if places:
        flat = len(places) == 1 and v.type.rank != 1 and not v.type.is_scalar
        v = r.b.emit("ravel", [v]) if flat else v
        if len(places) > 1 and v.type.rank is not None and len(places) != v.type.rank:
            r.fail(node, ValueError("incorrect number of indices for array"))
        where = index_of(r, Seq(list(places)), node)
        v = r.b.emit("load", [v, *where.operands], index=where.spelling)
    return call_rule(r, node, RULES["item"], [v], kwargs)


@method("view")
def _view(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read another name of an array, or pairs of real numbers as complex ones and back."""
    array = array_of(r, node, owner, "view")
    given = dict(zip(("dtype", "type"), args, strict=False)) | kwargs
    asked = {k: v for k, v in given.items() if not (is_static(v) and static_value(v) is np.ndarray)}
    if asked.keys() - {"dtype"} or len(args) > 2:
        r.refuse(node, "a view of another class")
    dtype = asked.get("dtype")
    have = r.read(array).type
    want = have.dtype if is_none(dtype) else dtype_of(r, node, dtype)
    if want == have.dtype:
        array.storage.doubled = True
        return array
    out = None
    if have.rank and want == PARTS.get(have.dtype):
        out = from_library(r, node, layouts.parts_side_by_side, [array], {})
    elif have.rank and have.dtype == PARTS.get(want):
        out = from_library(r, node, layouts.numbers_of_pairs, [array, Static(want)], {})
    if out is None:
        r.refuse(node, f"a view of {have.dtype} as {want}", "convert it by astype")
    return perhaps_shared(r, array, out, "view")


@method("conj", "conjugate")
def _conj(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``a.conj()``, which is the array itself where its numbers are real."""
    v = as_value(r, owner, node)
    # The method keeps what may be a number of Python's one, which does not widen a dtype.
    plain = v.type.kind == "any" or (v.type.is_scalar and v.type.weak)
    name = "conjugate" if plain else "conj"
    out = call_rule(r, node, RULES[name], [owner, *args], kwargs)
    if v.type.dtype.startswith("complex") or not isinstance(owner, Ref):
        return out
    return owner if v.type.dtype else perhaps_shared(r, owner, out, "conj")


@method("is_integer")
def _is_integer(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Read ``x.is_integer()`` of a float as ``x % 1 == 0``, which infinities are not."""
    v = as_value(r, owner, node)
    if v.type.kind != "float":
        r.refuse(node, f"is_integer of a {v.type}", "ask it of a float")
    return r.b.emit("eq", [r.b.emit("mod", [v, Const(1)], span=r.span(node)), Const(0)])


@method("bit_length")
def _bit_length(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """Read how many bits a whole number has."""
    v = as_value(r, owner, node)
    no_more(r, node, kwargs)
    if not v.type.is_scalar or v.type.inexact:
        r.refuse(node, f"bit_length of a {v.type}", "ask it of an int")
    if isinstance(v, Const):
        return Const(int(v.const).bit_length())
    return from_library(r, node, python.bit_length, [v], {})


@method("tolist")
def _tolist(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    v = as_value(r, owner, node)
    if v.type.rank is None:
        r.refuse(node, f"tolist of a {v.type}", "use float(...), or the array")
    if v.type.rank == 0:
        return call_rule(r, node, RULES["item"], [v], kwargs)
    known = None
    if isinstance(owner, Ref) and v.type.rank == 1:
        known = of_known_length(r, node, owner, v)
    if known is not None:
        return Seq([call_rule(r, node, RULES["item"], [item], {}) for item in known], list)
    return r.hold(r.b.emit("items", [v], plain=True))
