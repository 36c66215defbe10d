"""Classes that Python loops over by their ``__getitem__``: whether ``__len__`` says how often."""

from __future__ import annotations

import ast
import functools
import types

from gradgen.errors import GradgenError
from gradgen.frontend.classes import found_in
from gradgen.frontend.source import FunctionNode, source_of
from gradgen.syntax import nodes_in


@functools.lru_cache(maxsize=256)
def iterated_by_items(kind: type) -> bool:
    """Whether an object has as many items by ``__getitem__`` as ``__len__`` says.

    That is so where ``__len__`` returns the length of an attribute that ``__getitem__`` subscripts
    by its argument alone.
    """
    sized, items = (found_in(kind, name) for name in ("__len__", "__getitem__"))
    if not isinstance(sized, types.FunctionType) or not isinstance(items, types.FunctionType):
        return False
    try:
        measured, read = source_of(sized).node, source_of(items).node
    except GradgenError:
        return False
    return _measures(measured) in _subscripted(read)


def _measures(node: FunctionNode) -> str:
    """Return of which expression a method returns the length, empty for other methods."""
    body = [s for s in getattr(node, "body", []) if not _is_text(s)]
    match body:
        case [ast.Return(ast.Call(ast.Name("len"), [ast.Attribute(ast.Name()) as what], []))]:
            return ast.unparse(what)
    return ""


def _is_text(s: ast.stmt) -> bool:
    return isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)


def _subscripted(node: FunctionNode) -> set[str]:
    """Return what a method subscripts by its second parameter, which it does not assign."""
    place = node.args.args[1].arg if len(node.args.args) == 2 else ""
    named = [n for n in nodes_in(node) if isinstance(n, ast.Name) and n.id == place]
    if any(isinstance(n.ctx, ast.Store) for n in named):
        return set()
    return {
        ast.unparse(n.value)
        for n in nodes_in(node)
        if isinstance(n, ast.Subscript) and isinstance(n.slice, ast.Name) and n.slice.id == place
    }
