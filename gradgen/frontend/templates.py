"""What a loop carries under one name: the structure on which all turns agree.

``Same``: one and the same thing at every turn.  ``Hole``: a number or an array, carried as a value.
``Node``: a container made anew, with a template per item.  ``Options``: things of different kinds;
which one it is, is carried as a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gradgen.errors import UnsupportedError
from gradgen.frontend.joins import identity
from gradgen.frontend.reader import Reader
from gradgen.frontend.state import State
from gradgen.frontend.values import (
    Box,
    Choice,
    Map,
    Poison,
    Ref,
    Seq,
    Static,
    Storage,
    interchangeable,
    keyed,
    parts,
    same_class,
    standing_for,
    with_parts,
)
from gradgen.ir.nodes import Const, Undefined, Value
from gradgen.ir.types import BOOL, Type, integer, join


@dataclass(frozen=True, slots=True)
class Same:
    """One thing, the same at every turn."""

    thing: Any


@dataclass(frozen=True, slots=True)
class Hole:
    """A number or array of this type."""

    type: Type


@dataclass(frozen=True, slots=True)
class Node:
    """A container of the class of ``like``, with keys and a template for each item."""

    like: Box
    items: tuple[tuple[Any, Template], ...]


@dataclass(frozen=True, slots=True)
class Options:
    """One of several."""

    items: tuple[Template, ...]


Template = Same | Hole | Node | Options


class Cover:
    """Finds templates for values, given the state before the loop.

    ``precise``: whether a value is an array or box from before that is to be told apart.
    """

    def __init__(self, r: Reader, entry: State, precise: Callable[[Any], bool]) -> None:
        self.r, self.entry, self.precise = r, entry, precise

    def first(self, value: Any) -> Template:
        """Return the template of the first value seen."""
        value = self.r.settled(value)
        if isinstance(value, Choice):
            return self.widen(self.first(value.then), value.other)
        if isinstance(value, Ref) and self.precise(value):
            return Same(value)
        if isinstance(value, Value | Ref):
            return Hole(self.type_now(value))
        if isinstance(value, Box) and not (is_mutable(value) and self.entry.knows(value)):
            return self.opened(value)
        return Same(value)

    def opened(self, box: Box) -> Template:
        """Return the template of a container made anew."""
        return Node(box, tuple((k, self.first(item)) for k, item in parts(box)))

    def type_now(self, leaf: Value | Ref) -> Type:
        """Return the type that a leaf has in this state."""
        if isinstance(leaf, Ref) and not leaf.steps:
            return self.r.versions[leaf.storage].type
        return leaf.value.type if isinstance(leaf, Ref) else leaf.type

    def widen(self, t: Template, value: Any) -> Template:
        """Return a template that covers a value too."""
        value = self.r.settled(value)
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
        return Options((*t.items, self.first(value)))

    def unified(self, t: Template, value: Any) -> Template | None:
        """Return one template of a kind for both, None if only options can hold them."""
        if isinstance(t, Same):
            if interchangeable(t.thing, value):
                return t
            if not same_class(t.thing, value) or self.precise(t.thing) or self.precise(value):
                return None
            held = self.entry.contents(self.r, t.thing)
            t = self.opened(standing_for(t.thing, held, self.entry.versions))
        if isinstance(t, Hole):
            return self._unified_hole(t, value)
        if not isinstance(t, Node) or not same_class(t.like, value):
            return None
        if [k for k, _ in t.items] != [k for k, _ in parts(value)]:
            return self._unified_lists(t, value)
        pairs = zip(t.items, parts(value), strict=True)
        return Node(t.like, tuple((k, self.widen(inner, v)) for (k, inner), (_, v) in pairs))

    def _unified_hole(self, t: Hole, value: Any) -> Template | None:
        if isinstance(value, Seq) and t.type.kind == "list" and value.kind is list:
            item = item_type(self, t.type.item, parts(value))
            return None if item is None else Hole(Type("list", item=item))
        if not isinstance(value, Value | Ref) or self.precise(value):
            return None
        type_ = join(t.type, self.type_now(value))
        return None if type_ is None else Hole(type_)

    def _unified_lists(self, t: Node, value: Seq) -> Template | None:
        """Cover lists of different lengths by one of the graph, where their items allow it."""
        if not (isinstance(t.like, Seq) and t.like.kind is list):
            return None
        holes = [inner.type if isinstance(inner, Hole) else None for _, inner in t.items]
        item: Type | None = None
        for type_ in holes:
            if type_ is None:
                return None
            item = type_ if item is None else join(item, type_)
        item = item_type(self, item, parts(value))
        return None if item is None else Hole(Type("list", item=item))


def admits(t: Template, value: Any) -> bool:
    """Whether a template covers a value as it is."""
    if isinstance(t, Options):
        return any(admits(option, value) for option in t.items)
    if isinstance(t, Same):
        return interchangeable(t.thing, value)
    if isinstance(t, Hole):
        return isinstance(value, Value | Ref) or (t.type.kind == "list" and is_list(value))
    if not same_class(t.like, value) or [k for k, _ in t.items] != [k for k, _ in parts(value)]:
        return False
    pairs = zip(t.items, parts(value), strict=True)
    return all(admits(inner, v) for (_, inner), (_, v) in pairs)


def types(t: Template) -> list[Type]:
    """Return the types of what is carried, in order."""
    if isinstance(t, Hole):
        return [t.type]
    if isinstance(t, Node):
        return [type_ for _, inner in t.items for type_ in types(inner)]
    if isinstance(t, Options):
        which = BOOL if len(t.items) == 2 else integer()
        return [which, *(type_ for inner in t.items for type_ in types(inner))]
    return []


def carried_parts(t: Template, value: Any) -> list[Any]:
    """Return what a value puts in each carried place: a leaf, a constant, a `Choice`, or None."""
    if isinstance(value, Choice) and not isinstance(t, Hole):
        return _chosen_parts(t, value)
    if isinstance(t, Options):
        which = next((k for k, o in enumerate(t.items) if admits(o, value)), None)
        if which is None:
            return [None] * len(types(t))
        unread = Undefined(unread=True)
        mark = Const(which == 0) if len(t.items) == 2 else Const(which)
        inner = [
            carried_parts(option, value) if k == which else [unread] * len(types(option))
            for k, option in enumerate(t.items)
        ]
        return [mark, *(part for found in inner for part in found)]
    if isinstance(t, Hole):
        return [value if isinstance(value, Choice) or admits(t, value) else None]
    if isinstance(t, Node):
        if not admits(t, value):
            return [None] * len(types(t))
        pairs = zip(t.items, parts(value), strict=True)
        return [part for (_, inner), (_, v) in pairs for part in carried_parts(inner, v)]
    return []


def _chosen_parts(t: Template, choice: Choice) -> list[Any]:
    pairs = zip(carried_parts(t, choice.then), carried_parts(t, choice.other), strict=True)
    return [
        a if a is b else Choice(choice.test, *(_or_unread(v) for v in (a, b))) for a, b in pairs
    ]


def _or_unread(part: Any) -> Any:
    return Undefined(unread=True) if part is None else part


def values_of(r: Reader, t: Template, value: Any) -> list[Value]:
    """Return the values that are carried on; what is not there is undefined."""
    if value is None or isinstance(value, Poison):
        return [Undefined() for _ in types(t)]
    return [Undefined() if p is None else r.read(p) for p in carried_parts(t, value)]


def names_of(t: Template, name: str) -> list[str]:
    """Return a name for each carried place; what has only one keeps the user's."""
    if isinstance(t, Hole):
        return [name]
    if isinstance(t, Options):
        inner = [n for option in t.items for n in names_of(option, name)]
        only = [n if len(inner) == 1 else "" for n in inner]
        first = t.items[0]
        none = (
            isinstance(first, Same) and isinstance(first.thing, Static) and first.thing.obj is None
        )
        return [f"no_{name}" if none and len(t.items) == 2 else f"{name}_kind", *only]
    return [""] * len(types(t))


def _selector_name(t: Options, name: str) -> str:
    first = t.items[0].thing if isinstance(t.items[0], Same) else None
    if len(t.items) != 2 or first is None:
        return f"{name}_kind"
    if isinstance(first, Static) and first.obj is None:
        return f"no_{name}"
    thing = identity(first)
    return f"{name}_is_{thing.name}" if thing is not None and thing.name else f"{name}_kind"


def rebuilt(r: Reader, t: Template, held: Iterator[Any]) -> Any:
    """Return the value that a template stands for, with the carried leaves put in."""
    if isinstance(t, Same):
        return t.thing
    if isinstance(t, Hole):
        return next(held)
    if isinstance(t, Node):
        return with_parts(t.like, [(k, rebuilt(r, inner, held)) for k, inner in t.items])
    which = next(held)
    options = [rebuilt(r, inner, held) for inner in t.items]
    out = options[-1]
    for k in range(len(options) - 2, -1, -1):
        test = which if len(options) == 2 else r.b.emit("eq", [which, Const(k)])
        out = Choice(test, options[k], out)
    return out


def equal(a: Template, b: Template) -> bool:
    """Whether two templates say the same."""
    if isinstance(a, Same) and isinstance(b, Same):
        return interchangeable(a.thing, b.thing)
    if isinstance(a, Hole) and isinstance(b, Hole):
        return a.type == b.type
    if isinstance(a, Node) and isinstance(b, Node):
        if [k for k, _ in a.items] != [k for k, _ in b.items]:
            return False
        pairs = zip(a.items, b.items, strict=True)
        return all(equal(x, y) for (_, x), (_, y) in pairs)
    if isinstance(a, Options) and isinstance(b, Options):
        return len(a.items) == len(b.items) and all(map(equal, a.items, b.items))
    return False


def portable(t: Template) -> bool:
    """Whether a template says something of another reading too: it names no array and no box."""
    if isinstance(t, Same):
        return identity(t.thing) is None
    if isinstance(t, Node):
        return all(portable(inner) for _, inner in t.items)
    return isinstance(t, Hole) or all(map(portable, t.items))


# --- contents of a box --------------------------------------------------------------------


def contents_template(cover: Cover, box: Box, t: Template | None, held: list[Any]) -> Template:
    """Return what the contents of a box carry that is filled anew in the loop."""
    keys = [[k for k, _ in keyed(h)] for h in held]
    grown = any(isinstance(h, Storage) for h in held) or isinstance(t, Hole)
    if isinstance(box, Seq) and (grown or keys[0] != keys[1]):
        item = t.type.item if isinstance(t, Hole) else None
        for state in held:
            if not isinstance(state, Storage):
                item = item_type(cover, item, keyed(state)) or item
            elif state in cover.r.versions:
                found = cover.r.versions[state].type.item
                item = found if item is None or found is None else join(item, found)
        return Hole(Type("list", item=item))
    if isinstance(box, Map) and keys[0] != keys[1]:
        raise UnsupportedError(
            "a dict gets new keys in a loop",
            cover.r.b.span,
            "make it with all its keys before the loop",
        )
    known = dict(t.items) if isinstance(t, Node) else {}
    for entry in held:
        for k, value in keyed(entry):
            known[k] = cover.widen(known[k], value) if k in known else cover.first(value)
    return Node(box, tuple(known.items()))


def item_type(cover: Cover, item: Type | None, items: list[tuple[Any, Any]]) -> Type | None:
    """Return the type that a list's items have in common with others, None if there is none."""
    for _, value in items:
        if not isinstance(value, Value | Ref):
            return None
        type_ = cover.type_now(value)
        item = type_ if item is None else join(item, type_)
        if item is None:
            return None
    return item


def is_list(value: Any) -> bool:
    """Whether a value is a list of known length."""
    return isinstance(value, Seq) and value.kind is list


def is_mutable(box: Box) -> bool:
    """Whether a box is one thing that several names may change, unlike a tuple."""
    return not isinstance(box, Seq) or box.kind is list
