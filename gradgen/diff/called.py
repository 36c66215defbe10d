"""The sweep of a call of a recursive function: a call of the function's own sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradgen.diff.adjoints import adjoint_type
from gradgen.ir.nodes import Op, Value

if TYPE_CHECKING:
    from gradgen.diff.reverse import Reverse


def sweep_call(sweep: Reverse, op: Op) -> None:
    """Sweep a call of a recursive function by a call of its sweep."""
    callee = op.attrs["callee"]
    outputs = [op.outputs[k] for k in callee.varying]
    if not any(v in sweep.adj for v in outputs):
        return
    seeds = []
    for v in outputs:
        g = sweep.adj.get(v)
        seeds.append(sweep.zeros_of(v) if g is None else sweep.whole(g, v))
    given = [op.inputs[k] for k in callee.active]
    sums = _sums_so_far(sweep, op)
    attrs = {"callee": callee, "part": "backward", "mirror": op}
    read = op.inputs
    if callee.settled:
        read = [op.inputs[k] for k in callee.needs]
    else:
        attrs["given"] = len(read)
    kinds = [adjoint_type(v) for v in given]
    back = sweep.b.append("call", [*read, *seeds, *sums.values()], kinds, attrs=attrs)
    for k, v, g in zip(callee.active, given, back.outputs, strict=True):
        if v in sweep.varied and k in sums and sums[k] is sweep.adj.get(v):
            sweep.adj[v] = g
            sweep.label(v)
        else:
            sweep.accumulate(v, g)


def _sums_so_far(sweep: Reverse, op: Op) -> dict[int, Value]:
    """Return the adjoints of arguments that the sweep of a call adds to, by their places."""
    out: dict[int, Value] = {}
    held: set[Value] = set()
    for k in op.attrs["callee"].sums:
        v = op.inputs[k]
        total = sweep.buffer(v)
        if total is None or v in held:
            total = sweep.alg.zeros(v)
        if v in sweep.varied and total is not sweep.adj.get(v) and v not in held:
            sweep.adj[v] = total
            sweep.label(v)
        held.add(v)
        out[k] = total
    return out
