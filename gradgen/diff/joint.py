"""Recursive functions that return their value and add to adjoints in one sweep.

Where the adjoint of a call's result is known before the call, as in a sum of products of which the
other factor is at hand, nothing has to be saved: one function does both, and calls itself once for
what would be a call forwards and one backwards.  Its loops and branches are fused with their
mirrors, as ``passes.fuse`` does with loops.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.missing import missing_values
from gradgen.diff.saves import plan_saves
from gradgen.ir.nodes import Block, Callee, Const, Function, Leaf, Op, Undefined, Value, walk
from gradgen.passes.dce import EFFECTS, remove_dead
from gradgen.passes.fuse import Fuser, fused_parts
from gradgen.passes.last_calls import ask_before_calls
from gradgen.passes.sharing import shared_results


def joint_of(c: Callee) -> Callee | None:
    """Return a function that does both sweeps at once, None where that cannot be.

    ``c`` is a function to which its reverse sweep has been appended.
    """
    f: Function = c.function
    if not c.sums or c.written or any(op.prim in EFFECTS or op.region for op in walk(f.body)):
        return None
    calls = [op for op in walk(f.body) if op.prim == "call"]
    if any(op.attrs["callee"] is not c for op in calls):
        return None
    clone = _Clone()
    function = Function(f"{f.name}_both", [], [], clone.block(f.body), f.span)
    function.captures, function.native = f.captures, f.native
    function.leaves = [Leaf(leaf.param, (), clone.value(leaf.value)) for leaf in f.leaves]
    for seed in c.seeds:
        assert seed.op is not None
        function.leaves.append(Leaf(seed.op.attrs["param"], (), clone.value(seed)))
    function.params = [(leaf.param, leaf.value.type) for leaf in function.leaves]
    joint = Callee(f"{c.name}_both", function, settled=True, both=True)
    joint.needs = list(range(len(f.leaves)))
    first = len(f.leaves) + len(c.varying)
    joint.sums = list(range(first, first + len(c.sums)))
    count = len(f.body.results) - len(c.active)
    joint.written = {k: count + c.active.index(place)
                     for k, place in zip(joint.sums, c.sums, strict=True)}  # fmt: skip
    found = join_calls(function.body, {c: joint})
    if any(op.attrs["callee"] is c for op in walk(function.body) if op.prim == "call"):
        return None
    plan_saves(function, fused_parts(found))
    remove_dead(function)
    ask_before_calls(joint)
    while (found_shares := shared_results(function)) != joint.shares:
        joint.shares = found_shares
    return joint


def join_calls(
    top: Block, joint: dict[Callee, Callee], nested: bool = True
) -> list[tuple[Op, Block]]:
    """Replace calls and the sweeps of them by calls that do both, in place.

    Returns the loops and branches that were fused with their mirrors, with the blocks they are in;
    there are none if only calls of the block itself are to be joined.
    """
    found: list[tuple[Op, Block]] = []
    missing = missing_values(top)
    work = [top]
    while work:
        block = work.pop()
        made = _Joiner(block, missing, joint).joined(nested)
        found += [(op, block) for op in made]
        work += [b for op in made for b in op.blocks]
    return found


class _Joiner(Fuser):
    """Fuses what contains calls in one block, and joins calls."""

    def __init__(self, block: Block, missing: set[Value], joint: dict[Callee, Callee]) -> None:
        super().__init__(block, missing)
        self.joint = joint

    def joined(self, nested: bool) -> list[Op]:
        """Join and fuse what can be; return what was fused."""
        made = []
        for op in [op for op in self.block.ops if op in self.mirrors]:
            mirror = self.mirrors[op]
            if op.prim == "call" and op.attrs["callee"] in self.joint:
                if self.after(op, mirror) is not None:
                    self._join_call(op, mirror)
            elif nested and self._holds_calls(op) and self._fits_both(op, mirror):
                if op.prim == "for":
                    made.append(self._fuse(op, mirror))
                else:
                    self.join(op, mirror)
                    made.append(op)
        return made

    def _holds_calls(self, op: Op) -> bool:
        inner = [o for b in op.blocks for o in walk(b)]
        return any(o.prim == "call" and o.attrs["callee"] in self.joint for o in inner)

    def _fits_both(self, op: Op, mirror: Op) -> bool:
        """Whether a loop or branch can be one with its mirror."""
        if op.prim == "for":
            counted = op.attrs.get("breaks") or op.attrs.get("steps") is not None
            return mirror.prim == "for" and not counted and self.may_be_one(op, mirror)
        if op.prim != "if" or any(b.end != "yield" for b in (*op.blocks, *mirror.blocks)):
            return False
        same = op.inputs[0] is mirror.inputs[0]
        return same and self.alone(op, mirror) and self.after(op, mirror) is not None

    def _join_call(self, op: Op, mirror: Op) -> None:
        """Put one call in the place of two."""
        callee = op.attrs["callee"]
        first = mirror.attrs.get("given", len(callee.needs))
        op.inputs = [*op.inputs, *mirror.inputs[first:]]
        self.join(op, mirror)
        op.attrs = {"callee": self.joint[callee], "fused": True}


class _Clone:
    """A copy of a graph: operations with results of their own."""

    def __init__(self) -> None:
        self.values: dict[Value, Value] = {}
        self.ops: dict[Op, Op] = {}

    def value(self, v: Value) -> Value:
        """Return what a value has become; constants stay what they are."""
        if isinstance(v, Const | Undefined):
            return v
        if v not in self.values:
            new = Value(v.type, v.name, v.span)
            new.user = v.user
            self.values[v] = new
        return self.values[v]

    @deep
    def block(self, block: Block) -> Block:
        """Return a copy of a block."""
        params = [self.value(p) for p in block.params]
        ops = [self.op(op) for op in block.ops]
        return Block(params, ops, block.end, [self.value(v) for v in block.results])

    def op(self, op: Op) -> Op:
        """Return a copy of an operation."""
        inputs, outputs = ([self.value(v) for v in vs] for vs in (op.inputs, op.outputs))
        attrs = dict(op.attrs)
        if attrs.get("mirror") in self.ops:
            attrs["mirror"] = self.ops[attrs["mirror"]]
        blocks = [self.block(b) for b in op.blocks]
        new = Op(op.prim, inputs, outputs, attrs, op.span, blocks, op.reverse, op.tangent)
        self.ops[op] = new
        for v in outputs:
            v.op = new
        return new
