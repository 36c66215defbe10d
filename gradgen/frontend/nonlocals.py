"""Names that several functions assign, by ``nonlocal``, and what is set on functions: where it is.

The values stand in a box that the defining function owns, so that branches and loops treat an
assignment from inside another function as they treat a store into an object.
"""

from __future__ import annotations

import ast
import functools
from typing import Any

from gradgen.frontend.values import Frame, Record
from gradgen.syntax import every_node, nodes_in, parts_of

BOX = "names that inner functions assign"


class Names:
    """The class of the boxes that hold such names."""


class Attributes:
    """The class of the boxes that hold what is set on a function: ``f.calls = 0``."""


def attributes_set_on(frame: Frame, name: str) -> Record | None:
    """Return a box for the attributes of a function, None where the code around sets none."""
    if name not in _owners(frame.source.node):
        return None
    box = Record(Attributes, {})
    frame.names[f"attributes of {name}"] = box
    return box


@functools.lru_cache(maxsize=512)
def _owners(definition: ast.AST) -> frozenset[str]:
    """Return the names of what attributes are set on, in a function or one inside it."""
    return frozenset(
        n.value.id
        for n in nodes_in(definition)
        if isinstance(n, ast.Attribute)
        and isinstance(n.ctx, ast.Store)
        and isinstance(n.value, ast.Name)
    )


def share_names(frame: Frame, definition: Any) -> None:
    """Put the names of a function that inner functions assign into a box."""
    frame.outer_names, inside = _declared(definition)
    frame.local_names -= frame.outer_names
    mine = inside & frame.local_names
    if not mine:
        return
    frame.assigned_inside = mine
    fields = {name: frame.names.pop(name) for name in sorted(mine) if name in frame.names}
    frame.shared = Record(Names, fields)
    frame.names[BOX] = frame.shared


@functools.lru_cache(maxsize=512)
def _declared(definition: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that a function declares nonlocal, and those that functions in it do."""
    own: set[str] = set()
    inside: set[str] = set()
    if not any(isinstance(n, ast.Nonlocal) for n in every_node(definition)):
        return frozenset(), frozenset()
    stack = [(s, own) for s in definition.body]
    while stack:
        node, names = stack.pop()
        if isinstance(node, ast.Nonlocal):
            names.update(node.names)
        deeper = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        stack += [(n, inside if deeper else names) for n in parts_of(node)]
    return frozenset(own), frozenset(inside)
