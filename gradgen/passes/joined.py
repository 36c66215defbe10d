"""Loops of the sweep are one where the second takes up at once what a turn of the first leaves.

What a turn adds to scratch that is zero, a turn of the loop behind reads, and clears again::

    for i in range(1, n):                        for i in range(1, n):
        d_inner[i - 1] += d_k[i] * x[i]              d_total = d_k[i] * x[i]
        d_x[i] += d_k[i] * inner[i - 1]              d_x[i] += d_k[i] * inner[i - 1]
    for i in range(n):                   ->          d_y[i - 1] += d_total
        d_total = d_inner[i]                         d_h[i - 1] = d_total * shift
        d_inner[i] = 0.0                         if n > 0:
        d_y[i] += d_total                            d_h[n - 1] = 0.0
        d_h[i] = d_total * shift

This is loop fusion with a shift, and contraction of an array to a number (Kennedy and McKinley,
"Maximizing loop parallelism and improving data locality via loop fusion and distribution", 1993).
Each place is added to once, and the array is zeros before: then it is zeros behind, too, and not
needed.  What else both loops write to they use at their own place alone.
"""

from __future__ import annotations

from gradgen.diff.activity import carried
from gradgen.diff.rerun import copy_op
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import (
    WRITES,
    Block,
    Const,
    Function,
    Op,
    Value,
    blocks_of,
    is_of_entry,
    replace_uses,
    same_value,
    takes_all_turns,
)
from gradgen.passes.dce import EFFECTS
from gradgen.passes.turns import Uses, goes_over_all, is_at_index, is_zeros

# Where the first loop leaves out a place of the second one: none, the first or the last.
ENDS = ((0, 0), (1, 0), (0, 1))
FACTORS = {"mul": (0, 1), "div": (0,), "neg": (0,)}  # zero where one of these inputs is


def join_loops(function: Function) -> None:
    """Join loops of the sweep with those behind them, in place."""
    for block in list(blocks_of(function.body)):
        for second in [op for op in block.ops if _is_plain(op)]:
            uses = Uses(function.body)
            for k, v in enumerate(second.inputs[3:]):
                first = v.op
                if first is None or first not in block.ops or not _is_plain(first):
                    continue
                pair = _Pair(block, first, second, first.outputs.index(v), k)
                if pair.fits(uses):
                    pair.join(function)
                    break


def _is_plain(op: Op) -> bool:
    """Whether an operation is a loop of the sweep, forwards, that does nothing but fill vectors."""
    if op.prim != "for" or not op.reverse or op.region is not None or not takes_all_turns(op):
        return False
    start, _, step = op.inputs[:3]
    known = isinstance(start, Const) and isinstance(step, Const) and step.const == 1
    if not known or op.attrs.get("backwards") or op.attrs.get("fused"):
        return False
    arrays = all(p.type.kind == "array" for p in carried(op)[0])
    return arrays and not any(o.blocks or o.prim in EFFECTS for o in op.blocks[0].ops)


class _Pair:
    """Two loops of a block, and what goes from the first to the second: their results there."""

    def __init__(self, block: Block, first: Op, second: Op, given: int, taken: int) -> None:
        self.block, self.first, self.second = block, first, second
        self.given, self.taken = given, taken
        self.before = first.blocks[0].params[1 + given]  # the scratch, in a turn of the first loop
        self.after = second.blocks[0].params[1 + taken]
        self.added, self.cleared = first, second  # the operations that do so
        self.reads: list[Op] = []
        self.end, self.shift = (0, 0), 0
        # Which results of the first loop the second one goes on with, by their places there.
        self.shared = {j: first.outputs.index(v) for j, v in enumerate(second.inputs[3:])
                       if v in first.outputs and j != taken}  # fmt: skip

    # --- what is proved -------------------------------------------------------------------

    def fits(self, uses: Uses) -> bool:
        """Whether each turn of the second loop may be done when one of the first has been."""
        scratch = self.first.outputs[self.given]
        if scratch.type.rank != 1 or scratch.type.dtype != "float64":
            return False
        alone = len(uses.of[scratch]) == 1
        if not alone or not self._is_added_once(uses) or not self._is_taken_up(uses):
            return False
        if not self._ends_fit() or not self._are_apart():
            return False
        shared = all(self._may_share(j, k, uses) for j, k in self.shared.items())
        return shared and is_zeros(self.first.inputs[3 + self.given], uses)

    def _is_added_once(self, uses: Uses) -> bool:
        """Whether a turn of the first loop adds to one place, and does nothing else there."""
        body, found = self.first.blocks[0], uses.of.get(self.before, [])
        op = found[0].op if len(found) == 1 else None
        if op is None or op.prim != "inc" or found[0].place or op not in body.ops:
            return False
        self.added = op
        handed_on = uses.of.get(op.out, [])
        ends = len(handed_on) == 1 and body.results[self.given] is op.out
        return ends and is_of_entry(op)

    def _is_taken_up(self, uses: Uses) -> bool:
        """Whether a turn of the second loop reads its own place, and clears it."""
        body, found = self.second.blocks[0], uses.of.get(self.after, [])
        own = [use.op for use in found if use.op in body.ops and use.place == 0]
        ops = [op for op in own if op is not None and is_at_index(op, body.params[:1])]
        stores = [op for op in ops if op.prim == "store"]
        self.reads = [op for op in ops if op.prim == "load"]
        if len(ops) != len(found) or len(stores) != 1 or len(self.reads) != len(ops) - 1:
            return False
        self.cleared = stores[0]
        zero = isinstance(self.cleared.inputs[1], Const) and self.cleared.inputs[1].const == 0
        handed_on = uses.of.get(self.cleared.out, [])
        ends = len(handed_on) == 1 and body.results[self.taken] is self.cleared.out
        return zero and ends and goes_over_all(self.second, self.after)

    def _ends_fit(self) -> bool:
        """Whether the first loop adds to all places but one, the first or the last."""
        shift = _apart(self.added.inputs[2], self.first.blocks[0].params[0])
        less = _apart(self.first.inputs[1], self.second.inputs[1])
        start = self.first.inputs[0]
        if shift is None or less is None or not isinstance(start, Const):
            return False
        self.end, self.shift = (start.const + shift, -(less + shift)), shift
        return self.end in ENDS

    def _may_share(self, j: int, k: int, uses: Uses) -> bool:
        """Whether both loops may write to an array, turn by turn."""
        if len(uses.of[self.first.outputs[k]]) != 1:
            return False
        # Places that are apart would have a turn wait for the one before: no loop of vectors.
        ends = ((self.first, k), (self.second, j))
        return not self.shift and all(_has_own_places(op.blocks[0], at, uses) for op, at in ends)

    def _are_apart(self) -> bool:
        """Whether neither loop, nor what is between, reads what another writes."""
        first, second = self.first, self.second
        begin, end = self.block.ops.index(first), self.block.ops.index(second)
        between = self.block.ops[begin + 1 : end]
        if any(op.blocks or op.prim in (*EFFECTS, *WRITES, "call") for op in between):
            return False
        made = set(first.outputs)
        later = {v for op in (*between, *second.blocks[0].ops) for v in op.inputs}
        passed = {3 + self.taken, *(3 + j for j in self.shared)}
        later |= {v for k, v in enumerate(second.inputs) if k not in passed}
        earlier = {v for op in first.blocks[0].ops for v in op.inputs} | set(first.inputs)
        own = {v for op in second.blocks[0].ops for v in op.inputs}
        return (
            made.isdisjoint(later)
            and earlier.isdisjoint(second.inputs[3:])
            and own.isdisjoint(first.inputs[3:])
        )

    # --- what is done ---------------------------------------------------------------------

    def join(self, function: Function) -> None:
        """Put a turn of the second loop behind each of the first."""
        first, second = self.first, self.second
        one, two = first.blocks[0], second.blocks[0]
        gone, zeros = second.outputs[self.taken], first.inputs[3 + self.given]
        own = [k for k in range(len(second.outputs)) if k != self.taken]
        new = [k for k in own if k not in self.shared]
        mapping = {two.params[0]: self.added.inputs[2], **self._taken_up()}
        mapping |= {two.params[1 + j]: one.results[k] for j, k in self.shared.items()}
        for j, k in self.shared.items():
            one.results[k] = two.results[j]
        ends = {k: self._end(second.outputs[k]) for k in new}
        ends |= {j: first.outputs[k] for j, k in self.shared.items()}
        rest, left = self._left_out([ends[k] for k in own])
        ops = [op for op in two.ops if op is not self.cleared and op not in self.reads]
        one.ops = [op for op in one.ops if op is not self.added] + ops
        for values, others, at in ((first.inputs, second.inputs, 3), (one.params, two.params, 1),
                                   (one.results, two.results, 0)):  # fmt: skip
            del values[at + self.given]
            values += [others[at + k] for k in new]
        del first.outputs[self.given]
        first.outputs += [ends[k] for k in new]
        replace_uses(one, mapping)
        self.block.ops.remove(first)
        at = self.block.ops.index(second)
        self.block.ops[at : at + 1] = [first, *rest]
        after = {second.outputs[k]: v for k, v in zip(own, left, strict=True)}
        replace_uses(function.body, {gone: zeros, **after})

    def _taken_up(self) -> dict[Value, Value]:
        """Return what stands for the reads of what is added; a sign is put before it."""
        value = self.added.inputs[1]
        if self.added.attrs.get("sign") == "-":
            b = Builder(Block(), reverse=True)
            b.span = self.added.span
            ops = self.first.blocks[0].ops
            value = b.emit("neg", [value])
            ops[ops.index(self.added) : ops.index(self.added)] = b.block.ops
        return {op.out: value for op in self.reads}

    def _end(self, v: Value) -> Value:
        """Return what stands for a result of the second loop among those of the joined one."""
        end = Value(v.type, v.name, v.span)
        end.user, end.op = v.user, self.first
        return end

    def _left_out(self, ends: list[Value]) -> tuple[list[Op], list[Value]]:
        """Return what is done for the place that is left out, where nothing was added."""
        if self.end == (0, 0):
            return [], ends
        two, stop = self.second.blocks[0], self.second.inputs[1]
        b = Builder(Block(), reverse=True)
        b.span = self.second.span
        some = b.emit("gt", [stop, Const(0)])
        with b.into(Block()) as there:
            place = Const(0) if self.end == (1, 0) else b.emit("sub", [stop, Const(1)])
            params = [p for p in two.params[1:] if p is not self.after]
            values: dict[Value, Value] = {two.params[0]: place}
            values |= dict(zip(params, ends, strict=True))
            values |= {op.out: Const(0.0) for op in self.reads}
            for op in two.ops:
                if op is not self.cleared and op not in self.reads and not _adds_zero(op, values):
                    b.block.ops.append(copy_op(op, values))
            results = [v for k, v in enumerate(two.results) if k != self.taken]
            there.results = [values.get(v, v) for v in results]
        changed = [k for k, v in enumerate(there.results) if v is not ends[k]]
        left = list(ends)
        if not changed:
            return [], left
        there.results = [there.results[k] for k in changed]
        other = Block([], [], "yield", [ends[k] for k in changed])
        types, names = [ends[k].type for k in changed], [ends[k].name for k in changed]
        made = b.append("if", [some], types, names, blocks=[there, other])
        for k, v in zip(changed, made.outputs, strict=True):
            v.user = ends[k].user
            left[k] = v
        return b.block.ops, left


def _has_own_places(body: Block, k: int, uses: Uses) -> bool:
    """Whether a turn reads and writes a vector at the loop's index alone."""
    versions = [body.params[1 + k]]
    for v in versions:
        for use in uses.of.get(v, ()):
            op = use.op
            if op is None and use.block is body and v is body.results[k]:
                continue
            if op is None or op not in body.ops or use.place:
                return False
            if op.prim not in ("load", "store", "inc") or not is_at_index(op, body.params[:1]):
                return False
            versions += op.outputs if op.prim != "load" else []
    return True


def _adds_zero(op: Op, values: dict[Value, Value]) -> bool:
    """Whether an operation only hands on a zero, or adds one to an array; note what it gives."""

    def is_zero(k: int) -> bool:
        v = values.get(op.inputs[k], op.inputs[k])
        return isinstance(v, Const) and v.const == 0

    if op.prim in FACTORS and op.out.type.kind == "float":
        if any(map(is_zero, FACTORS[op.prim])):
            values[op.out] = Const(0.0)
            return True
    elif op.prim == "inc" and is_zero(1):
        values[op.out] = values.get(op.inputs[0], op.inputs[0])
        return True
    return False


def _apart(v: Value, other: Value) -> int | None:
    """Return by how much a whole number is greater than another one, None where it is unknown."""
    if _is_same(v, other):
        return 0
    op = v.op
    if op is None or op.prim not in ("add", "sub") or not _is_same(op.inputs[0], other):
        return None
    by = op.inputs[1]
    if not isinstance(by, Const) or type(by.const) is not int:
        return None
    return by.const if op.prim == "add" else -by.const


def _is_same(v: Value, other: Value) -> bool:
    """Whether two whole numbers are one, or the same length."""
    known = v.type.value is not None and v.type.value == other.type.value
    return known or same_value(v, other)
