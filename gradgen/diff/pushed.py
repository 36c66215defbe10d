"""Recursive functions in forward mode: each becomes one that takes and returns tangents, too.

``f_tangent`` returns what ``f`` returns and the tangents of that, and calls itself where ``f`` did;
there is nothing to save.
"""

from __future__ import annotations

from collections.abc import Callable

from gradgen.diff.adjoints import adjoint_type
from gradgen.diff.forward import Forward
from gradgen.diff.pairs import name_result
from gradgen.ir.nodes import Callee, Function, Leaf, Op, Value
from gradgen.passes.additions import recognise_additions
from gradgen.passes.cse import share_common
from gradgen.passes.dce import remove_dead
from gradgen.passes.hoist import hoist_lengths
from gradgen.passes.sharing import shared_results

# Makes the sweep of a function whose differentiated leaves have these tangents.
Sweep = Callable[[Function, dict[Value, Value]], Forward]


def push_callees(callees: list[Callee], sweep: Sweep = Forward) -> None:
    """Let all recursive functions that carry derivatives carry tangents along, in place.

    With another ``sweep``, what it has in place of tangents.
    """
    active = [c for c in callees if c.active and c.varying]
    for c in active:
        c.moving, c.tracked = c.active, sweep is not Forward
    for c in active:
        _push(c, sweep)
    changed = True
    while changed:
        changed = False
        for c in active:
            found = shared_results(c.function)
            changed |= not found <= c.shares
            c.shares |= found


def _push(c: Callee, start: Sweep) -> None:
    """Give a function the tangents of its parameters, and those of its results."""
    f = c.function
    name_result(c)
    hoist_lengths(f)
    recognise_additions(f)
    tangents = _leaves(c)
    sweep = start(f, tangents)
    sweep.block(f.body)
    with sweep.b.into(f.body):
        moved = [sweep.of(f.body.results[k]) for k in c.varying]
    for k, t in zip(c.varying, moved, strict=True):
        if not t.name and t.op is not None and t.op.tangent:
            t.name = f"t_{f.body.results[k].name or 'value'}"
    count = len(f.body.results)
    f.body.results = [*f.body.results, *moved]
    first = len(f.leaves) - len(c.moving)
    for k, i in list(c.written.items()):
        if i in c.varying:
            c.written[first + c.moving.index(k)] = count + c.varying.index(i)
    share_common(f)
    remove_dead(f)


def _leaves(c: Callee) -> dict[Value, Value]:
    """Append parameters for tangents; return them by what they are the tangents of."""
    f = c.function
    taken = {leaf.param for leaf in f.leaves}
    at = sum(op.prim == "leaf" for op in f.body.ops)
    out: dict[Value, Value] = {}
    for leaf in [f.leaves[k] for k in c.moving]:
        name = f"t_{leaf.param}"
        while name in taken:
            name += "_"
        taken.add(name)
        t = Value(adjoint_type(leaf.value), name, leaf.value.span)
        t.user = True
        attrs = {"param": name, "path": (), "owned": t.type.kind == "list"}
        t.op = Op("leaf", [], [t], attrs, leaf.value.span, tangent=True)
        f.body.ops.insert(at, t.op)
        at += 1
        f.leaves.append(Leaf(name, (), t))
        out[leaf.value] = t
    f.params = [*f.params, *((leaf.param, leaf.value.type) for leaf in f.leaves[-len(out) :])]
    return out
