"""What costs, and is the same in every turn of a loop, is computed before the loop, once.

An exponential of an entry that an inner loop takes from an array that the outer one leaves alone
is one of as many as the inner loops have turns: these go into an array of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradgen.diff.rows import Row
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value, known_turns, made_in, walk
from gradgen.ir.types import array
from gradgen.ir.words import noun
from gradgen.passes.dce import EFFECTS
from gradgen.rules.registry import RULES
from gradgen.rules.shapes_of import length_of

COSTLY = 3
Path = list[tuple[Op, Block]]


def compute_ahead(function: Function) -> None:
    """Move what costs out of the outermost loops, in place."""
    for loop in [op for op in function.body.ops if op.prim == "for" and not op.reverse]:
        if not _goes_through(loop) or any(op.prim in EFFECTS for op in walk(loop.blocks[0])):
            continue
        inside = made_in(loop.blocks[0])
        for path in list(_paths(loop.blocks[0], [], inside)):
            _Ahead(function.body, loop, path, inside).run()


def _goes_through(loop: Op) -> bool:
    """Whether a loop takes all its turns to the end, of which there are some if they are known."""
    turns = known_turns(loop)
    if not isinstance(loop.inputs[2], Const) or (turns is not None and not turns):
        return False
    return loop.blocks[-1].end == "continue" and not loop.attrs.get("breaks")


def _paths(block: Block, above: Path, inside: set[Value]) -> Iterator[Path]:
    """Yield the ways to loops in loops that go round as often in each turn of the outermost one."""
    for op in block.ops:
        if op.prim != "for" or op.derived or not _goes_through(op):
            continue
        if not inside.intersection(op.inputs[:3]) and Row(op, op.blocks[0]).possible:
            path = [*above, (op, op.blocks[0])]
            yield path
            yield from _paths(op.blocks[0], path, inside)


class _Ahead:
    """Computes ahead what the innermost loop of a path needs in every turn of an outer loop."""

    def __init__(self, top: Block, loop: Op, path: Path, inside: set[Value]) -> None:
        self.top, self.loop, self.path, self.inside = top, loop, path, inside
        self.indices = [block.params[0] for _, block in path]
        self.known = {op.out: op for _, block in path for op in block.ops if len(op.outputs) == 1}

    def run(self) -> None:
        """Give each costly operation that can be done before a place in an array."""
        block = self.path[-1][1]
        for op in list(block.ops):
            rule = RULES.get(op.prim)
            costly = rule is not None and rule.elementwise and rule.cost >= COSTLY
            if not costly or op.derived or len(op.outputs) != 1 or not op.out.type.is_scalar:
                continue
            needed = self._needed(op)
            if needed is not None and op.out.type.dtype == "float64":
                self._move(op, needed)

    def _needed(self, op: Op) -> list[Op] | None:
        """Return the operations that lead to one, in order; None where a turn has its part in it.

        The innermost loop's index is among what they read.
        """
        found: dict[Op, None] = {}
        reads: set[Value] = set()

        def collect(op: Op) -> bool:
            for v in op.inputs:
                reads.add(v)
                if isinstance(v, Const) or v not in self.inside or v in self.indices:
                    continue
                made = self.known.get(v)
                if made is None or not _is_cheap(made) or not collect(made):
                    return False
            found[op] = None
            return True

        return list(found) if collect(op) and self.indices[-1] in reads else None

    def _move(self, op: Op, needed: list[Op]) -> None:
        """Compute all that an operation gives in an array before the loop; read it there."""
        b = Builder(Block())
        b.span = op.span
        rows = [Row(*step) for step in self.path]
        extents = [row.extent(b) for row in rows]
        type_ = array("float64", tuple(map(length_of, extents)))
        empty = b.append("empty", extents, [type_], [f"{op.out.name or noun(op.out)}_all"]).out
        full = self._where_needed(b, empty, op, needed)
        at = self.top.ops.index(self.loop)
        self.top.ops[at:at] = b.block.ops
        reads = Builder(Block())
        places = [row.place(reads) for row in rows]
        own = self.path[-1][1].ops
        own[own.index(op) : own.index(op)] = reads.block.ops
        op.prim, op.inputs, op.attrs = "load", [full, *places], {"index": "i" * len(places)}

    def _where_needed(self, b: Builder, empty: Value, op: Op, needed: list[Op]) -> Value:
        """Emit what fills an array, for the case that the outer loop has a turn; return it full."""
        start, stop, step = self.loop.inputs[:3]
        if all(isinstance(v, Const) for v in (start, stop, step)):
            return self._nest(b, empty, 0, {}, op, needed)
        down = isinstance(step, Const) and step.const < 0
        some = b.emit("lt" if down else "gt", [stop, start])
        sides = [Block([], [], "yield", [empty]) for _ in range(2)]
        with b.into(sides[0]):
            sides[0].results = [self._nest(b, empty, 0, {}, op, needed)]
        return b.append("if", [some], [empty.type], [empty.name], blocks=sides).out

    def _nest(
        self, b: Builder, v: Value, k: int, values: dict[Value, Value], op: Op, needed: list[Op]
    ) -> Value:
        """Emit the loops from one of the path on, that fill an array; return it when it is full."""
        if k == len(self.path):
            for one in needed:
                inputs = [values.get(u, u) for u in one.inputs]
                types, names = [one.out.type], [one.out.name]
                made = b.append(one.prim, inputs, types, names, one.span, one.attrs)
                values[one.out] = made.out
            rows = [Row(*step) for step in self.path]
            places = [row.place(b, values[row.block.params[0]]) for row in rows]
            stored = [v, values[op.out], *places]
            return b.emit("store", stored, v.name, index="i" * len(places))
        loop, block = self.path[k]
        index = block.params[0]
        turn, old = Value(index.type, index.name, index.span), Value(v.type, v.name)
        turn.user = index.user
        body = Block([turn, old], [], "continue", [])
        with b.into(body):
            body.results = [self._nest(b, old, k + 1, {**values, index: turn}, op, needed)]
        made = b.append("for", [*loop.inputs[:3], v], [v.type], [v.name], loop.span, {}, [body])
        return made.out


def _is_cheap(op: Op) -> bool:
    """Whether an operation on the way is a read, or arithmetic of numbers."""
    rule = RULES.get(op.prim)
    plain = rule is not None and (rule.elementwise or op.prim == "load") and not op.blocks
    return plain and op.out.type.is_scalar and not op.derived
