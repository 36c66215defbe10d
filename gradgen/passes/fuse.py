"""Both sweeps of a loop in one: where turns meet only in sums, each is reversed when it is done.

Nothing has to be kept from one turn to another then.  The turns go forwards, so that the user's
sums are added up in their order; what the reverse sweep adds up is in another order than it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gradgen.diff.activity import carried
from gradgen.diff.missing import missing_values
from gradgen.diff.twins import SHAPE_ONLY, has_known_shape
from gradgen.ir.nodes import Block, Function, Op, Value, blocks_of, replace_uses, walk
from gradgen.passes.dce import EFFECTS
from gradgen.passes.turns import Uses, in_any_order

CHECKS = ("assert", "raise_if")  # effects that may be inside a loop that is moved


@dataclass(frozen=True, slots=True)
class Fused:
    """A fused loop: the block it is in, and the operations of its forward part.

    ``buffers`` are arrays that a turn saves in, when they are made and when they are full.
    """

    loop: Op
    block: Block
    forward: list[Op]
    buffers: list[tuple[Value, Value]] = field(default_factory=list)

    @property
    def body(self) -> Block:
        """The block of a turn: first the user's, then its reverse."""
        return self.loop.blocks[0]


def fuse_loops(function: Function) -> list[Fused]:
    """Fuse loops with their mirrors, in place; return the fused, those around others first."""
    found: list[tuple[Op, Block]] = []
    missing = missing_values(function.body)
    work = [function.body]
    while work:
        block = work.pop()
        made = _Fuser(block, missing).run()
        found += [(loop, block) for loop in made]
        work += [loop.blocks[0] for loop in made]
    inner = {loop for loop, _ in found}
    return [Fused(loop, block, _forward(loop, inner)) for loop, block in found]


def _forward(loop: Op, fused: set[Op]) -> list[Op]:
    """Return the forward operations in a fused loop, without those of fused loops inside."""
    out: list[Op] = []
    work = [op for op in loop.blocks[0].ops if not op.reverse]
    while work:
        op = work.pop()
        if op not in fused:
            out.append(op)
            work += [o for b in op.blocks for o in b.ops]
    return out


class _Fuser:
    """Fuses the loops of one block."""

    def __init__(self, block: Block, missing: set[Value]) -> None:
        self.block, self.missing = block, missing
        self.seen: dict[Op, bool] = {}
        self.now: dict[Op, Op] = {}  # the fused loop that a mirror has become a part of
        self.mirrors = {op.attrs["mirror"]: op for op in block.ops if op.attrs.get("mirror")}
        self.loops = [op for op in block.ops if op.prim == "for" and op in self.mirrors]
        if self.loops:
            self.uses = Uses(block)

    def run(self) -> list[Op]:
        """Fuse what can be; return the fused loops."""
        made: list[Op] = []
        for loop in self.loops:
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
        if loop.blocks[0].end != "continue" or not in_any_order(mirror, self.uses):
            return False
        return self._alone(loop, mirror) and self._after(loop, mirror) is not None

    def _alone(self, loop: Op, mirror: Op) -> bool:
        """Whether nothing but the mirror reads what a turn computes."""
        pair = (loop, mirror)
        made = _all_made(loop.blocks[0])
        reads = (use for v in made for use in self.uses.of.get(v, ()))
        return all(self._place(use.block, use.op) in pair for use in reads)

    def _place(self, block: Block, op: Op | None) -> Op | None:
        """Return the operation of the fuser's block in which a read stands, None outside."""
        while block is not self.block:
            if block not in self.uses.owner:
                return None
            op, block = self.uses.owner[block]
        return op if op is None else self.now.get(op, op)

    def _after(self, loop: Op, mirror: Op) -> list[Op] | None:
        """Return the operations between the two that need the loop's results.

        None where the mirror needs these, or where something that is seen from outside would be
        done in another order.
        """
        ops = self.block.ops
        between = ops[ops.index(loop) + 1 : ops.index(mirror)]
        inside = dict.fromkeys(between)
        late: set[Op] = set()
        work = list(loop.outputs)
        while work:
            v = work.pop()
            for use in self.uses.of.get(v, ()):
                if use.op is not None and use.op.inputs[use.place] is not v:
                    continue  # a shape, which is read of something else by now
                op = self._place(use.block, use.op)
                if op is mirror:
                    return None
                if op is not None and op in inside and op not in late:
                    late.add(op)
                    work += op.outputs
                    work += [u for b in op.blocks for u in _all_made(b)]
        if any(op not in late and self._is_seen(op) for op in between):
            return None
        return [op for op in between if op in late]

    def _is_seen(self, op: Op) -> bool:
        """Whether an operation does anything that is seen from outside."""
        if op not in self.seen:
            self.seen[op] = any(o.prim in EFFECTS for o in walk(Block(ops=[op])))
        return self.seen[op]

    def _fuse(self, loop: Op, mirror: Op) -> Op:
        """Put both loops into one, where the mirror stands; what needs its results follows."""
        after = self._after(loop, mirror)
        assert after is not None
        body, swept = loop.blocks[0], mirror.blocks[0]
        replace_uses(swept, {swept.params[0]: body.params[0]})
        body.ops += swept.ops
        body.params += swept.params[1:]
        body.results += swept.results
        loop.inputs += mirror.inputs[3:]
        loop.outputs += mirror.outputs
        for v in mirror.outputs:
            v.op = loop
        loop.attrs["fused"] = True
        self.now[mirror] = loop
        late = {*after, loop, mirror}
        at = self.block.ops.index(mirror)
        moved = [op for op in self.block.ops[:at] if op not in late]
        self.block.ops = [*moved, loop, *after, *self.block.ops[at + 1 :]]
        return loop


def _all_made(block: Block) -> set[Value]:
    inner = list(blocks_of(block))
    return {v for b in inner for v in (*b.params, *(u for o in b.ops for u in o.outputs))}
