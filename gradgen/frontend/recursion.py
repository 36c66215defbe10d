"""Recursive functions: a call that depends on numbers becomes a call of a function of the graph.

Where the structure of the arguments or constants alone decide how deep a recursion goes, it is
written out.  Otherwise the function is read once for itself (``recursive_bodies``).  What it takes
and what it returns is found by trial: a call inside it stands for nothing at first, so that the
paths without one tell the type of the result; then everything is read again, until nothing changes.
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.errors import UnsupportedError
from gradgen.frontend import kept, listed, row_kinds, stores
from gradgen.frontend.book import MOST_TURNS
from gradgen.frontend.captures import cell_value
from gradgen.frontend.reader import Reader
from gradgen.frontend.recursive_names import outer_leaves
from gradgen.frontend.recursive_states import Reading, Recursive, joined, leaf_type, learn
from gradgen.frontend.signals import Endless
from gradgen.frontend.structure import Seen, Structure, flatten
from gradgen.frontend.templates import classes, rebuilt, types
from gradgen.frontend.values import Box, Frame, Ref
from gradgen.ir.nodes import Const, Value
from gradgen.ir.types import Type

DEPTH, COUNT = 30, 100
DEEPER = 300  # with some effort
STRUCTURES = 40
KINDS = 20  # of arguments, for each of which a recursive function is read by itself


@dataclass(slots=True, eq=False)
class Activation:
    """A call that is being written out: of which function and closure, with which arguments.

    ``depth`` is how deep in branches the call stands, ``state`` what is known as it begins.
    """

    definition: Any
    bound: dict[str, Any]
    depth: int
    closure: tuple[int, ...] = ()
    state: Any = None


def closure_of(frame: Frame) -> tuple[int, ...]:
    """Identify what a function reads around it: one definition can make several functions."""
    around = (frame.parent,) if frame.parent is not None else ()
    return tuple(id(cell_value(cell)) for cell in frame.cells.values()) + tuple(map(id, around))


def decide(r: Reader, node: ast.AST, definition: Any, frame: Frame, bound: dict[str, Any]) -> None:
    """Let a call be written out, or ask for the function to be read for itself.

    Raises
    ------
    Recursive
        Where the depth may depend on numbers.
    """
    book = r.book
    closure = closure_of(frame)
    active = [a for a in r.activations if a.definition is definition and a.closure == closure]
    book.count[id(definition)] = book.count.get(id(definition), 0) + 1
    if not active:
        return
    seen = Seen()
    here, most = _skeleton(r, bound, node, False, seen), DEEPER if book.effort else DEPTH
    if all(_skeleton(r, a.bound, node, False, seen) != here for a in active):
        if len(active) < STRUCTURES:
            return
    elif (book.effort or r.b.depth == active[-1].depth) and len(active) < most:
        seen = Seen()
        full = state_at(r, node, frame, bound) or _skeleton(r, bound, node, True, seen)
        fresh = all((a.state or _skeleton(r, a.bound, node, True, seen)) != full for a in active)
        if fresh and book.count[id(definition)] < (MOST_TURNS if book.effort else COUNT):
            return
    for inside in r.activations[r.activations.index(active[0]) :]:
        kept.require_known(r, node, inside.definition, inside.bound)
    raise Recursive(definition)


def state_at(r: Reader, node: ast.AST, frame: Frame, bound: dict[str, Any]) -> Any:
    """Return what is known as a call begins, with some effort: of arguments, and of what is around.

    A parser that reads ``pos`` of the function around it, or of an object, moves it before it calls
    itself; so what was known has to be noted before the body is read.
    """
    held = frame.parent is not None or any(isinstance(v, Box) for v in bound.values())
    if not (r.book.effort and held):
        return None
    outer = frame.outward()
    next(outer)
    around = {
        f"{name} {depth}": value
        for depth, f in enumerate(outer)
        for name, value in (f.names | (f.shared.fields if f.shared is not None else {})).items()
        if isinstance(value, Const) or (isinstance(value, Box) and value is not f.shared)
    }
    try:
        return _skeleton(r, bound | around, node, True, Seen())
    except UnsupportedError:
        return None


def _skeleton(r: Reader, bound: dict[str, Any], node: ast.AST, constants: bool, seen: Seen) -> Any:
    return tuple((n, flatten(r, v, node, constants, seen)[0].key) for n, v in bound.items())


def call(r: Reader, node: ast.AST, definition: Any, frame: Frame, bound: dict[str, Any]) -> Any:
    """Return the value of a call of a recursive function."""
    book = r.book
    structure: dict[str, Structure] = {}
    given: list[Any] = []
    grow = book.growing.get(id(definition), 0)
    for name, value in bound.items():
        structure[name], leaves = flatten(r, value, node, grow=grow)
        given += leaves
    where = frame.parent.path if frame.parent is not None else closure_of(frame)
    key = (id(definition), where, tuple((n, s.key) for n, s in structure.items()))
    state = book.states.get(key)
    if state is None:
        if sum(other[:2] == key[:2] for other in book.states) > KINDS:
            if grow < 2:
                raise Recursive(definition, grows=grow + 1)
            book.too_deep.add(id(definition))
        state = book.states[key] = Reading(key, definition, frame, structure)
        state.types = list(book.hints.get(key, ()))
    if id(definition) in book.too_deep:
        # Each depth reads a refused call in other ways, and each of these is as deep again.
        r.refuse(node, "a recursive call with another list or structure at each depth",
                 "start from an array, or from a list that has no known length")  # fmt: skip
    _require_types(r, node, state, given)
    if not state.busy and state.read_at != book.version:
        from gradgen.frontend.recursive_bodies import read_body

        read_body(r, node, state)
    if state.result is None:
        r.incomplete = True
        raise Endless(node)
    given += outer_leaves(r, node, state)
    return _emit(r, node, state, given)


def _require_types(r: Reader, node: ast.AST, state: Reading, given: list[Any]) -> None:
    """Widen the types of the parameters to those of a call."""
    new = [leaf_type(r, leaf) for leaf in given]
    wider = joined(r, node, state.types, new) if state.types else new
    if wider != state.types:
        known = bool(state.types)
        state.types = r.book.hints[state.key] = wider
        state.callee.shares.clear()  # what lists of an unknown kind may share is found anew
        learn(r, state, known)


def _emit(r: Reader, node: ast.AST, state: Reading, given: list[Any]) -> Any:
    callee, template = state.callee, state.result
    assert template is not None
    inputs = [r.read(leaf) for leaf in given]
    kinds = types(template)
    written = [k for k in callee.written if k < len(given)]
    after = callee.function.body.results[len(kinds) :] if callee.function is not None else []
    outs = [*kinds, *(v.type for v in after[: len(written)])]
    op = r.b.append("call", inputs, outs, span=r.span(node), attrs={"callee": callee})
    for k, out in zip(written, op.outputs[len(kinds) :], strict=True):
        _write_back(r, node, given, k, out)
    held = [r.hold(v) for v in op.outputs[: len(kinds)]]
    for ref, tuples in zip(held, classes(template), strict=True):
        row_kinds.set_class(r, ref, tuples)
    back = {i: k for i, k in (state.handed_back or {}).items() if isinstance(given[k], Ref)}
    for i, k in callee.shares:
        if i in back:
            continue  # it is what was given, and nothing else
        if i >= len(held) or not isinstance(held[i], Ref) or not isinstance(given[k], Ref):
            continue
        if _may_be_item(held[i].value.type, inputs[k].type):
            listed.taken(r, held[i], given[k])
        elif held[i].value.type.kind == inputs[k].type.kind:
            r.entangle(held[i].storage, given[k].storage, set())
        else:
            # An array that is also in a list: it may be read, but not written to.
            held[i].storage.outside = True
    shown = [given[back[i]] if i in back else v for i, v in enumerate(held)]
    return rebuilt(r, template, iter(shown))


def _may_be_item(result: Type, given: Type) -> bool:
    """Whether a list can be an item of another one, and not that one itself."""
    item = given.item
    if item is None or item.kind != "list" or result.kind != "list":
        return False
    return item.has_rows == result.has_rows and given.has_rows != result.has_rows


def _write_back(r: Reader, node: ast.AST, given: list[Any], k: int, out: Value) -> None:
    """Let the caller see what a recursive function has written into an argument."""
    leaf = given[k]
    others = [g.storage for j, g in enumerate(given) if j != k and isinstance(g, Ref)]
    if not isinstance(leaf, Ref) or set(r.reach(leaf.storage)) & set(others):
        r.refuse(
            node,
            "a recursive function that writes into an argument which is given twice",
            "pass each array once",
        )
    if leaf.steps:
        stores.write(r, node, leaf, stores.whole(leaf), out, "store")
    else:
        r.update(leaf, out)
