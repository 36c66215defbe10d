"""NumPy's functions of types and shapes: what they give is known when the function is read."""

from __future__ import annotations

import ast
import functools
from typing import Any

import numpy as np

from gradgen.frontend import asked
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import no_more, special
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import Ref, Seq, Static, is_static, plain, static_value
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import integer, promote
from gradgen.library.complexes import real_if_close
from gradgen.library.statistics import sum_dtype
from gradgen.rules.complexes import is_complex

Args = list[Any]
Options = dict[str, Any]


@special(np.result_type)
def _result_type(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read the dtype that arrays and dtypes give together."""
    no_more(r, node, kwargs)
    numbers = [r.read(a) for a in args if isinstance(a, Value | Ref)]
    if any(not v.type.dtype for v in numbers):
        r.refuse(node, "np.result_type of arrays of unknown dtype", "give example arguments")
    named = [a.obj for a in args if isinstance(a, Static)]
    if len(numbers) + len(named) < len(args):
        r.refuse(node, "np.result_type of a list", "give arrays, numbers or dtypes")
    known = [np.dtype(promote([v.type for v in numbers]))] if numbers else []
    return Static(np.result_type(*known, *named))


@special(sum_dtype)
def _sum_dtype(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read the dtype in which weights are summed: None for their own, or where it is not known."""
    weights, a = (as_value(r, x, node).type for x in args)
    if not weights.dtype or not a.dtype or np.dtype(weights.dtype).kind in "iub":
        return Static(None)
    both = np.dtype(promote([weights, a]))
    return Static(None if both == np.dtype(weights.dtype) else both)


@special(np.promote_types, np.can_cast, np.finfo, np.iinfo, np.issubdtype, np.isdtype, np.dtype)
def _of_types(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read a function of dtypes."""
    every = [*args, *kwargs.values()]
    if not all(map(is_static, every)):
        r.refuse(node, "a function of dtypes with a computed argument", "name the dtypes")
    function = getattr(np, node.__dict__["callee"])
    named = {k: static_value(v) for k, v in kwargs.items()}
    return plain(function(*map(static_value, args), **named))


@special(np.broadcast_shapes)
def _broadcast_shapes(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read the shape that shapes are broadcast to."""
    if all(map(is_static, args)):
        return Seq([Const(k) for k in np.broadcast_shapes(*map(static_value, args))])
    shapes = [[as_value(r, n, node) for n in sequence_items(r, a, node)] for a in args]
    rank = max(map(len, shapes))
    ones: list[Value] = [Const(1)]
    padded = [ones * (rank - len(shape)) + shape for shape in shapes]
    return Seq([functools.reduce(lambda a, b: _common(r, a, b), column)
                for column in zip(*padded, strict=True)])  # fmt: skip


def _common(r: Reader, a: Value, b: Value) -> Value:
    """Return the length that two lengths are broadcast to."""
    if a == b or (isinstance(b, Const) and b.const == 1):
        return a
    if isinstance(a, Const) and a.const == 1:
        return b
    apart = r.b.emit("ne", [a, b])
    for one in (a, b):
        apart = r.b.emit("bitand", [apart, r.b.emit("ne", [one, Const(1)])])
    text = "raise ValueError('shape mismatch: objects cannot be broadcast to a single shape')"
    r.b.append("raise_if", [apart], [], attrs={"text": text})
    length = r.b.emit("where", [r.b.emit("eq", [b, Const(1)]), a, b])
    length.type = integer()
    return length


@special(np.iscomplexobj, np.isrealobj)
def _kind(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read the test of whether numbers are complex."""
    found = is_complex(as_value(r, args[0], node))
    return Const(found == (node.__dict__["callee"] == "iscomplexobj"))


@special(np.isscalar)
def _isscalar(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read the test of whether something is a number."""
    asked.note(r, args[0], asked.RANK)
    if not isinstance(args[0], Value | Ref):
        return Const(isinstance(args[0], Static) and bool(np.isscalar(args[0].obj)))
    v = r.read(args[0])
    if v.type.kind == "any":
        return r.b.emit("isscalar", [v])
    return Const(v.type.is_scalar)


@special(np.real_if_close)
def _real_if_close(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read what leaves real numbers as they are, and takes the real part of complex ones."""
    v = as_value(r, args[0], node)
    if is_complex(v):
        eps = plain(float(np.finfo(v.type.dtype).eps))
        return from_library(r, node, real_if_close, args, {**kwargs, "eps": eps})
    return r.hold(r.b.emit("array0", [v]), True) if v.type.is_scalar else args[0]
