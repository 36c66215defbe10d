"""The functions whose text is searched for flows of lists: their names, and where these lead."""

from __future__ import annotations

import ast
import types
from collections.abc import Iterator
from typing import Any

from gradgen.errors import GradgenError
from gradgen.frontend.flow_groups import Group
from gradgen.frontend.source import innermost, source_of


class Scope:
    """The names of a function in one call of it, and what it returns; those around are found too.

    ``around``: what global names stand for, and those of a closure.
    """

    def __init__(
        self, definition: Any, parent: Scope | None, path: str = "", around: Any = None
    ) -> None:
        self.definition, self.parent, self.path = definition, parent, path
        self.around: dict[str, Any] = around or {}
        self.names, self.returned = dict[str, Group](), Group()
        self.functions: dict[str, Any] = {}
        self.classes: list[str] = []
        if parent is not None:
            self.path, self.around = parent.path, parent.around
        inside = list(_own_nodes(definition))
        outer = {n for s in inside if isinstance(s, ast.Nonlocal | ast.Global) for n in s.names}
        stored = [n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
        args = [a.arg for a in ast.walk(definition.args) if isinstance(a, ast.arg)]
        self.own = {*stored, *args} - outer

    def group(self, name: str, order: Iterator[int]) -> Group:
        """Return the group of what a name stands for."""
        scope: Scope | None = self
        while scope is not None and name not in scope.own:
            scope = scope.parent
        names = (scope or self).names
        if name not in names:
            names[name] = Group()
            names[name].names.append((next(order), name))
        return names[name].found()

    def called(self, name: str) -> Scope | None:
        """Return a scope for a call of a function of this name, None where it cannot be read."""
        scope: Scope | None = self
        while scope is not None and name not in scope.functions:
            if name in scope.own:
                return None
            scope = scope.parent
        if scope is not None:
            return Scope(scope.functions[name], scope)
        found = self.around.get(name)
        return readable(found)


def scope_of(fn: types.FunctionType) -> Scope:
    """Return a scope for a call of a function that has a source."""
    fn = innermost(fn)
    source = source_of(fn)
    cells = zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True)
    closure = {name: cell.cell_contents for name, cell in cells if _is_filled(cell)}
    return Scope(source.node, None, source.path, {**fn.__globals__, **closure})


def readable(fn: Any) -> Scope | None:
    """Return a scope for a call of a function of the user's, None for what has no source."""
    if not isinstance(fn, types.FunctionType) or _is_ours(fn):
        return None
    try:
        return scope_of(fn)
    except GradgenError:
        return None


def _is_filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _is_ours(fn: types.FunctionType) -> bool:
    return (fn.__module__ or "").partition(".")[0] in ("gradgen", "numpy", "scipy")


def _own_nodes(definition: Any) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of the functions in it."""
    work = list(ast.iter_child_nodes(definition))
    while work:
        node = work.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            work += ast.iter_child_nodes(node)
