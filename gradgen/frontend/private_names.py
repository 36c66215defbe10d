"""Private names of classes: in ``class A``, ``self.__x`` is spelled ``self._A__x``, as Python does.

So the tree of a module says which attribute is meant, of which class in a line of inheritance.
"""

from __future__ import annotations

import ast


def spell_out(tree: ast.Module) -> None:
    """Spell the private names in the bodies of classes as they are looked up, in place."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for kind in reversed(classes):  # those inside others first, whose names are theirs
        owner = kind.name.lstrip("_")
        inside = (node for s in kind.body for node in ast.walk(s)) if owner else ()
        for node in inside:
            if isinstance(node, ast.Attribute) and _is_private(node.attr):
                node.attr = f"_{owner}{node.attr}"
            elif isinstance(node, ast.Name) and _is_private(node.id):
                node.id = f"_{owner}{node.id}"
            elif isinstance(node, ast.arg) and _is_private(node.arg):
                node.arg = f"_{owner}{node.arg}"


def _is_private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")
