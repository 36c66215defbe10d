"""Which storages and boxes may be the same memory, and which names lead to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gradgen.errors import UnsupportedError
from gradgen.frontend import listed
from gradgen.frontend.parts import leaves
from gradgen.frontend.reach import holds, leads_to, reached
from gradgen.frontend.values import Box, Frame, Map, Ref, Seq, Static, Storage
from gradgen.ir.nodes import Value

Thing = Storage | Box
Place = tuple[Any, ...]
# What things may really be, and what lists have got: sets that are replaced, never changed.
Notes = tuple[dict[Thing, set[Thing]], dict[Thing, set[Thing]]]


class Sharing:
    """What a reader knows of shared memory; `entangle` is told of it where paths meet."""

    def __init__(self) -> None:
        self.frame = Frame(None, {}, {})
        self.entangled: dict[Thing, set[Thing]] = {}
        self.members: dict[Thing, set[Thing]] = {}  # the lists that went into a list
        self.causes: dict[Thing, set[Place]] = {}
        self.reads_later = False  # whether an iterator is kept, which reads what no name may
        self.views: list[tuple[Box, Box]] = []  # what dict.values() and items() gave, and of which
        self.key_views: list[Any] = []  # what dict.keys() gave
        self.picks: dict[Thing, set[Place]] = {}  # where items of lists were picked
        self.awaited: list[Any] = []  # what parts of open expressions are, innermost last
        self.awaited_from = 0  # where those of the innermost begin

    # --- names ----------------------------------------------------------------------------

    def visible(self, thing: Thing) -> bool:
        """Whether any name that is still read holds a storage or box."""
        return leads_to(self._held_still(), thing)

    def visible_of(self, things: Sequence[Thing]) -> list[Thing]:
        """Return those that any name holds which is still read."""
        found = reached(self._held_still()) if things else {}
        return [thing for thing in things if id(thing) in found]

    def visible_among(self, things: Sequence[Thing]) -> list[Thing]:
        """Return those that any name holds which is still read, or an open expression."""
        held = [*self._held_still(), *self.awaited] if things else []
        found = reached(held)
        return [thing for thing in things if id(thing) in found]

    def held_apart(self, thing: Box, holder: Box) -> bool:
        """Whether any name leads to a box on another way than through a holder of it."""
        return leads_to(self._held_still(), thing, holder)

    def _held_still(self) -> list[Any]:
        """Return what names hold that are read in the present statement or later."""
        found = []
        for frame in self.frames():
            dead = () if self.reads_later else _dead_names(frame)
            found += [value for name, value in frame.names.items() if name not in dead]
        return found

    def awaiting(self) -> Awaiting:
        """Read an expression or a statement, whose parts nothing waits for after it."""
        return Awaiting(self)

    def await_part(self, value: Any) -> None:
        """Note what a part of the open expression is: it is read when all of them are there."""
        if not isinstance(value, Value | Static):
            self.awaited.append(value)

    def hand_over(self, values: Iterable[Any]) -> None:
        """Take parts of the open expression for read: names hold them from now on."""
        given = {id(value) for value in values}
        kept = [v for v in self.awaited[self.awaited_from :] if id(v) not in given]
        self.awaited[self.awaited_from :] = kept

    def visible_to_callers(self, thing: Thing) -> bool:
        """Whether a name of a function around, or of a caller, holds a storage or box."""
        outer = self.frames()[1:]
        return leads_to((value for frame in outer for value in frame.names.values()), thing)

    def held_references(self) -> list[Ref]:
        """Return the references that names hold which are still read, here and around."""
        found = map(leaves, self._held_still())
        return [v for part in found for v in part if isinstance(v, Ref)]

    def holders(self, thing: Thing | Value) -> int:
        """Return how many names hold a storage, box or number."""
        return sum(holds(v, thing) for frame in self.frames() for v in frame.names.values())

    def require_no_view(self, written: Map, span: Any) -> None:
        """Refuse a write to a dict of which a name holds the values, which would change with it."""
        for view, owner in self.views:
            same = owner is written or (owner.row is not None and written.row is not None)
            if same and self.visible(view):
                what = "a write to a dict while a name holds its values() or items()"
                way = "write the call out again after the write, or keep list(d.values())"
                raise UnsupportedError(what, span, way)

    def rename(self, thing: Box, value: Any) -> None:
        """Let names of the present frame that stand for a box stand for something else."""
        names = [n for n, held in self.frame.names.items() if held is thing]
        self.frame.names.update(dict.fromkeys(names, value))

    def frames(self) -> list[Frame]:
        """Return the present frame, and those around it and of its callers."""
        found: dict[int, Frame] = {}
        stack: list[Frame | None] = [self.frame]
        while stack:
            frame = stack.pop()
            if frame is not None and id(frame) not in found:
                found[id(frame)] = frame
                stack += [frame.caller, frame.parent]
        return list(found.values())

    # --- memory ---------------------------------------------------------------------------

    def objects(self, thing: Thing) -> set[Thing]:
        """Return what a storage or box may really be: itself, or what it was joined from."""
        found = self.entangled.get(thing, set()) | {thing}
        return found | {o.grown for o in found if isinstance(o, Seq) and o.grown is not None}

    def reach(self, thing: Thing) -> list[Thing]:
        """Return the storages or boxes that may be the same memory as one, itself first."""
        mine = self.objects(thing)
        meets = self._meets(mine)
        known = {*self.entangled, *mine} - {thing}
        found = [
            s
            for s in known
            if (s in meets or not meets.isdisjoint(self.entangled.get(s, ())))
            and listed.related(thing, s, self.objects(s) & mine)
            and thing is not getattr(s, "grown", None)
        ]
        return [thing, *sorted(found, key=lambda s: s.id)]

    def _meets(self, mine: set[Thing]) -> set[Thing]:
        """Return what a thing has to be, or to be noted with, for its objects to meet some."""
        noted = mine.union(self.entangled, *self.entangled.values())
        return mine | {o for o in noted if isinstance(o, Seq) and o.grown in mine}

    def entangle(
        self,
        joined: Thing,
        source: Thing,
        places: set[Place],
        objects: set[Thing] | None = None,
    ) -> None:
        """Note that what a join made may be the same memory as one of its sources.

        ``objects``: what the source may be on the path that it comes from.
        """
        if listed.is_list(source) and not listed.is_list(joined):
            joined, source, objects = source, joined, None  # a list holds an array, not vice versa
        if joined is not source:
            known = self.entangled.get(joined, set())
            self.entangled[joined] = known | (self.objects(source) if objects is None else objects)
            self.causes.setdefault(joined, set()).update(places, self.causes.get(source, ()))
            self.picks.setdefault(joined, set()).update(self.picks.get(source, ()))

    def noted(self) -> Notes:
        """Return what is noted of things on this path, as it is now."""
        return dict(self.entangled), dict(self.members)

    def go_by(self, *notes: Notes) -> None:
        """Go by what was noted, on any of several paths: each sees what happened on it alone."""
        self.entangled, self.members = (_united(kinds) for kinds in zip(*notes, strict=True))

    @contextmanager
    def looking_back(self, notes: Notes) -> Iterator[None]:
        """Answer by what was noted on a path; nothing is noted meanwhile."""
        keep = self.entangled, self.members
        self.entangled, self.members = notes
        try:
            yield
        finally:
            self.entangled, self.members = keep

    def stand_in(self, storage: Storage, box: Box) -> None:
        """Note that a list of the graph may be all that the list it takes the place of may be."""
        for other in self.objects(box) - {box, storage}:
            self.entangle(storage, other, self.causes.get(box, set()))

    def forget(self, known: Callable[[Thing], bool]) -> None:
        """Forget what is noted of things that a reading made which is thrown away."""
        for notes in (self.entangled, self.causes, self.picks):
            for thing in [t for t in notes if not known(t)]:
                del notes[thing]


class Awaiting:
    """An expression or a statement that is open: nothing waits for its parts after it."""

    __slots__ = ("before", "sharing", "start")

    def __init__(self, sharing: Sharing) -> None:
        self.sharing = sharing

    def __enter__(self) -> None:
        self.start, self.before = len(self.sharing.awaited), self.sharing.awaited_from
        self.sharing.awaited_from = self.start

    def __exit__(self, *_: object) -> None:
        del self.sharing.awaited[self.start :]
        self.sharing.awaited_from = self.before


def _dead_names(frame: Frame) -> Collection[str]:
    """Return the names of a frame that nothing reads from the statement on that is read there."""
    if frame.lives is None or frame.statement is None:
        return ()
    return frame.lives.dead_in(frame.statement)


def lock(thing: Thing, name: Any) -> None:
    """Let writes be refused to what stands outside the function, under the name."""
    if isinstance(thing, Storage):
        thing.outside = True
    elif not isinstance(thing, Seq) or issubclass(thing.kind, list):
        thing.outside = name


def _united(paths: Sequence[dict[Thing, set[Thing]]]) -> dict[Thing, set[Thing]]:
    """Return what is noted on any of several paths."""
    out = dict(paths[0])
    for notes in paths[1:]:
        for thing, found in notes.items():
            if out.get(thing) is not found:
                out[thing] = out.get(thing, set()) | found
    return out
