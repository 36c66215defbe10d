"""Names that Numba's own would collide with: an ``x_1`` beside an ``x`` that is assigned again.

Numba fuses what is done to arrays in one expression into a function of its own, and calls the
second ``x`` that it finds ``x_1`` there ("'x_1_1' not unique").
"""

from __future__ import annotations

from collections import Counter

from gradgen.deep import deep
from gradgen.ir.nodes import Function, Op, Value, walk
from gradgen.rules.registry import RULES


def apart(function: Function, names: dict[Value, str], folded: set[Value]) -> dict[Value, str]:
    """Return the names of values, with letters for the numbers of those that would collide."""
    count = Counter(names.values())
    instead: dict[str, str] = {}
    for op in walk(function.body):
        if not _fuses(op):
            continue
        beside = {names[v] for v in _operands(op, folded) if v in names}
        for name in sorted(beside):
            first, _, number = name.rpartition("_")
            if number.isdigit() and first in beside and count[first] > 1 and name not in instead:
                taken = {*count, *instead.values()}
                instead[name] = next(n for c in "bcdefghjk" if (n := f"{first}_{c}") not in taken)
    return {v: instead.get(name, name) for v, name in names.items()} if instead else names


def _fuses(op: Op) -> bool:
    """Whether an operation is one of an expression of arrays."""
    rule = RULES.get(op.prim)
    return rule is not None and rule.elementwise and any(v.type.is_array for v in op.outputs)


@deep
def _operands(op: Op, folded: set[Value]) -> list[Value]:
    """Return the variables that an operation's expression reads."""
    found: list[Value] = []
    for v in op.inputs:
        if v in folded and v.op is not None:
            found += _operands(v.op, folded)
        else:
            found.append(v)
    return found
