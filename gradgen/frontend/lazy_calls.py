"""Calls that give iterators, or take from them: ``map``, ``filter``, ``iter``, ``next`` and others.

What a call looks through is found when the iterator is asked, unless that makes no difference.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable
from typing import Any

from gradgen.frontend.aggregates import run_text
from gradgen.frontend.assigned import changed
from gradgen.frontend.callables import from_library
from gradgen.frontend.cursors import is_cursor, made_later, made_once, next_of, step_by_step
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.generators import acts_when_run, items_of, lazy, thunk
from gradgen.frontend.iterables import (
    Over,
    as_positions,
    current,
    over_later,
    over_value,
)
from gradgen.frontend.iteration import watch
from gradgen.frontend.objects import class_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Sifted
from gradgen.frontend.special import no_more, special
from gradgen.frontend.special_methods import invoked, special_method
from gradgen.frontend.state import has_effects
from gradgen.frontend.values import (
    Generator,
    Iteration,
    Lazy,
    LocalFunction,
    Once,
    Record,
    Ref,
    Seq,
    Static,
)
from gradgen.frontend.yielded import taken_singly
from gradgen.frontend.zipping import zipped
from gradgen.ir.nodes import Const, Value
from gradgen.library.iterators import IN_TURNS, LAZY
from gradgen.syntax import names_in

Args = list[Any]
Options = dict[str, Any]
UNTIL = "out = []\nwhile not (item := asked()) == last:\n    out.append(item)"


@special(range, enumerate, zip, reversed, listed=False)
def _by_value(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Call what makes an iteration where it is a value, as in ``map(range, shape)``."""
    made = {f.__name__: Static(f) for f in (range, enumerate, zip, reversed)}
    given = {f"given_{k}": value for k, value in enumerate(args)}
    written = [*given, *(f"{name}={name}" for name in kwargs)]
    text = f"out = made({', '.join(written)})"
    return run_text(r, node, text, "out", made=made[node.__dict__["callee"]], **given, **kwargs)


@special(map)
def _map(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    # A cycle by nature: the function is called.
    from gradgen.frontend.calls import call_value

    function, *parts = args
    parts = [r.lasting(p) for p in parts]
    called = len(parts) == 1 and isinstance(parts[0], Lazy) and parts[0].called is not None
    if called and acts_when_run(r, lambda: items_of(r, parts[0])):
        return from_library(r, node, IN_TURNS[map], [function, *parts], {})

    listed: list[Any] = []

    def result(item: Any) -> Any:
        for one in listed:
            one.require_same(r, node)
        return call_value(r, node, function, item.items, {})

    def each() -> Over:
        count = len(r.yielding)
        with r.heading(None), taken_singly(r, node):
            over = zipped(r, node, [over_later(r, p, node) for p in parts])
        listed[:] = r.yielding[count:]
        if isinstance(over, list):
            return [thunk(r, item, node, result) for item in over]
        one = lambda i: result(over.element(i))  # noqa: E731
        return Iteration(over.length, one, arrays=over.arrays, calls=True)

    def items() -> Any:
        over = each()
        if isinstance(over, Iteration):
            return over
        return Seq([current(r, v, node) for v in over], list)

    return made_later(r, lazy(r, items, each, node), node)


@special(filter)
def _filter(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    from gradgen.frontend.aggregates import run_text

    test, given = args
    plain = isinstance(test, Static) and test.obj is None
    text = f"out = [item for item in items if {'item' if plain else 'test(item)'}]"
    named = {"items": given} | ({} if plain else {"test": test})

    def items() -> Any:
        return run_text(r, node, text, "out", **named)

    noted = (id(node), id(Sifted)) in r.book.turnwise
    if noted or (_may_act(args) and acts_when_run(r, items)):
        return from_library(r, node, IN_TURNS[filter], [test, r.lasting(given)], {})
    # What reads nothing that a loop over it may change can be made before the loop.
    closed = all(map(_closed, args)) and isinstance(given, Seq | Static)
    each = (lambda: _watched(r, items, args, node)) if closed else None
    return made_later(r, lazy(r, items, each, node, args), node)


def _watched(r: Reader, items: Callable[[], Any], read: Args, node: ast.AST) -> Over:
    """Return what was listed before a loop, which may not write to what that was made of."""
    over = over_value(r, items(), node)
    watch(r, read)
    return over


@special(iter)
def _iter(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    no_more(r, node, kwargs)
    if len(args) == 2:
        return _until(r, node, *args)
    given = args[0]
    if isinstance(given, Once | Lazy | Generator):
        return given
    return given if is_cursor(given) else made_once(r, over_later(r, given, node), node)


def _until(r: Reader, node: ast.AST, asked: Any, last: Any) -> Lazy | Record:
    """Read ``iter(f, last)`` as the list of what ``f`` gives, made when something asks for it."""
    from gradgen.frontend.aggregates import run_text

    def items() -> Any:
        return run_text(r, node, UNTIL, "out", asked=r.settled(asked), last=last)

    return made_later(r, lazy(r, items, None, node), node)


@special(next)
def _next(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read ``next(items)`` and ``next(items, default)``; a name keeps what is left."""
    given, *default = args
    if is_cursor(given):
        return next_of(r, given, node, default)
    count = len(r.yielding)
    if isinstance(given, Lazy) and given.each is not None:
        over = given.each()
        given = Once(over, r.turn, given.made, tuple(r.yielding[count:]))
    if isinstance(given, Generator | Lazy):
        made = getattr(given, "made", 0)
        ahead = given
        if has_effects(r, lambda: items_of(r, ahead)):
            what = "next of a generator whose items have effects"
            r.refuse(node, what, "loop over it, and leave the loop by break")
        over = over_value(r, items_of(r, given), node)
        if isinstance(given, Lazy):
            watch(r, given.read)
        given = Once(over, r.turn, made, tuple(r.yielding[count:]))
        if any(one.acts for one in given.seen):
            what = "next of a generator that prints or draws random numbers"
            r.refuse(node, what, "loop over it, or do that where its items are taken")
    if class_of(given) and special_method(given, "__next__"):
        return _own_next(r, node, given, default)
    if not isinstance(given, Once):
        r.refuse(node, "next of what is no iterator", "use iter(items)")
    for one in given.seen:
        one.require_same(r, node)
    if given.turn != r.turn:
        step_by_step(r, given, node)
    over = given.over
    rest: Over
    if isinstance(over, list):
        if not over and not default:
            r.fail(node, StopIteration())
        out, rest = (current(r, over[0], node), over[1:]) if over else (default[0], over)
    else:
        over = over if over.endless else as_positions(r, over)
        out, rest = _first(r, node, over, default)
    _keep(r, node, Once(rest, r.turn, given.made, given.seen))
    return out


def _own_next(r: Reader, node: ast.AST, iterator: Any, default: list[Any]) -> Any:
    """Return the next item of an object of a class with a ``__next__``."""
    from gradgen.frontend.aggregates import run_text

    if not default:
        return invoked(r, node, iterator, "__next__")
    text = "try:\n    out = it.__next__()\nexcept stops:\n    out = other"
    return run_text(
        r, node, text, "out", it=iterator, stops=Static(StopIteration), other=default[0]
    )


def _first(r: Reader, node: ast.AST, over: Iteration, default: list[Any]) -> tuple[Any, Iteration]:
    """Return the first of items whose number is not known, and the iteration over the others."""
    from gradgen.frontend.aggregates import run_text

    after = lambda i: over.element(_following(r, i))  # noqa: E731
    if over.endless:
        return over.element(Const(0)), Iteration(None, after, arrays=over.arrays, endless=True)
    none = r.b.emit("lt", [over.length, Const(1)])
    if not default:
        attrs = {"text": "raise StopIteration()"}
        r.b.append("raise_if", [none], [], span=r.span(node), attrs=attrs)
        out = over.element(Const(0))
    else:
        text = "out = default\nfor item in over:\n    out = item\n    break"
        out = run_text(r, node, text, "out", default=default[0], over=over)
    length = r.b.emit("sub", [over.length, Const(1)])
    return out, Iteration(length, after, arrays=over.arrays)


def _following(r: Reader, i: Value) -> Value:
    return Const(i.const + 1) if isinstance(i, Const) else r.b.emit("add", [i, Const(1)])


def _keep(r: Reader, node: ast.AST, rest: Once) -> None:
    """Let the name that was asked stand for what is left."""
    asked = node.args[0] if isinstance(node, ast.Call) and node.args else None
    if isinstance(asked, ast.Call | ast.GeneratorExp):
        return  # nothing else knows it
    if not isinstance(asked, ast.Name) or asked.id not in r.frame.names:
        step_by_step(r, rest, node)
    assert isinstance(asked, ast.Name)
    r.frame.names[asked.id] = rest


@special(*LAZY)
def _of_itertools(r: Reader, node: ast.AST, args: Args, kwargs: Options) -> Any:
    """Read what ``itertools`` makes of iterables as the list of its items, when it is run."""
    assert isinstance(node, ast.Call)
    callee = evaluate(r, node.func)
    assert isinstance(callee, Static)
    function = LAZY[callee.obj]
    given = [r.lasting(a) for a in args]

    def items() -> Any:
        return from_library(r, node, function, given, kwargs)

    grouped = callee.obj is itertools.groupby  # whose groups cannot be listed by themselves
    if not grouped and _may_act([*given, *kwargs.values()]) and acts_when_run(r, items):
        if callee.obj not in IN_TURNS:
            what = f"itertools.{callee.obj.__name__} of calls with effects"
            r.refuse(node, what, "make a list of what has effects before")
        return from_library(r, node, IN_TURNS[callee.obj], given, kwargs)
    closed = all(map(_closed, [*given, *kwargs.values()]))
    each = (lambda: _watched(r, items, given, node)) if closed else None
    return made_later(r, lazy(r, items, each, node, [*given, *kwargs.values()]), node)


def _may_act(values: list[Any]) -> bool:
    """Whether what is iterated over, or is called for each item, may do more than give a value."""
    return any(not isinstance(v, Ref | Const | Seq | Static) for v in values)


def _closed(value: Any) -> bool:
    """Whether a function reads no name that may be assigned, or written to, as a loop goes on."""
    if not isinstance(value, LocalFunction):
        return not isinstance(value, Generator | Lazy)
    spec = value.node.args
    own = {a.arg for a in [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]}
    read = names_in([value.node]) - own
    for frame in value.frame.outward():
        mine = read & (set(frame.names) | frame.local_names)
        if mine & changed(frame.source.node):
            return False
    return True
