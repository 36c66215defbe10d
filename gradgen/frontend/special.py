"""What calls with a reading of their own share: their table and the forms of their arguments."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.errors import ArgumentError
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.reader import Reader
from gradgen.frontend.sections import Sectioned
from gradgen.frontend.unpacking import entries
from gradgen.frontend.values import (
    Ref,
    Seq,
    Static,
    UnknownShape,
)
from gradgen.ir.nodes import Const, Value

Handler = Callable[[Reader, ast.AST, list[Any], dict[str, Any]], Any]


SPECIAL: Sectioned[Handler] = Sectioned()
SPELLED: dict[str, Handler] = {}


def special(*functions: Any, listed: bool = True) -> Callable[[Handler], Handler]:
    """Enter a handler for calls of some Python objects, given themselves or by their spelling.

    What is not ``listed`` is left out of the documents: gradgen's own, and methods of objects.
    """

    def register(handler: Handler) -> Handler:
        for f in functions:
            SPECIAL.enter(f, handler)
            if listed:
                SPELLED[f if isinstance(f, str) else spelled(f)] = handler
        return handler

    return register


# What functions written in C take by place, and by name; older versions of NumPy do not tell.
PLACES = {
    np.array: "object dtype", np.asarray: "a dtype order", np.asanyarray: "a dtype order",
    np.ascontiguousarray: "a dtype", np.asfortranarray: "a dtype", np.zeros: "shape dtype order",
    np.empty: "shape dtype order", np.copyto: "dst src casting where", np.putmask: "/ mask values",
}  # fmt: skip
NEEDED = {np.copyto: 2, np.putmask: 3}
# The same of methods of arrays.
METHOD_PLACES = {
    "ravel": "order", "flatten": "order", "fill": "value", "clip": "min max out",
    "astype": "dtype order casting subok copy", "compress": "condition axis out",
    "take": "indices axis out mode", "choose": "choices out mode", "put": "indices values mode",
}  # fmt: skip


@functools.lru_cache(maxsize=256)
def _places(function: Any) -> tuple[tuple[str, ...], int, int]:
    """Return what a function takes by place, how many need to be given, how many only by place."""
    names = PLACES.get(function, "").split()
    if names:
        return tuple(names), NEEDED.get(function, 1), int(names[0] == "/")
    ours = (getattr(function, "__module__", None) or "").startswith("numpy")
    if not ours or function is np.arange:  # its first argument may be the second
        return (), 0, 0
    try:
        given = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return (), 0, 0
    if any(p.kind is p.VAR_POSITIONAL for p in given):
        return (), 0, 0
    named = [p for p in given if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = sum(p.default is p.empty for p in named)
    return tuple(p.name for p in named), needed, sum(p.kind is p.POSITIONAL_ONLY for p in named)


def places_of(function: Any) -> tuple[str, ...]:
    """Return the names of what one of NumPy's functions takes by place, if they are known."""
    return _places(function)[0]


def by_place(
    r: Reader, node: ast.AST, function: Any, args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a call of one of NumPy's functions, those that can by their place."""
    try:
        names, needed, first = _places(function)
    except TypeError:  # not hashable, and so none of NumPy's
        return args, kwargs
    if not names:
        return args, kwargs
    out, named = in_places(names, args, kwargs, first)
    wrong = next((n for n in named if n in names[first : len(out)]), "")
    by_name = next((n for n in names[:first] if n in named), "")
    if by_name:
        what = f"np.{function.__name__}(): {by_name!r} is given by name, not by its place"
    elif wrong:
        what = f"np.{function.__name__}(): the argument {wrong!r} is given twice"
    elif len(out) > len(names):
        what = f"np.{function.__name__}() takes at most {len(names)} arguments by place"
    elif [n for n in names[len(out) : needed] if n not in named]:
        what = f"np.{function.__name__}(): {names[len(out)]!r} is missing"
    else:
        return out, named
    raise ArgumentError(what, r.span(node), "call it with the arguments that it takes")


# Methods of arrays that take nothing by name, and what functions take by these names alone.
BY_PLACE_ALONE = ("swapaxes", "transpose", "fill")
OF_FUNCTIONS = ("a_min", "a_max", "correction")


def check_method_call(r: Reader, node: ast.AST, name: str, kwargs: dict[str, Any]) -> None:
    """Raise where a method of arrays does not take by name what a call gives it so."""
    wrong = next((n for n in kwargs if name in BY_PLACE_ALONE or n in OF_FUNCTIONS), "")
    if wrong:
        what = f"ndarray.{name}() does not take {wrong!r} by name, as np.{name} may"
        raise ArgumentError(what, r.span(node), "call it with the arguments that it takes")


def in_places(
    names: tuple[str, ...] | list[str], args: list[Any], kwargs: dict[str, Any], first: int = 0
) -> tuple[list[Any], dict[str, Any]]:
    """Move arguments that are given by name to their places, as far as those before are given."""
    out, named = list(args), dict(kwargs)
    for name in names[len(args) :]:
        if name not in named or len(out) < first:
            break
        out.append(named.pop(name))
    # Arrays are plain ones here, and in the memory of this machine.
    return out, {k: v for k, v in named.items() if k not in ("subok", "device", "like")}


def spelled(function: Any) -> str:
    """Return how a function is usually called: ``np.zeros``, ``len``."""
    module = getattr(function, "__module__", None) or "numpy"
    short = module.replace("numpy", "np") if module.startswith("numpy") else module.lstrip("_")
    return function.__name__ if module == "builtins" else f"{short}.{function.__name__}"


def shape_inputs(r: Reader, shape: Any, node: ast.AST) -> list[Value]:
    """Return the lengths in a shape argument: an integer or a tuple of them."""
    if isinstance(shape, UnknownShape):
        r.refuse(node, "the shape of an array of unknown rank", "use np.zeros_like, or give types")
    if isinstance(shape, Seq):
        return [as_value(r, s, node) for s in shape.items]
    if isinstance(shape, Static) and isinstance(shape.obj, tuple):
        return [Const(k) for k in shape.obj]
    if isinstance(shape, Ref) and r.read(shape).type.rank == 1:
        return [as_value(r, n, node) for n in entries(r, shape, node, None)]
    return [as_value(r, shape, node)]


def callee_name(node: ast.AST) -> str:
    """Return the name of what a call calls, whatever the source calls it."""
    known = node.__dict__.get("callee")
    if known is not None:
        return str(known)
    assert isinstance(node, ast.Call)
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    assert isinstance(node.func, ast.Name)
    return node.func.id


def no_more(r: Reader, node: ast.AST, kwargs: dict[str, Any]) -> None:
    """Refuse keyword arguments that are left over."""
    if kwargs:
        r.refuse(node, f"the argument {next(iter(kwargs))!r}", "leave it out")
