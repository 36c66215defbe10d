"""Which operations are printed inside the expression that uses them.

An operation without a name of the user's and with a single reader becomes part of that reader's
expression, if nothing it reads is written to in between.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.emission.in_order import keep_order
from gradgen.ir.nodes import (
    GROWS,
    SUBSCRIPTS,
    WRITES,
    Block,
    Const,
    Function,
    Op,
    Undefined,
    Value,
    blocks_of,
    subscripts,
    uses,
    walk,
    written_inputs,
)
from gradgen.passes.sharing import Sharing

LIMIT = 9
FEW = 3  # how often a number beside another one is written out, rather than named
ALWAYS = ("captured", "places")
LENGTHS = ("len", "dim", "size", "ndim")
NEVER = (
    "push",
    "take",
    "leaf",
    "draw",
    "generator",
    "legacy_generator",
    "python_generator",
    "list",
    "empty",
    "zeros_as",
    "zeros_list",
    "for",
    "while",
    *WRITES,
    *GROWS,
)


def fold(function: Function) -> set[Value]:
    """Return the values that are printed inside expressions."""
    return _Folder(function).run()


class _Folder:
    def __init__(self, function: Function) -> None:
        self.function = function
        self.count = uses(function.body)
        self.sharing = Sharing(function)
        self.folded: set[Value] = set()
        self.size: dict[Value, int] = {}
        self.writes = any(map(_may_write, walk(function.body)))
        self.indices = {op.blocks[0].params[0] for op in walk(function.body) if op.prim == "for"}
        self.loose = _handed_on(function.body)
        self.subscripts: dict[Value, int] = {}
        for op in walk(function.body):
            for v in subscripts(op) if op.prim in SUBSCRIPTS else ():
                self.subscripts[v] = self.subscripts.get(v, 0) + 1

    def run(self) -> set[Value]:
        for block in _inner_first(self.function.body):
            self._block(block)
        keep_order(self.function.body, self.folded)
        return self.folded

    def _block(self, block: Block) -> None:
        readers: dict[Value, int] = {}
        for k, op in enumerate(block.ops):
            for v in op.inputs:
                readers[v] = k
        for v in block.results:
            readers[v] = len(block.ops)
        loops = {k for k, op in enumerate(block.ops) if op.prim == "while"}
        for k, op in enumerate(block.ops):
            if len(op.outputs) != 1:
                continue
            v = op.out
            at = readers.get(v)
            if (
                op.prim in ALWAYS
                or self._is_length(op)
                or self._is_neighbour(op)
                or (at is not None and at not in loops and self._may_fold(op, block, k, at))
            ):
                self._fold(v, op)

    def _is_length(self, op: Op) -> bool:
        if op.prim not in LENGTHS or op.out.user:
            return False
        source = op.inputs[0]
        if not self.sharing.never_written(source):
            return False
        if source.type.kind == "list" and self.writes:
            return False  # it may grow, in place
        return source.user or (source.op is not None and source.op.prim in ("leaf", "captured"))

    def _is_neighbour(self, op: Op) -> bool:
        """Whether this is one number beside another: ``R[i - 1, j]`` and ``1 - x`` read best."""
        if op.prim not in ("add", "sub") or op.out.user or not op.out.type.is_scalar:
            return False
        numbers = [v for v in op.inputs if isinstance(v, Const)]
        named = [v for v in op.inputs if v in self.indices or (v.user and v.type.is_scalar)]
        if len(numbers) != 1 or len(named) != 1 or op.out in self.loose:
            return False
        count = self.count.get(op.out, 0)
        return 0 < count <= FEW or count == self.subscripts.get(op.out)

    def _may_fold(self, op: Op, block: Block, k: int, at: int) -> bool:
        v = op.out
        reader = block.ops[at] if at < len(block.ops) else None
        if op.prim == "call" and (op.attrs.get("stacks") or _may_write(op)):
            return False
        if op.prim in NEVER and not _is_new_item(op, reader):
            return False
        if v.user or self.count.get(v) != 1 + _also_result(v, reader):
            return False
        if op.blocks and not is_expression(op, self.folded):
            return False
        if not self._undisturbed(op, block, k, at):
            return False
        if reader is not None and any(reader.inputs[k] is v for k in written_inputs(reader)):
            return False
        if reader is not None and reader.prim == "list_add":
            return False
        if reader is not None and reader.prim in ("for", "while") and v in reader.inputs[3:]:
            return not v.type.is_array
        if op.attrs.get("style") in ("and", "or"):
            return True
        limit = LIMIT if op.derived else 4 * LIMIT
        return self._total(op) < limit

    def _undisturbed(self, op: Op, block: Block, k: int, at: int) -> bool:
        """Whether nothing between definition and reader writes to what the expression reads."""
        if not self.writes:
            return True
        reads = self._reads(op)
        if all(self.sharing.never_written(r) and r.type.kind != "list" for r in reads):
            return True
        between = block.ops[k + 1 : at]
        return not any(_may_write(o) for o in between)

    def _reads(self, op: Op) -> list[Value]:
        """Return what an expression reads; a choice reads what its sides hand on."""
        out: list[Value] = []
        stack = [op]
        while stack:
            o = stack.pop()
            for v in (*o.inputs, *(v for b in o.blocks for v in b.results)):
                if v in self.folded and v.op is not None:
                    stack.append(v.op)
                else:
                    out.append(v)
            stack += [inner for b in o.blocks for inner in b.ops]
        return out

    def _fold(self, v: Value, op: Op) -> None:
        self.folded.add(v)
        self.size[v] = self._total(op)

    def _total(self, op: Op) -> int:
        inner = sum(self.size.get(o.out, 1) for b in op.blocks for o in b.ops)
        return 1 + inner + sum(self.size.get(v, 0) for v in op.inputs if not isinstance(v, Const))


def _handed_on(body: Block) -> set[Value]:
    """Return what loops, branches and blocks hand on, or write to: these are variables."""
    given = {v for block in blocks_of(body) for v in block.results}
    for op in walk(body):
        given.update(op.inputs if op.blocks else (op.inputs[k] for k in written_inputs(op)))
    return given


def is_expression(op: Op, folded: set[Value]) -> bool:
    """Whether an ``if`` is one value chosen between two expressions."""
    if op.prim != "if" or len(op.outputs) != 1:
        return False
    for b in op.blocks:
        if any(len(o.outputs) != 1 or o.out not in folded for o in b.ops):
            return False
        if isinstance(b.results[0], Undefined):
            return False
    return True


def _is_new_item(op: Op, reader: Op | None) -> bool:
    """Whether a list that is written out goes into another one, or is looked for there."""
    if op.prim != "list" or reader is None:
        return False
    return reader.prim == "list" or (
        reader.prim in ("append", "contains") and reader.inputs[1] is op.out
    )


def _also_result(v: Value, reader: Op | None) -> bool:
    """Whether the reader is ``v and ...`` or ``v or ...``, which give ``v`` itself on one side."""
    if reader is None or reader.attrs.get("style") not in ("and", "or"):
        return False
    return reader.inputs[0] is v and any(not b.ops and b.results[:1] == [v] for b in reader.blocks)


@deep
def _may_write(op: Op) -> bool:
    if op.prim == "call" and (op.attrs["callee"].written or written_inputs(op)):
        return True
    if op.prim in WRITES or op.prim in GROWS:
        return True
    return any(_may_write(o) for b in op.blocks for o in b.ops)


def _inner_first(block: Block) -> list[Block]:
    return list(blocks_of(block))[::-1]
