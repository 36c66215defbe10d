"""``np.add.at`` and its kin: one entry after the other, so that places may repeat.

Sums need no order, they have an operation of their own; the others are read as the loop that they
are, over a small function that is spelled out here.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gradgen.errors import Span
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.places import array_of, rank_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import SPECIAL, Handler
from gradgen.frontend.subscripts import Index, index_of, write
from gradgen.frontend.values import Frame, Static
from gradgen.ir.nodes import Value

STEPS = {
    np.multiply: "{place} *= {value}",
    np.divide: "{place} /= {value}",
    np.power: "{place} **= {value}",
    np.maximum: "{place} = np.maximum({place}, {value})",
    np.minimum: "{place} = np.minimum({place}, {value})",
    np.fmax: "{place} = np.fmax({place}, {value})",
    np.fmin: "{place} = np.fmin({place}, {value})",
    np.negative: "{place} = -{place}",
}


def _sums(sign: str) -> Handler:
    def handler(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        owner = array_of(r, node, args[0], "ufunc.at")
        index = index_of(r, args[1], node)
        attrs = {"sign": "-"} if sign == "-" else {}
        write(r, node, owner, index, as_value(r, args[2], node), "add_at", **attrs)
        return Static(None)

    return handler


def _in_order(step: str) -> Handler:
    def handler(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
        # A cycle by nature: what is spelled out as Python is called as a function of the user's.
        from gradgen.frontend.calls import inline_definition

        owner = array_of(r, node, args[0], "ufunc.at")
        index = index_of(r, args[1], node)
        places = _places(r, node, index)
        given = [as_value(r, v, node) for v in args[2:]]
        free = rank_of(r, node, r.read(owner), "ufunc.at") - len(places)
        own = bool(given) and rank_of(r, node, given[0], "ufunc.at") > free
        if own and given[0].type.shape and given[0].type.shape[0] == 1:
            given = [r.b.emit("load", [given[0], 0], index="i")]
            own = False
        definition = _definition(step, len(places), own)
        frame = Frame(_Here(r.span(node)), {}, {"np": np, "range": range, "len": len})
        values = [owner, *map(r.hold, places), *map(r.hold, given)]
        inline_definition(r, node, definition, frame, values)
        return Static(None)

    return handler


def _places(r: Reader, node: ast.AST, index: Index) -> list[Value]:
    """Return the vectors of places, of which there is one an axis."""
    out = [r.b.emit("flatnonzero", [v]) if v.type.dtype == "bool" else v for v in index.operands]
    if set(index.spelling) - set("am") or any(v.type.rank != 1 for v in out):
        r.refuse(node, "ufunc.at with these indices", "write the loop over the places out")
    return out


@dataclass(frozen=True, slots=True)
class _Here:
    """The source of what is spelled out here: each place in it is that of the call."""

    place: Span

    def span(self, node: ast.AST) -> Span:
        """Return the place of the call."""
        return self.place


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
for _ufunc, _step in STEPS.items():
    SPECIAL.enter(_ufunc.at, _in_order(_step))
