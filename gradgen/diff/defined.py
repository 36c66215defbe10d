"""Derivatives that may need vectors of equal eigenvalues or singular values, which have none.

In reverse mode the adjoint of such vectors sees whether the loss depends on them.  Tangents go
forwards: there it is not known yet, so the entries are not a number, and a result that comes to
depend on one is refused where it is returned.
"""

from __future__ import annotations

from gradgen.diff.activity import reached
from gradgen.emission.printable import closure
from gradgen.ir.builder import Builder
from gradgen.ir.nodes import Function, Op, walk

MAY_BE_NONE = "_turns"  # the helper that marks what has no derivative
REFUSES = "_defined"


def refuse_undefined(function: Function) -> None:
    """Have a function raise where a derivative that it returns is not defined, in place."""
    marked = [op for op in walk(function.body) if _marks(function, op)]
    if not marked:
        return
    found = reached(function, [v for op in marked for v in op.outputs])
    b = Builder(function.body, tangent=True)
    for i, v in enumerate(function.body.results):
        if v in found and (v.type.is_scalar or v.type.is_array):
            b.span = marked[-1].span
            sure = b.emit("helper", [v], function=REFUSES, options=(), type=v.type)
            sure.name, sure.user, v.name = v.name, v.user, ""
            function.body.results[i] = sure


def _marks(function: Function, op: Op) -> bool:
    """Whether what an operation returns may be marked."""
    if op.prim == "call":
        callee = op.attrs["callee"].function
        return any(_marks(callee, inner) for inner in walk(callee.body) if inner.prim != "call")
    one = op.attrs["op"] if op.prim == "each" else op  # of a batch
    return one.prim == "helper" and MAY_BE_NONE in closure(function, [one.attrs["function"]])
