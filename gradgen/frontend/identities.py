"""What depends on which object something is: `id`, and the objects in a set, in some order."""

from __future__ import annotations

import ast
import builtins
import enum
import math
from collections.abc import Iterator
from typing import Any

from gradgen.frontend.classes import found_in
from gradgen.frontend.entries import literal
from gradgen.frontend.evaluate import options
from gradgen.frontend.objects import class_of
from gradgen.frontend.reader import Reader, describe
from gradgen.frontend.values import Choice, Itself, Record, Seq, Static, is_static
from gradgen.library.collections import KnownSet
from gradgen.library.sets import ComputedSet

FEW_KEYS = 64  # among which paths may decide
# What gives the same for a set in any order, but for the last bits of a sum.
IN_ANY_ORDER = (sum, min, max, any, all, sorted, len, set, frozenset, math.fsum)


class Identity(Itself):
    """What `id` gives for an object: it is good for comparisons, and as a key."""


def identity_of(r: Reader, owner: Any, node: ast.AST) -> Static:
    """Return what stands for `id(owner)`."""
    if not _is_told_apart(owner):
        r.refuse(node, f"id of a {describe(owner)}", "compare by `is`, or give objects a number")
    return Static(Identity(owner))


def key_of(r: Reader, value: Any) -> Any:
    """Return a key of a dict as a constant, a choice of these, or an object; else as it is."""
    value = literal(r, value)
    if _is_told_apart(value) and _is_by_identity(value):
        return Static(Itself(value))
    several = isinstance(value, Seq) and value.kind is tuple and not is_static(value)
    return _opened(r, value) if several else value


def _opened(r: Reader, key: Seq) -> Any:
    """Return a tuple of which paths decide between few constants as a choice of tuples."""
    items = [key_of(r, r.settled(item)) for item in key.items]
    chosen = [options(item) for item in items]
    known = all(is_static(one) for several in chosen for one in several)
    return _tuples(items) if known and math.prod(map(len, chosen)) <= FEW_KEYS else key


def _tuples(items: list[Any]) -> Any:
    k = next((k for k, item in enumerate(items) if isinstance(item, Choice)), None)
    if k is None:
        return Seq(items)
    one = items[k]
    sides = (_tuples([*items[:k], side, *items[k + 1 :]]) for side in (one.then, one.other))
    return Choice(one.test, *sides)


def objects_of_set(r: Reader, value: Any) -> Seq | None:
    """Return the objects in a set, in the order in which they came there; None for other sets.

    Python's order is that of their addresses: no program can count on it.
    """
    if not isinstance(value, Record) or value.kind is not ComputedSet:
        return None
    held = r.settled(value.fields["items"])
    alike = isinstance(held, Seq) and held.grown is None
    return held if alike and all(map(_is_by_identity, held.items)) else None


def note_any_order(node: ast.Call, callee: Any) -> None:
    """Mark what is looped over where the order does not matter: an argument of `max`, say."""
    free = isinstance(callee, Static) and any(callee.obj is f for f in IN_ANY_ORDER)
    if free or hasattr(node, "gradgen_in_any_order"):
        for looped in (node, *_looped_over(node)):
            looped.gradgen_in_any_order = free  # type: ignore[attr-defined]


def _looped_over(node: ast.Call) -> Iterator[ast.expr]:
    for arg in node.args:
        yield arg
        if isinstance(arg, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            yield from (part.iter for part in arg.generators)
        elif isinstance(arg, ast.Call) and isinstance(arg.func, ast.Name):
            function = getattr(builtins, arg.func.id, None)
            if function in (list, tuple, *IN_ANY_ORDER):
                yield from (arg, *_looped_over(arg))


def known_set_in_order(r: Reader, value: Any, node: ast.AST) -> Static | None:
    """Return what is known to be in a set, in Python's order; None for anything else.

    The order of texts is another one in each process: where it matters, that is refused.
    """
    if isinstance(value, Record) and value.kind is KnownSet:
        value = r.settled(value.fields["held"])
    if not isinstance(value, Static) or not isinstance(value.obj, set | frozenset):
        return None
    if len(value.obj) < 2 or not any(map(_is_seeded, value.obj)):
        return Static(tuple(value.obj))
    if not getattr(node, "gradgen_in_any_order", False):
        r.refuse(node, "a loop over a set of texts, whose order is another one in each process",
                 "loop over sorted(...) of it")  # fmt: skip
    return Static(tuple(sorted(value.obj, key=repr)))


def _is_seeded(item: Any) -> bool:
    """Whether the hash of something depends on the process."""
    if isinstance(item, tuple | frozenset):
        return any(map(_is_seeded, item))
    return not isinstance(item, int | float | complex) or isinstance(item, enum.Enum)


def _is_told_apart(value: Any) -> bool:
    """Whether an object is no other one on any path, and under no other name."""
    made_here = isinstance(value, Record) and not value.given and not value.joined
    return made_here and class_of(value) is not None


def _is_by_identity(item: Any) -> bool:
    kind = class_of(item) if isinstance(item, Record) else None
    return kind is not None and found_in(kind, "__hash__") is object.__hash__
