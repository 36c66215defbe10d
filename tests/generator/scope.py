"""The names of a random program at one of its places."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tests.generator.choices import Chooser
from tests.generator.kinds import (
    SCALAR,
    Array,
    Flag,
    Function,
    Grown,
    Int,
    Key,
    Kind,
    Links,
    Object,
    Place,
    Record,
    Scalar,
    Tally,
    Trail,
    fits,
    joined,
)

K = TypeVar(
    "K",
    Scalar, Flag, Int, Array, Grown, Record, Function, Key, Tally, Object, Place, Trail, Links,
)  # fmt: skip
POOLS: dict[type, tuple[str, ...]] = {
    Scalar: ("x", "y", "p", "q", "r", "s", "t", "total"),
    Flag: ("flag", "done", "found"),
    Int: ("i", "j", "k", "n"),
    Array: ("a", "b", "c", "u", "v", "w", "m", "g"),
    Grown: ("items", "out", "history"),
    Record: ("d", "e", "pair", "state"),
    Function: ("f", "step", "mix", "inner"),
    Key: ("key", "word"),
    Tally: ("counts", "seen"),
    Object: ("cell", "box", "model"),
    Place: ("spot", "best", "last"),
    Trail: ("trail", "path"),
    Links: ("parent", "came_from"),
}
# No names for rebinding to any kind: functions are told apart by name when a report is read.
ANY_NAME = tuple(itertools.chain.from_iterable(POOLS[kind] for kind in POOLS if kind != Function))


def parts_of(text: str, holder: Kind) -> list[tuple[str, Kind]]:
    """Return the items, attributes and methods of what a text stands for."""
    if text.count("[") + text.count(".") > 2:
        return []
    if isinstance(holder, Record):
        pairs = zip(holder.keys, holder.items, strict=True)
        return [(f"{text}[{key!r}]", item) for key, item in pairs]
    if isinstance(holder, Grown) and holder.least and not isinstance(holder.item, Scalar):
        return [(f"{text}[-1]", holder.item)]
    if isinstance(holder, Object):
        parts = [*holder.fields, *holder.methods]
        parts += [(name, SCALAR) for name in holder.properties]
        return [(text if name == "__call__" else f"{text}.{name}", part) for name, part in parts]
    return []


@dataclass
class Scope:
    """What may be read, bound and left at one place."""

    chooser: Chooser
    features: frozenset[str]
    lengths: tuple[int, int]
    names: dict[str, Kind] = field(default_factory=dict)
    # What names must keep standing for: in a loop, all that were there before it.
    fixed: dict[str, Kind] = field(default_factory=dict)
    # What names must keep standing for since a local function reads them; one for the function.
    captured: dict[str, Kind] = field(default_factory=dict)
    # Names that may not be bound: counters of `while`, and in a local function the outer names.
    guarded: frozenset[str] = frozenset()
    # Among them the counters, which nothing else may change.
    counters: frozenset[str] = frozenset()
    result: Kind | None = SCALAR
    in_loop: bool = False
    depth: int = 0
    # The classes of the program.
    classes: tuple[Object, ...] = ()
    serials: Iterator[int] = field(default_factory=itertools.count)

    def has(self, feature: str) -> bool:
        """Tell whether this program uses a feature."""
        return feature in self.features

    def of(self, kind: type[K]) -> list[tuple[str, K]]:
        """Return the names that stand for this sort of thing."""
        return [(name, found) for name, found in self.names.items() if isinstance(found, kind)]

    def reached(self, kind: type[K]) -> list[tuple[str, K]]:
        """Return the texts of what is of this sort, items and attributes included."""
        found: list[tuple[str, Kind]] = list(self.names.items())
        for text, holder in found:
            found.extend(parts_of(text, holder))
        return [(text, part) for text, part in found if isinstance(part, kind)]

    def of_arrays(self) -> list[tuple[str, Array]]:
        """Return the texts of all arrays there are, items of containers included."""
        return self.reached(Array)

    def places(self) -> list[tuple[str, Scalar | Array]]:
        """Return the items and attributes that may be replaced."""
        found: list[tuple[str, Kind]] = []
        for name, record in self.reached(Record):
            if record.is_dict or record.is_list:
                found += parts_of(name, record)
        for name, thing in self.reached(Object):
            if thing.form != "NamedTuple":
                found += [(f"{name}.{field}", kind) for field, kind in thing.fields]
        return [(text, kind) for text, kind in found if isinstance(kind, Scalar | Array)]

    def of_callables(self) -> list[tuple[str, Function]]:
        """Return the texts of all functions and methods."""
        return self.reached(Function)

    def may_bind(self, name: str, kind: Kind) -> bool:
        """Tell whether an assignment of this kind to the name keeps the program right."""
        if name in self.guarded:
            return False
        rules = (self.fixed.get(name), self.captured.get(name))
        return all(rule is None or fits(rule, kind) for rule in rules)

    def bind(self, kind: Kind, fresh: bool = False) -> str:
        """Choose a name for a value, and note what it stands for from here on."""
        same = [] if fresh else [n for n, old in self.names.items() if type(old) is type(kind)]
        same = [name for name in same if self.may_bind(name, kind)]
        pool = [name for name in POOLS[type(kind)] if self.may_bind(name, kind)]
        if self.has("reuse") and self.chooser.chance(0.2) and not isinstance(kind, Function):
            pool = [name for name in ANY_NAME if self.may_bind(name, kind)] or pool
        options = same if same and (not pool or self.chooser.chance(0.6)) else pool
        name = self.chooser.pick(options) if options else f"extra_{next(self.serials)}"
        self.names[name] = kind
        return name

    def bind_free(self, kind: Kind) -> str:
        """Choose a name for a value that may be bound or not, as by a pattern.

        What the name stands for is not noted: it is one of this kind already, or not known here.
        """
        pool = [*POOLS[type(kind)], *(f"extra_{next(self.serials)}" for _ in range(2))]
        free = [n for n in pool if self.names.get(n, kind) == kind and self.may_bind(n, kind)]
        return self.chooser.pick(free)

    def branch(self) -> Scope:
        """Return the scope of a block under a condition."""
        return replace(self, names=dict(self.names), depth=self.depth + 1)

    def body(self, forget: int = 0) -> Scope:
        """Return the scope of a loop's body; ``forget`` names may be bound to anything there."""
        free = [name for name in self.names if self.may_bind(name, Flag())]
        for _ in range(min(forget, len(free))):
            self.names.pop(self.chooser.pick(free), None)
        fixed = {**self.fixed, **self.names}
        return replace(self.branch(), fixed=fixed, in_loop=True)

    def inner(self, result: Kind | None) -> Scope:
        """Return the scope of a local function."""
        kept = dict(self.names)
        return replace(
            self.branch(),
            fixed={},
            captured={},
            guarded=frozenset(kept),
            result=result,
            in_loop=False,
        )

    def join(self, *sides: Scope) -> None:
        """Keep what all sides that reach this place agree on."""
        first, *others = sides
        names: dict[str, Kind] = {}
        for name, kind in first.names.items():
            found: Kind | None = kind
            for other in others:
                found = joined(found, other.names.get(name))
            if found is not None:
                names[name] = found
        self.names = names

    def capture(self, lines: list[str]) -> None:
        """Keep the kinds of names that a local function reads."""
        words = set(re.findall(r"[a-z_]\w*", "\n".join(lines)))
        for name, kind in self.names.items():
            if name in words:
                self.captured[name] = kind
