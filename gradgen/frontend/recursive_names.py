"""The names around a recursive function: what it reads of them becomes parameters."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.errors import UnsupportedError
from gradgen.frontend import unbound
from gradgen.frontend.reader import Reader
from gradgen.frontend.recursive_states import Outer, Reading, Widened, joined, leaf_type, learn
from gradgen.frontend.signals import Endless
from gradgen.frontend.structure import flatten
from gradgen.frontend.values import Box, Frame, LocalFunction, Poison, Seq, is_static
from gradgen.ir.nodes import Block, Leaf
from gradgen.syntax import names_in


class InnerReader(Reader):
    """Reads a recursive function by itself; what it reads around it becomes a parameter."""

    def __init__(self, block: Block, outer: Reader, state: Reading) -> None:
        super().__init__(block)
        self.state, self.inner = state, True
        self.frame = state.frame
        self.book, self.precise = outer.book, outer.precise
        self.written_out, self.expansions = outer.written_out, outer.expansions
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
        grow = self.book.growing.get(id(self.state.definition), 0)
        structure, leaves = flatten(owner, value, node, grow=grow)
        if not leaves and not (isinstance(value, Seq) and value.kind is list):
            return value  # a list of constants is made anew: it may become one of the graph
        kinds = [leaf_type(owner, leaf) for leaf in leaves]
        hint = self.book.hints.get((self.state.key, frame.path, name), ())
        if len(hint) == len(kinds):  # what an earlier reading has found at other calls
            kinds = joined(self, node, list(hint), kinds)
        self.state.outer[key] = Outer(frame, name, structure, kinds)
        self.book.version += 1
        raise Widened


def _has(frame: Frame, name: str) -> bool:
    return name in frame.names or (frame.shared is not None and name in frame.shared.fields)


def _value_in(frame: Frame, name: str) -> Any:
    """Return what a name stands for in the frame that it belongs to."""
    if frame.shared is not None and name in frame.shared.fields:
        return frame.shared.fields[name]
    return frame.names[name]


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


def outer_leaves(r: Reader, node: ast.AST, state: Reading) -> list[Any]:
    """Return what the names around a recursive function are at a call of it."""
    out: list[Any] = []
    for o in list(state.outer.values()):
        if o.frame.owner is r:
            value = _known_in(r, o.frame, o.name, node)
        else:
            assert isinstance(r, InnerReader)
            value = r.bring_in(o.frame, o.name, node)
        grow = r.book.growing.get(id(state.definition), 0)
        structure, leaves = flatten(r, value, node, grow=grow)
        if structure.key != o.structure.key:
            r.refuse(node, f"{o.name!r} is of another kind at this recursive call",
                     "pass it as an argument")  # fmt: skip
        wider = joined(r, node, o.types, [leaf_type(r, leaf) for leaf in leaves])
        if wider != o.types:
            o.types = r.book.hints[state.key, o.frame.path, o.name] = wider
            learn(r, state, True)
        out += leaves
    return out


# --- defaults -----------------------------------------------------------------------------


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
