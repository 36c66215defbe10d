"""Which parameters of a function a store may go to: from the value written back to where it began.

``sharing`` asks the same of all values at once, and takes what a branch copies on one side and not
on the other for one memory; here only what flows into a store counts.
"""

from __future__ import annotations

from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import GROWS, WRITES, Function, Op, Value, walk
from gradgen.passes.sharing import aliases, shared_by_call

Sources = dict[Value, list[Value]]


def stored_into(function: Function) -> set[int]:
    """Return which parameters that are arrays may be written to, by their places."""
    sources: Sources = {}
    for op in walk(function.body):
        for out, v in _flows(op):
            sources.setdefault(out, []).append(v)
    found: set[Value] = set()
    work = [v for op in walk(function.body) for v in _written(op)]
    while work:
        v = work.pop()
        if v not in found and v.type.is_array:
            found.add(v)
            work += sources.get(v, ())
    return {k for k, leaf in enumerate(function.leaves) if leaf.value in found}


def _written(op: Op) -> list[Value]:
    if op.prim == "call":
        return [op.inputs[k] for k in op.attrs["callee"].written]
    return [op.inputs[0]] if op.prim in WRITES else []


def _flows(op: Op) -> list[tuple[Value, Value]]:
    """Return pairs of a value and one that it may be in the memory of."""
    if op.prim in ("for", "while"):
        params, inits = carried(op)
        groups = [inits, *(end.results for end in ends(op.blocks[-1]))]
        found = [pair for group in groups for pair in zip(params, group, strict=True)]
        found += zip(op.outputs, params, strict=True)
        return found + list(zip(op.blocks[0].params, params, strict=False)) * (op.prim == "while")
    if op.prim == "if":
        sides = [b.results for b in op.blocks if b.end != "tail"]
        return [pair for side in sides for pair in zip(op.outputs, side, strict=False)]
    if op.prim == "call":
        written = op.attrs["callee"].written.items()
        pairs = [*shared_by_call(op), *((op.inputs[k], op.outputs[i]) for k, i in written)]
        return [(out, v) for v, out in pairs]
    if op.prim == "solution":
        return list(zip(op.outputs, op.inputs, strict=False))
    if op.prim in WRITES or op.prim in GROWS or aliases(op):
        return [(op.outputs[-1], op.inputs[0])]
    return []
