"""Marks of what the reverse sweep runs again: ``gradgen.checkpoint`` around loops and functions."""

from __future__ import annotations

import ast
import contextlib
import types
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gradgen.checkpoint import checkpoint, marked, require_count
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.iterables import Over
from gradgen.frontend.iteration import Given, builder
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.values import (
    Iteration,
    LocalFunction,
    Static,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Const, Region, Value


@builder(checkpoint)
def _marked_loop(given: Given) -> Over:
    """Read what a marked loop runs over."""
    over = given.over()
    if isinstance(over, list):
        given.refuse(
            "checkpoint of a loop that is written out, item by item",
            "loop over a range or an array, or mark a function that does a turn",
        )
    marks: dict[str, Any] = {"checkpoint": True}
    for name in ("snapshots", "segment"):
        count = given.value(len(given.node.args), name, Const(None))
        if not is_static(count):
            given.refuse(f"a computed {name}=", "give a number that is known before")
        if static_value(count) is not None:
            marks[name] = static_value(count)
            require_count(name, marks[name])
    return replace(over, marked=marks)


@special(checkpoint)
def _mark(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read a mark of a function; the test of a loop is handed on, ``marked_test`` sees the mark."""
    if kwargs:
        r.refuse(node, f"{next(iter(kwargs))}= where there is no for loop", "leave it out")
    what = args[0] if len(args) == 1 else None
    if isinstance(what, Static) and isinstance(what.obj, types.FunctionType):
        return Static(marked(what.obj))
    if isinstance(what, LocalFunction):
        return replace(what, marked=True)
    if isinstance(what, Iteration):
        return replace(what, marked={"checkpoint": True})
    if isinstance(what, Value):
        return what
    r.refuse(
        node,
        f"checkpoint of a {describe(what)}",
        "mark what a for loop runs over, the test of a while loop, or a function",
    )


def marked_test(r: Reader, test: ast.expr) -> bool:
    """Whether the test of a ``while`` loop is marked."""
    if not (isinstance(test, ast.Call) and isinstance(test.func, ast.Name | ast.Attribute)):
        return False
    if isinstance(test.func, ast.Attribute) and not isinstance(test.func.value, ast.Name):
        return False
    callee = evaluate(r, test.func)
    return isinstance(callee, Static) and callee.obj is checkpoint


@contextlib.contextmanager
def region(r: Reader, is_marked: bool) -> Iterator[None]:
    """Let operations belong to a region of their own, if what they are read from is marked."""
    around = r.b.region
    if is_marked:
        r.b.region = Region(around)
    try:
        yield
    finally:
        r.b.region = around
