"""Places in a program: what is still to be read from there, and where jumps from there lead.

A place is a chain.  Its last link is an end: where two sides of a branch meet, or where a turn of
a loop ends.  A jump walks along the chain to the first place that carries its label.  An end that
stands before that place keeps a flag instead, which is tested after the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gradgen.frontend.jumps import Act, Step, always_jumps, jumps_of
from gradgen.frontend.reader import Reader
from gradgen.ir.nodes import Const


class Point:
    """A run of steps, and the place after it.

    ``label`` is the jump that leads here, ``path`` the call path that holds from here on;
    ``outside``: these steps are the ``else`` of a loop, whose ``break`` is the next loop's.
    """

    __slots__ = ("at", "label", "outside", "path", "steps", "then")

    def __init__(
        self,
        steps: Sequence[Step],
        then: Point | None,
        label: str = "",
        path: tuple[int, ...] | None = None,
        outside: bool = False,
    ) -> None:
        self.steps, self.then, self.label = steps, then, label
        self.path, self.outside, self.at = path, outside, 0

    def after_step(self) -> Point:
        """Return the place behind the first step."""
        out = Point(self.steps, self.then, outside=self.outside)
        out.at = self.at + 1
        return out

    @property
    def rest(self) -> Sequence[Step]:
        """The steps from here to the next place."""
        return self.steps[self.at :] if self.at else self.steps

    @property
    def empty(self) -> bool:
        """Whether nothing is to be read before the next place."""
        return self.at >= len(self.steps)

    @property
    def silent(self) -> bool:
        """Whether nothing but checks is to be read before the next place."""
        return all(isinstance(s, Act) and s.silent for s in self.rest)

    def arrive(self, r: Reader) -> None:
        """Note that reading comes to this place."""
        if self.path is not None:
            r.call_path[:] = self.path


class End(Point):
    """The end of a chain; ``flags`` name what is set by a jump to further away ('': nothing)."""

    __slots__ = ("flags",)

    def __init__(self, flags: dict[str, str], label: str = "") -> None:
        super().__init__((), None, label)
        self.flags = flags


class Meeting(End):
    """Where the sides of a branch meet again."""

    __slots__ = ()


class Turn(End):
    """Where a turn of a loop ends, by ``continue`` or by ``break``."""

    __slots__ = ("trial",)

    def __init__(self, trial: Any, label: str, flags: dict[str, str], then: Turn | None) -> None:
        super().__init__(flags, label)
        self.trial, self.then = trial, then

    def arrive(self, r: Reader) -> None:
        """End the block that is being read."""
        self.trial.finish(r, self.label)


def links(point: Point) -> Iterator[Point]:
    """Yield a place and those after it, up to the end."""
    here: Point | None = point
    while here is not None:
        yield here
        here = here.then


def target(point: Point, kind: str, outside: bool = False) -> Point:
    """Return the place to which a jump leads from here (``outside``: from the else before it)."""
    skip = outside and kind == "break"
    for p in links(point):
        skip = skip or (p.outside and not p.label and kind == "break")
        if p.label == kind:
            if not skip:
                return p
            skip = False
        if isinstance(p, End) and kind in p.flags:
            return p
    raise AssertionError(f"no place for {kind}")


def jump(r: Reader, point: Point, kind: str, flag: Any = None) -> Point:
    """Go where a jump leads, and set the flag that says so behind an end."""
    there = target(point, kind)
    if isinstance(there, End) and there.flags.get(kind):
        r.frame.names[there.flags[kind]] = Const(True) if flag is None else flag
    if not isinstance(there, End):
        there.arrive(r)
    return there


def reached(steps: Sequence[Step], then: Point) -> list[Point]:
    """Return the places that are come to from some steps."""
    found: dict[int, Point] = {}
    work = [(steps, then, False)]
    while work:
        here, after, outside = work.pop()
        nexts = [target(after, kind, outside) for kind in jumps_of(here)]
        if not always_jumps(here):
            nexts.append(after)
        for p in nexts:
            if id(p) not in found:
                found[id(p)] = p
                if p.then is not None and not isinstance(p, End):
                    work.append((p.rest, p.then, p.outside))
    return list(found.values())


def exits(steps: Sequence[Step], then: Point, where: Point) -> frozenset[str]:
    """Return the kinds of jumps that lead further than a place, from some steps and up to it."""
    order = list(links(then))
    before = order[: order.index(where)]
    inside = {id(p) for p in [*before, where]}
    runs = [(steps, then, False)]
    runs += [(p.rest, p.then, p.outside) for p in before if p.then is not None]
    return frozenset(
        kind
        for here, after, outside in runs
        for kind in jumps_of(here)
        if id(target(after, kind, outside)) not in inside
    )


def cut(point: Point, where: Point, flags: dict[str, str]) -> Point:
    """Return the chain from a place up to another one, where an end with these flags stands."""
    if isinstance(where, Meeting):
        return point
    parts = list(links(point))
    out: Point = Meeting(flags, where.label)
    for p in reversed(parts[: parts.index(where)]):
        new = Point(p.steps, out, p.label, p.path, p.outside)
        new.at, out = p.at, new
    return out


def divided(point: Point, where: Point, count: int) -> tuple[Point, Point]:
    """Return the chain with one place divided behind some steps, and the new place there."""
    later = Point(where.steps, where.then, outside=where.outside)
    later.at = where.at + count
    out = Point(where.rest[:count], later, where.label, where.path, where.outside)
    parts = list(links(point))
    for p in reversed(parts[: parts.index(where)]):
        new = Point(p.steps, out, p.label, p.path, p.outside)
        new.at, out = p.at, new
    return out, later
