"""Complex numbers in the sweep: adjoints read at conjugates, and real parts for real values.

See ``rules.complexes`` for what the cotangent of a complex value is.
"""

from __future__ import annotations

from typing import Any

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Op, Value
from gradgen.rules.complexes import is_complex, of_complex
from gradgen.rules.registry import Rule


def conjugated(alg: Algebra, op: Op) -> Op:
    """Return an operation on conjugates of what is complex, where its adjoint is to see these."""
    complex_ones = [v for v in (*op.inputs, *op.outputs) if is_complex(v)]
    if not complex_ones or of_complex(op.prim) != "analytic":
        return op
    conj = {v: alg.conj(v) for v in complex_ones}
    inputs = [conj.get(v, v) for v in op.inputs]
    outputs = [conj.get(v, v) for v in op.outputs]
    return Op(op.prim, inputs, outputs, op.attrs, op.span, op.blocks, op.reverse)


def adjoint_of(rule: Rule, i: int, op: Op) -> Any:
    """Return the adjoint of an input: a formula, a function, or None for those that emit."""
    if rule.complex_adjoint and is_complex(op.inputs[i]):
        return rule.complex_adjoint[i]
    if rule.adjoint:
        return rule.adjoint[rule.place_of(i, op.attrs)]
    if not rule.closed or rule.vjp is not None:
        return None
    from gradgen.diff.closed import derived

    return derived(rule.name, i)


def real_part(alg: Algebra, g: Value, v: Value) -> Value:
    """Return the real part of a complex cotangent of a real value."""
    if not is_complex(g) or is_complex(v) or not v.type.is_numeric:
        return g
    return alg.emit("real", g)
