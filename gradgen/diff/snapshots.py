"""A fixed number of states for a loop of any length: the binomial schedule.

``checkpoint(range(n), snapshots=k)`` keeps the state at no more than ``k`` places (and the one from
which the reverse sweep is working).  The sweep goes through the parts of the loop backwards; for
each it goes forward again from the nearest state before it, and keeps states on the way, as many as
there is room for, at the distances that repeat the least (Griewank and Walther, *Algorithm 799:
revolve*, ACM TOMS 26, 2000).
"""

from __future__ import annotations

from gradgen.dataclass import dataclass
from gradgen.diff.activity import carried, ends
from gradgen.diff.missing import missing_values
from gradgen.diff.rerun import copy_op
from gradgen.errors import UnsupportedError
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, replace_uses, uses, walk
from gradgen.ir.types import INT, Type
from gradgen.passes.sharing import Sharing

ATTRIBUTE = "snapshots"


def keep_snapshots(function: Function, top: Block) -> list[tuple[Value, Op]]:
    """Give the sweep the states of the loops of a block that are marked so, in place.

    Returns
    -------
    list
        What is kept, with its loop.
    """
    out: list[tuple[Value, Op]] = []
    sharing, missing = Sharing(function), missing_values(function.body)
    mirrors = {op.attrs["mirror"]: op for op in walk(top) if op.reverse and "mirror" in op.attrs}
    for block in list(blocks_of(top)):
        for op in list(block.ops):
            if not op.reverse and ATTRIBUTE in op.attrs and op in mirrors:
                schedule = _Schedule(op, block, mirrors[op], sharing, missing)
                schedule.insert()
                out += [(kept.param, op) for kept in schedule.kept]
    return out


@dataclass(eq=False, slots=True)
class _Kept:
    """A carried variable of the loop with the list of its states, before and after the loop."""

    place: int
    param: Value
    copied: bool
    stack: Value


class _Schedule:
    """The states of one loop: kept by the loop, and found again in its mirror."""

    def __init__(
        self, op: Op, block: Block, mirror: Op, sharing: Sharing, missing: set[Value]
    ) -> None:
        self.op, self.block, self.mirror = op, block, mirror
        self.count, self.parts = Const(op.attrs[ATTRIBUTE]), op.inputs[1]
        self.before = self._builder(False)
        self.at = self.before.append("list", [], [Type("list", item=INT)], ["at"]).out
        params, _ = carried(op)
        self.kept = []
        for k in self._needed():
            p = params[k]
            if p in missing:
                raise UnsupportedError(
                    f"snapshots= of a loop before which {p.name or 'a name'!r} is not assigned",
                    op.span,
                    "assign it before the loop",
                )
            copied = p.type.kind == "list" or not sharing.never_written(p)
            name = f"{p.name}_saved" if p.name else "saved"
            stack = self.before.append("list", [], [Type("list", item=p.type)], [name]).out
            self.kept.append(_Kept(k, p, copied, stack))

    def _builder(self, reverse: bool) -> Builder:
        b = Builder(Block(), reverse=reverse)
        b.span = self.op.span
        return b

    def _needed(self) -> list[int]:
        """Return which carried variables the sweep reads, and what these are computed from."""
        params, body = carried(self.op)[0], self.op.blocks[0]
        places = {p: k for k, p in enumerate(params)}
        made = {v: op for op in body.ops for v in op.outputs}
        swept = self.mirror.blocks[0]
        work, seen = [*uses(swept)], set[Value]()
        while work:
            v = work.pop()
            if v in seen:
                continue
            seen.add(v)
            if v in places:
                work += [end.results[places[v]] for end in ends(body)]
            elif v in made:
                work += uses(Block(ops=[made[v]]))
        return sorted(places[v] for v in seen if v in places)

    def insert(self) -> None:
        """Insert all operations."""
        again = self._again()
        stacks = self._keep()
        at = next(k for k, op in enumerate(self.block.ops) if op is self.op)
        self.block.ops[at:at] = self.before.block.ops
        self._find(again, stacks)

    # --- forward --------------------------------------------------------------------------

    def _keep(self) -> list[Value]:
        """Let the loop keep the states from which the sweep sets out; return the lists after it."""
        part, body = self.op.blocks[0].params[0], self.op.blocks[0]
        starts = [self.at, *(kept.stack for kept in self.kept), Const(0)]
        params = [Value(v.type, v.name, self.op.span) for v in starts]
        params[-1].type, params[-1].name = INT, "keep"
        b = self._builder(False)
        due = b.emit("eq", [part, params[-1]])
        then = self._builder(False)
        grown = [then.append("append", [params[0], part], [params[0].type], ["at"]).out]
        for kept, p in zip(self.kept, params[1:], strict=False):
            item = then.copy(kept.param) if kept.copied else kept.param
            grown.append(then.append("append", [p, item], [p.type], [p.name]).out)
        left = then.emit("sub", [self.parts, part])
        then.block.results = [*grown, then.emit("add", [part, self._stride(then, left, grown[0])])]
        sides = [then.block, Block(results=list(params))]
        types, names = [p.type for p in params], [p.name for p in params]
        outs = b.append("if", [due], types, names, blocks=sides).outputs
        body.ops[:0] = b.block.ops
        _carry(self.op, starts, params, outs)
        return self.op.outputs[-len(starts) : -1]

    def _stride(self, b: Builder, left: Value, at: Value) -> Value:
        """Return how many parts to go until a state is kept again."""
        free = b.emit("sub", [self.count, b.emit("len", [at])])
        return b.emit("stride", [left, free])

    # --- reverse --------------------------------------------------------------------------

    def _again(self) -> Op:
        """Return the loop as it is done again, of which only the kept variables matter."""
        again = copy_op(self.op, {})
        again.attrs.pop(ATTRIBUTE)
        places = [kept.place for kept in self.kept]
        body = again.blocks[0]
        for end in ends(body):
            end.results = [end.results[k] for k in places]
        body.params = [body.params[0], *(body.params[1 + k] for k in places)]
        again.outputs = [again.outputs[k] for k in places]
        for op in walk(Block(ops=[again])):
            op.again, op.region = True, None
        return again

    def _find(self, again: Op, stacks: list[Value]) -> None:
        """Let the mirrored loop go forward to each part, and take its state."""
        block = self.mirror.blocks[0]
        params = [Value(v.type, v.name, self.op.span) for v in stacks]
        b = self._builder(True)
        found = self._forward(b, again, block.params[0], params)
        rest = []
        mapping: dict[Value, Value] = {}
        for k, stack in enumerate(found):
            assert stack.type.item is not None
            types = [stack.type.item, stack.type]
            name = self.kept[k - 1].param.name if k else ""
            op = b.append("pop", [stack], types, [name, stack.name])
            rest.append(op.outputs[1])
            if k:
                kept = self.kept[k - 1]
                op.outputs[0].user = kept.param.user
                op.attrs |= {"own": True} if kept.copied and stack.type.item.kind != "list" else {}
                mapping[kept.param] = op.outputs[0]
        replace_uses(block, mapping)
        block.ops[:0] = b.block.ops
        _carry(self.mirror, stacks, params, rest)

    def _forward(self, b: Builder, again: Op, part: Value, params: list[Value]) -> list[Value]:
        """Emit the loop that goes on until the state at a part is the last that was kept."""
        test, body = self._builder(True), self._builder(True)
        twins = [[Value(p.type, p.name, p.span) for p in params] for _ in range(2)]
        test.block.params, body.block.params = twins
        last = test.emit("load", [twins[0][0], Const(-1)], index="i")
        test.block.results = [test.emit("lt", [last, part])]
        begin = body.emit("load", [twins[1][0], Const(-1)], "begin", index="i")
        left = body.emit("add", [body.emit("sub", [part, begin]), Const(1)])
        end = body.emit("add", [begin, self._stride(body, left, twins[1][0])], "end")
        states = []
        for kept, stack in zip(self.kept, twins[1][1:], strict=True):
            item = body.emit("load", [stack, Const(-1)], kept.param.name, index="i")
            states.append(body.copy(item, kept.param.name) if kept.copied else item)
        again.inputs = [begin, end, Const(1), *states]
        body.block.ops.append(again)
        for stack, v in zip(twins[1], [end, *again.outputs], strict=True):
            grown = body.append("append", [stack, v], [stack.type], [stack.name]).out
            body.block.results.append(grown)
        body.block.end = "continue"
        types, names = [p.type for p in params], [p.name for p in params]
        blocks = [test.block, body.block]
        return b.append("while", params, types, names, blocks=blocks).outputs


def _carry(op: Op, starts: list[Value], params: list[Value], results: list[Value]) -> None:
    """Let a loop carry more values."""
    op.inputs += starts
    op.blocks[0].params += params
    for end in ends(op.blocks[0]):
        end.results += results
    for p in params:
        out = Value(p.type, p.name, op.span)
        out.op = op
        op.outputs.append(out)
