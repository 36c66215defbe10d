"""Private names of classes: in ``class A``, ``self.__x`` is spelled ``self._A__x``, as Python does.

So the tree of a module says which attribute is meant, of which class in a line of inheritance.
"""

from __future__ import annotations

import ast

SPELLED: dict[type[ast.AST], str] = {
    ast.Attribute: "attr", ast.Name: "id", ast.arg: "arg", ast.alias: "asname",
    ast.FunctionDef: "name", ast.AsyncFunctionDef: "name", ast.ClassDef: "name",
    ast.ExceptHandler: "name", ast.MatchAs: "name", ast.MatchStar: "name",
    ast.MatchMapping: "rest", ast.Nonlocal: "names", ast.Global: "names",
}  # fmt: skip


def spell_out(tree: ast.Module) -> None:
    """Spell the private names in the bodies of classes as they are looked up, in place."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    members = {s for kind in classes for s in kind.body}  # found by the names that they have
    owners = [(kind, written_name(kind).lstrip("_")) for kind in classes]
    for kind, owner in reversed(owners):  # those inside others first, whose names are theirs
        inside = (node for s in kind.body for node in ast.walk(s)) if owner else ()
        for node in inside:
            field = SPELLED.get(type(node))
            if field is not None and node not in members:
                _spell(node, field, owner)


def written_name(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    """Return the name of a function or class as it is written, and as its code has it."""
    return getattr(node, "gradgen_written", node.name)


def _spell(node: ast.AST, field: str, owner: str) -> None:
    held = getattr(node, field)
    if isinstance(held, list):
        setattr(node, field, [_spelled(name, owner) for name in held])
    elif held is not None and _is_private(held):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            node.gradgen_written = held  # type: ignore[union-attr]
        setattr(node, field, _spelled(held, owner))


def _spelled(name: str, owner: str) -> str:
    return f"_{owner}{name}" if _is_private(name) else name


def _is_private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")
