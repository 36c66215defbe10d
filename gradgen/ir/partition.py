"""Values in classes that grow together (union and find)."""

from __future__ import annotations

from gradgen.ir.nodes import Value


class Partition:
    """A partition of values: each is in a class of its own until it is united with another."""

    def __init__(self) -> None:
        self._above: dict[Value, Value] = {}

    def root(self, v: Value) -> Value:
        """Return the representative of a value's class."""
        path = []
        while v in self._above:
            path.append(v)
            v = self._above[v]
        for p in path:
            self._above[p] = v
        return v

    def unite(self, a: Value, b: Value) -> None:
        """Make one class of two; the first value's representative stays."""
        x, y = self.root(a), self.root(b)
        if x is not y:
            self._above[y] = x
