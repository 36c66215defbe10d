"""Recursive functions in the generated module: as they are, and as pairs that save and sweep."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from gradgen.emission.folding import fold
from gradgen.emission.names import assign_names
from gradgen.emission.printer import Docstring
from gradgen.emission.writer import Writer, part_of
from gradgen.ir.nodes import Callee, Function, walk

ENDINGS = ("forward", "backward", "tangent", "pattern")
PARTS = ("plain", "forward", "backward")


def spell_callees(callees: Iterable[Callee], taken: set[str]) -> set[str]:
    """Give each function its names in the module; return them."""
    used: set[str] = set()
    for c in callees:
        base = c.name if c.name.isidentifier() else "inner"
        while {base, *(f"{base}_{end}" for end in ENDINGS)} & (taken | used):
            base += "_"
        forward = f"{base}_forward" if c.stacks else base
        plain = f"{base}_{'pattern' if c.tracked else 'tangent'}" if c.moving else base
        c.spelled = {"plain": plain, "forward": forward, "backward": f"{base}_backward"}
        used |= set(c.spelled.values())
    return used


def wanted(function: Function) -> list[tuple[Callee, str]]:
    """Return the functions that a module needs, in the order in which they are called."""
    found: dict[tuple[Callee, str], None] = {}
    work = [(function, "")]
    while work:
        f, how = work.pop(0)
        for op in walk(f.body):
            if "callee" not in op.attrs:
                continue
            part = "plain" if how == "plain" or op.prim != "call" else part_of(op)
            key = (op.attrs["callee"], part)
            if key not in found:
                found[key] = None
                inner = key[0].backward if part == "backward" else key[0].function
                assert inner is not None
                work.append((inner, part))
    order = {c: k for k, c in enumerate(dict.fromkeys(c for c, _ in found))}
    return sorted(found, key=lambda key: (order[key[0]], PARTS.index(key[1])))


def definition(callee: Callee, part: str, needs: set[str]) -> ast.FunctionDef:
    """Return one function of a pair; what it needs of imports and helpers goes to ``needs``."""
    function = callee.backward if part == "backward" else callee.function
    assert function is not None
    function.reserved = callee.reserved
    folded = fold(function)
    names = assign_names(function, folded)
    writer = Writer(function, names, folded, plain=part == "plain")
    statements = writer.block(function.body)
    if writer.none_for:
        writer = Writer(function, names, folded, writer.none_for, plain=part == "plain")
        statements = writer.block(function.body)
    kept = _returned(callee, part)
    results = [writer.expr(v) for i, v in enumerate(function.body.results) if i in kept]
    params = [names.get(leaf.value, leaf.param) for leaf in function.leaves]
    if part != "plain":
        at = len(params) if part == "forward" else len(callee.needs)
        params[at:at] = [s.name for s in callee.stacks]
    body: list[ast.stmt] = [Docstring(_purpose(callee, part)), *statements]
    if len(results) == 1:
        body.append(ast.Return(results[0]))
    elif results:
        body.append(ast.Return(ast.Tuple(results, ast.Load())))
    spec = ast.arguments([], [ast.arg(p) for p in params], None, [], [], None, [])
    made = ast.FunctionDef(callee.spelled[part], spec, body, [], None)
    writer.note(made)
    needs |= writer.needs
    return made


def _returned(c: Callee, part: str) -> list[int]:
    """Return which results the text returns: not the arrays and lists given, and written to."""
    function = c.backward if part == "backward" else c.function
    assert function is not None
    given = [*c.same] if part == "backward" else [*c.lists.values()]
    if c.in_place and c.both:
        given += [c.written[k] for k in c.sums]
    elif c.in_place and part == "backward":
        given += [c.active.index(k) for k in c.sums]
    return [i for i in range(len(function.body.results)) if i not in given]


def _purpose(c: Callee, part: str) -> str:
    names = [leaf.param for leaf in c.function.leaves]
    if c.both:
        call = f"{c.name.removesuffix('_both')}({', '.join(names[: len(c.needs)])})"
        sums = ", ".join(names[k] for k in c.sums)
        return f"Return {call}, and add its derivative to {sums}."
    own = names[: len(names) - len(c.moving)]
    call = f"{c.name}({', '.join(own)})"
    if c.moving:
        along = ", ".join(names[len(own) :])
        if c.tracked:
            return f"Return {call}, and what it depends on; {along}: what its arguments depend on."
        return f"Return {call}, and its derivative in the direction of {along}."
    if part == "plain":
        return f"Return {call}."
    if part == "forward":
        return f"Return {call}, and save what {c.spelled['backward']} reads."
    return _purpose_of_sweep(c, call)


def _purpose_of_sweep(c: Callee, call: str) -> str:
    """Say what a reverse sweep returns, adds to, and takes back to before the call."""
    added = c.sums if c.in_place else ()
    names = {n: f"d_{c.function.leaves[k].param}" for n, k in enumerate(c.active)}
    sums = ", ".join(name for n, name in names.items() if c.active[n] in added)
    grads = ", ".join(names[n] for n in names if c.active[n] not in added and n not in c.same)
    lists = ", ".join(names[n] for n in sorted(c.same))
    back = f"; {lists} are then as before it" if "," in lists else f"; {lists} is then as before it"
    end = f"from the adjoint of its result{back if lists else ''}."
    if sums:
        what = f"Return {grads}, and add to {sums}, what" if grads else f"Add to {sums} what"
        return f"{what} {call} gives {end}"
    return f"Return {grads} of {call}, {end}" if grads else f"Go back through {call}, {end}"
