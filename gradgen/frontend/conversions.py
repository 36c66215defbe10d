"""Calls that make arrays of arrays: copies, and conversions that share memory where they can."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import call_rule, dtype_of
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.layouts import in_c_order, lies_in_rows, perhaps_shared
from gradgen.frontend.places import argument, is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import callee_name, no_more, special
from gradgen.frontend.values import Ref, Seq, Static
from gradgen.ir.nodes import Const
from gradgen.ir.types import Type, may_be_one
from gradgen.library import grids
from gradgen.rules.registry import RULES

Args = list[Any]
Options = dict[str, Any]
ORDERED = {"ascontiguousarray": "C", "asfortranarray": "F"}


def order_in_memory(r: Reader, node: ast.AST, order: Any, usual: str = "K") -> str:
    """Return how a new array is to lie in memory: C, F, A or K."""
    name = usual if is_none(order) else str(getattr(order, "obj", "")).upper()
    if name not in ("C", "F", "A", "K"):
        r.refuse(node, "an order that is computed, or is none of NumPy's", "use order 'C' or 'F'")
    return name


@special(np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray)
def _asarray(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read the conversions that share where they can."""
    name = callee_name(node)
    dtype = argument(r, node, args, kwargs, 1, "dtype")
    order = ORDERED.get(name) or order_in_memory(
        r, node, argument(r, node, args, kwargs, 2, "order")
    )
    copy = getattr(kwargs.pop("copy", None), "const", None)
    no_more(r, node, kwargs)
    out = _converted(r, node, args[0], dtype, order, copy)
    bare = name in ORDERED and as_value(r, out, node).type.rank == 0
    return _of_axes(r, node, out, 1) if bare else out


@special(np.array)
def _array(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.array``, which copies unless it is told not to; new axes come first."""
    dtype = argument(r, node, args, kwargs, 1, "dtype")
    order = order_in_memory(r, node, kwargs.pop("order", None))
    copy, least = kwargs.pop("copy", Const(True)), kwargs.pop("ndmin", Const(0))
    no_more(r, node, kwargs)
    if not isinstance(least, Const):
        r.refuse(node, "ndmin= that is computed", "pass a constant")
    out = _converted(r, node, args[0], dtype, order, getattr(copy, "const", None))
    return _of_axes(r, node, out, int(least.const))


def _of_axes(r: Reader, node: ast.AST, out: Any, least: int) -> Any:
    """Return an array with at least so many axes; new ones come first."""
    rank = as_value(r, out, node).type.rank
    if not least or (rank or 0) >= least:
        return out
    if rank is None:
        r.refuse(node, "ndmin= of an array of unknown rank", "give example arguments")
    new = tuple(range(least - rank))
    return call_rule(r, node, RULES["expand_dims"], [out], {"axis": Static(new)})


@special(np.fromiter)
def _fromiter(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read an array of what an iteration gives."""
    # A cycle: what is iterated over may be a comprehension, which may call this.
    from gradgen.frontend.aggregates import sequence

    items, dtype, count = (
        argument(r, node, args, kwargs, k, n) for k, n in enumerate(("iter", "dtype", "count"))
    )
    no_more(r, node, kwargs)
    given = [sequence(r, node, items)]
    out = _array(r, node, given, {} if is_none(dtype) else {"dtype": dtype})
    if is_none(count) or getattr(count, "const", 0) == -1:
        return out
    return from_library(r, node, grids.counted, [out, count], {})


def _converted(r: Reader, node: ast.AST, value: Any, dtype: Any, order: str, copy: Any) -> Any:
    """Return an array of a dtype in an order, the one that is given where that will do."""
    if not isinstance(value, Ref) and isinstance(value, Seq):
        options = {} if is_none(dtype) else {"dtype": dtype}
        out = call_rule(r, node, RULES["array"], [value], options)
        return _laid_out(r, out, order) if order in ("C", "F") else out
    v = as_value(r, value, node)
    if v.type.kind == "list" or (not isinstance(value, Ref) and not v.type.is_scalar):
        return call_rule(
            r, node, RULES["array"], [value], {} if is_none(dtype) else {"dtype": dtype}
        )
    cast = not is_none(dtype) and dtype_of(r, node, dtype) != v.type.dtype
    if cast:
        may_be_it = not v.type.dtype and not v.type.is_scalar
        v = r.b.emit("astype", [v], dtype=dtype_of(r, node, dtype))
        made = r.hold(r.b.emit("array0", [v]) if v.type.is_scalar else v, inputs=[value])
        out = _laid_out(r, made, order) if order in ("C", "F") else made
        # Of an unknown dtype: it may be the one that is asked for, and then nothing is copied.
        return perhaps_shared(r, value, out, "asarray") if may_be_it and copy is not True else out
    if copy is True or v.type.is_scalar:
        return copied(r, node, value, order)
    return _laid_out(r, value, order) if order in ("C", "F") else value


def _laid_out(r: Reader, value: Any, order: str) -> Any:
    """Return an array in C or Fortran order: itself if it is so already, else a copy."""
    if not isinstance(value, Ref) or r.read(value).type.rank == 0:
        return value
    if order == "F" and lies_in_rows(r, value) and _has_two_axes(r.read(value).type):
        return r.hold(r.b.emit("copy", [r.read(value)], order="F"), False, [value])
    return r.view(value, "ascontiguousarray" if order == "C" else "asfortranarray", [], {})


def _has_two_axes(t: Type) -> bool:
    """Whether C order is surely not Fortran order: so it is of arrays with one long axis alone."""
    return t.shape is not None and sum(not may_be_one(n) for n in t.shape) > 1


def copied(r: Reader, node: ast.AST, value: Any, order: str) -> Any:
    """Return a copy of an array in an order; of a number an array without axes."""
    v = as_value(r, value, node)
    if v.type.is_scalar:
        return r.hold(r.b.emit("array0", [v]), True)
    known = isinstance(value, Ref) and in_c_order(value)
    attrs: Options = {} if order == "C" or (known and order in "AK") else {"order": order}
    return r.hold(r.b.emit("copy", [v], **attrs), not attrs, [value])


@special(np.copy)
def _copy(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    order = order_in_memory(r, node, argument(r, node, args, kwargs, 1, "order"))
    no_more(r, node, kwargs)
    return copied(r, node, args[0], order)
