"""What a loop carries that can come to share memory: found at its ends, noted at its beginning.

An end of a link is the slot and number of a carried reference, the slot and the way to a box, a
storage or box from before the loop, or ``OUTSIDE``: what stands outside the function.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gradgen.frontend import listed
from gradgen.frontend.joins import identity
from gradgen.frontend.parts import boxes_at, boxes_in, parts
from gradgen.frontend.reach import holds
from gradgen.frontend.sharing import lock
from gradgen.frontend.state import State, at
from gradgen.frontend.templates import carried_parts, kept
from gradgen.frontend.values import Box, Choice, Poison, Ref, Seq, Storage

if TYPE_CHECKING:
    from gradgen.frontend.loops import Loop

OUTSIDE = "outside"


def revise_links(loop: Loop) -> bool:
    """Find carried references that can come to share memory, with each other or with others."""
    before = len(loop.guess.links), len(loop.guess.copied)
    for state in (*(s for _, s in loop.ends), loop.entry):
        seen: dict[Any, Any] = {}
        with at(loop.r, state):
            for place, thing in dict.fromkeys(_things(loop, state)):
                _link(loop, state, place, thing, seen)
    return (len(loop.guess.links), len(loop.guess.copied)) != before


def _things(loop: Loop, state: State) -> Iterator[tuple[Any, Any]]:
    """Yield each carried place with the storages and boxes that can stand in it."""
    for slot, template in loop.placed.items():
        value = loop.slot_value(slot, state)
        if value is None or isinstance(value, Poison):
            continue
        for k, part in enumerate(carried_parts(template, value)):
            if isinstance(loop.held[slot][k], Ref):
                for thing in _held_in(part):
                    yield (slot, k), thing
        for path, box in boxes_in(value):
            if path or isinstance(slot, str):
                yield (slot, path), box


def _held_in(value: Any) -> Iterator[Storage]:
    """Yield the arrays and lists of the graph that a value holds."""
    if isinstance(value, Seq) and value.grown is not None:
        yield value.grown
    elif isinstance(value, Choice):
        yield from (thing for side in (value.then, value.other) for thing in _held_in(side))
    elif isinstance(value, Ref):
        yield value.storage
    for _, item in parts(value):
        yield from _held_in(item)


def _link(loop: Loop, state: State, place: Any, thing: Any, seen: dict[Any, Any]) -> None:
    links, entry = loop.guess.links, loop.entry
    loop.guess.causes |= loop.r.causes.get(thing, set())
    inside = state is not entry
    if thing.outside:
        links[place, OUTSIDE] = None
    for other in sorted(loop.r.reach(thing), key=lambda t: -t.id):
        outside = entry.knows(other) and (inside or _shared_outside(loop, other))
        if outside and not _implied(loop, place, other):
            links[place, other] = None
            if other is not thing:
                loop.guess.copied.add((place, other))
        for (known, _), holder in seen.get(other, {}).items():
            if known != place and listed.related(thing, holder, {other}):
                links[place, known] = None
        # Of what else stands in a place, nothing matters but whether it is a list.
        seen.setdefault(other, {}).setdefault((place, listed.is_list(thing)), thing)


def _implied(loop: Loop, place: Any, thing: Any) -> bool:
    """Whether a place is linked to what is known to be joined from a storage or box.

    What was joined is found anew in another reading, but not always what it was joined from.
    """
    ends = [end for start, end in loop.guess.links if start == place]
    things = [e for e in ends if not isinstance(e, tuple) and not listed.is_list(e)]
    return any(thing in loop.r.objects(end) for end in things)


def _shared_outside(loop: Loop, thing: Any) -> bool:
    """Whether what is not carried leads to a thing: a list that stands as it is, say."""
    here = [v for name, v in loop.entry.names.items() if name not in loop.held]
    here += [v for template in loop.placed.values() for v in kept(template)]
    return any(holds(value, thing) for value in here) or loop.r.visible_to_callers(thing)


def slot_of(end: Any) -> Any:
    """Return the slot of a carried place; other ends of links are storages and boxes."""
    return end[0] if isinstance(end, tuple) else None


def apply_links(loop: Loop) -> None:
    """Note what the links say of the values that are carried now."""
    for one, two in loop.guess.links:
        itself = _is_box_place(one) and (one, two) not in loop.guess.copied
        for a in _standing(loop, one):
            if two == OUTSIDE:
                slot = slot_of(one)
                lock(a, a.outside or (slot if isinstance(slot, str) else slot.name))
                continue
            for b in _standing(loop, two):
                # A box that stands at the other end as itself is no copy of what stands here.
                if a is not b and not (itself and b in _boxes_at(loop, one)):
                    loop.r.entangle(a, b, {loop.key, *loop.guess.causes})


def _standing(loop: Loop, end: Any) -> list[Any]:
    """Return the storages or boxes at an end of a link, none if it is carried no more."""
    if not isinstance(end, tuple):
        return [end]
    if _is_box_place(end):
        found = [identity(value) for value in _boxes_at(loop, end)]
        return [thing for thing in found if thing is not None and not loop.entry.knows(thing)]
    held = loop.held.get(end[0], [])
    thing = identity(held[end[1]]) if end[1] < len(held) else None
    return [] if thing is None else [thing]


def _is_box_place(end: Any) -> bool:
    """Whether an end of a link is a slot and the way to a box in it, not the number of a part."""
    return isinstance(end, tuple) and isinstance(end[1], tuple)


def _boxes_at(loop: Loop, end: Any) -> list[Box | Ref]:
    """Return what stands at a way now: a box may have become a list of the graph."""
    slot, path = end
    return boxes_at(loop.r.frame.names.get(slot) if isinstance(slot, str) else slot, path)
