"""The reverse sweep's map from forward values to adjoints, and where forward values stand.

Both are there so that a branch costs what it holds, however much is alive around it: what one side
changed is taken back before the other is swept, and nothing is copied.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.ir.nodes import Block, Op, Value
from gradgen.ir.types import Type, promote
from gradgen.rules.complexes import is_complex


class Adjoints(dict[Value, Value]):
    """Adjoints by value, in the order in which values got their first; changes can be undone."""

    def __init__(self, start: dict[Value, Value] | None = None) -> None:
        super().__init__()
        self.trail: list[tuple[Value, Value | None]] = []
        self.rank: dict[Value, int] = {}
        for v, g in (start or {}).items():
            self[v] = g

    def __setitem__(self, v: Value, g: Value) -> None:
        before = self.get(v)
        self.trail.append((v, before))
        if before is None:
            self.rank[v] = len(self.trail)
        super().__setitem__(v, g)

    def take_back(self, mark: int) -> dict[Value, Value]:
        """Undo the changes since the trail had the length ``mark``; return what they came to."""
        changed = {v: self[v] for v, _ in self.trail[mark:]}
        for v, before in reversed(self.trail[mark:]):
            if before is None:
                del self[v]
            else:
                super().__setitem__(v, before)
        del self.trail[mark:]
        return changed

    def changed(self, sides: list[dict[Value, Value]]) -> list[Value]:
        """Return the values whose adjoint differs after one of several sides."""
        known: list[Value] = []
        new: list[Value] = []
        for v in dict.fromkeys(v for side in sides for v in side):
            if any(side.get(v, self.get(v)) is not self.get(v) for side in sides):
                (known if v in self else new).append(v)
        return sorted(known, key=lambda v: self.rank[v]) + new


class Places:
    """Which values are born inside which operation."""

    def __init__(self, block: Block) -> None:
        self.place: dict[Value, int] = {}
        self.extent: dict[Op, tuple[int, int]] = {}
        self.count = 0
        self._block(block)

    @deep
    def _block(self, block: Block) -> None:
        self.place.update(dict.fromkeys(block.params, self.count))
        for op in block.ops:
            self.count += 1
            start = self.count
            for inner in op.blocks:
                self._block(inner)
            self.extent[op] = (start, self.count)
            self.count += 1
            self.place.update(dict.fromkeys(op.outputs, self.count))

    def inside(self, v: Value, op: Op) -> bool:
        """Whether a value is a parameter or a result in one of the operation's blocks."""
        start, end = self.extent[op]
        return start <= self.place.get(v, -1) <= end


def adjoint_type(v: Value) -> Type:
    """Return the type of a value's adjoint."""
    t = v.type
    if t.is_scalar:
        return Type("complex" if is_complex(v) else "float", t.dtype, ())
    return t


def share_type(out: Value, g: Value) -> Type:
    """Return the type of what a function gives of a cotangent, entry by entry of a result."""
    t = adjoint_type(out)
    return Type(t.kind, promote([t, g.type]), t.shape)
