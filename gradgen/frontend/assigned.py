"""Which names statements assign, by their syntax."""

from __future__ import annotations

import ast
import functools
from collections.abc import Sequence

from gradgen.syntax import FIELDS, nodes_in, parts_of


def assigned_names(body: Sequence[ast.stmt]) -> list[str]:
    """Return the names that statements assign, in order, not those of nested functions."""
    names: dict[str, None] = {}
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        if type(node) in ASSIGNING:
            names |= dict.fromkeys(_assigned_by(node))
        if isinstance(node, ast.comprehension):  # its targets are its own
            stack += [*reversed(node.ifs), node.iter]
            continue
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if FIELDS[type(node)]:
            stack += reversed(parts_of(node))
    return list(names)


# The nodes that may assign names themselves.
ASSIGNING = {
    ast.Name, ast.FunctionDef, ast.ClassDef, ast.MatchAs, ast.MatchStar, ast.MatchMapping,
    ast.ExceptHandler, ast.Import, ast.ImportFrom,
}  # fmt: skip


def _assigned_by(node: ast.AST) -> list[str]:
    """Return the names that one node itself assigns or deletes."""
    if isinstance(node, ast.Name):
        return [] if isinstance(node.ctx, ast.Load) else [node.id]
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        return [node.name]
    if isinstance(node, ast.ExceptHandler) and node.name:
        return [node.name]
    if isinstance(node, ast.MatchMapping) and node.rest:
        return [node.rest]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    return []


READS = frozenset((
    "abs", "all", "any", "enumerate", "float", "int", "isinstance", "iter", "len", "list", "max",
    "min", "range", "reversed", "round", "set", "sorted", "sum", "tuple", "zip", "groupby",
))  # fmt: skip


@functools.lru_cache(maxsize=512)
def changed(definition: ast.AST) -> frozenset[str]:
    """Return the names in a function whose values may change after they are first there.

    They are assigned twice or in a loop, stored into, or reach what may write to them.
    """
    once: set[str] = set()
    out: set[str] = set()
    for node in nodes_in(definition):
        if isinstance(node, ast.For | ast.While):
            out.update(assigned_names([node]))
        elif isinstance(node, ast.Call):
            out.update(_reached(node))
        elif isinstance(node, ast.Subscript | ast.Attribute):
            out.update(_bases(node) if not isinstance(node.ctx, ast.Load) else ())
        elif isinstance(node, ast.AugAssign):
            out.update(n.id for n in nodes_in(node.target) if isinstance(n, ast.Name))
        for name in _assigned_by(node):
            (out if name in once else once).add(name)
    return frozenset(out)


def _bases(node: ast.AST) -> set[str]:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _reached(call: ast.Call) -> set[str]:
    """Return the names of what a call may write to: its owner, and its arguments."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in READS or (isinstance(call.func, ast.Name) and call.func.id in READS):
        return set()
    given = [*call.args, *(k.value for k in call.keywords)]
    return set().union(*map(_bases, (call.func, *given)))
