"""Targets of assignments: names, tuples of targets, subscripts, attributes."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend import subscripts
from gradgen.frontend.attributes import set_attribute
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import sequence_items


def assign_to(r: Reader, target: ast.expr, value: Any) -> None:
    """Assign to a name, a tuple of targets or a subscript."""
    r.b.span = r.span(target)
    if isinstance(target, ast.Name):
        r.bind(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(r, target, value)
    elif isinstance(target, ast.Subscript):
        subscripts.store(r, target, value)
    elif isinstance(target, ast.Attribute):
        set_attribute(r, evaluate(r, target.value), target.attr, value, target)
    else:
        r.refuse(target, "this assignment", "assign to a name, a subscript or an attribute")


def _unpack(r: Reader, target: ast.Tuple | ast.List, value: Any) -> None:
    if any(isinstance(t, ast.Starred) for t in target.elts):
        r.refuse(target, "unpacking by *", "name each item, or slice")
    items = sequence_items(r, value, target, len(target.elts))
    if len(items) != len(target.elts):
        raise ValueError(
            f"{r.span(target)}: {len(items)} values to unpack into {len(target.elts)} names"
        )
    for t, item in zip(target.elts, items, strict=True):
        assign_to(r, t, item)
