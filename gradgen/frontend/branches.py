"""Branches to blocks that join.

A branch is read twice over the same state, once a side, and what differs afterwards becomes an
output of the ``if``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gradgen.deep import deep
from gradgen.frontend import asked, pointers, row_kinds, words
from gradgen.frontend.arguments import any_items
from gradgen.frontend.entries import literal
from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.objects import Method, class_of
from gradgen.frontend.possible import possible
from gradgen.frontend.reader import Reader
from gradgen.frontend.sharing import Notes
from gradgen.frontend.signals import Certain, Endless
from gradgen.frontend.special_methods import object_truth
from gradgen.frontend.state import State, restore, snapshot
from gradgen.frontend.texts import never_empty
from gradgen.frontend.unbound import is_there, may_miss, raise_where, unassigned
from gradgen.frontend.values import (
    OTHER_KEYS,
    BoundMethod,
    Box,
    Choice,
    Generator,
    Lazy,
    LocalFunction,
    Map,
    Once,
    Poison,
    Record,
    Ref,
    Seq,
    Static,
    Text,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Block, Const, Op, Undefined, Value

TRUE = (LocalFunction, BoundMethod, Method, Once, Lazy, Generator)  # what is always true


def condition(r: Reader, node: ast.expr) -> Value:
    """Return the truth value of a test: a constant where it is known."""
    test = _of_tests(r, node) if isinstance(node, ast.BoolOp) else evaluate(r, node)
    test = truth(r, test, node)
    if test in r.facts:
        return Const(r.facts[test])
    return _as_asked(test)


def _as_asked(test: Value) -> Value:
    """Return the number whose truth is asked: an ``if`` needs no ``bool`` of it."""
    op = test.op
    return (
        op.inputs[0]
        if op is not None and op.prim == "bool" and op.inputs[0].type.is_scalar
        else test
    )


def _of_tests(r: Reader, node: ast.BoolOp) -> Any:
    """Return whether tests hold, all or any of them: lengths among them are no results."""

    def test_of(part: ast.expr) -> Value:
        test = condition(r, part)
        counts = test.op is not None and test.op.prim == "len"
        return r.b.emit("gt", [test, Const(0)], span=r.span(part)) if counts else test

    tests = [lambda v=v: test_of(v) for v in node.values]
    stop_on = isinstance(node.op, ast.Or)
    value = chain(r, node, tests, stop_on)
    return Const(stop_on) if _ends_known(value, stop_on) else value


def _ends_known(value: Any, stop_on: bool) -> bool:
    """Whether the last of several tests is known, and with it what they come to."""
    op = value.op if isinstance(value, Value) else None
    style = "or" if stop_on else "and"
    if op is None or op.attrs.get("style") != style or len(op.outputs) != 1:
        return False
    rest = op.blocks[stop_on].results[0]
    known = isinstance(rest, Const) and bool(rest.const) is stop_on
    return known or _ends_known(rest, stop_on)


def negated(r: Reader, test: Value) -> Value:
    """Return what a truth value is not."""
    return Const(not test.const) if isinstance(test, Const) else r.b.emit("not", [test])


def truth(r: Reader, value: Any, node: ast.expr) -> Value:
    """Return the truth value of what a test came to."""
    value = literal(r, value)
    if isinstance(value, Choice):
        sides = {_known_truth(value, True), _known_truth(value, False)}
        if len(sides) == 1 and None not in sides:
            return Const(sides.pop())
        value = distribute(r, node, value, lambda option: truth(r, option, node))
    if isinstance(value, Text) and never_empty(value):
        return Const(True)
    asked.note(r, value, asked.COUNT)
    if is_static(value) and not pointers.pointer(value):
        return Const(bool(static_value(value)))
    if isinstance(value, Map):
        return _any_there(r, node, value)
    if isinstance(value, Seq):
        return Const(bool(value.items))
    if row_kinds.is_range(value):
        start, stop, step = value.bounds
        return r.b.emit("ne", [r.b.emit("trips", [start, stop, step]), Const(0)])
    if class_of(value):
        done = object_truth(r, value, node)
        if done is not None:
            return truth(r, done, node)
    if isinstance(value, (Record, *TRUE)):
        return Const(True)
    if pointers.is_word(value):
        return words.truth(r, node, value)
    if pointers.is_list_row(value):
        return _is_full_list(r, node, value)
    if pointers.pointer(value):
        return pointers.is_none(r, node, value, negated=True)
    test = as_value(r, value, node)
    if test.type.kind != "list":
        return test
    return _has_items(r, node, value)


def _has_items(r: Reader, node: ast.expr, value: Any) -> Value:
    """Return whether a list of the graph has items; a tuple in a list may be None."""
    # A cycle by nature: a comparison may be a choice, and be read as one.
    from gradgen.frontend.row_kinds import may_be_none

    held = r.read(value)

    def full() -> Value:
        return r.b.emit("len", [held])

    if not may_be_none(r, value):
        return full()
    there = r.b.emit("is_not", [held, Const(None)], span=r.span(node))
    some = lambda: r.b.emit("ne", [full(), Const(0)])  # noqa: E731
    test: Value = choose(r, node, there, some, lambda: Const(False), "and")
    return test


def _is_full_list(r: Reader, node: ast.expr, place: Value) -> Value:
    """Return whether there is a list at a place, and whether it has items."""
    from gradgen.frontend.list_rows import opened

    there = pointers.is_none(r, node, place, negated=True)
    tests = [lambda: there, lambda: truth(r, opened(r, place, node), node)]
    return as_value(r, chain(r, node, tests, stop_on=False), node)


def _known_truth(choice: Choice, taken: bool) -> bool | None:
    """Return the truth of an option where it is known, as on both paths of ``test and []``."""
    option = choice.then if taken else choice.other
    if option is choice.test:
        return taken
    if isinstance(option, Seq):  # of one that has grown, the items are not here
        return bool(option.items) if option.grown is None else None
    if is_static(option) and not pointers.pointer(option):
        return bool(static_value(option))
    return None


def _any_there(r: Reader, node: ast.expr, held: Map) -> Value:
    """Return whether a dict has any item, of which some may be missing."""
    items = [v for k, v in any_items(r, node, held).items() if k is not OTHER_KEYS]
    if not all(map(may_miss, items)):
        return Const(True)
    tests = [lambda item=item: is_there(r, r.settled(item)) for item in items]
    return as_value(r, chain(r, node, tests, stop_on=True), node) if tests else Const(False)


def choose(
    r: Reader,
    node: ast.AST,
    test: Value,
    then: Callable[[], Any],
    other: Callable[[], Any],
    style: str = "expression",
) -> Any:
    """Return ``then() if test else other()``, reading each side only on its own path."""
    slot = " result"
    failed: list[Certain] = []

    def side(run: Callable[[], Any]) -> Callable[[], None]:
        def store_result() -> None:
            try:
                value = run()
            except Certain as found:
                if found.block is not r.b.block:
                    raise
                if not found.written:
                    raise_where(r, found.error, Const(True), found.span)
                failed.append(found)
                value = Undefined()
            r.frame.names[slot] = value

        return store_result

    fork(r, node, test, side(then), side(other), style)
    result = r.frame.names.pop(slot)
    if len(failed) == 2:
        raise Certain(failed[0].error, failed[0].span, r.b.block, written=True)
    if isinstance(result, Poison):
        raise result.error
    return result


@deep
def chain(r: Reader, node: ast.expr, tests: Sequence[Callable[[], Any]], stop_on: bool) -> Any:
    """Return the value of ``a and b and ...`` (``stop_on`` False) or ``a or b or ...``."""
    first = tests[0]()
    if len(tests) == 1:
        return first

    def rest() -> Any:
        return chain(r, node, tests[1:], stop_on)

    if isinstance(first, Choice) and not _are_values(first):

        def on_path(option: Any) -> Any:
            return chain(r, node, [lambda: option, *tests[1:]], stop_on)

        return on_each(r, node, first, on_path)
    if is_static(first) or isinstance(first, Static):
        return first if bool(static_value(first)) is stop_on else rest()
    plain = not isinstance(first, (Box, *TRUE)) and not pointers.pointer(first)
    test = as_value(r, first, node) if plain else truth(r, first, node)
    if isinstance(test, Const):
        return first if bool(test.const) is stop_on else rest()

    if stop_on:
        return choose(r, node, test, lambda: first, rest, "or")
    return choose(r, node, test, rest, lambda: first, "and")


def _are_values(choice: Any) -> bool:
    """Whether all options are numbers or arrays."""
    if isinstance(choice, Choice):
        return _are_values(choice.then) and _are_values(choice.other)
    return isinstance(choice, Value | Ref)


def fork(
    r: Reader,
    node: ast.AST,
    test: Value,
    then: Callable[[], object],
    other: Callable[[], object],
    style: str = "",
) -> None:
    """Read both sides from the same state, and join what they changed."""
    test = test if style in ("and", "or") else _as_asked(test)
    span = r.span(node)
    more = len(r.entangled) // 4 + len(r.filled) // 64 + len(r.facts) // 16
    r.book.read_statement(span, 1 + more)
    before, noted = snapshot(r), r.noted()
    sides: list[tuple[Block, State]] = []
    notes: list[Notes] = []
    endless, path = None, list(r.call_path)
    for run, truth in ((then, True), (other, False)):
        restore(r, before)
        r.go_by(noted)
        try:
            with r.b.into(Block()) as block, assuming(r, test, truth):
                run()
        except Endless as found:
            endless, r.call_path[:] = found, path
            continue
        sides.append((block, snapshot(r)))
        notes.append(r.noted())
    r.go_by(*(notes or [noted]))
    if endless is not None:
        _only(r, sides, endless)
        return
    restore(r, before)
    attrs = {"style": style} if style else {}
    (block_a, state_a), (block_b, state_b) = sides
    op = r.b.append("if", [test], [], span=span, attrs=attrs, blocks=[block_a, block_b])
    from gradgen.frontend.joins import Join
    from gradgen.frontend.kept_zeros import widen_test

    Join(r, op, node, before, (state_a, state_b), notes).run()
    if r.frame.source.is_derivative:
        widen_test(r, op)


def _only(r: Reader, sides: list[tuple[Block, State]], endless: Endless) -> None:
    """Go on with the one side that has values; the function is read again when more is known."""
    if not sides:
        raise endless
    block, state = sides[0]
    r.b.block.ops += block.ops
    restore(r, state)


@contextmanager
def assuming(r: Reader, test: Value, truth: bool) -> Iterator[None]:
    """Read what follows where a test is known to be true, or false."""
    before = r.facts
    r.facts = {**before, **implied(test, truth)}
    try:
        yield
    finally:
        r.facts = before


def implied(test: Value, truth: bool) -> dict[Value, bool]:
    """Return the tests that are decided when one is."""
    found: dict[Value, bool] = {}
    work = [(test, truth)]
    while work:
        v, holds = work.pop()
        if found.get(v) is holds:
            continue  # what follows from it has been found
        found[v] = holds
        op = v.op
        found.update(pointers.implied(op, holds))
        if op is not None and op.prim in ("not", "bool"):
            work.append((op.inputs[0], holds is (op.prim == "bool")))
        elif (
            op is not None
            and op.prim == "if"
            and op.attrs.get("style") == ("and" if holds else "or")
        ):
            inner = op.blocks[0 if holds else 1].results[op.outputs.index(v)]
            work += [(op.inputs[0], holds), (inner, holds)]
        elif op is not None and op.prim == "if" and v.type.kind == "bool":
            work += _side_taken(op, v, holds)
    return found


def _side_taken(op: Op, v: Value, holds: bool) -> list[tuple[Value, bool]]:
    """Return what is decided where one side gives a truth value that did not come out."""
    ends = [b.results[op.outputs.index(v)] for b in op.blocks]
    for k, end in enumerate(ends):
        if isinstance(end, Const) and bool(end.const) is not holds:
            return [(op.inputs[0], k == 1), (ends[1 - k], holds)]
    return []


def on_each(r: Reader, node: ast.AST, value: Any, work: Callable[[Any], Any]) -> Any:
    """Return ``work`` of a value, done on each path where the paths disagree about it."""
    value = r.settled(value)
    if not isinstance(value, Choice):
        return work(value)
    return distribute(r, node, value, lambda option: on_each(r, node, option, work))


def _failure(r: Reader, option: Any, work: Callable[[Any], Any]) -> Exception | None:
    """Return what Python raises if something is done with None, None if that works."""
    if not (isinstance(option, Static) and option.obj is None):
        return None
    before = snapshot(r)
    try:
        with r.b.into(Block()):
            work(option)
    except Certain as found:
        return found.error
    finally:
        restore(r, before)
    return None


def distribute(r: Reader, node: ast.AST, choice: Choice, work: Callable[[Any], Any]) -> Any:
    """Return ``work`` of what is chosen: done on each path, and joined."""
    known = r.settled(choice)
    if known is not choice:
        return work(known)
    for option, other, missing in (
        (choice.then, choice.other, True),
        (choice.other, choice.then, False),
    ):
        error = _failure(r, option, work)
        if error is not None:
            if possible({**r.facts, choice.test: missing}):
                test = choice.test if missing else r.b.emit("not", [choice.test])
                raise_where(r, error, test, r.span(node))
            return on_each(r, node, other, work)
    results: list[Any] = []

    def side(option: Any) -> Callable[[], Any]:
        def run() -> Any:
            chosen = r.settled(option)
            if isinstance(chosen, Undefined):
                raise_where(r, unassigned(chosen.name), Const(True), r.span(node))
            results.append(chosen if isinstance(chosen, Undefined) else work(chosen))
            return results[-1]

        return run

    place = len(r.b.block.ops)
    out = choose(r, node, choice.test, side(choice.then), side(choice.other))
    truths = [v.const if isinstance(v, Const) else v for v in results]
    op = r.b.block.ops[-1] if len(r.b.block.ops) == place + 1 else None
    if op is None or [t for t in truths if type(t) is not bool] or any(b.ops for b in op.blocks):
        return out
    r.b.block.ops.pop()
    if truths[0] == truths[1]:
        return Const(truths[0])
    return r.truth_of(choice.test) if truths[0] else r.b.emit("not", [choice.test])
