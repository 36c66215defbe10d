"""Which arrays a recursive function shares with callers that write to them.

What such a function keeps for its sweep must not change when a caller writes to the result it got,
or to an argument it gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradgen.ir.nodes import Callee, Function, Op, Value, walk
from gradgen.passes.sharing import Sharing


def note_writes_outside(top: Function, callees: Sequence[Callee]) -> dict[Callee, Sharing]:
    """Return what shares memory in each function; what callers write to is written there, too."""
    found = {c: Sharing(c.function) for c in callees}
    pairs = [(Sharing(top), top), *((found[c], c.function) for c in callees)]
    changed = True
    while changed:
        changed = False
        for sharing, f in pairs:
            for callee, v in _written_by(f, sharing):
                inside = found.get(callee)
                if inside is not None and inside.never_written(v) and not v.type.is_scalar:
                    inside.written.add(inside.root(v))
                    changed = True
    return found


def _written_by(f: Function, sharing: Sharing) -> Iterator[tuple[Callee, Value]]:
    """Yield the functions that are called, with their arguments and results that are written to."""
    for op in walk(f.body):
        if op.prim != "call" or op.attrs.get("part") == "backward":
            continue
        callee = op.attrs["callee"]
        for outer, inner in _pairs(op, callee):
            if not sharing.never_written(outer):
                yield callee, inner


def _pairs(op: Op, callee: Callee) -> list[tuple[Value, Value]]:
    """Return arguments and results of a call, with those of the function."""
    leaves = [leaf.value for leaf in callee.function.leaves]
    results = callee.function.body.results
    return [*zip(op.inputs, leaves, strict=False), *zip(op.outputs, results, strict=False)]
