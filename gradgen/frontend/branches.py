"""Branches to blocks that join.

A branch is read twice over the same state, once a side, and what differs afterwards becomes an
output of the ``if``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from gradgen.errors import UnsupportedError
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.reader import Reader
from gradgen.frontend.values import (
    Map,
    Poison,
    Record,
    Ref,
    Seq,
    Static,
    Storage,
    is_static,
    leaves,
    rebuild,
    same_structure,
    static_value,
)
from gradgen.ir.nodes import Block, Const, Op, Undefined, Value
from gradgen.ir.types import join

State = tuple[dict[str, Any], dict[Storage, Value]]


def condition(r: Reader, node: ast.expr) -> Value:
    """Return the truth value of a test: a constant where it is known."""
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


def snapshot(r: Reader) -> State:
    """Return the names of the frame and the versions of the storages as they are."""
    return dict(r.frame.names), dict(r.versions)


def restore(r: Reader, state: State) -> None:
    """Go back to a snapshot."""
    r.frame.names, r.versions = dict(state[0]), dict(state[1])


def choose(
    r: Reader,
    node: ast.expr,
    test: Value,
    then: Callable[[], Any],
    other: Callable[[], Any],
    style: str = "expression",
) -> Any:
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
    r: Reader,
    node: ast.AST,
    test: Value,
    then: Callable[[], object],
    other: Callable[[], object],
    style: str = "",
) -> None:
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
    op = r.b.append(
        "if",
        [test],
        [],
        span=span,
        attrs={"style": style} if style else {},
        blocks=[block_a, block_b],
    )
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
        return conflict(name, "holds different kinds of things on different paths", span)
    new: list[Any] = []
    for a, b in zip(leaves(x), leaves(y), strict=True):
        if a is b or _same_ref(a, b):
            new.append(a)
            continue
        values = [_value_in(r, leaf, side) for leaf, side in zip((a, b), sides, strict=True)]
        if join(values[0].type, values[1].type) is None:
            return conflict(name, "has different types on different paths", span)
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
    """Remember that a joined reference may be any of its sources, while others can see them."""
    seen: dict[Storage, Storage] = {}
    for held, *sources in pending:
        for source in sources:
            if not isinstance(held, Ref) or not isinstance(source, Ref):
                continue
            for storage in r.reach(source.storage):
                if storage in before[1]:
                    r.entangle(held.storage, storage)
                if storage in seen:
                    r.entangle(held.storage, seen[storage])
                seen[storage] = held.storage


def conflict(name: str, what: str, span: Any) -> Poison:
    """Return the value of a name whose use is refused, with the reason."""
    return Poison(
        UnsupportedError(
            f"{name!r} {what}",
            span,
            "use a different name on each path, or the same kind of value",
        )
    )
