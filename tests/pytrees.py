"""Containers of numbers as flat lists of leaves, written apart from gradgen's own code."""

from __future__ import annotations

import copy
import dataclasses
import enum
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Path = tuple[tuple[str, Any], ...]


def children(tree: Any) -> list[tuple[tuple[str, Any], Any]] | None:
    """Return the (access, child) pairs of a container, None for a leaf.

    An access is ``("item", key)`` or ``("attribute", name)``.
    """
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return [(("attribute", name), getattr(tree, name)) for name in tree._fields]
    if isinstance(tree, tuple | list):
        return [(("item", place), child) for place, child in enumerate(tree)]
    if isinstance(tree, dict):
        return [(("item", key), child) for key, child in tree.items()]
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        names = [field.name for field in dataclasses.fields(tree)]
        return [(("attribute", name), getattr(tree, name)) for name in names]
    if is_plain_object(tree):
        return [(("attribute", name), child) for name, child in vars(tree).items()]
    return None


def is_plain_object(value: Any) -> bool:
    """Tell whether a value is an object of a user's class, which is a structure of attributes."""
    kind = type(value)
    plain = not isinstance(value, type | types.FunctionType | types.MethodType | enum.Enum)
    return plain and hasattr(value, "__dict__") and kind.__module__.startswith("tests.")


def rebuild(tree: Any, parts: list[Any]) -> Any:
    """Return a container like ``tree`` that holds ``parts`` as its children."""
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return tree._make(parts)  # as it is: a class may have a __new__ of its own
    if isinstance(tree, tuple | list):
        return type(tree)(parts)
    if isinstance(tree, dict):
        return dict(zip(tree, parts, strict=True))
    rebuilt = copy.copy(tree)
    for ((_, name), _), part in zip(children(tree) or [], parts, strict=True):
        object.__setattr__(rebuilt, name, part)
    return rebuilt


def leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every leaf with its path, in order."""
    pairs = children(tree)
    if pairs is None:
        yield path, tree
        return
    for access, child in pairs:
        yield from leaves(child, (*path, access))


def nodes(tree: Any) -> Iterator[Any]:
    """Yield a container, the containers in it, and the leaves."""
    yield tree
    for _, child in children(tree) or []:
        yield from nodes(child)


def map_leaves(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """Return ``tree`` with ``function`` applied to its leaves (and those of ``others``)."""
    pairs = children(tree)
    if pairs is None:
        return function(tree, *others)
    rows = [[child for _, child in children(other) or []] for other in others]
    parts = [
        map_leaves(function, child, *(row[place] for row in rows))
        for place, (_, child) in enumerate(pairs)
    ]
    return rebuild(tree, parts)


def access_text(name: str, path: Path) -> str:
    """Return the Python expression that reads the leaf at ``path`` of ``name``."""
    for kind, key in path:
        name += f".{key}" if kind == "attribute" else f"[{key!r}]"
    return name


def is_float_leaf(leaf: Any) -> bool:
    """Tell whether a leaf is a float or an array of floats, so that it has a gradient."""
    if isinstance(leaf, bool):
        return False
    return isinstance(leaf, float | np.floating) or (
        isinstance(leaf, np.ndarray) and np.issubdtype(leaf.dtype, np.floating)
    )


def copy_tree(tree: Any) -> Any:
    """Return the container with every array copied in its own memory layout."""
    return map_leaves(lambda leaf: leaf.copy() if isinstance(leaf, np.ndarray) else leaf, tree)


def same_bits(left: Any, right: Any) -> bool:
    """Tell whether two containers agree in structure, dtype, shape and every bit."""
    left_leaves, right_leaves = list(leaves(left)), list(leaves(right))
    if [path for path, _ in left_leaves] != [path for path, _ in right_leaves]:
        return False
    return all(
        same_leaf(one, two) for (_, one), (_, two) in zip(left_leaves, right_leaves, strict=True)
    )


def same_leaf(left: Any, right: Any) -> bool:
    """Tell whether two leaves agree in dtype, shape and every bit."""
    if not isinstance(left, np.ndarray | float | int | np.generic):
        return bool(left == right)
    left, right = np.asarray(left), np.asarray(right)
    if left.dtype != right.dtype or left.shape != right.shape:
        return False
    return left.tobytes() == right.tobytes()
