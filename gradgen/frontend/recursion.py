"""Recursive functions: a call that depends on numbers becomes a call of a function of the graph.

Where the structure of the arguments or constants alone decide how deep a recursion goes, it is
written out.  Otherwise the function is read once for itself.  What it takes and what it returns is
found by trial: a call inside it stands for nothing at first, so that the paths without one tell
the type of the result; then everything is read again, until nothing changes.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.errors import ArgumentError, UnsupportedError
from gradgen.frontend import kept, row_kinds, stores, unbound
from gradgen.frontend.book import MOST_TURNS
from gradgen.frontend.covers import Cover
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Endless
from gradgen.frontend.state import snapshot
from gradgen.frontend.structure import Structure, flatten, names_of_leaves, rebuild
from gradgen.frontend.templates import (
    Node,
    Options,
    Same,
    Template,
    equal,
    portable,
    rebuilt,
    types,
    values_of,
)
from gradgen.frontend.values import Box, Frame, LocalFunction, Poison, Ref, Static, is_static
from gradgen.ir.nodes import Block, Callee, Function, Leaf, Value
from gradgen.ir.types import Type, join
from gradgen.passes.sharing import shared_results
from gradgen.passes.stored_into import stored_into
from gradgen.syntax import names_in

DEPTH, COUNT = 30, 100
DEEPER = 300  # with some effort
NESTED = 5  # choices inside each other in what a recursive function returns
STRUCTURES = 40
KINDS = 20  # of arguments, for each of which a recursive function is read by itself


class Recursive(Exception):
    """A function turned out to be recursive: everything is read again with calls of it."""

    def __init__(self, definition: Any) -> None:
        super().__init__(definition)
        self.definition = definition


class Widened(Exception):
    """A recursive function is called with arguments of more types than it was read for."""


@dataclass(slots=True, eq=False)
class Activation:
    """A call that is being written out: of which function and closure, with which arguments.

    ``depth`` is how deep in branches the call stands.
    """

    definition: Any
    bound: dict[str, Any]
    depth: int
    closure: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class Outer:
    """A name of an enclosing function that a recursive one reads: it becomes a parameter."""

    frame: Frame
    name: str
    structure: Structure
    types: list[Type]


class Reading:
    """One recursive function for arguments of one structure."""

    def __init__(
        self, key: Any, definition: Any, frame: Frame, structure: dict[str, Structure]
    ) -> None:
        self.key, self.definition, self.frame, self.structure = key, definition, frame, structure
        self.callee = Callee(getattr(definition, "name", "inner"))
        self.types: list[Type] = []
        self.outer: dict[tuple[int, str], Outer] = {}
        self.result: Template | None = None
        self.busy = False
        self.read_at = -1


# --- written out, or called ---------------------------------------------------------------


def closure_of(frame: Frame) -> tuple[int, ...]:
    """Identify what a function reads around it: one definition can make several functions."""
    around = (frame.parent,) if frame.parent is not None else ()
    return tuple(id(cell.cell_contents) for cell in frame.cells.values()) + tuple(map(id, around))


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
    here, most = _skeleton(r, bound, node, False), DEEPER if book.effort else DEPTH
    if all(_skeleton(r, a.bound, node, False) != here for a in active):
        if len(active) < STRUCTURES:
            return
    elif (book.effort or r.b.depth == active[-1].depth) and len(active) < most:
        full = _skeleton(r, bound, node, True)
        fresh = all(_skeleton(r, a.bound, node, True) != full for a in active)
        if fresh and book.count[id(definition)] < (MOST_TURNS if book.effort else COUNT):
            return
    for inside in r.activations[r.activations.index(active[0]) :]:
        kept.require_known(r, node, inside.definition, inside.bound)
    raise Recursive(definition)


def _skeleton(r: Reader, bound: dict[str, Any], node: ast.AST, constants: bool) -> Any:
    return tuple((n, flatten(r, v, node, constants, True)[0].key) for n, v in bound.items())


def call(r: Reader, node: ast.AST, definition: Any, frame: Frame, bound: dict[str, Any]) -> Any:
    """Return the value of a call of a recursive function."""
    book = r.book
    structure: dict[str, Structure] = {}
    given: list[Any] = []
    for name, value in bound.items():
        structure[name], leaves = flatten(r, value, node)
        given += leaves
    where = frame.parent.path if frame.parent is not None else closure_of(frame)
    key = (id(definition), where, tuple((n, s.key) for n, s in structure.items()))
    state = book.states.get(key)
    if state is None:
        if sum(other[:2] == key[:2] for other in book.states) > KINDS:
            r.refuse(node, "a recursive call with another list or structure at each depth",
                     "start from an array, or from a list that has no known length")  # fmt: skip
        state = book.states[key] = Reading(key, definition, frame, structure)
        state.types = list(book.hints.get(key, ()))
    _require_types(r, node, state, given)
    if not state.busy and state.read_at != book.version:
        _read(r, node, state)
    if state.result is None:
        r.incomplete = True
        raise Endless(node)
    given += _outer_leaves(r, node, state)
    return _emit(r, node, state, given)


def _leaf_type(r: Reader, leaf: Any) -> Type:
    return replace(r.read(leaf).type, value=None)


def _require_types(r: Reader, node: ast.AST, state: Reading, given: list[Any]) -> None:
    """Widen the types of the parameters to those of a call."""
    new = [_leaf_type(r, leaf) for leaf in given]
    wider = _joined(r, node, state.types, new) if state.types else new
    if wider != state.types:
        known = bool(state.types)
        state.types = r.book.hints[state.key] = wider
        _learn(r, state, known)


def _learn(r: Reader, state: Reading, known: bool) -> None:
    r.book.version += 1
    if state.busy:
        raise Widened
    if known and state.callee.function is not None:
        # Calls that stand in the graph already were made for fewer types.
        raise Recursive(state.definition)


def _joined(r: Reader, node: ast.AST, old: list[Type], new: list[Type]) -> list[Type]:
    out = []
    for a, b in zip(old, new, strict=True):
        wider = join(a, b)
        if wider is None:
            r.refuse(
                node,
                f"a recursive call with an argument of type {b}, which was {a} before",
                "give the argument one type",
            )
        out.append(wider)
    return out


# --- reading ------------------------------------------------------------------------------


def _read(r: Reader, node: ast.AST, state: Reading) -> None:
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
        mine = [_parameter(r, leaves, n, next(kinds)) for n in names_of_leaves(structure, name)]
        names[name] = rebuild(structure, iter(mine))
    for key, o in state.outer.items():
        labels = names_of_leaves(o.structure, o.name.split()[0])
        mine = [_parameter(r, leaves, n, t) for n, t in zip(labels, o.types, strict=True)]
        r.imported[key] = rebuild(o.structure, iter(mine))
        if o.name.startswith(" "):
            names[o.name] = r.imported[key]  # a list of ``pools``: it is seen to hold its items
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


def _parameter(r: InnerReader, leaves: list[Leaf], name: str, type_: Type) -> Any:
    """Return a parameter of the function that is read."""
    taken = {leaf.param for leaf in leaves}
    while name in taken:
        name += "_"
    attrs = {"param": name, "path": (), "type": type_, "owned": type_.kind == "list"}
    out = r.b.append("leaf", [], [type_], [name], attrs=attrs).out
    out.user = True
    leaves.append(Leaf(name, (), out))
    held = r.hold(out)
    row_kinds.set_class(r, held, None)
    r.held.append(held)
    return held


def _settle(r: InnerReader, state: Reading, value: Any, entry: Any) -> None:
    """Note what a trial has shown."""
    book = r.book
    span = r.frame.source.span(state.definition)
    if any(entry.knows(box) for box in r.filled):
        raise ArgumentError(
            f"{state.callee.name!r} is recursive, and writes into a list, dict or object "
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
        state.result = found
        book.version += 1
    results = values_of(r, found, value)
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
    _require_seen(callee.function, places, span)
    if places != callee.written or (old is not None and len(old.leaves) != len(r.leaves)):
        callee.written = places
        book.version += 1
    shares = shared_results(callee.function)
    if not shares <= callee.shares:
        callee.shares |= shares
        book.version += 1


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


def _has(frame: Frame, name: str) -> bool:
    return name in frame.names or (frame.shared is not None and name in frame.shared.fields)


def _value_in(frame: Frame, name: str) -> Any:
    """Return what a name stands for in the frame that it belongs to."""
    if frame.shared is not None and name in frame.shared.fields:
        return frame.shared.fields[name]
    return frame.names[name]


class InnerReader(Reader):
    """Reads a recursive function by itself; what it reads around it becomes a parameter."""

    def __init__(self, block: Block, outer: Reader, state: Reading) -> None:
        super().__init__(block)
        self.state, self.inner = state, True
        self.frame = state.frame
        self.book, self.precise = outer.book, outer.precise
        self.written_out = outer.written_out
        self.captures, self.arrays, self.notes = outer.captures, outer.arrays, outer.notes
        self.call_path = [id(state.definition)]
        self.imported: dict[tuple[int, str], Any] = {}
        self.held: list[Any] = []
        self.leaves: list[Leaf] = []

    def lookup(self, name: str, node: ast.AST) -> Any:
        """Return what a name means; the numbers of functions around come in as parameters."""
        frame: Frame | None = self.frame
        while frame is not None and not (
            name in frame.names or name in frame.local_names or name in frame.cells
        ):
            frame = frame.parent
        if frame is not None and frame.owner is not self and _has(frame, name):
            return self.bring_in(frame, name, node)
        try:
            return super().lookup(name, node)
        except UnsupportedError:
            if self.incomplete:
                # It is assigned where the result of a call is not known yet.
                raise Endless(node) from None
            raise

    def bring_in(self, frame: Frame, name: str, node: ast.AST) -> Any:
        """Return the value of a name of a function around this one."""
        key = (id(frame), name)
        if key in self.imported:
            return self.imported[key]
        owner = frame.owner
        value = _known_in(owner, frame, name, node)
        structure, leaves = flatten(owner, value, node)
        if not leaves:
            return value
        kinds = [_leaf_type(owner, leaf) for leaf in leaves]
        hint = self.book.hints.get((self.state.key, frame.path, name), ())
        if len(hint) == len(kinds):  # what an earlier reading has found at other calls
            kinds = _joined(self, node, list(hint), kinds)
        self.state.outer[key] = Outer(frame, name, structure, kinds)
        self.book.version += 1
        raise Widened


def name_defaults(r: Reader, fn: LocalFunction) -> None:
    """Give the defaults of a function that calls itself names, by which it finds them inside."""
    if fn.node.name in names_in(fn.node.body):
        for label, value in zip(_labels(fn), [*fn.defaults, *fn.kw_defaults], strict=True):
            if _needs_name(value):
                r.frame.names[label] = value


def defaults_at(r: Reader, fn: LocalFunction, node: ast.AST) -> tuple[list[Any], list[Any]]:
    """Return the defaults of a local function at a call; in a recursive one they are parameters."""
    if not isinstance(r, InnerReader) or fn.frame.owner is r or fn.at_hand:
        return fn.defaults, fn.kw_defaults
    values = []
    for label, value in zip(_labels(fn), [*fn.defaults, *fn.kw_defaults], strict=True):
        if label in fn.frame.names:
            value = r.bring_in(fn.frame, label, node)
        elif _needs_name(value):
            what = f"a recursion in which the default of {label.split()[0]!r} is computed"
            r.refuse(node, what, "pass it as an argument, or read the name from around")
        values.append(value)
    return values[: len(fn.defaults)], values[len(fn.defaults) :]  # fmt: skip


def _needs_name(value: Any) -> bool:
    return isinstance(value, Box) or not (value is None or is_static(value))


def _labels(fn: LocalFunction) -> list[str]:
    """Return names for the defaults of a function that no name of the user's can be."""
    spec = fn.node.args
    positional = [*spec.posonlyargs, *spec.args]
    with_default = positional[len(positional) - len(fn.defaults) :]
    return [f"{a.arg} default {fn.node.lineno}" for a in (*with_default, *spec.kwonlyargs)]


def _known_in(r: Reader, frame: Frame, name: str, node: ast.AST) -> Any:
    """Return the value of a name of a function around a recursive one, which has to have one."""
    value = _value_in(frame, name)
    if isinstance(value, Poison):
        raise value.error
    value = r.settled(value)
    if unbound.may_miss(value):
        what = f"{name!r} is read by a recursive function, and not assigned on every path"
        r.refuse(node, what, "assign it before the function is called")
    return value


def _outer_leaves(r: Reader, node: ast.AST, state: Reading) -> list[Any]:
    """Return what the names around a recursive function are at a call of it."""
    out: list[Any] = []
    for o in list(state.outer.values()):
        if o.frame.owner is r:
            value = _known_in(r, o.frame, o.name, node)
        else:
            assert isinstance(r, InnerReader)
            value = r.bring_in(o.frame, o.name, node)
        structure, leaves = flatten(r, value, node)
        if structure.key != o.structure.key:
            r.refuse(node, f"{o.name!r} is of another kind at this recursive call",
                     "pass it as an argument")  # fmt: skip
        wider = _joined(r, node, o.types, [_leaf_type(r, leaf) for leaf in leaves])
        if wider != o.types:
            o.types = r.book.hints[state.key, o.frame.path, o.name] = wider
            _learn(r, state, True)
        out += leaves
    return out


# --- the call -----------------------------------------------------------------------------


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
    for ref in held:
        row_kinds.set_class(r, ref, None)
    for i, k in callee.shares:
        if i >= len(held) or not isinstance(held[i], Ref) or not isinstance(given[k], Ref):
            continue
        if held[i].value.type.kind == inputs[k].type.kind:
            r.entangle(held[i].storage, given[k].storage, set())
        else:
            # An array that is also in a list: it may be read, but not written to.
            held[i].storage.outside = True
    return rebuilt(r, template, iter(held))


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
