"""Operations that are read as what they do, where there is no formula for a derivative of theirs.

A cubic spline is one operation with a short adjoint, as long as its knots are constants.  Where
they vary, the tridiagonal system that it solves is written out, and each operation in that has
its derivative.
"""

from __future__ import annotations

from gradgen.diff.activity import varied
from gradgen.diff.written import written
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Function, Op, Value, blocks_of, replace_uses, walk
from gradgen.rules.registry import RULES


def write_out(function: Function) -> None:
    """Replace such operations, in place."""
    if not any(_may_be(op) for op in walk(function.body)):
        return
    known = varied(function)
    instead: dict[Value, Value] = {}
    for block in list(blocks_of(function.body)):
        ops: list[Op] = []
        for op in block.ops:
            rule = RULES.get(op.prim)
            how = rule.written_out(op, known) if rule and rule.written_out else None
            if how is None:
                ops.append(op)
                continue
            b = Builder(Block())
            b.span, b.region = op.span, op.region
            made = written(b, how[0], op, how[1], op.out.type)
            made.name, made.user = made.name or op.out.name, op.out.user
            instead[op.out] = made
            ops += b.block.ops
        block.ops = ops
    replace_uses(function.body, instead)


def _may_be(op: Op) -> bool:
    rule = RULES.get(op.prim)
    return rule is not None and rule.written_out is not None
