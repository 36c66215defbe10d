"""Adjoints that are written as Python functions: read into the sweep, or printed as helpers.

Where the ranks of what it reads are known, a function is read like a function of the user's, at
the place of the operation whose adjoint it is: the types decide its branches, and what is left is
as short as they allow.  Otherwise, and where it has a loop, the module gets the function itself,
and the sweep a call of it; its name begins with an underscore, as those of all helpers.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gradgen.errors import Span
from gradgen.frontend.book import Book
from gradgen.frontend.callables import borrowed
from gradgen.frontend.calls import call_value
from gradgen.frontend.reader import Reader
from gradgen.frontend.source import source_of
from gradgen.frontend.values import Frame, Static, plain
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Const, Op, Value
from gradgen.ir.types import Type, in_double, promote
from gradgen.rules.registry import RULES, STANDING
from gradgen.syntax import nodes_in


def written(b: Builder, fn: Any, op: Op, more: Mapping[str, Any], type: Type) -> Value:
    """Emit what a function of a rule says of an operation.

    Parameters
    ----------
    b : Builder
        Where to; its span is the operation's.
    fn : function
        Of inputs, options and results of the operation by name.
    op : Op
        The operation.
    more : mapping
        Further things by name: cotangents or tangents.
    type : Type
        The type of the result, where it is that of a helper.

    Returns
    -------
    Value
    """
    given = _given(fn, op, more)
    values = [v for v in given.values() if isinstance(v, Value) and not isinstance(v, Const)]
    reads = fn.__name__ not in STANDING and not has_loop(fn)
    if reads and not any(v.type.kind == "any" for v in values):
        r, found = _read(b, fn, given)
        return r.read(found)
    # What is known beforehand is printed in its place among the arguments.
    layout = tuple(() if v in values else (_python(v),) for v in given.values())
    floats = [v.type for v in values if v.type.is_numeric and v.type.inexact]
    found = promote([type, *floats]) if type.dtype else ""
    wide = in_double(replace(type, dtype=found))
    return b.emit("helper", values, function=fn.__name__, options=(), layout=layout, type=wide)


def _given(fn: Any, op: Op, more: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a function asks for by name, None for what the operation does not have."""
    known = {**RULES[op.prim].defaults, **op.attrs, **_values(op), **more}
    return {name: known.get(name) for name in inspect.signature(fn).parameters}


def _values(op: Op) -> dict[str, Value]:
    """Return the inputs and results of an operation by their names."""
    results = RULES[op.prim].outputs or ("y",)
    return inputs_by_name(op) | dict(zip(results, op.outputs, strict=False))


def inputs_by_name(op: Op) -> dict[str, Value]:
    """Return the inputs of an operation by their names; of keyed ones only some are given."""
    rule = RULES[op.prim]
    names = [p for p in rule.params if p not in rule.defaults and p not in op.attrs]
    if rule.keyed:
        names = [*(p for p in names if p not in rule.keyed), *op.attrs.get("keyed", ())]
    return dict(zip(names, op.inputs, strict=False))


def written_several(b: Builder, fn: Any, op: Op, more: Mapping[str, Any]) -> list[Value]:
    """Emit a value for each of several results of an operation; None of a function is zero."""
    r, found = _read(b, fn, _given(fn, op, more))
    nothing = (isinstance(item, Static) and item.obj is None for item in found.items)
    pairs = zip(found.items, nothing, strict=True)
    return [Const(0.0) if zero else r.read(item) for item, zero in pairs]


def _python(known: Any) -> Any:
    return known.const if isinstance(known, Const) else known


def _read(b: Builder, fn: Any, given: dict[str, Any]) -> tuple[Reader, Any]:
    assert b.span is not None
    at: Span = b.span
    function = borrowed(fn, b.span)
    r = Reader(b.block)
    r.b, r.book = b, Book()
    r.book.begin()
    r.frame = Frame(function.frame.source, {}, fn.__globals__, owner=r)
    kwargs = {n: r.hold(v) if isinstance(v, Value) else plain(v) for n, v in given.items()}
    before = len(b.block.ops)
    result = call_value(r, function.node, function, [], kwargs)
    for op in b.block.ops[before:]:
        _read_narrow(op)
        for out in op.outputs:
            out.user = False  # its names are gradgen's
    b.span = at
    return r, result


def _read_narrow(op: Op) -> None:
    """Let an elementwise operation stretch its inputs itself, where its result stays as it is."""
    rule = RULES.get(op.prim)
    if rule is None or not rule.elementwise or len(op.outputs) != 1:
        return
    for k, v in enumerate(op.inputs):
        if v.op is not None and v.op.prim == "broadcast_to":
            inputs = [*op.inputs[:k], v.op.inputs[0], *op.inputs[k + 1 :]]
            if rule.type(inputs, op.attrs) == op.out.type and op.out.type.shape:
                op.inputs = inputs


def has_loop(fn: Any) -> bool:
    """Whether a function has a loop of its own."""
    return any(isinstance(n, ast.For | ast.While) for n in nodes_in(source_of(fn).node))
