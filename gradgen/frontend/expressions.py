"""Expressions to the graph: one handler per kind of syntax node, listed in ``HANDLERS``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from gradgen.frontend import (
    attributes,
    branches,
    calls,
    lists,
    pointers,
    records,
    row_kinds,
    texts,
    unbound,
    uneven_lists,
)
from gradgen.frontend.arguments import any_items
from gradgen.frontend.chosen_iterables import as_one_list
from gradgen.frontend.classes import MISSING
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.exact_kinds import is_exact
from gradgen.frontend.identities import key_of
from gradgen.frontend.iterables import require_stepwise
from gradgen.frontend.objects import class_of
from gradgen.frontend.operands import are_of_python, fail_as_python
from gradgen.frontend.operators import FOLD, UNARY, binary, is_flag
from gradgen.frontend.reader import Reader
from gradgen.frontend.special_methods import SIGNS, invoked
from gradgen.frontend.tables import filled, made_dict, refuse_key
from gradgen.frontend.unpacking import sequence_items
from gradgen.frontend.values import (
    LocalFunction,
    Map,
    Ref,
    Seq,
    Static,
    is_static,
    static_value,
)
from gradgen.ir import lengths
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import integer
from gradgen.later import later


def _constant(r: Reader, node: ast.Constant) -> Any:
    if type(node.value) in (float, int, bool, complex):
        return Const(node.value)
    return Static(node.value)


def _name(r: Reader, node: ast.Name) -> Any:
    return r.lookup(node.id, node)


def _tuple(r: Reader, node: ast.Tuple | ast.List) -> Any:
    items: list[Any] = []
    made: Any = None  # a list that grows, from the first star that needs one
    for element in node.elts:
        starred = isinstance(element, ast.Starred)
        value = evaluate(r, element.value if isinstance(element, ast.Starred) else element)
        value = as_one_list(r, value, element) if starred else value
        if starred and lists.is_list(r, value):
            made = lists.joined(r, node, Seq(items, list) if made is None else made, value)
        elif made is not None:
            more = sequence_items(r, value, element) if starred else [value]
            made = lists.joined(r, node, made, Seq(more, list))
        elif starred:
            items += sequence_items(r, value, element)
        else:
            items.append(
                lists.kept_in_list(r, value, element) if isinstance(node, ast.List) else value
            )
    if made is not None:
        row_kinds.set_class(r, made, isinstance(node, ast.Tuple))
        return made
    whole = Seq(items, tuple if isinstance(node, ast.Tuple) else list)
    return whole if isinstance(node, ast.Tuple) else uneven_lists.as_row(r, node, whole)


def _set(r: Reader, node: ast.Set) -> Any:
    """Read a set of what is known."""
    from gradgen.frontend.collection_calls import known_set

    return known_set(r, node, _tuple(r, ast.copy_location(ast.Tuple(node.elts, ast.Load()), node)))


def _dict(r: Reader, node: ast.Dict) -> Any:
    if id(node) in r.book.tabled:
        keys = [None if key is None else evaluate(r, key) for key in node.keys]
        return filled(r, node, keys, [evaluate(r, value) for value in node.values])
    items: dict[Any, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            more = records.expanded(r, evaluate(r, value), value)
            if not isinstance(more, Map):
                r.refuse(value, "unpacking by ** of something that is not a dict with known keys")
            items = unbound.merged(r, items, any_items(r, value, more))
            continue
        k = key_of(r, evaluate(r, key))
        if not is_static(k):
            refuse_key(r, key, Map({}, made=id(node)), k, "a dict key that is computed")
        items = unbound.in_order(r, items, {**items, static_value(k): evaluate(r, value)})
    r.book.inner_dicts |= {id(inner) for inner in node.values if isinstance(inner, ast.Dict)}
    return made_dict(r, node, items)


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
    if prim == "invert" and isinstance(value, Static) and is_flag(value):
        return Static(~value.obj)
    if class_of(value):
        done = invoked(r, node, value, SIGNS.get(type(node.op), ""))
        if done is not MISSING:
            return done
    plain = isinstance(value, Value | Ref) and not pointers.pointer(value)
    if prim != "not" and is_exact(value):
        from gradgen.frontend.exact_numbers import OPERATORS, made  # few programs have such numbers

        if type(node.op) in OPERATORS:
            return made(r, node, OPERATORS[type(node.op)], [value], {})
    if prim == "not" and (not plain or lists.is_list(r, value)):
        return branches.negated(r, branches.truth(r, value, node.operand))
    if prim != "not" and are_of_python(r, value):
        fail_as_python(r, node, value)
    operand = as_value(r, value, node)
    if isinstance(operand, Const) and prim in FOLD and not operand.type.points:
        try:
            return Const(FOLD[prim](operand.const))  # type: ignore[operator]
        except TypeError as error:
            r.fail(node, error)
    out = r.b.emit(prim, [operand], span=r.span(node))
    if prim == "neg" and out.type.kind == "int":
        out.type = integer(lengths.negated(operand.type.value)) if out.type.weak else out.type
    return r.hold(out)


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
    found = attributes.attribute(r, evaluate(r, node.value), node.attr, node)
    require_stepwise([found])
    return found


def _lambda(r: Reader, node: ast.Lambda) -> Any:
    defaults = [evaluate(r, d) for d in node.args.defaults]
    kw_defaults = [None if d is None else evaluate(r, d) for d in node.args.kw_defaults]
    return LocalFunction(node, r.frame, defaults, kw_defaults)


def _subscript(r: Reader, node: ast.Subscript) -> Any:
    from gradgen.frontend.subscripts import load

    found = load(r, node, evaluate(r, node.value))
    require_stepwise([found])
    return found


def _call(r: Reader, node: ast.Call) -> Any:
    return calls.call(r, node)


def _walrus(r: Reader, node: ast.NamedExpr) -> Any:
    value = evaluate(r, node.value)
    require_stepwise([value])
    r.bind(node.target.id, value)
    return value


HANDLERS: dict[type[ast.expr], Callable[[Reader, Any], Any]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Tuple: _tuple,
    ast.List: _tuple,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: later("frontend.comparisons", "compare"),
    ast.BoolOp: _bool_op,
    ast.IfExp: _if_expression,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.JoinedStr: texts.f_string,
    ast.ListComp: later("frontend.comprehensions", "read"),
    ast.SetComp: later("frontend.comprehensions", "read"),
    ast.Set: _set,
    ast.DictComp: later("frontend.comprehensions", "read"),
    ast.GeneratorExp: later("frontend.comprehensions", "generator"),
}
