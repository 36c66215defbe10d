"""Whether a result of a function is an array or list that it was given, written to in place."""

from __future__ import annotations

from gradgen.deep import deep
from gradgen.diff.activity import carried
from gradgen.ir.nodes import GROWS, WRITES, Callee, Function, Op, Value, added_in_place


def settle_in_place(callees: list[Callee]) -> None:
    """Note what recursive functions write to in place, after all copies: adjoints, and lists."""
    for c in callees:
        c.in_place = bool(c.sums)
        kinds = [leaf.value.type.kind for leaf in c.function.leaves]
        c.lists = {k: i for k, i in c.written.items() if kinds[k] == "list"}
        c.same = set(c.list_seeds.values()) if c.backward is not None else set()
    changed = True
    while changed:
        changed = False
        for c in callees:
            if c.in_place and not _adds(c):
                c.in_place, changed = False, True
            lists = {k: i for k, i in c.lists.items() if _same_list(c.function, k, i)}
            same = _same_adjoints(c)
            changed |= lists != c.lists or same != c.same
            c.lists, c.same = lists, same


def _same_list(f: Function, k: int, i: int) -> bool:
    return _is_same(f.body.results[i], {f.leaves[k].value})


def _same_adjoints(c: Callee) -> set[int]:
    """Return which results of a sweep are surely the adjoints of lists that it was given."""
    f = c.backward
    if f is None or not c.same:
        return set()
    first = len(f.leaves) - len(c.sums) - len(c.varying)
    return {i for n, i in c.list_seeds.items() if i in c.same and _same_list(f, first + n, i)}


def _adds(c: Callee) -> bool:
    """Whether all sums of a function are the arrays that it was given, if those it calls do so."""
    f: Function | None = c.function if c.both else c.backward
    if f is None:
        return True
    if c.both:
        pairs = [(k, c.written[k]) for k in c.sums]
    else:
        first = len(f.leaves) - len(c.sums)
        pairs = [(first + n, c.active.index(k)) for n, k in enumerate(c.sums)]
    return all(_is_same(f.body.results[i], {f.leaves[k].value}) for k, i in pairs)


@deep
def _is_same(v: Value, same: set[Value]) -> bool:
    """Whether a value is surely the object that some values are."""
    while v not in same:
        op = v.op
        if op is None:
            return False
        if op.prim in GROWS and v is not op.outputs[-1]:
            return False
        if op.prim in GROWS or (op.prim in WRITES and _writes_there(op)):
            v = op.inputs[0]
        elif op.prim == "call":
            places = {i: k for k, i in added_in_place(op)}
            place = places.get(op.outputs.index(v))
            if place is None:
                return False
            v = op.inputs[place]
        elif op.prim == "if":
            return _same_on_sides(op, op.outputs.index(v), same)
        elif op.prim in ("for", "while"):
            k = op.outputs.index(v)
            params, inits = carried(op)
            body = op.blocks[-1]
            if body.end != "continue" or not _is_same(body.results[k], {*same, params[k]}):
                return False
            v = inits[k]
        else:
            return False
    return True


def _writes_there(op: Op) -> bool:
    """Whether a write goes to the array itself, or to rows of it that numbers lead to."""
    way = op.attrs.get("path", ())
    return all(prim == "load" and set(attrs["index"]) == {"i"} for prim, _, attrs in way)


def _same_on_sides(op: Op, k: int, same: set[Value]) -> bool:
    return all(b.end == "yield" and _is_same(b.results[k], same) for b in op.blocks)
