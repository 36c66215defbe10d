"""Recursive functions read by themselves, until their types and results are settled."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.errors import ArgumentError, UnsupportedError
from gradgen.frontend import row_kinds
from gradgen.frontend.covers import Cover
from gradgen.frontend.given_out import NOTED, Unchanging
from gradgen.frontend.reader import Reader
from gradgen.frontend.recursive_names import InnerReader
from gradgen.frontend.recursive_states import Reading, Recursive, Widened
from gradgen.frontend.signals import Endless
from gradgen.frontend.state import snapshot
from gradgen.frontend.structure import names_of_leaves, rebuild
from gradgen.frontend.templates import (
    Node,
    Options,
    Same,
    Template,
    carried_parts,
    equal,
    portable,
    types,
    values_of,
)
from gradgen.frontend.values import Frame, Map, Ref, Static
from gradgen.ir.nodes import Block, Const, Function, Leaf, Undefined, Value
from gradgen.ir.types import Type
from gradgen.library.collections import STANDS_FOR
from gradgen.passes.sharing import shared_results
from gradgen.passes.stored_into import stored_into

NESTED = 5  # choices inside each other in what a recursive function returns


def read_body(r: Reader, node: ast.AST, state: Reading) -> None:
    """Read a function until its types, its result and what it reads around it are settled."""
    book = r.book
    state.busy = True
    try:
        for _ in range(60):
            version = book.version
            try:
                _trial(r, state)
            except Widened:
                continue
            except Endless:
                if book.version == version:
                    break
            if book.version == version:
                break
        else:
            r.refuse(node, "the types of a recursion do not settle", "give them one type each")
    finally:
        state.busy = False
    state.read_at = book.version
    if state.result is None and not any(s.busy for s in book.states.values()):
        r.refuse(node, f"{state.callee.name!r} never returns", "return on some path without a call")


def _trial(outer: Reader, state: Reading) -> None:
    from gradgen.frontend.inlining import run_body

    block = Block()
    r = InnerReader(block, outer, state)
    leaves: list[Leaf] = []
    names: dict[str, Any] = {}
    kinds = iter(state.types)
    for name, structure in state.structure.items():
        labels = names_of_leaves(structure, name.split()[0])
        mine = [parameter(r, leaves, n, next(kinds)) for n in labels]
        names[name] = rebuild(structure, iter(mine))
    for key, o in state.outer.items():
        labels = names_of_leaves(o.structure, o.name.split()[0])
        mine = [parameter(r, leaves, n, t) for n, t in zip(labels, o.types, strict=True)]
        r.imported[key] = rebuild(o.structure, iter(mine))
        if o.name.startswith(" "):
            names[o.name] = r.imported[key]  # a list of ``pools``: it is seen to hold its items
    names[NOTED] = Static(Unchanging())
    first = r.frame
    frame = Frame(first.source, names, first.globals, first.cells, first.parent)
    frame.owner, frame.path = r, (id(state.definition),)
    frame.caller = _caller(r, names)
    r.frame, r.leaves = frame, leaves
    r.b.span = frame.source.span(state.definition)
    entry = snapshot(r)
    value = run_body(r, state.definition)
    _settle(r, state, value, entry)


def _caller(r: InnerReader, given: dict[str, Any]) -> Frame:
    """Return the names of whoever calls: they see what is written to what they give.

    Without them, a name that is bound anew where paths meet would take the writes with it.
    """
    around = {f"{name} {place}": value for (place, name), value in r.imported.items()}
    return Frame(None, {**given, **around}, {})


def parameter(r: InnerReader, leaves: list[Leaf], name: str, type_: Type) -> Any:
    """Return a parameter of the function that is read."""
    taken = {leaf.param for leaf in leaves}
    while name in taken:
        name += "_"
    attrs = {"param": name, "path": (), "type": type_, "of_recursion": True}
    attrs["owned"] = type_.kind == "list"
    out = r.b.append("leaf", [], [type_], [name], attrs=attrs).out
    out.user = True
    leaves.append(Leaf(name, (), out))
    held = r.hold(out)
    row_kinds.set_class(r, held, None)
    r.held.append(held)
    return held


def _a_kind_of(box: Any) -> str:
    """Return what a box is in Python's words."""
    kind = dict if isinstance(box, Map) else box.kind
    return f"a {STANDS_FOR.get(kind, kind).__name__}"


def _settle(r: InnerReader, state: Reading, value: Any, entry: Any) -> None:
    """Note what a trial has shown."""
    book = r.book
    span = r.frame.source.span(state.definition)
    filled = [box for box in r.filled if entry.knows(box)]
    if filled:
        grow = book.growing.get(id(state.definition), 0)
        if grow < 2:
            raise Recursive(state.definition, grows=grow + 1)
        raise UnsupportedError(
            f"{state.callee.name!r} is recursive, and writes into {_a_kind_of(filled[0])} "
            "that it is given",
            span,
            "return the new values instead, or keep them in an array",
        )
    cover = Cover(r, entry, lambda _: False)
    found = cover.first(value) if state.result is None else cover.widen(state.result, value)
    if not portable(found) or _holds_function(found):
        raise ArgumentError(
            f"{state.callee.name!r} is recursive, and returns something other than numbers, "
            "arrays and tuples of them",
            span,
            "return numbers or arrays",
        )
    if _choices(found) > NESTED:
        raise ArgumentError(
            f"{state.callee.name!r} is recursive, and returns containers of what it returns, "
            "as deep as numbers decide",
            span,
            "return an object of a class of your own, which is kept in lists, or fill lists",
        )
    if state.result is None or not equal(state.result, found):
        state.result, state.handed_back = found, None
        book.version += 1
    _note_handed_back(r, state, carried_parts(found, value))
    given = zip(values_of(r, found, value), types(found), strict=True)
    results = [_in_place_of_nothing(r, v, t) for v, t in given]
    written = [k for k, h in enumerate(r.held) if isinstance(h, Ref)
               and r.versions[h.storage] is not h.value]  # fmt: skip
    places = {k: len(results) + i for i, k in enumerate(written)}
    results += [r.versions[r.held[k].storage] for k in written]
    callee = state.callee
    block = r.top
    block.results = results
    params = [(leaf.param, leaf.value.type) for leaf in r.leaves]
    old = callee.function
    callee.function = Function(callee.name, params, r.leaves, block, span)
    callee.function.captures = r.arrays
    callee.function.result = {"reader": r}  # rules in it are read as those outside it
    _require_seen(callee.function, places, span)
    if places != callee.written or (old is not None and len(old.leaves) != len(r.leaves)):
        callee.written = places
        callee.shares.clear()  # lists in it were taken for others: what shares is found anew
        book.version += 1
        return
    shares = shared_results(callee.function)
    if not shares <= callee.shares:
        callee.shares |= shares
        book.version += 1


def _note_handed_back(r: InnerReader, state: Reading, parts: list[Any]) -> None:
    """Note which results are, on all paths, arrays that the function is given: other names of them.

    A call inside is taken to hand back what the paths without one do, until one shows otherwise.
    """
    place = {h.storage: k for k, h in enumerate(r.held)
             if isinstance(h, Ref) and h.value.type.kind == "array"}  # fmt: skip
    found = {
        i: place[part.storage]
        for i, part in enumerate(parts)
        if isinstance(part, Ref) and not part.steps and part.storage in place
    }
    before = state.handed_back
    now = found if before is None else dict(sorted(before.items() & found.items()))
    if now != before:
        state.handed_back = now
        r.book.version += 1


def _in_place_of_nothing(r: InnerReader, v: Value, type_: Type) -> Value:
    """Return what stands in a place of the result that no path fills any more, and nobody reads."""
    if not isinstance(v, Undefined):
        return v
    if type_.kind == "list":
        return r.b.emit("list", [])
    return Const(0.0 if type_.inexact or not type_.is_scalar else 0)


def _require_seen(function: Function, places: dict[int, int], span: Any) -> None:
    """Refuse a write to an array that is given, had the caller not been told of it.

    A net below the names of ``_caller``: nothing is known that falls into it.
    """
    if stored_into(function) - places.keys():
        raise ArgumentError(
            f"{function.name!r} is recursive, and writes to an array that it is given, in a "
            "way that is not followed",
            span,
            "write by slices (a[:] = ..., a[:] += ...), or return the new array",
        )


def _choices(t: Template) -> int:
    """Return how many choices stand inside each other: each reading may add one."""
    if isinstance(t, Options):
        return 1 + max(map(_choices, t.items))
    return max((_choices(inner) for _, inner in t.items), default=0) if isinstance(t, Node) else 0


def _holds_function(t: Template) -> bool:
    return isinstance(t, Same) and not isinstance(t.thing, Static)
