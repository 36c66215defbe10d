"""Which values can be missing: names that no path, or no turn of a loop, has assigned yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import Block, Const, Op, Undefined, Value, known_turns

STEPS = 30  # after so many, nothing is said of a value


def missing_values(
    top: Block, placed: bool = True, sure: Collection[Value] = frozenset()
) -> set[Value]:
    """Return the values that join, start from, or are carried from nothing on some path.

    ``placed``: also those in whose place something stands then, as a test keeps it from being read.
    ``sure``: values of which it is known that they are something.
    """
    return _Finder(placed, sure).run(top).out


def something_in(
    top: Block, placed: bool = True, sure: Collection[Value] = frozenset()
) -> Callable[[Value, Block | None], bool]:
    """Return what says of a value and a block whether it is something there, if not elsewhere."""
    finder = _Finder(placed, sure).run(top)
    return lambda v, block: not finder.is_nothing(v, finder.flags.get(block, ()))


def read_for_sure(top: Block) -> set[Value]:
    """Return what a guard of the function's own block is for: it raises, or they are something."""
    tests = [op.inputs[0].op for op in top.ops if op.prim == "raise_if" and "guards" in op.attrs]
    return {test.inputs[0] for test in tests if test is not None}


class _Finder:
    def __init__(self, placed: bool, sure: Collection[Value]) -> None:
        self.placed, self.sure = placed, sure
        self.out: set[Value] = set()
        self.flags: dict[Block | None, tuple[Value, ...]] = {}  # tests that hold in a block
        self.loops: dict[Value, Op] = {}  # by what they carry
        self.homes: dict[Op, Block] = {}  # in which loops and branches stand

    def run(self, top: Block) -> _Finder:
        self._survey(top, ())
        self._block(top)
        return self

    @deep
    def _survey(self, block: Block, flags: tuple[Value, ...]) -> None:
        """Note where loops and branches stand, what is carried, and which tests hold in a block."""
        self.flags[block] = flags
        for op in block.ops:
            if not op.blocks:
                continue
            self.homes[op] = block
            if op.prim in ("for", "while"):
                self.loops.update(dict.fromkeys(carried(op)[0], op))
            told = (op.inputs[0],) if op.prim == "if" else ()
            for k, inner in enumerate(op.blocks):
                self._survey(inner, flags if k else (*flags, *told))

    @deep
    def _block(self, block: Block) -> None:
        for op in block.ops:
            if op.prim in ("for", "while"):
                self._loop(op, self.flags[block])
            elif op.prim == "if":
                for side in op.blocks:
                    self._block(side)
                    if side.end == "yield":
                        self._flow(zip(side.results, op.outputs, strict=True), self.flags[side])

    def _loop(self, op: Op, flags: tuple[Value, ...]) -> None:
        """Follow what is carried until nothing is added: a turn may hand on what another lacks."""
        params, inits = carried(op)
        self._flow(zip(inits, params, strict=True), flags)
        body = op.blocks[-1]
        while True:
            before = len(self.out)
            if op.prim == "while":
                self._flow(zip(params, op.blocks[0].params, strict=True), flags)
                self._block(op.blocks[0])
            self._block(body)
            for end in ends(body):
                after = op.outputs if end.end == "break" else params
                self._flow(zip(end.results, after, strict=True), self.flags[end])
            if len(self.out) == before:
                break
        if _turns(op):
            for end in ends(body):
                if end.end == "continue":
                    self._flow(zip(end.results, op.outputs, strict=True), self.flags[end])
        elif not _endless(op):
            self._flow(zip(params, op.outputs, strict=True), flags)

    def _flow(self, pairs: Iterable[tuple[Value, Value]], flags: tuple[Value, ...]) -> None:
        nothing = {target for v, target in pairs if self.is_nothing(v, flags)}
        self.out.update(nothing.difference(self.sure))

    def is_nothing(self, v: Value, flags: tuple[Value, ...]) -> bool:
        if isinstance(v, Undefined):
            return self.placed or not v.unread
        if v not in self.out:
            return False
        return not any(_Told(self).says(flag, v) for flag in flags)

    def joins(self, flag: Value) -> tuple[list[Value], list[tuple[list[Value], Block]]]:
        """Return the values that are joined where a flag is, and what comes from where."""
        op = self.loops.get(flag)
        if op is not None:
            params, inits = carried(op)
            again = [(end.results, end) for end in ends(op.blocks[-1]) if end.end == "continue"]
            return params, [(inits, self.homes[op]), *again]
        op = flag.op
        if op is None or op not in self.homes:
            return [], []
        if op.prim == "if":
            return op.outputs, [(side.results, side) for side in op.blocks if side.end == "yield"]
        params, _ = carried(op)
        left = [(end.results, end) for end in ends(op.blocks[-1])]
        return op.outputs, [(params, self.homes[op]), *left]


class _Told:
    """Whether a value is something wherever a flag beside it is true.

    So it is with what a ``return`` in a loop returns, and the flag that says that it did: of each
    two that come together to where they are joined, the same holds.
    """

    def __init__(self, finder: _Finder) -> None:
        self.finder, self.steps = finder, STEPS  # that are left
        self.asked: set[tuple[Value, Value]] = set()  # in a loop, it holds if it did a turn before

    def says(self, flag: Value, v: Value) -> bool:
        self.steps -= 1
        if (flag, v) in self.asked or self.steps < 0:
            return self.steps >= 0
        self.asked.add((flag, v))
        targets, sources = self.finder.joins(flag)
        told = flag in targets and v in targets
        if told:
            i, j = targets.index(flag), targets.index(v)
            told = all(self._come(values[i], values[j], home) for values, home in sources)
        self.asked.remove((flag, v))
        return told

    def _never(self, flag: Value, asked: set[Value]) -> bool:
        """Whether a flag is false in every turn of a loop: where it were true, the loop is left."""
        if isinstance(flag, Const):
            return flag.const is False
        if flag in asked:
            return True
        op = self.finder.loops.get(flag)
        if op is None:
            return False
        targets, sources = self.finder.joins(flag)
        k = targets.index(flag)
        return all(self._never(values[k], {*asked, flag}) for values, _ in sources)

    def _come(self, flag: Value, v: Value, home: Block) -> bool:
        if isinstance(flag, Const) and flag.const is False:
            return True
        if isinstance(v, Undefined):
            return v.unread and not self.finder.placed
        if v not in self.finder.out or self._never(flag, set()) or self.says(flag, v):
            return True
        return any(self.says(test, v) for test in self.finder.flags[home])


def _endless(op: Op) -> bool:
    """Whether a loop is left by ``break`` alone: ``while True``."""
    test = op.blocks[0].results[0] if op.prim == "while" else None
    return isinstance(test, Const) and test.const is True


def _turns(op: Op) -> bool:
    """Whether it is known that a loop has a turn, so that what it assigns is there afterwards."""
    return op.prim == "for" and bool(known_turns(op))
