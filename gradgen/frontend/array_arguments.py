"""Lists that grow, where functions of NumPy and SciPy take arrays: they make arrays of them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.frontend.lists import as_array, as_places, is_list
from gradgen.frontend.outputs import of_numpy
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Seq
from gradgen.ir.nodes import Value

# What reads lists itself.
AS_LISTS = {np.array, np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray,
            np.fromiter, np.block}  # fmt: skip
# What takes a list of arrays, which may differ in their shapes.
OF_ARRAYS = {np.vstack, np.hstack, np.column_stack, np.dstack, np.select}
# What writes to its first argument, which has to be an array.
WRITES = {np.put, np.place, np.putmask, np.copyto, np.fill_diagonal, np.put_along_axis}
# What takes a list of places, which is one of integers where it is empty, too.
OF_PLACES = {np.ix_, np.delete, np.insert, np.put}


def arrays_for_lists(
    r: Reader, node: ast.AST, obj: Any, args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return a call's arguments, with an array for each list that a library makes one of."""
    scipy = str(getattr(obj, "__module__", "")).startswith("scipy")
    if not (scipy or of_numpy(obj)) or _among(obj, AS_LISTS):
        return args, kwargs
    name = getattr(obj, "__name__", "")
    kept = 1 if _among(obj, WRITES) or name in ("at", "shuffle") else 0
    make = as_places if _among(obj, OF_PLACES) or name == "at" else as_array
    made, named = made_arrays(r, node, args[kept:], kwargs, _among(obj, OF_ARRAYS), make)
    return [*args[:kept], *made], named


def made_arrays(
    r: Reader,
    node: ast.AST,
    args: list[Any],
    kwargs: dict[str, Any],
    joins: bool = False,
    make: Callable[[Reader, Value, ast.AST], Value] = as_array,
) -> tuple[list[Any], dict[str, Any]]:
    """Return arguments, with an array for each list; what ``joins`` may take a list of arrays."""
    made = [_made(r, node, a, joins, make) for a in args]
    return made, {k: _made(r, node, v, joins, make) for k, v in kwargs.items()}


def _among(obj: Any, functions: set[Any]) -> bool:
    try:
        return obj in functions
    except TypeError:  # not hashable
        return False


def _made(r: Reader, node: ast.AST, given: Any, joins: bool, make: Any) -> Any:
    """Return an argument, what ``make`` gives if it is a list."""
    given = r.settled(given)
    if isinstance(given, Seq) and given.grown is None:
        items = [_made(r, node, item, joins, make) for item in given.items]
        same = all(a is b for a, b in zip(items, given.items, strict=True))
        return given if same else Seq(items, given.kind)
    if not is_list(r, given):
        return given
    v = r.read(given)
    item = v.type.item
    if joins and not (item is not None and (item.is_scalar or item.kind == "list")):
        return given
    return r.hold(make(r, v, node))
