"""Texts that the path decides: values of the graph, which the generated text holds as they are.

A text is known while reading, as far as can be.  Where one goes into a list of unknown length, or
is a key of a dict that gets keys by the path, and that is refused, the function is read again with
such texts as values of the graph: they stand in lists, and are compared and sorted, as numbers are.
"""

from __future__ import annotations

import ast
import operator
from typing import Any

from gradgen.frontend import pointers
from gradgen.frontend.describing import describe
from gradgen.frontend.reader import Reader
from gradgen.frontend.unbound import raise_where
from gradgen.frontend.values import OTHER_KEYS, Choice, Map, Poison, Ref, Seq, Static
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import BOOL
from gradgen.rules.lists import comes_of_nothing

PRIMS: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne",
}  # fmt: skip
WAY_OUT = "keep what follows from it in dicts or lists: its length, say"


def are_words(r: Reader, left: Any, right: Any) -> bool:
    """Whether a comparison is one of such texts; of items of which nothing is known yet, too."""
    if pointers.is_word(left) or pointers.is_word(right):
        return True
    known = [pointers.is_known_word(v) for v in (left, right)]
    other = right if known[0] else left
    return r.book.words and any(known) and _is_unknown(r, other)


def _is_unknown(r: Reader, value: Any) -> bool:
    return isinstance(value, Value | Ref) and comes_of_nothing(r.read(value))


def compared(r: Reader, node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> Any:
    """Return a comparison of which one side is such a text."""
    for one, other in ((left, right), (right, left)):
        if pointers.is_none_itself(other):
            if not isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
                r.refuse(node, "a comparison of a text with None by order", "test for None before")
            return pointers.is_none(r, node, one, isinstance(op, ast.NotEq | ast.IsNot))
    left, right = pointers.as_word(left), pointers.as_word(right)
    same = isinstance(op, ast.Eq | ast.Is)
    if any(_is_unknown(r, v) for v in (left, right)):  # it is read again, when more is known
        sides = [r.read(left), r.read(right)]
        return r.b.append(PRIMS[type(op)], sides, [BOOL], span=r.span(node)).out
    if not (pointers.is_word(left) and pointers.is_word(right)):
        if isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            return Const(not same)
        r.refuse(node, f"a comparison of a text with a {describe(right)}", "compare texts")
    if isinstance(op, ast.Is | ast.IsNot):
        r.refuse(node, "whether two texts are one object", "compare them by ==")
    prim = PRIMS[type(op)]
    if isinstance(left, Const) and isinstance(right, Const):
        return Const(bool(getattr(operator, prim)(left.const, right.const)))
    for one in (left, right):
        if prim not in ("eq", "ne") and not one.type.of.sure:
            error = TypeError("'<' not supported between instances of 'NoneType' and 'str'")
            raise_where(r, error, pointers.is_none(r, node, one), r.span(node))
    return r.b.append(prim, [left, right], [BOOL], span=r.span(node)).out


def truth(r: Reader, node: ast.AST, value: Value) -> Value:
    """Return whether a text is there, and not empty."""
    # A cycle by nature: branches ask for the truth of what is tested.
    from gradgen.frontend.branches import choose

    def full() -> Value:
        sides = [value, pointers.as_word(Static(""))]
        return r.b.append("ne", sides, [BOOL], span=r.span(node)).out

    there = pointers.is_none(r, node, value, negated=True)
    if isinstance(there, Const):
        return full() if there.const else there
    test: Value = choose(r, node, there, full, lambda: Const(False), "and")
    return test


def chosen_key(r: Reader, node: ast.AST, owner: Map, key: Value) -> Any:
    """Return a key of a dict as a choice of the texts that it has, after a test that it is one."""
    # A cycle by nature: comparisons may be of what containers hold.
    from gradgen.frontend.aggregates import run_text
    from gradgen.frontend.arguments import every_item

    require_fixed(r, node, owner, key, "a computed subscript of a dict")
    known = [Static(k) for k in every_item(r, node, owner) if isinstance(k, str)]
    if not known:
        r.fail(node, KeyError("a text"))
    text = "if key not in keys:\n    raise missing(key)\nout = 0"
    run_text(r, node, text, "out", key=key, keys=Seq(list(known)), missing=Static(KeyError))
    out: Any = known[-1]
    for k in reversed(known[:-1]):
        test = r.b.append("eq", [key, pointers.as_word(k)], [BOOL], span=r.span(node)).out
        out = Choice(test, k, out)
    return out


def require_fixed(r: Reader, node: ast.AST, owner: Map, key: Value, what: str) -> None:
    """See to it that a dict which gets keys by the path, or holds numbers alone, is two lists."""
    # A cycle by nature: the lists are an object, which is made by a call.
    from gradgen.frontend.tables import refuse_key

    alone = owner.made not in r.book.inner_dicts or OTHER_KEYS in owner.items
    if owner.made and alone and all(map(_is_leaf, owner.items.values())):
        refuse_key(r, node, owner, key, what)


def got(r: Reader, node: ast.AST, owner: Map, key: Value, default: Any) -> Any:
    """Return ``owner.get(key, default)``."""
    from gradgen.frontend.aggregates import run_text  # as for `chosen_key`

    require_fixed(r, node, owner, key, "the method 'get' of a dict, at a computed key")
    text = "out = owner[key] if key in owner else default"
    return run_text(r, node, text, "out", owner=owner, key=key, default=default)


def _is_leaf(item: Any) -> bool:
    """Whether an item of a dict is a number, an array, a text or None: lists hold such."""
    if isinstance(item, Choice):
        return _is_leaf(item.then) and _is_leaf(item.other)
    return isinstance(item, Value | Ref | Static | Poison)


def attribute(r: Reader, owner: Value, name: str, node: ast.AST) -> Any:
    """Refuse to ask a text that the path decides for its methods."""
    if not hasattr(str, name):
        r.fail(node, AttributeError(f"'str' object has no attribute {name!r}"))
    r.refuse(node, f"the method {name!r} of a text that depends on the path", WAY_OUT)
