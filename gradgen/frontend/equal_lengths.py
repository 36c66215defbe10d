"""Lengths of arguments that have to be equal, or so long, for the function to go through.

``y[1:] * (x[1:] - x[:-1])`` needs two arrays of one length, unless a slice has one entry, which
NumPy stretches.  A module is made for the first: its header says ``y f64[n]  x f64[n]``, it tests
that, and sums nothing back.  So it is with ``p[:3] * w + p[3:6]``, for which ``p`` is taken to have
six entries or more.  Any other call gets a module that takes nothing for granted.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from gradgen.frontend.arguments import Container
from gradgen.frontend.book import Book
from gradgen.frontend.long_enough import Demand, demands
from gradgen.frontend.reader import Reader
from gradgen.ir import lengths
from gradgen.ir.evaluate import follow
from gradgen.ir.nodes import Function, Value
from gradgen.ir.types import Dim, Length, Shape, Type, least_length, may_be_one
from gradgen.rules.places import index_shape, least_for
from gradgen.rules.registry import RULES

MOST = 8  # lengths that one is known not to be less than
STORES = ("store", "inc", "add_at")


class Place(NamedTuple):
    """An axis of an array in an argument, whose length is one that others have, and ``offset``."""

    name: str
    path: tuple[Any, ...]
    axis: int
    offset: int


class Taken(NamedTuple):
    """What is taken for granted of arguments: which axes are equally long, and how long."""

    alike: list[list[Place]]
    long_enough: list[Demand]

    def fits(self, arguments: Mapping[str, Any]) -> bool:
        """Whether arguments are so."""
        for group in self.alike:
            given = [p for p in group if p.name in arguments]
            lengths = [np.shape(follow(arguments[p.name], p.path))[p.axis] for p in given]
            if len({n - p.offset for n, p in zip(lengths, given, strict=True)}) > 1:
                return False
        return all(d.holds(lambda s: s.number(arguments)) for d in self.long_enough)


def symbols_of(specs: Mapping[str, Any]) -> frozenset[str]:
    """Return the symbols of all lengths of arrays in arguments."""
    found: set[str] = set()
    work = list(specs.values())
    while work:
        spec = work.pop()
        if isinstance(spec, Container):
            work += spec.items
        elif isinstance(spec, Type) and spec.kind == "array":
            found.update(d.name for d in spec.shape or () if isinstance(d, Dim) and d.big)
    return frozenset(found)


def with_learnt(equal: Mapping[str, Dim], learnt: Mapping[str, Dim]) -> dict[str, Dim]:
    """Return what is known of lengths, with more that are others, or not less than a number."""
    found = dict(equal)
    for symbol, length in learnt.items():
        base = replace(length, offset=0)
        if length.name in found:
            base = _with_facts(base, found[length.name])
        length = base + length.offset
        found |= {k: base + d.offset for k, d in found.items() if d.name == length.name}
        found |= {k: length + d.offset for k, d in found.items() if d.name == symbol}
        if base.least or base.over:
            found[base.name] = base
        found[symbol] = length
    other = {k: d for k, d in found.items() if d.name != k}
    return {k: _renamed_facts(d, other) for k, d in found.items()} if other else found


def _with_facts(d: Dim, known: Dim) -> Dim:
    """Return a length with what is known of it besides."""
    over = tuple(u for u in known.over if not any(_not_less(v, u) for v in d.over))
    return replace(d, least=max(d.least, known.least), over=(*over, *d.over))


def _renamed_facts(d: Dim, names: Mapping[str, Dim]) -> Dim:
    """Return a length with the lengths that it is not less than under their new names."""
    over = [lengths.renamed(u, names) for u in d.over]
    return replace(d, over=tuple(dict.fromkeys(u for u in over if isinstance(u, Dim))))


def with_equal(spec: Any, equal: Mapping[str, Dim]) -> Any:
    """Return the spec of an argument in which equal lengths have one symbol."""
    if isinstance(spec, Container):
        items = tuple(with_equal(s, equal) for s in spec.items)
        return replace(spec, items=items)
    if not isinstance(spec, Type) or spec.kind != "array" or not spec.shape:
        return spec
    return replace(spec, shape=tuple(_renamed(d, equal) for d in spec.shape))


def _renamed(d: Length, equal: Mapping[str, Dim]) -> Length:
    return equal[d.name] + d.offset if isinstance(d, Dim) and d.name in equal else d


def taken_as_equal(function: Function) -> tuple[Any, ...] | None:
    """Return what a function was read with, for its text: parameters, and which lengths are others.

    None: none is, whatever the function does with them.
    """
    equal = function.result["equal"]
    return None if equal is None else (function.result["measured"], *equal.items())


def taken(function: Function) -> Taken:
    """Return what was taken for granted of a function's arguments."""
    return Taken(_places_alike(function), demands(function))


def _places_alike(function: Function) -> list[list[Place]]:
    """Return the axes of arguments that were taken as equally long, but for their offsets.

    Those of tangents, which are as long as what they belong to, are not asked for.
    """
    symbols = {d.name for d in (function.result["equal"] or {}).values()}
    leaves = (d for leaf in function.leaves for d in leaf.value.type.shape or ())
    symbols |= {d.name for d in leaves if isinstance(d, Dim) and d.least}
    found: dict[str, list[Place]] = {}
    for leaf in function.leaves if symbols else ():
        t = leaf.value.type
        if t.kind != "array" or leaf.param not in function.result["measured"]:
            continue
        for k, d in enumerate(t.shape or ()):
            if isinstance(d, Dim) and d.name in symbols:
                found.setdefault(d.name, []).append(Place(leaf.param, leaf.path, k, d.offset))
    return [group for group in found.values() if len(group) > 1]


class Meetings:
    """Watches where arrays of the arguments' lengths meet entry by entry, as a program is read.

    What is learnt is told at the end of a reading, so that many lengths take few readings; of two
    facts about one length, the second comes up in the next.
    """

    def __init__(self, symbols: frozenset[str]) -> None:
        self.symbols = symbols
        self.learnt: dict[str, Dim] = {}
        self.paired: set[str] = set()

    def __call__(self, prim: str, values: Sequence[Value], attrs: Mapping[str, Any]) -> None:
        """Note where it is open whether one of two arrays is stretched, and what is joined."""
        if prim == "concatenate":
            for length in _joined(values, attrs):
                self._require(length)
        shapes = [v.type.shape or () for v in values if v.type.kind == "array"]
        if len(shapes) < 2:
            return
        if prim in STORES and "path" not in attrs:
            shapes = [_at(values[0], values[2:], attrs), values[1].type.shape or ()]
        elif not RULES[prim].elementwise:
            return
        for one, two in itertools.combinations(shapes, 2):
            for a, b in zip(reversed(one), reversed(two), strict=False):
                if a != b:
                    self._meet(a, b)

    def _meet(self, a: Length, b: Length) -> None:
        for part, other in ((a, b), (b, a)):
            if other != 1:
                self._require(part)
        if isinstance(a, int) or isinstance(b, int) or not (may_be_one(a) or may_be_one(b)):
            return
        names = {a.name, b.name}
        if len(names) < 2 or not names <= self.symbols or names & {*self.learnt, *self.paired}:
            return
        # ``n + 1`` of a length is not 1 where that is none of an argument's; ``n - 1`` may be.
        if a.offset > b.offset:
            a, b = b, a
        more = b.offset - a.offset
        self.learnt[a.name] = replace(b, offset=more, least=max(b.least, a.least - more))
        self.paired |= names

    def require_least(self, length: Length, least: int) -> bool:
        """Let an argument be so long that a length of it is no less; say if that helps.

        A slice between constants is as long as these say then, whatever that is.
        """
        if (least_length(length) or 0) >= least or isinstance(length, int):
            return True
        if length.name not in self.symbols:
            before = dict(self.learnt)
            return self._require(length) or self.learnt != before
        self._at_least(length.name, least - length.offset)
        return True

    def _require(self, part: Length) -> bool:
        """Let arrays be so long, and whole numbers so large, that a length is known, and not 1.

        Say whether an array is so long now of which it is the length of a slice between constants.
        """
        symbol, least = least_for(part) or ("", 0)
        if symbol in self.symbols:
            self._at_least(symbol, least)
        elif isinstance(part, Dim) and isinstance(part.made, lengths.Cut):
            for length in lengths.needed(part.made):
                self._demand(length)
        elif isinstance(part, Dim) and (part.given or part.made) and may_be_one(part):
            self._demand(part + -2)
        return symbol in self.symbols

    def _at_least(self, symbol: str, least: int) -> None:
        if symbol not in self.paired:
            known = self.learnt.get(symbol)
            least, over = max(least, known.least if known else 0), known.over if known else ()
            self.learnt[symbol] = Dim(symbol, 0, True, least, over)

    def _demand(self, wanted: Length) -> None:
        """Let a length not be negative, where one array or whole number can see to that."""
        length = lengths.at_worst(wanted)
        if length is None or isinstance(length, int):
            return
        parts, whole = lengths.parts_of(length), lengths.polynomial(length)
        if parts.keys() & self.paired or self._renames(parts):
            return
        if not all(d.given or name in self.symbols for name, d in parts.items()):
            return  # the text could not test it
        given = [name for name, d in parts.items() if d.given]
        alone = len(parts) == 1 and whole.degree(*parts) == 1
        if given and alone:
            times, more = int(whole.terms[tuple(given)]), int(whole.terms.get((), 0))
            self._learn(parts[given[0]], max(-(more // times), 1) if times > 0 else 0)
        elif any(not parts[name].least for name in given):
            for name in given:
                self._learn(parts[name], 1)
        else:
            once = [n for n in parts if whole.degree(n) == 1 == whole.terms.get((n,))]
            for name in [n for n in once if n in self.symbols][:1]:
                self._learn(parts[name], lengths.combined("sub", parts[name], length))

    def _renames(self, names: Iterable[str]) -> bool:
        """Whether one of some lengths has another name from the next reading on."""
        return any(n in self.learnt and self.learnt[n].name != n for n in names)

    def _learn(self, d: Dim, least: Length | None) -> None:
        """Keep that a length is not less than another, unless that is known."""
        known = self.learnt.get(d.name, d)
        if isinstance(least, int) and least > known.least:
            self.learnt[d.name] = replace(known, least=least)
        elif isinstance(least, Dim) and not any(_not_less(u, least) for u in known.over):
            less = [u for u in known.over if not _not_less(least, u)]
            if len(less) < MOST:
                self.learnt[d.name] = replace(known, over=(*less, least))


def _not_less(one: Dim, other: Dim) -> bool:
    return lengths.surely(lengths.combined("sub", one, other))


def watched(r: Reader, specs: dict[str, Any]) -> dict[str, Any]:
    """Return specs with what is known of lengths; watch for more, unless none is to be equal."""
    equal = r.book.equal
    if equal is None:
        return specs
    r.book.meetings = r.b.met = Meetings(symbols_of(specs))
    return {n: with_equal(s, equal) for n, s in specs.items()}


def keep_learnt(book: Book) -> bool:
    """Keep what a reading has told of lengths for the next, if it has told anything."""
    learnt = book.meetings.learnt if book.meetings is not None else {}
    if learnt:
        book.equal = with_learnt(book.equal or {}, learnt)
    return bool(learnt)


def _joined(values: Sequence[Value], attrs: Mapping[str, Any]) -> list[Length]:
    """Return the lengths that a concatenation adds up, where they are known."""
    axis = attrs.get("axis", 0)
    shapes = [v.type.shape or () for v in values if axis is not None]
    return [shape[axis] for shape in shapes if -len(shape) <= axis < len(shape)]


def _at(array: Value, places: Sequence[Value], attrs: Mapping[str, Any]) -> Shape:
    """Return the shape of what is at some places of an array, where it is known."""
    shape = array.type.shape
    if array.type.kind != "array" or not shape:
        return ()
    return index_shape(shape, attrs["index"], attrs.get("slices", ()), places) or ()
