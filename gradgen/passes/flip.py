"""Mirrored loops go forwards where the order of their turns is no matter.

Forwards is how one would write them, and what compilers make the most of.  What was pushed on a
list has to be popped in the opposite order, and counters are counted back: there, the order stays.
"""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.carry import Carrier
from gradgen.diff.missing import missing_values
from gradgen.diff.rows import row_plan
from gradgen.ir.nodes import Const, Function, Op, Value, blocks_of, uses, walk
from gradgen.passes.dce import EFFECTS
from gradgen.passes.sharing import Sharing
from gradgen.passes.turns import Uses, in_any_order

INDICES = ("add", "sub", "mul", "floordiv")  # what makes whole numbers of others
DEEP = 9  # of them in a row: fewer than the plan of saves does again, which pops nothing then


def flip_loops(function: Function) -> None:
    """Turn mirrored loops around where that changes rounding at most, in place."""
    loops = [op for op in walk(function.body) if _is_mirror(op)]
    if not loops:
        return
    reads, rows = Uses(function.body), _Rows(function)
    for op in loops:
        inside = list(walk(op.blocks[0]))
        if any(o.prim in EFFECTS or o.prim == "call" or o.region is not None for o in inside):
            continue
        if in_any_order(op, reads) and all(map(rows.has, _forward_reads(op, rows.carrier))):
            op.attrs["backwards"] = not op.attrs["backwards"]
            op.attrs["flipped"] = True


def flip_the_rest(function: Function) -> None:
    """Turn around mirrored loops of which all that they read is at hand by now, in place.

    Before it was, some of it might have gone on a list.
    """
    reads = Uses(function.body)
    for op in walk(function.body):
        if not _is_mirror(op) or not op.attrs.get("backwards"):
            continue
        inside = list(walk(op.blocks[0]))
        if any(o.prim in EFFECTS or o.prim == "call" or o.region is not None for o in inside):
            continue
        if in_any_order(op, reads):
            op.attrs["backwards"], op.attrs["flipped"] = False, True


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


class _Rows:
    """Says which values of mirrored turns are found by the indices of the turns."""

    def __init__(self, function: Function) -> None:
        self.carrier = Carrier(function)
        self.missing = missing_values(function.body)
        self.sharing = Sharing(function)

    @deep
    def has(self, v: Value, depth: int = DEEP) -> bool:
        """Whether a value is found by the index of its turn, or follows from what is."""
        carrier, op = self.carrier, v.op
        if isinstance(v, Const) or not carrier.inner_forward(v):
            return True
        home = carrier.home[v]
        owner = carrier.owner[home][0]
        if op is None and owner.prim == "for" and v is home.params[0]:
            return True
        if op is not None and op.prim in INDICES and v.type.kind == "int":
            return depth > 0 and all(self.has(u, depth - 1) for u in op.inputs)
        counted = op is None and v.type.kind == "int"
        if counted or not v.type.is_scalar or not v.type.dtype or v in self.missing:
            return False
        if op is not None and op.prim == "load" and self._is_still_there(op.inputs[0]):
            return all(self.has(u, depth - 1) for u in op.inputs[1:])
        return row_plan(carrier.path(home), carrier.inner, carrier.home, self.missing) is not None

    def _is_still_there(self, array: Value) -> bool:
        """Whether an array is the same in the sweep."""
        return not self.carrier.inner_forward(array) and self.sharing.never_written(array)
