"""``np.add.at`` and its kin: one entry after the other, so that places may repeat.

Sums need no order, they have an operation of their own; the others are read as the loop that they
are, over a small function that is spelled out here.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

import numpy as np

from gradgen.frontend.callables import from_library
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.indices import Index, index_of
from gradgen.frontend.places import array_of, rank_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.source import Source
from gradgen.frontend.special import SPECIAL, Handler
from gradgen.frontend.stores import write
from gradgen.frontend.ufunc_calls import UFUNCS
from gradgen.frontend.values import Frame, Ref, Static
from gradgen.ir.nodes import Value
from gradgen.library import ufuncs

OPERATORS = {np.multiply: "*=", np.divide: "/=", np.power: "**="}


def _step(ufunc: np.ufunc) -> str:
    """Return the statement that does at one place what a ufunc does."""
    if ufunc in OPERATORS:
        return f"{{place}} {OPERATORS[ufunc]} {{value}}"
    value = ", {value}" if ufunc.nin == 2 else ""
    return f"{{place}} = np.{ufunc.__name__}({{place}}{value})"


def _sums(sign: str) -> Handler:
    def handler(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        owner = array_of(r, node, args[0], "ufunc.at")
        index = index_of(r, args[1], node)
        attrs = {"sign": "-"} if sign == "-" else {}
        write(r, node, owner, index, as_value(r, args[2], node), "add_at", **attrs)
        return Static(None)

    return handler


def _at_once(
    r: Reader, node: ast.AST, ufunc: np.ufunc, owner: Ref, index: Index, args: list[Any]
) -> Any:
    """Read the step at places that cannot repeat: a store of the function of what is there."""
    # A cycle by nature, as below.
    from gradgen.frontend.calls import call_value

    old = r.b.emit("load", [r.read(owner), *index.operands], **index.attrs)
    new = call_value(r, node, Static(ufunc), [r.hold(old), *args], {})
    write(r, node, owner, index, as_value(r, new, node), "store")
    return Static(None)


def _in_order(ufunc: np.ufunc) -> Handler:
    step = _step(ufunc)

    def handler(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        # A cycle by nature: what is spelled out as Python is called as a function of the user's.
        from gradgen.frontend.inlining import inline_definition

        owner = array_of(r, node, args[0], "ufunc.at")
        index = index_of(r, args[1], node)
        if not set(index.spelling) - set("is:e"):
            return _at_once(r, node, ufunc, owner, index, args[2:])
        if set(index.spelling) - set("am") or any(v.type.rank != 1 for v in index.operands):
            places, args = _entries(r, node, owner, index, args)
        else:
            places = _places(r, index)
        given = [as_value(r, v, node) for v in args[2:]]
        free = rank_of(r, node, r.read(owner), "ufunc.at") - len(places)
        own = bool(given) and rank_of(r, node, given[0], "ufunc.at") > free
        if own and given[0].type.shape and given[0].type.shape[0] == 1:
            given = [r.b.emit("load", [given[0], 0], index="i")]
            own = False
        definition = _definition(step, len(places), own)
        source = Source(definition, "", (), {}, here=r.span(node))  # each place is that of the call
        frame = Frame(source, {}, {"np": np, "range": range, "len": len})
        values = [owner, *map(r.hold, places), *map(r.hold, given)]
        inline_definition(r, node, definition, frame, values)
        return Static(None)

    return handler


def _places(r: Reader, index: Index) -> list[Value]:
    """Return the vectors of places, of which there is one an axis."""
    masks = [v.type.dtype == "bool" for v in index.operands]
    pairs = zip(index.operands, masks, strict=True)
    return [r.b.emit("flatnonzero", [v]) if mask else v for v, mask in pairs]


def _entries(
    r: Reader, node: ast.AST, owner: Ref, index: Index, args: list[Any]
) -> tuple[list[Value], list[Any]]:
    """Return the places of each entry of a selection, and the arguments with a value for each."""
    numbers = from_library(r, node, ufuncs.numbered, [owner], {})
    chosen = r.b.emit("load", [as_value(r, numbers, node), *index.operands], **index.attrs)
    places = from_library(r, node, ufuncs.places_of, [r.hold(chosen), owner], {})
    values = [from_library(r, node, ufuncs.for_each, [v, r.hold(chosen)], {}) for v in args[2:]]
    return [as_value(r, v, node) for v in places.items], [*args[:2], *values]


@lru_cache(maxsize=64)
def _definition(step: str, axes: int, own: bool) -> ast.FunctionDef:
    """Return the function that applies a step at one place after the other."""
    places = [f"places_{j}" if axes > 1 else "places" for j in range(axes)]
    place = f"a[{', '.join(f'{p}[k]' for p in places)}]"
    line = step.format(place=place, value="values[k]" if own else "values")
    given = ", values" if "values" in line else ""
    text = f"def at(a, {', '.join(places)}{given}):\n for k in range(len({places[0]})):\n  {line}\n"
    definition = ast.parse(text).body[0]
    assert isinstance(definition, ast.FunctionDef)
    return definition


SPECIAL.enter(np.add.at, _sums("+"))
SPECIAL.enter(np.subtract.at, _sums("-"))
for _ufunc in UFUNCS:
    if _ufunc not in (np.add, np.subtract) and _ufunc.nout == 1 and _ufunc.signature is None:
        SPECIAL.enter(_ufunc.at, _in_order(_ufunc))
