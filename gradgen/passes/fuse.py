"""Both sweeps of a loop in one: where turns meet only in sums, each is reversed when it is done.

Nothing has to be kept from one turn to another then.  The turns go forwards, so that the user's
sums are added up in their order; what the reverse sweep adds up is in another order than it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from gradgen.dataclass import dataclass
from gradgen.diff.activity import carried
from gradgen.diff.missing import missing_values
from gradgen.diff.twins import SHAPE_ONLY, has_known_shape
from gradgen.ir.nodes import Block, Function, Op, Value, made_in, replace_uses, walk
from gradgen.ir.raising import raised_by
from gradgen.passes.dce import EFFECTS
from gradgen.passes.turns import Uses, in_any_order

CHECKS = ("assert", "raise_if")  # effects that may be inside a loop that is moved


@dataclass(frozen=True, slots=True)
class Fused:
    """A fused loop, or a side of a fused branch: where it is, and what belongs to its forward part.

    ``body`` does first what the user does, then the reverse of it.  ``buffers`` are arrays that it
    saves in, when they are made and when they are full.
    """

    op: Op
    block: Block
    body: Block
    forward: list[Op]
    buffers: list[tuple[Value, Value]] = field(default_factory=list)


def fuse_loops(function: Function) -> list[Fused]:
    """Fuse loops with their mirrors, in place; return the fused, those around others first."""
    found: list[tuple[Op, Block]] = []
    missing = missing_values(function.body)
    work = [function.body]
    while work:
        block = work.pop()
        made = Fuser(block, missing).run()
        found += [(loop, block) for loop in made]
        work += [loop.blocks[0] for loop in made]
    return fused_parts(found)


def fused_parts(found: list[tuple[Op, Block]]) -> list[Fused]:
    """Return the parts of fused operations, given with the blocks they are in."""
    fused = {op for op, _ in found}
    return [Fused(op, block, body, _forward(body, fused)) for op, block in found
            for body in op.blocks]  # fmt: skip


def _forward(body: Block, fused: set[Op]) -> list[Op]:
    """Return the forward operations in a block, without those of fused operations inside."""
    out: list[Op] = []
    work = [op for op in body.ops if not op.reverse]
    while work:
        op = work.pop()
        if op not in fused:
            out.append(op)
            work += [o for b in op.blocks for o in b.ops]
    return out


class Fuser:
    """Fuses the loops of one block."""

    def __init__(self, block: Block, missing: set[Value]) -> None:
        self.block, self.missing = block, missing
        self.seen: dict[Op, bool] = {}
        self.calls: dict[Op, bool] = {}
        self.now: dict[Op, Op] = {}  # the fused loop that a mirror has become a part of
        self.mirrors = {op.attrs["mirror"]: op for op in block.ops if op.attrs.get("mirror")}
        if self.mirrors:
            self.uses = Uses(block)

    def run(self) -> list[Op]:
        """Fuse what can be; return the fused loops."""
        made: list[Op] = []
        for loop in [op for op in self.block.ops if op.prim == "for" and op in self.mirrors]:
            mirror = self.mirrors[loop]
            redirected = self._read_shapes_before(loop)
            if self._fits(loop, mirror):
                made.append(self._fuse(loop, mirror))
                continue
            for op, place, v in redirected:
                op.inputs[place] = v
        return made

    def _read_shapes_before(self, loop: Op) -> list[tuple[Op, int, Value]]:
        """Let shapes of what a loop leaves be read of what it starts from; return what was read."""
        redirected = []
        for out, start in zip(loop.outputs, carried(loop)[1], strict=True):
            if out.type != start.type or not has_known_shape(out) or start in self.missing:
                continue
            for use in self.uses.of.get(out, ()):
                if use.op is not None and SHAPE_ONLY.get(use.op.prim) == use.place:
                    redirected.append((use.op, use.place, out))
                    use.op.inputs[use.place] = start
        return redirected

    def _fits(self, loop: Op, mirror: Op) -> bool:
        """Whether a loop and its mirror can be one."""
        if mirror.prim != "for" or loop.attrs.get("breaks") or loop.attrs.get("steps") is not None:
            return False
        inside = [op for o in (loop, mirror) for op in walk(Block(ops=[o]))]
        if any(op.region is not None or op.prim == "call" for op in inside):
            return False
        if any(op.prim in EFFECTS and op.prim not in CHECKS for op in inside):
            return False
        return self.may_be_one(loop, mirror)

    def may_be_one(self, loop: Op, mirror: Op) -> bool:
        """Whether the turns of a loop may be reversed one by one, and where the mirror stands."""
        if loop.blocks[0].end != "continue" or not in_any_order(mirror, self.uses):
            return False
        return self.alone(loop, mirror) and self.after(loop, mirror) is not None

    def alone(self, loop: Op, mirror: Op) -> bool:
        """Whether nothing but the mirror reads what a turn computes."""
        pair = (loop, mirror)
        made = {v for b in loop.blocks for v in made_in(b)}
        reads = (use for v in made for use in self.uses.of.get(v, ()))
        return all(self._place(use.block, use.op) in pair for use in reads)

    def _place(self, block: Block, op: Op | None) -> Op | None:
        """Return the operation of the fuser's block in which a read stands, None outside."""
        while block is not self.block:
            if block not in self.uses.owner:
                return None
            op, block = self.uses.owner[block]
        return op if op is None else self.now.get(op, op)

    def after(self, loop: Op, mirror: Op) -> list[Op] | None:
        """Return the operations between the two that need the loop's results.

        None where the mirror needs these or has come to stand before, or where something that is
        seen from outside would be done in another order.
        """
        ops = self.block.ops
        if ops.index(mirror) < ops.index(loop):
            return None  # another loop went behind its mirror, which needs this one's, with this
        between = ops[ops.index(loop) + 1 : ops.index(mirror)]
        place = {op: k for k, op in enumerate(between)}
        calls = [op for op in between if self._has_calls(op)]
        late = _raise_after(loop, between)
        work = [*loop.outputs, *(v for op in late for v in _made(op))]
        while work:
            for op in self._readers(work.pop()):
                if op is mirror:
                    return None
                if op not in place or op in late:
                    continue
                # Calls keep things on common stacks, and their sweeps take them: in this order.
                more = [c for c in calls if place[c] > place[op]] if op in calls else []
                for o in (op, *(c for c in more if c not in late)):
                    late.add(o)
                    work += _made(o)
        if any(op not in late and self._is_seen(op) for op in between):
            return None
        return [op for op in between if op in late]

    def _readers(self, v: Value) -> Iterator[Op]:
        """Yield the operations of the block that need a value."""
        for use in self.uses.of.get(v, ()):
            if use.op is None or use.op.inputs[use.place] is v:  # else a shape, of another by now
                op = self._place(use.block, use.op)
                if op is not None:
                    yield op

    def _has_calls(self, op: Op) -> bool:
        """Whether an operation calls recursive functions, or their reverse sweeps."""
        if op not in self.calls:
            self.calls[op] = any(o.prim == "call" for o in walk(Block(ops=[op])))
        return self.calls[op]

    def _is_seen(self, op: Op) -> bool:
        """Whether an operation does anything that is seen from outside."""
        if op not in self.seen:
            self.seen[op] = any(o.prim in EFFECTS for o in walk(Block(ops=[op])))
        return self.seen[op]

    def _fuse(self, loop: Op, mirror: Op) -> Op:
        """Put both loops into one."""
        body, swept = loop.blocks[0], mirror.blocks[0]
        replace_uses(swept, {swept.params[0]: body.params[0]})
        body.params += swept.params[1:]
        loop.inputs += mirror.inputs[3:]
        self.join(loop, mirror)
        return loop

    def join(self, op: Op, mirror: Op) -> None:
        """Do what both do where the mirror stands; what needs results of the first follows."""
        after = self.after(op, mirror)
        assert after is not None
        for body, swept in zip(op.blocks, mirror.blocks, strict=True):
            body.ops += swept.ops
            body.results += swept.results
        op.outputs += mirror.outputs
        for v in mirror.outputs:
            v.op = op
        op.attrs["fused"] = True
        self.now[mirror] = op
        late = {*after, op, mirror}
        at = self.block.ops.index(mirror)
        moved = [o for o in self.block.ops[:at] if o not in late]
        self.block.ops = [*moved, op, *after, *self.block.ops[at + 1 :]]


def _made(op: Op) -> list[Value]:
    return [*op.outputs, *(u for b in op.blocks for u in made_in(b))]


def _raise_after(loop: Op, between: list[Op]) -> set[Op]:
    """Return what has to stay behind a loop, since of two errors the first is to be raised.

    That an index of a loop may be out of range is left out: nearly all of them might be.  So are
    recursive functions, of which nothing is known.
    """
    first = raised_by(loop) - {"IndexError"} if loop.prim != "call" else frozenset[str]()
    if not first:
        return set()
    raising = [(op, classes) for op in between if (classes := raised_by(op))]
    apart = [k for k, (_, classes) in enumerate(raising) if len(first | classes) > 1]
    return {op for op, _ in raising[apart[0] :]} if apart else set()
