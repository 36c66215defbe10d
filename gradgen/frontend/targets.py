"""Targets of assignments and of ``del``: names, tuples of targets, subscripts, attributes."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend import stores, unbound
from gradgen.frontend.arguments import any_items
from gradgen.frontend.attributes import set_attribute
from gradgen.frontend.entries import literal
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.lists import is_list, pop
from gradgen.frontend.reader import Reader
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import Map, Ref, Seq, is_static, static_value
from gradgen.ir.nodes import Undefined


def assign_to(r: Reader, target: ast.expr, value: Any) -> None:
    """Assign to a name, a tuple of targets or a subscript."""
    r.b.span = r.span(target)
    if isinstance(target, ast.Name):
        r.bind(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(r, target, value)
    elif isinstance(target, ast.Subscript):
        stores.store(r, target, value)
    elif isinstance(target, ast.Attribute):
        set_attribute(r, evaluate(r, target.value), target.attr, value, target)
    else:
        r.refuse(target, "this assignment", "assign to a name, a subscript or an attribute")


def _unpack(r: Reader, target: ast.Tuple | ast.List, value: Any) -> None:
    starred = [isinstance(t, ast.Starred) for t in target.elts]
    count = len(target.elts) - sum(starred)
    at = starred.index(True) if any(starred) else count
    parts = _starred(r, target, value, at, count - at) if any(starred) else None
    if parts is not None:
        for t, part in zip(target.elts, parts, strict=True):
            assign_to(r, t.value if isinstance(t, ast.Starred) else t, part)
        return
    items = sequence_items(r, value, target, None if any(starred) else count)
    if len(items) < count or (len(items) > count and not any(starred)):
        few = "not enough" if len(items) < count else "too many"
        got = f", got {len(items)}" if len(items) < count else ""
        least = "at least " if any(starred) else ""
        r.fail(target, ValueError(f"{few} values to unpack (expected {least}{count}{got})"))
    if any(starred):
        extra = len(items) - count
        items[at : at + extra] = [Seq(items[at : at + extra], list)]
    for t, item in zip(target.elts, items, strict=True):
        assign_to(r, t.value if isinstance(t, ast.Starred) else t, item)


def _starred(r: Reader, node: ast.AST, value: Any, before: int, after: int) -> list[Any] | None:
    # A cycle: slices of lists are read as loops, and these assign.
    from gradgen.frontend.list_slices import starred

    return starred(r, node, value, before, after)


def delete(r: Reader, target: ast.expr) -> None:
    """Perform ``del target``."""
    if isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            delete(r, part)
    elif isinstance(target, ast.Name):
        r.lookup(target.id, target)
        nothing = Undefined()
        nothing.name = target.id
        r.frame.names[target.id] = nothing
    elif isinstance(target, ast.Subscript):
        _delete_item(r, target)
    else:
        r.refuse(target, "del of an attribute", "set it to None")


def _delete_item(r: Reader, target: ast.Subscript) -> None:
    owner = evaluate(r, target.value)
    if isinstance(target.slice, ast.Slice):
        r.refuse(target, "del of a slice", "assign the items that stay to a new list")
    key = literal(r, evaluate(r, target.slice))
    mutable = isinstance(owner, Map) or (isinstance(owner, Seq) and owner.kind is list)
    if isinstance(owner, Ref) and is_list(r, owner) and not owner.steps:
        pop(r, target, owner, [key])
        return
    if not mutable or not is_static(key):
        r.refuse(target, "del of this item", "build a new list or dict without it")
    held: Any = dict(any_items(r, target, owner)) if isinstance(owner, Map) else list(owner.items)
    k = static_value(key)
    if isinstance(owner, Map) and k in held:
        unbound.found(r, held[k], KeyError(k), target)
    try:
        del held[k]
    except (IndexError, KeyError, TypeError) as error:
        r.fail(target, error)
    r.fill(owner, held)
