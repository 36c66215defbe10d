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
    Kind,
    Record,
    Scalar,
    fits,
    joined,
)

K = TypeVar("K", Scalar, Flag, Int, Array, Grown, Record, Function)
POOLS: dict[type, tuple[str, ...]] = {
    Scalar: ("x", "y", "p", "q", "r", "s", "t", "total"),
    Flag: ("flag", "done", "found"),
    Int: ("i", "j", "k", "n"),
    Array: ("a", "b", "c", "u", "v", "w", "m", "g"),
    Grown: ("items", "out", "history"),
    Record: ("d", "e", "pair", "state"),
    Function: ("f", "step", "mix", "inner"),
}
# No names for rebinding to any kind: functions are told apart by name when a report is read.
ANY_NAME = tuple(itertools.chain.from_iterable(POOLS[kind] for kind in POOLS if kind != Function))


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
    result: Kind | None = SCALAR
    in_loop: bool = False
    depth: int = 0
    serials: Iterator[int] = field(default_factory=itertools.count)

    def has(self, feature: str) -> bool:
        """Tell whether this program uses a feature."""
        return feature in self.features

    def of(self, kind: type[K]) -> list[tuple[str, K]]:
        """Return the names that stand for this sort of thing."""
        return [(name, found) for name, found in self.names.items() if isinstance(found, kind)]

    def of_arrays(self) -> list[tuple[str, Array]]:
        """Return the texts of all arrays there are, items of containers included."""
        found = self.of(Array)
        for name, record in self.of(Record):
            pairs = zip(record.keys, record.items, strict=True)
            found += [(f"{name}[{key!r}]", item) for key, item in pairs if isinstance(item, Array)]
        for name, grown in self.of(Grown):
            if isinstance(grown.item, Array) and grown.least:
                found.append((f"{name}[-1]", grown.item))
        return found

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
