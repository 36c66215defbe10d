"""What values depend on, while a pattern is found: sets of input entries, joined lazily.

A `Node` stands for a set of entries of the inputs; an array of values has an object array of nodes.
What is no node (None, a number) depends on nothing.  To join two sets is to make a node of two, so
that a sum over a loop costs nothing; the sets are spelled out only for what is asked at the end.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np


class Node:
    """A set of entries: the number of one, or the nodes that it is the union of."""

    __slots__ = ("parts",)

    def __init__(self, parts: int | tuple[Node, ...]) -> None:
        self.parts = parts


def join(p: Any, q: Any) -> Any:
    """Return the union of two sets."""
    if p.__class__ is not Node:
        return q if q.__class__ is Node else None
    return p if q.__class__ is not Node or p is q else Node((p, q))


def _union(nodes: Iterable[Any]) -> Node | None:
    found = tuple({id(p): p for p in nodes if p.__class__ is Node}.values())
    return None if not found else found[0] if len(found) == 1 else Node(found)


_JOIN = np.frompyfunc(join, 2, 1)


def entries(node: Node) -> list[int]:
    """Return the numbers of a set, each once."""
    if isinstance(node.parts, int):
        return [node.parts]
    first = {p.parts for p in node.parts}
    if set(map(type, first)) == {int}:  # as it is in most stencils
        return list(first)  # type: ignore[arg-type]
    out: set[int] = set()
    seen: set[int] = set()
    stack = [node]
    while stack:
        top = stack.pop()
        parts = top.parts
        if isinstance(parts, int):
            out.add(parts)
        elif id(top) not in seen:
            seen.add(id(top))
            stack.extend(parts)
    return list(out)


def inputs_of(trees: list[Any]) -> tuple[list[Any], int]:
    """Return nodes in the place of numbers and arrays, one for each entry, and how many."""
    made: list[Any] = []
    count = 0
    for leaf in trees:
        size = int(np.size(leaf))
        nodes = np.empty(size, dtype=object)
        nodes[:] = list(map(Node, range(count, count + size)))
        made.append(nodes.reshape(np.shape(leaf)) if isinstance(leaf, np.ndarray) else nodes[0])
        count += size
    return made, count


class Recorder:
    """The functions that a pattern's text calls.

    ``meetings`` are sets that meet in a product, ``bent`` those whose entries all meet each other.
    """

    def __init__(self) -> None:
        self.meetings: list[tuple[Node, Node]] = []
        self.bent: list[Node] = []

    def functions(self) -> dict[str, Any]:
        """Return what the text calls, by name."""
        return {
            "_join": joined, "_meet": self.meet, "_bend": self.bend, "_over": over, "_all": whole,
            "_bend_over": self.bend_over, "_bend_all": self.bend_all, "_product": product,
            "_bend_product": self.bend_product, "_nothing": nothing, "_join_at": joined_at,
            "_differences": differences, "_along": along, "_bend_along": self._bent(along),
            "_outer": outer, "_bend_outer": self.bend_outer, "_einsum": einsum,
            "_bend_einsum": self.bend_einsum, "_summed": summed, "_windows": windows,
        }  # fmt: skip

    def _note(self, p: Any, q: Any) -> Any:
        if p.__class__ is Node and q.__class__ is Node:
            self.meetings.append((p, q))
        return None

    def meet(self, p: Any, q: Any) -> Any:
        """Join the factors of a product: each entry of one meets each of the other."""
        self._note_all(p, q)
        return joined(p, q)

    def _note_all(self, p: Any, q: Any) -> None:
        """Note that sets meet, or those of two arrays, entry by entry."""
        if isinstance(p, np.ndarray) or isinstance(q, np.ndarray):
            np.frompyfunc(self._note, 2, 1)(p, q)
        else:
            self._note(p, q)

    def bend(self, total: Any, *more: Any) -> Any:
        """Join what goes into a function that is not linear: all entries meet each other."""
        for p in more:
            total = joined(total, p)
        if total.__class__ is Node:
            self.bent.append(total)
        elif isinstance(total, np.ndarray):
            self.bent += [node for node in total.flat if node.__class__ is Node]
            # New memory: what is done to the result in place is not done to the parts.
            return total if more else total.copy()
        return total

    def bend_over(self, p: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """Join along axes, all entries meeting each other."""
        return self.bend(over(p, axis, keepdims))

    def bend_all(self, like: Any, *parts: Any) -> Any:
        """Join everything, all entries meeting each other."""
        return filled(like, self.bend(_everything(parts)))

    def bend_product(self, like: Any, p: Any, q: Any) -> Any:
        """Join the factors of a matrix product: those that are multiplied meet."""
        rows = p[..., None] if np.ndim(q) > 1 else p
        columns = q[..., None, :, :] if np.ndim(p) > 1 and np.ndim(q) > 1 else q
        self._note_all(rows, columns)
        return product(like, p, q)

    def bend_outer(self, like: Any, p: Any, q: Any) -> Any:
        """Join the factors of an outer product, which meet."""
        self._note_all(np.ravel(p)[:, None], np.ravel(q)[None, :])
        return outer(like, p, q)

    def bend_einsum(self, like: Any, *parts: Any, letters: tuple[str, ...], kept: str) -> Any:
        """Join the factors of a sum of products: those that are multiplied meet."""
        moving = [(mine, p) for mine, p in zip(letters, parts, strict=True) if p is not None]
        for (mine, p), (others, q) in itertools.combinations(moving, 2):
            both = "".join(sorted({*mine, *others}))
            self._note_all(_factor(mine, both, p), _factor(others, both, q))
        return einsum(like, *parts, letters=letters, kept=kept)

    def _bent(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of sets after which all entries of a result meet each other."""
        return lambda *args, **options: self.bend(function(*args, **options))


def joined(p: Any, q: Any) -> Any:
    """Return the union of two sets, or of the sets of two arrays, entry by entry."""
    if isinstance(p, np.ndarray) or isinstance(q, np.ndarray):
        return _JOIN(p, q)
    return join(p, q)


def nothing(like: Any) -> Any:
    """Return empty sets in the shape of a value, or a list of them."""
    if isinstance(like, list):
        return [nothing(item) for item in like]
    return np.full(np.shape(like), None)


def filled(like: Any, node: Any) -> Any:
    """Return one set for each entry of a value, or of the items of a list."""
    if isinstance(like, list):
        return [filled(item, node) for item in like]
    return np.full(np.shape(like), node) if isinstance(like, np.ndarray) else node


def over(p: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Return the unions along axes."""
    if not isinstance(p, np.ndarray):
        return p
    axes = range(p.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    gone = tuple(k % p.ndim for k in axes)
    kept = [k for k in range(p.ndim) if k not in gone]
    shape = [p.shape[k] for k in kept]
    rows = np.transpose(p, (*kept, *gone)).reshape(int(np.prod(shape, dtype=int)), -1)
    unions = np.empty(len(rows), dtype=object)
    unions[:] = [_union(row) for row in rows]
    if keepdims:
        return unions.reshape([1 if k in gone else d for k, d in enumerate(p.shape)])
    return unions.reshape(shape) if shape else unions[0]


def _everything(parts: Iterable[Any]) -> Node | None:
    return _union(over(p) if isinstance(p, np.ndarray) else p for p in _flat(parts))


def _flat(parts: Iterable[Any]) -> Iterable[Any]:
    for p in parts:
        yield from _flat(p) if isinstance(p, list | tuple) else (p,)


def whole(like: Any, *parts: Any) -> Any:
    """Return the union of everything, for each entry of a value."""
    return filled(like, _everything(parts))


def product(like: Any, p: Any, q: Any) -> Any:
    """Return the sets of a matrix product, of factors that are None where they are constant."""
    rows = None if p is None else over(p, -1) if np.ndim(p) > 1 else over(p)
    columns = None if q is None else over(q, -2) if np.ndim(q) > 1 else over(q)
    matrices = (p is None or np.ndim(p) > 1) and (q is None or np.ndim(q) > 1)
    if isinstance(rows, np.ndarray) and np.ndim(like) > rows.ndim and matrices:
        rows = rows[..., None]
    if isinstance(columns, np.ndarray) and np.ndim(like) > columns.ndim and matrices:
        columns = columns[..., None, :]
    total = joined(rows, columns)
    return np.broadcast_to(total, np.shape(like)).copy() if isinstance(like, np.ndarray) else total


def along(like: Any, *parts: Any, axis: int = -1) -> Any:
    """Return the unions along an axis, in each place along it."""
    total: Any = None
    for p in parts:
        total = joined(total, over(p, axis, True))
    return np.broadcast_to(total, np.shape(like)).copy()


def outer(like: Any, p: Any, q: Any) -> Any:
    """Return the sets of an outer product, of factors that are None where they are constant."""
    rows = None if p is None else np.ravel(p)[:, None]
    columns = None if q is None else np.ravel(q)[None, :]
    return np.broadcast_to(joined(rows, columns), np.shape(like)).copy()


def einsum(like: Any, *parts: Any, letters: tuple[str, ...], kept: str) -> Any:
    """Return the sets of a sum of products, of factors that are None where they are constant."""
    total: Any = None
    for mine, p in zip(letters, parts, strict=True):
        if p is not None:
            total = joined(total, _factor(mine, kept, p))
    return np.broadcast_to(total, np.shape(like)).copy() if np.ndim(like) else total


def _factor(letters: str, kept: str, p: Any) -> Any:
    """Return the sets of a factor of ``np.einsum`` along the axes of the result."""
    for k in sorted(set(letters)):
        while letters.count(k) > 1:
            one, two = letters.index(k), letters.rindex(k)
            p = np.diagonal(p, axis1=one, axis2=two)
            letters = letters[:one] + letters[one + 1 : two] + letters[two + 1 :] + k
    gone = tuple(i for i, k in enumerate(letters) if k not in kept)
    p = over(p, gone) if gone else p
    mine = [k for k in letters if k in kept]
    if isinstance(p, np.ndarray):
        p = np.transpose(p, [mine.index(k) for k in kept if k in mine])
        p = p[tuple(slice(None) if k in mine else None for k in kept)]
    return p


def summed(like: Any, *parts: Any) -> Any:
    """Return the sets of a sum of items, numbers or arrays of one shape."""
    total: Any = None
    for p in _flat(parts):
        more = isinstance(p, np.ndarray) and p.ndim > np.ndim(like)
        total = joined(total, over(p, 0) if more else p)
    return np.broadcast_to(total, np.shape(like)).copy() if isinstance(like, np.ndarray) else total


def windows(like: Any, p: Any, kernel: Any, backwards: bool = False) -> Any:
    """Return the unions along each axis in windows as long as a kernel, cut to the result's shape.

    Where the middle lies between two places, it may be either.
    """
    p = np.flip(p) if backwards else p
    for axis, (length, width) in enumerate(zip(np.shape(like), np.shape(kernel), strict=True)):
        rows = np.moveaxis(p, axis, 0)
        total = np.full((len(rows) + width - 1, *rows.shape[1:]), None)
        for k in range(width):
            total[k : k + len(rows)] = joined(total[k : k + len(rows)], rows)
        start, odd = divmod(len(total) - length, 2)
        cut = total[start : start + length]
        cut = joined(cut, total[start + 1 : start + 1 + length]) if odd else cut
        p = np.moveaxis(cut, 0, axis)
    return p


def joined_at(p: Any, index: Any, q: Any) -> Any:
    """Return sets with others joined at an index, repeats of it counted."""
    out = p.copy()
    places = np.arange(p.size).reshape(p.shape)[index]
    flat = out.reshape(-1)
    for place, node in zip(np.ravel(places), np.broadcast_to(q, places.shape).flat, strict=True):
        flat[place] = join(flat[place], node)
    return out


def differences(p: Any, axis: int = -1) -> Any:
    """Return the unions of neighbours along an axis."""
    moved = np.moveaxis(p, axis, -1)
    return np.moveaxis(joined(moved[..., 1:], moved[..., :-1]), -1, axis)
