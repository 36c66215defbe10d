"""Expressions keep the order of exceptions: which of two comes first is as in the user's code.

An operation that is printed inside an expression is done later than it was: where another one
would raise something else in between, the first one becomes a statement of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradgen.ir.nodes import Block, Op, Value, blocks_of, walk
from gradgen.ir.raising import raised_by

Classes = frozenset[str]


def keep_order(body: Block, folded: set[Value]) -> None:
    """Take out of ``folded`` what would raise after something that comes before it."""
    raising = {op: classes for op in walk(body) if (classes := raised_by(op))}
    if len(raising) < 2 or (
        len({*raising.values()}) == 1 and len(next(iter(raising.values()))) == 1
    ):
        return
    inside = {id(b) for op in raising if _is_folded(op, folded) for b in op.blocks}
    for block in blocks_of(body):
        if id(block) in inside:
            inside |= {id(b) for op in block.ops for b in op.blocks}
            continue
        while late := _late(block, folded, raising):
            folded -= late


def _is_folded(op: Op, folded: set[Value]) -> bool:
    return len(op.outputs) == 1 and op.out in folded


def _late(block: Block, folded: set[Value], raising: dict[Op, Classes]) -> set[Value]:
    """Return the values of operations that are done after others that they come before."""
    places = {op: k for k, op in enumerate(block.ops)}
    latest: dict[str, int] = {}  # by class, the last operation that may have raised it
    late: set[Value] = set()
    for op in _as_printed(block, folded, places):
        classes = raising.get(op)
        if classes is None:
            continue
        at = places[op]
        if any(k > at and classes != {other} for other, k in latest.items()):
            late.add(op.out)
        for one in classes:
            latest[one] = max(latest.get(one, -1), at)
    late &= folded
    return late - {v for u in late if u.op is not None for v in u.op.inputs}


def _as_printed(block: Block, folded: set[Value], places: dict[Op, int]) -> Iterator[Op]:
    """Yield the operations of a block in the order in which the text does them."""
    for op in block.ops:
        if not _is_folded(op, folded):
            yield from _with_operands([op], folded, places)
    made = [v.op for v in block.results if v in folded and v.op is not None]
    yield from _with_operands(made, folded, places)


def _with_operands(ops: list[Op], folded: set[Value], places: dict[Op, int]) -> Iterator[Op]:
    """Yield operations behind those that are printed inside of them, as they are evaluated."""
    stack = [(op, False) for op in reversed(ops)]
    while stack:
        op, ready = stack.pop()
        if op not in places:
            continue
        if ready:
            yield op
            continue
        stack.append((op, True))
        operands = [v.op for v in op.inputs if v in folded and v.op is not None]
        stack += [(inner, False) for inner in reversed(operands)]
