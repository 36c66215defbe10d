"""Lists inside lists that grow where they stand: ``groups[k].append(v)`` copies no row.

As it is read, what grows is a new row, which a store puts back in the place that it was read from.
Where nothing else has the row, it may grow as it is.  `grow_in_rows` then says all three in one
operation, whose last input is the place (``in_row``).
"""

from __future__ import annotations

from gradgen.ir.nodes import GROWS, Block, Function, Op, Value, blocks_of, same_value, uses


def row_of(store: Op) -> Op | None:
    """Return what made the row that a store puts back where it was read; None for any other."""
    if store.prim != "store" or store.out.type.kind != "list" or store.attrs.get("path"):
        return None
    if store.attrs.get("placed"):
        return None  # read once more, it would be taken for one list among others
    grown = store.inputs[1].op
    if grown is None or grown.prim not in GROWS or grown.outputs[-1] is not store.inputs[1]:
        return None
    row = grown.inputs[0].op
    if row is None or row.prim != "load" or row.attrs["index"] != "i":
        return None
    same = row.inputs[0] is store.inputs[0] and equal(row.inputs[1], store.inputs[2])
    return grown if same else None


def equal(a: Value, b: Value) -> bool:
    """Whether two values are the same place: one value, one number, or the same sum of such."""
    if same_value(a, b):
        return True
    if a.op is None or b.op is None or a.op.prim != b.op.prim or a.op.prim not in ("add", "sub"):
        return False
    return all(equal(u, v) for u, v in zip(a.op.inputs, b.op.inputs, strict=True))


def grow_in_rows(function: Function) -> None:
    """Let rows grow where they stand, which needed no copy."""
    count = uses(function.body)
    for block in blocks_of(function.body):
        here = set(map(id, block.ops))
        for store in [op for op in block.ops if _is_one(op, count, here)]:
            _join(store, block)


def _is_one(store: Op, count: dict[Value, int], here: set[int]) -> bool:
    """Whether all three stand in one block, and nothing else reads the row."""
    grown = row_of(store)
    row = grown.inputs[0].op if grown is not None else None
    if row is None or not {id(grown), id(row)} <= here:
        return False
    return count[row.out] == count[store.inputs[1]] == 1


def _join(store: Op, block: Block) -> None:
    grown = store.inputs[1].op
    assert grown is not None and grown.inputs[0].op is not None
    row = grown.inputs[0].op
    grown.inputs = [row.inputs[0], *grown.inputs[1:], row.inputs[1]]
    grown.attrs = {**grown.attrs, "in_row": True}
    grown.outputs = [*grown.outputs[:-1], store.out]
    store.out.op = grown
    block.ops = [op for op in block.ops if op is not store and op is not row]
