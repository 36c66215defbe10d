"""What the derivative divides by a root and multiplies with what it is the root of.

``d / sqrt(x) * x`` is ``d * sqrt(x)``: one product for a division and a product, and 0 where ``x``
is.  The derivative of ``x * sqrt(x)``, as of the cube of a distance, has it.
"""

from __future__ import annotations

from gradgen.diff.idioms import DIV, SQRT
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Block, Const, Function, Op, Value, blocks_of

WAY = ("mul", "neg")
FAR = 4  # how deep a product is looked through for the factor that goes


def cancel_roots(function: Function) -> None:
    """Multiply by a root in place of a division by it, in the derivative, in place."""
    for block in blocks_of(function.body):
        block.ops = [new for op in block.ops for new in _cancelled(op) or [op]]


def _cancelled(op: Op) -> list[Op] | None:
    """Return what stands in the place of an operation, None where it stays."""
    if not op.derived or op.prim not in ("mul", *DIV):
        return None
    b = Builder(Block(), reverse=op.reverse, tangent=op.tangent)
    b.span, b.region = op.span, op.region
    found = _product(b, op) if op.prim == "mul" else _quotient(b, op)
    if found is None or found.type != op.out.type:
        return None
    assert found.op is not None
    found.op.outputs, op.outputs[0].op = op.outputs, found.op
    return b.block.ops


def _product(b: Builder, op: Op) -> Value | None:
    """Return ``d * y`` for ``d / y * x``, where ``y`` is the root of ``x``."""
    for v, x in (op.inputs, op.inputs[::-1]):
        for y in _divisors(v, FAR):
            root = _root(y)
            if root is not None and root.inputs[0] is x and root.out.type == x.type:
                return b.emit("mul", [_without(b, v, y), root.out])
    return None


def _quotient(b: Builder, op: Op) -> Value | None:
    """Return ``d * y`` for ``d * x / y``, where ``y`` is the root of ``x``."""
    v, root = op.inputs[0], _root(op.inputs[1])
    if root is None or root.out.type != root.inputs[0].type:
        return None
    if v is root.inputs[0] or root.inputs[0] not in _factors(v, FAR):
        return None
    return b.emit("mul", [_without(b, v, root.inputs[0]), root.out])


def _root(y: Value) -> Op | None:
    """Return the root that a divisor is, also where it is 1 in the place of a root that is 0."""
    op = y.op
    if op is not None and op.derived and op.prim in ("select", "where"):
        test, _, y = op.inputs
        if test.op is None or test.op.prim != "eq" or test.op.inputs[0] is not y:
            return None
        op = y.op
    return op if op is not None and op.prim in SQRT else None


def _divisors(v: Value, far: int) -> list[Value]:
    """Return what a product of the derivative is divided by."""
    op = v.op
    if op is None or not op.derived or not far:
        return []
    if op.prim in DIV:
        return [op.inputs[1]]
    return [y for u in op.inputs for y in _divisors(u, far - 1)] if op.prim in WAY else []


def _factors(v: Value, far: int) -> list[Value]:
    """Return the factors of a product of the derivative."""
    op = v.op
    if op is None or not op.derived or not far or op.prim not in WAY:
        return [v]
    return [y for u in op.inputs for y in _factors(u, far - 1)]


def _without(b: Builder, v: Value, gone: Value) -> Value:
    """Return a product without a factor, or without a division."""
    op = v.op
    assert op is not None
    if op.prim in DIV:
        return op.inputs[0]
    if op.prim == "neg" and op.inputs[0] is gone:
        return Const(-1.0)
    if op.prim == "neg":
        return b.emit("neg", [_without(b, op.inputs[0], gone)])
    one, two = op.inputs
    if one is gone:
        return two
    if two is gone:
        return one
    if gone in (*_factors(one, FAR), *_divisors(one, FAR)):
        return b.emit("mul", [_without(b, one, gone), two])
    return b.emit("mul", [one, _without(b, two, gone)])
