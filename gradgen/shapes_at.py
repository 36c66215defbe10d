"""The shapes of a function's values at given arguments, by the rules that give the types.

Where types leave a length open, such as that of what a loop carries, the lengths of the arguments
say it: each rule is asked again for what it makes of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.errors import UnsupportedError
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value, walk
from gradgen.ir.types import Dim, Length, Type
from gradgen.rules.registry import RULES


class Shapes:
    """The types of a function's values, with lengths that are integers.

    Parameters
    ----------
    function : Function
        The graph.
    length : callable
        From a length in a type to an integer, None if it is not known.
    number : callable
        From a value to the integer that it is, None if that is not known.
    """

    def __init__(
        self,
        function: Function,
        length: Callable[[Length], int | None],
        number: Callable[[Value], int | None],
    ) -> None:
        self._length, self._number = length, number
        self._known: dict[Value, Type | None] = {}
        self._open: dict[str, set[int]] = {}
        self._carried: dict[Value, tuple[Op, int]] = {}
        for op in walk(function.body):
            if op.prim in ("for", "while"):
                for params in (carried(op)[0], op.blocks[0].params if op.prim == "while" else []):
                    self._carried |= {p: (op, k) for k, p in enumerate(params)}

    @deep
    def type_of(self, v: Value) -> Type | None:
        """Return the type of a value, None if a length of it is not known."""
        if v not in self._known:
            found = self._plain(v.type)
            if v.type.kind == "int" and not isinstance(v, Const):
                found = replace(v.type, value=self._number(v))
            # Cycles go through what loops carry, which is known while a turn is gone through.
            self._known[v] = self._made(v) if found is None else found
            self._note(v.type, self._known[v])
        return self._known[v]

    def _note(self, t: Type, found: Type | None) -> None:
        """Remember the lengths that a type leaves open: others are taken over from it."""
        for d, n in zip(t.shape or (), found.shape or () if found else (), strict=False):
            if isinstance(d, Dim) and d.fresh and isinstance(n, int):
                self._open.setdefault(d.name, set()).add(n - d.offset)

    def _plain(self, t: Type | None) -> Type | None:
        """Return a type whose lengths are known."""
        if t is None or t.kind == "list" or t.shape is None:
            return None
        lengths = [self._of(d) for d in t.shape]
        shape = tuple(n for n in lengths if n is not None)
        return replace(t, shape=shape) if len(shape) == len(lengths) else None

    def _of(self, d: Length) -> int | None:
        seen = self._open.get(d.name, set()) if isinstance(d, Dim) else set()
        return self._length(d) if len(seen) != 1 else min(seen) + d.offset  # type: ignore[union-attr]

    def _made(self, v: Value) -> Type | None:
        """Return the type of what an operation, or a loop, makes."""
        if v in self._carried:
            return self._unchanged(v, *self._carried[v])
        op = v.op
        if op is None or isinstance(v, Undefined):
            return None
        k = op.outputs.index(v)
        if op.prim in ("for", "while"):
            return self.type_of(carried(op)[0][k])
        if op.prim == "if":
            return self._same([b for b in op.blocks if b.end == "yield"], k)
        inputs = [x if isinstance(x, Const) else self._stand_in(x) for x in op.inputs]
        if op.prim not in RULES or None in inputs:
            return None
        try:
            found = RULES[op.prim].type(inputs, op.attrs)  # type: ignore[arg-type]
        except UnsupportedError:
            return None
        return self._plain(found if isinstance(found, Type) else found[k])

    def _stand_in(self, v: Value) -> Value | None:
        t = self.type_of(v)
        return None if t is None else Value(t)

    def _same(self, blocks: list[Block], k: int) -> Type | None:
        """Return the type that all blocks give as a result, None if they differ."""
        results = [b.results[k] for b in blocks if not isinstance(b.results[k], Undefined)]
        types = [self.type_of(v) for v in results]
        return types[0] if types and all(t == types[0] for t in types) else None

    def _unchanged(self, v: Value, op: Op, k: int) -> Type | None:
        """Return the type that a loop starts from, if each turn hands on the same."""
        first = self.type_of(carried(op)[1][k])
        before = dict(self._known)
        self._known[v] = first
        finals = [end.results[k] for end in ends(op.blocks[-1])]
        types = [self.type_of(u) for u in finals if not isinstance(u, Undefined)]
        if first is not None and all(t is not None and t.shape == first.shape for t in types):
            return first
        self._known = before  # what was found by a wrong assumption
        return None
