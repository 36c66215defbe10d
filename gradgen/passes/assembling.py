"""An adjoint of which every entry has one share is made of them: ``np.array([d_a, d_b, d_c])``.

As the sweep is derived, the shares are added to zeros one by one.
"""

from __future__ import annotations

from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, uses

LONGEST = 8  # a longer one is not easy to read


def assemble(function: Function) -> None:
    """Replace zeros to which numbers are added at constant places by one array, in place."""
    count = uses(function.body)
    for block in blocks_of(function.body):
        chains = [chain for op in block.ops if (chain := _chain(op, count))]
        gone = {op for chain in chains for op in chain[:-1]}
        for chain in chains:
            _assemble(block, chain)
        if chains:
            block.ops = [op for op in block.ops if op not in gone]


def _chain(op: Op, count: dict[Value, int]) -> list[Op]:
    """Return the zeros and the additions that end with this one, if all entries get a number."""
    shape = op.out.type.shape if _adds_number(op) else None
    chain = [op]
    while shape and isinstance(shape[0], int) and len(chain) <= LONGEST:
        total = chain[0].inputs[0]
        before = total.op
        if before is None or count[total] != 1:
            break
        chain.insert(0, before)
        if before.prim == "zeros_as":
            places = set(map(_place, chain[1:]))
            return chain if len(places) == len(chain) - 1 == shape[0] else []
        if not _adds_number(before):
            break
    return []


def _adds_number(op: Op) -> bool:
    """Whether an operation of the sweep adds a float to an entry of a vector, at a known place."""
    if op.prim != "inc" or not op.reverse or op.attrs["index"] != "i" or op.attrs.get("path"):
        return False
    target, number = op.inputs[0].type, op.inputs[1].type
    alike = target.dtype == number.dtype == "float64" and number.kind == "float"
    return alike and target.kind == "array" and target.rank == 1 and _place(op) >= 0


def _place(op: Op) -> int:
    place = op.inputs[2]
    return place.const if isinstance(place, Const) else -1


def _assemble(block: Block, chain: list[Op]) -> None:
    """Turn the last addition into the array of all that is added."""
    last, entries = chain[-1], sorted(chain[1:], key=_place)
    numbers = [_signed_share(entry, block) for entry in entries]
    last.prim, last.attrs, last.inputs = "array", {}, numbers


def _signed_share(addition: Op, block: Block) -> Value:
    """Return what an operation adds or subtracts, with its sign."""
    share = addition.inputs[1]
    if addition.attrs.get("sign") != "-":
        return share
    if isinstance(share, Const):
        return Const(-share.const)
    out = Value(share.type, "", addition.span)
    out.op = Op("neg", [share], [out], {}, addition.span, reverse=True)
    block.ops.insert(next(k for k, op in enumerate(block.ops) if op is addition), out.op)
    return out
