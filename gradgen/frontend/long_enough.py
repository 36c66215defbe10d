"""How long arrays, and how large whole numbers, have to be that a module is made for.

``len(p) >= d * h + 2 * h`` and ``h >= 2``: what was learnt of lengths as a program was read
(``equal_lengths``) is tested by its text, and before a call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any, NamedTuple

import numpy as np

from gradgen.ir.evaluate import follow
from gradgen.ir.lengths import polynomial
from gradgen.ir.nodes import Function
from gradgen.ir.polynomials import Polynomial
from gradgen.ir.types import Dim, Length


class Source(NamedTuple):
    """Where a number is found in the arguments: the length of an axis, less ``offset``, or a leaf.

    ``axis`` is None for a whole number.
    """

    name: str
    path: tuple[Any, ...]
    axis: int | None = None
    offset: int = 0

    def number(self, arguments: Mapping[str, Any]) -> int:
        """Return the number that arguments have there."""
        leaf = follow(arguments[self.name], self.path)
        return int(leaf if self.axis is None else np.shape(leaf)[self.axis] - self.offset)


class Demand(NamedTuple):
    """That a number is not less than a sum of products of others."""

    one: Source
    terms: tuple[tuple[int, tuple[Source, ...]], ...]

    def holds(self, number: Callable[[Source], int]) -> bool:
        """Whether it does for the numbers of some arguments."""
        return number(self.one) >= sum(c * prod(map(number, of)) for c, of in self.terms)

    def sources(self) -> set[Source]:
        """Return all numbers that it is about."""
        return {self.one, *(s for _, of in self.terms for s in of)}

    def spelled(self, spell: Callable[[Source], str], holds: bool = True) -> str:
        """Return the text of a test that it holds, or that it does not: ``len(x) <= len(y)``."""
        least = Polynomial({})
        for c, of in self.terms:
            term = Polynomial.of(c)
            for s in of:
                term = term * (Polynomial.of(spell(s)) - s.offset)
            least = least + term
        least = least + self.one.offset
        beyond = least.terms.get((), 0) == 1 and len(least.terms) > 1
        sign = (">" if beyond else ">=") if holds else ("<=" if beyond else "<")
        return f"{spell(self.one)} {sign} {(least - beyond).text()}"


def demands(function: Function) -> list[Demand]:
    """Return what is taken for granted of the arguments of a function."""
    facts = {d.name: d for d in (function.result["equal"] or {}).values()}
    found = _sources(function) if any(d.over or d.least for d in facts.values()) else {}
    out = []
    for name, d in sorted(facts.items()):
        least: list[Length] = [*([d.least] if d.least else []), *d.over]
        for other in least:
            terms = polynomial(other).terms
            if name in found and all(n in found for t in terms for n in t):
                named = ((int(c), tuple(found[n] for n in t)) for t, c in sorted(terms.items()))
                out.append(Demand(found[name], tuple(named)))
    return out


def _sources(function: Function) -> dict[str, Source]:
    """Return where each length and whole number is found first."""
    found: dict[str, Source] = {}
    for leaf in function.leaves:
        t = leaf.value.type
        if leaf.param not in function.result["measured"]:
            continue
        if isinstance(t.value, Dim):
            found.setdefault(t.value.name, Source(leaf.param, leaf.path))
        for k, d in enumerate(t.shape or () if t.kind == "array" else ()):
            if isinstance(d, Dim):
                found.setdefault(d.name, Source(leaf.param, leaf.path, k, d.offset))
    return found
