"""Quotients of which a zero is kept are not taken by zero: NumPy would warn of what is not used.

``np.where(g != 0.0, g / r, 0.0)`` divides everywhere.  In the text, it divides by
``np.where(g != 0.0, r, 1.0)``, so that a call warns, or raises under ``np.errstate``, only where
the function itself does, or where the derivative is infinite.
"""

from __future__ import annotations

from gradgen.diff.positive import is_positive
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of, uses, walk

QUOTIENTS, POWERS = ("div", "np.divide"), ("pow", "power", "np.power")
PASSED = ("mul", "np.multiply", "neg", "negative", *QUOTIENTS, *POWERS)


def guard_slopes(function: Function) -> None:
    """Let the derivative divide by ones where what it divides is not used, in place."""
    read = uses(function.body)
    divided = {op.inputs[1] for op in walk(function.body) if not op.derived and _divides(op)}
    for block in blocks_of(function.body):
        for choice in [op for op in block.ops if _keeps_zeros(op)]:
            for op, k in _steep(choice, block, read):
                if op.inputs[k] not in divided:
                    _guard(block, choice, op, k)


def _divides(op: Op) -> bool:
    return op.prim in QUOTIENTS


def _keeps_zeros(op: Op) -> bool:
    if op.prim != "where" or not op.derived:
        return False
    other = op.inputs[2]
    return isinstance(other, Const) and other.const == 0 and op.out.type.kind == "array"


def _steep(choice: Op, block: Block, read: dict[Value, int]) -> list[tuple[Op, int]]:
    """Return the operations that a choice alone needs and that zeros may be too much for."""
    found, work, here = [], [choice.inputs[1]], set(map(id, block.ops))
    while work:
        v = work.pop()
        op = v.op
        if op is None or id(op) not in here or read.get(v) != 1 or not op.derived:
            continue
        if op.prim not in PASSED:
            continue
        work += op.inputs
        k = 1 if _divides(op) else 0
        steep = _divides(op) or (op.prim in POWERS and not _is_smooth(op.inputs[1]))
        if steep and _may_be_zero(op.inputs[k]):
            found.append((op, k))
    return found


def _is_smooth(exponent: Value) -> bool:
    """Whether a power is one of whole numbers from 0 on, which are harmless anywhere."""
    known = isinstance(exponent, Const) and type(exponent.const) in (int, float)
    return known and exponent.const >= 0 and float(exponent.const).is_integer()  # type: ignore[attr-defined]


def _may_be_zero(v: Value) -> bool:
    return v.type.kind == "array" and not isinstance(v, Const) and not is_positive(v)


def _guard(block: Block, choice: Op, op: Op, k: int) -> None:
    """Let an operation read ones where the choice does not take its result."""
    test, at = choice.inputs[0], block.ops.index(op)
    if test.op in block.ops[at:]:
        assert test.op is not None
        if any(v.op in block.ops[at:] for v in test.op.inputs):
            return
        block.ops.remove(test.op)
        block.ops.insert(at, test.op)
        at += 1
    b = Builder(Block(), reverse=op.reverse, tangent=op.tangent)
    b.span, b.region = op.span, op.region
    op.inputs[k] = b.emit("where", [test, op.inputs[k], Const(1.0)])
    block.ops[at:at] = b.block.ops
