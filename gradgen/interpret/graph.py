"""Runs a forward graph on numbers of another kind: SymPy expressions, or numbers of many digits.

What is inexact in the graph becomes numbers of that kind, alone or in NumPy object arrays.
Integers, booleans and index arrays stay what they are, so that lengths, subscripts and trip
counts are known and loops unroll by themselves.  Rearrangements, sums over axes and subscripts
are left to NumPy; only what NumPy cannot do on objects is spelled out in ``operations``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradgen.errors import UnsupportedError
from gradgen.interpret.numbers import MISSING, Numbers
from gradgen.interpret.objects import elementwise, is_numeric, lift
from gradgen.interpret.operations import evaluate
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value

Ended = tuple[str, list[Any]]
MAX_DEPTH = 60


class Interpreter:
    """Evaluates the operations of a graph one after another.

    Parameters
    ----------
    numbers : Numbers
        The kind of numbers.
    tick : callable, optional
        Called with every operation and its results; raises to stop.
    """

    def __init__(
        self, numbers: Numbers, tick: Callable[[Op, list[Any]], None] | None = None
    ) -> None:
        self.numbers = numbers
        self.tick = tick
        self.values: dict[Value, Any] = {}
        self.captures: dict[str, Any] = {}
        self.depth = 0

    def run(self, function: Function, leaves: Sequence[Any]) -> Any:
        """Return the first result of a function, given what each of its leaves holds."""
        return self.results(function, leaves)[0]

    def results(self, function: Function, leaves: Sequence[Any]) -> list[Any]:
        """Return all results of a function, given what each of its leaves holds."""
        self.captures = function.captures
        for leaf, value in zip(function.leaves, leaves, strict=True):
            self.values[leaf.value] = lift(self.numbers, value)
        return self._block(function.body, [])[1]

    def _read(self, v: Value) -> Any:
        if isinstance(v, Const):
            return lift(self.numbers, v.const)
        return MISSING if isinstance(v, Undefined) else self.values[v]

    def _block(self, block: Block, args: Sequence[Any]) -> Ended:
        """Run a block; return how it ended and with what."""
        self.values.update(zip(block.params, args, strict=True))
        tail = block.end == "tail"
        for op in block.ops[:-1] if tail else block.ops:
            results = self._op(op)
            self.values.update(zip(op.outputs, results, strict=True))
            if self.tick is not None:
                self.tick(op, results)
        if tail:
            return self._branch(block.ops[-1])
        return block.end, [self._read(v) for v in block.results]

    def _op(self, op: Op) -> list[Any]:
        match op.prim:
            case "if":
                return self._branch(op)[1]
            case "for":
                return self._for(op)
            case "while":
                return self._while(op)
            case "call":
                return self._call(op)
            case "assert" | "raise_if" | "effect":
                return []
            case "leaf":
                return [self.values[op.out]]
            case "pop" | "insert":
                return self._changed(op)
            case "captured":
                return [lift(self.numbers, self.captures[op.attrs["name"]])]
        return evaluate(self.numbers, op, [self._read(v) for v in op.inputs])

    def _changed(self, op: Op) -> list[Any]:
        """Take an item out of a list, or put one in; the list itself stays."""
        items, *rest = (self._read(v) for v in op.inputs)
        items = list(items)
        if op.prim == "insert":
            items.insert(rest[1], rest[0])
            return [items]
        return [items.pop(*rest), items][: len(op.outputs)]

    def _branch(self, op: Op) -> Ended:
        """Take the branch that the condition decides, else join both."""
        condition = self._read(op.inputs[0])
        truth = self.numbers.truth(condition)
        if truth is not None:
            return self._block(op.blocks[0 if truth else 1], [])
        (end, yes), (other_end, no) = (self._block(block, []) for block in op.blocks)
        if end != other_end:
            raise undecided(op, "this condition, on which the number of turns of a loop depends,")
        joined = [self._join(op, condition, a, b) for a, b in zip(yes, no, strict=True)]
        return end, joined

    def _join(self, op: Op, condition: Any, a: Any, b: Any) -> Any:
        if a is b or b is MISSING:
            return a
        if a is MISSING:
            return b
        if not (is_numeric(a) and is_numeric(b) and np.shape(a) == np.shape(b)):
            raise undecided(op, "this condition, whose branches give values of different shapes,")
        if is_condition(a) and is_condition(b):
            return self._join_conditions(condition, a, b)
        return elementwise(self.numbers, self.numbers.choose, (condition, a, b), lifted=(1, 2))

    def _join_conditions(self, condition: Any, a: Any, b: Any) -> Any:
        """Return ``a if condition else b`` where both are conditions themselves."""
        logic = self.numbers.logic
        otherwise = logic("and", logic("not", condition), b)
        return logic("or", logic("and", condition, a), otherwise)

    def _call(self, op: Op) -> list[Any]:
        """Run a recursive function; a depth that symbols decide has no end."""
        function = op.attrs["callee"].function
        args = [self._read(v) for v in op.inputs]
        if self.depth > MAX_DEPTH:
            raise undecided(op, "the depth of this recursion")
        keep, self.depth = self.values, self.depth + 1
        self.values = {leaf.value: a for leaf, a in zip(function.leaves, args, strict=True)}
        try:
            return self._block(function.body, [])[1]
        finally:
            self.values, self.depth = keep, self.depth - 1

    def _for(self, op: Op) -> list[Any]:
        start, stop, step, *carried = (self._read(v) for v in op.inputs)
        indices = range(int(start), int(stop), int(step))
        for index in reversed(indices) if op.attrs.get("backwards") else indices:
            end, carried = self._block(op.blocks[0], [index, *carried])
            if end == "break":
                break
        return carried

    def _while(self, op: Op) -> list[Any]:
        carried = [self._read(v) for v in op.inputs]
        condition, body = op.blocks
        while True:
            go = self.numbers.truth(self._block(condition, carried)[1][0])
            if go is None:
                raise undecided(op, "the condition of this loop")
            if not go:
                return carried
            end, carried = self._block(body, carried)
            if end == "break":
                return carried


def is_condition(x: Any) -> bool:
    """Whether a value is true or false, decided or not."""
    return isinstance(x, bool) or any(
        getattr(x, f"is_{k}", False) for k in ("Relational", "Boolean")
    )


def undecided(op: Op, what: str) -> UnsupportedError:
    """Return the error for a decision that needs the numbers behind the symbols."""
    return UnsupportedError(
        f"{what} depends on the values of symbols",
        op.span,
        "make the argument it depends on a constant by leaving it out of argnums",
    )
