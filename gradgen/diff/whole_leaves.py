"""Whole numbers in what is differentiated: their derivative is zero, which may not be meant."""

from __future__ import annotations

from gradgen.diff.activity import reached
from gradgen.ir.nodes import Function, Leaf


def remarks(function: Function) -> list[str]:
    """Return a warning for each int, or array of them, by which the value could be differentiated.

    Such as counts a loop or a shape, or says where to read, is not meant.
    """
    asked = {leaf.param for leaf in function.leaves if leaf.active}
    whole = [leaf for leaf in function.leaves if leaf.param in asked and leaf.path]
    whole = [leaf for leaf in whole if _is_whole(leaf)]
    if not _matter(function, whole):  # as of most: one sweep tells it of all of them
        return []
    return [_remark(leaf) for leaf in whole if _matter(function, [leaf])]


def _is_whole(leaf: Leaf) -> bool:
    kind, dtype = leaf.value.type.kind, leaf.value.type.dtype
    return not leaf.active and (kind == "int" or (kind == "array" and dtype.startswith("int")))


def _matter(function: Function, leaves: list[Leaf]) -> bool:
    """Whether the result is made of any of these whole numbers by what has a derivative."""
    given = [leaf.value for leaf in leaves]
    found = reached(function, given, whole=True) - set(given) if given else set()
    return any(v in found for v in function.body.results)


def _remark(leaf: Leaf) -> str:
    way = "".join(f".{key}" if kind == "attr" else f"[{key!r}]" for kind, key in leaf.path)
    what, floats = ("is an int", "a float")
    if leaf.value.type.kind == "array":
        what, floats = "is an array of ints", "floats"
    return (
        f"{leaf.param}{way} {what}, so that its derivative is zero; way out: pass {floats}, "
        "if the derivative by it matters"
    )
