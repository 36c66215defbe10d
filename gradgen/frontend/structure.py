"""Arguments of a recursive call taken apart: what is known of them, and the numbers in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import field
from typing import Any, NoReturn

from gradgen.dataclass import dataclass
from gradgen.errors import UnsupportedError
from gradgen.frontend import ranges, row_kinds
from gradgen.frontend.describing import describe
from gradgen.frontend.evaluate import options
from gradgen.frontend.objects import Method
from gradgen.frontend.operators import is_plain
from gradgen.frontend.parts import parts, with_parts
from gradgen.frontend.pointers import is_none_itself
from gradgen.frontend.reader import Reader
from gradgen.frontend.signals import Tabled
from gradgen.frontend.values import (
    OTHER_KEYS,
    Around,
    BoundMethod,
    Box,
    Choice,
    Iteration,
    LocalFunction,
    Map,
    Record,
    Ref,
    Seq,
    Static,
)
from gradgen.ir.nodes import Const, Value


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """What an argument is but for its numbers; ``key`` compares it with others.

    ``like`` is the value, or a box of its class; ``items`` are its keys with their structures.
    """

    key: Any
    like: Any
    items: tuple[tuple[Any, Structure], ...] = ()


@dataclass(slots=True, eq=False)
class Seen:
    """What was looked at before: structures, and which choices are of containers alone."""

    structures: dict[Box | Choice, Structure] = field(default_factory=dict)
    contained: dict[Choice, tuple[bool, bool]] = field(default_factory=dict)


FEW = 64  # choices and objects that are held by one another, on all paths
NUMBER = Structure("number", None)
LIST = Structure("list", None)
ROW = Structure("row", None)  # a tuple of any number of numbers


def flatten(
    r: Reader,
    value: Any,
    node: ast.AST,
    constants: bool = False,
    look: Seen | None = None,
    grow: int = 0,
) -> tuple[Structure, list[Any]]:
    """Return the structure of a value, and its leaves.

    ``constants``: numbers are known, too; ``look``: nothing is made ready for a call, and there are
    no leaves: the structures of what was looked at before are there; ``grow``: lists of numbers or
    arrays have no known length, of 2, tuples of numbers neither.
    """
    if isinstance(value, Around):
        if look is None:
            r.refuse(node, "a recursive call with an object that refers back to another one",
                     "pass what is read of it")  # fmt: skip
        return Structure(("around", value.owner.id), value), []
    if look is not None and isinstance(value, Seq) and value.grown is not None:
        return LIST, []  # it may be one of a function around this one, which alone can read it
    value = r.settled(value)
    if grow > 1 and (row := _row(r, value)) is not None:
        return ROW, [] if look is not None else [row]
    if isinstance(value, Const) and (constants or isinstance(value.const, bool)):
        return Structure(("constant", type(value.const), repr(value.const)), value), []
    if isinstance(value, Choice):
        if look is not None and (
            _contained(value, look.contained)[0] or _is_box_or_number(r, value)
        ):
            if value not in look.structures:
                sides = [
                    flatten(r, o, node, constants, look, grow)[0] for o in (value.then, value.other)
                ]
                key = ("choice", sides[0].key, sides[1].key)
                look.structures[value] = Structure(key, value)
            return look.structures[value], []
        value = _of_choices(r, value) or _number_chosen(r, value, node)
    if isinstance(value, Iteration) and row_kinds.is_range(value):
        return _flatten_range(r, value, node, constants, look)
    if isinstance(value, Seq) and value.kind is list and _may_grow(r, value, grow):
        return LIST, [] if look is not None else [r.graph_list(value)]
    if isinstance(value, Value | Ref):
        kind = value.value.type.kind if isinstance(value, Ref) else value.type.kind
        return LIST if kind == "list" else NUMBER, [value]
    if isinstance(value, Box):
        if look is None:
            return _flatten_box(r, value, node, constants, look, grow)
        if value not in look.structures:  # objects may hold each other in ever so many ways
            look.structures[value] = _flatten_box(r, value, node, constants, look, grow)[0]
        return look.structures[value], []
    if isinstance(value, Method):
        inner, leaves = flatten(r, value.owner, node, constants, look, grow)
        key = ("method", id(value.function), inner.key)
        return Structure(key, value, (("owner", inner),)), leaves
    if isinstance(value, BoundMethod) and look is not None:  # no call hands it on
        inner = flatten(r, value.owner, node, constants, look, grow)[0]
        return Structure(("bound", value.name, inner.key), value), []
    return Structure(_identity(value, r, node), value), []


def _flatten_range(
    r: Reader, value: Iteration, node: ast.AST, constants: bool, look: Seen | None
) -> tuple[Structure, list[Any]]:
    """Take a range for the list of its numbers, which its parts are lists of, too."""
    if look is not None:
        bounds = [flatten(r, v, node, constants, look)[0].key for v in value.bounds or ()]
        return Structure(("range", *bounds), value), []
    return LIST, [ranges.as_list(r, node, value)]


def _contained(value: Any, told: dict[Choice, tuple[bool, bool]]) -> tuple[bool, bool]:
    """Return whether a value is one container, text or None or another, and whether no constant.

    On each path it is known which; choices among constants alone are others.
    """
    if not isinstance(value, Choice):
        return isinstance(value, Static | Map | Seq | Record), not is_plain(value)
    if value not in told:
        (one, some), (two, other) = (_contained(o, told) for o in (value.then, value.other))
        told[value] = one and two and (some or other), some or other
    return told[value]


def _is_box_or_number(r: Reader, value: Choice) -> bool:
    """Whether a value is a container on some path and a number on another, as nodes and leaves."""
    some = options(value)
    return any(isinstance(o, Box) for o in some) and _are_few(r, value)


def _of_choices(r: Reader, value: Choice) -> Seq | None:
    """Return the tuple of choices that one tuple or another of as many items is."""
    one, two = r.settled(value.then), r.settled(value.other)
    if not isinstance(one, Seq) or not isinstance(two, Seq) or one.kind is not two.kind:
        return None
    if not issubclass(one.kind, tuple) or len(one.items) != len(two.items):
        return None
    pairs = zip(one.items, two.items, strict=True)
    items = [a if a is b else Choice(value.test, a, b) for a, b in pairs]
    return Seq(items, one.kind)


def _number_chosen(r: Reader, value: Choice, node: ast.AST) -> Value:
    try:
        return r.read(value)
    except UnsupportedError:
        _refuse_choice(r, node)


def _refuse_choice(r: Reader, node: ast.AST) -> NoReturn:
    what = "a recursive call with an argument that is one thing or another"
    r.refuse(node, what, "call it on each path")


def _may_grow(r: Reader, box: Seq, grow: int) -> bool:
    """Whether a list is one of the graph in a call: an empty one, or any of numbers or arrays.

    None may be among these, and with some effort rows of numbers.
    """
    if not (grow and box.items):
        return not box.items
    items = [r.settled(item) for item in box.items]
    return all(
        isinstance(item, Value)
        or is_none_itself(item)
        or (grow > 1 and isinstance(item, Seq) and _is_row(item))
        or (isinstance(item, Ref) and item.value.type.kind != "list")
        for item in items
    )


def _row(r: Reader, value: Any) -> Ref | None:
    """Return a tuple of numbers as a list of the graph, None for anything else."""
    if isinstance(value, Ref):
        return value if value.storage.tuples and not value.steps else None
    if not isinstance(value, Seq) or value.kind is not tuple or not _is_row(value):
        return None
    made = r.hold(r.b.emit("list", list(value.items)))
    row_kinds.set_class(r, made, True)
    return made


def _is_row(value: Seq) -> bool:
    """Whether this is a list or a tuple of numbers."""
    numbers = (isinstance(item, Value) and item.type.is_scalar for item in value.items)
    return value.kind in (list, tuple) and all(numbers)


def _flatten_box(
    r: Reader, box: Box, node: ast.AST, constants: bool, look: Seen | None, grow: int
) -> tuple[Structure, list[Any]]:
    some_keys = isinstance(box, Map) and OTHER_KEYS in box.items
    if look is None and some_keys and isinstance(box, Map) and box.made and r.book.tables:
        raise Tabled(box.made)  # as lists of keys and of items, it can be handed on
    items, leaves = [], []
    for k, item in parts(box):
        chosen = isinstance(box, Record) and isinstance(item, Choice)
        if chosen and _contained(item, {})[0] and (look is None or not _are_few(r, item)):
            _refuse_choice(r, node)
        inner, mine = flatten(r, item, node, constants, look, grow)
        items.append((k, inner))
        leaves += mine
    kind = getattr(box, "kind", dict)
    key = ("box", id(kind), tuple((k, s.key) for k, s in items))
    return Structure(key, box, tuple(items)), leaves


def _are_few(r: Reader, value: Any) -> bool:
    """Whether few objects are reached from a value, as in a tree that a few splits make.

    What objects hold changes, and where they are many, paths to all of it are too many.
    """
    waiting, met = [value], 0
    while waiting and met <= FEW:
        met += 1
        value = r.settled(waiting.pop())
        if isinstance(value, Choice):
            waiting += [value.then, value.other]
        elif isinstance(value, Box):
            waiting += [item for _, item in parts(value) if isinstance(item, Choice | Box)]
    return not waiting


def _identity(value: Any, r: Reader, node: ast.AST) -> Any:
    if isinstance(value, Static):
        plain = type(value.obj) in (str, bytes, type(None), int, float)
        return ("static", type(value.obj), value.obj) if plain else ("static", id(value.obj))
    if isinstance(value, LocalFunction):
        return ("function", id(value.node), value.frame.path)
    r.refuse(node, f"a recursive call with a {describe(value)}", "pass numbers and arrays")


def rebuild(s: Structure, leaves: Iterator[Any]) -> Any:
    """Return a value of a structure with these leaves."""
    if s is NUMBER or s is LIST:
        return next(leaves)
    if s is ROW:
        row = next(leaves)
        row.storage.tuples = True
        return row
    if isinstance(s.like, Box):
        return with_parts(s.like, [(k, rebuild(inner, leaves)) for k, inner in s.items])
    if isinstance(s.like, Method):
        return Method(rebuild(s.items[0][1], leaves), s.like.function)
    return s.like


def names_of_leaves(s: Structure, name: str) -> list[str]:
    """Return a parameter's name for each leaf of an argument."""
    if s in (NUMBER, LIST, ROW):
        return [name]
    out = []
    for k, inner in s.items:
        label = str(k) if isinstance(k, str) and k.isidentifier() else f"{name}_{k}"
        out += names_of_leaves(inner, name if k == "owner" else label)
    return [n if n.isidentifier() else f"{name}_{j}" for j, n in enumerate(out)]
