"""What a generator yields and writes to afterwards: a list of all items would show it too late.

So would a loop's writes to an item that the generator goes on to read.  Each item is noted where it
is yielded, with what it is there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import FunctionType
from typing import Any, NoReturn

from gradgen.errors import UnsupportedError
from gradgen.frontend.classes import found_in
from gradgen.frontend.parts import contents
from gradgen.frontend.pointers import class_of_row
from gradgen.frontend.reach import reached
from gradgen.frontend.reader import Reader
from gradgen.frontend.row_kinds import is_tuple
from gradgen.frontend.source import source_of
from gradgen.frontend.special import special
from gradgen.frontend.state import same_contents
from gradgen.frontend.values import Box, Frame, Lazy, Ref, Seq, Static, Storage

NOTED = "noted items"  # a name that no program has


class Noted:
    """The items that a generator has yielded, by place, and what of them it still holds."""

    def __init__(self) -> None:
        self.items: dict[Any, dict[int, tuple[Any, Any]]] = {}
        self.held: dict[int, Any] = {}
        self.sources: list[Frame] = []  # of generators whose items it has yielded
        self.in_turns = False  # whether one of these takes turns

    def note(self, r: Reader, place: Any, value: Any, others: set[str]) -> None:
        """Note an item that is yielded; ``others``: names that are not the generator's."""
        names = reached(v for name, v in r.frame.names.items() if name not in others)
        self.held |= {id(thing): thing for thing, _ in self._all() if id(thing) in names}
        things = reached([value])
        self.items[place] = {k: (t, _state(r, t)) for k, t in things.items() if _may_change(r, t)}

    def changed(self, r: Reader) -> bool:
        """Whether something is not what it was when it was yielded, as far as can be seen."""
        return self.in_turns or any(
            not same_contents(_state(r, thing), before) for thing, before in self._all()
        )

    def note_from(self, r: Reader, value: Any) -> None:
        """Note what ``yield from`` takes the items of."""
        called = value.called if isinstance(value, Lazy) else None
        if called is not None:
            self.sources.append(called.frame)
            self.in_turns |= called.key[1] in r.book.turnwise  # as `takes_turns` asks

    def _all(self) -> Iterator[tuple[Any, Any]]:
        """Yield what was yielded, with what it was there."""
        for held in self.items.values():
            yield from held.values()
        for frame in self.sources:
            found = frame.names.get(NOTED)
            if isinstance(found, Static):
                yield from found.obj._all()


class Unchanging:
    """Stands for the items of a generator that calls itself: each reading sees a part of them."""

    def note(self, r: Reader, place: Any, value: Any, others: set[str]) -> None:
        """Refuse an item that may be written to."""
        things = [t for t in reached([value]).values() if not is_tuple(t)]
        if any(_may_change(r, thing) for thing in things):
            self._refuse(r)

    def note_from(self, r: Reader, value: Any) -> None:
        """Refuse what may have items that are written to; those of its like are none."""
        called = value.called if isinstance(value, Lazy) else None
        kind = class_of_row(value)  # of an object in lists
        own = found_in(kind, "__iter__") if isinstance(kind, type) else None
        definition = source_of(own).node if isinstance(own, FunctionType) else None
        keys = [called.key[1] if called is not None else 0, id(definition)]
        if any(calls_itself(r, (0, key)) for key in keys):
            return
        if isinstance(value, Seq):
            for item in value.items:
                self.note(r, None, item, set())
        elif not isinstance(value, Ref) or not _holds_numbers(r, value):
            self._refuse(r)

    def _all(self) -> Iterator[tuple[Any, Any]]:
        return iter(())

    def _refuse(self, r: Reader) -> NoReturn:
        what = "a generator that calls itself, and yields what may be written to"
        way = "append copies to a list that the function is given"
        raise UnsupportedError(what, r.b.span, way)


def _holds_numbers(r: Reader, value: Ref) -> bool:
    t = r.read(value).type
    return t.rank == 1 if t.item is None else t.item.is_scalar


def calls_itself(r: Reader, key: tuple[int, int]) -> bool:
    """Whether what lists the items of a generator is read by itself."""
    return id(r.expansions.get((key[1], "listing"))) in r.book.recursive


def _may_change(r: Reader, thing: Any) -> bool:
    return isinstance(thing, Box) or (isinstance(thing, Storage) and thing in r.versions)


def _state(r: Reader, thing: Any) -> Any:
    return contents(thing) if isinstance(thing, Box) else r.versions.get(thing)


def given_out(noted: Any, item: Any) -> Any:
    """Stand for an item that is yielded."""
    raise NotImplementedError


@special(given_out, listed=False)
def _given_out(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    noted, item = args
    assert isinstance(noted, Static)
    mine = {name for name in r.frame.names if " " in name}
    noted.obj.note(r, (*r.call_path, id(node)), item, mine)
    return item


def given_out_from(noted: Any, items: Any) -> Any:
    """Stand for what ``yield from`` takes the items of."""
    raise NotImplementedError


@special(given_out_from, listed=False)
def _given_out_from(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    noted, items = args
    assert isinstance(noted, Static)
    noted.obj.note_from(r, items)
    return items
