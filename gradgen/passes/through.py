"""What is added to parts of zeros, and these to a place of an array, is added there at once.

The adjoint of ``row = a[i]`` is an array of its own, ``d_row``, to which every read of a part of
``row`` adds, and which is added to ``d_a[i]`` in the end.  Where nothing else is done with it,
``d_a[i, k] += v`` says the same.
"""

from __future__ import annotations

from gradgen.ir.nodes import Block, Function, Op, Value, blocks_of, uses
from gradgen.passes.turns import ADDS, ZEROS


def add_through_zeros(function: Function) -> None:
    """Add parts of zeros where the zeros are added, in place."""
    count = uses(function.body)
    for block in blocks_of(function.body):
        # Those around others first; a place in zeros may be a place in other zeros.
        while _once(block, count):
            pass


def _once(block: Block, count: dict[Value, int]) -> bool:
    """Join what can be joined at once; tell whether there was anything."""
    place = {id(op): k for k, op in enumerate(block.ops)}
    done: set[int] = set()
    for op in reversed(block.ops):
        chain = [] if id(op) in done else _chain(op, place, count)
        if chain:
            done.update(id(last) for last, _ in chain)
            _join(block, chain, count)
    return bool(done)


def _adds_whole(op: Op) -> bool:
    """Whether an array is added to what stands at a place given by whole numbers."""
    if op.prim != "inc" or not op.reverse or op.attrs.get("path") or op.attrs["sign"] != "+":
        return False
    index, total, added = op.attrs["index"], op.inputs[0].type, op.inputs[1].type
    if set(index) != {"i"} or total.kind != "array" or not total.shape or not added.shape:
        return False
    return total.shape[len(index) :] == added.shape and total.dtype == added.dtype


Chain = list[tuple[Op, list[Op]]]


def _chain(op: Op | None, place: dict[int, int], count: dict[Value, int]) -> Chain:
    """Return additions to one array, the last first, each with what makes what it adds."""
    out: Chain = []
    while op is not None and id(op) in place and _adds_whole(op):
        parts = _parts(op.inputs[1], count)
        if parts is None or any(id(part) not in place for part in parts):
            break
        out.append((op, parts))
        before = op.inputs[0]
        op = before.op if count.get(before) == 1 else None
    return out


def _join(block: Block, chain: Chain, count: dict[Value, int]) -> None:
    """Let the parts of what a chain adds be added to its array, each where it was added."""
    first_use = count.get(chain[-1][0].inputs[0]) == 1
    _recount([op for last, made in chain for op in (last, *made)], -1, count)
    place = {id(op): k for k, op in enumerate(block.ops)}
    moved = sorted(((part, last) for last, (_, *parts) in chain for part in parts),
                   key=lambda pair: place[id(pair[0])])  # fmt: skip
    first, end = chain[-1][0], chain[0][0]
    total = first.inputs[0]
    needed = [total, *(v for last, _ in chain for v in last.inputs[2:])]
    start = place[id(moved[0][0])]
    there = first_use and all(v.op is None or place.get(id(v.op), -1) < start for v in needed)
    for part, last in moved:
        _move(part, last, total)
        total = part.out
    _recount([part for part, _ in moved], 1, count)
    end.outputs[0].op, moved[-1][0].outputs = moved[-1][0], end.outputs
    stays = {id(part) for part, _ in moved} if there else set()
    gone = {id(op) for last, parts in chain for op in (last, *parts)} - stays
    late = [] if there else [part for part, _ in moved]
    ops = [[] if id(op) in gone else [op] for op in block.ops]
    ops[place[id(end)]] = late
    block.ops = [op for some in ops for op in some]


def _recount(ops: list[Op], by: int, count: dict[Value, int]) -> None:
    """Keep the numbers of uses true: these operations read what they read once more, or less."""
    for v in (v for op in ops for v in op.inputs):
        count[v] = count.get(v, 0) + by


def _parts(v: Value, count: dict[Value, int]) -> list[Op] | None:
    """Return the operations that made zeros and added to parts of them, with nothing in between."""
    out: list[Op] = []
    while v.op is not None and v.op.prim in ADDS and v.op.reverse and count.get(v) == 1:
        if v.op.attrs.get("path") or v.type.kind != "array":
            return None
        out.append(v.op)
        v = v.op.inputs[0]
    made = v.op is not None and v.op.prim in ZEROS and v.op.reverse and count.get(v) == 1
    return [v.op, *reversed(out)] if made and v.op is not None and out else None


def _move(op: Op, last: Op, total: Value) -> None:
    """Let an operation add to a part of what stands at a place of the total."""
    place, index = last.inputs[2:], last.attrs["index"]
    value, *operands = op.inputs[1:]
    op.inputs = [total, value, *place, *operands]
    op.outputs[0].type, op.outputs[0].name = total.type, total.name
    if set(op.attrs["index"]) <= set("i:s"):
        op.attrs = {**op.attrs, "index": index + op.attrs["index"]}
    else:  # lists of places stand in a subscript of their own
        way = (("load", len(place), {"index": index}),)
        op.attrs = {"path": way, **op.attrs}
