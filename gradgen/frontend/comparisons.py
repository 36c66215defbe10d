"""Comparisons to the graph: of numbers, containers and objects, by ==, order and `is`."""

from __future__ import annotations

import ast
import types
from collections import OrderedDict
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

from gradgen.frontend import (
    asked,
    branches,
    letters,
    lists,
    pointers,
    records,
    row_kinds,
    texts,
    words,
)
from gradgen.frontend.aggregates import run_text
from gradgen.frontend.classes import MISSING
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.item_by_item import (
    SYMBOLS,
    compared_dicts,
    equal_sequences,
    ordered_sequences,
    too_deep,
)
from gradgen.frontend.membership import contains
from gradgen.frontend.objects import Method, class_of
from gradgen.frontend.operands import are_of_python, fail_as_python
from gradgen.frontend.operators import COMPARE, FOLD, as_sets, is_set
from gradgen.frontend.reader import Reader
from gradgen.frontend.sameness import interchangeable
from gradgen.frontend.special_methods import compared
from gradgen.frontend.tables import is_table
from gradgen.frontend.values import (
    BoundMethod,
    Box,
    Choice,
    Lazy,
    LocalFunction,
    Map,
    Once,
    Record,
    Ref,
    Seq,
    Static,
    is_static,
    static_value,
)
from gradgen.ir import lengths
from gradgen.ir.nodes import Const, Value
from gradgen.library.collections import KnownSet

SOMETHING = (
    Value, Ref, Seq, Map, Record, LocalFunction, BoundMethod, Method, Once, Lazy,
)  # fmt: skip
OPERATORS = {prim: kind for kind, prim in COMPARE.items()}
FUNCTIONS = (LocalFunction, Static)
MARKS = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, np.ufunc)
EQUAL_RANGES = """
n = len(a)
out = False
if n == len(b):
    out = n == 0 or (first == start and (n == 1 or step == by))
"""


def compare(r: Reader, node: ast.Compare) -> Any:
    """Read a comparison, or a chain of them, of which each operand is read once."""
    left = evaluate(r, node.left)
    if isinstance(node.ops[0], ast.Is | ast.IsNot):
        r.only_asked(node.left, left)
    tests: list[Callable[[], Any]] = []
    current = left

    def test_at(k: int) -> Any:
        nonlocal current
        right = evaluate(r, node.comparators[k])
        result = compare_two(r, node, node.ops[k], current, right)
        current = right
        return result

    tests = [lambda k=k: test_at(k) for k in range(len(node.ops))]  # type: ignore[misc]
    return branches.chain(r, node, tests, stop_on=False)


def _of_objects(r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Any:
    """Return what objects' own comparison gives, or whether they are the same."""
    if is_table(left) and is_table(right) and OrderedDict in row_kinds.dicts_made(r):
        r.refuse(node, "a comparison of dicts that may have an order", "compare sorted(d.items())")
    done = compared(r, node, op, left, right)
    if done is not MISSING:
        return done
    held = [bool(pointers.pointer(v)) for v in (left, right)]
    if any(held) and not all(held) and isinstance(op, ast.Eq | ast.NotEq):
        return Const(isinstance(op, ast.NotEq))  # an object and something else
    if any(held):
        r.refuse(node, "this comparison of objects by the path", "compare what they hold")
    if isinstance(op, ast.Eq | ast.NotEq) and _are_apart(left, right):
        return Const(_same_object(r, node, left, right) == isinstance(op, ast.Eq))
    return MISSING


def compare_two(r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Any:
    """Return the value of one comparison."""
    done = _of_chosen_and_members(r, node, op, left, right)
    if done is not MISSING:
        return done
    if isinstance(op, ast.Is | ast.IsNot):
        return _by_meaning(r, node, op, left, right)
    kinds = records.tuples_of(left) | records.tuples_of(right)
    if kinds & r.compared:
        return too_deep(r, node)
    before, r.compared = r.compared, r.compared | kinds
    try:
        left, right = records.expanded(r, left, node), records.expanded(r, right, node)
        return _by_meaning(r, node, op, left, right)
    finally:
        r.compared = before


def _by_meaning(r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Any:
    for meaning in (_of_classes, _known, _of_containers):
        done = meaning(r, node, op, left, right)
        if done is not MISSING:
            return done
    return _of_numbers(r, node, COMPARE[type(op)], left, right)


def _of_chosen_and_members(
    r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any
) -> Any:
    """Compare letters and words, each option of what the path chose, and a member with its set."""
    of_letters = letters.compared(r, node, op, left, right)
    if of_letters is not None:
        return of_letters
    for chosen, work in (
        (left, lambda option: compare_two(r, node, op, option, right)),
        (right, lambda option: compare_two(r, node, op, left, option)),
    ):
        if isinstance(chosen, Choice):
            return branches.distribute(r, node, chosen, work)
    if isinstance(op, ast.In | ast.NotIn):
        found = contains(r, node, left, right)
        return found if isinstance(op, ast.In) else branches.negated(r, found)
    if words.are_words(r, left, right):
        return words.compared(r, node, op, left, right)
    return MISSING


def _of_classes(r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Any:
    """Compare objects, by what their class says, and sets."""
    if pointers.pointer(left) or pointers.pointer(right):
        same = pointers.compared(r, node, op, left, right)
        if same is not MISSING:
            return same
    prim = COMPARE[type(op)]
    if _are_sets(r, prim, left, right):
        return as_sets(r, node, SYMBOLS[prim], left, right)
    if class_of(left) or class_of(right):
        return _of_objects(r, node, op, left, right)
    return MISSING


def _known(r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Any:
    """Compare what is known while the function is read: what is one, constants, unlike kinds."""
    prim = COMPARE[type(op)]
    if isinstance(op, ast.Is | ast.IsNot):
        same = _identical(r, node, left, right)
        if same is not None:
            return Const(same == isinstance(op, ast.Is))
    same_or_not = prim in ("eq", "ne", "is", "is_not")
    if same_or_not and isinstance(left, Method) and isinstance(right, Method):
        if prim in ("is", "is_not") and left.function is right.function:
            r.refuse(node, "a test of whether two methods are one object", "compare them by ==")
        alike = left.function is right.function and _identical(r, node, left.owner, right.owner)
        if alike is not None:
            return Const(alike == (prim in ("eq", "is")))
    if prim in ("eq", "ne") and isinstance(left, LocalFunction) and isinstance(right, FUNCTIONS):
        return Const(_identical(r, node, left, right) == (prim == "eq"))
    if prim in ("eq", "ne") and row_kinds.is_range(left) and row_kinds.is_range(right):
        return _equal_ranges(r, node, prim, left, right)
    if prim in ("eq", "ne") and _differ_in_class(r, node, left, right):
        return Const(prim == "ne")
    if is_static(left) and is_static(right):
        try:
            return Const(bool(FOLD[prim](static_value(left), static_value(right))))  # type: ignore[operator]
        except TypeError as error:
            r.fail(node, error)
    if same_or_not and _are_unlike(r, node, prim, left, right):
        return Const(prim in ("is_not", "ne"))
    return MISSING


def _of_containers(r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Any:
    """Compare tuples, lists and dicts by what they hold."""
    prim = COMPARE[type(op)]
    if isinstance(left, Seq) and isinstance(right, Seq):
        for one in (left, right):
            asked.note(r, one, asked.COUNT)
        if prim not in ("eq", "ne"):
            return ordered_sequences(r, node, op, left.items, right.items)
        return equal_sequences(r, node, prim, left, right)
    if isinstance(left, Map) and isinstance(right, Map):
        return compared_dicts(r, node, prim, left, right)
    if _are_rows(r, left, right):
        return _compared_rows(r, node, prim, left, right)
    return MISSING


def _of_numbers(r: Reader, node: ast.AST, prim: str, left: Any, right: Any) -> Any:
    if are_of_python(r, left, right):
        if prim in ("eq", "ne") and Const in (type(left), type(right)):
            return Const(prim == "ne")  # a list and a number are not equal
        fail_as_python(r, node, left, right, op=OPERATORS[prim]())
    a, b = as_value(r, left, node), as_value(r, right, node)
    whole = prim in ("eq", "ne") and a.type.kind == b.type.kind == "int"
    if whole and a.type.value is not None and a.type.value == b.type.value:
        return Const(prim == "eq")
    if prim in ("lt", "le") and r.frame.source.generated and _is_long(a, b, prim == "le"):
        return Const(False)
    return r.hold(r.b.emit(prim, [a, b], span=r.span(node)))


def _are_sets(r: Reader, prim: str, left: Any, right: Any) -> bool:
    """Whether the keys of a dict are compared with those of another, or with a set."""
    keys = [row_kinds.is_keys(r, v) for v in (left, right)]
    return prim in SYMBOLS and any(keys) and all(
        is_key or is_set(v) or class_of(v) is KnownSet
        for is_key, v in zip(keys, (left, right), strict=True)
    )  # fmt: skip


def _is_long(length: Value, least: Value, more: bool) -> bool:
    """Whether a length is known not to be less: what a text is made for has been tested.

    ``more``: it is known to be more.
    """
    return lengths.surely(lengths.combined("sub", length.type.value, least.type.value), more)


def _equal_ranges(r: Reader, node: ast.AST, prim: str, left: Any, right: Any) -> Any:
    """Compare two ranges: as Python does, by the numbers that they stand for."""
    first, _, step = left.bounds
    start, _, by = right.bounds
    names = {"a": left, "b": right, "first": first, "start": start, "step": step, "by": by}
    out = run_text(r, node, EQUAL_RANGES, "out", **names)
    return out if prim == "eq" else branches.negated(r, out)


def _differ_in_class(r: Reader, node: ast.AST, left: Any, right: Any) -> bool:
    """Whether one side is a tuple or a view of a dict, and the other a list, say."""
    found = [row_kinds.is_view(r, side) for side in (left, right)]
    if any(found) and isinstance(left, Seq) and isinstance(right, Seq):
        if all(found):
            r.refuse(node, "a comparison of views of two dicts", "compare set(d) == set(e)")
        return True
    ranges = [row_kinds.is_range(side) for side in (left, right)]
    if any(ranges):
        other = right if ranges[0] else left
        return isinstance(other, Seq | Map | Record | Static) or row_kinds.is_graph_list(r, other)
    row_kinds.require_no_queues(r, node, left, right)
    return row_kinds.unlike(r, node, left, right)


def _are_rows(r: Reader, left: Any, right: Any) -> bool:
    """Whether a list of the graph is compared with one, or with a tuple or list."""
    rows = [_is_row(r, v) for v in (left, right)]
    alike = (row or isinstance(v, Seq) for v, row in zip((left, right), rows, strict=True))
    return any(rows) and all(alike)


def _compared_rows(r: Reader, node: ast.AST, prim: str, left: Any, right: Any) -> Any:
    if prim in ("is", "is_not"):
        if interchangeable(left, right):
            return Const(prim == "is")
        what = "a test of whether two items of lists are one list"
        r.refuse(node, what, "compare their places, or what they hold by ==")
    items = [lists.as_item(r, v, node) for v in (left, right)]
    return r.b.emit(f"lists_{prim}", items, span=r.span(node))


def _are_unlike(r: Reader, node: ast.AST, prim: str, left: Any, right: Any) -> bool:
    """Whether one side is None, or a text, and the other surely is not; refuse other kinds."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Seq) and isinstance(other, Seq):
            asked.note(r, one, asked.CLASS)
        if isinstance(one, Static) and one.obj is None:
            asked.note(r, other, asked.NONE)
            if isinstance(other, SOMETHING):
                return not row_kinds.may_be_none(r, other)
        if texts.is_text(one) and prim in ("eq", "ne") and _is_number(other):
            return True
        if isinstance(one, Static) and _is_no_number(one.obj) and _is_apart(r, prim, other):
            return True
        if isinstance(one, Static | Seq | Map) and _is_computed(other):
            r.refuse(node, f"a comparison of a number with a {describe(one)}")
    return False


def _is_no_number(obj: Any) -> bool:
    """Whether an object is a mark, a function or a class: no number, array or container is it."""
    return type(obj) is object or isinstance(obj, MARKS)


def _is_apart(r: Reader, prim: str, value: Any) -> bool:
    """Whether a value is surely not one of these: a number, or an array or container by ``is``."""
    if isinstance(value, Value | Ref):
        t = r.read(value).type
        known = t.of is None and t.kind != "opaque" and not row_kinds.may_be_none(r, value)
        return known and (t.is_scalar or prim in ("is", "is_not"))
    return isinstance(value, Seq | Map)


def _is_computed(value: Any) -> bool:
    return isinstance(value, Value) and not isinstance(value, Const)


def _is_row(r: Reader, value: Any) -> bool:
    """Whether a value is a list of the graph, such as a tuple in a list that grows."""
    return (
        lists.is_list(r, value)
        if isinstance(value, Ref)
        else (isinstance(value, Value) and value.type.kind == "list")
    )


def _is_number(value: Any) -> bool:
    """Whether a value is a number, and no array."""
    return isinstance(value, Value) and value.type.is_scalar


def _identical(r: Reader, node: ast.AST, left: Any, right: Any) -> bool | None:
    """Tell whether two containers, functions or views are one; None where the values decide."""
    if isinstance(left, Ref) and isinstance(right, Ref):
        return _same_view(r, node, left, right)
    kinds = (Box, LocalFunction)
    if any(
        isinstance(a, LocalFunction) and isinstance(b, Static)
        for a, b in permutations((left, right))
    ):
        return False
    if not isinstance(left, kinds) or not isinstance(right, kinds):
        return None
    if left is right:
        return True
    if isinstance(left, Seq) and isinstance(right, Seq) and left.kind is right.kind is tuple:
        differ = is_static(left) and is_static(right) and static_value(left) != static_value(right)
        if not differ and len(left.items) == len(right.items):
            r.refuse(node, "a test of whether two tuples are one", "compare them by ==")
    boxes = [v for v in (left, right) if isinstance(v, Box)]
    made_alike = getattr(left, "node", left) is getattr(right, "node", right)
    if made_alike or any(b.joined for b in boxes) or sum(b.given for b in boxes) == 2:
        r.refuse(node, "a test of which object this is", "compare numbers, such as their places")
    return False


def _same_view(r: Reader, node: ast.AST, left: Ref, right: Ref) -> bool | None:
    """Tell whether two names stand for one array or view; None where the text can ask.

    It can as long as none of them was written to: after a store, it makes views anew.
    """
    one = left.storage is right.storage
    if one and left.storage.doubled:
        r.refuse(node, "a test of whether two views are one", "compare what they hold")
    if left is right:
        return True
    kept = all(r.versions[v.storage] is v.version for v in (left, right))
    if kept or not (left.steps or right.steps):
        return None
    if not one and r.objects(left.storage).isdisjoint(r.objects(right.storage)):
        return False
    if not one or r.open_loops:  # an earlier turn's view is made in the same place
        r.refuse(node, "a test of whether two views are one", "compare what they hold")
    steps = zip(left.steps, right.steps, strict=False)
    return len(left.steps) == len(right.steps) and all(s is t for s, t in steps)


def _same_object(r: Reader, node: ast.AST, left: Any, right: Any) -> bool:
    """Tell whether two values, of which one is an object that has no ``==`` of its own, are one."""
    for one, other in permutations((left, right)):
        if isinstance(one, Static) and isinstance(other, Record) and other.given and class_of(one):
            r.refuse(node, "a test of which object an argument is", "compare what they hold")
    return left is right or _identical(r, node, left, right) is True


def _are_apart(left: Any, right: Any) -> bool:
    """Whether one of two values is an object of the user's, and the other no array."""
    of_users = (isinstance(v, Record) and class_of(v) for v in (left, right))
    if not any(kind and not kind.__module__.startswith("gradgen.") for kind in of_users):
        return False
    kinds = Record | Map | Static | LocalFunction | Seq
    return all(_is_number(v) or isinstance(v, kinds) for v in (left, right))
