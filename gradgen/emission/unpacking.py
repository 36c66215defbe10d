"""``a, b, c = p``: a test of how many items there are, and the reads of each, in one line."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gradgen.ir.nodes import Block, Const, Op, Value

if TYPE_CHECKING:
    from gradgen.emission.writer import Writer


def unpackings(block: Block, folded: set[Value], read: dict[Value, int]) -> dict[Op, list[Op]]:
    """Return the tests of counts that an unpacking does as well, each with what it stands for.

    These are the reads of items and, where nothing else reads that, the length that is tested.
    Python raises the same error in the unpacking.
    """
    out: dict[Op, list[Op]] = {}
    for k, op in enumerate(block.ops):
        length = _length(op)
        if length is None:
            continue
        reads = _reads(block.ops[k + 1 :], length.inputs[0], op.attrs["unpacks"])
        if reads and not any(item.out in folded for item in reads):
            out[op] = [*reads, length] if read[length.out] == 2 else reads
    return out


def unpacking_of(op: Op, parts: list[Op], writer: Writer) -> list[ast.stmt]:
    """Return ``a, b, _ = p`` for a test of how many items there are, and the reads of these."""
    names = {_place(item, item.inputs[0]): writer.names.get(item.out, "") for item in parts}
    count = op.attrs["unpacks"]
    targets: list[ast.expr] = [ast.Name(names.get(k, "_"), ast.Store()) for k in range(count)]
    return [ast.Assign([ast.Tuple(targets, ast.Store())], writer.expr(parts[0].inputs[0]))]


def _length(op: Op) -> Op | None:
    """Return the length of an array that an operation tests to be a certain one."""
    test = op.inputs[0].op if op.prim == "raise_if" and "unpacks" in op.attrs else None
    length = test.inputs[0].op if test is not None and test.prim == "ne" else None
    return length if length is not None and length.prim == "len" else None


def _reads(ops: list[Op], tested: Value, count: int) -> list[Op]:
    """Return the reads of items that follow, from the first item on."""
    out: list[Op] = []
    last = -1
    for op in ops:
        place = _place(op, tested)
        if not last < place < count:
            break
        out.append(op)
        last = place
    return out


def _place(op: Op, tested: Value) -> int:
    """Return which item of an array an operation reads, -1 for none that is known."""
    if op.prim != "load" or op.inputs[0] is not tested or op.attrs["index"] != "i":
        return -1
    place = op.inputs[1]
    return place.const if isinstance(place, Const) else -1
