"""Expressions on the way from SymPy to text: nodes that are equal are one node.

SymPy's sums have any number of terms, and its quotients are products with negative powers; these
nodes are what one writes by hand.  A node is made once for its kind, data and operands, so that
what an expression shares, however it is spelled, is shared here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

# Nodes that are written again wherever they are read.
LEAVES = ("const", "name", "index", "word")


class Node:
    """One operation on others; ``loops`` are the indices of loops that it depends on.

    ``risky`` says that it, or something it needs, has no value for some numbers (a quotient, a
    logarithm): it has to wait until the piece that it belongs to is chosen.
    """

    __slots__ = ("args", "data", "kind", "loops", "number", "risky")
    risky: bool

    def __init__(self, kind: str, data: Any, args: tuple[Node, ...], number: int) -> None:
        self.kind, self.data, self.args, self.number = kind, data, args, number
        self.loops: frozenset[Node] = frozenset({self}) if kind == "index" else frozenset()
        for a in args:
            if a.loops - self.loops:
                self.loops |= a.loops
        if kind == "loop":
            self.loops -= {args[2]}
        self.risky = kind in ("quotient", "risky") or any(a.risky for a in args)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.data!r} of {[a.number for a in self.args]}>"

    @property
    def is_leaf(self) -> bool:
        """Whether it is a number or a name."""
        return self.kind in LEAVES


class Nodes:
    """Makes nodes, each once; the operations that simplify what is plainly simpler."""

    def __init__(self) -> None:
        self._known: dict[Any, Node] = {}

    def make(self, kind: str, args: Iterable[Node] = (), data: Any = None) -> Node:
        """Return the node of a kind with these operands and data."""
        args = tuple(args)
        key = (kind, _key(data), *(a.number for a in args))
        node = self._known.get(key)
        if node is None:
            node = self._known[key] = Node(kind, data, args, len(self._known))
        return node

    def const(self, value: float) -> Node:
        """Return a number."""
        return self.make("const", data=value)

    def call(self, path: str, *args: Node, safe: float | None = None) -> Node:
        """Return a call; ``safe`` is where a function that is not defined everywhere is."""
        if safe is None:
            return self.make("call", args, path)
        return self.make("risky", args, (path, safe))

    def sum(self, terms: Iterable[Node]) -> Node:
        """Return a sum."""
        terms = [t for t in terms if not _is(t, 0.0)]
        if not terms:
            return self.const(0.0)
        return terms[0] if len(terms) == 1 else self.make("sum", terms)

    def product(self, factors: Iterable[Node], negative: bool = False) -> Node:
        """Return a product, or minus it."""
        factors = [f for f in factors if not _is(f, 1.0)]
        if len(factors) > 1:
            made = self.make("product", factors)
        else:
            made = factors[0] if factors else self.const(1.0)
        return self.negative(made) if negative else made

    def negative(self, a: Node) -> Node:
        """Return minus a node."""
        if a.kind == "const":
            return self.const(-a.data)
        return a.args[0] if a.kind == "negative" else self.make("negative", [a])

    def quotient(self, a: Node, b: Node) -> Node:
        """Return a quotient; by a number that is not zero it has a value everywhere."""
        if _is(b, 1.0):
            return a
        safe = b.kind in ("const", "word") and b.data != 0.0
        return self.make("part" if safe else "quotient", [a, b])


def _key(data: Any) -> Any:
    # 0.0 and -0.0, and 1 and 1.0, are equal keys of a dict.
    return (type(data), repr(data)) if isinstance(data, float | int) else data


def _is(node: Node, value: float) -> bool:
    return node.kind == "const" and node.data == value and type(node.data) is float


def reachable(roots: Iterable[Node]) -> list[Node]:
    """Return the nodes that are needed, operands before what reads them."""
    seen: set[Node] = set()
    order: list[Node] = []
    stack: list[tuple[Node, Iterator[Node]]] = []
    for root in roots:
        if root in seen:
            continue
        seen.add(root)
        stack.append((root, iter(root.args)))
        while stack:
            node, rest = stack[-1]
            child = next((a for a in rest if a not in seen), None)
            if child is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(child)
                stack.append((child, iter(child.args)))
    return order
