"""What depends on which object something is: `id`, and the objects in a set, in some order."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.classes import found_in
from gradgen.frontend.entries import literal
from gradgen.frontend.objects import class_of
from gradgen.frontend.reader import Reader, describe
from gradgen.frontend.values import Itself, Record, Seq, Static
from gradgen.library.sets import ComputedSet


class Identity(Itself):
    """What `id` gives for an object: it is good for comparisons, and as a key."""


def identity_of(r: Reader, owner: Any, node: ast.AST) -> Static:
    """Return what stands for `id(owner)`."""
    if not _is_told_apart(owner):
        r.refuse(node, f"id of a {describe(owner)}", "compare by `is`, or give objects a number")
    return Static(Identity(owner))


def key_of(r: Reader, value: Any) -> Any:
    """Return a key of a dict as a constant if it is known, or an object; else as it is."""
    value = literal(r, value)
    return Static(Itself(value)) if _is_told_apart(value) and _is_by_identity(value) else value


def objects_of_set(r: Reader, value: Any) -> Seq | None:
    """Return the objects in a set, in the order in which they came there; None for other sets.

    Python's order is that of their addresses: no program can count on it.
    """
    if not isinstance(value, Record) or value.kind is not ComputedSet:
        return None
    held = r.settled(value.fields["items"])
    alike = isinstance(held, Seq) and held.grown is None
    return held if alike and all(map(_is_by_identity, held.items)) else None


def _is_told_apart(value: Any) -> bool:
    """Whether an object is no other one on any path, and under no other name."""
    made_here = isinstance(value, Record) and not value.given and not value.joined
    return made_here and class_of(value) is not None


def _is_by_identity(item: Any) -> bool:
    kind = class_of(item) if isinstance(item, Record) else None
    return kind is not None and found_in(kind, "__hash__") is object.__hash__
