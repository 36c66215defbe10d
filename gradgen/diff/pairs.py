"""Recursive functions differentiated: each becomes a pair, one that saves and one that sweeps.

``f_forward`` returns what ``f`` returns, and pushes what ``f_backward`` will read on lists; calls
inside the one are swept by calls inside the other, in the opposite order, so that what was pushed
last is popped first.  What arguments and cheap operations give again is not saved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from gradgen.diff.activity import varied
from gradgen.diff.adjoints import adjoint_type
from gradgen.diff.algebra import is_narrow
from gradgen.diff.reverse import Reverse
from gradgen.ir.nodes import Block, Callee, Const, Function, Op, Stack, Value, blocks_of, walk
from gradgen.passes.additions import recognise_additions
from gradgen.passes.clears import join_clears
from gradgen.passes.copies import insert_copies
from gradgen.passes.cse import share_common
from gradgen.passes.dce import remove_dead
from gradgen.passes.hoist import hoist_lengths
from gradgen.passes.in_place import settle_in_place
from gradgen.passes.sharing import shared_results
from gradgen.passes.through import add_through_zeros

if TYPE_CHECKING:
    from gradgen.diff.stacks import StackPlanner


def callees_of(function: Function) -> list[Callee]:
    """Return the functions that a function calls, directly and through others, in order."""
    found: dict[Callee, None] = {}
    work = [function]
    while work:
        for op in walk(work.pop().body):
            callee = op.attrs.get("callee")
            if callee is not None and callee not in found:
                found[callee] = None
                work.append(callee.function)
    return list(found)


def meant_by(op: Op) -> Function:
    """Return the function that a call means: the one that saves, or the one that sweeps."""
    callee: Callee = op.attrs["callee"]
    f: Function | None = callee.function
    if op.attrs.get("part") == "backward":
        f = callee.backward
    assert f is not None
    return f


def settle_activity(function: Function, callees: list[Callee]) -> None:
    """Find out which parameters and results of recursive functions carry derivatives."""
    changed = True
    while changed:
        changed = False
        for f in [function, *(c.function for c in callees)]:
            known = varied(f)
            for op in walk(f.body):
                if op.prim == "call":
                    changed |= _mark(op, known)
        for c in callees:
            known = varied(c.function)
            moving = [k for k, v in enumerate(c.function.body.results) if v in known]
            changed |= moving != c.varying
            c.varying = moving
            for k, i in c.written.items():
                # What is written to in place has its derivative in place, too.
                leaf = c.function.leaves[k]
                changed |= i in moving and not leaf.active
                leaf.active = leaf.active or i in moving


def _mark(op: Op, known: set[Value]) -> bool:
    changed = False
    for leaf, v in zip(op.attrs["callee"].function.leaves, op.inputs, strict=True):
        if v in known and leaf.value.type.inexact and not leaf.active:
            leaf.active = changed = True
    return changed


def derive(top: Function, callees: list[Callee], swept: Callable[[Function], None]) -> None:
    """Make the pairs of all recursive functions that carry derivatives.

    ``top`` is the function that calls them; ``swept`` is done to each function once its sweep is
    behind it, before the two are parted.
    """
    active = [c for c in callees if c.active and c.varying]
    if active:
        taken = {leaf.param for c in callees for leaf in c.function.leaves}
        _derive_active(top, active, swept, taken)
    for c in callees:
        c.settled = True


def _derive_active(
    top: Function, active: list[Callee], swept: Callable[[Function], None], taken: set[str]
) -> None:
    """Make the pairs; ``taken`` are the names of parameters."""
    from gradgen.diff.handed_on import note_writes_outside
    from gradgen.diff.joint import joint_of
    from gradgen.diff.stacks import StackPlanner

    for c in active:
        kinds = {k: c.function.leaves[k].value.type for k in c.active if k not in c.written}
        c.sums = [
            k for k, t in kinds.items() if t.kind == "array" and t.dtype == "float64" and t.rank
        ]
    for c in active:
        _sweep(c)
        swept(c.function)
        c.joint = joint_of(c)
    mark_forward([c.function for c in active])
    taken |= {str(v.op.attrs["param"]) for c in active for v in c.seeds if v.op is not None}
    sharing = note_writes_outside(top, active)
    planners = [StackPlanner(c, sharing[c], _split(c), taken) for c in active]
    _settle_needs(planners)
    for p in planners:
        p.run()
    _share_stacks(active)
    for c in active:
        for f in (c.function, c.backward):
            assert f is not None
            _pass_stacks(f, c)
            remove_dead(f)
    _settle_shares(active)


def store_in_place(callees: list[Callee]) -> None:
    """Insert the copies that make the stores of recursive functions executable in place."""
    for c in callees:
        for f in (c.function, c.backward):
            if f is not None:
                insert_copies(f)
    settle_in_place(callees)


def _sweep(c: Callee) -> None:
    """Append the reverse sweep to a function, from adjoints that it will be given."""
    f = c.function
    name_result(c)
    hoist_lengths(f)
    recognise_additions(f)
    forward = list(f.body.ops)
    sweep = Reverse(f)
    taken = {leaf.param for leaf in f.leaves}
    for k in c.varying:
        v = f.body.results[k]
        name = _fresh(f"d_{v.name}" if v.name else "d_value", taken)
        type_ = adjoint_type(v)
        op = sweep.b.append("leaf", [], [type_], [name], attrs={"param": name, "path": ()})
        op.out.user, op.attrs["owned"] = True, type_.kind == "list"
        c.seeds.append(op.out)
        sweep.accumulate(v, op.out)
    _take_sums(c, sweep, taken)
    sweep.operations(forward)
    grads = []
    for leaf in (f.leaves[k] for k in c.active):
        g = sweep.adj.get(leaf.value)
        g = sweep.alg.zeros(leaf.value) if g is None else g
        if leaf.value.type.kind == "array":
            g = sweep.alg.full(g, leaf.value) if is_narrow(g, leaf.value) else g
        if not g.name and g.op is not None and g.op.reverse and not isinstance(g, Const):
            g.name, g.user = f"d_{leaf.param}", True
        grads.append(g)
    f.body.results = [*f.body.results, *grads]
    join_clears(f)
    add_through_zeros(f)
    share_common(f)
    remove_dead(f)


def _take_sums(c: Callee, sweep: Reverse, taken: set[str]) -> None:
    """Give a sweep the adjoints of arrays so far, to which it adds."""
    for k in c.sums:
        leaf = c.function.leaves[k]
        name = _fresh(f"d_{leaf.param}", taken)
        attrs = {"param": name, "path": (), "owned": True}
        op = sweep.b.append("leaf", [], [adjoint_type(leaf.value)], [name], attrs=attrs)
        op.out.user = True
        c.seeds.append(op.out)
        sweep.adj[leaf.value] = op.out


def name_result(c: Callee) -> None:
    """Name the only result of a function, beside what it writes to."""
    own = [v for i, v in enumerate(c.function.body.results) if i not in c.written.values()]
    if len(own) == 1 and not own[0].name:
        own[0].name = "value"


def _fresh(name: str, taken: set[str]) -> str:
    """Return a name that is not taken yet, and take it."""
    out, k = name, 1
    while out in taken:
        k += 1
        out = f"{name}_{k}"
    taken.add(out)
    return out


def mark_forward(functions: list[Function]) -> None:
    """Note which calls are swept: these have to save."""
    for f in functions:
        for op in walk(f.body):
            if op.prim == "call" and op.attrs.get("part") == "backward":
                op.attrs["mirror"].attrs["part"] = "forward"


def _split(c: Callee) -> Block:
    """Part a function from its reverse sweep, which becomes a function of its own."""
    f = c.function
    count = len(f.body.results) - len(c.active)
    swept = Block(ops=[op for op in f.body.ops if op.reverse], results=f.body.results[count:])
    f.body.ops = [op for op in f.body.ops if not op.reverse]
    f.body.results = f.body.results[:count]
    c.backward = Function(f"{f.name}_backward", [], [], swept, f.span)
    c.backward.captures = f.captures
    return swept


def _settle_needs(planners: list[StackPlanner]) -> None:
    """Find the arguments that the sweeps read, and hand on no others."""
    needs: dict[Callee, set[int]] = {p.callee: set() for p in planners}
    changed = True
    while changed:
        changed = False
        for p in planners:
            found = p.arguments_read(needs)
            changed |= not found <= needs[p.callee]
            needs[p.callee] |= found
    for p in planners:
        p.callee.needs = sorted(needs[p.callee])
    for p in planners:
        trim_backward_calls(p.swept)


def trim_backward_calls(block: Block) -> None:
    """Leave out the arguments that a sweep does not read."""
    for op in walk(block):
        if op.prim == "call" and op.attrs.get("part") == "backward":
            c, n = op.attrs["callee"], op.attrs.pop("given")
            op.inputs = [*(op.inputs[k] for k in c.needs), *op.inputs[n:]]


def _share_stacks(callees: list[Callee]) -> None:
    """Let a function that calls another take the lists of that one, too."""
    changed = True
    while changed:
        changed = False
        for c in callees:
            for op in walk(c.function.body):
                if op.prim == "call" and op.attrs.get("part") == "forward":
                    more = [s for s in op.attrs["callee"].stacks if s not in c.stacks]
                    c.stacks += more
                    changed |= bool(more)


def _pass_stacks(f: Function, c: Callee) -> None:
    """Give calls inside a function the lists that it was given itself."""
    given: dict[Stack, Value] = {}
    leaves = {op.attrs["stack"]: op.out for op in f.body.ops if "stack" in op.attrs}
    for stack in c.stacks:
        given[stack] = leaves[stack] if stack in leaves else _stack_leaf(f, stack)
    hand_over(f.body, given)


def _stack_leaf(f: Function, stack: Stack) -> Value:
    type_ = replace(stack.type)
    out = Value(type_, stack.name, f.span)
    out.user = True
    attrs = {"param": stack.name, "path": (), "stack": stack, "owned": True}
    out.op = Op("leaf", [], [out], attrs, f.span)
    f.body.ops.insert(0, out.op)
    return out


def hand_over(block: Block, given: dict[Stack, Value]) -> None:
    """Append the lists to the arguments of calls."""
    for op in walk(block):
        if op.prim == "call" and op.attrs.get("part") in ("forward", "backward"):
            stacks = op.attrs["callee"].stacks
            op.attrs["stacks"] = len(stacks)
            op.inputs += [given[s] for s in stacks]


def _settle_shares(callees: list[Callee]) -> None:
    """Find which results of the sweeps may be arguments of theirs, to a fixed point."""
    changed = True
    while changed:
        changed = False
        for c in callees:
            if c.backward is None:
                continue
            found = shared_results(c.backward)
            changed |= not found <= c.backward_shares
            c.backward_shares |= found


def join(function: Function) -> None:
    """Let calls do both sweeps where the adjoint of the result is known before, in place."""
    joint = {c: c.joint for c in callees_of(function) if c.joint is not None}
    if not joint:
        return
    from gradgen.diff.joint import join_calls

    for block in blocks_of(function.body):
        join_calls(block, joint, nested=False)


def connect(function: Function) -> None:
    """Make the lists that the calls in a function save on, where the first such call stands."""
    stacks: dict[Stack, None] = {}
    first = None
    for k, top in enumerate(function.body.ops):
        for op in walk(Block(ops=[top])):
            if op.prim == "call" and op.attrs.get("part") == "forward":
                stacks |= dict.fromkeys(op.attrs["callee"].stacks)
                first = k if first is None else first
    given: dict[Stack, Value] = {}
    made = []
    for stack in stacks:
        out = Value(stack.type, stack.name, function.span)
        out.user = True
        out.op = Op("list", [], [out], {}, function.body.ops[first or 0].span)
        given[stack] = out
        made.append(out.op)
    function.body.ops[first or 0 : first or 0] = made
    hand_over(function.body, given)
