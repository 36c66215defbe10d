"""The sweep of what lists gain and lose: an item appended is taken back, one taken is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradgen.diff.adjoints import adjoint_type
from gradgen.diff.algebra import is_constant
from gradgen.ir.lengths import may_be_negative
from gradgen.ir.nodes import Const, Op, Value

if TYPE_CHECKING:
    from gradgen.diff.reverse import Reverse


def sweep_append(sweep: Reverse, op: Op) -> None:
    """Take the adjoint of an item that was appended or inserted from that of the list."""
    stack = sweep.adj.get(op.out)
    if stack is None:
        return
    item = op.inputs[1]
    if stack.type.kind != "list":
        sweep.accumulate(op.inputs[0], stack)
        sweep.accumulate(item, stack)
        return
    inputs = [stack, *op.inputs[2:]]
    pop = sweep.b.append("pop", inputs, [adjoint_type(item), stack.type], ["", stack.name])
    sweep.accumulate(op.inputs[0], pop.outputs[1])
    sweep.accumulate(item, pop.outputs[0])


def sweep_pop(sweep: Reverse, op: Op) -> None:
    """Give the adjoint of an item that was taken back to that of the list."""
    item, rest = op.outputs
    if item not in sweep.varied:
        return
    stack = sweep.adj.get(rest)
    if stack is None:
        if item not in sweep.adj:
            return
        stack = sweep.alg.zeros(rest)
    stack = sweep.alg.full(stack, rest)
    g = sweep.adj.get(item, Const(0.0))
    g = sweep.alg.full(g, item) if g is not None else g
    if is_constant(g, 0) and not item.type.is_scalar:
        g = sweep.alg.zeros(item)
    prim = "insert" if len(op.inputs) > 1 else "append"
    places = [_from_start(sweep, place, stack) for place in op.inputs[1:]]
    grown = sweep.b.emit(prim, [stack, g, *places], f"d_{op.inputs[0].name}")
    sweep.accumulate(op.inputs[0], grown)


def _from_start(sweep: Reverse, place: Value, rest: Value) -> Value:
    """Return where an item was in a list, of which the others are left."""
    if not may_be_negative(place):
        return place
    count = sweep.b.emit("add", [sweep.b.emit("len", [rest]), Const(1)])
    if isinstance(place, Const):
        return sweep.b.emit("add", [count, place])
    return sweep.b.emit("mod", [place, count])
