"""Methods of ufuncs: ``reduce``, ``accumulate``, ``outer``, ``reduceat``; along axis 0 by default.

Sums, products and extremes are read as NumPy's functions of that name, which call these methods;
what has a rule of its own (``rules.ufunc_methods``) is that operation; the rest is read as the loop
that it is (``library.ufuncs``).
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

import gradgen.rules.of_numpy  # noqa: F401  (fills the table of rules)
from gradgen.frontend.bindings import call_rule, option
from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.lists import as_array
from gradgen.frontend.places import is_none, rank_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import SPECIAL, SPELLED, Handler
from gradgen.frontend.ufunc_calls import UFUNCS, in_dtype
from gradgen.frontend.values import Static
from gradgen.ir.nodes import Const
from gradgen.library import ufuncs
from gradgen.rules.registry import RULES

Args = list[Any]
Options = dict[str, Any]
REDUCED: dict[Any, Any] = {
    np.add: np.sum, np.multiply: np.prod, np.maximum: np.max, np.minimum: np.min,
    np.logical_and: np.all, np.logical_or: np.any,
}  # fmt: skip
ACCUMULATED: dict[Any, Any] = {np.add: np.cumsum, np.multiply: np.cumprod}
# Those of which NumPy takes one entry after the other: it does not reorder what is not associative.
# (Compiled for long vectors, it may round a power or an angle of arrays in another way than here.)
SEQUENTIAL = {
    np.subtract, np.divide, np.hypot, np.logaddexp, np.logaddexp2, np.power, np.float_power,
    np.arctan2, np.fmod, np.remainder, np.floor_divide, np.copysign, np.heaviside, np.nextafter,
}  # fmt: skip
WRITE = "write the loop out, or use functools.reduce"
AXES = RULES["cumsum"]  # any rule: its name is in messages
PARAMS = {
    "reduce": ("array", "axis", "dtype", "out", "keepdims", "initial", "where"),
    "accumulate": ("array", "axis", "dtype", "out"),
    "reduceat": ("array", "indices", "axis", "dtype", "out"),
}


def bound(r: Reader, node: ast.AST, method: str, args: Args, kwargs: Options) -> Options:
    """Return the arguments by name, without those that are None but for the axis."""
    names = PARAMS[method]
    unknown = [k for k in kwargs if k not in names]
    if unknown or len(args) > len(names):
        r.refuse(node, f"these arguments of ufunc.{method}", "call it as NumPy documents it")
    given = dict(zip(names, args, strict=False)) | kwargs
    given.setdefault("axis", Const(0))
    return {k: v for k, v in given.items() if k == "axis" or not is_none(v)}


def _called(r: Reader, node: ast.AST, fn: Any, args: Args, kwargs: Options) -> Any:
    # A cycle by nature: a method is read as a call of something else.
    from gradgen.frontend.calls import call_value

    return call_value(r, node, Static(fn), args, kwargs)


def _array(r: Reader, node: ast.AST, given: Any) -> Any:
    """Return an argument, a list of numbers as the array that NumPy makes of it."""
    v = as_value(r, given, node)
    return r.hold(as_array(r, v, node)) if v.type.kind == "list" else given


def outer(ufunc: np.ufunc) -> Handler:
    """Return the reading of a ufunc's ``outer``."""

    def handler(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
        """Read the function of every pair of entries: the axes of both, one after the other."""
        if len(args) != 2:
            r.refuse(node, f"{ufunc.__name__}.outer of {len(args)} arguments")
        args = [_array(r, node, v) for v in args]
        a, b = (as_value(r, v, node) for v in args)
        ranks = [rank_of(r, node, v, f"np.{ufunc.__name__}.outer") for v in (a, b)]
        if all(ranks):
            spread = r.b.emit("load", [a], index=":" * ranks[0] + "n" * ranks[1])
            return _called(r, node, ufunc, [r.hold(spread), args[1]], kwargs)
        # Python's numbers count as arrays: float32 beside them is made double.
        taken = [
            _called(r, node, np.asarray, [v], {}) if v.type.weak and w.type.rank else given
            for v, w, given in ((a, b, args[0]), (b, a, args[1]))
        ]
        return _called(r, node, ufunc, taken, kwargs)

    return handler


def along(ufunc: np.ufunc, method: str, known: dict[Any, Any], loop: Callable[..., Any]) -> Handler:
    """Return the reading of a ufunc's ``reduce`` or ``accumulate``."""

    def handler(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
        """Read a method that goes along an axis."""
        given = bound(r, node, method, args, kwargs)
        array = _array(r, node, given.pop("array"))
        if method == "accumulate":
            given["axis"] = _known_axis(r, node, array, given["axis"])
        if ufunc in known and ufunc not in (np.maximum, np.minimum):
            return _called(r, node, known[ufunc], [array], given)
        array = in_dtype(r, node, array, given.pop("dtype", None))
        if ufunc in known:
            return _called(r, node, known[ufunc], [array], given)
        operation = f"np.{ufunc.__name__}.{method}"
        if method == "reduce" and _no_axis(r, node, array, given["axis"], operation):
            array = _called(r, node, np.expand_dims, [array, Const(0)], {})
            given = {k: v for k, v in given.items() if k != "keepdims"} | {"axis": Const(0)}
        if operation in RULES:
            return call_rule(r, node, RULES[operation], [array], given)
        if ufunc not in SEQUENTIAL:
            r.refuse(node, operation, WRITE)
        array = _in_floats(r, node, ufunc, array)
        if "where" in given and "initial" not in given:
            what = f"reduction operation {ufunc.__name__!r} does not have an identity, so to use"
            r.fail(node, ValueError(f"{what} a where mask one has to specify 'initial'"))
        given["axis"] = Const(_one_axis(r, node, ufunc, method, array, given["axis"]))
        if "keepdims" in given:
            given["keepdims"] = Const(bool(option(r, node, "keepdims", given["keepdims"], AXES)))
        return from_library(r, node, loop, [Static(ufunc), array], given)

    return handler


def _known_axis(r: Reader, node: ast.AST, array: Any, axis: Any) -> Any:
    """Return the axis of a method that goes along one: the only one where none is named."""
    rank = as_value(r, array, node).type.rank
    return Const(0) if is_none(axis) and rank == 1 else axis


def _no_axis(r: Reader, node: ast.AST, array: Any, axis: Any, operation: str) -> bool:
    """Whether each entry is reduced by itself: no axis is named, or there is none."""
    known = option(r, node, "axis", axis, AXES)
    none = rank_of(r, node, as_value(r, array, node), operation) == 0
    return known == () or (none and known in (None, 0, -1))


def _in_floats(r: Reader, node: ast.AST, ufunc: np.ufunc, array: Any) -> Any:
    """Return an array of whole numbers as float64 where the ufunc makes it so."""
    whole = as_value(r, array, node).type.dtype == "int64" and "ll->l" not in ufunc.types
    return in_dtype(r, node, array, Static(np.float64)) if whole else array


def _one_axis(r: Reader, node: ast.AST, ufunc: np.ufunc, method: str, array: Any, axis: Any) -> int:
    """Return the one axis that a method goes along, where the order counts."""
    known = option(r, node, "axis", axis, AXES)
    rank = rank_of(r, node, as_value(r, array, node), f"np.{ufunc.__name__}.{method}")
    axes = tuple(range(rank)) if known is None else known if isinstance(known, tuple) else (known,)
    if len(axes) == 1:
        return int(axes[0])
    what = f"reduction operation {ufunc.__name__!r} is not reorderable, so at most one axis may be"
    r.fail(node, ValueError(f"{what} specified"))


def reduceat(ufunc: np.ufunc) -> Handler:
    """Return the reading of a ufunc's ``reduceat``."""

    def handler(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
        """Read the reductions of slices that begin at some places."""
        given = bound(r, node, "reduceat", args, kwargs)
        operation = f"np.{ufunc.__name__}.reduceat"
        if "indices" not in given:
            r.refuse(node, f"{operation} without indices", "call it as NumPy documents it")
        array = _array(r, node, given.pop("array"))
        given["axis"] = _known_axis(r, node, array, given["axis"])
        array = in_dtype(r, node, array, given.pop("dtype", None))
        places = given.pop("indices")
        if operation in RULES:
            return call_rule(r, node, RULES[operation], [array, places], given)
        if ufunc not in SEQUENTIAL:
            r.refuse(node, operation, WRITE)
        array = _in_floats(r, node, ufunc, array)
        axis = option(r, node, "axis", given["axis"], AXES)
        rank = rank_of(r, node, as_value(r, array, node), operation)
        given["axis"] = Const(axis % rank if rank else axis)
        return from_library(r, node, ufuncs.segments, [Static(ufunc), array, places], given)

    return handler


for _ufunc in UFUNCS:
    if _ufunc.nin == 2 and _ufunc.nout == 1 and _ufunc.signature is None:
        SPECIAL.enter(_ufunc.outer, outer(_ufunc))
        SPECIAL.enter(_ufunc.reduce, along(_ufunc, "reduce", REDUCED, ufuncs.reduced))
        SPECIAL.enter(_ufunc.accumulate, along(_ufunc, "accumulate", ACCUMULATED, ufuncs.running))
        SPECIAL.enter(_ufunc.reduceat, reduceat(_ufunc))
SPELLED["ufunc.outer"] = outer(np.add)
SPELLED["ufunc.reduce"] = along(np.add, "reduce", REDUCED, ufuncs.reduced)
SPELLED["ufunc.accumulate"] = along(np.add, "accumulate", ACCUMULATED, ufuncs.running)
SPELLED["ufunc.reduceat"] = reduceat(np.add)
