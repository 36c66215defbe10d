"""Control flow to blocks: branches that join, and loops whose carried values are found by trial.

A branch is read twice over the same state, once a side, and what differs afterwards becomes an
output of the ``if``.  A loop's body is read until its guess of what is carried, and of which
types, comes out as it went in; operations of a failed trial are dropped with their block.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from gradgen.errors import UnsupportedError
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import (
    Poison,
    Ref,
    Storage,
    is_static,
    leaves,
    rebuild,
    same_structure,
    static_value,
)
from gradgen.ir.nodes import Block, Const, Op, Undefined, Value
from gradgen.ir.types import BOOL, UNDEFINED, join

State = tuple[dict[str, Any], dict[Storage, Value]]


def condition(r: Reader, node: ast.expr) -> Value:
    """Return the truth value of a test: a constant where it is known."""
    from gradgen.frontend.expressions import as_value, evaluate
    from gradgen.frontend.values import Map, Record, Seq

    value = evaluate(r, node)
    if is_static(value):
        return Const(bool(static_value(value)))
    if isinstance(value, Seq | Map):
        return Const(bool(value.items))
    if isinstance(value, Record):
        return Const(True)
    test = as_value(r, value, node)
    if test.type.kind == "list":
        test = r.b.emit("len", [test])
    if test.type.kind == "float" and _float_equality(node):
        r.notes.append(
            f"{r.span(node)}: float equality decides a branch; its derivative is that of the branch"
        )
    return test


def _float_equality(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq)


# --- branches -----------------------------------------------------------------------------


def snapshot(r: Reader) -> State:
    """Return the names of the frame and the versions of the storages as they are."""
    return dict(r.frame.names), dict(r.versions)


def restore(r: Reader, state: State) -> None:
    """Go back to a snapshot."""
    r.frame.names, r.versions = dict(state[0]), dict(state[1])


def choose(
    r: Reader, node: ast.expr, test: Value, then: Callable[[], Any], other: Callable[[], Any],
    style: str = "expression",
) -> Any:  # fmt: skip
    """Return ``then() if test else other()``, reading each side only on its own path."""
    result, slot = {}, " result"

    def side(run: Callable[[], Any]) -> Callable[[], None]:
        def store_result() -> None:
            r.frame.names[slot] = run()

        return store_result

    fork(r, node, test, side(then), side(other), style)
    result = r.frame.names.pop(slot)
    if isinstance(result, Poison):
        raise result.error
    return result


def chain(r: Reader, node: ast.expr, tests: Sequence[Callable[[], Any]], stop_on: bool) -> Any:
    """Return the value of ``a and b and ...`` (``stop_on`` False) or ``a or b or ...``."""
    from gradgen.frontend.expressions import as_value
    from gradgen.frontend.values import Static

    first = tests[0]()
    if len(tests) == 1:
        return first
    if is_static(first) or isinstance(first, Static):
        return first if bool(static_value(first)) is stop_on else chain(r, node, tests[1:], stop_on)
    test = as_value(r, first, node)

    def rest() -> Any:
        return chain(r, node, tests[1:], stop_on)

    if stop_on:
        return choose(r, node, test, lambda: first, rest, "or")
    return choose(r, node, test, rest, lambda: first, "and")


def fork(
    r: Reader, node: ast.AST, test: Value, then: Callable[[], None], other: Callable[[], None],
    style: str = "",
) -> None:  # fmt: skip
    """Read both sides from the same state, and join what they changed."""
    before = snapshot(r)
    span = r.span(node)
    sides: list[tuple[Block, State]] = []
    for run in (then, other):
        restore(r, before)
        with r.b.into(Block()) as block:
            run()
        sides.append((block, snapshot(r)))
    restore(r, before)
    _join(r, test, sides, before, style, span)


def _join(
    r: Reader, test: Value, sides: list[tuple[Block, State]], before: State, style: str, span: Any
) -> None:
    (block_a, (names_a, versions_a)), (block_b, (names_b, versions_b)) = sides
    op = r.b.append("if", [test], [], span=span, attrs={"style": style} if style else {},
                    blocks=[block_a, block_b])  # fmt: skip
    for storage in before[1]:
        a, b = versions_a[storage], versions_b[storage]
        if a is not b:
            r.versions[storage] = _add_output(op, a, b, storage.name, span)
    pending: list[tuple[Value, Ref | Value, Ref | Value]] = []
    for name in dict.fromkeys([*names_a, *names_b]):
        x, y = names_a.get(name), names_b.get(name)
        if x is y:
            r.frame.names[name] = x
            continue
        r.frame.names[name] = _join_name(r, op, name, (x, y), sides, pending, span)
    _entangle_results(r, pending, before)
    r.versions.update(
        {s: v for s, v in (*versions_a.items(), *versions_b.items()) if s not in r.versions}
    )


def _join_name(
    r: Reader, op: Op, name: str, pair: tuple[Any, Any], sides: Any, pending: Any, span: Any
) -> Any:
    x, y = pair
    if isinstance(x, Poison) or isinstance(y, Poison):
        return x if isinstance(x, Poison) else y
    if x is None or y is None:
        known = y if x is None else x
        x, y = (_undefined_like(known) if v is None else v for v in (x, y))
    if not same_structure(x, y):
        return _conflict(name, "holds different kinds of things on different paths", span)
    new: list[Any] = []
    for a, b in zip(leaves(x), leaves(y), strict=True):
        if a is b or _same_ref(a, b):
            new.append(a)
            continue
        values = [_value_in(r, leaf, side) for leaf, side in zip((a, b), sides, strict=True)]
        if join(values[0].type, values[1].type) is None:
            return _conflict(name, "has different types on different paths", span)
        label = name if len(leaves(x)) == 1 and name != r.frame.anonymous else ""
        out = _add_output(op, values[0], values[1], label, span)
        held = r.hold(out)
        pending.append((held, a, b))
        new.append(held)
    return rebuild(x, new)


def _undefined_like(value: Any) -> Any:
    return rebuild(value, [Undefined() for _ in leaves(value)])


def _same_ref(a: Any, b: Any) -> bool:
    return (
        isinstance(a, Ref) and isinstance(b, Ref) and a.storage is b.storage and a.steps is b.steps
    )


def _value_in(r: Reader, leaf: Any, side: tuple[Block, State]) -> Value:
    """Read a leaf as it is at the end of one side."""
    keep = r.versions
    r.versions = side[1][1]
    with r.b.into(side[0]):
        value = r.read(leaf)
    r.versions = keep
    return value


def _add_output(op: Op, a: Value, b: Value, name: str, span: Any) -> Value:
    type_ = join(a.type, b.type)
    if type_ is None:
        raise UnsupportedError(f"{name!r} has different types on different paths", span)
    out = Value(type_, name, span)
    out.user = bool(name) and not name.startswith(" ")
    out.name = out.name.strip() if out.user else ""
    out.op = op
    op.blocks[0].results.append(a)
    op.blocks[1].results.append(b)
    op.outputs.append(out)
    return out


def _entangle_results(r: Reader, pending: list[Any], before: State) -> None:
    """A joined reference may be any of its sources: remember that while others can see them."""
    seen: dict[Storage, Storage] = {}
    for held, *sources in pending:
        for source in sources:
            if not isinstance(held, Ref) or not isinstance(source, Ref):
                continue
            if source.storage in before[1]:
                r.entangle(held.storage, source.storage)
            if source.storage in seen:
                r.entangle(held.storage, seen[source.storage])
            seen[source.storage] = held.storage


def _conflict(name: str, what: str, span: Any) -> Poison:
    return Poison(UnsupportedError(
        f"{name!r} {what}", span, "use a different name on each path, or the same kind of value",
    ))  # fmt: skip


# --- loops --------------------------------------------------------------------------------


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
    changed |= _revise_links(guess, loop, entry)
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
        guess.poison[name] = _conflict(name, "changes its kind in the loop", r.b.span)
        guess.templates.pop(name, None)
        return True
    wider = []
    for old, leaf in zip(guess.types[name], leaves(value), strict=True):
        new = join(old, _type_now(leaf, versions))
        if new is None:
            guess.poison[name] = _conflict(name, "changes its type in the loop", r.b.span)
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


def _revise_links(guess: Guess, loop: Loop, entry: State) -> bool:
    """Find carried references that can come to share memory, with each other or with others."""
    before = len(guess.links)
    own = {ref.storage: (name, k) for name, refs in loop.leaf_refs.items()
           for k, ref in enumerate(refs) if isinstance(ref, Ref)}  # fmt: skip
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
                if (leaf.storage in entry[1] and names is not entry[0]) or (leaf.storage in entry[1] and _shared_outside(
                    entry[0], leaf.storage, loop.leaf_refs
                )):
                    guess.links.add(((name, k), leaf.storage))
                if leaf.storage in seen:
                    guess.links.add(((name, k), seen[leaf.storage]))
                seen[leaf.storage] = (name, k)
    del own
    return len(guess.links) != before


def _shared_outside(names: dict[str, Any], storage: Storage, carried: dict[str, list[Any]]) -> bool:
    return any(
        isinstance(leaf, Ref) and leaf.storage is storage
        for name, value in names.items() if name not in carried
        for leaf in leaves(value)
    )  # fmt: skip


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


__all__ = [
    "BOOL",
    "Guess",
    "Loop",
    "assigned_names",
    "chain",
    "choose",
    "condition",
    "fork",
    "run_loop",
]
