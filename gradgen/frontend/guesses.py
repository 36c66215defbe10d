"""What a loop is thought to carry, and what a later reading of it starts from.

A loop in a loop is read at every trial of the outer one, which has wider types each time.  Its
guess goes on from what the last reading found, so that the number of trials grows with the depth
of a nest, and not with its power.  Arrays and containers that the outer turn makes are other ones
in each reading; the way to them from a name stays, and tells which is which.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from gradgen.frontend.covers import contents_template
from gradgen.frontend.links import slot_of
from gradgen.frontend.parts import contents, parts
from gradgen.frontend.reach import holds
from gradgen.frontend.reader import Reader
from gradgen.frontend.state import at
from gradgen.frontend.templates import Hole, Template, portable
from gradgen.frontend.values import Box, Frame, Poison, Ref, Seq, Storage
from gradgen.ir.nodes import nothing
from gradgen.ir.types import join

if TYPE_CHECKING:
    from gradgen.frontend.loops import Loop

TRIALS, MANY = 5, 100  # so many trials, with so much carried in the last
Slot = str | Storage | Box
Thing = Storage | Box
# From a name of the frame that many functions further out: the keys to a box or an array.
Way = tuple[int, str, tuple[Any, ...]]


class Guess:
    """What a loop is thought to carry, by slot; ``ways`` lead to what the last reading met."""

    def __init__(self, names: list[str]) -> None:
        self.slots: list[Slot] = list(names)
        self.templates: dict[Slot, Template] = {}
        self.poison: dict[Slot, Poison] = {}
        self.links: dict[tuple[Any, Any], None] = {}  # a set that keeps their order
        self.copied: set[tuple[Any, Any]] = set()  # links of what was joined from the other end
        self.causes: set[Any] = set()
        self.ways: dict[Thing, Way] = {}
        self.released: set[Box] = set()  # items that a list of the graph has taken in
        self.sizes: list[int] = []  # how much was carried in each trial

    def doubles(self, size: int) -> bool:
        """Note how much is carried; say whether it was twice as much in each of some trials."""
        self.sizes.append(size)
        last = self.sizes[-TRIALS:]
        twice = all(two > 1.9 * one for one, two in itertools.pairwise(last))
        return size > MANY and len(last) == TRIALS and twice

    def things(self) -> set[Thing]:
        """Return the arrays and boxes that the guess names."""
        ends = [end[0] if isinstance(end, tuple) else end for link in self.links for end in link]
        return {thing for thing in (*self.slots, *ends) if not isinstance(thing, str)}

    def rename(self, new: dict[Any, Any]) -> None:
        """Let things stand for those of an earlier reading."""
        self.slots = [new.get(s, s) for s in self.slots]
        self.templates = {new.get(s, s): t for s, t in self.templates.items()}
        self.poison = {new.get(s, s): p for s, p in self.poison.items()}
        self.links = {(_renamed(a, new), _renamed(b, new)): None for a, b in self.links}
        self.copied = {(_renamed(a, new), _renamed(b, new)) for a, b in self.copied}

    def release(self, item: Box) -> None:
        """Carry a list no more by itself: it goes with the list that holds it."""
        self.released.add(item)
        self.slots.remove(item)
        self.templates.pop(item, None)
        self.links = {k: None for k in self.links if item not in (*k, *map(slot_of, k))}


def _renamed(end: Any, new: dict[Any, Any]) -> Any:
    if isinstance(end, tuple):
        return (new.get(end[0], end[0]), *end[1:])
    return new.get(end, end)


# --- from reading to reading ----------------------------------------------------------------


def remember(r: Reader, key: Any, guess: Guess) -> None:
    """Keep what was found of a loop; inside another loop, with the ways to what it names."""
    r.loop_guesses[key] = guess
    guess.ways = _ways(r, guess.things()) if r.turn else {}


def recalled(r: Reader, key: Any, names: list[str]) -> Guess:
    """Return what a loop is thought to carry: at first, the names that it assigns."""
    guess: Guess | None = r.loop_guesses.get(key)
    if guess is None:
        return Guess(names)
    live = {*r.versions, *r.filled}
    new: dict[Thing, Thing] = {}
    for old, way in guess.ways.items():
        now = _at(r, way)
        if old not in live and type(now) is type(old) and now not in new.values():
            new[old] = now
    taken = guess.things()
    new = {old: now for old, now in new.items() if now not in taken}
    guess.rename(new)
    for thing in new.values():
        if isinstance(thing, Box):
            r.filled.setdefault(thing, contents(thing))
    return guess


def _ways(r: Reader, wanted: set[Thing]) -> dict[Thing, Way]:
    found: dict[Thing, Way] = {}
    seen: set[int] = set()
    for place, frame in enumerate(r.frame.outward()):
        for name, value in _roots(frame):
            if len(found) == len(wanted):
                return found
            for keys, thing in _reached(value, (), seen):
                if thing in wanted:
                    found.setdefault(thing, (place, name, keys))
    return found


def _at(r: Reader, way: Way) -> Thing | None:
    """Return what stands at the end of a way now."""
    place, name, keys = way
    frames = list(r.frame.outward())
    value = dict(_roots(frames[place])).get(name) if place < len(frames) else None
    for key in keys:
        value = dict(_inside(value)).get(key)
    return value.storage if isinstance(value, Ref) else value if _is_thing(value) else None


def _roots(frame: Frame) -> Iterable[tuple[str, Any]]:
    yield from frame.names.items()
    if frame.shared is not None:
        yield "", frame.shared


def _reached(
    value: Any, keys: tuple[Any, ...], seen: set[int]
) -> Iterator[tuple[tuple[Any, ...], Thing]]:
    """Yield the arrays and boxes in a value that were not ``seen``, with the keys to them."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, Ref):
        yield keys, value.storage
    elif _is_thing(value):
        yield keys, value
    for key, item in _inside(value):
        yield from _reached(item, (*keys, key), seen)


def _inside(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, Seq) and value.grown is not None:
        return [("grown", value.grown)]
    return parts(value)


def _is_thing(value: Any) -> bool:
    return isinstance(value, Storage | Box)


# --- what is known at the entry -------------------------------------------------------------


def adopt_entry(loop: Loop) -> None:
    """Widen the guess to what stands in the slots before the loop."""
    r, guess, entry = loop.r, loop.guess, loop.entry
    live = {*entry.versions, *r.filled}
    guess.slots = [s for s in guess.slots if isinstance(s, str) or s in live]
    # A list that has become one of the graph is carried as that: names may hold it already.
    guess.slots = [
        s
        for s in guess.slots
        if not (isinstance(s, Seq) and isinstance(entry.contents(r, s), Storage))
    ]
    for slot in guess.slots:
        value = loop.slot_value(slot, entry)
        if slot in guess.templates and not portable(guess.templates[slot]):
            del guess.templates[slot]
        if value is None and slot in guess.templates:
            guess.templates[slot] = or_nothing(loop, slot, guess.templates[slot])
        if value is None or isinstance(value, Poison) or slot in guess.poison:
            continue
        known = guess.templates.get(slot)
        if isinstance(slot, Storage):
            guess.templates[slot] = _stored(known, loop.cover.first(value))
        elif known is None:
            guess.templates[slot] = _first(loop, slot, value)
        elif isinstance(slot, Box):
            held = entry.contents(r, slot)
            guess.templates[slot] = contents_template(loop.cover, slot, known, [held, held])
        else:
            guess.templates[slot] = loop.cover.widen(known, value)


def _stored(known: Template | None, now: Template) -> Template:
    """Return what a storage holds: as wide as an earlier reading found, where that is one type."""
    if isinstance(known, Hole) and isinstance(now, Hole):
        wider = join(known.type, now.type)
        return now if wider is None else Hole(wider)
    return now


def _first(loop: Loop, slot: Slot, value: Any) -> Template:
    if isinstance(slot, Box) and not isinstance(value, Ref):
        return loop.cover.opened(value)
    return loop.cover.first(value)


def or_nothing(loop: Loop, slot: Slot, t: Template) -> Template:
    """Return a template that covers the absence of a value, too, where a name may have none.

    What tells the options apart is read before it is known whether the name is.
    """
    if slot not in loop.unassigned or isinstance(t, Hole):
        return t
    return loop.cover.widen(t, nothing(str(slot)))


# --- what came out --------------------------------------------------------------------------


def take_in(loop: Loop, slot: Slot) -> bool:
    """Let a list that has become one of the graph carry the lists in it, which nothing else holds.

    The turn was read with these apart; return whether there are any.
    """
    r, guess, entry = loop.r, loop.guess, loop.entry
    if not isinstance(slot, Seq) or not isinstance(guess.templates.get(slot), Hole):
        return False
    held = entry.contents(r, slot)
    lists = [] if isinstance(held, Storage) else [i for i in held if _is_known_list(i)]
    carried = [i for i in lists if i in guess.slots and i not in guess.released]
    with at(r, entry):
        alone = [i for i in carried if sum(holds(item, i) for item in held) == 1]
        taken = [i for i in alone if not r.held_apart(i, slot)]
    for item in taken:
        guess.release(item)
    return bool(taken)


def _is_known_list(value: Any) -> bool:
    """Whether a value is a list of known length, that may be written to."""
    return isinstance(value, Seq) and value.kind is list
