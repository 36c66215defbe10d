"""Expressions to the graph: one handler per kind of syntax node, listed in ``HANDLERS``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np

from gradgen.frontend import branches, calls, subscripts
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.method_calls import METHOD_HANDLERS
from gradgen.frontend.operators import COMPARE, FOLD, UNARY, binary
from gradgen.frontend.reader import Reader, describe
from gradgen.frontend.special import sequence_items
from gradgen.frontend.values import (
    BoundMethod,
    LocalFunction,
    Map,
    Record,
    Ref,
    Seq,
    Static,
    UnknownShape,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import may_be_one
from gradgen.rules.registry import METHODS


def _constant(r: Reader, node: ast.Constant) -> Any:
    if type(node.value) in (float, int, bool):
        return Const(node.value)
    if isinstance(node.value, complex):
        r.refuse(node, "complex numbers are not supported", "write real and imaginary parts out")
    return Static(node.value)


def _name(r: Reader, node: ast.Name) -> Any:
    return r.lookup(node.id, node)


def _tuple(r: Reader, node: ast.Tuple | ast.List) -> Any:
    if isinstance(node, ast.List) and not node.elts:
        return r.hold(r.b.emit("list", []))
    items: list[Any] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            items += sequence_items(r, evaluate(r, element.value), element)
        else:
            items.append(evaluate(r, element))
    return Seq(items, tuple if isinstance(node, ast.Tuple) else list)


def _dict(r: Reader, node: ast.Dict) -> Any:
    items: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            r.refuse(node, "unpacking by ** in a dict", "write the keys out")
        k = evaluate(r, key)
        if not is_static(k):
            r.refuse(key, "a dict key that is computed", "use constant keys")
        items[static_value(k)] = evaluate(r, value)
    return Map(items)


def _binary(r: Reader, node: ast.BinOp) -> Any:
    terms, chain = node, [node]
    while isinstance(terms.left, ast.BinOp):
        terms = terms.left
        chain.append(terms)
    left = evaluate(r, terms.left)
    for step in reversed(chain):
        left = binary(r, step, left, evaluate(r, step.right))
    return left


def _unary(r: Reader, node: ast.UnaryOp) -> Any:
    prim = UNARY[type(node.op)]
    value = evaluate(r, node.operand)
    if prim == "not" and is_static(value):
        return Const(not static_value(value))
    operand = as_value(r, value, node)
    if isinstance(operand, Const) and prim in FOLD:
        return Const(FOLD[prim](operand.const))  # type: ignore[operator]
    return r.hold(r.b.emit(prim, [operand], span=r.span(node)))


def _compare(r: Reader, node: ast.Compare) -> Any:
    left = evaluate(r, node.left)
    tests: list[Callable[[], Any]] = []
    current = left

    def test_at(k: int) -> Any:
        nonlocal current
        right = evaluate(r, node.comparators[k])
        result = _compare_two(r, node, node.ops[k], current, right)
        current = right
        return result

    tests = [lambda k=k: test_at(k) for k in range(len(node.ops))]  # type: ignore[misc]
    return branches.chain(r, node, tests, stop_on=False)


def _compare_two(r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Any:
    if isinstance(op, ast.In | ast.NotIn):
        return _membership(r, node, op, left, right)
    prim = COMPARE[type(op)]
    if is_static(left) and is_static(right):
        return Const(bool(FOLD[prim](static_value(left), static_value(right))))  # type: ignore[operator]
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Static) and one.obj is None and prim in ("is", "is_not", "eq", "ne"):
            known = isinstance(other, Value | Ref | Seq | Map | Record)
            if known:
                return Const(prim in ("is_not", "ne"))
        elif (
            isinstance(one, Static | Seq | Map)
            and prim in ("is", "is_not", "eq", "ne")
            and isinstance(other, Value)
            and not isinstance(other, Const)
        ):
            r.refuse(node, f"a comparison of a number with a {describe(one)}")
    a, b = as_value(r, left, node), as_value(r, right, node)
    lengths = prim in ("eq", "ne") and a.type.kind == b.type.kind == "int"
    if lengths and a.type.value is not None and a.type.value == b.type.value:
        return Const(prim == "eq")
    return r.hold(r.b.emit(prim, [a, b], span=r.span(node)))


def _membership(r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Any:
    if isinstance(right, Map) and is_static(left):
        found = static_value(left) in right.items
    elif is_static(left) and is_static(right):
        found = static_value(left) in static_value(right)
    elif isinstance(right, Seq) and static_value(left) == 1 and all(map(_never_one, right.items)):
        found = False
    else:
        r.refuse(node, "a membership test of computed values", "compare with == and or")
    return Const(found != isinstance(op, ast.NotIn))


def _never_one(length: Any) -> bool:
    """Whether a length of a shape is certainly not 1."""
    return (
        isinstance(length, Value)
        and length.type.value is not None
        and not may_be_one(length.type.value)
    )


def _bool_op(r: Reader, node: ast.BoolOp) -> Any:
    tests = [lambda v=v: evaluate(r, v) for v in node.values]
    return branches.chain(r, node, tests, stop_on=isinstance(node.op, ast.Or))


def _if_expression(r: Reader, node: ast.IfExp) -> Any:
    test = branches.condition(r, node.test)
    if isinstance(test, Const):
        return evaluate(r, node.body if test.const else node.orelse)
    return branches.choose(
        r, node, test, lambda: evaluate(r, node.body), lambda: evaluate(r, node.orelse)
    )


def _attribute(r: Reader, node: ast.Attribute) -> Any:
    return attribute(r, evaluate(r, node.value), node.attr, node)


def attribute(r: Reader, owner: Any, name: str, node: ast.AST) -> Any:
    """Return ``owner.name``."""
    if isinstance(owner, Static):
        return _static_attribute(r, owner.obj, name, node)
    if isinstance(owner, Record):
        if name in owner.fields:
            return owner.fields[name]
        return calls.record_attribute(r, owner, name, node)
    if isinstance(owner, Seq):
        fields = getattr(owner.kind, "_fields", ())
        if name in fields:
            return owner.items[fields.index(name)]
        return BoundMethod(owner, name)
    if isinstance(owner, Map):
        return BoundMethod(owner, name)
    if isinstance(owner, Value | Ref):
        return _array_attribute(r, owner, name, node)
    r.refuse(node, f"attribute {name!r} of a {describe(owner)}")


def _static_attribute(r: Reader, obj: Any, name: str, node: ast.AST) -> Any:
    if not hasattr(obj, name):
        r.refuse(node, f"{describe(Static(obj))} has no attribute {name!r}")
    value = getattr(obj, name)
    text = {"numpy": "np", "math": "math"}.get(getattr(obj, "__name__", ""), "")
    if text and type(value) is float:
        return Const(value, f"{text}.{name}")
    if type(obj).__name__ == "module" and not isinstance(value, float | int):
        return Static(value) if not hasattr(value, "dtype") else r.wrap(value, obj, name, node)
    return r.wrap(value, obj, name, node)


def _array_attribute(r: Reader, owner: Any, name: str, node: ast.AST) -> Any:
    v = r.read(owner)
    if v.type.kind == "list":
        return BoundMethod(owner, name)
    if name == "shape":
        if v.type.shape is None:
            return UnknownShape(v)
        return Seq([dimension(r, v, k) for k in range(len(v.type.shape))])
    if name == "ndim":
        return Const(v.type.rank) if v.type.rank is not None else r.b.emit("ndim", [v])
    if name == "size":
        return r.b.emit("size", [v])
    if name == "T":
        return r.view(owner, "T", [], {}) if isinstance(owner, Ref) else owner
    if name == "dtype" and v.type.dtype:
        return Static(np.dtype(v.type.dtype))
    if name in METHODS or name in METHOD_HANDLERS:
        return BoundMethod(owner, name)
    r.refuse(node, f"the attribute or method {name!r} of arrays has no rule")


def dimension(r: Reader, v: Value, axis: int) -> Value:
    """Return one length of an array: a constant where it is known."""
    d = v.type.shape[axis] if v.type.shape is not None else None
    return Const(d) if isinstance(d, int) else r.b.emit("dim", [v], axis=axis)


def _lambda(r: Reader, node: ast.Lambda) -> Any:
    defaults = [evaluate(r, d) for d in node.args.defaults]
    kw_defaults = [None if d is None else evaluate(r, d) for d in node.args.kw_defaults]
    return LocalFunction(node, r.frame, defaults, kw_defaults)


def _subscript(r: Reader, node: ast.Subscript) -> Any:
    return subscripts.load(r, node, evaluate(r, node.value))


def _call(r: Reader, node: ast.Call) -> Any:
    return calls.call(r, node)


def _f_string(r: Reader, node: ast.JoinedStr) -> Any:
    return Static("")


HANDLERS: dict[type[ast.expr], Callable[[Reader, Any], Any]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Tuple: _tuple,
    ast.List: _tuple,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.IfExp: _if_expression,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.Lambda: _lambda,
}
