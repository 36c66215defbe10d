"""What indices lie between: loop indices with their first and last values, and what follows.

A demand is a polynomial that has to be zero at least whenever it is looked at.  Loop indices are
replaced by their extremes, the innermost first; what is left is known of the arguments.
"""

from __future__ import annotations

from gradgen.ir.polynomials import Polynomial

DEEP = 12  # loops around an index


class Unproven(Exception):
    """An index may be out of range, for all that is found out."""


class Limits:
    """The loop indices that there are, each with its first and last value."""

    def __init__(self, natural: set[str]) -> None:
        self.natural = natural  # what is zero at least: lengths
        self.ends: dict[str, tuple[Polynomial, Polynomial]] = {}
        self.also: dict[str, Polynomial] = {}  # a second greatest value of some: the least counts
        self.made = 0

    def index(self, low: Polynomial, high: Polynomial) -> str:
        """Return a name for a loop index, or a quotient, between two values, both included."""
        self.made += 1
        name = f"#{self.made}"
        self.ends[name] = low, high
        return name

    def smaller(self, a: Polynomial, b: Polynomial) -> str:
        """Return a name for the smaller of two numbers, each of which is zero at least."""
        name = self.index(Polynomial.of(0), a)
        self.also[name] = b
        return name

    def least(self, p: Polynomial, depth: int = DEEP) -> list[Polynomial]:
        """Return what has to be zero at least, so that a polynomial always is.

        Raises
        ------
        Unproven
            If the loops are too deep, or it bends too much.
        """
        found = [n for n in p.names() if n in self.ends]
        if not found:
            return [p]
        if not depth:
            raise Unproven
        name = max(found, key=lambda n: int(n[1:]))
        low, high = self.ends[name]
        if p.degree(name) > 1 and not (low.is_whole() and high.is_whole()):
            raise Unproven  # between fractions, it may bend away from them
        step = p.put(name, Polynomial.of(name) + 1) - p
        before, self.ends[name] = self.ends[name], (low, high - 1)
        grows, falls = self._sure(step, depth), self._sure(-step, depth)
        self.ends[name] = before
        if falls and not grows and name in self.also:
            high = self._nearer(p, name, depth)
        if grows or falls:
            return self.least(p.put(name, low if grows else high), depth - 1)
        if p.degree(name) > 1:
            raise Unproven
        both = (self.least(p.put(name, end), depth - 1) for end in (low, high))
        return [q for part in both for q in part]

    def _nearer(self, p: Polynomial, name: str, depth: int) -> Polynomial:
        """Return which of two greatest values demands less of a polynomial that falls."""
        high, other = self.ends[name][1], self.also[name]
        needed = self._demands(p.put(name, other), depth)
        if needed is None:
            return high
        given = self._demands(p.put(name, high), depth)
        if given is None:
            return other
        alone = [q for q in needed if not q.never_negative(self.natural)]
        implied = all(any((q - r).never_negative(self.natural) for r in given) for q in alone)
        return other if implied else high

    def _demands(self, p: Polynomial, depth: int) -> list[Polynomial] | None:
        """Return what has to be zero at least, None where that is not found out."""
        try:
            return self.least(p, depth - 1)
        except Unproven:
            return None

    def is_natural(self, p: Polynomial) -> bool:
        """Whether a polynomial is zero at least, whatever the arguments are."""
        return self._sure(p, DEEP)

    def _sure(self, p: Polynomial, depth: int) -> bool:
        """Whether a polynomial is zero at least, whatever the arguments are."""
        needed = self._demands(p, depth)
        return needed is not None and all(q.never_negative(self.natural) for q in needed)
