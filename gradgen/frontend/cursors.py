"""Iterators that a program goes through step by step: objects that keep their place.

An iterator that is looped over once needs no place, and has none in the text.  Where a loop takes
items by ``next`` of one from before it, or two names stand for one, the function is read again with
that iterator as an object: ``place`` is a number like any other, which loops and branches carry.
"""

from __future__ import annotations

import ast
import functools
import itertools
from dataclasses import replace
from typing import Any

from gradgen.frontend.branches import choose
from gradgen.frontend.evaluate import evaluate
from gradgen.frontend.iterables import Over, Thunk, as_positions, current, over_value, shorter
from gradgen.frontend.iteration import Noted, watched
from gradgen.frontend.jumps import jumps_of
from gradgen.frontend.lists import alike
from gradgen.frontend.objects import class_of
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import OwnIterator, Stepwise, Turnwise
from gradgen.frontend.special import no_more, special
from gradgen.frontend.special_methods import invoked, special_method
from gradgen.frontend.values import (
    Cursor,
    Iteration,
    Lazy,
    Once,
    Record,
    Seq,
    Static,
    is_static,
    static_value,
)
from gradgen.ir.nodes import Const, Value
from gradgen.syntax import located

LEFT, TAKEN = "items left", "item taken"  # names that no program has
COMPUTED = "make it a list, or loop over it"


def made_once(r: Reader, over: Over, node: ast.AST, seen: tuple[Any, ...] = ()) -> Once | Record:
    """Return a new iterator: an object, if this one was found to be gone through step by step.

    ``seen``: what items were read from that may have come before their turn.
    """
    if id(node) in r.book.stepwise:
        return begun(r, over, node, seen)
    return Once(over, r.turn, id(node), seen)


def made_later(r: Reader, lazy: Lazy, node: ast.AST) -> Lazy | Record:
    """Return what runs later, or an iterator that runs it item by item."""
    if id(node) not in r.book.stepwise or (lazy.each is None and lazy.turns is None):
        return lazy
    count = len(r.yielding)
    over = over_value(r, lazy.items(), node) if lazy.each is None else lazy.each()
    seen = tuple(r.yielding[count:])
    if lazy.each is None and (not seen or any(one.acts or one.raises for one in seen)):
        r.refuse(
            node, "a generator with a filter that may raise, asked in several places", COMPUTED
        )
    return begun(r, over, node, seen)


def begun(r: Reader, over: Over, node: ast.AST, seen: tuple[Any, ...] = ()) -> Record:
    """Return an iterator that stands at the first of its items."""
    if isinstance(over, list):
        at = _picked(r, over, node)
    else:
        at = over if over.endless else as_positions(r, over)
    if seen:
        at = _watching(r, at, node, seen)
    return Record(Cursor, {"place": Const(0), "over": at})


def _watching(r: Reader, over: Iteration, node: ast.AST, seen: tuple[Any, ...]) -> Iteration:
    """Return an iteration that refuses writes to what its items were read from."""

    def element(i: Value) -> Any:
        for one in seen:
            one.require_same(r, node)
        return over.element(i)

    return replace(over, element=element)


def _picked(r: Reader, items: list[Any], node: ast.AST) -> Iteration:
    """Return the iteration over known items, of which a computed place picks one."""
    # A cycle by nature: an item is picked by a subscript.
    from gradgen.frontend.aggregates import run_text

    def element(i: Value) -> Any:
        if isinstance(i, Const):
            return current(r, items[i.const], node)
        if any(isinstance(item, Thunk) for item in items):
            r.refuse(node, "an iterator over calls, at a computed place", COMPUTED)
        held = Seq([current(r, item, node) for item in items], list)
        return run_text(r, node, "out = items[k]", "out", items=held, k=i)

    held = any(isinstance(item, Thunk) for item in items)
    return Iteration(Const(len(items)), element, unlike=held or not alike(r, Seq(items)))


def is_cursor(value: Any) -> bool:
    """Whether a value is an iterator that keeps its place."""
    return isinstance(value, Record) and value.kind is Cursor


def step_by_step(r: Reader, value: Any, node: ast.AST) -> None:
    """Have the function read again, with an iterator that keeps its place."""
    if value.made:
        raise Stepwise(value.made)
    r.refuse(node, "this iterator, which is asked for items in several places", COMPUTED)


def _place(r: Reader, it: Record, node: ast.AST) -> Value:
    place = it.fields["place"]
    if not isinstance(place, Value):
        r.refuse(node, "items of an iterator whose items something else took", COMPUTED)
    return place


def left(r: Reader, it: Record, node: ast.AST) -> Value:
    """Return whether an iterator has more items."""
    over, place = it.fields["over"], _place(r, it, node)
    if over.endless:
        return Const(True)
    if isinstance(place, Const) and isinstance(over.length, Const):
        return Const(place.const < over.length.const)
    return r.b.emit("lt", [place, over.length])


def taken(r: Reader, it: Record, node: ast.AST) -> Any:
    """Return the next item, of which it is known that it is there, and go on."""
    out = it.fields["over"].element(_place(r, it, node))
    _go_on(r, it, node)
    return out


def _go_on(r: Reader, it: Record, node: ast.AST) -> None:
    r.fill(it, {**it.fields, "place": _plus(r, _place(r, it, node), Const(1))})


def _plus(r: Reader, a: Value, b: Value) -> Value:
    """Return the sum of two places, one that is known where it can be."""
    if isinstance(a, Const) and isinstance(b, Const):
        return Const(a.const + b.const)
    if isinstance(b, Const) and b.const == 0:
        return a
    return r.b.emit("add", [a, b])


def next_of(r: Reader, it: Record, node: ast.AST, default: list[Any]) -> Any:
    """Read ``next(it)`` or ``next(it, default)``; what is at its end may stand behind it."""
    more = left(r, it, node)
    if isinstance(more, Const) and not more.const:
        if not default:
            r.fail(node, StopIteration())
        return default[0]
    if isinstance(more, Const) or not default:
        if not isinstance(more, Const):
            attrs = {"text": "raise StopIteration()"}
            r.b.append("raise_if", [_ended(r, it, node)], [], span=r.span(node), attrs=attrs)
        return taken(r, it, node)
    element, place = it.fields["over"].element, _place(r, it, node)
    out = choose(r, node, more, lambda: element(place), lambda: default[0])
    _go_on(r, it, node)
    return out


def _minus(r: Reader, a: Value, b: Value) -> Value:
    if isinstance(a, Const) and isinstance(b, Const):
        return Const(max(a.const - b.const, 0))
    return a if isinstance(b, Const) and b.const == 0 else r.b.emit("sub", [a, b])


def _ended(r: Reader, it: Record, node: ast.AST) -> Value:
    return r.b.emit("ge", [_place(r, it, node), it.fields["over"].length])


def rest_of(r: Reader, it: Record, node: ast.AST) -> Over:
    """Return the iteration over all that is left, which nothing else can take any more."""
    over, place = it.fields["over"], _place(r, it, node)
    if "state" in it.fields:  # of a generator, which goes on from where it stands
        return over
    r.fill(it, {**it.fields, "place": Static(None)})
    if isinstance(place, Const) and isinstance(over.length, Const):
        left = [Const(k) for k in range(place.const, over.length.const)]
        return [Thunk(functools.partial(over.element, k), Seq(list(over.arrays))) for k in left]
    if isinstance(place, Const) and place.const == 0:
        return over
    length = None if over.endless else r.b.emit("sub", [over.length, place])
    element = lambda i: over.element(_plus(r, i, place))  # noqa: E731
    return Iteration(length, element, arrays=over.arrays, endless=over.endless)


Parts = tuple[Value, Value | None, Value]  # start, stop and step


def part_of(r: Reader, over: Iteration, parts: Parts) -> Iteration:
    """Return the iteration over a slice of items that are found by their positions."""
    start, stop, step = parts
    stop = over.length if stop is None else shorter(r, stop, over.length)
    one = isinstance(step, Const) and step.const == 1
    length = r.b.emit("trips", [start, stop, step])

    def element(i: Value) -> Any:
        return over.element(_plus(r, i if one else r.b.emit("mul", [i, step]), start))

    return Iteration(length, element, arrays=over.arrays)


def slice_taken(r: Reader, it: Record, node: ast.AST, parts: Parts, live: bool) -> Over:
    """Return what ``islice`` takes of an iterator, which goes on from behind it.

    ``live``: a loop may end before it has taken all; what is left then is not known.
    """
    over, place = it.fields["over"], _place(r, it, node)
    start, stop, step = parts
    if over.endless and stop is None:
        r.refuse(node, "all that is left of an iterator that never ends", "give islice an end")
    left = None if over.endless else _minus(r, over.length, place)
    count = stop if left is None else left if stop is None else shorter(r, stop, left)
    assert count is not None
    after = Static(None) if live else _plus(r, place, count)
    r.fill(it, {**it.fields, "place": after})

    def element(i: Value) -> Any:
        if it.fields["place"] is not after:
            r.refuse(node, "an iterator of which something else takes items meanwhile", COMPUTED)
        return over.element(_plus(r, i, place))

    if all(isinstance(v, Const) for v in (count, place, start, step)):
        turns = range(start.const, count.const, step.const)  # type: ignore[attr-defined]
        held = Seq(list(over.arrays))
        return [Thunk(functools.partial(element, Const(k)), held) for k in turns]
    whole = Iteration(count, element, arrays=over.arrays)
    return part_of(r, whole, (start, None, step))


def in_groups(r: Reader, it: Record, count: int, node: ast.AST) -> Over:
    """Return the iteration over groups of items, as ``zip(it, it)`` makes them."""
    rest = rest_of(r, it, node)
    if isinstance(rest, list):
        ends = range(count, len(rest) + 1, count)
        return [Seq(rest[k - count : k]) for k in ends]
    if rest.endless:
        r.refuse(node, "zip of an iterator that never ends", "loop over a range")

    def element(i: Value) -> Seq:
        first = r.b.emit("mul", [i, Const(count)])
        return Seq([rest.element(_plus(r, first, Const(k))) for k in range(count)])

    length = r.b.emit("floordiv", [rest.length, Const(count)])
    return Iteration(length, element, arrays=rest.arrays)


@special(itertools.tee)
def _tee(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Read ``tee`` as iterators with places of their own over what nothing writes to meanwhile."""
    no_more(r, node, kwargs)
    if len(args) > 1 and not is_static(args[1]):
        r.refuse(node, "tee into a computed number of iterators", "pass a constant")
    count = static_value(args[1]) if len(args) > 1 else 2
    # A cycle by nature: generators are read as functions.
    from gradgen.frontend.yielded import taken_singly

    with r.heading(None), taken_singly(r, node):
        over = over_value(r, args[0], node)
    if isinstance(over, Iteration) and over.endless:
        r.refuse(node, "tee of an iterator that never ends", "take a part of it by islice before")
    noted = Noted()
    noted.early = [args[0], *(over.arrays if isinstance(over, Iteration) else ())]
    seen = (*getattr(args[0], "seen", ()), *watched(r, noted))
    return Seq([begun(r, over, node, seen) for _ in range(count)])


# --- loops ----------------------------------------------------------------------------------


def loop_of(r: Reader, s: ast.For) -> list[ast.stmt] | None:
    """Return a loop over a named iterator as the ``while`` that takes its items; None for others.

    The body may take items, too.
    """
    it = named_cursor(r, s.iter)
    return _of_slice(r, s) if it is None else _steps(r, s, it)


def _of_slice(r: Reader, s: ast.For) -> list[ast.stmt] | None:
    """Return a loop over ``islice(it, n)`` of a named iterator as the ``while`` that counts."""
    match s.iter:
        case ast.Call(ast.Name() | ast.Attribute() as function, [ast.Name() as asked, most], []):
            it = named_cursor(r, asked)
        case _:
            return None
    if it is None or "state" in it.fields:
        return None
    callee = evaluate(r, function)
    if not isinstance(callee, Static) or callee.obj is not itertools.islice:
        return None
    name = f"taken {s.lineno}:{s.col_offset}"
    r.frame.names |= {name: it, LEFT: Static(items_left), TAKEN: Static(item_taken)}
    made = r.expansions.get((id(s), "slice"))
    if made is None:
        load, (count, end) = ast.Load(), (f"{hint} {name}" for hint in ("count", "most"))
        few = ast.Compare(ast.Name(count, load), [ast.Lt()], [ast.Name(end, load)])
        more, item = (
            ast.Call(ast.Name(f, load), [ast.Name(name, load)], []) for f in (LEFT, TAKEN)
        )
        one_more = ast.AugAssign(ast.Name(count, ast.Store()), ast.Add(), ast.Constant(1))
        body = [ast.Assign([s.target], item), one_more, *s.body]
        steps = [
            ast.Assign([ast.Name(count, ast.Store())], ast.Constant(0)),
            ast.Assign([ast.Name(end, ast.Store())], most),
            ast.While(ast.BoolOp(ast.And(), [few, more]), body, s.orelse),
        ]
        made = r.expansions[id(s), "slice"] = [located(one, s) for one in steps]
    return list(made)


def endless_loop(r: Reader, s: ast.For, over: Iteration) -> list[ast.stmt]:
    """Return a loop over what never ends as a ``while``, which something in it has to leave."""
    if not jumps_of(s.body) - {"continue"}:
        way = "leave it by break, or zip it with a range"
        r.refuse(s.iter, "a loop that never ends by itself", way)
    return _steps(r, s, begun(r, over, s.iter))


def _steps(r: Reader, s: ast.For, it: Record) -> list[ast.stmt]:
    name = f"taken {s.lineno}:{s.col_offset}"
    r.frame.names |= {name: it, LEFT: Static(items_left), TAKEN: Static(item_taken)}
    made = r.expansions.get((id(s), "stepwise"))
    if made is None:
        load = ast.Load()
        test, item = (
            ast.Call(ast.Name(f, load), [ast.Name(name, load)], []) for f in (LEFT, TAKEN)
        )
        loop = ast.While(test, [ast.Assign([s.target], item), *s.body], s.orelse)
        made = r.expansions[id(s), "stepwise"] = [located(loop, s)]
    if it.fields["over"].unlike:
        r.book.unlike.add(id(made[0]))  # as one over a list of them, it is written out
    return list(made)


def named_cursor(r: Reader, node: ast.expr) -> Record | None:
    """Return the iterator that keeps its place for which a name stands, if it does."""
    found = held_by(r, node.id) if isinstance(node, ast.Name) else None
    return found if is_cursor(found) else None


def held_by(r: Reader, name: str) -> Any:
    """Return what a name holds here or around; an iterator is not asked for its items by that."""
    for frame in r.frame.outward():
        held = frame.shared.fields if frame.shared is not None else {}
        if name in held or name in frame.names:
            # Around a recursive function, it is another reader's.
            return (frame.owner or r).settled(held.get(name, frame.names.get(name)))
    return None


def iterator_begun(items: Any) -> Any:
    """Stand for ``iter(items)``, which keeps its place."""
    raise NotImplementedError


def items_left(iterator: Any) -> bool:
    """Stand for the question whether there are more items."""
    raise NotImplementedError


def item_taken(iterator: Any) -> Any:
    """Stand for the next item."""
    raise NotImplementedError


def own_begun(iterator: Any) -> Any:
    """Stand for what an object of a class with a ``__next__`` gives where a loop begins."""
    raise NotImplementedError


@special(own_begun, listed=False)
def _own_begun(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    given = args[0]
    return invoked(r, node, given, "__iter__") if special_method(given, "__iter__") else given


@special(iterator_begun, listed=False)
def _iterator_begun(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    given = args[0]
    if class_of(given) and special_method(given, "__next__") and isinstance(node, ast.Call):
        key = (id(node.args[0]), id(OwnIterator))
        if key not in r.book.turnwise:
            raise Turnwise(key)
    return given if is_cursor(given) else _watched(r, node, given)


def _watched(r: Reader, node: ast.AST, given: Any) -> Record:
    """Return an iterator over what generators have listed, each item of which is as it was."""
    # A cycle by nature: generators are read as functions.
    from gradgen.frontend.yielded import taken_singly

    count = len(r.yielding)
    with taken_singly(r, node):
        it = begun(r, over_value(r, given, node), node)
    seen, over = r.yielding[count:], it.fields["over"]

    def element(i: Value) -> Any:
        for one in seen:
            one.require_same(r, node)
        return over.element(i)

    if seen:
        r.fill(it, {**it.fields, "over": replace(over, element=element)})
    return it


@special(items_left, listed=False)
def _items_left(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return left(r, args[0], node)


@special(item_taken, listed=False)
def _item_taken(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    return taken(r, args[0], node)
