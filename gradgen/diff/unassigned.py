"""Saves of names that may stand for nothing yet, as before the first turn of a loop.

Python raises where such a name is read, and a save must not do so in its stead.  Where the reverse
sweep needs the value on the paths alone on which the user's function reads it, it is saved there.
Otherwise the name starts from None, and the guards before the user's reads of it test for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from gradgen.diff.activity import carried, ends
from gradgen.diff.carry import Carrier
from gradgen.ir.nodes import Block, Const, Op, Undefined, Value, blocks_of, walk


def paths_of_reads(carrier: Carrier, missing: set[Value]) -> dict[Value, Value]:
    """Give what the reverse sweep reads on some paths only a value of its own on each, in place.

    Returns the values that these stand for, by the new ones.
    """
    uses: dict[Value, list[tuple[Block, list[Value], int]]] = {}
    for block, values in _reverse_reads(carrier):
        for k, v in enumerate(values):
            if v in missing and carrier.inner_forward(v) and carrier.loops(carrier.home[v]):
                uses.setdefault(v, []).append((block, values, k))
    mirrors = carrier.mirror.items()
    forward = {mirror: block for block, mirror in mirrors if block in carrier.inner}
    stands_for: dict[Value, Value] = {}
    for v, reads in uses.items():
        branches = [_branch(carrier, forward, block, v) for block, _, _ in reads]
        own: dict[Block, Value] = {}
        for branch, (_, values, k) in zip(branches, reads, strict=True):
            if branch is None:
                continue
            place = _outermost(carrier, branch, branches)
            if place not in own:
                own[place] = Value(v.type, v.name, v.span)
                own[place].user = v.user
                carrier.home[own[place]] = place
                stands_for[own[place]] = v
            values[k] = own[place]
    return stands_for


def _reverse_reads(carrier: Carrier) -> Iterator[tuple[Block, list[Value]]]:
    """Yield the lists of values that the reverse sweep reads, with the block of the reads."""
    for block in blocks_of(carrier.top):
        for op in block.ops:
            if op.reverse:
                yield block, op.inputs
        if block is not carrier.top and carrier.owner[block][0].reverse:
            yield block, block.results


def _branch(carrier: Carrier, forward: dict[Block, Block], block: Block, v: Value) -> Block | None:
    """Return the innermost branch of a read, if the user's function reads there, too."""
    while block not in forward:
        if block is carrier.top:
            return None
        block = carrier.owner[block][1]
    path = carrier.path(forward[block])
    around = [b for _, b in path]
    if carrier.home[v] not in around:
        return None
    found = None
    for op, inner in path[around.index(carrier.home[v]) + 1 :]:
        if op.prim != "if":
            break
        found = inner
    if found is None or not any(v in op.inputs for op in found.ops if not op.reverse):
        return None
    return found


def _outermost(carrier: Carrier, branch: Block, branches: list[Block | None]) -> Block:
    """Return the outermost of the branches that one stands in."""
    return next(b for _, b in carrier.path(branch) if b in branches)


def lengths_of_nothing(carrier: Carrier, missing: set[Value]) -> list[Value]:
    """Return what may be missing after all loops, and is asked for its length all the same."""
    found: dict[Value, None] = {}
    for block in blocks_of(carrier.top):
        for op in block.ops:
            v = _asked_for_length(op)
            if v not in missing or v not in carrier.home or carrier.loops(carrier.home[v]):
                continue
            if not any(_reads(user, v) for user in carrier.home[v].ops if not user.derived):
                op.attrs["unsure"] = True
                found[v] = None
    return list(found)


def _asked_for_length(op: Op) -> Value | None:
    """Return the array or list whose length the sweep asks for, None for other operations."""
    if not op.derived or op.prim not in ("zeros_list", "zeros_as", "len"):
        return None
    return None if op.prim == "len" and op.inputs[0].type.kind != "list" else op.inputs[0]


def _reads(op: Op, v: Value) -> bool:
    """Whether an operation reads a value itself, and does not just carry it into a loop."""
    if op.prim not in ("for", "while"):
        return v in op.inputs
    return v in op.inputs[: len(op.inputs) - len(carried(op)[1])]


def start_from_none(top: Block, chosen: Iterable[Value], missing: set[Value]) -> None:
    """Carry None where nothing was carried to some variables, and to what they come from.

    The guards that the frontend has put before the user's reads of them test for that.
    """
    start_from(top, chosen, missing, lambda: Const(None))


def start_from(
    top: Block, chosen: Iterable[Value], missing: set[Value], first: Callable[[], Value]
) -> None:
    """Carry something where nothing was carried to some variables, and to what they come from."""
    carried_on = list(moves(top))
    reached = set(chosen)
    before = -1
    while before < len(reached):
        before = len(reached)
        for values, k, target in carried_on:
            v = values[k]
            if target in reached and isinstance(v, Undefined) and not v.unread:
                values[k] = first()
            elif target in reached and v in missing:
                reached.add(v)
            elif v in reached and target in missing:
                reached.add(target)


def carrying_none(top: Block) -> set[Value]:
    """Return the variables that start from None, and those that they are carried to."""
    carried_on = list(moves(top))
    found: set[Value] = set()
    before = -1
    while before < len(found):
        before = len(found)
        for values, k, target in carried_on:
            v = values[k]
            if v in found or (isinstance(v, Const) and v.const is None):
                found.add(target)
    return found


def moves(top: Block, swept: bool = False) -> Iterator[tuple[list[Value], int, Value]]:
    """Yield what is carried: a list of values, a place in it, and the value that it becomes.

    ``swept``: in the reverse sweep, too.
    """
    for op in walk(top):
        if op.reverse and not swept:
            continue
        if op.prim == "if":
            for side in op.blocks:
                if side.end == "yield":
                    yield from ((side.results, k, out) for k, out in enumerate(op.outputs))
        elif op.prim in ("for", "while"):
            params, inits = carried(op)
            skip = len(op.inputs) - len(inits)
            for k, p in enumerate(params):
                yield op.inputs, skip + k, p
                yield params, k, op.outputs[k]
                if op.prim == "while":
                    yield params, k, op.blocks[0].params[k]
                for end in ends(op.blocks[-1]):
                    yield end.results, k, p
