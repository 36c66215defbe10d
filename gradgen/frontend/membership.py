"""Membership tests to the graph: in containers, ranges, lists of the graph and arrays."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend import (
    asked,
    branches,
    lists,
    own_items,
    pointers,
    records,
    row_kinds,
    unbound,
)
from gradgen.frontend.aggregates import run_text
from gradgen.frontend.arguments import any_items, every_item
from gradgen.frontend.describing import describe
from gradgen.frontend.entries import literal
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.identities import key_of
from gradgen.frontend.objects import class_of
from gradgen.frontend.picks import numbers_in
from gradgen.frontend.reader import Reader
from gradgen.frontend.special_methods import invoked, special_method
from gradgen.frontend.tables import refuse_key
from gradgen.frontend.values import (
    OTHER_KEYS,
    Choice,
    Map,
    Ref,
    Seq,
    Static,
    is_static,
    plain,
    static_value,
)
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import may_be_one


def contains(r: Reader, node: ast.Compare, left: Any, right: Any) -> Value:
    """Return whether ``left in right``."""
    left, right = literal(r, left), records.expanded(r, right, node)
    if class_of(right) and special_method(right, "__contains__"):
        return branches.truth(r, invoked(r, node, right, "__contains__", left), node)
    if row_kinds.is_range(right) and isinstance(left, Value) and left.type.is_scalar:
        return _in_range(r, node, left, right.bounds)
    if isinstance(right, Map) or (isinstance(right, Static) and isinstance(right.obj, dict)):
        left = key_of(r, left)
        if isinstance(left, Choice):
            found = branches.on_each(r, node, left, lambda key: contains(r, node, key, right))
            return as_value(r, found, node)
    if isinstance(right, Map) and is_static(left):
        key = static_value(left)
        asked.note(r, right, ("in", key))
        held = right.items if key in right.items else any_items(r, node, right)
        return unbound.is_there(r, r.settled(held[key])) if key in held else Const(False)
    if is_static(left) and is_static(right):
        try:
            return Const(static_value(left) in static_value(right))
        except TypeError as error:  # None, on a path that a test before may have left
            r.fail(node, error)
    if _shape_without_one(left, right):
        return Const(False)
    if isinstance(right, Map):
        lists.write_out(r, numbers_in(left))
        if pointers.is_word(left) and right.made and OTHER_KEYS in right.items:
            refuse_key(r, node, right, left, "a membership test in a dict that gets keys")
        if pointers.is_word(left):
            right = Seq([plain(k) for k in every_item(r, node, right)])
        elif right.items and not isinstance(left, Seq) and _all_numbers(r, node, right):
            right = Seq([plain(k) for k in right.items])
    return _among(r, node, left, right)


def _in_range(r: Reader, node: ast.AST, left: Any, bounds: tuple[Value, Value, Value]) -> Value:
    """Test whether a number is in a range."""
    start, stop, step = bounds
    if not isinstance(step, Const):
        r.refuse(node, "a membership test in a range of an unknown step", "compare with its ends")
    if isinstance(start, Const) and isinstance(stop, Const) and isinstance(left, Const):
        return Const(left.const in range(start.const, stop.const, step.const))
    up = step.const > 0
    text = "start <= v < stop" if up else "stop < v <= start"
    if abs(step.const) != 1 or left.type.kind != "int":
        text += f" and ({'v - start' if up else 'start - v'}) % {abs(step.const)} == 0"
    return run_text(r, node, f"found = {text}", "found", v=left, start=start, stop=stop)


def _all_numbers(r: Reader, node: ast.AST, owner: Map) -> bool:
    return all(isinstance(k, int | float) for k in every_item(r, node, owner))


def _among(r: Reader, node: ast.Compare, left: Any, right: Any) -> Value:
    """Test membership of computed values: by comparison with each item."""
    if isinstance(right, Static) and isinstance(right.obj, tuple | list):
        items = [r.wrap(o, right.obj, k, node) for k, o in enumerate(right.obj)]
    elif isinstance(right, Seq):
        items = list(right.items)
    elif isinstance(right, Static) and isinstance(right.obj, set | frozenset):
        items = [plain(o) for o in sorted(right.obj, key=repr)]
    elif isinstance(right, Ref):
        return _within(r, node, left, right)
    else:
        what = f"a membership test in a {describe(right)}"
        if isinstance(right, Map):
            refuse_key(r, node, right, left, what)
        r.refuse(node, what, "compare with == and or")
    pairs = [(i, left) if class_of(left) or class_of(i) else (left, i) for i in items]
    tests = [lambda one=one: _is_or_equals(r, node, *one) for one in pairs]
    return branches.chain(r, node, tests, stop_on=True) if tests else Const(False)


def _is_or_equals(r: Reader, node: ast.Compare, item: Any, left: Any) -> Any:
    """Compare as containers do, for which a value is what it is: also NaN, also an array."""
    # A cycle by nature: membership is a comparison, and compares.
    from gradgen.frontend.comparisons import compare_two

    return Const(True) if item is left else compare_two(r, node, ast.Eq(), item, left)


FOUND = "found = any(item == one for item in items)"


def _within(r: Reader, node: ast.Compare, left: Any, right: Ref) -> Value:
    """Test membership in a list that grows, or in an array."""
    if own_items.place_in(r, right, left) is not None:
        return Const(True)
    if lists.is_list(r, right):
        item = r.read(right).type.item
        if item is not None and item.of and pointers.by_value(item.of.kind):
            return as_value(r, run_text(r, node, FOUND, "found", any=Static(any), items=right,
                                        one=left), node)  # fmt: skip
        if item is not None and item.kind == "list" and not row_kinds.among(r, node, left):
            return Const(False)
        return r.b.emit("contains", [r.read(right), lists.as_item(r, left, node)])
    same = r.b.emit("np.eq", [r.read(right), as_value(r, left, node)], span=r.span(node))
    return r.b.emit("any", [same], span=r.span(node))


def _shape_without_one(left: Any, right: Any) -> bool:
    """Whether the test is ``1 in shape``, and is decided by the types."""
    one = is_static(left) and static_value(left) == 1
    return one and isinstance(right, Seq) and all(map(_never_one, right.items))


def _never_one(length: Any) -> bool:
    """Whether a length of a shape is certainly not 1."""
    return (
        isinstance(length, Value)
        and length.type.value is not None
        and not may_be_one(length.type.value)
    )
