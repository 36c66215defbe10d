"""What the index of a loop is called: as the user counts, or by a letter that is not in use."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.assigned import assigned_names
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Iteration, Seq
from gradgen.ir.nodes import Value

LETTERS = "ijklmn"


def name_index(r: Reader, s: ast.For, over: Iteration, index: Value, element: Any) -> None:
    """Name the index of a loop, of which the target is assigned ``element``, in place."""
    own = s.target if over.bounds else _counter(s.target, index, element)
    if isinstance(own, ast.Name):
        index.name, index.user = own.id.partition(" ")[0], True
    else:
        taken = {*assigned_names([ast.Expr(s.target), *s.body]), *r.frame.names, *r.counters}
        index.name = next((c for c in LETTERS if c not in taken), "i")
    r.counters[-1] = index.name


def _counter(target: ast.expr, index: Value, element: Any) -> ast.expr | None:
    """Return the part of a target that is the index itself, as the first of ``enumerate``."""
    if not isinstance(target, ast.Tuple) or not isinstance(element, Seq):
        return None
    pairs = zip(target.elts, element.items, strict=False)
    return next((name for name, item in pairs if item is index), None)
