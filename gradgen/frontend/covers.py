"""Finds what a loop carries under one name: the template that covers every value seen there."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from gradgen.errors import UnsupportedError
from gradgen.frontend import pointers, row_kinds, unbound
from gradgen.frontend.class_defaults import begin_with
from gradgen.frontend.classes import MISSING, found_in
from gradgen.frontend.lists import BESIDE
from gradgen.frontend.parts import keyed, parts, same_class, standing_for
from gradgen.frontend.reader import Reader
from gradgen.frontend.sameness import interchangeable
from gradgen.frontend.state import State
from gradgen.frontend.templates import (
    Hole,
    Node,
    Options,
    Same,
    Template,
    View,
    admits,
    is_mutable,
    is_plain,
    kind_of_numbers,
    positions,
    same_way,
)
from gradgen.frontend.values import (
    OTHER_KEYS,
    Box,
    Choice,
    LocalFunction,
    Map,
    Poison,
    Record,
    Ref,
    Seq,
    SomeKeys,
    Static,
    Storage,
    is_static,
)
from gradgen.ir.nodes import Undefined, Value, nothing
from gradgen.ir.types import OPAQUE, Type, join, or_none

# Tuples of so many lengths under one name grow from turn to turn: they would not settle.
MOST_LENGTHS = 6


class Cover:
    """Finds templates for values, given the state before the loop.

    ``precise``: whether a value is an array or box from before that is to be told apart.
    """

    def __init__(self, r: Reader, entry: State, precise: Callable[[Any], bool]) -> None:
        self.r, self.entry, self.precise = r, entry, precise

    def first(self, value: Any) -> Template:
        """Return the template of the first value seen."""
        value = self._seen(value)
        if isinstance(value, Choice):
            sides = [value.then, value.other]
            if isinstance(sides[0], Undefined):
                sides.reverse()  # what stands there gives the type
            return self.widen(self.first(sides[0]), sides[1])
        if isinstance(value, Undefined):
            return Same(value)
        if isinstance(value, SomeKeys):
            return Same(Poison(value.error))  # a turn may give it keys in another order
        if isinstance(value, Ref) and self.precise(value):
            # What is read of it in the loop is read anew behind it, where that is out of reach.
            inside = value.steps or not self.entry.knows(value.value)
            unread = Ref(value.storage, value.steps, value.value, Undefined())
            return Same(unread if inside else value)
        if isinstance(value, Ref) and self._positioned(value):
            return View(value, tuple(Hole(v.type) for v in positions(value)))
        if isinstance(value, Value | Ref):
            return Hole(self.type_now(value), self._class_now(value))
        if isinstance(value, LocalFunction) and not all(_is_known(v) for _, v in parts(value)):
            return self.opened(value)
        if isinstance(value, Box) and not (is_mutable(value) and self.entry.knows(value)):
            return self.opened(value)
        return Same(value)

    def _seen(self, value: Any) -> Any:
        """Return a value as it is known here; a list from before stays one and the same."""
        if isinstance(value, Seq) and value.grown is not None and self.entry.knows(value):
            return value
        return self.r.settled(value)

    def opened(self, box: Box | LocalFunction) -> Template:
        """Return the template of a container made anew, or of a function by its defaults."""
        return Node(box, tuple((k, self.first(item)) for k, item in parts(box)))

    def type_now(self, leaf: Value | Ref) -> Type:
        """Return the type that a leaf has in this state."""
        if isinstance(leaf, Ref) and not leaf.steps:
            return self.r.versions[leaf.storage].type
        return leaf.value.type if isinstance(leaf, Ref) else leaf.type

    def _class_now(self, leaf: Value | Ref) -> bool | None:
        """Return whether a list of the graph is a tuple in Python; None: it may be either."""
        if self.type_now(leaf).kind != "list":
            return False
        known = isinstance(leaf, Ref) and not self.r.frame.source.generated
        return row_kinds.is_tuple_or_row(self.r, leaf) if known else None

    def widen(self, t: Template, value: Any) -> Template:
        """Return a template that covers a value too."""
        value = self._seen(value)
        if isinstance(value, Choice):
            return self.widen(self.widen(t, value.then), value.other)
        if isinstance(t, Options):
            return self._add_option(t, value)
        wider = self.unified(t, value)
        return wider if wider is not None else self._add_option(Options((t,)), value)

    def _add_option(self, t: Options, value: Any) -> Options:
        for k, option in enumerate(t.items):
            wider = self.unified(option, value)
            if wider is not None:
                return Options((*t.items[:k], wider, *t.items[k + 1 :]))
        if isinstance(value, Seq) and sum(map(_is_sequence, t.items)) == MOST_LENGTHS:
            what = f"a {value.kind.__name__} that grows by a number of items that the path decides"
            raise UnsupportedError(what, self.r.b.span, "use a list of numbers, and append to it")
        return Options((*t.items, self.first(value)))

    def unified(self, t: Template, value: Any) -> Template | None:
        """Return one template of a kind for both, None if only options can hold them."""
        if isinstance(t, Same) and pointers.is_word(value) and pointers.is_known_word(t.thing):
            return Hole(value.type)
        if isinstance(t, Hole) and t.type.of and t.type.of.kind is pointers.WORDS:
            value = pointers.as_word(value)
        if isinstance(t, Same) and pointers.pointer(value) and _is_none(t.thing):
            return Hole(replace(value.type, of=replace(value.type.of, sure=False)))
        if isinstance(t, Hole) and t.type.of and _is_none(value):
            return Hole(replace(t.type, of=replace(t.type.of, sure=False)))
        if isinstance(t, Same):
            if interchangeable(t.thing, value):
                return t
            if isinstance(t.thing, Ref) and isinstance(value, Ref) and self._positioned(t.thing):
                t = View(t.thing, tuple(Hole(v.type) for v in positions(t.thing)))
                return self._unified_view(t, value)
            if isinstance(value, Ref) and self.type_now(value).kind == "list":
                apart = self.precise(t.thing) or self.precise(value)
                return None if apart else self._unified_grown(t.thing, value)
            if not same_class(t.thing, value) or self.precise(t.thing) or self.precise(value):
                return None
            t = self.opened(self._at_entry(t.thing))
        if self._told_apart(value):
            return None
        if isinstance(t, Hole):
            return self._unified_hole(t, value)
        if isinstance(t, View):
            return self._unified_view(t, value)
        if isinstance(value, Ref) and self.type_now(value).kind == "list":
            return self._unified_known(t, value)
        if not isinstance(t, Node) or not same_class(t.like, value):
            return None
        if [k for k, _ in t.items] != [k for k, _ in parts(value)]:
            return self._unified_lists(t, value)
        pairs = zip(t.items, parts(value), strict=True)
        return Node(t.like, tuple((k, self.widen(inner, v)) for (k, inner), (_, v) in pairs))

    def _told_apart(self, value: Any) -> bool:
        """Whether a value is a box from before the loop that stays itself beside ones made anew."""
        return isinstance(value, Box) and is_mutable(value) and self.precise(value)

    def _at_entry(self, thing: Any) -> Any:
        if isinstance(thing, LocalFunction):
            return thing
        held = self.entry.contents(self.r, thing)
        return standing_for(thing, held, self.entry.versions)

    def _unified_grown(self, box: Any, value: Ref) -> Template | None:
        """Cover a list from before and a list of the graph that takes its place."""
        if not (isinstance(box, Seq) and box.kind is list):
            return None
        held = self.entry.contents(self.r, box)
        if isinstance(held, Storage):
            return self._unified_hole(Hole(self.entry.versions[held].type), value)
        item = item_type(self, None, keyed(held))
        if item is None and held:
            return None
        return self._unified_hole(Hole(Type("list", item=item)), value)

    def _unified_known(self, t: Template, value: Ref) -> Template | None:
        """Cover a list or tuple of known length and a list of the graph."""
        if isinstance(t, Node) and isinstance(t.like, Seq) and t.like.kind is tuple:
            row = _row_type_of(t)
            if row is None or not self._class_now(value):
                return None
            return self._unified_hole(Hole(row, True), value)
        item = _item_of(t, self.r.book.words)
        return None if item is None else self._unified_hole(Hole(item), value)

    def _unified_hole(self, t: Hole, value: Any) -> Template | None:
        if isinstance(value, Seq) and t.type.kind == "list" and value.kind is list:
            item = item_type(self, t.type.item, parts(value))
            tuples = False if t.tuples is False else None
            return None if item is None and parts(value) else Hole(Type("list", item=item), tuples)
        if isinstance(value, Seq) and admits(t, value):
            return t
        if not isinstance(value, Value | Ref) or self.precise(value) or self._positioned(value):
            return None
        if isinstance(value, Undefined) and value.name:  # deleted: the variable keeps its value
            return None
        type_ = join(t.type, self.type_now(value))
        now = self._class_now(value)
        return None if type_ is None else Hole(type_, now if now == t.tuples else None)

    def _positioned(self, value: Any) -> bool:
        """Whether a value is an entry or row of an array that is told apart."""
        if not (isinstance(value, Ref) and value.steps and self.precise(of_whole(value))):
            return False
        return all(map(is_plain, value.steps))

    def _unified_view(self, t: View, value: Any) -> Template | None:
        if not (isinstance(value, Ref) and same_way(t.like, value)):
            return None
        kinds = [join(h.type, v.type) for h, v in zip(t.items, positions(value), strict=True)]
        return View(t.like, tuple(Hole(kind) for kind in kinds if kind is not None))

    def _unified_lists(self, t: Node, value: Seq) -> Template | None:
        """Cover lists of different lengths by one of the graph, where their items allow it."""
        known = _item_of(t, self.r.book.words)
        item = None if known is None else item_type(self, known.item, parts(value))
        return None if item is None else Hole(Type("list", item=item))


def _is_sequence(t: Template) -> bool:
    """Whether a template is that of a tuple or list of known length."""
    return isinstance(t, Node) and isinstance(t.like, Seq)


def _is_known(default: Any) -> bool:
    """Whether a default, or that there is none, is known before the program runs."""
    return default is None or is_static(default)


def _is_none(value: Any) -> bool:
    return isinstance(value, Static) and value.obj is None


def _item_of(t: Template, words: bool) -> Type | None:
    """Return the type of a list of the graph for a list of known length, None if it cannot be."""
    if not (isinstance(t, Node) and isinstance(t.like, Seq) and t.like.kind is list):
        return None
    return _list_of(_type_of_item(inner, words) for _, inner in t.items)


def _type_of_item(t: Template, words: bool) -> Type | None:
    """Return the type of an item of a list of the graph, None if it cannot be one."""
    if words and _is_word(t):
        return _type_of_words(t)
    if isinstance(t, Node) and isinstance(t.like, Seq):
        return _row_type_of(t)
    return t.type if isinstance(t, Hole) else None


def _list_of(types: Iterable[Type | None]) -> Type | None:
    """Return the type of a list of such items, None where they have no type in common."""
    item: Type | None = None
    for type_ in types:
        item = type_ if item is None or type_ is None else join(item, type_)
        if item is None:
            return None
    return Type("list", item=item)


def _row_type_of(t: Node) -> Type | None:
    """Return the type of a list of the graph for a row of numbers of one kind, None of others."""
    found = [inner.type for _, inner in t.items if isinstance(inner, Hole)]
    alike = all(f.is_scalar for f in found) and len({f.kind for f in found}) == 1
    exact = isinstance(t.like, Seq) and t.like.kind in (tuple, list)
    if not alike or not exact or len(found) < len(t.items):
        return None
    return _list_of(found)


def _is_word(t: Template) -> bool:
    """Whether a template is that of texts, whichever."""
    if isinstance(t, Options):
        return all(map(_is_word, t.items))
    if isinstance(t, Hole):
        return t.type.of is not None and t.type.of.kind is pointers.WORDS
    return isinstance(t, Same) and pointers.is_known_word(t.thing)


def _type_of_words(t: Template) -> Type:
    """Return the type of texts, whichever: whether one of them may be None."""
    if isinstance(t, Options):
        return functools.reduce(pointers.joined_words, map(_type_of_words, t.items))
    return t.type if isinstance(t, Hole) else pointers.row_type(pointers.WORDS)


def of_whole(ref: Ref) -> Ref:
    """Return a reference to the whole array that a view is of."""
    return Ref(ref.storage, (), ref.version, ref.version)


# --- contents of a box --------------------------------------------------------------------


def contents_template(cover: Cover, box: Box, t: Template | None, held: list[Any]) -> Template:
    """Return what the contents of a box carry that is filled anew in the loop."""
    keys = [[k for k, _ in keyed(h)] for h in held]
    grown = any(isinstance(h, Storage) for h in held) or isinstance(t, Hole)
    if isinstance(box, Seq) and (grown or keys[0] != keys[1]):
        item = t.type.item if isinstance(t, Hole) else None
        for state in held:
            if not isinstance(state, Storage):
                item = _with_items(cover, item, keyed(state))
            elif state in cover.r.versions:
                found = cover.r.versions[state].type.item
                item = found if item is None or found is None else _both_items(cover, item, found)
        if any(_holds_none(v) for state in held for v in _known_items(state)):
            item = or_none(item)
        return Hole(Type("list", item=item or _mixed_rows(cover, held)))
    known = dict(t.items) if isinstance(t, Node) else {}
    before = known.get(OTHER_KEYS)
    if isinstance(box, Record | Map):
        every = dict.fromkeys([*known, *keys[0], *keys[1]])
        if isinstance(box, Map) and not all(set(every) <= set(k) for k in (known or every, *keys)):
            every[OTHER_KEYS] = None
        if isinstance(box, Map) and unbound.order_of(known, *keys) is None:
            every[OTHER_KEYS] = None  # a turn takes a key out, and puts it back in
        held = [with_unset(cover.r, box, entry, every) for entry in held]
    for entry in held:
        for k, value in keyed(entry):
            known[k] = cover.widen(known[k], value) if k in known else cover.first(value)
    notes = [dict(keyed(entry)).get(OTHER_KEYS) for entry in held]
    notes += [before.thing] if isinstance(before, Same) else []
    if all(isinstance(note, SomeKeys) for note in notes):
        known[OTHER_KEYS] = Same(notes[0])
    return Node(box, tuple(known.items()))


def _known_items(state: Any) -> list[Any]:
    return [] if isinstance(state, Storage) else [v for _, v in keyed(state)]


def _holds_none(value: Any) -> bool:
    """Whether a value is None on some path."""
    if isinstance(value, Choice):
        return _holds_none(value.then) or _holds_none(value.other)
    return _is_none(value)


def _both_items(cover: Cover, item: Type, found: Type) -> Type | None:
    """Return the type of items of two lists, of which one may hold None alone."""
    if OPAQUE in (item, found):
        held = found if item == OPAQUE else item
        if held.is_place:
            what = "objects in a list that held None as it does beside numbers"
            raise UnsupportedError(what, cover.r.b.span, "keep objects and numbers in lists apart")
        return or_none(held)
    return join(item, found)


def _with_items(cover: Cover, item: Type | None, items: list[tuple[Any, Any]]) -> Type | None:
    """Return the type of a list's items with others; tuples of numbers are not beside rows."""
    both = item_type(cover, item, items)
    rows = item is not None and item.points
    if both is None and rows and any(isinstance(v, Seq) and v.kind is tuple for _, v in items):
        what = "tuples of numbers alone and other tuples in one list"
        raise UnsupportedError(what, cover.r.b.span, BESIDE)
    return both or item


def with_unset(
    r: Reader, box: Record | Map, held: dict[Any, Any], names: Iterable[Any]
) -> dict[Any, Any]:
    """Return what an object or a dict holds, with nothing under names that are not set yet."""
    unset = [name for name in names if name not in held]
    for name in unset:
        if isinstance(box, Record) and found_in(box.kind, name) is not MISSING:
            begin_with(r, box.kind, name, box.given)
            what = f"{name!r} is set in a loop, and before it is the class's"
            raise UnsupportedError(what, r.b.span, "set it in __init__, or before the loop")
    both = {**held, **{name: _unset(r, name) for name in unset}}
    return {name: both[name] for name in dict.fromkeys([*names, *both])}


def _unset(r: Reader, name: Any) -> Any:
    """Return what stands under a key that is not there yet."""
    if name is not OTHER_KEYS:
        return nothing(str(name))
    what, way = "a dict gets new keys in a loop", "make it with all its keys before the loop"
    return Poison(UnsupportedError(what, r.b.span, way))


def _row_type(cover: Cover, row: Seq) -> Type | None:
    """Return the type of a row of numbers of one kind as an item of a list, None for others."""
    if row.kind not in (tuple, list) or row.grown is not None or not kind_of_numbers(row):
        return None
    inner = item_type(cover, None, parts(row))
    return None if inner is None else Type("list", item=inner)


def _mixed_rows(cover: Cover, held: list[Any]) -> Type | None:
    """Return the type of rows of numbers of several kinds in a list of which nothing else is known.

    As for the tuples ``(weight, node)`` of a heap, of which a turn takes two before it puts one in.
    """
    rows = [v for state in held if not isinstance(state, Storage) for _, v in keyed(state)]
    if not all(
        isinstance(row, Seq) and row.kind in (tuple, list) and row.grown is None for row in rows
    ):
        return None
    numbers = [part for row in rows for part in parts(row)]
    if not all(isinstance(v, Value) and v.type.is_scalar for _, v in numbers):
        return None
    inner = item_type(cover, None, numbers)
    return None if inner is None else Type("list", item=inner)


def item_type(cover: Cover, item: Type | None, items: list[tuple[Any, Any]]) -> Type | None:
    """Return the type that a list's items have in common with others, None if there is none."""
    for _, value in items:
        type_ = _row_type(cover, value) if isinstance(value, Seq) else None
        if cover.r.book.words and pointers.holds_words(value):
            type_ = pointers.word_type(value)
        if type_ is None and not isinstance(value, Value | Ref):
            return None
        type_ = type_ or cover.type_now(value)
        item = type_ if item is None else join(item, type_)
        if item is None:
            return None
    return item
