"""Calls that make arrays: of a value, along a range, of what is given converted."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import call_rule, dtype_of
from gradgen.frontend.callables import from_library
from gradgen.frontend.conversions import order_in_memory
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.layouts import perhaps_shared
from gradgen.frontend.operators import arithmetic
from gradgen.frontend.places import argument, is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import callee_name, no_more, shape_inputs, special
from gradgen.frontend.values import Seq, SliceValue, Static, UnknownShape
from gradgen.ir.nodes import Const, Value
from gradgen.library import grids
from gradgen.rules.registry import RULES

Args = list[Any]
Options = dict[str, Any]


def in_memory(r: Reader, node: ast.AST, order: Any, usual: str = "C") -> Options:
    """Return the option that says how a new array lies in memory, none for the usual way."""
    name = order_in_memory(r, node, order, usual)
    return {} if name == usual else {"order": name}


def of_dtype(r: Reader, node: ast.AST, dtype: Any) -> Options:
    """Return the option that says a dtype, none where that is None."""
    return {} if is_none(dtype) else {"dtype": dtype_of(r, node, dtype)}


@special(np.zeros, np.ones, np.empty)
def _filled(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    name = callee_name(node)
    shape, dtype, order = (
        argument(r, node, args, kwargs, k, n) for k, n in enumerate(("shape", "dtype", "order"))
    )
    no_more(r, node, kwargs)
    attrs = of_dtype(r, node, dtype) | in_memory(r, node, order)
    if isinstance(shape, UnknownShape) and not attrs:
        return r.hold(
            r.b.emit("zeros_as" if name == "zeros" else f"{name}_like", [shape.array]), True
        )
    return r.hold(r.b.emit(name, shape_inputs(r, shape, node), **attrs), _plain(attrs))


def _plain(attrs: Options) -> bool:
    return attrs.get("order", "C") == "C"


@special(np.zeros_like, np.empty_like, np.ones_like)
def _like(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    like, dtype, order, _, shape = (
        argument(r, node, args, kwargs, k, n)
        for k, n in enumerate(("a", "dtype", "order", "subok", "shape"))
    )
    no_more(r, node, kwargs)
    attrs = of_dtype(r, node, dtype) | in_memory(r, node, order, "K")
    v = as_value(r, like, node)
    if not is_none(shape):
        attrs = Options(dtype=_dtype_known(r, node, v)) | attrs
        name = callee_name(node).removesuffix("_like")
        return r.hold(r.b.emit(name, shape_inputs(r, shape, node), **attrs), _plain(attrs))
    return r.hold(r.b.emit(callee_name(node), [v], **attrs), inputs=[like])


def _dtype_known(r: Reader, node: ast.AST, v: Value) -> str:
    if not v.type.dtype:
        r.refuse(node, "an array like one of unknown dtype", "give example arguments")
    return v.type.dtype


@special(np.full)
def _full(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    shape, fill, dtype, order = (
        argument(r, node, args, kwargs, k, n)
        for k, n in enumerate(("shape", "fill_value", "dtype", "order"))
    )
    no_more(r, node, kwargs)
    attrs = of_dtype(r, node, dtype) | in_memory(r, node, order)
    value = as_value(r, fill, node)
    if isinstance(shape, UnknownShape) and not attrs and value.type.inexact:
        return r.hold(r.b.emit("fill", [shape.array, value]), True)
    inputs = [value, *shape_inputs(r, shape, node)]
    return r.hold(r.b.emit("full", inputs, **attrs), _plain(attrs))


@special(np.full_like)
def _full_like(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    like, fill, dtype, order, _, shape = (
        argument(r, node, args, kwargs, k, n)
        for k, n in enumerate(("a", "fill_value", "dtype", "order", "subok", "shape"))
    )
    no_more(r, node, kwargs)
    v, value = as_value(r, like, node), as_value(r, fill, node)
    attrs = of_dtype(r, node, dtype) | in_memory(r, node, order, "K")
    if not is_none(shape):
        attrs = Options(dtype=_dtype_known(r, node, v)) | attrs
        return r.hold(
            r.b.emit("full", [value, *shape_inputs(r, shape, node)], **attrs), _plain(attrs)
        )
    return r.hold(r.b.emit("full_like", [v, value], **attrs), inputs=[like])


@special(np.identity)
def _identity(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    n, dtype = (argument(r, node, args, kwargs, k, name) for k, name in enumerate(("n", "dtype")))
    no_more(r, node, kwargs)
    return r.hold(r.b.emit("eye", [as_value(r, n, node)], **of_dtype(r, node, dtype)), True)


@special(np.arange)
def _arange(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.arange``, whose first argument is the stop where it stands alone."""
    dtype = args[3] if len(args) > 3 else kwargs.pop("dtype", None)
    names = ("start", "stop", "step")
    given = dict(zip(names, args, strict=False))
    given |= {n: kwargs.pop(n) for n in names if n in kwargs}
    no_more(r, node, kwargs)
    given = {n: v for n, v in given.items() if not is_none(v)}
    if "stop" not in given and "start" in given:
        given["stop"] = given.pop("start")
    if "step" in given or "start" in given:
        given.setdefault("start", Const(0))
    inputs = [as_value(r, given[n], node) for n in names if n in given]
    return r.hold(r.b.emit("arange", inputs, **of_dtype(r, node, dtype)), True)


@special(np.linspace)
def _linspace(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.linspace``, with the step beside it where that is asked for."""
    names = ("start", "stop", "num", "endpoint", "retstep", "dtype", "axis")
    given = dict(zip(names, args, strict=False)) | kwargs
    retstep = given.pop("retstep", None)
    out = call_rule(r, node, RULES["linspace"], [], given)
    if getattr(retstep, "const", False) is not True:
        return out
    end = getattr(given.get("endpoint"), "const", True)
    num = as_value(r, given.get("num", Const(50)), node)
    parts = arithmetic(r, "sub", num, Const(1), node) if end else num
    start, stop = (as_value(r, given[n], node) for n in ("start", "stop"))
    width = arithmetic(r, "sub", stop, start, node)
    return Seq([out, r.hold(r.b.emit("np.divide", [width, parts]))])


def grid(r: Reader, node: ast.AST, slices: Any, sparse: bool) -> Any:
    """Read ``np.mgrid[0:3, 0:4]`` or ``np.ogrid``, slice by slice."""
    several = isinstance(slices, Seq)
    parts = slices.items if several else [slices]
    if not all(isinstance(p, SliceValue) for p in parts):
        r.refuse(node, "np.mgrid of something that is not a slice", "write start:stop:step")
    places = [numbers_of(r, node, p) for p in parts]
    if not several:
        return places[0]
    return from_library(r, node, grids.spread, [Seq(places), Const(sparse)], {})


def numbers_of(r: Reader, node: ast.AST, part: SliceValue) -> Any:
    """Return the numbers that a slice stands for; an imaginary step counts them."""
    start, stop, step = part.parts
    if stop is None:
        r.refuse(node, "a grid of a slice without an end", "write start:stop:step")
    start = Const(0) if start is None else start
    if isinstance(step, Const) and isinstance(step.const, complex):
        count = Const(int(abs(step.const)))
        return from_library(r, node, grids.evenly, [start, stop, count], {})
    return _arange(r, node, [start, stop, *([] if step is None else [step])], {})


@special(np.fromfunction)
def _fromfunction(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.fromfunction`` as a call of the function with the places along each axis."""
    # A cycle by nature: a function is called.
    from gradgen.frontend.calls import call_value

    dtype = kwargs.pop("dtype", Static(float))
    lengths = [r.hold(v) for v in shape_inputs(r, args[1], node)]
    places = from_library(r, node, grids.indices, [Seq(lengths)], {"dtype": dtype})
    each = [r.hold(r.b.emit("load", [as_value(r, places, node), Const(k)], index="i"))
            for k in range(len(lengths))]  # fmt: skip
    return call_value(r, node, args[0], [*each, *args[2:]], kwargs)


def _cast_to(dtype: str) -> Any:
    def handler(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Read ``np.float64(x)``: a conversion, which for a number is a scalar of NumPy."""
        no_more(r, node, kwargs)
        if not args:
            return Const(np.dtype(dtype).type().item())
        if isinstance(args[0], Seq):
            return call_rule(r, node, RULES["array"], args, {"dtype": Static(np.dtype(dtype))})
        v = as_value(r, args[0], node)
        if v.type.kind == "array" and v.type.rank and v.type.dtype == dtype:
            return args[0]  # not a copy
        made = r.hold(r.b.emit("astype", [v], dtype=dtype))
        return (
            made if v.type.dtype or v.type.is_scalar else perhaps_shared(r, args[0], made, "astype")
        )

    return handler


for _dtype in ("float64", "float32", "int64", "int32", "int16", "int8", "uint8", "bool"):
    special(getattr(np, _dtype))(_cast_to(_dtype))
