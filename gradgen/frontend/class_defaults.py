"""Attributes that objects get on one path only, and that their class has otherwise.

Such an attribute is the object's own from the beginning: what the class holds is put into it where
it is made.  Only where somebody asks which attributes are an object's own is that another thing.
"""

from __future__ import annotations

import ast
import enum
from typing import TYPE_CHECKING, Any

import numpy as np

from gradgen.frontend.classes import found_in, is_users
from gradgen.frontend.signals import Retry
from gradgen.frontend.values import Record

if TYPE_CHECKING:
    from gradgen.frontend.reader import Reader

PLAIN = (int, float, str, bool, type(None), np.generic, enum.Enum)  # nobody can write into these


def begin_with(r: Reader, kind: type, name: str, given: bool = False) -> None:
    """Read the program again with an attribute in new objects of a class, where that is right.

    ``given``: the object is an argument, which has what it has.
    """
    if given or not is_users(kind) or name in r.book.class_defaults.get(kind, ()):
        return
    assigned = any(name in r.book.class_writes.get(c, ()) for c in kind.__mro__)
    if not assigned and _is_plain(found_in(kind, name)):
        r.book.class_defaults.setdefault(kind, {})[name] = None
        raise Retry(set())


def forget(r: Reader, kind: type, name: str) -> None:
    """Have no objects begin with what a class holds that is assigned meanwhile."""
    for one, names in r.book.class_defaults.items():
        if kind in one.__mro__:
            names.pop(name, None)


def _is_plain(value: Any) -> bool:
    return isinstance(value, PLAIN) or (type(value) is tuple and all(map(_is_plain, value)))


def defaults(r: Reader, kind: type, node: ast.AST) -> dict[str, Any]:
    """Return what new objects of a class have before anything is assigned to them."""
    names = [n for c in kind.__mro__ for n in r.book.class_defaults.get(c, ())]
    return {name: r.wrap(found_in(kind, name), kind, name, node) for name in names}


def require_own(r: Reader, owner: Record, node: ast.AST, what: str) -> None:
    """Refuse what asks which attributes are an object's own, where some are its class's."""
    if any(r.book.class_defaults.get(c) for c in owner.kind.__mro__):
        r.refuse(node, what, "set what the class has in __init__")
