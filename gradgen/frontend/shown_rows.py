"""Rows that a text shows: tuples in lists are lists in the graph, and shown as tuples."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.emission import pieces
from gradgen.errors import UnsupportedError
from gradgen.frontend import row_kinds
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.reader import Reader
from gradgen.frontend.text_items import makes_tuple, of_comprehension
from gradgen.frontend.values import Ref
from gradgen.ir.nodes import Value


def shown(r: Reader, node: ast.expr) -> Any:
    """Evaluate what is shown in a text; generated ones show rows as the tuples that they are."""
    if r.frame.source.generated:
        made = node.args[0] if makes_tuple(node) and node.args else node  # type: ignore[attr-defined]
        if isinstance(made, ast.ListComp | ast.GeneratorExp) and makes_tuple(made.elt):
            texts = of_comprehension(r, made)
            if made is not node:
                texts.spelled = pieces.call("tuple", [texts.spelled])
            return texts
    return evaluate(r, node)


def as_in_python(r: Reader, value: Value | Ref, e: ast.expr) -> ast.expr:
    """Return what a list of the graph looks like, in which tuples are lists as well."""
    if r.read(value).type.kind != "list":
        return e
    if r.frame.source.generated:  # whose texts say of rows what they are
        return pieces.call("tuple", [e]) if row_kinds.is_tuple(value) else e
    classes = row_kinds.classes_of(r, value)
    for kind in classes:
        if kind not in (tuple, list):
            what = f"a {kind.__name__} of a list, as a text or a result"
            raise UnsupportedError(what, r.b.span, "write its numbers out, or return them")
    return _with_tuples(e, list(classes))


def _with_tuples(e: ast.expr, classes: list[type], name: str = "row") -> ast.expr:
    kind, *inside = classes
    if tuple not in inside:
        return pieces.call("tuple", [e]) if kind is tuple else e
    row = _with_tuples(ast.Name(name, ast.Load()), inside, f"{name}_of")
    parts = [ast.comprehension(ast.Name(name, ast.Store()), e, [], 0)]
    if kind is tuple:
        return pieces.call("tuple", [ast.GeneratorExp(row, parts)])
    return ast.ListComp(row, parts)
