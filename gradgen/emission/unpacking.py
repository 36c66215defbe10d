"""``a, b, c = p``: a test of how many items there are, and the reads of each, in one line.

So are the lengths of an array, and the arrays of places, one for each axis, that ``np.nonzero`` and
the like give at once.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gradgen.ir.nodes import Block, Const, Op, Value, same_value

if TYPE_CHECKING:
    from gradgen.emission.writer import Writer

PLACES = ("nonzero", "tril_indices", "triu_indices")
EACH_AXIS = (*PLACES, "dim")  # of which one call, or attribute, gives all


def unpackings(
    block: Block, folded: set[Value], read: dict[Value, int], native: bool
) -> dict[Op, list[Op]]:
    """Return the tests of counts that an unpacking does as well, each with what it stands for.

    These are the reads of items and, where nothing else reads them, the length that is tested and
    the row that is unpacked.  Python raises the same error in the unpacking.
    """
    out: dict[Op, list[Op]] = {}
    for k, op in enumerate(block.ops):
        length = _length(op)
        reads = [] if length is None else _reads(block.ops[k + 1 :], length, op.attrs["unpacks"])
        if length is None or not reads or any(item.out in folded for item in reads):
            continue
        spare = [length] if read[length.out] == 2 and length.out not in folded else []
        row = reads[0].inputs[0].op
        before = block.ops[:k][::-1]
        alone = row is not None and len(row.outputs) == 1 and read[row.out] == len(reads)
        if row is not None and alone and _is_just_before(row, before):
            spare.append(row)
        out[op] = [*reads, *spare]
    out.update(_of_rows(block, folded, read))
    if not native:  # what is compiled has each length by its axis, from which indices are proved
        out.update(_of_axes(block, folded))
    return out


def _of_axes(block: Block, folded: set[Value]) -> dict[Op, list[Op]]:
    """Return the first of what one call or ``x.shape`` gives for each axis, with all of them."""
    out: dict[Op, list[Op]] = {}
    for k, op in enumerate(block.ops):
        if op.prim not in EACH_AXIS or op.attrs.get("axis", 0):
            continue
        count = op.inputs[0].type.rank if op.prim in ("nonzero", "dim") else 2
        if not count or count < 2:
            continue
        parts = block.ops[k : k + count]
        alike = all(_is_axis(part, j, op) for j, part in enumerate(parts))
        if alike and len(parts) == count and not any(part.out in folded for part in parts):
            out[op] = parts
    return out


def _is_axis(op: Op, axis: int, first: Op) -> bool:
    if op.prim != first.prim or op.attrs.get("axis", 0) != axis:
        return False
    if op.prim == "dim" and not (op.out.user and op.span == first.span):
        return False  # the user asked for one after the other
    return len(op.inputs) == len(first.inputs) and all(
        same_value(a, b) for a, b in zip(op.inputs, first.inputs, strict=True)
    )


def _of_rows(block: Block, folded: set[Value], read: dict[Value, int]) -> dict[Op, list[Op]]:
    """Return the first reads of items of each row of an argument, a tuple, with what they are."""
    out: dict[Op, list[Op]] = {}
    first: Op | None = None
    for op in block.ops:
        if not _is_item_of_tuple(op) or not op.out.user or op.out in folded:
            first = None
        elif first is not None and _follows(op, out[first][-1]):
            out[first].append(op)
        else:
            first = op
            out[first] = [op]
    out = {op: reads for op, reads in out.items() if len(reads) > 1}
    for first, reads in out.items():
        row = first.inputs[0].op
        just_before = block.ops[max(block.ops.index(first) - 1, 0)]
        if row is just_before and row.prim == "load" and read[row.out] == len(reads):
            reads.append(row)
    return out


def _follows(op: Op, last: Op) -> bool:
    """Whether an operation reads a later item of the same row."""
    return _place(op, last.inputs[0]) > _place(last, last.inputs[0])


def _is_item_of_tuple(op: Op) -> bool:
    """Whether an operation reads an item of a tuple that is a row of an argument."""
    return op.prim == "field" and "width" in op.attrs


def unpacking_of(op: Op, parts: list[Op], writer: Writer) -> list[ast.stmt]:
    """Return ``a, b, _ = p`` for a test of how many items there are, and the reads of these."""
    if op.prim in EACH_AXIS:
        each: list[ast.expr] = [ast.Name(writer.names[p.out], ast.Store()) for p in parts]
        call = writer.made(op)
        assert isinstance(call, ast.Subscript)
        return [ast.Assign([ast.Tuple(each, ast.Store())], call.value)]
    source = parts[0].inputs[0]
    names = {_place(item, source): writer.names.get(item.out, "") for item in parts}
    count = op.attrs["width"] if op.prim == "field" else op.attrs["unpacks"]
    targets: list[ast.expr] = [ast.Name(names.get(k, "_"), ast.Store()) for k in range(count)]
    row = source.op
    value = writer.made(row) if row is not None and row in parts else writer.expr(source)
    return [ast.Assign([ast.Tuple(targets, ast.Store())], value)]


def _length(op: Op) -> Op | None:
    """Return the length of an array that an operation tests to be a certain one."""
    test = op.inputs[0].op if op.prim == "raise_if" and "unpacks" in op.attrs else None
    length = test.inputs[0].op if test is not None and test.prim == "ne" else None
    return length if length is not None and length.prim in ("len", "dim") else None


def _reads(ops: list[Op], length: Op, count: int) -> list[Op]:
    """Return the reads of items that follow, from the first item on."""
    out: list[Op] = []
    last = -1
    for op in ops:
        source = out[0].inputs[0] if out else op.inputs[0] if op.inputs else None
        if source is None or not (out or _has_length(source, length)):
            break
        place = _place(op, source)
        if not last < place < count:
            break
        out.append(op)
        last = place
    return out


def _has_length(v: Value, length: Op) -> bool:
    """Whether a length is that of an array, or of the array that it is a row of."""
    if length.prim == "len" or not length.attrs.get("axis"):
        return v is length.inputs[0]
    row = v.op
    if row is None or row.prim != "load" or row.attrs["index"] != "i" * length.attrs["axis"]:
        return False
    return row.inputs[0] is length.inputs[0]


def _is_just_before(row: Op, before: list[Op]) -> bool:
    """Whether a row is read just before the test: nothing has written to it since."""
    for op in before:
        if op is row:
            return op.prim == "load"
        if op.prim not in ("load", "len", "dim", "ne"):
            return False
    return False


def _place(op: Op, tested: Value) -> int:
    """Return which item of an array an operation reads, -1 for none that is known."""
    if _is_item_of_tuple(op) and op.inputs[0] is tested:
        return int(op.attrs["key"][1])
    if op.prim != "load" or op.inputs[0] is not tested or op.attrs["index"] != "i":
        return -1
    place = op.inputs[1]
    return place.const if isinstance(place, Const) else -1
