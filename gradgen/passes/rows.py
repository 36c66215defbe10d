"""Stores into lists inside lists: ``t[i][j] = v`` writes one place, not a row that is put back.

As it is read, a store into a row makes a new row, and a store of that row makes a new list.  Where
nothing else has the new row, both are one store on the way ``[i]`` (see ``rules.indexing``): its
adjoint is then one number, and the text is the user's.  `take_apart` undoes that where one row
may stand in a list twice.
"""

from __future__ import annotations

from gradgen.diff.nested import WAY
from gradgen.ir.nodes import WRITES, Block, Function, Op, Value, blocks_of, uses
from gradgen.passes.memory import REPEATED, Memory
from gradgen.passes.row_growth import equal


def store_through_rows(function: Function) -> None:
    """Join stores into rows with the stores of the rows."""
    count = uses(function.body)
    for block in blocks_of(function.body):
        here = set(map(id, block.ops))
        for op in block.ops:
            while (row := _new_row(op, count)) is not None and id(row) in here:
                _join(op, row)


def _new_row(op: Op, count: dict[Value, int]) -> Op | None:
    """Return the store that made the row which a store puts back, None for any other store."""
    if op.prim != "store" or op.out.type.kind != "list" or op.out.type != op.inputs[0].type:
        return None
    made = op.inputs[1].op
    if made is None or made.prim not in ("store", "inc") or count[made.out] != 1:
        return None
    row = made.inputs[0].op
    if made.out.type.kind != "list" or row is None or row.prim != "load":
        return None
    place = op.inputs[2 : 3 + len(op.attrs.get("path", ()))]
    return made if _same(row, op.inputs[0], place) else None


def _same(row: Op, base: Value, place: list[Value]) -> bool:
    """Whether a row is what stands at a place."""
    if row.attrs["index"] != "i" or not equal(row.inputs[1], place[-1]):
        return False
    if len(place) == 1:
        return row.inputs[0] is base
    above = row.inputs[0].op
    return above is not None and above.prim == "load" and _same(above, base, place[:-1])


def _join(op: Op, made: Op) -> None:
    op.prim = made.prim
    path = (*op.attrs.get("path", ()), WAY, *made.attrs.get("path", ()))
    op.inputs = [op.inputs[0], made.inputs[1], *op.inputs[2:], *made.inputs[2:]]
    op.attrs = {**made.attrs, "path": path}


def into_rows(op: Op) -> int:
    """Return how many lists deep below its own an operation writes."""
    on_list = op.prim in WRITES and op.inputs[0].type.kind == "list"
    return len(op.attrs.get("path", ())) if on_list else 0


def take_apart(function: Function) -> None:
    """Write whole rows into lists in which one row may stand twice."""
    if not any(into_rows(op) for b in blocks_of(function.body) for op in b.ops):
        return
    memory = Memory()
    for op in function.body.ops:
        memory.find(op)
    for block in blocks_of(function.body):
        for op in list(block.ops):
            if into_rows(op) and REPEATED in memory.of(op.inputs[0]):
                _apart(op, block)


def _apart(op: Op, block: Block) -> None:
    """Read the rows, write into the last, and put them back."""
    base, value, *places = op.inputs
    at, rows = block.ops.index(op), [base]
    made: list[Op] = []
    for k in places[: into_rows(op)]:
        made.append(_op("load", [rows[-1], k], rows[-1].type.item or rows[-1].type, op))
        rows.append(made[-1].out)
    inner = {key: v for key, v in op.attrs.items() if key != "path"}
    made.append(_op(op.prim, [rows[-1], value, places[-1]], rows[-1].type, op, inner))
    for row, k in reversed(list(zip(rows[1:-1], places[1 : into_rows(op)], strict=True))):
        made.append(_op("store", [row, made[-1].out, k], row.type, op))
    op.prim, op.inputs, op.attrs = "store", [base, made[-1].out, places[0]], {"index": "i"}
    block.ops[at:at] = made


def _op(
    prim: str, inputs: list[Value], kind: object, near: Op, attrs: dict[str, object] | None = None
) -> Op:
    out = Value(kind, "", near.span)  # type: ignore[arg-type]
    op = Op(prim, inputs, [out], attrs or {"index": "i"}, near.span, [], near.reverse)
    op.tangent, op.region, op.again = near.tangent, near.region, near.again
    out.op = op
    return op
