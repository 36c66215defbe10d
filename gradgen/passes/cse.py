"""Common subexpressions: an operation of the reverse sweep that repeats an earlier one is dropped.

So is a transposition that undoes another.

Values are immutable here, so that equal operations on equal inputs are equal; only results that are
written to later are left apart.  Of the user's own operations, those that take a while (a square
root, an exponential, a product of matrices) are done once, before the sweep is made: it has one
adjoint to pass on then.  The value keeps its bits.
"""

from __future__ import annotations

from typing import Any

from gradgen.deep import deep
from gradgen.ir.nodes import GROWS, WRITES, Block, Const, Function, Op, Value, newest, replace_uses
from gradgen.passes.dce import EFFECTS
from gradgen.passes.sharing import Sharing
from gradgen.rules.registry import RULES

NEVER = {
    *WRITES,
    *GROWS,
    *EFFECTS,  # each draws anew
    "list",
    "zeros_as",
    "zeros",
    "empty",
    "leaf",
    "copy",
    "fill",
    "zeros_list",
    "repeat_list",
    "items",
    "pieces",
    "list_add",
}


def share_common(function: Function) -> None:
    """Replace repeated reverse operations by their first occurrence, in place."""
    sharing = Sharing(function)
    mapping: dict[Value, Value] = {}
    _block(function.body, {}, sharing, mapping)
    replace_uses(function.body, mapping)


def share_costly(function: Function) -> None:
    """Have what takes a while and is asked for twice computed once, in place."""
    mapping: dict[Value, Value] = {}
    _costly(function.body, {}, {}, Sharing(function), mapping)
    if mapping:
        replace_uses(function.body, mapping)


@deep
def _costly(
    block: Block,
    known: dict[Any, Value],
    same: dict[Value, Value],
    sharing: Sharing,
    mapping: dict[Value, Value],
) -> None:
    """Go through a block: ``same`` are equal values, ``mapping`` those that take their places."""
    for op in block.ops:
        key = key_of(op, sharing, same)
        if key is not None:
            first = known.setdefault(key, op.out)
            if first is not op.out and first.type == op.out.type:
                same[op.out] = first
                if not op.out.user and _takes_a_while(op):
                    mapping[op.out] = first
                    op.repeats = True
        for inner in op.blocks:
            _costly(inner, dict(known), same, sharing, mapping)


def _takes_a_while(op: Op) -> bool:
    rule = RULES[op.prim]
    return rule.cost > 1 and not rule.passive and not rule.alias and op.out.type.inexact


@deep
def _block(
    block: Block, known: dict[Any, Value], sharing: Sharing, mapping: dict[Value, Value]
) -> None:
    here: set[Op] = set()
    for op in block.ops:
        here.add(op)
        key = key_of(op, sharing, mapping)
        turned = _turned_back(op, mapping)
        if turned is not None and sharing.never_written(turned):
            mapping[op.out] = turned
        elif key is not None:
            first = known.setdefault(key, op.out)
            again = first is not op.out and first.type == op.out.type
            if again and (op.derived or (first.op in here and _comes_before(first, op))):
                mapping[op.out] = first
        for inner in op.blocks:
            _block(inner, dict(known), sharing, mapping)


def _comes_before(tangent: Value, op: Op) -> bool:
    """Whether a tangent has computed what the user does later; it is the user's then.

    The tangent of a sine does so before the user's cosine of the same.
    """
    first = tangent.op
    if first is None or not first.tangent or first.reverse:
        return False
    first.tangent, first.span = False, op.span
    tangent.name, tangent.user, tangent.span = op.out.name, op.out.user, op.out.span
    return True


def _turned_back(op: Op, mapping: dict[Value, Value]) -> Value | None:
    """Return what the transposition of a transposition gives."""
    made = newest(op.inputs[0], mapping).op if op.derived and op.prim == "T" else None
    return newest(made.inputs[0], mapping) if made is not None and made.prim == "T" else None


def key_of(op: Op, sharing: Sharing, mapping: dict[Value, Value]) -> Any:
    """Return what two operations have in common that give the same, None if that says nothing."""
    if op.prim in NEVER or op.blocks or len(op.outputs) != 1 or op.prim not in RULES:
        return None
    if not sharing.never_written(op.out):
        return None
    inputs = []
    for v in (newest(v, mapping) for v in op.inputs):
        inputs.append((type(v.const), repr(v.const)) if isinstance(v, Const) else v)
    return op.prim, tuple(inputs), tuple(sorted((k, repr(v)) for k, v in op.attrs.items()))
