"""Tests of whether arrays share memory, which the reader knows of storages, and works out of views.

Of two parts of one array, the text asks whether they have a place in common: it takes the parts
of an array of places.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from gradgen.frontend.callables import from_library
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import callee_name, special
from gradgen.frontend.values import Choice, Ref
from gradgen.ir.nodes import Const
from gradgen.library.layouts import meet_in_a_place, meet_in_bounds


@special(np.shares_memory, np.may_share_memory)
def _shares_memory(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read the test of whether arrays share memory."""
    given = [r.settled(a) for a in args[:2]]
    if any(isinstance(a, Choice) for a in given):
        r.refuse(node, "a test of what one of two arrays shares, depending on the path", COPY)
    refs = [a for a in given if isinstance(a, Ref)]
    if len(refs) < 2:
        return Const(False)
    one, two = refs
    if one.storage is not two.storage:
        if two.storage in r.reach(one.storage):
            r.refuse(node, "a test of what is shared by arrays that NumPy may have copied", COPY)
        return Const(False)
    if any(step.maybe for ref in refs for step in ref.steps):
        r.refuse(node, "a test of what is shared by arrays that NumPy may have copied", COPY)
    if not one.steps or not two.steps:
        part = r.read(one if one.steps else two)
        return r.b.emit("gt", [r.b.emit("size", [part]), Const(0)])
    base, name = r.versions[one.storage], callee_name(node)
    if base.type.rank is None:
        r.refuse(node, f"np.{name} of parts of an array of unknown rank", "give example arguments")
    if name == "may_share_memory" and base.type.rank > 1 and not one.storage.contiguous:
        what = "np.may_share_memory of parts of an array that may lie in memory in any order"
        r.refuse(node, what, "ask np.shares_memory")
    places = [_places(r, ref) for ref in refs]
    return from_library(r, node, TESTS[name], [r.hold(p) for p in places], {})


COPY = "copy arrays with .copy() before the test, or test outside the loss"
TESTS = {"shares_memory": meet_in_a_place, "may_share_memory": meet_in_bounds}


def _places(r: Reader, ref: Ref) -> Any:
    """Return the places in the storage's array of the entries that a reference views."""
    base = r.versions[ref.storage]
    count = r.b.emit("arange", [Const(0), r.b.emit("size", [base]), Const(1)])
    out = r.b.emit("reshape_as", [count, base])
    for step in ref.steps:
        out = r.b.emit(step.prim, [out, *step.operands], **step.attrs)
    return out
