"""Methods of arrays and containers whose arguments need a reading of their own."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from gradgen.frontend.bindings import call_rule, dtype_of
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.iteration import over_sequence
from gradgen.frontend.numpy_calls import clip, reshaped
from gradgen.frontend.places import array_of, nonzero, put, take
from gradgen.frontend.reader import Reader, describe
from gradgen.frontend.special import no_more
from gradgen.frontend.subscripts import overwrite, whole, write
from gradgen.frontend.values import Map, Ref, Seq, Static, is_static, static_value
from gradgen.rules.registry import RULES

METHOD_HANDLERS: dict[str, Callable[..., Any]] = {}


def method(*names: str) -> Callable[[Any], Any]:
    """Register a handler for methods of arrays and containers."""

    def register(handler: Any) -> Any:
        METHOD_HANDLERS.update(dict.fromkeys(names, handler))
        return handler

    return register


@method("items", "keys", "values")
def _dict_view(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    items = over_sequence(r, owner, node.func.attr)
    if items is None:
        r.refuse(node, f"the method {node.func.attr!r} of a {describe(owner)}")
    return Seq(items, list)


@method("get")
def _get(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if not isinstance(owner, Map) or not is_static(args[0]):
        r.refuse(node, f"the method 'get' of a {describe(owner)}")
    return owner.items.get(static_value(args[0]), args[1] if len(args) > 1 else Static(None))


@method("reshape")
def _reshape_method(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    no_more(r, node, kwargs)
    return reshaped(r, node, "reshape", owner, args)


@method("transpose")
def _transpose(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    if not args:
        return r.view(owner, "T", [], {}) if isinstance(owner, Ref) else owner
    axes = args[0] if len(args) == 1 and isinstance(args[0], Seq) else Seq(args)
    return r.view(owner, "transpose", [], {"axes": static_value(Seq(axes.items))})


@method("astype")
def _astype(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    dtype = dtype_of(r, node, args[0] if args else kwargs.pop("dtype"))
    shares = getattr(kwargs.pop("copy", None), "const", True) is False
    if shares and isinstance(owner, Ref) and r.read(owner).type.dtype in (dtype, ""):
        if r.read(owner).type.dtype == dtype:
            return owner
        r.refuse(node, "astype without a copy of an array of unknown dtype", "copy it")
    return r.hold(r.b.emit("astype", [as_value(r, owner, node)], dtype=dtype))


@method("clip")
def _clip_method(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    return clip(r, node, [owner, *args], kwargs)


@method("fill")
def _fill(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    array = array_of(r, node, owner, "fill")
    write(r, node, array, whole(array), as_value(r, args[0], node), "store")
    return Static(None)


@method("sort")
def _sort(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    array = array_of(r, node, owner, "sort")
    ordered = as_value(r, call_rule(r, node, RULES["sort"], [owner, *args], kwargs), node)
    overwrite(r, node, array, ordered)
    return Static(None)


@method("put")
def _put(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return put(r, node, [owner, *args], kwargs)


@method("take")
def _take(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    named = {} if len(args) < 2 else {"axis": args[1]}
    return take(r, node, [owner, args[0]], {**named, **kwargs})


@method("nonzero")
def _nonzero(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return nonzero(r, node, [owner], kwargs)


@method("view")
def _view(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if args or kwargs:
        r.refuse(node, "a view of another dtype or class")
    return array_of(r, node, owner, "view")


@method("append")
def _append(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if isinstance(owner, Seq) and owner.kind is list:
        r.fill(owner, [*owner.items, args[0]])
        return Static(None)
    if not isinstance(owner, Ref):
        r.refuse(node, f"append to a {describe(owner)}", "append to a list, or fill an array")
    new = r.b.emit("append", [r.versions[owner.storage], as_value(r, args[0], node)])
    r.update(owner, new)
    return Static(None)


@method("pop")
def _pop(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if isinstance(owner, Seq) and owner.kind is list and all(map(is_static, args)):
        items = list(owner.items)
        try:
            item = items.pop(*map(static_value, args))
        except IndexError as error:
            raise IndexError(f"{r.span(node)}: {error}") from None
        r.fill(owner, items)
        return item
    if not isinstance(owner, Ref) or args:
        r.refuse(node, f"pop from a {describe(owner)}")
    stack = r.versions[owner.storage]
    item = stack.type.item
    if item is None:
        r.refuse(node, "pop from an empty list")
    op = r.b.append("pop", [stack], [item, stack.type], ["", ""])
    r.update(owner, op.outputs[1])
    return r.hold(op.outputs[0])
