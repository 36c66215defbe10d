"""Loops to blocks whose carried values are found by trial.

A loop's body is read until its guess of what is carried, and of which types, comes out as it went
in; operations of a failed trial are dropped with their block.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from gradgen.frontend.branches import State, conflict, restore, snapshot
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import Poison, Ref, Storage, leaves, rebuild, same_structure
from gradgen.ir.nodes import Block, Const, Op, Undefined, Value
from gradgen.ir.types import UNDEFINED, join


class Loop:
    """One trial of a loop body: what is carried, and what came out at each end."""

    def __init__(self, guess: Guess, counted: bool) -> None:
        self.guess, self.counted = guess, counted
        self.ends: list[tuple[Block, State, list[Value]]] = []
        self.params: list[Value] = []
        self.leaf_refs: dict[str, list[Any]] = {}
        self.counter: Value | None = None

    def finish(self, r: Reader, end: str) -> None:
        """End the current block: it carries the present values on."""
        block = r.b.block
        values: list[Value] = []
        for name in self.guess.names:
            values += self._name_values(r, name)
        values += [r.versions[s] for s in self.guess.storages]
        if self.counter is not None:
            values.append(self.counter)
        block.end, block.results = end, values
        self.ends.append((block, snapshot(r), values))

    def _name_values(self, r: Reader, name: str) -> list[Value]:
        template = self.guess.templates.get(name)
        if template is None:
            return []
        value = r.frame.names.get(name)
        if value is None or isinstance(value, Poison) or not same_structure(value, template):
            return [Undefined() for _ in leaves(template)]
        return [r.read(leaf) for leaf in leaves(value)]


class Guess:
    """What a loop is thought to carry: names with the structure and types of their values."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.templates: dict[str, Any] = {}
        self.types: dict[str, list[Any]] = {}
        self.storages: list[Storage] = []
        self.storage_types: dict[Storage, Any] = {}
        self.poison: dict[str, Poison] = {}
        self.links: set[tuple[Any, Any]] = set()


def assigned_names(body: Sequence[ast.stmt]) -> list[str]:
    """Return the names that statements assign, in order, not those of nested functions."""
    names: dict[str, None] = {}
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = None
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            if isinstance(node, ast.FunctionDef):
                names[node.name] = None
            continue
        stack += reversed(list(ast.iter_child_nodes(node)))
    return list(names)


def run_loop(
    r: Reader,
    node: ast.stmt,
    names: list[str],
    body: Callable[[Loop, Block], None],
    build: Callable[[list[Value], Loop], tuple[Op, Block]],
    counted: bool,
) -> None:
    """Read a loop until the guess holds, then emit it with ``build(inits, loop)``.

    ``body`` reads one iteration into a block and ends it through ``loop.finish``.
    """
    key = (*r.call_path, id(node))
    entry = snapshot(r)
    guess = r.loop_guesses.get(key) or Guess(names)
    _adopt_entry(r, guess, entry)
    for _ in range(24):
        restore(r, entry)
        loop, block = Loop(guess, counted), Block()
        _bind_params(r, loop, block, entry)
        with r.b.into(block):
            body(loop, block)
        if not _revise(r, guess, loop, entry):
            break
    else:
        r.refuse(node, "the types of the loop's variables do not settle", "give them one type each")
    r.loop_guesses[key] = guess
    restore(r, entry)
    inits = _inits(r, guess, entry) + ([Const(0)] if counted else [])
    op, _ = build(inits, loop)
    _bind_results(r, loop, op, entry)


def _adopt_entry(r: Reader, guess: Guess, entry: State) -> None:
    """Start from the values that the names have before the loop."""
    for name in guess.names:
        value = entry[0].get(name)
        if value is None or isinstance(value, Poison) or name in guess.poison:
            continue
        if name in guess.templates and not same_structure(value, guess.templates[name]):
            del guess.templates[name], guess.types[name]
        if name not in guess.templates:
            guess.templates[name] = value
            guess.types[name] = [UNDEFINED] * len(leaves(value))
        types = [r.read(leaf).type for leaf in leaves(value)]
        guess.types[name] = [join(a, b) or b for a, b in zip(guess.types[name], types, strict=True)]
    guess.storages = [s for s in guess.storages if s in entry[1]]
    for s in guess.storages:
        guess.storage_types[s] = entry[1][s].type


def _bind_params(r: Reader, loop: Loop, block: Block, entry: State) -> None:
    guess = loop.guess
    for name in guess.names:
        if name in guess.poison:
            r.frame.names[name] = guess.poison[name]
        if name not in guess.templates:
            continue
        template = guess.templates[name]
        params = [Value(t, name if len(guess.types[name]) == 1 else "") for t in guess.types[name]]
        for p in params:
            p.user = bool(p.name)
        loop.params += params
        refs = [r.hold(p) for p in params]
        loop.leaf_refs[name] = refs
        r.frame.names[name] = rebuild(template, list(refs))
    for s in guess.storages:
        param = Value(guess.storage_types[s], s.name)
        loop.params.append(param)
        r.versions[s] = param
    _apply_links(r, guess, loop.leaf_refs)
    if loop.counted:
        param = Value(Const(0).type, "steps")
        param.type = type(param.type)("int", "int64", (), True)
        loop.params.append(param)
        with r.b.into(block):
            loop.counter = r.b.emit("add", [param, Const(1)], "steps")
    block.params += loop.params


def _apply_links(r: Reader, guess: Guess, refs: dict[str, list[Any]]) -> None:
    for a, b in guess.links:
        pair = [refs[k[0]][k[1]].storage if isinstance(k, tuple) else k for k in (a, b)]
        r.entangle(pair[0], pair[1])


def _revise(r: Reader, guess: Guess, loop: Loop, entry: State) -> bool:
    """Compare what came out with the guess; return whether the guess had to change."""
    changed = False
    for _, (names, versions), _ in loop.ends:
        for name in guess.names:
            changed |= _revise_name(r, guess, loop, name, names.get(name), versions)
        for s, v in entry[1].items():
            if versions.get(s) is not v and s not in guess.storages:
                guess.storages.append(s)
                guess.storage_types[s] = v.type
                changed = True
        for s in guess.storages:
            wider = join(guess.storage_types[s], versions[s].type)
            if wider != guess.storage_types[s] and wider is not None:
                guess.storage_types[s] = wider
                changed = True
    changed |= _revise_links(r, guess, loop, entry)
    return changed


def _revise_name(
    r: Reader, guess: Guess, loop: Loop, name: str, value: Any, versions: dict[Storage, Value]
) -> bool:
    if value is None or name in guess.poison:
        return False
    if isinstance(value, Poison):
        guess.poison[name] = value
        guess.templates.pop(name, None)
        return True
    if name not in guess.templates:
        guess.templates[name] = value
        guess.types[name] = [_type_now(leaf, versions) for leaf in leaves(value)]
        return bool(leaves(value))
    if not same_structure(value, guess.templates[name]):
        guess.poison[name] = conflict(name, "changes its kind in the loop", r.b.span)
        guess.templates.pop(name, None)
        return True
    wider = []
    for old, leaf in zip(guess.types[name], leaves(value), strict=True):
        new = join(old, _type_now(leaf, versions))
        if new is None:
            guess.poison[name] = conflict(name, "changes its type in the loop", r.b.span)
            guess.templates.pop(name, None)
            return True
        wider.append(new)
    if wider != guess.types[name]:
        guess.types[name] = wider
        return True
    return False


def _type_now(leaf: Any, versions: dict[Storage, Value]) -> Any:
    if isinstance(leaf, Ref) and not leaf.steps:
        return versions[leaf.storage].type
    return leaf.value.type if isinstance(leaf, Ref) else leaf.type


def _revise_links(r: Reader, guess: Guess, loop: Loop, entry: State) -> bool:
    """Find carried references that can come to share memory, with each other or with others."""
    before = len(guess.links)
    for names in [state[0] for _, state, _ in loop.ends] + [entry[0]]:
        seen: dict[Storage, Any] = {}
        for name, refs in loop.leaf_refs.items():
            value = names.get(name)
            if (
                value is None
                or isinstance(value, Poison)
                or not same_structure(value, guess.templates.get(name))
            ):
                continue
            for k, leaf in enumerate(leaves(value)):
                if not isinstance(leaf, Ref) or not isinstance(refs[k], Ref):
                    continue
                inside = names is not entry[0]
                for storage in r.reach(leaf.storage):
                    if storage in entry[1] and (
                        inside or _shared_outside(entry[0], storage, loop.leaf_refs)
                    ):
                        guess.links.add(((name, k), storage))
                    if seen.get(storage, (name, k)) != (name, k):
                        guess.links.add(((name, k), seen[storage]))
                    seen[storage] = (name, k)
    return len(guess.links) != before


def _shared_outside(names: dict[str, Any], storage: Storage, carried: dict[str, list[Any]]) -> bool:
    return any(
        isinstance(leaf, Ref) and leaf.storage is storage
        for name, value in names.items()
        if name not in carried
        for leaf in leaves(value)
    )


def _inits(r: Reader, guess: Guess, entry: State) -> list[Value]:
    inits: list[Value] = []
    for name in guess.names:
        template = guess.templates.get(name)
        if template is None:
            continue
        value = entry[0].get(name)
        if value is None or isinstance(value, Poison) or not same_structure(value, template):
            inits += [Undefined() for _ in leaves(template)]
        else:
            inits += [r.read(leaf) for leaf in leaves(value)]
    return inits + [entry[1][s] for s in guess.storages]


def _bind_results(r: Reader, loop: Loop, op: Op, entry: State) -> None:
    guess = loop.guess
    outputs = []
    for p in loop.params:
        out = Value(p.type, p.name, op.span)
        out.op, out.user = op, p.user
        outputs.append(out)
    op.outputs = list(outputs)
    if loop.counted:
        op.attrs["steps"] = len(outputs) - 1
    refs: dict[str, list[Any]] = {}
    for name in guess.names:
        if name in guess.poison:
            r.frame.names[name] = guess.poison[name]
        if name in guess.templates:
            mine = [outputs.pop(0) for _ in guess.types[name]]
            refs[name] = [r.hold(v) for v in mine]
            r.frame.names[name] = rebuild(guess.templates[name], list(refs[name]))
        elif name not in guess.poison:
            for _, (names, _), _ in loop.ends:
                if name in names:
                    r.frame.names[name] = names[name]
    for s in guess.storages:
        r.versions[s] = outputs.pop(0)
    _apply_links(r, guess, refs)
