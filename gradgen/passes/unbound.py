"""Guards of variables that may not be assigned: kept where the text would not raise by itself.

A guard tests a variable for None, and raises as Python does for a name that stands for nothing.
What reads the variable behind it raises just so, if it is printed there in any case; then the guard
goes.  Where one stays, the variable starts from None.
"""

from __future__ import annotations

from gradgen.diff.missing import missing_values
from gradgen.diff.unassigned import carrying_none, start_from_none
from gradgen.ir.nodes import Block, Function, Op, Value, blocks_of, walk
from gradgen.passes.dce import EFFECTS


def drop_sure(function: Function, generated: bool = False) -> None:
    """Remove the guards of variables that every path assigns, and the second of two in a row.

    ``generated`` text reads nothing that is not assigned: where the user's would, it raises itself.
    """
    missing = missing_values(function.body, placed=False)
    work: list[tuple[Block, set[Value]]] = [(function.body, set())]
    while work:
        block, tested = work.pop()
        gone: set[Op] = set()
        for op in block.ops:
            v = _guarded(op)
            if v is not None and (generated or v in tested or v not in missing):
                gone.add(op)
            elif v is not None:
                tested.add(v)
            work += [(inner, set(tested)) for inner in op.blocks]
        _remove(block, gone)


def settle_guards(function: Function, native: bool = False) -> None:
    """Keep the guards that the text needs, and let their variables start from None.

    ``native``: compiled code, in which a variable cannot be None at one time and a number at
    another, has none but those that the saves of the sweep need.
    """
    missing = missing_values(function.body, placed=False)
    guards = [(b, op, v) for b in blocks_of(function.body) for op in b.ops if (v := _guarded(op))]
    if not guards:
        return
    reader = _Reads(function.body)
    needed = [v for block, op, v in guards if not native and not reader.at_once(v, block, op)]
    start_from_none(function.body, needed, missing)
    kept = carrying_none(function.body)
    gone = {op for _, op, v in guards if v not in kept}
    for block in {b: None for b, op, _ in guards if op in gone}:
        _remove(block, gone)


def _guarded(op: Op) -> Value | None:
    """Return the variable that an operation is the guard of."""
    if op.prim != "raise_if" or "guards" not in op.attrs:
        return None
    test = op.inputs[0].op
    return test.inputs[0] if test is not None else None


def _remove(block: Block, gone: set[Op]) -> None:
    """Remove guards of a block, and the tests that nothing else reads."""
    if not gone:
        return
    tests = {op.inputs[0].op for op in gone}
    block.ops = [op for op in block.ops if op not in gone]
    read = {v.op for op in block.ops for v in op.inputs}
    block.ops = [op for op in block.ops if op not in tests or op in read]


class _Reads:
    """Which operations are printed in the block in which they stand, whatever the path."""

    def __init__(self, body: Block) -> None:
        self.body = body
        self.readers: dict[Value, list[Op]] = {}
        self.home: dict[Op, Block] = {}
        for block in blocks_of(body):
            for op in block.ops:
                self.home[op] = block
        for op in walk(body):
            for v in _read_by(op):
                self.readers.setdefault(v, []).append(op)

    def at_once(self, v: Value, block: Block, guard: Op) -> bool:
        """Whether the variable is read behind its guard, before anything else can be seen."""
        for op in block.ops[block.ops.index(guard) + 1 :]:
            if op.derived:
                break
            if v in _read_by(op) and op.prim != "is" and self._printed_in(op, block):
                return True
            if op.prim in EFFECTS and _guarded(op) is None:
                break
        return block is self.body and v in block.results

    def _printed_in(self, op: Op, block: Block) -> bool:
        if len(op.outputs) != 1 or op.blocks:
            return True
        if op.out in block.results:
            return True
        users = self.readers.get(op.out, ())
        return any(self.home[u] is block and self._printed_in(u, block) for u in users)


def _read_by(op: Op) -> list[Value]:
    """Return what an operation reads before its blocks."""
    return op.inputs[: {"for": 3, "while": 0}.get(op.prim)]
