"""Numbers that may be arrays without axes, as NumPy gives for some functions of numbers.

``x += y`` writes into such an array, which another name or a list of kept values may hold as well.
The user's is refused then; in generated text it is ``x = x + y``, whose result is a number.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import Block, Op, Value, walk
from gradgen.rules.shapes_of import WITHOUT_AXES

HELD = ("take", "call")  # what gives numbers that were kept, or made elsewhere


def bare_numbers(body: Block) -> set[Value]:
    """Return the numbers of a graph that may be arrays without axes."""
    ops = list(walk(body))
    made = {v for op in ops if op.prim in WITHOUT_AXES for v in op.outputs if v.type.is_scalar}
    if not made:
        return set()
    made |= {v for op in ops if _held(op) for v in op.outputs if v.type.is_scalar}
    moves = [pair for op in ops if op.blocks for pair in _moves(op)]
    before = -1
    while len(made) != before:
        before = len(made)
        made |= {to for to, come in moves if come in made}
    return made


def _held(op: Op) -> bool:
    return op.prim in HELD or (op.prim == "load" and op.inputs[0].type.kind == "list")


def _moves(op: Op) -> Iterator[tuple[Value, Value]]:
    """Yield pairs of a value and what it is handed, at the start, by a turn or by a branch."""
    if op.prim == "if":
        for block in op.blocks:
            yield from zip(op.outputs, block.results, strict=False)
    elif op.prim in ("for", "while"):
        params, inits = carried(op)
        sources = [inits, *(end.results for end in ends(op.blocks[-1]))]
        targets = [params, op.outputs, *([op.blocks[0].params] if op.prim == "while" else [])]
        for target in targets:
            for source in (*sources, params):
                yield from zip(target, source, strict=False)
