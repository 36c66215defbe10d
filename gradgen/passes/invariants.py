"""What a loop carries and no turn changes is what it was before, and is not carried.

The frontend carries all that a turn could change, the attributes of objects above all; the reverse
sweep would keep each of them in every turn.  A choice whose sides agree is none, either.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradgen.deep import deep
from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import Block, Const, Function, Op, Undefined, Value, newest, replace_uses


def drop_unchanged(function: Function) -> None:
    """Let reads of unchanged variables of loops be reads of what was there before, in place."""
    same: dict[Value, Value] = {}
    _block(function.body, same)
    if same:
        replace_uses(function.body, same)


@deep
def _block(block: Block, same: dict[Value, Value]) -> None:
    for op in block.ops:
        for inner in op.blocks:
            _block(inner, same)
        if op.prim in ("for", "while"):
            same.update(_unchanged(op, same))
        elif op.prim == "if":
            same.update(_agreed(op, same))


def _unchanged(op: Op, same: dict[Value, Value]) -> Iterator[tuple[Value, Value]]:
    """Yield what a loop carries unchanged, under each name, and what it was before."""
    params, inits = carried(op)
    results = [end.results for end in ends(op.blocks[-1]) if end.end in ("continue", "break")]
    for k, (p, before) in enumerate(zip(params, inits, strict=True)):
        alike = (before.type.kind, before.type.dtype) == (p.type.kind, p.type.dtype)
        if not alike or isinstance(before, Undefined):
            continue
        if all(newest(values[k], same) is p for values in results):
            yield p, before
            yield op.outputs[k], before
            if op.prim == "while":
                yield op.blocks[0].params[k], before


def _agreed(op: Op, same: dict[Value, Value]) -> Iterator[tuple[Value, Value]]:
    """Yield the results of a choice that are the same value on both sides, from outside."""
    if any(b.end != "yield" for b in op.blocks):
        return
    for k, out in enumerate(op.outputs):
        one, two = (newest(b.results[k], same) for b in op.blocks)
        inside = one.op is not None and any(one.op is o for b in op.blocks for o in b.ops)
        if one is two and not inside and not isinstance(one, Const) and one.type == out.type:
            yield out, one
