"""Comparisons of tuples, lists and dicts, item by item."""

from __future__ import annotations

import ast
import types
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from gradgen.frontend import branches, records, row_kinds, unbound
from gradgen.frontend.arguments import every_item
from gradgen.frontend.objects import Method, class_of
from gradgen.frontend.operators import COMPARE, FOLD
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Choice, LocalFunction, Map, Seq, Static
from gradgen.ir.nodes import Const, Value

SYMBOLS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
ORDER = ("__lt__", "__le__", "__gt__", "__ge__")


def _two(r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Any:
    # A cycle by nature: items may be containers.
    from gradgen.frontend.comparisons import compare_two

    return compare_two(r, node, op, left, right)


def too_deep(r: Reader, node: ast.Compare) -> Value:
    """Raise where tuples of one kind, which hold each other, would be compared to any depth.

    As in a heap of trees, ``(weight, count, left, right)``, in which no count is there twice.
    """
    error = NotImplementedError(
        "tuples in tuples are compared by what stands before them: let a number there be in one"
    )
    unbound.raise_where(r, error, Const(True), r.span(node))
    return Const(False)


def ordered_sequences(
    r: Reader, node: ast.Compare, op: ast.cmpop, left: list[Any], right: list[Any]
) -> Any:
    """Return the order of two tuples or lists: that of the first items that differ, or lengths."""
    if not left or not right:
        return Const(bool(FOLD[COMPARE[type(op)]](len(left), len(right))))  # type: ignore[operator]
    (a, *rest), (b, *others) = left, right
    if _without_order(a) and _without_order(b):
        return _same_or_raised(r, node, op, left, right)
    if records.tuples_of(a) & r.compared:
        return too_deep(r, node)
    if not rest and not others:
        return _two(r, node, op, a, b)
    strict = ast.Lt() if isinstance(op, ast.Lt | ast.LtE) else ast.Gt()
    raising = any(_without_order(v) or records.tuples_of(v) & r.compared for v in rest)
    chain = _in_statements if raising else branches.chain
    tied = [
        lambda: _tie(_two(r, node, ast.Eq(), a, b)),
        lambda: ordered_sequences(r, node, op, rest, others),
    ]
    tests = [
        lambda: _two(r, node, strict, a, b),
        lambda: chain(r, node, tied, stop_on=False),
    ]
    return chain(r, node, tests, stop_on=True)


def _in_statements(
    r: Reader, node: ast.expr, tests: list[Callable[[], Any]], stop_on: bool
) -> Value:
    """Return ``a and b``, or for ``stop_on`` ``a or b``, where ``b`` may raise in a statement."""
    test = branches.truth(r, tests[0](), node)
    if isinstance(test, Const):
        return test if bool(test.const) is stop_on else tests[1]()
    sides = [lambda: Const(stop_on), tests[1]]
    then, other = sides if stop_on else sides[::-1]
    return branches.choose(r, node, test, then, other)


def _without_order(value: Any) -> str:
    """Return the name of a value's class, if none of its values is less than another one."""
    if isinstance(value, Choice):
        names = {_without_order(value.then), _without_order(value.other)}
        return names.pop() if len(names) == 1 else ""
    if isinstance(value, LocalFunction | Method):
        return "function" if isinstance(value, LocalFunction) else "method"
    if isinstance(value, Static) and isinstance(value.obj, types.FunctionType):
        return "function"
    kind = class_of(value)
    if kind is None or any(getattr(kind, m) is not getattr(object, m) for m in ORDER):
        return ""
    return kind.__name__


def _same_or_raised(
    r: Reader, node: ast.Compare, op: ast.cmpop, left: list[Any], right: list[Any]
) -> Any:
    """Compare sequences that begin with objects without an order: equal ones only have one.

    As in a heap of ``(time, count, job)``, in which no count is there twice.
    """
    (a, *rest), (b, *others) = left, right
    sign = SYMBOLS[COMPARE[type(op)]]
    one, other = map(_without_order, (a, b))

    def unlike() -> Any:
        r.fail(
            node, TypeError(f"'{sign}' not supported between instances of '{one}' and '{other}'")
        )

    test = branches.truth(r, _tie(_two(r, node, ast.Eq(), a, b)), node)

    def below() -> Any:
        return ordered_sequences(r, node, op, rest, others)

    if isinstance(test, Const):
        return below() if test.const else unlike()
    return branches.choose(r, node, test, below, unlike)


def compared_dicts(r: Reader, node: ast.Compare, prim: str, left: Map, right: Map) -> Any:
    """Compare two dicts by their items, as Python does; they have no order."""
    if prim not in ("eq", "ne"):
        what = f"'{SYMBOLS[prim]}' not supported between instances of 'dict' and 'dict'"
        r.fail(node, TypeError(what))
    one, other = every_item(r, node, left), every_item(r, node, right)
    if any(map(unbound.may_miss, [*one.values(), *other.values()])):
        r.refuse(node, "a comparison of dicts that have some keys on one path", "compare items")
    if set(one) != set(other):
        return Const(prim == "ne")
    if list(one) != list(other) and OrderedDict in row_kinds.dicts_made(r):
        r.refuse(node, "a comparison of dicts in another order", "compare sorted(d.items())")
    pair = Seq(list(one.values())), Seq([other[k] for k in one])
    return equal_sequences(r, node, prim, *pair)


def _tie(test: Any) -> Any:
    """Mark a test of equality that is not the user's: no warning is due where it decides."""
    if isinstance(test, Value) and test.op is not None and test.op.prim == "eq":
        test.op.attrs["tie"] = True
    return test


def equal_sequences(r: Reader, node: ast.Compare, prim: str, left: Seq, right: Seq) -> Value:
    """Compare tuples or lists item by item, as Python does."""
    kinds = any(issubclass(left.kind, k) and issubclass(right.kind, k) for k in (tuple, list))
    if not kinds or len(left.items) != len(right.items):
        return Const(prim == "ne")
    if not left.items:
        return Const(prim == "eq")
    pairs = list(zip(left.items, right.items, strict=True))
    tests = [lambda a=a, b=b: _two(r, node, ast.Eq(), a, b) for a, b in pairs]
    same = branches.truth(r, branches.chain(r, node, tests, stop_on=False), node)
    return branches.negated(r, same) if prim == "ne" else same
