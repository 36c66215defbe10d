"""Sums and distances of ``math``, over items or over vectors; they round once, at the end."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradgen.ir.types import FLOAT, Type
from gradgen.rules.registry import rule
from gradgen.rules.shapes_of import Attrs

if TYPE_CHECKING:
    from gradgen.diff.algebra import Algebra
    from gradgen.ir.nodes import Op, Value


def python_float(inputs: list[Value], attrs: Attrs) -> Type:
    """Return a Python float."""
    return FLOAT


def fsum_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` for every item."""
    return alg.unreduce(g, op.inputs[i], None, False)


def fsum_items_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` for every one."""
    return g


def _partner(op: Op, i: int) -> Value:
    """Return what stands opposite an input, in the other of the two vectors."""
    half = len(op.inputs) // 2
    return op.inputs[(i + half) % len(op.inputs)]


def dist_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g * (p - q) / y``, 0 where the points are one."""
    safe = alg.where(alg.emit("eq", op.out, 0.0), 1.0, op.out)
    return alg.mul(alg.div(g, safe), alg.sub(op.inputs[i], _partner(op, i)))


def _dist_tangent(t_p, t_q, y, p, q):
    """Tangent of ``math.dist``."""
    t = 0.0 if t_p is None else t_p
    t = t if t_q is None else t - t_q
    return np.sum((p - q) * t) / (1.0 if y == 0.0 else y)


def sumprod_vjp(alg: Algebra, op: Op, g: Value, i: int) -> Value:
    """``g`` times the factor opposite."""
    return alg.mul(g, _partner(op, i))


# A table: an entry is read along its lines.
# fmt: off
rule("math.fsum", python_float, spelling="math.fsum", params="seq, /", vjp=fsum_vjp, narrow=True,
     tangent="linear", samples=("math.fsum(x4)", "math.fsum([x, y, p])",
                              "math.fsum((x3 * y3).tolist())"))
rule("fsum_items", python_float, spelling="math.fsum", form="sequence", vjp=fsum_items_vjp,
     tangent="linear")
rule("math.dist", python_float, callables=["math.dist"], params="p, q, /", vjp=dist_vjp,
     tangent=_dist_tangent, at_kinks="0 where both are one",
     samples=("math.dist(x4, o4)", "math.dist([x, y], [p, 1.0])", "math.dist((x, y), (p, c))",
              "math.dist(x3, [x, 1.0, 2.0])"))
rule("math.sumprod", python_float, callables=["math.sumprod"], params="p, q, /", vjp=sumprod_vjp,
     tangent="multilinear")
# Of items: all of the one, then all of the other.
_ITEMS: dict[str, Any] = {"form": "special", "elementwise": True,
                          "unproved": "of any number of arguments"}
rule("dist_items", python_float, spelling="math.dist", vjp=dist_vjp, **_ITEMS)
rule("sumprod_items", python_float, spelling="math.sumprod", vjp=sumprod_vjp, **_ITEMS)
# fmt: on
