"""What the reverse sweep divides by and multiplies with again is left as it was.

The logarithm of a quotient or of an exponential divides an adjoint by what the next rule multiplies
with: ``d / e * e`` is ``d``, also where ``e`` has become 0.
"""

from __future__ import annotations

from gradgen.ir.nodes import Const, Function, Op, Value, blocks_of, replace_uses, walk
from gradgen.ir.types import may_be_one
from gradgen.passes.sharing import Sharing

Readers = dict[Value, list[Op | None]]  # None: the result of a block


def cancel_quotients(function: Function) -> None:
    """Take ``d`` for ``d / e * e`` in the reverse sweep, in place."""
    sharing, readers = Sharing(function), _readers(function)
    mapping: dict[Value, Value] = {}
    for op in walk(function.body):
        d = _divided(op)
        if d is None or not all(map(sharing.never_written, (d, op.out))):
            continue
        if isinstance(d, Const) and d.const == 1.0:
            mapping |= _of_one(readers, op.out, d)
        elif d.type == op.out.type:
            mapping[op.out] = d
        elif all(_stretches(r, op.out, readers) for r in readers.get(op.out, ())):
            _retype(op.out, d, readers)
            mapping[op.out] = d
    replace_uses(function.body, mapping)


def _readers(function: Function) -> Readers:
    readers: Readers = {}
    for op in walk(function.body):
        for v in op.inputs:
            readers.setdefault(v, []).append(op)
    for block in blocks_of(function.body):
        for v in block.results:
            readers.setdefault(v, []).append(None)
    return readers


def _divided(op: Op) -> Value | None:
    """Return what a product gives that undoes a division, None where it is no such product."""
    if op.prim != "mul" or not op.derived:
        return None
    for quotient, factor in (op.inputs, op.inputs[::-1]):
        made = quotient.op
        if made is None or made.prim != "div" or not made.derived:
            continue
        if made.inputs[1] is factor and made.inputs[0].type.dtype == op.out.type.dtype:
            return made.inputs[0]
    return None


def _of_one(readers: Readers, v: Value, one: Const) -> dict[Value, Value]:
    """Let operations read a literal 1 for a value; return those that give their other operand."""
    same = {}
    for op in readers.get(v, ()):
        if op is not None and op.prim == "mul" and _other(op, v).type == op.out.type:
            same[op.out] = _other(op, v)
        elif op is not None and op.prim != "neg" and _stretches(op, v, readers):
            op.inputs = [one if u is v else u for u in op.inputs]
    return same


def _stretches(reader: Op | None, v: Value, readers: Readers) -> bool:
    """Whether what reads a value has the shape of its other operand, whatever is in its place."""
    if reader is not None and reader.prim == "neg" and reader.derived:
        return all(_stretches(r, reader.out, readers) for r in readers.get(reader.out, ()))
    if reader is None or reader.prim not in ("mul", "div"):
        return False
    other, given = _other(reader, v).type, reader.out.type
    if reader.inputs[0] is reader.inputs[1]:
        return False
    if other == v.type == given:
        return True
    whole = other.kind == given.kind and other.dtype == given.dtype and other.rank == given.rank
    return whole and bool(other.shape) and not any(map(may_be_one, other.shape or ()))


def _retype(v: Value, d: Value, readers: Readers) -> None:
    """Give the opposites of a value the type of what comes in its place."""
    for op in readers.get(v, ()):
        if op is not None and op.prim == "neg":
            op.out.type = d.type
            _retype(op.out, d, readers)


def _other(reader: Op, v: Value) -> Value:
    return reader.inputs[1] if reader.inputs[0] is v else reader.inputs[0]
