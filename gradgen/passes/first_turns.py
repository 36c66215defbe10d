"""The first turn of a loop stands apart, where a choice in each turn asks whether it is the first.

A choice keeps an inner loop from becoming one of vectors.  Where it asks the loop's index alone,
what it says is known: one side in the first turn, the other one in all that follow::

    for i in range(n):                          if n > 0:
        if i == 0:                                  k[0] = x[0]
            k[0] = x[0]                 ->      for i in range(1, n):
        else:                                       k[i] = x[i] * y[i - 1]
            k[i] = x[i] * y[i - 1]

This is index set splitting (Wolfe, "High Performance Compilers for Parallel Computing", 1996).
"""

from __future__ import annotations

import operator
from collections.abc import Callable

from gradgen.diff.activity import carried
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import (
    Block,
    Const,
    Function,
    Op,
    Value,
    blocks_of,
    replace_uses,
    takes_all_turns,
    walk,
)
from gradgen.passes.dce import EFFECTS

MOST = 16  # operations in a turn that may stand twice in the text
# How far from where the index starts a test of it has to be, and what it says of the first turn.
TESTS = {"eq": (0, True), "ne": (0, False), "gt": (0, False), "ge": (1, False), "lt": (1, True),
         "le": (0, True)}  # fmt: skip
SWAPPED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
SUMS: dict[str, Callable[[int, int], int]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul
}  # fmt: skip


def part_first_turns(function: Function) -> None:
    """Let first turns stand before their loops where only they are another case, in place."""
    for block in list(blocks_of(function.body)):
        for loop in [op for op in block.ops if op.prim == "for"]:
            first = _First(block, loop)
            if first.fits():
                first.part()


class _First:
    """An inner loop, and the choices in it that the first turn alone decides."""

    def __init__(self, block: Block, loop: Op) -> None:
        self.block, self.loop, self.body = block, loop, loop.blocks[0]
        self.sides: dict[Op, bool] = {}  # the answer in the first turn; the other one follows

    def fits(self) -> bool:
        """Whether a loop over places has choices, and all of them ask for the first turn."""
        loop, body = self.loop, self.body
        start, _, step = (v.const if isinstance(v, Const) else None for v in loop.inputs[:3])
        if type(start) is not int or step != 1 or loop.attrs.get("backwards"):
            return False
        if not takes_all_turns(loop) or "fused" in loop.attrs:
            return False
        inside = list(walk(body))
        if any(op.prim in ("for", "while", "call", *EFFECTS) for op in inside):
            return False
        choices = [op for op in inside if op.prim == "if"]
        known = all(op in body.ops and self._is_known(op, start) for op in choices)
        # A number that goes from turn to turn keeps the loop in order anyway.
        arrays = all(p.type.kind == "array" for p in carried(loop)[0])
        return bool(choices) and known and arrays and self._twice() <= MOST

    def _twice(self) -> int:
        """Count the operations of the first turn."""
        sides = (op.blocks[1 - int(first)] for op, first in self.sides.items())
        return len(self.body.ops) - 2 * len(self.sides) + sum(len(side.ops) for side in sides)

    def _is_known(self, choice: Op, start: int) -> bool:
        """Whether a choice goes one way in the first turn, and the other way in all others."""
        test, index, negated = choice.inputs[0].op, self.body.params[0], False
        if test is not None and test.prim == "not":
            test, negated = test.inputs[0].op, True
        if test is None or test.prim not in TESTS or any(s.end != "yield" for s in choice.blocks):
            return False
        prim, (a, b) = test.prim, test.inputs
        if b is index:
            prim, a, b = SWAPPED.get(prim, prim), b, a
        if a is not index or not isinstance(b, Const) or type(b.const) is not int:
            return False
        apart, first = TESTS[prim]
        self.sides[choice] = first != negated
        return b.const == start + apart

    def part(self) -> None:
        """Put the first turn before the loop, which begins with the second one then."""
        start, stop = self.loop.inputs[:2]
        assert isinstance(start, Const)
        b = Builder(Block(), reverse=self.loop.reverse)
        b.span = self.loop.span
        inits = self.loop.inputs[3:]
        values: dict[Value, Value] = {self.body.params[0]: start}
        values |= dict(zip(self.body.params[1:], inits, strict=True))
        if isinstance(stop, Const):
            ends = self._first_turn(b, values) if start.const < stop.const else inits
        else:
            some = b.emit("gt", [stop, start])
            sides = [Block([], [], "yield", list(inits)) for _ in range(2)]
            with b.into(sides[0]):
                sides[0].results = self._first_turn(b, values)
            types, names = [v.type for v in inits], [v.name for v in inits]
            ends = b.append("if", [some], types, names, blocks=sides).outputs
        at = self.block.ops.index(self.loop)
        self.block.ops[at:at] = b.block.ops
        self.loop.inputs = [Const(start.const + 1), *self.loop.inputs[1:3], *ends]
        for choice, first in self.sides.items():
            side = choice.blocks[int(first)]  # the one that is not taken first
            at = self.body.ops.index(choice)
            self.body.ops[at : at + 1] = side.ops
            replace_uses(self.body, dict(zip(choice.outputs, side.results, strict=True)))

    def _first_turn(self, b: Builder, values: dict[Value, Value]) -> list[Value]:
        """Emit the operations of the first turn; return what it hands on."""
        self._emit(b, self.body.ops, values)
        return [values.get(v, v) for v in self.body.results]

    def _emit(self, b: Builder, ops: list[Op], values: dict[Value, Value]) -> None:
        for op in ops:
            if op in self.sides:
                side = op.blocks[1 - int(self.sides[op])]
                self._emit(b, side.ops, values)
                for out, v in zip(op.outputs, side.results, strict=True):
                    values[out] = values.get(v, v)
                continue
            inputs = [values.get(v, v) for v in op.inputs]
            number = _number(op, inputs)
            if number is not None:
                values[op.out] = number
                continue
            b.again(op, values, inputs)


def _number(op: Op, inputs: list[Value]) -> Const | None:
    """Return the whole number that an index is in the first turn, None for what is none."""
    if op.prim not in SUMS or len(inputs) != 2:
        return None
    a, b = (v.const if isinstance(v, Const) else None for v in inputs)
    return Const(SUMS[op.prim](a, b)) if type(a) is int and type(b) is int else None
