"""Lengths that are computed: sums and products of lengths and of whole numbers that were passed.

``p[:d * h]`` and ``p[d * h:d * h + h]`` of a vector of parameters are as long as it says there
where the vector is long enough, which a proof or the check of arguments (``equal_lengths``) tells.
A computed length has its polynomial for a name, so that equal ones are known to be equal.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import floor
from typing import NamedTuple

from gradgen.ir.nodes import Const, Value
from gradgen.ir.polynomials import Polynomial
from gradgen.ir.types import Dim, Length, least_length, may_be_one

INDEX, OF_INDEX, SIGNED = "?@", "?+", "?-"  # names of loop indices, and of what is made of them
MOST_TERMS, DEGREE, LARGEST = 12, 4, 10**6  # of a polynomial that is kept as a length
MANY = 32  # ways of replacing lengths by what they are not less than


class Computed(NamedTuple):
    """How a length is computed: its polynomial, of names, and what is known of these."""

    whole: Polynomial
    parts: dict[str, Dim]


class Floor(NamedTuple):
    """What a length is the whole quotient of."""

    length: Length
    by: int
    parts: tuple[str, ...] = ()


class Cut(NamedTuple):
    """What a length is that of: the entries from ``low`` to ``high`` of so many."""

    length: Length
    low: Length
    high: Length
    parts: tuple[str, ...] = ()


def may_be_negative(whole: Value) -> bool:
    """Whether nothing says that a whole number is not negative."""
    if isinstance(whole, Const):
        return bool(whole.const < 0)
    least = None if whole.type.value is None else least_length(whole.type.value)
    return least is None or least < 0


def combined(prim: str, a: Length | None, b: Length | None) -> Length | None:
    """Return what an operator makes of two lengths, None where that is not kept."""
    if a is None or b is None:
        return None
    if prim == "floordiv":
        return _floor(a, b)
    if isinstance(b, int) and not isinstance(a, int) and prim in ("add", "sub"):
        return a + (b if prim == "add" else -b)
    if isinstance(a, int) and isinstance(b, Dim) and prim == "add":
        return b + a
    if any(isinstance(d, Dim) and d.fresh and not _of_index(d) for d in (a, b)):
        return None
    one, other = polynomial(a), polynomial(b)
    whole = one + other if prim == "add" else one - other if prim == "sub" else one * other
    return _length(whole, parts_of(a) | parts_of(b))


def of_index(number: int, start: Value, stop: Value, step: Value) -> Length | None:
    """Return the whole number that the index of a loop is, where it is surely not negative."""
    by = step.type.value
    first, last = (start, stop) if isinstance(by, int) and by > 0 else (stop, start)
    low, high = (v.type.value for v in (first, last))
    if not isinstance(by, int) or not by or high is None:
        return None
    low, high = (low, combined("sub", high, 1)) if by > 0 else (combined("add", low, 1), high)
    if high is None or low is None or not surely(low):
        return None
    least, over = (low, ()) if isinstance(low, int) else (0, (low,))
    return Dim(f"{INDEX}{number}", 0, False, least, over, high)


def at_worst(d: Length) -> Length | None:
    """Return what is not negative where a length is never, of arguments alone; None: not seen."""
    whole, parts = polynomial(d), dict(parts_of(d))
    if len(parts) == 1 and (exact := _quotient_alone(whole, *parts.values())) is not None:
        return exact
    for name, part in sorted(parts.items()):
        if part.under is None:
            continue
        if not whole.degree(name) or _mixed(whole, name):
            return None
        added = any(c > 0 for t, c in whole.terms.items() if name in t)
        limit = _lowest(part) if added else part.under
        whole = whole.put(name, polynomial(limit))
        parts |= parts_of(limit)
    return _length(whole.whole(), parts)


def _quotient_alone(whole: Polynomial, d: Dim) -> Length | None:
    """Return what is not negative where a multiple of a quotient is large enough."""
    times, more = int(whole.terms.get((d.name,), 0)), int(whole.terms.get((), 0))
    if not isinstance(d.made, Floor) or whole.degree(d.name) != 1 or times <= 0:
        return None
    # It is 2 or more where twice the divisor goes into what is divided.
    return combined("sub", d.made.length, d.made.by * -(more // times))


def _lowest(d: Dim) -> Length | Computed:
    """Return what a loop index, or a quotient, is never less than."""
    if isinstance(d.made, Floor):
        of, by = d.made.length, d.made.by
        return Computed((polynomial(of) - (by - 1)) * Polynomial.one_over(by), parts_of(of))
    return d.over[0] if d.over else d.least


def _mixed(whole: Polynomial, name: str) -> bool:
    """Whether a name is added in one term and taken away in another, or multiplied by itself."""
    return whole.degree(name) > 1 or len({c > 0 for t, c in whole.terms.items() if name in t}) > 1


def _of_index(d: Dim) -> bool:
    return d.name.startswith((INDEX, OF_INDEX, SIGNED))


def _floor(a: Length, by: Length) -> Length | None:
    if not isinstance(by, int) or by <= 0 or not isinstance(a, Dim) or a.fresh:
        return None
    least = _bound(polynomial(a), parts_of(a))
    if least is None or least < 0:
        return None
    exact = Computed(polynomial(a) * Polynomial.one_over(by), parts_of(a))
    return Dim(f"({a}//{by})", least=least // by, under=exact, made=Floor(a, by))


def negated(a: Length | None) -> Length | None:
    """Return what is taken away where a length is added."""
    return combined("sub", 0, a)


def polynomial(d: Length | Computed) -> Polynomial:
    """Return a length as a polynomial of names."""
    if isinstance(d, int):
        return Polynomial.of(d)
    if isinstance(d, Computed):
        return d.whole
    base = d.made.whole if isinstance(d.made, Computed) else Polynomial.of(d.name)
    return base + d.offset


def parts_of(d: Length | Computed) -> dict[str, Dim]:
    """Return what a length is made of, by name."""
    if isinstance(d, int):
        return {}
    if isinstance(d, Computed):
        return d.parts
    return d.made.parts if isinstance(d.made, Computed) else {d.name: replace(d, offset=0)}


def surely(d: Length | None, least: int = 0) -> bool:
    """Whether a length is known not to be less than a number."""
    if d is None:
        return False
    bound = d if isinstance(d, int) else _bound(polynomial(d), parts_of(d))
    return bound is not None and bound >= least


def sliced(length: Length, low: Length, high: Length) -> Length | Cut:
    """Return how many entries a slice has, where its bounds are surely in order, or what it is."""
    start, stop = (_from_the_end(length, d) for d in (low, high))
    sure = (start, _between(start, stop), _between(stop, length))
    if all(map(surely, sure)):
        return sure[1]  # type: ignore[return-value]
    return Cut(length, low, high)


def needed(cut: Cut) -> list[Length]:
    """Return what must not be negative for a slice to be as long as its bounds are apart."""
    found: list[Length | None] = []
    bounds: list[Length | None] = []
    for d in (cut.low, cut.high):
        if _is_negative(d):
            found.append(combined("sub", negated(d), 1))
            bounds.append(combined("add", cut.length, d))
        else:
            bounds.append(d)
    low, high = bounds
    found += [low, _between(low, high), _between(high, cut.length)]
    return [d for d in found if d is not None and not surely(d)]


def renamed(d: Dim, names: Mapping[str, Dim]) -> Length:
    """Return a computed length in which other lengths have other names."""
    whole, parts = polynomial(d), dict(parts_of(d))
    for name in sorted(names.keys() & parts.keys()):
        whole = whole.put(name, polynomial(names[name]))
        parts |= parts_of(names[name])
    found = _length(whole, parts)
    return d if found is None else found


def _from_the_end(length: Length, d: Length) -> Length | None:
    """Return the place that a bound of a slice means."""
    return combined("add", length, d) if surely(negated(d), 1) else d


def _is_negative(d: Length) -> bool:
    """Whether a bound of a slice is meant to count from the end: each of its terms is negative."""
    return bool(polynomial(d).terms) and all(c < 0 for c in polynomial(d).terms.values())


def _between(low: Length | None, high: Length | None) -> Length | None:
    return combined("sub", high, low)


def _length(whole: Polynomial, parts: Mapping[str, Dim]) -> Length | None:
    """Return a polynomial as a length."""
    offset = int(whole.terms.get((), 0))
    terms = {t: c for t, c in whole.terms.items() if t}
    if len(terms) > MOST_TERMS or not whole.is_whole():
        return None
    if any(len(t) > DEGREE or not -LARGEST <= c <= LARGEST for t, c in terms.items()):
        return None
    if not terms:
        return offset
    if list(terms.values()) == [1] and len(names := next(iter(terms))) == 1:
        return parts[names[0]] + offset
    base = Polynomial(terms)
    of = {name: parts[name] for name in sorted(base.names())}
    least = _bound(base, of)
    turned = any(_of_index(d) for d in of.values())
    signs = ("=", "") if not turned else (SIGNED, OF_INDEX)
    prefix = signs[least is not None]
    name = f"{prefix}({base.text()})"
    return Dim(name, offset, _is_big(base, of), least or 0, made=Computed(base, of))


def _is_big(base: Polynomial, parts: Mapping[str, Dim]) -> bool:
    """Whether a polynomial without a constant is never 1."""
    if len(base.terms) > 1:
        return False
    ((names, times),) = base.terms.items()
    return times != 1 or any(not may_be_one(parts[name]) for name in names)


def _bound(whole: Polynomial, parts: Mapping[str, Dim]) -> int | None:
    """Return the largest number than which a polynomial is seen not to be less."""
    found = [_least(*way) for way in _ways(whole, dict(parts))]
    return max((n for n in found if n is not None), default=None)


def _ways(whole: Polynomial, parts: dict[str, Dim]) -> Iterator[tuple[Polynomial, dict[str, Dim]]]:
    """Give a polynomial with lengths as they are, and as what they are not less or more than."""
    chosen = {name: _instead(whole, parts[name]) for name in sorted(whole.names())}
    for case in itertools.islice(itertools.product(*chosen.values()), MANY):
        out, of = whole, dict(parts)
        for name, (other, sign) in zip(chosen, case, strict=True):
            if sign:
                more = f"{name} apart"
                out = out.put(name, polynomial(other) + Polynomial.of(more) * sign)
                of = parts_of(other) | of | {more: Dim(more)}
        yield out, of


def _instead(whole: Polynomial, d: Dim) -> list[tuple[Length | Computed, int]]:
    """Return what a length may stand for: itself, or another and more (1) or less (-1)."""
    found: list[tuple[Length | Computed, int]] = [(d, 0)]
    if whole.degree(d.name) == 1 and not _mixed(whole, d.name):
        if any(c > 0 for t, c in whole.terms.items() if d.name in t):
            found += [(u, 1) for u in d.over]
        elif d.under is not None:
            found.append((d.under, -1))
    return found


def _least(whole: Polynomial, parts: Mapping[str, Dim]) -> int | None:
    natural = set()
    for name in whole.names():
        d = parts[name]
        if d.given and not d.least:
            return None
        whole = whole.put(name, Polynomial.of(name) + d.least) if d.least else whole
        natural.add(name)
    const = floor(whole.terms.get((), 0))
    return const if (whole - const).never_negative(natural) else None
