"""Builtins, constructors and methods whose arguments need a reading of their own."""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.frontend.arguments import Refine, is_unknown_leaf
from gradgen.frontend.bindings import dtype_of, emit, emit_sequence
from gradgen.frontend.iteration import over_sequence, over_value
from gradgen.frontend.reader import Reader, describe
from gradgen.frontend.values import (
    Iteration,
    Map,
    Record,
    Ref,
    Seq,
    SliceValue,
    Static,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Const, Value
from gradgen.rules.registry import RULES

Handler = Callable[[Reader, ast.AST, list[Any], dict[str, Any]], Any]
SPECIAL: dict[int, Handler] = {}
METHOD_HANDLERS: dict[str, Callable[..., Any]] = {}


class UnknownShape:
    """The shape of an array of unknown rank: its entries on demand."""

    def __init__(self, array: Value) -> None:
        self.array = array

    def item(self, r: Reader, node: ast.Subscript) -> Value:
        from gradgen.frontend.expressions import evaluate

        key = evaluate(r, node.slice)
        if not isinstance(key, Const):
            r.refuse(node, "a computed subscript of a shape")
        return r.b.emit("dim", [self.array], axis=key.const)

    def items(self, r: Reader, count: int) -> list[Value]:
        return [r.b.emit("dim", [self.array], axis=k) for k in range(count)]


def special(*functions: Any) -> Callable[[Handler], Handler]:
    """Register a handler for calls of some Python objects."""

    def register(handler: Handler) -> Handler:
        for f in functions:
            SPECIAL[id(f)] = handler
        return handler

    return register


def value_of(r: Reader, value: Any, node: ast.AST) -> Value:
    from gradgen.frontend.expressions import as_value

    return as_value(r, value, node)


def sequence_items(r: Reader, value: Any, node: ast.AST, count: int | None = None) -> list[Any]:
    """Return the items of something that is unpacked into ``count`` names."""
    if isinstance(value, UnknownShape) and count is not None:
        return list(value.items(r, count))
    if isinstance(value, Seq):
        return list(value.items)
    if isinstance(value, Map):
        return [Static(k) for k in value.items]
    if isinstance(value, Static) and isinstance(value.obj, tuple | list):
        return [Static(o) for o in value.obj]
    unknown = is_unknown_leaf(value)
    if unknown and count is not None:
        raise Refine(unknown, ("unpack", count))
    if isinstance(value, Ref) and value.steps and value.value.type.kind == "any":
        r.refuse(node, "unpacking of what an unknown argument contains", "give example arguments")
    if isinstance(value, Ref) and count is not None:
        over = over_value(r, value, node)
        assert isinstance(over, Iteration)
        return [over.element(Const(k)) for k in range(count)]
    r.refuse(node, f"unpacking of a {describe(value)}", "unpack a tuple, a list or an array")


def shape_inputs(r: Reader, shape: Any, node: ast.AST) -> list[Value]:
    """Return the lengths in a shape argument: an integer or a tuple of them."""
    if isinstance(shape, UnknownShape):
        r.refuse(node, "the shape of an array of unknown rank", "use np.zeros_like, or give types")
    if isinstance(shape, Seq):
        return [value_of(r, s, node) for s in shape.items]
    if isinstance(shape, Static) and isinstance(shape.obj, tuple):
        return [Const(k) for k in shape.obj]
    return [value_of(r, shape, node)]


@special(np.zeros, np.ones, np.empty)
def _filled(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    name = _callee_name(node)
    shape = args[0] if args else kwargs.pop("shape")
    dtype = args[1] if len(args) > 1 else kwargs.pop("dtype", None)
    _no_more(r, node, kwargs)
    attrs = {} if dtype is None else {"dtype": dtype_of(r, node, dtype)}
    if isinstance(shape, UnknownShape) and not attrs:
        return r.hold(
            r.b.emit("zeros_as" if name == "zeros" else f"{name}_like", [shape.array]), True
        )
    return r.hold(r.b.emit(name, shape_inputs(r, shape, node), **attrs), True)


def _callee_name(node: ast.AST) -> str:
    assert isinstance(node, ast.Call)
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id  # type: ignore[attr-defined,no-any-return]


def _no_more(r: Reader, node: ast.AST, kwargs: dict[str, Any]) -> None:
    if kwargs:
        r.refuse(node, f"the argument {next(iter(kwargs))!r}", "leave it out")


@special(np.full)
def _full(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    fill = value_of(r, args[1] if len(args) > 1 else kwargs["fill_value"], node)
    dtype = args[2] if len(args) > 2 else kwargs.get("dtype")
    attrs = {} if dtype is None else {"dtype": dtype_of(r, node, dtype)}
    return r.hold(r.b.emit("full", [fill, *shape_inputs(r, args[0], node)], **attrs), True)


@special(np.eye, np.identity)
def _eye(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    _no_more(r, node, kwargs)
    return r.hold(r.b.emit("eye", [value_of(r, a, node) for a in args]), True)


@special(np.arange)
def _arange(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    _no_more(r, node, kwargs)
    return r.hold(r.b.emit("arange", [value_of(r, a, node) for a in args]), True)


@special(np.linspace)
def _linspace(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    args = args + [kwargs.pop("num")] if "num" in kwargs else args
    _no_more(r, node, kwargs)
    return r.hold(r.b.emit("linspace", [value_of(r, a, node) for a in args]), True)


@special(np.reshape)
def _reshape(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    shape = args[1:] or [kwargs.pop("shape", None) or kwargs.pop("newshape")]
    _no_more(r, node, kwargs)
    return _reshaped(r, node, "reshape", args[0], shape)


def _reshaped(r: Reader, node: ast.AST, prim: str, owner: Any, shape: list[Any]) -> Any:
    inputs = [v for s in shape for v in shape_inputs(r, s, node)] if shape else []
    if isinstance(shape[0], UnknownShape):
        inputs = []
    operands = inputs
    if isinstance(owner, Ref) and RULES[prim].alias:
        return r.view(owner, prim, operands, {})
    return r.hold(r.b.emit(prim, [value_of(r, owner, node), *operands]))


@special(np.broadcast_to, np.tile)
def _to_shape(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    _no_more(r, node, kwargs)
    return _reshaped(r, node, _callee_name(node), args[0], args[1:])


@special(np.where)
def _where(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if len(args) != 3:
        r.refuse(node, "np.where with one argument", "use a boolean mask")
    return emit(r, node, RULES["where"], args, {})


@special(np.clip)
def _clip(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    low = args[1] if len(args) > 1 else kwargs.pop("a_min", kwargs.pop("min", Static(None)))
    high = args[2] if len(args) > 2 else kwargs.pop("a_max", kwargs.pop("max", Static(None)))
    _no_more(r, node, kwargs)
    return r.hold(r.b.emit("clip", [value_of(r, v, node) for v in (args[0], low, high)]))


@special(np.vstack, np.hstack, np.column_stack)
def _stacks(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Stacks as concatenations, of parts that have been given the right rank first."""
    name = _callee_name(node)
    parts = [value_of(r, p, node) for p in sequence_items(r, args[0], node)]
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


def _lifted(r: Reader, p: Value, axis: int) -> Value:
    if p.type.rank == 0:
        p = r.b.emit("expand_dims", [p], axis=0)
    return r.b.emit("expand_dims", [p], axis=axis) if p.type.rank == 1 else p


@special(math.hypot)
def _hypot(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if len(args) != 2:
        r.refuse(node, f"math.hypot of {len(args)} arguments", "use math.sqrt of a sum of squares")
    return emit(r, node, RULES["math.hypot"], args, {})


@special(math.log)
def _log(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return emit(r, node, RULES["math.log_base" if len(args) == 2 else "math.log"], args, {})


@special(pow, math.pow, np.power)
def _power(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if len(args) != 2:
        r.refuse(node, "pow with three arguments")
    name = {"power": "np.power"}.get(_callee_name(node), "pow")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and name == "pow":
        name = "math.pow"
    return emit(r, node, RULES[name], args, {})


@special(len)
def _len(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    value = args[0]
    if isinstance(value, Seq | Map):
        return Const(len(value.items))
    if isinstance(value, Static):
        return Const(len(value.obj))
    v = value_of(r, value, node)
    d = v.type.shape[0] if v.type.shape else None
    return Const(d) if isinstance(d, int) else r.b.emit("len", [v])


@special(np.shape)
def _shape(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from gradgen.frontend.expressions import attribute

    if isinstance(args[0], Value):
        return Seq([])
    return attribute(r, args[0], "shape", node)


@special(np.ndim)
def _ndim(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    v = value_of(r, args[0], node)
    return r.b.emit("ndim", [v]) if v.type.rank is None else Const(v.type.rank)


@special(np.size)
def _size(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    v = value_of(r, args[0], node)
    return Const(1) if v.type.is_scalar else r.b.emit("size", [v])


@special(np.zeros_like, np.empty_like, np.ones_like)
def _like(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    dtype = kwargs.pop("dtype", args[1] if len(args) > 1 else None)
    _no_more(r, node, kwargs)
    attrs = {} if dtype is None else {"dtype": dtype_of(r, node, dtype)}
    return r.hold(r.b.emit(_callee_name(node), [value_of(r, args[0], node)], **attrs))


@special(max, min)
def _extremum(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    prim = f"{_callee_name(node)}2"
    if len(args) == 1 and isinstance(args[0], Seq):
        args = list(args[0].items)
    if len(args) == 1:
        v = value_of(r, args[0], node)
        if v.type.rank not in (1, None):
            r.refuse(node, "max or min of an array of rank over 1", "use np.max or np.min")
        r.refuse(node, "the builtin max or min of an array", "use np.max or np.min")
    _no_more(r, node, kwargs)
    values = [value_of(r, a, node) for a in args]
    out = values[0]
    for v in values[1:]:
        if all(isinstance(x, Const) for x in (out, v)):
            out = Const((max if prim == "max2" else min)(out.const, v.const))  # type: ignore[attr-defined]
        else:
            out = r.b.emit(prim, [out, v], span=r.span(node))
    return out


@special(sum)
def _sum(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    start = args[1] if len(args) > 1 else kwargs.get("start", Const(0))
    if not isinstance(args[0], Seq):
        v = value_of(r, args[0], node)
        if v.type.rank == 1 and isinstance(start, Const) and start.const == 0:
            return r.b.emit("py_sum", [v], span=r.span(node))
        r.refuse(node, f"the builtin sum of a {v.type}", "use np.sum")
    total = start
    for k, item in enumerate(args[0].items):
        value = value_of(r, item, node)
        first = k == 0 and isinstance(start, Const) and start.const == 0
        total = value if first else r.b.emit("add", [value_of(r, total, node), value])
    return r.hold(value_of(r, total, node))


@special(isinstance)
def _isinstance(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    kinds = args[1].obj if isinstance(args[1], Static) else static_value(args[1])
    value = args[0]
    if isinstance(value, Seq):
        return Const(issubclass(value.kind, kinds))
    if isinstance(value, Map):
        return Const(issubclass(dict, kinds))
    if isinstance(value, Static):
        return Const(isinstance(value.obj, kinds))
    v = value_of(r, value, node)
    if v.type.kind == "any":
        r.refuse(node, "isinstance of a value of unknown type", "give example arguments")
    python = {"float": float, "int": int, "bool": bool, "array": np.ndarray}[v.type.kind]
    return Const(issubclass(python, kinds))


@special(tuple, list)
def _container(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    kind = tuple if _callee_name(node) == "tuple" else list
    if not args:
        return Seq([], kind) if kind is tuple else r.hold(r.b.emit("list", []))
    over = over_value(r, args[0], node)
    if isinstance(over, list):
        return Seq(over, kind)
    r.refuse(node, f"{kind.__name__} of an array", "keep it an array")


@special(dict)
def _dict(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if args and not isinstance(args[0], Map):
        r.refuse(node, "dict of something that is not a dict")
    return Map({**(args[0].items if args else {}), **kwargs})


@special(builtins.round)
def _round(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return r.b.emit("py_round", [value_of(r, a, node) for a in args])


@special(slice)
def _slice(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    values = [
        None if isinstance(a, Static) and a.obj is None else value_of(r, a, node) for a in args
    ]
    if len(values) == 1:
        values = [None, *values]
    start, stop, step = (*values, None)[:3]
    return SliceValue((start, stop, step))


def _add_at(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    from gradgen.frontend.subscripts import Index, add_entry, write

    if not isinstance(args[0], Ref):
        r.refuse(node, f"np.add.at on a {describe(args[0])}")
    index = Index()
    for entry in args[1].items if isinstance(args[1], Seq) else [args[1]]:
        add_entry(r, index, entry, node)
    write(r, node, args[0], index, value_of(r, args[2], node), "add_at")
    return Static(None)


UFUNC_METHODS: dict[tuple[int, str], Handler] = {(id(np.add), "at"): _add_at}


@special(type)
def _type(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if len(args) == 1 and isinstance(args[0], Seq | Record):
        return Static(args[0].kind)
    r.refuse(node, f"type of a {describe(args[0])}")


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
    _no_more(r, node, kwargs)
    return _reshaped(r, node, "reshape", owner, args)


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
    dtype = dtype_of(r, node, args[0] if args else kwargs["dtype"])
    return r.hold(r.b.emit("astype", [value_of(r, owner, node)], dtype=dtype))


@method("clip")
def _clip_method(
    r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    return _clip(r, node, [owner, *args], kwargs)


@method("append")
def _append(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if not isinstance(owner, Ref):
        r.refuse(
            node, f"append to a {describe(owner)}", "start from an empty list, or fill an array"
        )
    new = r.b.emit("append", [r.versions[owner.storage], value_of(r, args[0], node)])
    r.update(owner, new)
    return Static(None)


@method("pop")
def _pop(r: Reader, node: ast.AST, owner: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if not isinstance(owner, Ref) or args:
        r.refuse(node, f"pop from a {describe(owner)}")
    stack = r.versions[owner.storage]
    item = stack.type.item
    if item is None:
        r.refuse(node, "pop from an empty list")
    op = r.b.append("pop", [stack], [item, stack.type], ["", ""])
    r.update(owner, op.outputs[1])
    return r.hold(op.outputs[0])
