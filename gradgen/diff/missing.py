"""Which values can be missing: names that no path, or no turn of a loop, has assigned yet."""

from __future__ import annotations

from collections.abc import Iterable

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import Block, Op, Undefined, Value


def missing_values(top: Block) -> set[Value]:
    """Return the values that join, start from, or are carried from nothing on some path."""
    out: set[Value] = set()
    _block(top, out)
    return out


@deep
def _block(block: Block, out: set[Value]) -> None:
    for op in block.ops:
        if op.prim in ("for", "while"):
            _loop(op, out)
        elif op.prim == "if":
            for side in op.blocks:
                _block(side, out)
                if side.end == "yield":
                    _flow(zip(side.results, op.outputs, strict=True), out)


def _loop(op: Op, out: set[Value]) -> None:
    """Follow what is carried until nothing is added: a turn may hand on what a later one lacks."""
    params, inits = carried(op)
    _flow(zip(inits, params, strict=True), out)
    body = op.blocks[-1]
    while True:
        before = len(out)
        if op.prim == "while":
            _flow(zip(params, op.blocks[0].params, strict=True), out)
            _block(op.blocks[0], out)
        _block(body, out)
        for end in ends(body):
            _flow(zip(end.results, params, strict=True), out)
        if len(out) == before:
            break
    _flow(zip(params, op.outputs, strict=True), out)


def _flow(pairs: Iterable[tuple[Value, Value]], out: set[Value]) -> None:
    out.update(target for v, target in pairs if isinstance(v, Undefined) or v in out)
