"""Mirrored loops go forwards where the order of their turns is no matter.

Forwards is how one would write them, and what compilers make the most of.  What was pushed on a
list has to be popped in the opposite order, and counters are counted back: there, the order stays.
"""

from __future__ import annotations

from gradgen.diff.carry import Carrier
from gradgen.diff.missing import missing_values
from gradgen.diff.rows import row_plan
from gradgen.ir.nodes import Const, Function, Op, Value, blocks_of, uses, walk
from gradgen.passes.dce import EFFECTS
from gradgen.passes.turns import Uses, in_any_order


def flip_loops(function: Function) -> None:
    """Turn mirrored loops around where that changes rounding at most, in place."""
    loops = [op for op in walk(function.body) if _is_mirror(op)]
    if not loops:
        return
    reads, missing = Uses(function.body), missing_values(function.body)
    carrier = Carrier(function)
    for op in loops:
        inside = list(walk(op.blocks[0]))
        if any(o.prim in EFFECTS or o.prim == "call" or o.region is not None for o in inside):
            continue
        if in_any_order(op, reads) and all(
            in_rows(v, carrier, missing) for v in _forward_reads(op, carrier)
        ):
            op.attrs["backwards"] = not op.attrs["backwards"]
            op.attrs["flipped"] = True


def _is_mirror(op: Op) -> bool:
    mirrored = op.attrs.get("mirror")
    if op.prim != "for" or not op.reverse or mirrored is None or op.region is not None:
        return False
    return mirrored.prim == "for" and not mirrored.attrs.get("breaks")


def _forward_reads(op: Op, carrier: Carrier) -> list[Value]:
    """Return the values of the mirrored turns that a loop reads."""
    inside = set(blocks_of(op.attrs["mirror"].blocks[-1]))
    read = uses(op.blocks[-1])
    return [v for v in read if not isinstance(v, Const) and carrier.home.get(v) in inside]


def in_rows(v: Value, carrier: Carrier, missing: set[Value]) -> bool:
    """Whether a value of a mirrored turn is found by the index of the turn."""
    home = carrier.home[v]
    owner = carrier.owner[home][0]
    if v.op is None and owner.prim == "for" and v is home.params[0]:
        return True
    counted = v.op is None and v.type.kind == "int"
    if counted or not v.type.is_scalar or not v.type.dtype or v in missing:
        return False
    return row_plan(carrier.path(home), carrier.inner, carrier.home, missing) is not None
