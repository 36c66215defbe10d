"""Parameters that hide a name which generated text relies on: ``np``, ``float``, a helper.

The parameters are the user's to name.  What one of them hides gets a second name above the
function, and is called by that.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Iterable

from gradgen.emission.names import MODULES
from gradgen.syntax import nodes_in


def parameter(name: str) -> ast.Name:
    """Return a reading of the parameter itself."""
    read = ast.Name(name, ast.Load())
    read.gradgen_parameter = True  # type: ignore[attr-defined]
    return read


def reveal(
    signature: inspect.Signature, body: list[ast.stmt], helpers: Iterable[str], taken: set[str]
) -> list[ast.stmt]:
    """Use second names in a function's body; return the statement that gives them, if any."""
    known = {*MODULES, *helpers, *dir(builtins)}
    hidden = {p: "" for p in signature.parameters if p in known}
    if not hidden:
        return []
    for read in _reads(body, hidden):
        if not hidden[read.id]:
            hidden[read.id] = _fresh(read.id, taken)
        read.id = hidden[read.id]
    pairs = {new: old for old, new in hidden.items() if new}
    if not pairs:
        return []
    sides = [ast.Tuple([], ast.Store()), ast.Tuple([], ast.Load())]
    for pair in pairs.items():
        for side, name in zip(sides, pair, strict=True):
            side.elts.append(ast.Name(name, side.ctx))
    target, value = (side if len(pairs) > 1 else side.elts[0] for side in sides)
    return [ast.Assign([target], value)]


def _reads(body: list[ast.stmt], hidden: dict[str, str]) -> list[ast.Name]:
    """Return the readings of what is hidden, not of the parameters that hide it."""
    names = [n for s in body for n in nodes_in(s) if isinstance(n, ast.Name) and n.id in hidden]
    return [n for n in names if not getattr(n, "gradgen_parameter", False)]


def _fresh(name: str, taken: set[str]) -> str:
    new = f"_{name}"
    while new in taken:
        new += "_"
    taken.add(new)
    return new
