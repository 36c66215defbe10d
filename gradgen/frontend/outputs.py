"""``out=`` and ``where=`` of NumPy's functions: the result is computed, then written."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.frontend.branches import distribute
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.places import array_of, at, is_none, plain, write_where
from gradgen.frontend.reader import Reader
from gradgen.frontend.stores import overwrite, write
from gradgen.frontend.values import Choice, Ref, Seq, Static
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import broadcast
from gradgen.library import ufuncs
from gradgen.rules.registry import CALLABLES, RULES

# The place of ``out`` among the positional arguments of functions that are read as a whole.
PLACE = {id(np.dot): 2, id(np.clip): 3, id(np.take): 3, id(np.ptp): 2, id(np.nancumprod): 3,
         id(np.compress): 3, id(np.choose): 2}  # fmt: skip
METHODS = {"reduce": 3, "accumulate": 3, "reduceat": 4}
# Functions that are not of all numbers, and the place of the input which is 1 where they are not.
DOMAINS = {np.divide: 1, np.power: 0, np.float_power: 0, np.sqrt: 0, np.reciprocal: 0,
           np.log: 0, np.log2: 0, np.log10: 0}  # fmt: skip

Compute = Callable[[list[Any], dict[str, Any]], Any]


def out_of(r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return what a call of NumPy writes its result to, None if that is nothing given."""
    if not of_numpy(obj):
        return None
    place = _place(obj, args)
    if isinstance(obj, np.ufunc) and obj.nout > 1:
        missing = [Static(None)] * (obj.nin + obj.nout - len(args))
        out = kwargs.get("out", Seq(args[place:] + missing) if len(args) > place else None)
        return out if isinstance(out, Seq) and not all(map(is_none, out.items)) else None
    out = kwargs.get("out", args[place] if len(args) > place else None)
    if isinstance(out, Seq) and len(out.items) == 1:
        out = out.items[0]
    if is_none(out) and isinstance(obj, np.ufunc) and not _always(kwargs.get("where", True)):
        return _unasked(r, node, obj, args, kwargs)
    return None if is_none(out) else out


def without_none(
    obj: Any, args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return a call's arguments without an ``out`` that is None and comes last, or by name."""
    if not of_numpy(obj):
        return args, kwargs
    if "out" in kwargs and is_none(kwargs["out"]):
        kwargs = {k: v for k, v in kwargs.items() if k != "out"}
    last = len(args) - 1
    return (args[:-1] if args and last == _place(obj, args) and is_none(args[-1]) else args), kwargs


def _unasked(r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return zeros to write to where only some entries are asked for.

    NumPy leaves the other entries as the memory happens to be: a program may not read them.
    """
    operation, mask = CALLABLES.of(obj), as_value(r, kwargs["where"], node)
    inputs = [as_value(r, a, node) for a in args[: obj.nin]]
    if operation not in RULES or all(v.type.is_scalar for v in (mask, *inputs)):
        r.refuse(node, "where= without out=", "give out=, an array that holds the other entries")
    given = kwargs.get("dtype")
    dtype = Static(RULES[operation].type(inputs, {}).dtype) if is_none(given) else given
    arrays = [v for v in (*inputs, mask) if not v.type.is_scalar]
    shape = broadcast([v.type.shape for v in arrays])
    like = [v for v in arrays if shape and v.type.shape == shape][:1] or arrays
    return from_library(r, node, ufuncs.zeros_for, list(map(r.hold, like)), {"dtype": dtype})


def placed_out(function: Any, args: list[Any]) -> Any:
    """Return the array to write to that a method of arrays is given by its place, None if none."""
    place = len(args) if function is None else _place(function, args)
    return args[place] if len(args) > place else None


def of_numpy(obj: Any) -> bool:
    """Whether this is a ufunc, a method of one, or a function of NumPy."""
    if isinstance(obj, np.ufunc) or isinstance(getattr(obj, "__self__", None), np.ufunc):
        return True
    return str(getattr(obj, "__module__", "")).startswith("numpy")


def _place(obj: Any, args: list[Any]) -> int:
    if isinstance(getattr(obj, "__self__", None), np.ufunc):
        return METHODS.get(obj.__name__, len(args))
    if isinstance(obj, np.ufunc):
        return obj.nin
    operation = CALLABLES.of(obj)
    params = RULES[operation].params if operation else ()
    return params.index("out") if "out" in params else PLACE.get(id(obj), len(args))


def into_several(
    r: Reader,
    node: ast.AST,
    obj: Any,
    out: Seq,
    args: list[Any],
    kwargs: dict[str, Any],
    compute: Compute,
) -> Any:
    """Call a function of NumPy with several results, and write those that have a place."""
    if not _always(kwargs.pop("where", True)):
        r.refuse(node, f"where= of np.{obj.__name__}", "compute all, and store where needed")
    kwargs.pop("out", None)
    results = compute(args[: obj.nin], kwargs)
    owners = []
    for place, result in zip(out.items, list(results.items), strict=True):
        if not is_none(place):
            overwrite(r, node, array_of(r, node, place, "out="), as_value(r, result, node))
        owners.append(result if is_none(place) else place)
    return Seq(owners)


def call_into(
    r: Reader,
    node: ast.AST,
    obj: Any,
    out: Any,
    args: list[Any],
    kwargs: dict[str, Any],
    compute: Compute,
) -> Any:
    """Call a function of NumPy, and write what it returns into an array, which is the result.

    Where ``out`` is one array or another by the path, that is done on each path.
    """
    if isinstance(out, Seq):
        return into_several(r, node, obj, out, args, kwargs, compute)
    if isinstance(out, Choice):
        return distribute(
            r, node, out, lambda option: call_into(r, node, obj, option, args, kwargs, compute)
        )
    owner = array_of(r, node, out, "out=")
    kwargs = {k: v for k, v in kwargs.items() if k != "out"}
    place = _place(obj, args)
    # What comes after it by place keeps its place.
    args = args[:place] + [Static(None), *args[place + 1 :]] * (len(args) > place + 1)
    mask = kwargs.pop("where", None) if isinstance(obj, np.ufunc) or obj is np.clip else None
    span = r.b.span
    if mask is None or _always(mask):
        result = as_value(r, compute(args, kwargs), node)
        _same_dtype(r, node, obj, owner, args, result)
        r.b.span = span
        overwrite(r, node, owner, result)
        return owner
    if obj is np.clip:
        write_where(r, node, owner, as_value(r, compute(args, kwargs), node), mask)
        return owner
    test = as_value(r, mask, node)
    inputs = [as_value(r, a, node) for a in args]
    shape = r.read(owner).type.shape
    if (
        shape is not None
        and test.type.shape == shape
        and all(v.type.shape in ((), shape) for v in inputs)
    ):
        # Only what is asked for is computed: the rest may be outside the function's domain.
        chosen = [v if v.type.shape == () else at(r, v, "m", test) for v in inputs]
        result = as_value(r, compute([r.hold(v) for v in chosen], kwargs), node)
        write(r, node, owner, plain("m", test), result, "store")
    else:
        args = _harmless(r, obj, args, inputs, test)
        write_where(r, node, owner, as_value(r, compute(args, kwargs), node), mask)
    return owner


def _harmless(r: Reader, obj: Any, args: list[Any], inputs: list[Value], test: Value) -> list[Any]:
    """Return inputs with 1 where nothing is asked for: NumPy does not compute or warn there."""
    place = DOMAINS.get(obj)
    if place is None or test.type.is_scalar or inputs[place].type.is_scalar:
        return args
    one = Const(1.0 if inputs[place].type.inexact else 1)
    inside = r.hold(r.b.emit("where", [test, inputs[place], one]))
    return [*args[:place], inside, *args[place + 1 :]]


def _always(mask: Any) -> bool:
    return mask is True or getattr(mask, "const", None) is True


def _same_dtype(
    r: Reader, node: ast.AST, obj: Any, owner: Ref, args: list[Any], result: Value
) -> None:
    """Refuse a reduction that would be computed in the precision of ``out``."""
    if isinstance(obj, np.ufunc) or not args or not isinstance(args[0], Value | Ref):
        return
    given, into = r.read(args[0]).type.dtype, r.read(owner).type.dtype
    if not (given.startswith("float") and into.startswith("float")):
        return
    if into not in (given, result.type.dtype):
        r.refuse(
            node, f"out= of dtype {into} for values of dtype {given}", "use arrays of one dtype"
        )
