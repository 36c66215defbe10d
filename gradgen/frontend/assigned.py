"""Which names statements assign, by their syntax."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def assigned_names(body: Sequence[ast.stmt]) -> list[str]:
    """Return the names that statements assign, in order, not those of nested functions."""
    names: dict[str, None] = {}
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        names |= dict.fromkeys(_assigned_by(node))
        if isinstance(node, ast.comprehension):  # its targets are its own
            stack += [*reversed(node.ifs), node.iter]
            continue
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            continue
        stack += reversed(list(ast.iter_child_nodes(node)))
    return list(names)


def _assigned_by(node: ast.AST) -> list[str]:
    """Return the names that one node itself assigns or deletes."""
    if isinstance(node, ast.Name):
        return [] if isinstance(node.ctx, ast.Load) else [node.id]
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        return [node.name]
    if isinstance(node, ast.MatchMapping) and node.rest:
        return [node.rest]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    return []
