"""What an array holds, each value once: ``np.unique`` and its names in the array API."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.bindings import option
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.places import argument, at, flat, is_none, rank_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import no_more, special
from gradgen.frontend.values import Seq
from gradgen.ir.nodes import Const
from gradgen.ir.types import Type
from gradgen.rules.registry import RULES

Args = list[Any]
Options = dict[str, Any]
BESIDE = ("return_index", "return_inverse", "return_counts")


@special(np.unique)
def unique(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``np.unique`` into the first of each kind, in order."""
    flags = [argument(r, node, args, kwargs, k, name) for k, name in enumerate(BESIDE, 1)]
    asked = [n for n, f in zip(BESIDE, flags, strict=True) if _constant(f, False) is True]
    array, axis = as_value(r, args[0], node), argument(r, node, args, kwargs, 4, "axis")
    along = None if is_none(axis) else option(r, node, "axis", axis, RULES["arange"])
    attrs = Options() if _constant(kwargs.pop("equal_nan", None), True) else {"equal_nan": False}
    if _constant(kwargs.pop("sorted", None), True) is not True:
        r.refuse(node, "np.unique with sorted=False", "leave it out, or use np.unique_values")
    no_more(r, node, kwargs)
    if along is None:
        letters, array_from = "a", flat(r, array)
    else:
        along %= rank_of(r, node, array, "np.unique along an axis")
        letters, array_from = ":" * along + "a", array
        attrs["axis"] = along
    places = r.b.emit("unique_places", [array], **attrs)
    values = r.hold(at(r, array_from, letters, places), True)
    more = [r.b.emit("unique_places", [array], item=name, **attrs) for name in asked]
    for name, v in zip(asked, more, strict=True):
        if name == "return_inverse" and along is None:
            v.type = Type("array", "int64", array.type.shape)
    return Seq([values, *(r.hold(v, True) for v in more)]) if asked else values


def _constant(value: Any, usual: bool) -> Any:
    return getattr(value, "const", usual)


def _of_array_api(function: Any) -> None:
    result = type(function([0.0]))
    shown = {
        "indices": "return_index", "inverse_indices": "return_inverse", "counts": "return_counts",
    }  # fmt: skip

    @special(function)
    def handler(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
        """Read a function of the array API, in which no two NaNs are equal."""
        no_more(r, node, kwargs)
        options = {shown[f]: Const(True) for f in result._fields if f in shown}
        found = unique(r, node, args, {**options, "equal_nan": Const(False)})
        return Seq(found.items, result)


for _function in (np.unique_all, np.unique_counts, np.unique_inverse):
    _of_array_api(_function)
