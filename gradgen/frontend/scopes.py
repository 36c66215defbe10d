"""What the free names of a function mean that is defined inside the one that is read."""

from __future__ import annotations

import ast
import builtins
from typing import Any

from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Frame, LocalFunction
from gradgen.syntax import nodes_in, parts_of


def free_names(node: Any, bound: set[str]) -> list[str]:
    """Return the names that a function reads and does not bind, in order."""
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    found = [n for s in body for n in nodes_in(s) if isinstance(n, ast.Name)]
    mine = bound | bound_names(node)
    return list(dict.fromkeys(n.id for n in found if n.id not in mine))


def bound_names(node: Any) -> set[str]:
    """Return the names that a function, or one inside it, binds: parameters, variables."""
    return {
        n.arg if isinstance(n, ast.arg) else n.name if isinstance(n, ast.FunctionDef) else n.id
        for part in parts_of(node)
        for n in nodes_in(part)
        if isinstance(n, ast.arg | ast.FunctionDef)
        or (isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    }


def meaning(r: Reader, fn: LocalFunction, name: str) -> Any:
    """Return what a free name means to a local function now, None for builtins and the unknown."""
    if name not in fn.frame.globals and hasattr(builtins, name) and not _is_local(fn.frame, name):
        return None
    keep, r.frame = r.frame, fn.frame
    try:
        return r.lookup(name, fn.node)
    finally:
        r.frame = keep


def _is_local(frame: Frame | None, name: str) -> bool:
    while frame is not None:
        if name in frame.names or name in frame.local_names or name in frame.cells:
            return True
        frame = frame.parent
    return False
