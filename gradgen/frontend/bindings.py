"""From Python call arguments to the inputs and options of an operation, by the rule's signature."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.diff.algebra import Algebra
from gradgen.errors import ArgumentError
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.indices import index_of
from gradgen.frontend.lists import as_array, as_list, as_places, is_list
from gradgen.frontend.overwriting import check_not_read_again
from gradgen.frontend.reader import Reader
from gradgen.frontend.squeezing import axes_to_squeeze
from gradgen.frontend.values import (
    Iteration,
    Ref,
    Seq,
    Static,
    is_static,
    plain,
    static_value,
)
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Type, in_double
from gradgen.rules import helpers
from gradgen.rules.registry import LIKE, RULES, Rule
from gradgen.rules.shapes_of import dtype_name

WAY = "call it with the arguments that it takes"
# Operations whose last inputs can be left out.
MAY_LACK = ("roll", "item", "arange", "eye", "linspace")
# These take the axis of a number, as if it were a vector of one entry.
OF_VECTORS = {"cumsum", "cumprod", "nancumsum", "nansum", "nanprod", "nanmean", "nanmax", "nanmin",
              "repeat", "squeeze"}  # fmt: skip
# These take several axes in a tuple; most functions take a list of them, too.
AXES_IN_TUPLES = frozenset((
    "sum", "prod", "mean", "max", "min", "std", "var", "all", "any", "squeeze", "nansum",
    "nanprod", "nanmean", "nanmax", "nanmin", "nanstd", "nanvar",
))  # fmt: skip
OF_SEQUENCES = ("math.dist", "math.fsum", "math.prod", "math.sumprod")
# These name an axis of their result.
OF_NEW_AXES = ("expand_dims", "stack")
# These hand NumPy's numbers back as they are; of Python's they make arrays without axes.
LEAVE_NUMBERS = ("squeeze", "moveaxis")
# What these make of known integers is known.
OF_WHOLE: dict[str, Callable[[int], int]] = {"abs": abs, "int": int, "bool": bool}
SHORT = 1e6
DTYPES = {"float64", "float32", "complex128", "complex64", "bool",
          "int64", "int32", "int16", "int8", "uint8"}  # fmt: skip
HELPER_PRIMS = {
    "_unbroadcast": "unbroadcast",
    "_stop_gradient": "stop_gradient",
    "_stride": "stride",
    "_indefinite": "indefinite",
    "_singular": "singular",
    "_winners": "winners",
    "_pieces": "pieces",
    "_add_slice": "list_add",
    "_add_lists": "list_add",
    "_filled_lists": "fill_lists",
}


def call_rule(r: Reader, node: ast.AST, rule: Rule, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Emit an operation for a call, with values for plain parameters and options for the rest."""
    values: dict[str, Any] = {}
    attrs: dict[str, Any] = {}
    bound = _bound(r, node, rule, args, kwargs)
    for name, value in bound.items():
        if name.startswith("overwrite_"):
            check_not_read_again(r, node, name, bound, value)
        elif name in rule.options:
            attrs[name] = option(r, node, name, value, rule)
        else:
            values[name] = value
    attrs = {k: v for k, v in attrs.items() if k not in rule.defaults or v != rule.defaults[k]}
    if rule.variant is not None and rule.variant(attrs):
        rule = RULES[rule.variant(attrs)]
    keyed = {p: v for p, v in values.items() if p in rule.keyed and not _is_none(v)}
    values = {p: v for p, v in values.items() if p not in rule.keyed}
    ordered = _inputs(r, node, rule, values)
    if rule.name in OF_VECTORS and attrs.get("axis") in (0, -1) and not keyed:
        number = as_value(r, ordered[0], node).type.rank == 0
        attrs = {k: v for k, v in attrs.items() if k != "axis" or not number}
    if rule.name == "squeeze" and "axis" not in attrs:
        axes = axes_to_squeeze(r, node, as_value(r, ordered[0], node))
        attrs |= {} if axes is None else {"axis": axes[0] if len(axes) == 1 else axes}
    if keyed:
        # In the rule's order, as the adjoints are.
        attrs["keyed"] = tuple(p for p in rule.keyed if p in keyed)
        ordered += [keyed[p] for p in attrs["keyed"]]
    if rule.form == "sequence":
        return emit_sequence(r, node, rule, ordered[0], attrs)
    if "axis" in attrs and rule.name not in OF_NEW_AXES and ordered:
        _check_axes(r, node, attrs["axis"], as_value(r, ordered[0], node).type.rank)
    return emit(r, node, rule, ordered, attrs)


def _check_axes(r: Reader, node: ast.AST, axes: Any, rank: int | None) -> None:
    """Raise as NumPy does where an array has no such axis: the derivative might not ask for it."""
    for axis in axes if isinstance(axes, tuple) else (axes,):
        if rank and type(axis) is int and not -rank <= axis < rank:
            r.fail(node, np.exceptions.AxisError(axis, rank))


def respelled(rule: Rule, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments by name with ``ddof`` for ``correction``, which is the same."""
    if "correction" not in kwargs or "ddof" in kwargs or "ddof" not in rule.params:
        return kwargs
    if len(args) > rule.params.index("ddof"):
        return kwargs
    return {("ddof" if k == "correction" else k): v for k, v in kwargs.items()}


def fuller(rule: Rule, args: list[Any], kwargs: dict[str, Any]) -> str:
    """Return the name of what a call is that gives more than a rule takes, else nothing."""
    most = min(len(rule.params), rule.by_name)
    return rule.fuller if len(args) > most or set(kwargs) - set(rule.params) else ""


def _is_none(value: Any) -> bool:
    return isinstance(value, Static) and value.obj is None


def _bound(
    r: Reader, node: ast.AST, rule: Rule, args: list[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return a call's arguments by parameter, as Python gives them."""
    name = (rule.callables or (rule.spelling or rule.name,))[0]
    if rule.variadic and not kwargs:
        return {str(k): a for k, a in enumerate(args)}
    if len(args) > min(len(rule.params), rule.by_name):
        r.refuse(node, f"{name} with {len(args)} positional arguments", "give options by name")
    bound = dict(zip(rule.params, args, strict=False))
    for key, value in kwargs.items():
        if key not in rule.params:
            r.refuse(node, f"the argument {key!r} of {name}", "leave it out")
        if key in bound or key in rule.params[: rule.by_place] or _is_of_math(name, rule, key):
            how = "given twice" if key in bound else "given by name, not by its place"
            raise ArgumentError(f"{name}(): the argument {key!r} is {how}", r.span(node), WAY)
        bound[key] = value
    needed = [p for p in rule.params if p not in rule.defaults and p not in rule.optional]
    missing = [p for p in needed if p not in bound]
    if missing and rule.name not in MAY_LACK:
        raise ArgumentError(f"{name}(): {missing[0]!r} is missing", r.span(node), WAY)
    return bound


def _is_of_math(name: str, rule: Rule, key: str) -> bool:
    """Whether a parameter is one of those functions of numbers, which take them by place."""
    return name.startswith("math.") and name != "math.isclose" and key in rule.inputs


def _inputs(r: Reader, node: ast.AST, rule: Rule, values: dict[str, Any]) -> list[Any]:
    """Return the inputs in order; None at the end stands for one that is not given."""
    names = list(values) if rule.variadic else rule.inputs
    values = {p: plain(v) for p, v in rule.fills.items()} | values
    ordered = [values[p] for p in names if p in values]
    while rule.optional and isinstance(ordered[-1], Static) and ordered[-1].obj is None:
        ordered.pop()
    left_out = [p for p in names[: len(ordered)] if p not in values]
    if left_out and rule.optional:
        r.refuse(node, f"{rule.spelling} without {left_out[0]!r}", f"give {left_out[0]!r}, too")
    return ordered


def option(r: Reader, node: ast.AST, key: str, value: Any, rule: Rule) -> Any:
    """Return the Python value of an option, which has to be known beforehand."""
    if key == "dtype" and not (isinstance(value, Static) and value.obj is None):
        return dtype_of(r, node, value)
    if isinstance(value, Seq) and all(is_static(i) for i in value.items):
        if key == "axis" and value.kind is list and rule.name in AXES_IN_TUPLES:
            r.fail(node, TypeError("'list' object cannot be interpreted as an integer"))
        return tuple(static_value(i) for i in value.items)
    if isinstance(value, Iteration) and value.bounds and all(map(is_static, value.bounds)):
        turns = range(*map(static_value, value.bounds))
        return tuple(turns[::-1] if value.backwards else turns)
    if not is_static(value):
        r.refuse(
            node,
            f"the argument {key!r} of {rule.spelling or rule.name} is computed",
            "pass a constant",
        )
    return static_value(value)


def dtype_of(r: Reader, node: ast.AST, value: Any) -> str:
    """Return the name of a dtype argument."""
    if not isinstance(value, Static):
        r.refuse(node, "a dtype that is computed", "name it, as in dtype=np.float64")
    try:
        name = dtype_name(value.obj)
    except TypeError:
        r.refuse(node, f"{value.obj!r} is not a dtype")
    if name not in DTYPES:
        r.refuse(node, f"dtype {name}", "use float64 or float32")
    return name


def emit(r: Reader, node: ast.AST, rule: Rule, args: list[Any], attrs: dict[str, Any]) -> Any:
    """Emit an operation; a view of a named array stays a view of it."""
    make = as_places if rule.name == "bincount" else as_array
    inputs = [make(r, as_value(r, a, node), node) for a in args]
    if rule.name.startswith("math.") and rule.name != "math.trunc":  # which asks the array itself
        check_numbers(r, node, [] if rule.name in OF_SEQUENCES else inputs)
        inputs = [r.b.emit("float", [v]) if _is_0d(v) else v for v in inputs]
    if rule.name == "transpose" and inputs[0].type.is_scalar and inputs[0].type.weak:
        return r.hold(r.b.emit("array0", inputs[:1]))  # Python's numbers have no .T
    if rule.alias and isinstance(args[0], Ref) and not is_list(r, args[0]):
        if inputs[0].type.is_scalar:
            return args[0]
        if rule.name == "flip" and inputs[0].type.rank == 0:
            return r.view(args[0], "load", [], {"index": ""})  # NumPy gives a number
        return r.view(args[0], rule.name, inputs[1:], attrs)
    whole = _is_whole(inputs[0]) or (rule.name == "int" and _is_short(inputs[0]))
    if rule.name in OF_WHOLE and whole and not attrs:
        return Const(OF_WHOLE[rule.name](inputs[0].const))  # type: ignore[attr-defined]
    if rule.name in LEAVE_NUMBERS and is_number_of_numpy(inputs[0]):
        return args[0]
    if rule.outputs:
        several = r.b.emit_several(rule.name, inputs, span=r.span(node), **attrs)
        return Seq([r.hold(v, inputs=args) for v in several], rule.result)
    out = r.b.emit(rule.name, inputs, span=r.span(node), **attrs)
    return r.hold(out, inputs=args)


def check_numbers(r: Reader, node: ast.AST, inputs: list[Value]) -> None:
    """Raise as Python does where a function of numbers is given an array of several entries."""
    for v in inputs:
        if v.type.kind == "array" and any(n != 1 for n in v.type.shape or ()):
            r.fail(node, TypeError("only 0-dimensional arrays can be converted to Python scalars"))


def _is_whole(v: Value) -> bool:
    """Whether a value is a whole number that is known, and does not stand for an object."""
    return isinstance(v, Const) and type(v.const) is int and not v.type.points


def _is_short(v: Value) -> bool:
    """Whether a value is a literal float whose whole part is not a long number."""
    return isinstance(v, Const) and type(v.const) is float and abs(v.const) < SHORT


def is_number_of_numpy(v: Value) -> bool:
    """Whether a value is a NumPy number, which a rearrangement may hand back as it is."""
    return v.type.is_scalar and not v.type.weak


def _is_0d(v: Value) -> bool:
    return v.type.kind == "array" and v.type.rank == 0 and v.type.inexact


def emit_sequence(r: Reader, node: ast.AST, rule: Rule, parts: Any, attrs: dict[str, Any]) -> Any:
    """Emit an operation on a tuple or list of arrays."""
    if is_list(r, parts):
        return _of_list(r, node, rule, r.read(parts), attrs)
    if not isinstance(parts, Seq):
        if rule.name == "array":
            value = as_value(r, parts, node)
            if "dtype" in attrs and attrs["dtype"] != value.type.dtype:
                return r.hold(r.b.emit("astype", [value], dtype=attrs["dtype"]))
            return r.hold(r.b.emit("copy", [value]), inputs=[parts])
        return rows_joined(r, node, rule.name, parts, attrs)
    inputs = [as_array(r, as_value(r, p, node), node) for p in parts.items]
    if rule.name == "concatenate" and inputs:
        _check_axes(r, node, attrs.get("axis", 0), inputs[0].type.rank)
    if not inputs and rule.name == "array":
        return r.hold(r.b.emit("zeros", [Const(0)], **attrs), True)
    if not inputs:
        r.fail(node, ValueError(f"need at least one array to {rule.name}"))
    return r.hold(r.b.emit(rule.name, inputs, span=r.span(node), **attrs), inputs=parts.items)


def rows_joined(r: Reader, node: ast.AST, name: str, array: Any, attrs: dict[str, Any]) -> Any:
    """Join the rows of one array, as NumPy's joins do with an array in place of a list."""
    # A cycle by nature: what is spelled out in a library is read as any other call.
    from gradgen.frontend.callables import from_library
    from gradgen.library import joined

    v = as_value(r, array, node)
    if not isinstance(array, Ref) or not v.type.rank:
        known = f"np.{name} of something that is not a tuple, a list or an array"
        r.refuse(node, known, "list the parts, or give example arguments")
    if f"{name}_rows" in RULES:
        return emit(r, node, RULES[f"{name}_rows"], [array], attrs)
    if attrs.get("dtype") not in (None, v.type.dtype):
        array = r.hold(r.b.emit("astype", [v], dtype=attrs["dtype"]))
    axis = {"axis": plain(attrs["axis"])} if "axis" in attrs else {}
    return from_library(r, node, getattr(joined, name), [array], axis)


def _of_list(r: Reader, node: ast.AST, rule: Rule, items: Value, attrs: dict[str, Any]) -> Any:
    """Emit an operation on the items of a list that has grown."""
    item = items.type.item
    if item is not None and item.kind == "list" and rule.name != "array":
        r.refuse(node, f"{rule.spelling} of a list of lists", "make arrays of the inner lists")
    if rule.name == "stack":
        attrs = {"axis": attrs.get("axis", 0)}
    prim = "joined_list" if rule.name == "concatenate" else "array_of_list"
    if rule.name not in ("array", "stack", "concatenate"):
        r.refuse(node, f"{rule.spelling} of a list that grows", "make an array of it first")
    sure = prim != "joined_list" or (item is not None and item.rank == 1)
    return r.hold(r.b.emit(prim, [items], span=r.span(node), **attrs), sure)


def is_helper(fn: Any) -> bool:
    """Whether a function of a generated module is one of the helpers printed there."""
    ours = getattr(helpers, fn.__name__, None)
    return ours is not None and ours.__code__.co_code == fn.__code__.co_code


def call_helper(r: Reader, node: ast.AST, prim: str, args: list[Any]) -> Any:
    """Emit the operation that a printed helper stands for."""
    attrs: dict[str, Any] = {}
    if prim == "winners":
        index = index_of(r, args[1], node)
        args, attrs = [args[0], *index.operands], index.attrs
    elif prim == "pieces" and len(args) > 2:
        attrs["axis"] = static_value(args.pop())
    elif prim == "list_add" and len(args) > 2:
        part = args.pop().parts
        attrs = {"index": "s", "slices": (tuple(p is not None for p in part),)}
        args += [p for p in part if p is not None]
    if prim in ("list_add", "fill_lists"):
        args = [as_list(r, a, node) if isinstance(a, Seq) else a for a in args]
    inputs = [as_value(r, a, node) for a in args]
    if prim == "unbroadcast" and (r.b.reverse or r.b.tangent):
        return r.hold(Algebra(r.b).fit(inputs[0], inputs[1], inputs[0]))
    return r.hold(r.b.emit(prim, inputs, span=r.span(node), **attrs))


def call_printed(r: Reader, node: ast.AST, fn: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Emit a call of a rule's function that is printed as it stands; what is known stays there."""
    given = inspect.signature(fn).bind(*args, **kwargs).arguments
    layout = tuple((static_value(v),) if is_static(v) else () for v in given.values())
    values = {n: as_value(r, v, node) for n, v in given.items() if not is_static(v)}
    like = values[LIKE[fn.__name__]].type
    wide = in_double(Type(like.kind, like.dtype, like.shape))
    out = r.b.emit("helper", list(values.values()), function=fn.__name__, options=(),
                   layout=layout, type=wide)  # fmt: skip
    return r.hold(out)
