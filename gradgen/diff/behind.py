"""What stands behind derivative rules: forward mode asks for no tangents of it."""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.frontend.custom import Custom
from gradgen.frontend.parts import leaves
from gradgen.ir.nodes import Block, Function, Op, Value, walk


def behind_rules(function: Function) -> set[Value]:
    """Return the values that nothing but functions with rules of their own is computed from.

    What such a function computes is read as any other; its tangent is the rule's.
    """
    if not any(op.prim == "custom" for op in walk(function.body)):
        return set()
    return _Finder(function).found


class _Finder:
    """Goes through the blocks backwards: an operation stands behind if all that reads it does."""

    def __init__(self, function: Function) -> None:
        self.found: set[Value] = set()
        self.seen: set[Value] = set(function.body.results)
        self._block(function.body)

    @deep
    def _block(self, block: Block) -> None:
        self.seen.update(block.results)
        for op in reversed(block.ops):
            if op.outputs and not op.blocks and op.prim not in ("leaf", "custom", "call"):
                self._operation(op)
            elif op.prim == "custom":
                custom: Custom = op.attrs["custom"]
                skipped = len(leaves(custom.args[0])) if custom.marks() else 0
                self.seen.update(op.inputs[sum(custom.counts()) + skipped :])
            elif op.blocks and op.outputs and not self.seen.intersection(op.outputs):
                self._all_of(op)
            else:
                self.seen.update(op.inputs)
                for inner in reversed(op.blocks):
                    self._block(inner)

    def _operation(self, op: Op) -> None:
        if self.seen.isdisjoint(op.outputs):
            self.found.update(op.outputs)
        else:
            self.seen.update(op.inputs)

    def _all_of(self, op: Op) -> None:
        """Note all that is computed in a loop or a branch of which no result is read."""
        self.found.update(op.outputs)
        for inner in op.blocks:
            self.found.update(inner.params)
            for one in walk(inner):
                self.found.update(one.outputs)
                for block in one.blocks:
                    self.found.update(block.params)
