"""Sums get loops of their own, where sums may be taken in another order.

A loop that goes from one power to the next, and adds up with each, waits for the powers: no
compiler takes its sum apart.  Where the powers are kept for the sweep, the sum reads them there::

    for j in ...:                        for j in ...:
        power_saved[j] = power               power_saved[j] = power
        s += x[j] * power        ->          power *= t
        power *= t                       for j in ...:
                                             s += x[j] * power_saved[j]

The sum itself is still in its order; what compiles it may take another one (``reassociate=True``).
"""

from __future__ import annotations

from gradgen.diff.activity import carried
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import (
    ADDITIONS,
    Block,
    Function,
    Op,
    Value,
    blocks_of,
    is_of_entry,
    made_in,
    takes_all_turns,
    uses,
)
from gradgen.passes.dce import EFFECTS
from gradgen.rules.registry import RULES


def sum_apart(function: Function) -> None:
    """Give sums beside chains of other numbers loops of their own, in place."""
    for block in list(blocks_of(function.body)):
        for loop in [op for op in block.ops if op.prim == "for" and takes_all_turns(op)]:
            parting = _Parting(loop)
            if parting.fits():
                at = block.ops.index(loop)
                block.ops.insert(at + 1, parting.part())


class _Parting:
    """A loop without loops inside, its sums, and what each turn of these needs."""

    def __init__(self, loop: Op) -> None:
        self.loop, self.body = loop, loop.blocks[0]
        self.read = uses(self.body)
        self.own = made_in(self.body)
        pairs = list(zip(*carried(loop), self.body.results, loop.outputs, strict=True))
        self.sums = [k for k, (p, _, end, _) in enumerate(pairs) if self._is_sum(p, end)]
        others = [(p, end) for p, _, end, _ in pairs if p is not end and not self._is_sum(p, end)]
        self.chains = any(p.type.kind == "float" for p, _ in others)
        self.kept: dict[Value, tuple[Value, list[Value]]] = {}
        self.needed: list[Op] = []

    def _is_sum(self, p: Value, end: Value) -> bool:
        """Whether a turn only adds to a number, and reads it for nothing else."""
        op = end.op
        if (
            op is None
            or op.prim not in ADDITIONS
            or op not in self.body.ops
            or op.inputs[0] is not p
        ):
            return False
        return p.type.kind == "float" and self.read[p] == self.read[end] == 1

    def fits(self) -> bool:
        """Whether there are sums beside chains, of what is kept of these."""
        if self.loop.region:
            return False
        if not (self.sums and self.chains):
            return False
        if any(op.blocks or op.prim in EFFECTS or op.prim == "call" for op in self.body.ops):
            return False
        self._find_kept()
        return self._collect()

    def _find_kept(self) -> None:
        """Find the numbers that each turn stores at its own place of an array."""
        index = self.body.params[0]
        for k, p in enumerate(self.body.params[1:]):
            store = self.body.results[k].op
            if store is None or store.prim != "store" or store.inputs[0] is not p:
                continue
            places = store.inputs[2:]
            same = all(v is index or v not in self.own for v in places)
            if is_of_entry(store) and same and index in places and self.read[p] == 1:
                self.kept[store.inputs[1]] = (self.loop.outputs[k], places)

    def _collect(self) -> bool:
        """Collect what the terms of the sums are made of; tell whether all of it is there."""
        ends = [self.body.results[k].op for k in self.sums]
        work = [op.inputs[1] for op in ends if op is not None]
        found: set[Op] = set()
        while work:
            v = work.pop()
            if v not in self.own or v is self.body.params[0] or v in self.kept:
                continue
            if v.op is None or v.op not in self.body.ops or not _is_plain(v.op):
                return False
            if v.op not in found:
                found.add(v.op)
                work += v.op.inputs
        self.needed = [op for op in self.body.ops if op in found]
        return True

    def part(self) -> Op:
        """Take the sums out of the loop; return the loop that adds up."""
        params, inits = carried(self.loop)
        index = self.body.params[0]
        turn = Value(index.type, index.name, index.span)
        turn.user = index.user
        ends = [self.body.results[k] for k in self.sums]
        made = Block([turn, *(params[k] for k in self.sums)], [], "continue", ends)
        b = Builder(made, reverse=self.loop.reverse)
        values = {index: turn}
        for v, (array, places) in self.kept.items():
            at = [values.get(u, u) for u in places]
            attrs = {"index": "i" * len(at)}
            values[v] = b.append("load", [array, *at], [v.type], [v.name], v.span, attrs).out
            values[v].user = v.user
        for op in self.needed:
            b.again(op, values)
        for end in ends:
            assert end.op is not None
            self.body.ops.remove(end.op)
            end.op.inputs = [values.get(v, v) for v in end.op.inputs]
            made.ops.append(end.op)
        outputs = [self.loop.outputs[k] for k in self.sums]
        sums = Op("for", [*self.loop.inputs[:3], *(inits[k] for k in self.sums)], outputs,
                  _order(self.loop), self.loop.span, [made], self.loop.reverse)  # fmt: skip
        for v in outputs:
            v.op = sums
        self._drop()
        return sums

    def _drop(self) -> None:
        """Let the loop carry the sums no more."""
        rest = [k for k in range(len(self.loop.outputs)) if k not in self.sums]
        self.loop.inputs = [*self.loop.inputs[:3], *(self.loop.inputs[3 + k] for k in rest)]
        self.body.params = [self.body.params[0], *(self.body.params[1 + k] for k in rest)]
        self.body.results = [self.body.results[k] for k in rest]
        self.loop.outputs = [self.loop.outputs[k] for k in rest]


def _order(loop: Op) -> dict[str, bool]:
    return {"backwards": True} if loop.attrs.get("backwards") else {}


def _is_plain(op: Op) -> bool:
    """Whether an operation is done again without a thought: a read, or arithmetic of numbers."""
    if len(op.outputs) != 1 or not op.out.type.is_scalar:
        return False
    rule = RULES.get(op.prim)
    return op.prim == "load" or (rule is not None and rule.elementwise and rule.cost <= 1)
