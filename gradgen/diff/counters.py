"""Integers that loops count up or down: the reverse sweep counts back, and nothing is kept.

``p += 1`` in a loop is undone by ``p -= 1`` in its mirror, from the last value that ``p`` had.  It
may be counted in loops inside each other, as the position in a packed triangle is.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from gradgen.diff.activity import carried
from gradgen.diff.carry import Carrier, reverse_builder
from gradgen.ir.nodes import Block, Const, Op, Value

BACK = {"add": "sub", "sub": "add"}


class Counter(NamedTuple):
    """A place among what a loop carries, and what a turn does to it, in order.

    The steps are additions of constants, and loops inside that count on.
    """

    loop: Op
    place: int
    steps: list[Op]


def counters_of(carrier: Carrier, v: Value) -> list[Counter]:
    """Return the counters that a value at the start of a turn is counted by, outermost first.

    There are none where it is something else, or where the sweep does not go the same way back.
    """
    home = carrier.home[v]
    loop, _ = carrier.owner[home]
    found = _counter(loop, v)
    if found is None or any(op.blocks for op in found.steps):
        return []
    chain = [found]
    while (above := _around(carrier, chain[0])) is not None:
        chain.insert(0, above)
    for outer, inner in pairwise(chain):
        if any(op.blocks and op is not inner.loop for op in outer.steps):
            return []  # another loop counts, too, and would have to count back
    swept = [carrier.mirror.get(c.loop.blocks[-1]) for c in chain]
    mirrors = [None if b is None else carrier.owner[b][0] for b in swept]
    if any(op is None or op.prim != "for" or op.attrs.get("flipped") for op in mirrors):
        return []
    for around, inside in pairwise(swept):
        if inside is None or carrier.owner[inside][1] is not around:
            return []
    return chain


def _counter(loop: Op, param: Value) -> Counter | None:
    """Return how a loop counts with one of its parameters, None if it does anything else."""
    body = loop.blocks[-1]
    params, _ = carried(loop)
    if loop.attrs.get("breaks") or body.end != "continue" or param.type.kind != "int":
        return None
    place = next((k for k, p in enumerate(params) if p is param), None)
    if place is None or loop.prim not in ("for", "while"):
        return None
    steps: list[Op] = []
    v = body.results[place]
    while v is not param:
        before = None if v.op is None else _before(v.op, v)
        if before is None or v.op is None or not any(v.op is op for op in body.ops):
            return None
        steps.insert(0, v.op)
        v = before
    return Counter(loop, place, steps) if steps else None


def _before(op: Op, v: Value) -> Value | None:
    """Return the value from which an operation counts on."""
    if op.prim in BACK and isinstance(op.inputs[1], Const) and type(op.inputs[1].const) is int:
        return op.inputs[0]
    if op.prim == "for":
        place = op.outputs.index(v)
        return op.inputs[3 + place] if _counter(op, op.blocks[0].params[1 + place]) else None
    return None


def _around(carrier: Carrier, inner: Counter) -> Counter | None:
    """Return the counter of the loop around that a counter goes on with."""
    out = inner.loop.outputs[inner.place]
    block = carrier.home[out]
    if block is carrier.top or block not in carrier.owner:
        return None
    loop, _ = carrier.owner[block]
    if loop.prim not in ("for", "while") or loop.reverse:
        return None
    for param in carried(loop)[0]:
        found = _counter(loop, param)
        if found is not None and any(op is inner.loop for op in found.steps):
            return found
    return None


def count_back(carrier: Carrier, chain: list[Counter], last: Value) -> Value:
    """Carry a counter through the mirrored loops, from its last value; return it in the innermost.

    ``last`` is its value behind the outermost loop.
    """
    counter = chain[0]
    body = carrier.mirror[counter.loop.blocks[-1]]
    name = carried(counter.loop)[0][counter.place].name
    param = carrier.carry_in(body, last, name, last)
    value, innermost = param, param
    past_loop = False
    for op in reversed(counter.steps):
        if op.blocks:
            innermost = count_back(carrier, chain[1:], value)
            inside = carrier.owner[carrier.mirror[op.blocks[-1]]][0]
            value, past_loop = inside.outputs[-1], True
        else:
            value = _step_back(carrier, body, op, value, past_loop)
            innermost = innermost if past_loop else value
    carrier.carry_on(body, param, value)
    return innermost


def _step_back(carrier: Carrier, body: Block, op: Op, value: Value, at_end: bool) -> Value:
    """Undo an addition: at the head of a mirrored turn, or behind the loop that was undone."""
    b = reverse_builder()
    b.span = op.span
    new = b.emit(BACK[op.prim], [value, op.inputs[1]])
    new.name, new.user = op.inputs[0].name, op.inputs[0].user
    if not at_end:
        return carrier.placed(body, new)
    body.ops += b.block.ops
    carrier.home[new] = body
    return new
