"""Polynomials of lengths, whole numbers and loop indices: how far an index can go.

A polynomial is known by its terms: a sorted tuple of names, repeated as often as they are
multiplied, with its coefficient.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

Term = tuple[str, ...]
MANY = 64  # cases of remainders that are gone through


class Polynomial:
    """A polynomial with rational coefficients, which is not changed once it is made."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Term, Fraction | int]) -> None:
        self.terms = {t: c for t, c in terms.items() if c}

    @staticmethod
    def of(v: int | str) -> Polynomial:
        """Return a whole number, or what a name stands for."""
        return Polynomial({(): int(v)} if isinstance(v, int) else {(v,): 1})

    @staticmethod
    def one_over(v: int) -> Polynomial:
        """Return the inverse of a whole number."""
        from fractions import Fraction  # for few programs: importing it takes a while

        return Polynomial({(): Fraction(1, v)})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __add__(self, other: Polynomial | int) -> Polynomial:
        terms = dict(self.terms)
        for t, c in _terms(other):
            terms[t] = terms.get(t, 0) + c
        return Polynomial(terms)

    def __neg__(self) -> Polynomial:
        return Polynomial({t: -c for t, c in self.terms.items()})

    def __sub__(self, other: Polynomial | int) -> Polynomial:
        return self + -(other if isinstance(other, Polynomial) else Polynomial.of(other))

    def __mul__(self, other: Polynomial | int) -> Polynomial:
        terms: dict[Term, Fraction | int] = {}
        for (t, c), (u, d) in itertools.product(self.terms.items(), _terms(other)):
            key = tuple(sorted((*t, *u)))
            terms[key] = terms.get(key, 0) + c * d
        return Polynomial(terms)

    def names(self) -> set[str]:
        """Return what it depends on."""
        return {n for t in self.terms for n in t}

    def degree(self, name: str) -> int:
        """Return the highest power of a name."""
        return max((t.count(name) for t in self.terms), default=0)

    def put(self, name: str, value: Polynomial) -> Polynomial:
        """Return it with a name replaced by its value."""
        out = Polynomial({})
        for t, c in self.terms.items():
            made = Polynomial({tuple(n for n in t if n != name): c})
            for _ in range(t.count(name)):
                made = made * value
            out = out + made
        return out

    def const(self) -> Fraction | int | None:
        """Return its value where it depends on nothing."""
        return None if self.names() else self.terms.get((), 0)

    def floor_divided(self, by: int) -> Polynomial | None:
        """Return the whole quotient, where nothing is ever left over; None where something may be.

        What is left depends on the remainders of what it depends on: all of them are tried.
        """
        names = sorted(self.names())
        if by <= 0 or by ** len(names) > MANY or any(c.denominator != 1 for _, c in _terms(self)):
            return None
        for case in itertools.product(range(by), repeat=len(names)):
            value = self
            for name, v in zip(names, case, strict=True):
                value = value.put(name, Polynomial.of(v))
            left = value.const()
            if left is None or left % by:
                return None
        return self * Polynomial.one_over(by)

    def never_negative(self, natural: set[str]) -> bool:
        """Whether it is plain that it is zero at least, where ``natural`` names are.

        A term with a minus is made up for by one with more of the same factors: ``n * n >= n``
        of whole numbers.
        """
        left = {t: c for t, c in self.terms.items() if c > 0}
        for t, c in self.terms.items():
            if not set(t) <= natural:
                return False
            if c < 0 and not _made_up(t, -c, left):
                return False
        return True

    def is_whole(self) -> bool:
        """Whether all its coefficients are whole."""
        return all(c.denominator == 1 for c in self.terms.values())

    def whole(self) -> Polynomial:
        """Return a multiple of it with whole coefficients."""
        return self * lcm(*(c.denominator for c in self.terms.values()))

    def text(self) -> str:
        """Return it as Python spells it, where its coefficients are whole: what is added first."""
        terms = sorted(self.terms.items(), key=lambda u: (u[1] < 0, not u[0], -len(u[0]), u[0]))
        out = ""
        for t, c in terms:
            sign = (" - " if out else "-") if c < 0 else (" + " if out else "")
            out += sign + _spelled(t, abs(int(c)))
        return out or "0"


def _spelled(t: Term, c: int) -> str:
    """Return the text of a term."""
    names = [f"len({n.removesuffix('.shape[0]')})" if n.endswith(".shape[0]") else n for n in t]
    powers = [f"{n} ** {names.count(n)}" if names.count(n) > 1 else n for n in dict.fromkeys(names)]
    return " * ".join([str(c)] * (c != 1 or not t) + powers)


def _made_up(t: Term, least: Fraction | int, left: dict[Term, Fraction | int]) -> bool:
    """Whether other terms are as much as one that is taken away; they are used up."""
    for u in sorted(left):
        more = all(u.count(n) >= t.count(n) for n in t)
        if t and set(u) == set(t) and more:
            used = min(least, left[u])
            left[u] -= used
            least -= used
    return not least


def _terms(v: Polynomial | int) -> Iterator[tuple[Term, Fraction | int]]:
    if isinstance(v, int):
        yield (), v
    else:
        yield from v.terms.items()
