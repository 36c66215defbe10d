"""What a generator yields and writes to afterwards: a list of all items would show it too late.

So would a loop's writes to an item that the generator goes on to read.  Each item is noted where it
is yielded, with what it is there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from gradgen.frontend.parts import contents
from gradgen.frontend.reach import reached
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.state import same_contents
from gradgen.frontend.values import Box, Frame, Lazy, Static, Storage

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
