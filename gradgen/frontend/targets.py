"""Targets of assignments and of ``del``: names, tuples of targets, subscripts, attributes."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend import stores, unbound
from gradgen.frontend.arguments import any_items
from gradgen.frontend.attributes import set_attribute
from gradgen.frontend.branches import distribute, on_each
from gradgen.frontend.entries import literal
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.identities import key_of
from gradgen.frontend.layouts import apart
from gradgen.frontend.lists import is_list, pop
from gradgen.frontend.objects import class_of, delete_attribute
from gradgen.frontend.places import is_none
from gradgen.frontend.reader import Reader
from gradgen.frontend.records import expanded
from gradgen.frontend.special_methods import invoked, special_method
from gradgen.frontend.tables import refuse_key
from gradgen.frontend.unpacking import fail_to_unpack, sequence_items
from gradgen.frontend.values import Choice, Lazy, Map, Ref, Seq, Static, is_static, static_value
from gradgen.ir.nodes import Undefined


def assign_to(r: Reader, target: ast.expr, value: Any) -> None:
    """Assign to a name, a tuple of targets or a subscript."""
    r.b.span = r.span(target)
    if isinstance(target, ast.Name):
        r.bind(target.id, apart(r, value))
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
    if any(starred):
        parts = on_each(r, target, value, lambda v: _around_star(r, target, v, at, count - at))
        items = sequence_items(r, parts, target, count + 1)
    else:
        items = sequence_items(r, value, target, count)
        if len(items) != count:
            fail_to_unpack(r, target, len(items), count)
    for t, item in zip(target.elts, items, strict=True):
        assign_to(r, t.value if isinstance(t, ast.Starred) else t, item)


def _around_star(r: Reader, target: ast.AST, value: Any, before: int, after: int) -> Seq:
    """Return what goes to the names of a target of which one, with a star, takes the rest."""
    value = value.items() if isinstance(value, Lazy) else value
    parts = _starred(r, target, value, before, after)
    if parts is not None:
        return Seq(parts)
    items, count = sequence_items(r, value, target), before + after
    if len(items) < count:
        fail_to_unpack(r, target, len(items), count, "at least ")
    end = len(items) - after
    return Seq([*items[:before], Seq(items[before:end], list), *items[end:]])


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
    elif isinstance(target, ast.Attribute):
        delete_attribute(r, evaluate(r, target.value), target.attr, target)


def _delete_item(r: Reader, target: ast.Subscript) -> None:
    owner = expanded(r, evaluate(r, target.value), target)
    if isinstance(target.slice, ast.Slice):
        _delete_slice(r, owner, target.slice, target)
        return
    key = evaluate(r, target.slice)
    key = key_of(r, key) if isinstance(owner, Map) else literal(r, key)
    mutable = isinstance(owner, Map) or (isinstance(owner, Seq) and owner.kind is list)
    known = is_static(key) or isinstance(key, Choice)
    if isinstance(owner, Seq) and mutable and not known:
        owner = r.graph_list(owner)
    if isinstance(owner, Ref) and is_list(r, owner):
        pop(r, target, owner, [key])
        return
    if class_of(owner) and special_method(owner, "__delitem__"):
        invoked(r, target, owner, "__delitem__", key)
        return
    if isinstance(owner, Map) and not known:
        refuse_key(r, target, owner, key, "del of an item of a dict, at a computed key")
    if not mutable or not known:
        r.refuse(target, "del of this item", "build a new list or dict without it")
    _delete_known(r, target, owner, key)


def _delete_known(r: Reader, target: ast.Subscript, owner: Seq | Map, key: Any) -> Static:
    """Delete an item by a key that is known, at least on each of some paths."""
    if isinstance(key, Choice):
        return distribute(r, target, key, lambda k: _delete_known(r, target, owner, k))
    held: Any = dict(any_items(r, target, owner)) if isinstance(owner, Map) else list(owner.items)
    k = static_value(key)
    if isinstance(owner, Map) and k in held:
        unbound.found(r, held[k], KeyError(k), target)
    try:
        del held[k]
    except (IndexError, KeyError, TypeError) as error:
        r.fail(target, error)
    r.fill(owner, held)
    return Static(None)


def _delete_slice(r: Reader, owner: Any, part: ast.Slice, target: ast.Subscript) -> None:
    """Perform ``del owner[start:stop:step]`` on a list."""
    ends = (part.lower, part.upper, part.step)
    bounds = [Static(None) if e is None else literal(r, evaluate(r, e)) for e in ends]
    known = isinstance(owner, Seq) and owner.kind is list and owner.grown is None
    grown = isinstance(owner, Ref) and is_list(r, owner) and not owner.steps
    if part.step is None and (grown or (known and not all(map(is_static, bounds)))):
        # A cycle by nature: the items of a slice may be read by subscripts.
        from gradgen.frontend.list_slices import delete_slice

        ref = owner if isinstance(owner, Ref) else r.graph_list(owner)
        start, stop = (None if is_none(b) else as_value(r, b, target) for b in bounds[:2])
        delete_slice(r, target, ref, start, stop)
        return
    if not known or not all(map(is_static, bounds)):
        r.refuse(target, "del of a slice", "assign the items that stay to a new list")
    held = list(owner.items)
    del held[slice(*map(static_value, bounds))]
    r.fill(owner, held)
