"""What a loop carries under one name: the structure on which all turns agree.

``Same``: one and the same thing at every turn.  ``Hole``: a number or an array, carried as a value.
``Node``: a container made anew, with a template per item.  ``View``: an entry or row of one array,
whose position is carried.  ``Options``: things of different kinds; which one it is, is carried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.frontend import pointers
from gradgen.frontend.evaluate import options as options_of
from gradgen.frontend.numbered import told_by
from gradgen.frontend.parts import parts, same_class, with_parts
from gradgen.frontend.reader import Reader
from gradgen.frontend.sameness import interchangeable
from gradgen.frontend.values import (
    Box,
    Choice,
    LocalFunction,
    Poison,
    Ref,
    Seq,
    SomeKeys,
    Static,
    Step,
)
from gradgen.ir.nodes import Const, Undefined, Value
from gradgen.ir.types import BOOL, Type, integer


@dataclass(frozen=True, slots=True)
class Same:
    """One thing, the same at every turn."""

    thing: Any


@dataclass(frozen=True, slots=True)
class Hole:
    """A number or array of this type, or a list of the graph.

    ``tuples``: whether that list is a tuple in Python; None: it may be either.
    """

    type: Type
    tuples: bool | None = False


@dataclass(frozen=True, slots=True)
class Node:
    """A container of the class of ``like``, with keys and a template for each item.

    A function is taken for one whose items are its defaults.
    """

    like: Box | LocalFunction
    items: tuple[tuple[Any, Template], ...]


@dataclass(frozen=True, slots=True)
class View:
    """A view like ``like`` of an array from before the loop, at carried positions."""

    like: Ref
    items: tuple[Hole, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """One of several."""

    items: tuple[Template, ...]


Template = Same | Hole | Node | View | Options


def admits(t: Template, value: Any) -> bool:
    """Whether a template covers a value as it is."""
    if isinstance(value, Choice):
        return admits(t, value.then) and admits(t, value.other)
    if isinstance(t, Options):
        return any(admits(option, value) for option in t.items)
    if isinstance(t, Same):
        return interchangeable(t.thing, value)
    if isinstance(t, Hole):
        if t.type.of and isinstance(value, Static):
            known = t.type.of.kind is pointers.WORDS and pointers.is_known_word(value)
            return value.obj is None or known
        return isinstance(value, Value | Ref) or _admits_known(t, value)
    if isinstance(t, View):
        return isinstance(value, Ref) and same_way(t.like, value)
    if not same_class(t.like, value) or [k for k, _ in t.items] != [k for k, _ in parts(value)]:
        return False
    pairs = zip(t.items, parts(value), strict=True)
    return all(admits(inner, v) for (_, inner), (_, v) in pairs)


def _admits_known(t: Hole, value: Any) -> bool:
    """Whether a list of the graph may stand for a list, or a tuple, of known length."""
    if t.type.kind != "list" or not isinstance(value, Seq):
        return False
    if value.kind is list:
        return True
    item = t.type.item
    numbers = value.kind is tuple and item is not None and item.is_scalar
    return bool(t.tuples and numbers and item and kind_of_numbers(value) == item.kind)


def kind_of_numbers(value: Seq) -> str | None:
    """Return the kind of number that all items of a row are, None if they are others."""
    numbers = [v for v in value.items if isinstance(v, Value) and v.type.is_scalar]
    kinds = {v.type.kind for v in numbers}
    alike = len(numbers) == len(value.items) and len(kinds) == 1
    return kinds.pop() if alike else None


def types(t: Template) -> list[Type]:
    """Return the types of what is carried, in order."""
    if isinstance(t, Hole):
        return [t.type]
    if isinstance(t, Node):
        return [type_ for _, inner in t.items for type_ in types(inner)]
    if isinstance(t, View):
        return [hole.type for hole in t.items]
    if isinstance(t, Options):
        which = BOOL if len(t.items) == 2 else integer()
        return [which, *(type_ for inner in t.items for type_ in types(inner))]
    return []


def classes(t: Template) -> list[bool | None]:
    """Return of what is carried, in order, whether it is a tuple in Python."""
    if isinstance(t, Hole):
        return [t.tuples]
    if isinstance(t, Same):
        return []
    inner = [i for _, i in t.items] if isinstance(t, Node) else t.items
    mark = [False] if isinstance(t, Options) else []
    return [*mark, *(c for i in inner for c in classes(i))]


def kept(t: Template) -> Iterator[Any]:
    """Yield what stands in a place as itself, and is not carried: things from before the loop."""
    if isinstance(t, Same):
        yield t.thing
    elif isinstance(t, View):
        yield t.like
    elif isinstance(t, Options):
        yield from (thing for option in t.items for thing in kept(option))
    elif isinstance(t, Node):
        yield from (thing for _, inner in t.items for thing in kept(inner))


def option_of(t: Options, value: Any) -> int | None:
    """Return which option a value is, None if it is none: what is told apart goes first."""
    fitting = [k for k, option in enumerate(t.items) if admits(option, value)]
    fitting = [k for k in fitting if not _is_other(t.items[k], value)] or fitting
    kinds = [Same, Node, View, Hole]
    return min(fitting, key=lambda k: (kinds.index(type(t.items[k])), k), default=None)


def _is_other(t: Template, value: Any) -> bool:
    """Whether a place is one for numbers, arrays or lists of the graph, and the value another."""
    if not isinstance(t, Hole) or not isinstance(value, Value | Ref):
        return False
    given = value.value.type if isinstance(value, Ref) else value.type
    kinds = [kind if kind in ("any", "array", "list") else "" for kind in (t.type.kind, given.kind)]
    # What may be a number or an array is no list.
    return kinds[0] != kinds[1] and ("any" not in kinds or "list" in kinds)


def positions(ref: Ref) -> list[Value]:
    """Return the positions in the steps of a view: what its shape does not depend on."""
    return [
        v
        for step in ref.steps
        for v, moves in zip(step.operands, _moves(step), strict=True)
        if moves
    ]


def _moves(step: Step) -> list[bool]:
    """Tell for each operand of a step whether it is a position, and no bound of a slice."""
    if step.prim != "load":
        return [False] * len(step.operands)
    slices = iter(step.attrs.get("slices", ()))
    out: list[bool] = []
    for letter in step.attrs["index"]:
        out += [False] * sum(next(slices)) if letter == "s" else [True] * (letter in "iam")
    return out


def is_plain(step: Step) -> bool:
    """Whether a step gives one shape whatever its positions: its slices have constant bounds."""
    if step.prim != "load":
        return not step.operands
    pairs = zip(step.operands, _moves(step), strict=True)
    return not set(step.attrs["index"]) & set("am") and all(
        moves or isinstance(v, Const) for v, moves in pairs
    )


def same_way(a: Ref, b: Ref) -> bool:
    """Whether two views differ in nothing but positions."""
    return (
        a.storage is b.storage
        and len(a.steps) == len(b.steps)
        and all(
            x.prim == y.prim and x.attrs == y.attrs and _same_bounds(x, y)
            for x, y in zip(a.steps, b.steps, strict=True)
        )
    )


def _same_bounds(x: Step, y: Step) -> bool:
    """Whether two steps of one spelling have the same operands, apart from positions."""
    triples = zip(x.operands, y.operands, _moves(x), strict=True)
    return all(
        moves or v is w or (isinstance(v, Const) and isinstance(w, Const) and v.const == w.const)
        for v, w, moves in triples
    )


def carried_parts(t: Template, value: Any) -> list[Any]:
    """Return what a value puts in each carried place: a leaf, a constant, a `Choice`, or None."""
    if isinstance(value, Choice) and not isinstance(t, Hole):
        return _chosen_parts(t, value)
    if isinstance(t, Options):
        which = option_of(t, value)
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
        return [pointers.as_number(value, t.type.of) if admits(t, value) else None]
    if isinstance(t, View):
        return positions(value) if admits(t, value) else [None] * len(t.items)
    if isinstance(t, Node):
        if not admits(t, value):
            return [None] * len(types(t))
        pairs = zip(t.items, parts(value), strict=True)
        return [part for (_, inner), (_, v) in pairs for part in carried_parts(inner, v)]
    return []


def _chosen_parts(t: Template, choice: Choice) -> list[Any]:
    if isinstance(t, Options) and choice.which is not None and len(types(t)) == 1:
        which, numbers = choice.which
        if len(t.items) > 2 and [option_of(t, v) for v in options_of(choice)] == [*numbers]:
            return [which]
    pairs = zip(carried_parts(t, choice.then), carried_parts(t, choice.other), strict=True)
    return [a if a is b else _chosen_part(choice.test, a, b) for a, b in pairs]


def _chosen_part(test: Value, *sides: Any) -> Any:
    """Return what a carried place holds by a test; where one side has nothing, it is not read."""
    then, other = (Undefined(unread=True) if part is None else part for part in sides)
    nothing = isinstance(then, Undefined) and isinstance(other, Undefined)
    return then if nothing else Choice(test, then, other)


def values_of(r: Reader, t: Template, value: Any) -> list[Value]:
    """Return the values that are carried on; what is not there is undefined."""
    if value is None or isinstance(value, Poison):
        value = Undefined()
        if not admits(t, value):
            return _absent(t)
    pairs = zip(types(t), carried_parts(t, value), strict=True)
    return [Undefined() if p is None else r.read(_listed(r, p, type_)) for type_, p in pairs]


def _listed(r: Reader, part: Any, type_: Type) -> Any:
    """Return a part with lists of the graph in the place of tuples of known length."""
    if isinstance(part, Choice):
        sides = [_listed(r, side, type_) for side in (part.then, part.other)]
        same = sides[0] is part.then and sides[1] is part.other
        return part if same else Choice(part.test, *sides)
    if isinstance(part, Seq):
        put_places(r, part, type_)
    known = isinstance(part, Seq) and part.kind is tuple
    return r.b.emit("list", [r.read(v) for v in part.items]) if known else part


def put_places(r: Reader, items: Seq, type_: Type) -> None:
    """Let a number stand for None in what becomes a list of objects in lists."""
    of_objects = type_.item is not None and type_.item.is_place and items.grown is None
    if of_objects and any(map(pointers.is_none_itself, items.items)):
        r.load(items, [pointers.as_number(v) for v in items.items])


def _absent(t: Template) -> list[Value]:
    """Return what is carried for nothing: numbers of options are compared, so they are there."""
    if isinstance(t, Node):
        return [v for _, inner in t.items for v in _absent(inner)]
    if isinstance(t, Options):
        which: Value = Undefined() if len(t.items) == 2 else Const(-1)
        return [which, *(v for inner in t.items for v in _absent(inner))]
    return [Undefined() for _ in types(t)]


def names_of(t: Template, name: str) -> list[str]:
    """Return a name for each carried place; what has only one keeps the user's."""
    if isinstance(t, Hole):
        return [name]
    if isinstance(t, Options):
        inner = [n for option in t.items for n in names_of(option, name)]
        only = [n if len(inner) == 1 else "" for n in inner]
        return [_mark_name(t, name), *only]
    if isinstance(t, Node):
        return [n for k, inner in t.items for n in names_of(inner, _name_of_part(name, k))]
    return [""] * len(types(t))


def _name_of_part(name: str, key: Any) -> str:
    """Return a name for a part with a name: ``body_mass`` for ``body.mass``."""
    if type(key) is int and name:
        return f"{name}_{key}"
    if not isinstance(key, str) or not key.isidentifier():
        return ""
    return f"{name}_{key}" if name else key


def _mark_name(t: Options, name: str) -> str:
    """Return the name of what tells two options apart: whether it is None, or assigned."""
    first, *_, last = (o.thing if isinstance(o, Same) else None for o in t.items)
    if len(t.items) > 2:
        return f"{name}_kind"
    if isinstance(last, Undefined):
        return f"{name}_assigned"
    if not name:
        return "missing" if isinstance(first, Undefined) else "which"
    none = isinstance(first, Static) and first.obj is None
    return f"no_{name}" if none or isinstance(first, Undefined) else f"{name}_kind"


def rebuilt(r: Reader, t: Template, held: Iterator[Any]) -> Any:
    """Return the value that a template stands for, with the carried leaves put in."""
    if isinstance(t, Same):
        return t.thing
    if isinstance(t, Hole):
        return next(held)
    if isinstance(t, Node):
        return with_parts(t.like, [(k, rebuilt(r, inner, held)) for k, inner in t.items])
    if isinstance(t, View):
        steps = [replace(s, operands=_placed(s, held)) for s in t.like.steps]
        # No version: it is read through the storage.
        return Ref(t.like.storage, tuple(steps), t.like.value, Undefined())
    which = next(held)
    options = [rebuilt(r, inner, held) for inner in t.items]
    out = options[-1]
    for k in range(len(options) - 2, -1, -1):
        test = which if len(options) == 2 else r.b.emit("eq", [which, Const(k)])
        out = Choice(test, options[k], out)
    plain = len(options) > 2 and all(isinstance(inner, Same) for inner in t.items)
    return told_by(out, which, tuple(range(len(options)))) if plain else out


def _placed(step: Step, held: Iterator[Any]) -> tuple[Value, ...]:
    """Return the operands of a step with its positions put in."""
    pairs = zip(step.operands, _moves(step), strict=True)
    return tuple(next(held) if moves else v for v, moves in pairs)


def equal(a: Template, b: Template) -> bool:
    """Whether two templates say the same."""
    if isinstance(a, Same) and isinstance(b, Same):
        ordered = isinstance(a.thing, SomeKeys) == isinstance(b.thing, SomeKeys)
        return ordered and interchangeable(a.thing, b.thing)
    if isinstance(a, Hole) and isinstance(b, Hole):
        return a.type == b.type and a.type.kinds == b.type.kinds and a.tuples == b.tuples
    if isinstance(a, Node) and isinstance(b, Node):
        if [k for k, _ in a.items] != [k for k, _ in b.items]:
            return False
        pairs = zip(a.items, b.items, strict=True)
        return all(equal(x, y) for (_, x), (_, y) in pairs)
    if isinstance(a, View) and isinstance(b, View):
        return same_way(a.like, b.like) and a.items == b.items
    if isinstance(a, Options) and isinstance(b, Options):
        return len(a.items) == len(b.items) and all(map(equal, a.items, b.items))
    return False


def portable(t: Template) -> bool:
    """Whether a template says something of another reading too: it names nothing made there."""
    if isinstance(t, Same):
        return isinstance(t.thing, Static | Value | Poison)
    if isinstance(t, Node):
        return all(portable(inner) for _, inner in t.items)
    if isinstance(t, Options):
        return all(map(portable, t.items))
    return isinstance(t, Hole)


def is_list(value: Any) -> bool:
    """Whether a value is a list of known length."""
    return isinstance(value, Seq) and value.kind is list


def is_mutable(box: Box) -> bool:
    """Whether a box is one thing that several names may change, unlike a tuple."""
    return not isinstance(box, Seq) or box.kind is list
