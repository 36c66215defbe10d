"""How many bytes a generated program keeps for its reverse sweep, at given arguments.

Lengths, loop bounds and what is computed from them are followed through the graph as intervals;
what depends on other numbers, such as how often a ``while`` goes round, is not known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.diff.activity import carried, ends
from gradgen.diff.keeping import Saved
from gradgen.ir.evaluate import follow
from gradgen.ir.nodes import Const, Function, Op, Value, walk
from gradgen.ir.types import Dim, Length, Type
from gradgen.passes.memory import Memory
from gradgen.shapes_at import Shapes

Interval = tuple[int, int]
KEPT = ("row", "stack", "snapshots")
# Of CPython on 64 bits: a place in a list that has grown by an eighth too much, and what is in it;
# what its allocator takes for an object is a multiple of 16 bytes.
POINTER, ARRAY = 9, 112
OBJECT = {"float": 32, "int": 32, "bool": 0, "complex": 32}


def spelled(count: float) -> str:
    """Return a number of bytes as text: ``3.2 MB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.3g} {unit}"
        count /= 1000
    return ""


@dataclass(frozen=True, slots=True)
class Tape:
    """What one value takes: ``item`` bytes, ``times`` at most; None for what is not known."""

    saved: Saved
    item: int | None
    times: int | None

    @property
    def total(self) -> int | None:
        """All its bytes."""
        known = self.item is not None and self.times is not None
        return self.item * self.times if known else None  # type: ignore[operator]


class Sizes:
    """The sizes of a function's values at given arguments, by the names of its parameters.

    Without arguments, those are known that do not depend on them.
    """

    def __init__(self, function: Function, arguments: Mapping[str, Any] | None = None) -> None:
        self.function = function
        self.lengths: dict[str, int] = {}
        self.numbers: dict[Value, int] = {}
        self.index_of: dict[Value, Op] = {}
        self.pushed: set[Value] = set()
        for op in walk(function.body):
            if op.prim == "append":
                self.pushed.add(op.inputs[1])
            if op.prim == "for":
                self.index_of[op.blocks[0].params[0]] = op
        for leaf in function.leaves:
            if leaf.param in (arguments or {}):
                self._given(leaf.value, follow((arguments or {})[leaf.param], leaf.path))
        self.shapes = Shapes(function, self._length, self._number)

    def _given(self, v: Value, x: Any) -> None:
        if isinstance(x, int | np.integer):
            self.numbers[v] = int(x)
        for d, n in zip(v.type.shape, np.shape(x), strict=False) if v.type.shape else ():
            if isinstance(d, Dim):
                self.lengths[d.name] = n - d.offset

    def tape(self, saved: Saved) -> Tape:
        """Return what keeping a value takes."""
        times = self._times(saved.loops) if saved.times is None else saved.times
        kind = self.shapes.type_of(saved.value) or saved.value.type
        item = POINTER if self._handed_on(saved) else self._item(kind, saved.how)
        return Tape(saved, item, times)

    def _handed_on(self, saved: Saved) -> bool:
        """Whether a turn keeps an array that the turn before has kept, and handed on to it."""
        if saved.how != "stack" or not saved.loops or not saved.value.type.is_array:
            return False
        params, body = carried(saved.loops[-1])[0], saved.loops[-1].blocks[-1]
        if saved.value not in params:
            return False
        k = params.index(saved.value)
        return {saved.value, *(end.results[k] for end in ends(body))} <= self.pushed

    def total(self, saved: list[Saved]) -> int | None:
        """Return all bytes that are kept, None if they depend on what is computed."""
        totals = [self.tape(s).total for s in saved if s.how in KEPT]
        return None if None in totals else sum(totals)  # type: ignore[arg-type]

    def of_arrays(self, values: Iterable[Value]) -> tuple[int, bool]:
        """Return the bytes of the arrays that these values are, and whether all are known.

        Each counts once, and arguments do not, nor views of them; of another view, its array does.
        """
        memory, outside = Memory(), set[Value]()
        for op in self.function.body.ops:
            memory.find(op)
            if op.prim in ("leaf", "captured"):
                outside.update(*map(memory.of, op.outputs))
        found: dict[frozenset[Value], int | None] = {}
        for v in values:
            objects = memory.of(v) - outside
            if v.type.is_array and objects:
                owner = next(iter(objects)) if len(objects) == 1 else v
                found[objects] = self._item(self.shapes.type_of(owner) or owner.type, "row")
        known = [size for size in found.values() if size is not None]
        return sum(known), len(known) == len(found)

    def _times(self, loops: tuple[Op, ...]) -> int | None:
        turns = [self._turns(op) for op in loops]
        return None if None in turns else math.prod(turns)  # type: ignore[arg-type]

    def _turns(self, op: Op) -> int | None:
        if op.prim != "for":
            return None
        found = [self.interval(v) for v in op.inputs[:3]]
        part = op.attrs.get("part")
        if part is not None:
            found = [(0, 0), self.interval(part), found[2]]
            if found[1] is not None:
                found[1] = (min(found[1][0], 0), max(found[1][1], 0))
        start, stop, step = found
        if start is None or stop is None or step is None or step[0] != step[1] or not step[0]:
            return None
        if step[0] > 0:
            return len(range(start[0], stop[1], step[0]))
        return len(range(start[1], stop[0], step[0]))

    # --- bytes ----------------------------------------------------------------------------

    def _item(self, t: Type, how: str) -> int | None:
        """Return what keeping a value once takes."""
        if t.kind == "list" or not t.dtype:
            return None
        size = np.dtype(t.dtype).itemsize
        for n in self._shape(t):
            if n is None:
                return None
            size *= n
        if how == "row":
            return size
        return POINTER + (OBJECT.get(t.kind, 32) if t.is_scalar else ARRAY + size)

    def _shape(self, t: Type) -> list[int | None]:
        if t.is_scalar:
            return []
        return [None] if t.shape is None else [self._length(d) for d in t.shape]

    def _length(self, d: Length) -> int | None:
        if isinstance(d, int):
            return d
        known = self.lengths.get(d.name)
        return None if known is None else max(known + d.offset, 0)

    def _number(self, v: Value) -> int | None:
        found = self.interval(v)
        return found[0] if found is not None and found[0] == found[1] else None

    # --- integers -------------------------------------------------------------------------

    def interval(self, v: Value) -> Interval | None:
        """Return bounds of an integer, None if nothing is known of it."""
        if isinstance(v, Const):
            return (int(v.const), int(v.const)) if isinstance(v.const, int) else None
        known = self.numbers.get(v)
        if known is None and v.type.value is not None:
            known = self._length(v.type.value)
        if known is not None:
            return known, known
        if v in self.index_of:
            return self._of_index(self.index_of[v])
        rule = INTEGERS.get(v.op.attrs.get("does", v.op.prim)) if v.op is not None else None
        if v.op is None or rule is None:
            return self._measured(v)
        inputs = [self.interval(x) for x in v.op.inputs]
        return None if None in inputs else rule(*inputs)

    def _measured(self, v: Value) -> Interval | None:
        if v.op is None or v.op.prim not in ("len", "dim"):
            return None
        a = v.op.inputs[0]
        shape = self._shape(self.shapes.type_of(a) or a.type)
        axis = v.op.attrs.get("axis", 0)
        n = shape[axis] if axis < len(shape) else None
        return None if n is None else (n, n)

    def _of_index(self, op: Op) -> Interval | None:
        start, stop = (self.interval(v) for v in op.inputs[:2])
        if start is None or stop is None:
            return None
        return min(start[0], stop[0]), max(start[1], stop[1])


def _product(a: Interval, b: Interval) -> Interval:
    ends = [x * y for x in a for y in b]
    return min(ends), max(ends)


def _quotient(a: Interval, b: Interval) -> Interval | None:
    if b[0] <= 0:
        return None
    ends = [x // y for x in a for y in b]
    return min(ends), max(ends)


def _trips(a: Interval, b: Interval, c: Interval) -> Interval | None:
    if c[0] != c[1] or not c[0]:
        return None
    if c[0] < 0:
        return len(range(a[0], b[1], c[0])), len(range(a[1], b[0], c[0]))
    return len(range(a[1], b[0], c[0])), len(range(a[0], b[1], c[0]))


INTEGERS: dict[str, Callable[..., Interval | None]] = {
    "add": lambda a, b: (a[0] + b[0], a[1] + b[1]),
    "sub": lambda a, b: (a[0] - b[1], a[1] - b[0]),
    "mul": _product,
    "floordiv": _quotient,
    "min2": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
    "max2": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
    "math.isqrt": lambda a: (math.isqrt(max(a[0], 0)), math.isqrt(max(a[1], 0))),
    "trips": _trips,
}
