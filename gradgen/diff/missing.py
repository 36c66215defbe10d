"""Which values can be missing: names that no path, or no turn of a loop, has assigned yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import Block, Const, Op, Undefined, Value


def missing_values(
    top: Block, placed: bool = True, sure: Collection[Value] = frozenset()
) -> set[Value]:
    """Return the values that join, start from, or are carried from nothing on some path.

    ``placed``: also those in whose place something stands then, as a test keeps it from being read.
    ``sure``: values of which it is known that they are something.
    """
    finder = _Finder(placed, sure)
    finder.block(top)
    return finder.out


def read_for_sure(top: Block) -> set[Value]:
    """Return what a guard of the function's own block is for: it raises, or they are something."""
    tests = [op.inputs[0].op for op in top.ops if op.prim == "raise_if" and "guards" in op.attrs]
    return {test.inputs[0] for test in tests if test is not None}


class _Finder:
    def __init__(self, placed: bool, sure: Collection[Value]) -> None:
        self.placed, self.sure = placed, sure
        self.out: set[Value] = set()

    @deep
    def block(self, block: Block) -> None:
        for op in block.ops:
            if op.prim in ("for", "while"):
                self._loop(op)
            elif op.prim == "if":
                for side in op.blocks:
                    self.block(side)
                    if side.end == "yield":
                        self._flow(zip(side.results, op.outputs, strict=True))

    def _loop(self, op: Op) -> None:
        """Follow what is carried until nothing is added: a turn may hand on what another lacks."""
        params, inits = carried(op)
        self._flow(zip(inits, params, strict=True))
        body = op.blocks[-1]
        while True:
            before = len(self.out)
            if op.prim == "while":
                self._flow(zip(params, op.blocks[0].params, strict=True))
                self.block(op.blocks[0])
            self.block(body)
            for end in ends(body):
                after = op.outputs if end.end == "break" else params
                self._flow(zip(end.results, after, strict=True))
            if len(self.out) == before:
                break
        if _turns(op):
            last = (end for end in ends(body) if end.end == "continue")
            self._flow(pair for end in last for pair in zip(end.results, op.outputs, strict=True))
        elif not _endless(op):
            self._flow(zip(params, op.outputs, strict=True))

    def _flow(self, pairs: Iterable[tuple[Value, Value]]) -> None:
        nothing = {target for v, target in pairs if self._is_nothing(v)}
        self.out.update(nothing.difference(self.sure))

    def _is_nothing(self, v: Value) -> bool:
        return v in self.out or (isinstance(v, Undefined) and (self.placed or not v.unread))


def _endless(op: Op) -> bool:
    """Whether a loop is left by ``break`` alone: ``while True``."""
    test = op.blocks[0].results[0] if op.prim == "while" else None
    return isinstance(test, Const) and test.const is True


def _turns(op: Op) -> bool:
    """Whether it is known that a loop has a turn, so that what it assigns is there afterwards."""
    bounds = op.inputs[:3] if op.prim == "for" else []
    known = [v.const for v in bounds if isinstance(v, Const) and type(v.const) is int]
    return len(known) == 3 and known[2] != 0 and len(range(*known)) > 0
