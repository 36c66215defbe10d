"""Texts with numbers in them as values of the graph: those that lists hold, and that loops add to.

Where texts are values of the graph (``words``), so is one that is made of numbers: an operation
makes it, in the place where Python does.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gradgen.frontend.pointers import WORDS, row_type
from gradgen.frontend.values import Seq, Static, Text, plain
from gradgen.ir.nodes import Value

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader


def as_held(r: Reader, value: Any, node: ast.AST) -> Any:
    """Return what goes into a list with its texts as values of the graph, where they are such."""
    if isinstance(value, Static) and type(value.obj) is tuple:
        value = Seq([plain(item) for item in value.obj], tuple)  # a key of a dict
    if not r.book.words:
        return value
    if isinstance(value, Seq) and value.kind is tuple and value.grown is None:
        if any(isinstance(item, Text) for item in value.items):
            return Seq([as_held(r, item, node) for item in value.items], tuple)
        return value
    return text_value(r, value, node) if isinstance(value, Text) else value


def text_value(r: Reader, text: Text, node: ast.AST) -> Value:
    """Return a text with numbers in it as a value of the graph."""
    code = ast.unparse(ast.fix_missing_locations(ast.Expression(text.spelled)))
    attrs = {"text": code}
    return r.b.append("text", text.holes, [row_type(WORDS)], span=r.span(node), attrs=attrs).out
