"""Regions that the reverse sweep runs again: their operations, copied to where it reads of them.

The operations of a region, a part of a loop or a marked function, are repeated in the sweep right
before the first operation that belongs to them, and the sweep reads the copies.  What the copies
read in turn, the state before the region, is what ``diff.saves`` then has to make available.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradgen.deep import deep
from gradgen.errors import UnsupportedError
from gradgen.ir.nodes import (
    Block,
    Const,
    Function,
    Op,
    Region,
    Undefined,
    Value,
    walk,
    written_inputs,
)

DONE_ONCE = ("assert", "raise_if", "effect")  # passed, or printed, when the loop ran first
Placed = tuple[Block, Op]


def run_again(function: Function) -> dict[Block, list[Op]]:
    """Insert what the sweep runs again, in place.

    Returns
    -------
    dict
        The blocks of the sweep in which operations are run again, those around others first, with
        all these operations.
    """
    out: dict[Block, list[Op]] = {}
    _regions([(function.body, op) for op in function.body.ops], out)
    return out


def _regions(ops: list[Placed], out: dict[Block, list[Op]]) -> None:
    """Run the regions again that are in operations, outermost first."""
    forward: dict[Region, list[Placed]] = {}
    reverse: dict[Region, list[Placed]] = {}
    for block, op, region in _in_regions(ops):
        (reverse if op.reverse else forward).setdefault(region, []).append((block, op))
    for region, first in forward.items():
        if region in reverse:
            swept = reverse[region]
            block = swept[0][0]
            copies = _copied(region, [op for _, op in first], [op for _, op in swept])
            at = next(k for k, op in enumerate(block.ops) if op is swept[0][1])
            block.ops[at:at] = copies
            out.setdefault(block, []).extend(walk(Block(ops=copies)))
            again = [(block, op) for op in copies]
            _nested(again, swept, out)


def _nested(again: list[Placed], swept: list[Placed], out: dict[Block, list[Op]]) -> None:
    """Run the regions again that are in operations which are run again themselves."""
    for _, op in again:
        for o in walk(Block(ops=[op])):
            o.reverse = False
    _regions([*again, *swept], out)
    for _, op in again:
        for o in walk(Block(ops=[op])):
            o.reverse = True


def _in_regions(ops: Sequence[Placed]) -> Iterator[tuple[Block, Op, Region]]:
    """Yield operations in regions with the outermost one, none inside another that is yielded."""
    work = list(reversed(ops))
    while work:
        block, op = work.pop()
        if op.region is not None:
            yield block, op, op.region.root
            continue
        for inner in reversed(op.blocks):
            work += [(inner, o) for o in reversed(inner.ops)]


def _copied(region: Region, ops: list[Op], swept: list[Op]) -> list[Op]:
    """Copy the operations of a region, and let those of the sweep read the copies."""
    values: dict[Value, Value] = dict(region.given)
    made: dict[Op, Op] = {}
    copies = [copy_op(op, values, made) for op in ops if op.prim not in DONE_ONCE]
    for op in walk(Block(ops=copies)):
        op.again = True
    inner: dict[Region, Region] = {}
    for op in walk(Block(ops=[*copies, *swept])):
        op.region = _without(region, op.region, inner)
    for op in walk(Block(ops=swept)):
        op.inputs = [values.get(v, v) for v in op.inputs]
        if op.attrs.get("mirror") in made:
            op.attrs["mirror"] = made[op.attrs["mirror"]]
        for b in op.blocks:
            b.results = [values.get(v, v) for v in b.results]
    return [*_own_state(copies, values), *copies] if region.turn else copies


def _own_state(copies: list[Op], values: dict[Value, Value]) -> list[Op]:
    """Let what is run again write to copies of the arrays it begins with: these are read later."""
    made = set(values.values())
    own: dict[Value, Op] = {}

    def owned(v: Value) -> Value:
        if v.type.kind != "array" or v in made or isinstance(v, Const | Undefined):
            return v
        if v not in own:
            out = Value(v.type, v.name, v.span)
            own[v] = Op("copy", [v], [out], {}, v.span, reverse=True, again=True)
            out.op = own[v]
        return own[v].out

    for op in walk(Block(ops=copies)):
        first = {"for": 3, "while": 0}.get(op.prim)
        places = written_inputs(op) if first is None else range(first, len(op.inputs))
        for k in places:
            op.inputs[k] = owned(op.inputs[k])
        for block in op.blocks:
            block.results = [owned(v) for v in block.results]
    return list(own.values())


def _without(done: Region, region: Region | None, known: dict[Region, Region]) -> Region | None:
    """Return a region of its own for what was in another inside of the one that is done."""
    if region is None or region is done:
        return None
    if region not in known:
        known[region] = Region(_without(done, region.parent, known))
    return known[region]


@deep
def copy_op(
    op: Op,
    values: dict[Value, Value],
    made: dict[Op, Op] | None = None,
    reverse: bool = True,
    without: tuple[str, ...] = DONE_ONCE,
) -> Op:
    """Return a copy of an operation, with results of its own; note both.

    ``without`` are the operations that are left out of the blocks inside.
    """
    _require_repeatable(op)
    inputs = [values.get(v, v) for v in op.inputs]
    blocks = [copy_block(b, values, made, reverse, without) for b in op.blocks]
    outputs = [_twin(v, values) for v in op.outputs]
    copy = Op(op.prim, inputs, outputs, dict(op.attrs), op.span, blocks, reverse, region=op.region)
    for v in outputs:
        v.op = copy
    if made is not None:
        made[op] = copy
    return copy


def copy_block(
    block: Block,
    values: dict[Value, Value],
    made: dict[Op, Op] | None = None,
    reverse: bool = True,
    without: tuple[str, ...] = DONE_ONCE,
) -> Block:
    """Return a copy of a block."""
    params = [_twin(p, values) for p in block.params]
    ops = [
        copy_op(op, values, made, reverse, without) for op in block.ops if op.prim not in without
    ]
    return Block(params, ops, block.end, [values.get(v, v) for v in block.results])


def _twin(v: Value, values: dict[Value, Value]) -> Value:
    values[v] = Value(v.type, v.name, v.span)
    values[v].user = v.user
    return values[v]


def repeatable(op: Op) -> bool:
    """Whether an operation gives the same again, and may be done again."""
    return op.prim != "draw" and not (op.prim == "call" and op.attrs["callee"].stacks)


def _require_repeatable(op: Op) -> None:
    if not repeatable(op):
        drawn = op.prim == "draw"
        raise UnsupportedError(
            f"{'random numbers' if drawn else 'a recursive function'} inside a checkpoint",
            op.span,
            "draw them before, and pass them" if drawn else "take the mark away",
        )
