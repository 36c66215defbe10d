"""What one can loop over: arrays, ranges, containers, the items of a dict.

Containers of known length are a list of items, and their loop is written out.  Everything else is
an ``Iteration``, whose element at a position is made on demand.
"""

from __future__ import annotations

import ast
import enum
import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, NoReturn

from gradgen.dataclass import dataclass
from gradgen.diff.activity import carried, ends
from gradgen.frontend import asked
from gradgen.frontend.arguments import every_item, items_in_order
from gradgen.frontend.branches import on_each
from gradgen.frontend.chosen_iterables import chooses_arrays, over_chosen
from gradgen.frontend.describing import describe
from gradgen.frontend.entries import length as known_length
from gradgen.frontend.evaluate import as_value
from gradgen.frontend.identities import (
    is_in_any_order,
    is_quiet,
    known_set_in_order,
    objects_of_set,
)
from gradgen.frontend.indices import Index
from gradgen.frontend.item_methods import iterated_by_items
from gradgen.frontend.lists import changed_meanwhile, is_list, over_list
from gradgen.frontend.objects import class_of
from gradgen.frontend.parts import leaves
from gradgen.frontend.reader import Reader
from gradgen.frontend.records import expanded
from gradgen.frontend.signals import InTurns, OwnIterator, Stepwise, Turnwise
from gradgen.frontend.special_methods import invoked, special_method
from gradgen.frontend.subscripts import load_index
from gradgen.frontend.unbound import is_there, may_miss
from gradgen.frontend.values import (
    Choice,
    Cursor,
    Generator,
    Iteration,
    Lazy,
    Map,
    Once,
    Record,
    Ref,
    Seq,
    Static,
    plain,
)
from gradgen.ir.nodes import WRITES, Const, Value
from gradgen.ir.types import INT, Type, integer
from gradgen.library.records import RecordArray
from gradgen.library.sets import ComputedSet

FEW = 64  # turns of a loop that may be written out
Over = Iteration | list[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Late:
    """A key or an item of a list or dict, as it is when the loop comes to it."""

    box: Seq | Map
    key: Any
    count: int
    is_key: bool = False

    def now(self, r: Reader, node: ast.AST) -> Any:
        """Return it, after a test that the container did not grow or shrink meanwhile."""
        box = r.settled(self.box) if isinstance(self.box, Map) else self.box
        if isinstance(self.box, Seq) and self.box.grown is not None:
            listed = r.graph_list(self.box)  # an item was picked by a computed subscript
            if not self.is_key and _is_as_long(r.read(listed), self.count):
                return over_list(r, listed, node).element(Const(self.key))
        if len(self.box.items) != self.count:
            what = "the loop's body changes what the loop runs over"
            if isinstance(self.box, Seq):
                changed_meanwhile(r, node, what)
            r.refuse(node, what, "loop over a copy, such as list(items), or over a range")
        return plain(self.key) if self.is_key else box.items[self.key]


def _is_as_long(v: Value, count: int, so_far: frozenset[Value] = frozenset()) -> bool:
    """Whether a list of the graph surely has as many items as when it was written out."""
    op = v.op
    if op is None or v in so_far:
        return v in so_far
    if op.prim in WRITES:
        return _is_as_long(op.inputs[0], count, so_far)
    if not op.blocks:
        return op.prim == "list" and len(op.inputs) == count
    at = op.outputs.index(v)
    handed = [block.results[at] for block in op.blocks] if op.prim == "if" else []
    if op.prim in ("for", "while"):
        params, inits = carried(op)
        so_far |= {params[at], *(op.blocks[0].params[at:][:1] if op.prim == "while" else ())}
        handed = [inits[at], *(end.results[at] for end in ends(op.blocks[-1]))]
    return bool(handed) and all(_is_as_long(one, count, so_far) for one in handed)


@dataclass(frozen=True, slots=True, eq=False)
class Thunk:
    """An item that is computed, of what is ``held``, when the loop comes to it."""

    make: Callable[[], Any]
    held: Any


@dataclass(frozen=True, slots=True, eq=False)
class Perhaps:
    """An item, or a key, of a dict in which it may be missing; ``now``: what stands there."""

    item: Any
    now: Callable[[], Any]


def perhaps(r: Reader, node: ast.AST, box: Map, method: str, live: bool) -> list[Any]:
    """Return what a loop over a dict runs over, by the method that gives it, key by key.

    ``live``: the loop's body may replace the items.
    """
    held = items_in_order(r, node, box)
    out: list[Any] = []
    for key, item in held.items():
        names = {
            "keys": Late(box, key, len(box.items), is_key=True) if live else plain(key),
            "values": Late(box, key, len(box.items)) if live else item,
        }
        names["items"] = Seq([names["keys"], names["values"]])
        now = functools.partial(_standing, r, box, key) if live else lambda item=item: item
        out.append(Perhaps(names[method], now) if may_miss(item) else names[method])
    require_stepwise(held.values())
    return out


def places(r: Reader, items: list[Any]) -> list[tuple[Value, Any]]:
    """Return items with how many come before each, of those that may be missing."""
    out: list[tuple[Value, Any]] = []
    place: Value = Const(0)
    for item in items:
        out.append((place, item))
        there = is_there(r, item.now()) if isinstance(item, Perhaps) else Const(True)
        one = Const(int(there.const)) if isinstance(there, Const) else r.b.emit("int", [there])
        if isinstance(place, Const) and isinstance(one, Const):
            place = Const(place.const + one.const)
        else:
            known = isinstance(place, Const) and place.const == 0
            place = one if known else r.b.emit("add", [place, one])
    return out


def numbered(place: Value, item: Any) -> Any:
    """Return an item with its number, which may be missing as it may be."""
    if isinstance(item, Perhaps):
        return Perhaps(Seq([place, item.item]), item.now)
    return Seq([place, item])


def _standing(r: Reader, box: Map, key: Any) -> Any:
    return r.settled(r.settled(box).items[key])


def late_items(r: Reader, box: Seq) -> list[Any]:
    """Return the items of a list for a loop whose body may replace them."""
    asked.note(r, box, asked.COUNT)
    require_stepwise(box.items)
    return [Late(box, key, len(box.items)) for key in range(len(box.items))]


def is_open(value: Any) -> bool:
    """Whether a value is a list of known length, whose items may be replaced."""
    return isinstance(value, Seq) and value.kind is list and value.grown is None


def over_later(r: Reader, value: Any, node: ast.AST) -> Over:
    """Return the iteration over a value that finds each item in its turn."""
    value = r.settled(value)
    if isinstance(value, Lazy) and value.each is not None and value.called is None:
        return value.each()
    return late_items(r, value) if is_open(value) else over_value(r, value, node)


def current(r: Reader, item: Any, node: ast.AST) -> Any:
    """Return an item with what is late in it as it is now."""
    if isinstance(item, Late):
        return item.now(r, node)
    if isinstance(item, Thunk):
        return item.make()
    if isinstance(item, Perhaps):
        r.refuse(node, "a dict of which some keys may be missing", "loop over the dict itself")
    if isinstance(item, Seq) and any(isinstance(part, Late | Thunk | Seq) for part in item.items):
        new = [current(r, part, node) for part in item.items]
        if any(a is not b for a, b in zip(new, item.items, strict=True)):
            return Seq(new, item.kind)
    return item


def require_still(r: Reader, item: Any, node: ast.AST) -> None:
    """Refuse an item whose container has grown or shrunk; what is to be computed stays so."""
    if isinstance(item, Late):
        item.now(r, node)
    for part in item.items if isinstance(item, Seq) else [getattr(item, "held", None)]:
        if part is not None:
            require_still(r, part, node)


def over_value(r: Reader, value: Any, node: ast.AST) -> Over:
    """Return the iteration over a value."""
    value = expanded(r, r.settled(value), node)
    if isinstance(value, Iteration):
        return value
    if isinstance(value, Once):
        for one in value.seen:
            one.require_same(r, node)
        r.yielding.extend(value.seen)
        return value.over
    if isinstance(value, Record) and value.kind is Cursor:
        # A cycle by nature: an iterator that keeps its place is one over something.
        from gradgen.frontend.cursors import rest_of

        return rest_of(r, value, node)
    require_no_turns(r, value, node)
    if isinstance(value, Generator | Lazy):
        # A cycle by nature: generators are comprehensions, which loop.
        from gradgen.frontend.generators import items_of

        return over_value(r, items_of(r, value), node)
    objects = objects_of_set(r, value)
    if objects is not None:
        return late_items(r, objects)
    if isinstance(value, Record) and value.kind is ComputedSet:
        return _over_set(r, value, node)
    known = known_set_in_order(r, value, node)
    if known is not None:
        return [plain(o) for o in known.obj]
    if class_of(value) and special_method(value, "__next__"):
        _over_own_iterator(r, value, node)
    if class_of(value) and special_method(value, "__iter__"):
        return over_value(r, invoked(r, node, value, "__iter__"), node)
    if isinstance(value, Seq):
        asked.note(r, value, asked.COUNT)
        require_stepwise(value.items)
        return list(value.items)
    if isinstance(value, Map):
        return [plain(k) for k in every_item(r, node, value)]
    if isinstance(value, Static) and isinstance(value.obj, str | bytes | tuple):
        return [plain(o) for o in value.obj]
    if isinstance(value, Static) and isinstance(value.obj, enum.EnumType):
        members: list[Any] = list(value.obj)
        return [Static(member) for member in members]
    if class_of(value) and special_method(value, "__getitem__"):
        return _over_items(r, value, node)
    if is_list(r, value):
        return over_list(r, value, node)
    if isinstance(value, Ref) or chooses_arrays(value):
        return _over_array(r, value, node)
    if isinstance(value, Choice):
        return over_chosen(r, value, node, over_value)
    if isinstance(value, Static) and value.obj is None:
        r.fail(node, TypeError("'NoneType' object is not iterable"))
    r.refuse(node, f"a loop over a {describe(value)}", "loop over a range, an array or a container")


def _over_own_iterator(r: Reader, value: Any, node: ast.AST) -> NoReturn:
    """Ask for a loop over an iterator of the user's own class to be read as one, or refuse it."""
    if node is r.head:
        raise OwnIterator(value)
    if isinstance(r.head, ast.Call) and node in r.head.args:
        key = (id(node), id(OwnIterator))
        raise InTurns(value) if key in r.book.turnwise else Turnwise(key)
    what = "an iterator of a class of yours in the place of a list"
    r.refuse(node, what, "loop over it by itself, as in [item for item in it]")


def _over_set(r: Reader, value: Record, node: ast.AST) -> Over:
    """Return the iteration over a set of whole numbers, in Python's order: that of its memory."""
    held = r.settled(value.fields["items"])
    items = held.items if isinstance(held, Seq) else [r.hold(Value(r.read(held).type.item or INT))]
    if not all(isinstance(i, Value) and i.type == integer(i.type.value) for i in items):
        if is_in_any_order(node):
            return over_value(r, held, node)
        way = "loop over sorted(...) of it: the order of a set is that of its memory"
        r.refuse(node, f"a loop over a {describe(value)}", way)
    if is_in_any_order(node) and is_quiet(node):
        return over_value(r, held, node)
    before = r.resized.get((held.storage, 0), 0) if isinstance(held, Ref) else 0
    over = over_value(r, invoked(r, node, value, "ordered"), node)
    if not isinstance(over, Iteration):
        return over

    def element(i: Value) -> Any:
        now = r.settled(value.fields["items"])
        same = not isinstance(held, Ref) or (isinstance(now, Ref) and now.storage is held.storage)
        if not same or (isinstance(held, Ref) and r.resized.get((held.storage, 0), 0) != before):
            what = "a loop over a set whose items change in the loop"
            r.refuse(node, what, "loop over a copy, list(...)")
        return over.element(i)

    return replace(over, element=element)


def require_no_turns(r: Reader, value: Any, node: ast.AST) -> None:
    """Have the loop at hand read in turns with a generator that is its head, where they do so."""
    if not isinstance(value, Lazy) or value.called is None or node is not r.head:
        return
    if takes_turns(r, value) or hasattr(node, "gradgen_turns"):
        raise InTurns(value)


def takes_turns(r: Reader, value: Lazy) -> bool:
    """Whether a value is a generator that sees what a loop over it changes, or the loop sees it."""
    return value.called is not None and value.called.key[1] in r.book.turnwise


def _over_items(r: Reader, value: Any, node: ast.AST) -> Over:
    """Return the iteration over an object by its ``__getitem__``: from 0 on, to an IndexError.

    That is as long as ``__len__`` says where both are about one and the same container.
    """
    kind = class_of(value)
    if kind is None or not (kind is RecordArray or iterated_by_items(kind)):
        way = "give it __iter__, or a __len__ of what __getitem__ takes the items of"
        r.refuse(node, f"a loop over a {describe(value)} by its __getitem__", way)
    length = as_value(r, invoked(r, node, value, "__len__"), node)
    element = lambda i: invoked(r, node, value, "__getitem__", i)  # noqa: E731
    if isinstance(length, Const):
        return [Thunk(functools.partial(element, Const(k)), value) for k in range(length.const)]
    return Iteration(length, element)


def require_stepwise(items: Iterable[Any]) -> None:
    """Have iterators that a container holds keep their places: it may be asked for them again."""
    for item in items:
        if isinstance(item, Once | Lazy) and item.made:
            raise Stepwise(item.made)


def _over_array(r: Reader, owner: Ref | Choice, node: ast.AST) -> Iteration:
    """Return the iteration over an array, or over one of several arrays and lists, by the path."""
    lists: dict[int, Iteration] = {}

    def count(one: Ref) -> Value:
        if not is_list(r, one):
            return _rows(r, one, node)
        lists[id(one)] = over_list(r, one, node)
        return lists[id(one)].length

    def element(i: Value) -> Any:
        index = Index()
        index.spelling, index.operands = "i", [i]

        def of(one: Ref) -> Any:
            over = lists.get(id(one))
            return load_index(r, one, index) if over is None else over.element(i)

        return on_each(r, node, owner, of)

    length = on_each(r, node, owner, count)
    return Iteration(length, element, arrays=tuple(o for o in leaves(owner) if isinstance(o, Ref)))


def _rows(r: Reader, ref: Ref, node: ast.AST) -> Value:
    value = r.read(ref)
    shape = value.type.shape
    if shape == ():
        r.refuse(node, "a loop over an array of rank 0")
    known = shape[0] if shape else None
    if not isinstance(known, int):
        known = known_length(r, ref)
    return Const(known) if isinstance(known, int) else r.b.emit("len", [value])


def as_positions(r: Reader, over: Iteration) -> Iteration:
    """Return the same iteration by position from 0, with its length."""
    if over.bounds is None:
        return over
    start, stop, step = over.bounds
    plain = (
        isinstance(start, Const)
        and start.const == 0
        and isinstance(step, Const)
        and step.const == 1
    )
    if plain and not over.backwards:
        return Iteration(stop, over.element)
    length = r.b.emit("trips", [start, stop, step])
    if over.backwards:
        return Iteration(length, lambda i: _place(r, start, step, back(r, length, i)))
    return Iteration(length, lambda i: _place(r, start, step, i))


def _place(r: Reader, start: Value, step: Value, i: Value) -> Value:
    scaled = i if isinstance(step, Const) and step.const == 1 else r.b.emit("mul", [i, step])
    out = r.b.emit("add", [start, scaled])
    out.type = Type("int", "int64", (), True)
    return out


def counted(r: Reader, over: Iteration, most: int = FEW, late: bool = False) -> Over:
    """Return the items of an iteration over a few known positions, else the iteration.

    ``late``: what runs between the items may write to what they are read from.
    """
    bounds = [v.const for v in over.bounds or () if isinstance(v, Const)]
    if len(bounds) == 3:
        turns = range(*bounds)[:: -1 if over.backwards else 1]
        return over if len(turns) > most else [over.element(Const(k)) for k in turns]
    positions = as_positions(r, over)
    length = positions.length
    if not isinstance(length, Const) or length.const > most:
        return over
    each = [functools.partial(positions.element, Const(k)) for k in range(length.const)]
    return [Thunk(one, Seq(list(over.arrays))) if late else one() for one in each]


def back(r: Reader, length: Value, i: Value) -> Value:
    """Return the position that is as far from the end as another from the start."""
    last = r.b.emit("sub", [length, Const(1)])
    return r.b.emit("sub", [last, i])


def shorter(r: Reader, a: Value, b: Value) -> Value:
    """Return the smaller of two lengths, as a constant where both are."""
    if isinstance(a, Const) and isinstance(b, Const):
        return a if a.const <= b.const else b
    if a.type.value is not None and a.type.value == b.type.value:
        return a
    return r.b.emit("min2", [a, b])


def over_sequence(r: Reader, node: ast.AST, value: Any, method: str) -> list[Any] | None:
    """Return the items of ``dict.items()`` and its kin, None for other methods."""
    if isinstance(value, Map) and method == "values" and any(map(may_miss, value.items.values())):
        return perhaps(r, node, value, method, live=False)
    if isinstance(value, Map) and method in ("items", "keys", "values"):
        items = every_item(r, node, value)
        views: dict[str, list[Any]] = {
            "items": [Seq([plain(k), v]) for k, v in items.items()],
            "keys": [plain(k) for k in items],
            "values": list(items.values()),
        }
        return views[method]
    return None


def of_known_length(r: Reader, node: ast.AST, items: Ref, v: Value) -> list[Any] | None:
    """Return the items of an array, where the function is read for the lengths of a call."""
    length = v.type.shape[0] if v.type.kind == "array" and v.type.shape else None
    if not r.pinned or not isinstance(length, int):
        return None
    over = over_value(r, items, node)
    assert isinstance(over, Iteration)
    return [over.element(Const(k)) for k in range(length)]
