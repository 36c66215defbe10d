"""Drops what need not be noted while a pattern is found: sets within others that are noted anyway.

Where the entries of a union all meet each other, those of its parts do, too.
"""

from __future__ import annotations

from collections import Counter

from gradgen.ir.nodes import Function, Op, Value, blocks_of, newest, replace_uses


def drop_covered(function: Function) -> None:
    """Drop notes of sets that are noted again in the same block, alone or in a union."""
    mapping: dict[Value, Value] = {}
    for block in blocks_of(function.body):
        noted = [op for op in block.ops if _notes_one(op)]
        around: set[Value] = set()
        for op in noted:
            around |= _parts(op)
        count = Counter(op.inputs[0] for op in noted)
        for op in reversed(noted):
            given = op.inputs[0]
            if given in around or count[given] > 1:
                count[given] -= 1
                mapping[op.out] = given
                block.ops.remove(op)
    replace_uses(function.body, {out: newest(given, mapping) for out, given in mapping.items()})


def _notes_one(op: Op) -> bool:
    """Whether an operation notes that all entries of one number's set meet each other."""
    named = op.prim == "record" and op.attrs["function"] == "_bend"
    return named and len(op.inputs) == 1 and op.out.type.is_scalar


def _parts(op: Op) -> set[Value]:
    """Return the sets of which the one that is noted is the union, through unions of unions."""
    found: set[Value] = set()
    work = [op.inputs[0]]
    while work:
        made = work.pop().op
        joins = made is not None and made.prim == "helper" and made.attrs["function"] == "_join"
        if made is not None and (joins or _notes_one(made)):
            work += [v for v in made.inputs if v not in found]
            found.update(made.inputs)
    return found
