"""The numbers inside arguments: containers of any depth as lists of leaves, and back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.frontend.classes import attributes_of, is_taken_apart
from gradgen.frontend.selection import signature_of
from gradgen.ir.nodes import Function

Path = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class LeafValue:
    """A number or array inside an argument: which argument, its spelling, and what it holds."""

    argument: int
    name: str
    value: Any

    @property
    def inexact(self) -> bool:
        """Whether it is a float or an array of floats."""
        return is_inexact(self.value)

    def entry(self, place: tuple[int, ...]) -> str:
        """Return the spelling of one of its numbers."""
        return f"{self.name}[{', '.join(map(str, place))}]" if place else self.name


def is_inexact(leaf: Any) -> bool:
    """Whether a leaf is a float or an array of floats."""
    return isinstance(leaf, float | np.floating) or (
        isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f"
    )


def children(tree: Any) -> list[tuple[tuple[str, Any], Any]] | None:
    """Return the (access, child) pairs of a container, None for a leaf.

    An access is ``("item", key)`` or ``("attr", name)``, as in the paths of a graph's leaves.
    """
    if isinstance(tree, tuple | list):
        return [(("item", k), child) for k, child in enumerate(tree)]
    if isinstance(tree, dict):
        return [(("item", k), child) for k, child in tree.items()]
    if not isinstance(tree, type | np.ndarray | np.generic | float) and is_taken_apart(type(tree)):
        return [(("attr", name), child) for name, child in attributes_of(tree).items()]
    return None


def flatten(tree: Any, path: Path = (), around: tuple[int, ...] = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every leaf with the keys that lead to it, in order.

    ``around`` are the containers that hold the tree: what refers back to one of them is a leaf.
    """
    pairs = None if id(tree) in around else children(tree)
    if pairs is None:
        yield path, tree
        return
    for access, child in pairs:
        yield from flatten(child, (*path, access), (*around, id(tree)))


def with_leaves(tree: Any, leaves: Iterator[Any], around: tuple[int, ...] = ()) -> Any:
    """Return a container like ``tree`` that holds other leaves, taken in order."""
    pairs = None if id(tree) in around else children(tree)
    if pairs is None:
        return next(leaves)
    parts = [with_leaves(child, leaves, (*around, id(tree))) for _, child in pairs]
    if isinstance(tree, dict):
        return dict(zip(tree, parts, strict=True))
    if isinstance(tree, tuple | list) and not hasattr(tree, "_fields"):
        return type(tree)(parts)
    if isinstance(tree, tuple):
        return type(tree)(*parts)
    made = copy.copy(tree)
    for ((_, name), _), part in zip(pairs, parts, strict=True):
        object.__setattr__(made, name, part)
    return made


def as_it_is(tree: Any, copies: dict[int, Any]) -> Any:
    """Return a container with copies of its arrays, which later writes to the original leave.

    ``copies`` are those of arrays and containers by their addresses: what was one object stays one.
    """
    if id(tree) in copies:
        return copies[id(tree)]
    pairs = children(tree)
    if pairs is None:
        made = tree.copy(order="K") if isinstance(tree, np.ndarray) else tree
    elif isinstance(tree, tuple):
        parts = [as_it_is(child, copies) for _, child in pairs]
        made = type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    else:
        made = copies[id(tree)] = copy.copy(tree)
        for (kind, key), child in pairs:
            part = as_it_is(child, copies)
            if kind == "attr":
                object.__setattr__(made, key, part)
            else:
                made[key] = part
    copies[id(tree)] = made
    return made


def follow(tree: Any, path: Path) -> Any:
    """Return what a path leads to."""
    for kind, key in path:
        tree = tree[key] if kind == "item" else getattr(tree, key)
    return tree


def spell(tree: Any, name: str, path: Path) -> str:
    """Return the Python expression for what a path leads to."""
    for kind, key in path:
        fields = getattr(tree, "_fields", None)
        if kind == "attr" or (fields and isinstance(tree, tuple)):
            name += f".{fields[key] if kind == 'item' and fields else key}"
        else:
            name += f"[{key!r}]"
        tree = follow(tree, ((kind, key),))
    return name


def parameter_names(fn: Callable[..., Any], count: int) -> list[str]:
    """Return the names of the parameters that take the first ``count`` positional arguments."""
    names: list[str] = []
    for name, parameter in signature_of(fn).parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{name}[{k}]" for k in range(count - len(names))]
        names.append(name)
    return names[:count]


def leaf_values(fn: Callable[..., Any], function: Function, args: Sequence[Any]) -> list[LeafValue]:
    """Return what each leaf of a graph holds when the function is called with ``args``."""
    bound = signature_of(fn).bind(*args)
    bound.apply_defaults()
    order = list(bound.arguments)
    out = []
    for leaf in function.leaves:
        tree = bound.arguments[leaf.param]
        value = follow(tree, leaf.path)
        out.append(LeafValue(order.index(leaf.param), spell(tree, leaf.param, leaf.path), value))
    return out
