"""Types of lists that were empty where they were made: what they come to hold says what they are.

A list of lists that grows in one loop and is filled in another, as the neighbours of each node of a
graph, is a list of something unknown up to there.  Which stores into it leave others alone can be
told once it is known how deep its lists go.
"""

from __future__ import annotations

from gradgen.diff.activity import carried, ends
from gradgen.ir.nodes import Function, Op, Value, walk
from gradgen.ir.types import Type
from gradgen.passes.memory import depth

GROWN = ("append", "insert")


def settle_list_types(function: Function) -> None:
    """Give lists of unknown items the types that they have where they go."""
    if not any(_is_open(v.type) for op in walk(function.body) for v in op.outputs):
        return
    operations = list(walk(function.body))[::-1]
    changed = True
    while changed:
        changed = any(_settle(op) for op in operations)


def _settle(op: Op) -> bool:
    """Settle what an operation takes and gives; return whether anything changed."""
    if op.prim in ("for", "while"):
        params, inits = carried(op)
        columns = zip(params, inits, op.outputs, strict=False)
        results = [end.results for end in ends(op.blocks[-1])]
        tests = op.blocks[0].params if op.prim == "while" else []
        return any(_alike([*column, *(r[k] for r in results), *tests[k : k + 1]])
            for k, column in enumerate(columns))  # fmt: skip
    if op.prim == "if":
        sides = [b.results for b in op.blocks if b.end == "yield"]
        return any(_alike([out, *(s[k] for s in sides)]) for k, out in enumerate(op.outputs))
    if not op.outputs or not any(v.type.kind == "list" for v in (*op.inputs, *op.outputs)):
        return False
    if op.prim in ("extend", "copy"):
        return _alike([op.out, *op.inputs])
    if op.prim in GROWN or (op.prim == "store" and op.attrs.get("index") == "i"):
        changed = _alike([op.out, op.inputs[0]])
        inside = _inside(op.out.type, len(op.attrs.get("path", ())) + 1)
        return (inside is not None and _learn(op.inputs[1], inside)) or changed
    if op.prim == "load" and op.attrs.get("index") == "i":
        whole = op.inputs[0]
        up = _learn(whole, Type("list", item=op.out.type)) if op.out.type.kind == "list" else False
        return (whole.type.item is not None and _learn(op.out, whole.type.item)) or up
    if op.prim == "list":
        return any(_learn(v, op.out.type.item) for v in op.inputs if op.out.type.item)
    return False


def _inside(t: Type, levels: int) -> Type | None:
    for _ in range(levels):
        if t.item is None:
            return None
        t = t.item
    return t


def _alike(values: list[Value]) -> bool:
    """Give values that are one list the type of the one that is known best."""
    known = [v.type for v in values if v.type.kind == "list" and not _is_open(v.type)]
    return any(_learn(v, known[0]) for v in values) if known else False


def _learn(v: Value, known: Type) -> bool:
    if not _is_open(v.type) or known.kind != "list" or _is_open(known):
        return False
    v.type = known
    return True


def _is_open(t: Type) -> bool:
    return t.kind == "list" and depth(t) < 0
