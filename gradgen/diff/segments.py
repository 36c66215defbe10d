"""Loops in segments: a marked loop becomes a loop over parts and, in it, one over a part's turns.

The inner loop is a region that the reverse sweep runs again (``diff.rerun``), so that only what the
outer one carries is kept: about ``sqrt(n)`` states, and what one part saves.  Where the number of
turns is not known, each part is longer by a turn than the one before, which is as good: n turns
are in about ``sqrt(2 n)`` parts.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from typing import Any

from gradgen.diff.activity import carried, ends
from gradgen.diff.rerun import copy_block, repeatable
from gradgen.diff.rows import non_negative
from gradgen.errors import Span, UnsupportedError
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Region, Value, blocks_of, walk
from gradgen.ir.types import BOOL, integer

SHORTEST = 32  # turns of the first part where their number is not known


def split_marked(function: Function) -> None:
    """Split every marked loop of a function into two, in place."""
    for block in list(blocks_of(function.body)):
        for op in list(block.ops):
            if op.attrs.pop("checkpoint", False):
                before, outer = _Split(op).made()
                at = next(k for k, o in enumerate(block.ops) if o is op)
                block.ops[at : at + 1] = [*before, outer]


def refuse_marks(functions: Iterable[Function]) -> None:
    """Refuse marks inside recursive functions, whose sweeps are functions of their own.

    Raises
    ------
    UnsupportedError
        At the loop, or what is called in a marked function.
    """
    for function in functions:
        for op in walk(function.body):
            if op.region is not None or op.attrs.get("checkpoint"):
                raise UnsupportedError(
                    "a checkpoint inside a recursive function", op.span, "take the mark away"
                )


def mark_loops(
    function: Function, spans: Collection[Span | None], snapshots: int | None = None
) -> None:
    """Mark the outermost loops at some places, where they can be run again, in place.

    ``snapshots`` is how many of their states are kept, where they run to their end.
    """
    work = list(function.body.ops)
    while work:
        op = work.pop()
        if op.prim not in ("for", "while"):
            work += [o for b in op.blocks for o in b.ops]
        elif not any(o.attrs.get("checkpoint") for o in walk(Block(ops=[op]))):
            counted = op.prim == "while" or isinstance(op.inputs[2], Const)
            again = op.span in spans and counted
            op.attrs["checkpoint"] = again and all(map(repeatable, walk(Block(ops=[op]))))
            whole = op.prim == "for" and not any(e.end == "break" for e in ends(op.blocks[-1]))
            if snapshots is not None and op.attrs["checkpoint"] and whole:
                op.attrs |= {"snapshots": snapshots, "segment": 1}


class _Split:
    """One loop taken apart; ``op`` itself becomes the inner one."""

    def __init__(self, op: Op) -> None:
        self.op = op
        self.breaks = any(end.end == "break" for end in ends(op.blocks[-1]))
        params, inits = carried(op)
        self.inits, self.outputs = list(inits), op.outputs
        self.kept = [_twin(p) for p in params]
        if op.attrs.get("steps") is not None:
            at = op.attrs["steps"]
            self.kept[at].name = self.outputs[at].name = "parts"
        self.before = Builder(Block())
        self.body = Builder(Block())
        self.before.span = self.body.span = op.span

    def made(self) -> tuple[list[Op], Op]:
        """Return operations to be done before the loop, and the outer loop."""
        around = self.op.region
        outer = self._for() if self.op.prim == "for" else self._while()
        outer.outputs, outer.region = self.outputs, around
        for v in self.outputs:
            v.op = outer
        return self.before.block.ops, outer

    # --- the two kinds --------------------------------------------------------------------

    def _for(self) -> Op:
        op = self.op
        start, stop, step = op.inputs[:3]
        if not isinstance(step, Const):
            raise UnsupportedError(
                "a checkpointed loop whose step is computed",
                op.span,
                "loop over range(n), and compute the number from the turn",
            )
        jump = self._jump(start, stop, step.const)
        first = part = Value(integer(), "first", op.span)
        count = op.attrs.pop("snapshots", None)
        if count is not None:
            part = Value(integer(), "part", op.span)
            first = self._first(part, start, stop, jump)
        last = self.body.emit("add", [first, jump])
        if not (isinstance(jump, Const) and jump.const == step.const):
            last = self.body.emit("min2" if step.const > 0 else "max2", [last, stop])
        last.name = "last"
        backwards = bool(op.attrs.get("backwards"))
        op.attrs["part"] = jump
        inner = self._inner([first, last, step])
        attrs: dict[str, Any] = {"backwards": backwards, "breaks": self.breaks}
        results = self._results(inner, attrs)
        block = Block([part, *self.kept], self.body.block.ops)
        self._end(block, inner, results)
        if count is not None:
            attrs |= {"backwards": False, "snapshots": count}
            start, stop, jump = Const(0), self.parts, Const(1)
        return Op("for", [start, stop, jump, *self.inits], [], attrs, op.span, [block])

    def _first(self, part: Value, start: Value, stop: Value, jump: Value) -> Value:
        """Return the first turn of a part, by its number."""
        if self.breaks:
            raise UnsupportedError(
                "snapshots= of a loop that may be left early",
                self.op.span,
                "leave snapshots out, or let the turns that are left do nothing",
            )
        self.parts = self._count(start, stop, jump)
        if self.op.attrs.get("backwards"):
            part = self.body.emit("sub", [self.body.emit("sub", [self.parts, Const(1)]), part])
        first = part
        if not (isinstance(jump, Const) and jump.const == 1):
            first = self.body.emit("mul", [part, jump], "first")
        if not (isinstance(start, Const) and start.const == 0):
            first = self.body.emit("add", [start, first], "first")
        return first

    def _count(self, start: Value, stop: Value, jump: Value) -> Value:
        """Return how many parts there are."""
        known = [v.const for v in (start, stop, jump) if isinstance(v, Const)]
        if len(known) == 3:
            return Const(len(range(*known)))
        if known == [0, 1] and isinstance(start, Const):
            count = non_negative(self.before, stop)
        else:
            count = self.before.emit("trips", [start, stop, jump])
        if count is not stop:
            count.name = "parts"
        return count

    def _jump(self, start: Value, stop: Value, step: int) -> Value:
        """Return how far the first turns of two parts are apart."""
        b, given = self.before, self.op.attrs.pop("segment", None)
        if given is not None:
            return Const(step * given)
        known = [v.const for v in (start, stop) if isinstance(v, Const)]
        if len(known) == 2:
            return Const(step * (math.isqrt(len(range(known[0], known[1], step))) + 1))
        if step != 1:
            turns = b.emit("trips", [start, stop, Const(step)])
        elif isinstance(start, Const) and start.const == 0:
            turns = non_negative(b, stop)
        else:
            turns = non_negative(b, b.emit("sub", [stop, start]))
        length = b.emit("add", [b.emit("math.isqrt", [turns]), Const(1)])
        if step != 1:
            return b.emit("mul", [Const(step), length], "jump")
        length.name = "segment"
        return length

    def _while(self) -> Op:
        op = self.op
        test, _ = op.blocks
        at = op.attrs["steps"]
        length = self.body.emit("add", [self.kept[at], Const(SHORTEST)], "segment")
        outer_test = copy_block(test, {}, reverse=False)
        outer_test.params[at].name = "parts"
        op.blocks[0] = self._short_test(test, test.params[at], length)
        inner = self._inner([])
        attrs: dict[str, Any] = {"steps": at}
        results = self._results(inner, attrs)
        block = Block(self.kept, self.body.block.ops)
        self._end(block, inner, results)
        return Op("while", self.inits, [], attrs, op.span, [outer_test, block])

    def _short_test(self, test: Block, turn: Value, length: Value) -> Block:
        """Return the test of the inner loop: a part is not over, and the loop is not."""
        b = Builder(Block(params=test.params))
        b.span = self.op.span
        short = b.emit("lt", [turn, length])
        sides = [Block(ops=test.ops, results=test.results), Block(results=[short])]
        both = b.append("if", [short], [BOOL], attrs={"style": "and"}, blocks=sides).out
        b.block.results = [both]
        return b.block

    # --- what they have in common ---------------------------------------------------------

    def _inner(self, bounds: list[Value]) -> Op:
        """Let the loop do a part's turns; count them anew, and tell whether it broke off."""
        op, body = self.op, self.op.blocks[-1]
        inits: list[Value] = list(self.kept)
        if op.attrs.get("steps") is not None:
            inits[op.attrs["steps"]] = Const(0)
        outputs = [_twin(p) for p in carried(op)[0]]
        if self.breaks:
            # Behind all others: the place of the counter stays what it is.
            broken = Value(BOOL, "broken", op.span)
            body.params.append(broken)
            if op.prim == "while":
                op.blocks[0].params.append(_twin(broken))
            inits.append(Const(False))
            outputs.append(_twin(broken))
            for end in ends(body):
                end.results.append(Const(True) if end.end == "break" else broken)
        inner = op
        inner.inputs, inner.outputs = [*bounds, *inits], outputs
        for v in outputs:
            v.op = inner
        inner.region = Region(inner.region)
        self.body.block.ops.append(inner)
        return inner

    def _results(self, inner: Op, attrs: dict[str, Any]) -> list[Value]:
        """Return what a part hands on to the next: the count is one of parts."""
        results = list(inner.outputs[: len(self.kept)])
        at = inner.attrs.get("steps")
        if at is not None:
            attrs["steps"] = at
            results[at] = self.body.emit("add", [self.kept[at], Const(1)], self.kept[at].name)
        return results

    def _end(self, block: Block, inner: Op, results: list[Value]) -> None:
        """End the outer loop's body: with a break where the inner loop broke off."""
        block.results, block.end = results, "continue"
        if self.breaks:
            sides = [Block(end=end, results=list(results)) for end in ("break", "continue")]
            self.body.append("if", [inner.outputs[-1]], [], blocks=sides)
            block.results, block.end = [], "tail"


def _twin(v: Value) -> Value:
    twin = Value(v.type, v.name, v.span)
    twin.user = v.user
    return twin
