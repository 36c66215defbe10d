"""Which values may share memory, were every store done in place and every view not copied."""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import (
    GROWS,
    WRITES,
    Block,
    Function,
    Op,
    Value,
    blocks_of,
    walk,
    written_inputs,
)
from gradgen.ir.partition import Partition
from gradgen.rules.registry import RULES

MAKES_LISTS = ("list", "repeat_list")


def shared_by_call(op: Op) -> list[tuple[Value, Value]]:
    """Return pairs of an argument and a result of a call that may be in the same memory."""
    callee = op.attrs["callee"]
    swept = op.attrs.get("part") == "backward"
    shares = callee.backward_shares if swept else callee.shares
    return [(op.inputs[k], op.outputs[i]) for i, k in sorted(shares) if i < len(op.outputs)]


def is_view(op: Op) -> bool:
    """Whether an operation's result may share memory with its first input."""
    if op.prim == "load":
        return op.inputs[0].type.kind == "list" or not set(op.attrs["index"]) & set("am")
    rule = RULES.get(op.prim)
    return rule is not None and bool(rule.alias)


def holds_numbers(v: Value) -> bool:
    """Whether a value is a list of numbers: a new list of them shares no memory with it."""
    item = v.type.item
    return v.type.kind == "list" and item is not None and item.is_scalar


def aliases(op: Op) -> bool:
    """Whether an operation gives a view of its first input, or what a list holds."""
    if op.prim in ("copy", "load") and holds_numbers(op.out) and holds_numbers(op.inputs[0]):
        return False
    return op.out.type.kind == "list" if op.prim == "copy" else is_view(op)


class Sharing(Partition):
    """A partition of the array and list values of a function by the memory they may be in.

    ``stretched``: a broadcast of the sweep is in the memory of what it repeats, as it is unless
    it gets copied in any case.
    """

    def __init__(self, function: Function, stretched: bool = True) -> None:
        super().__init__()
        self._stretched = stretched
        self._block(function.body)
        self.written = {
            self.root(op.inputs[k])
            for op in walk(function.body)
            if op.prim in WRITES or op.prim == "call"
            for k in written_inputs(op)
            if op.prim in WRITES or op.inputs[k].type.kind == "array"
        }

    def never_written(self, v: Value) -> bool:
        """Whether no store goes to memory that a value may be in."""
        return v.type.is_scalar or self.root(v) not in self.written

    def classes(self, function: Function) -> dict[Value, list[Value]]:
        """Return the values of each class, in program order."""
        out: dict[Value, list[Value]] = {}
        seen: set[Value] = set()
        for b in blocks_of(function.body):
            for v in (*b.params, *(o for op in b.ops for o in op.outputs)):
                if v not in seen and not v.type.is_scalar:
                    seen.add(v)
                    out.setdefault(self.root(v), []).append(v)
        return out

    def _unite(self, a: Value, b: Value) -> None:
        if not (a.type.is_scalar or b.type.is_scalar):
            self.unite(a, b)

    @deep
    def _block(self, block: Block) -> None:
        for op in block.ops:
            outputs = op.outputs
            if not op.blocks and len(outputs) == 1 and outputs[0].type.is_scalar:
                continue  # a number is in no memory that others share
            if op.prim in ("for", "while"):
                self._loop(op)
            elif op.prim == "if":
                for inner in op.blocks:
                    if inner.end != "tail":
                        for a, b in zip(inner.results, op.outputs, strict=False):
                            self._unite(a, b)
            elif op.prim == "call":
                for a, b in shared_by_call(op):
                    self._unite(a, b)
            elif op.prim in WRITES:
                self._unite(op.inputs[0], op.out)
                if op.out.type.kind == "list":
                    self._unite(op.inputs[1], op.out)
            elif op.prim in GROWS or op.prim in MAKES_LISTS:
                for v in op.inputs:
                    if op.prim != "extend" or v is op.inputs[0] or not holds_numbers(v):
                        self._unite(op.outputs[-1], v)
                self._unite(op.outputs[-1], op.outputs[0])
            elif op.prim == "stretch" and self._stretched:
                self._unite(op.inputs[1], op.out)
            elif aliases(op):
                for a, b in zip(op.inputs, op.outputs, strict=False):
                    self._unite(a, b)
            for inner in op.blocks:
                self._block(inner)

    def _loop(self, op: Op) -> None:
        params, inits = carried(op)
        groups = [inits, op.outputs, *(end.results for end in ends(op.blocks[-1]))]
        if op.prim == "while":
            groups.append(op.blocks[0].params)
        for group in groups:
            for a, b in zip(params, group, strict=True):
                self._unite(a, b)


def shared_results(function: Function) -> set[tuple[int, int]]:
    """Return which results may share memory with which parameters."""
    sharing = Sharing(function)
    roots: dict[Value, list[int]] = {}
    for k, leaf in enumerate(function.leaves):
        if not leaf.value.type.is_scalar:
            roots.setdefault(sharing.root(leaf.value), []).append(k)
    return {
        (i, k)
        for i, v in enumerate(function.body.results)
        if not v.type.is_scalar
        for k in roots.get(sharing.root(v), ())
    }
