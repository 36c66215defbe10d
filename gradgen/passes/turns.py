"""Whether the turns of a reversed loop may be taken in any order.

They may where each thing that the loop carries is a sum that turns only add to, an array of which
each turn has a place of its own, or an array of zeros that every turn leaves as zeros: the adjoint
of what the user's loop uses as scratch space.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import MutableMapping, Sequence
from typing import NamedTuple

from gradgen.deep import deep
from gradgen.diff.activity import carried
from gradgen.ir.nodes import (
    SUBSCRIPTS,
    WRITES,
    Block,
    Const,
    Op,
    Value,
    blocks_of,
    is_of_entry,
    subscripts,
    takes_all_turns,
    walk,
    written_inputs,
)
from gradgen.passes.shapes import READS

SUMS = {"add": (0, 1), "np.add": (0, 1), "sub": (0,), "np.subtract": (0,)}
ADDS = ("inc", "add_at")
ZEROS = ("zeros", "zeros_as")
Levels = tuple[Sequence[Value], ...]  # what the indices of loops inside each other are called


class Use(NamedTuple):
    """One read of a value: by an operation or by the end of a block, at which place."""

    block: Block
    op: Op | None
    place: int


class Uses:
    """All reads of the values of a function, and which block stands in which operation."""

    def __init__(self, body: Block) -> None:
        self.of: MutableMapping[Value, list[Use]] = {}
        self.owner: dict[Block, tuple[Op, Block]] = {}
        for block in blocks_of(body):
            for op in block.ops:
                for k, v in enumerate(op.inputs):
                    self.of.setdefault(v, []).append(Use(block, op, k))
                for inner in op.blocks:
                    self.owner[inner] = (op, block)
            for k, v in enumerate(block.results):
                self.of.setdefault(v, []).append(Use(block, None, k))

    def inside(self, use: Use, block: Block) -> Op | None:
        """Return the operation of a block in which a read stands; None for the block's end."""
        here, op = use.block, use.op
        while here is not block:
            op, here = self.owner[here]
        return op

    def within(self, use: Use, block: Block) -> bool:
        """Whether a read stands in a block, or in one inside it."""
        here = use.block
        while here is not block:
            if here not in self.owner:
                return False
            here = self.owner[here][1]
        return True


def in_any_order(loop: Op, uses: Uses) -> bool:
    """Whether the turns of a loop, taken in another order, give the same but for rounding."""
    body = loop.blocks[-1]
    if body.end != "continue":
        return False
    params, _ = carried(loop)
    for p, end in zip(params, body.results, strict=True):
        if p is end or is_only_added_to(p, end, body, uses) or has_own_places(p, loop, end):
            continue
        if not is_left_as_zeros(p, loop, end, uses):
            return False
    return True


def is_only_added_to(p: Value, end: Value, body: Block, uses: Uses) -> bool:
    """Whether a turn does nothing with a value that is carried but add to it."""
    return _sum_end(p, body, uses) is end


def is_left_as_zeros(p: Value, loop: Op, end: Value, uses: Uses) -> bool:
    """Whether an array that is carried is zeros before the loop, and after every turn."""
    start = loop.inputs[loop.blocks[-1].params.index(p) + 2]
    made = start.op
    zeros = made is not None and made.prim in ZEROS and p.type.kind == "array"
    return zeros and _Zeros(uses).end(p, loop.blocks[-1], True) == (end, True)


def is_zeros(v: Value, uses: Uses) -> bool:
    """Whether an array is zeros: made so, or left so by all that loops around have done with it."""
    op = v.op
    if op is None:
        return _comes_in_as_zeros(v, uses)
    if op.prim in ZEROS:
        return v.type.kind == "array" and not op.attrs.get("unfilled")
    if op.prim == "if":
        k = op.outputs.index(v)
        return all(side.end == "yield" and is_zeros(side.results[k], uses) for side in op.blocks)
    return False


def _comes_in_as_zeros(v: Value, uses: Uses) -> bool:
    """Whether what a loop carries is zeros before it, and after every turn."""
    for block, (loop, _) in uses.owner.items():
        if v in block.params[1:] and loop.prim == "for" and block.end == "continue":
            k = block.params.index(v)
            left = _Zeros(uses).end(v, block, True) == (block.results[k - 1], True)
            return left and is_zeros(loop.inputs[2 + k], uses)
    return False


@deep
def _sum_end(v: Value, block: Block, uses: Uses) -> Value | None:
    """Return what a value has become at a block's end, None if it is not just added to."""
    while True:
        reads = uses.of.get(v, [])
        if any(uses.inside(use, block) is not uses.inside(reads[0], block) for use in reads):
            return None
        if not reads:
            return None
        op = uses.inside(reads[0], block)
        if op is None:
            return v if len(reads) == 1 else None
        following = _added(v, op, reads, uses)
        if following is None:
            return None
        v = following


def _added(v: Value, op: Op, reads: list[Use], uses: Uses) -> Value | None:
    """Return the sum after one operation, None if it is not one that adds to it."""
    if op.prim == "if":
        return _added_on_sides(v, op, reads, uses)
    if len(reads) != 1 or reads[0].op is not op:
        return None
    place = reads[0].place
    if op.prim == "call":
        return _added_by_call(op, place)
    if op.prim in ADDS:
        return op.out if place == 0 and op.out.type.kind == "array" else None
    if op.prim in SUMS:
        same = place in SUMS[op.prim] and op.out.type == v.type and v.type.inexact
        return op.out if same else None
    if op.prim != "for" or place < 3 or op.blocks[-1].end != "continue":
        return None
    body = op.blocks[-1]
    end = _sum_end(body.params[place - 2], body, uses)
    return op.outputs[place - 3] if end is not None and end is body.results[place - 3] else None


def _added_by_call(op: Op, place: int) -> Value | None:
    """Return the sum after the sweep of a call has added to it."""
    callee, written = op.attrs["callee"], written_inputs(op)
    if op.attrs.get("part") != "backward" or place not in written:
        return None
    n = written.index(place)
    return op.outputs[callee.active.index(callee.sums[n])] if n < len(callee.sums) else None


def _added_on_sides(v: Value, op: Op, reads: list[Use], uses: Uses) -> Value | None:
    """Return the sum after a choice, on each side of which it is at most added to."""
    places = set()
    for side in op.blocks:
        if side.end != "yield":
            return None
        own = [use for use in reads if uses.within(use, side)]
        if not own or len({uses.inside(use, side) for use in own}) != 1:
            return None
        end = _sum_end(v, side, _Part(uses, v, own))
        if end is None:
            return None
        places.add(next((k for k, r in enumerate(side.results) if r is end), -1))
    return op.outputs[places.pop()] if len(places) == 1 and -1 not in places else None


class _Part(Uses):
    """The uses of a function, of which those of one value are the ones in one place."""

    def __init__(self, uses: Uses, v: Value, own: list[Use]) -> None:
        self.of = ChainMap({v: own}, uses.of)
        self.owner = uses.owner


def has_own_places(p: Value, loop: Op, end: Value) -> bool:
    """Whether each turn uses an array only where the loop's index is the subscript of an axis."""
    if p.type.kind != "array" or not _not_negative(loop):
        return False
    body = loop.blocks[-1]
    versions = _versions(p, body)
    if versions is None or [v for v in body.results if v in versions] != [end]:
        return False
    axes, indices = set(range(len(p.type.shape or ()))), _indices(loop)
    for op in walk(body):
        for place, v in enumerate(op.inputs if not op.blocks else ()):
            if v not in versions or place == READS.get(op.prim, -1):
                continue
            through = op.attrs.get("path") or op.attrs.get("slices")
            if place or op.prim not in SUBSCRIPTS or through or set(op.attrs["index"]) != {"i"}:
                return False
            axes &= {k for k, u in enumerate(subscripts(op)) if u in indices}
    return bool(axes)


def _not_negative(loop: Op) -> bool:
    """Whether the index of a loop is never negative: two of them are never the same place."""
    start, stop, step = (v.const if isinstance(v, Const) else None for v in loop.inputs[:3])
    if step is None:
        return False
    return start is not None and start >= 0 if step > 0 else stop is not None and stop >= -1


def _versions(p: Value, body: Block) -> set[Value] | None:
    """Return all that an array is called in a turn, None where it may be another array as well."""
    versions, before = {p}, 0
    while before != len(versions):
        before = len(versions)
        for op in walk(body):
            for group in _same_array(op):
                if not versions.isdisjoint(group):
                    versions.update(group)
    inside = {u for op in walk(body) for u in op.outputs}
    inside |= {u for op in walk(body) for b in op.blocks for u in b.params}
    kept = all(v.op is None or v.op.prim in (*WRITES, "if", "for") for v in versions - {p})
    return versions if kept and versions - {p} <= inside else None


def _same_array(op: Op) -> list[list[Value]]:
    """Return the groups of values that are the same array before and after an operation."""
    if op.prim in WRITES:
        return [[op.inputs[0], op.out]]
    if op.prim == "if":
        return [[out, *(b.results[k] for b in op.blocks)] for k, out in enumerate(op.outputs)
                if all(b.end == "yield" for b in op.blocks)]  # fmt: skip
    if op.prim == "for" and op.blocks[-1].end == "continue":
        params, inits = carried(op)
        rows = zip(params, inits, op.blocks[-1].results, op.outputs, strict=True)
        return [list(row) for row in rows]
    return []


def _indices(loop: Op) -> list[Value]:
    """Return what the index of a loop is called: in itself, and in the loop that it mirrors."""
    mirrored = loop.attrs.get("mirror")
    blocks = [loop.blocks[-1], *(mirrored.blocks[-1:] if mirrored is not None else ())]
    return [b.params[0] for b in blocks if b.params]


class _Zeros:
    """Follows an array through a block, and knows whether it is all zeros."""

    def __init__(self, uses: Uses) -> None:
        self.uses = uses

    @deep
    def end(self, v: Value, block: Block, zero: bool) -> tuple[Value | None, bool]:
        """Return what has become of an array at a block's end, and whether it is all zeros."""
        while True:
            nexts = self._nexts(v, block)
            if len(nexts) != 1:
                return None, False
            op, place = nexts[0]
            if op is None:
                return v, zero
            if op.prim == "if":
                following, zero = self._after_choice(v, op, zero)
                if following is None:
                    return None, False
                v = following
            elif op.prim == "for":
                zero = self._after_loop(op, place, zero)
                v = op.outputs[place - 3]
            else:
                zero = zero and op.prim == "store" and _is_zero(op.inputs[1])
                v = op.out

    def _nexts(self, v: Value, block: Block) -> list[tuple[Op | None, int]]:
        """Return where an array goes on from here; reads of entries and of shapes are no matter."""
        out: dict[tuple[Op | None, int], None] = {}
        for use in self.uses.of.get(v, ()):
            op = use.op
            if asks_shape(use) or (op is not None and op.prim == "load" and op.out.type.is_scalar):
                continue
            if not self.uses.within(use, block):
                continue
            here = self.uses.inside(use, block)
            if here is not None and here.prim == "if":
                out[here, -1] = None
                continue
            goes_on = op is None or (op.prim == "for" and use.place >= 3)
            writes = op is not None and op.prim in WRITES and use.place == 0
            if use.block is not block or not (goes_on or writes):
                return []
            out[op, use.place] = None
        return list(out)

    def _after_choice(self, v: Value, op: Op, zero: bool) -> tuple[Value | None, bool]:
        """Return what has become of an array after a choice, and whether it is all zeros."""
        places, zeros = set(), True
        for side in op.blocks:
            end, still = self.end(v, side, zero) if side.end == "yield" else (None, False)
            places.add(next((k for k, r in enumerate(side.results) if r is end), None))
            zeros = zeros and still
        place = places.pop() if len(places) == 1 else None
        return (None, False) if place is None else (op.outputs[place], zeros)

    def _after_loop(self, op: Op, place: int, zero: bool) -> bool:
        body = op.blocks[-1]
        p, result = body.params[place - 2], body.results[place - 3]
        if body.end != "continue":
            return False
        if zero and self.end(p, body, True) == (result, True):
            return True
        return self._clears_all(op, p, result)

    def _clears_all(self, op: Op, p: Value, result: Value, around: Levels = ()) -> bool:
        """Whether loops over all places of an array leave a zero in each."""
        if not _goes_along(op, p, len(around)):
            return False
        body, v, zero = op.blocks[-1], p, False
        levels = (*around, _indices(op))
        while v is not result:
            nexts = self._nexts(v, body)
            write, place = nexts[0] if len(nexts) == 1 else (None, 0)
            if write is None:
                return False
            if write.prim == "for" and len(levels) < (p.type.rank or 0):
                inner, v = write.blocks[-1], write.outputs[place - 3]
                ends = inner.params[place - 2], inner.results[place - 3]
                zero = takes_all_turns(write) and self._clears_all(write, *ends, levels)
                if not zero:
                    return False
            elif write.prim in ("store", "inc") and is_at_index(write, *levels):
                zero, v = write.prim == "store" and _is_zero(write.inputs[1]), write.out
            else:
                return False
        return zero


def asks_shape(use: Use) -> bool:
    """Whether a read of an array is of its shape only."""
    return use.op is not None and READS.get(use.op.prim) == use.place


def is_at_index(op: Op, *levels: Sequence[Value]) -> bool:
    """Whether a read or a write is of the one place that the indices of loops say."""
    if not is_of_entry(op):
        return False
    places = subscripts(op)
    same = len(places) == len(levels)
    return same and all(v in indices for v, indices in zip(places, levels, strict=True))


def goes_over_all(loop: Op, p: Value) -> bool:
    """Whether a loop goes over all places of a vector, from the first to the last."""
    return p.type.rank == 1 and _goes_along(loop, p, 0)


def _goes_along(loop: Op, p: Value, axis: int) -> bool:
    """Whether a loop goes over all places along an axis, from the first to the last."""
    start, stop, step = loop.inputs[:3]
    shape = p.type.shape or ()
    length = shape[axis] if axis < len(shape) else None
    forwards = _is_zero(start) and isinstance(step, Const) and step.const == 1
    return forwards and length is not None and stop.type.value == length


def _is_zero(v: Value) -> bool:
    return isinstance(v, Const) and v.const == 0
