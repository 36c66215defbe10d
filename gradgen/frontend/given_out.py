"""What a generator yields and writes to afterwards: a list of all items would show it too late.

So would a loop's writes to an item that the generator goes on to read.  Each item is noted where it
is yielded, with what it is there.
"""

from __future__ import annotations

import ast
from typing import Any

from gradgen.frontend.parts import contents
from gradgen.frontend.reach import reached
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.state import same_contents
from gradgen.frontend.values import Box, Static, Storage

NOTED = "noted items"  # a name that no program has


class Noted:
    """The items that a generator has yielded, by place, and what of them it still holds."""

    def __init__(self) -> None:
        self.items: dict[Any, dict[int, tuple[Any, Any]]] = {}
        self.held: dict[int, Any] = {}

    def note(self, r: Reader, place: Any, value: Any, others: set[str]) -> None:
        """Note an item that is yielded; ``others``: names that are not the generator's."""
        names = reached(v for name, v in r.frame.names.items() if name not in others)
        before = {k: thing for held in self.items.values() for k, (thing, _) in held.items()}
        self.held |= {k: thing for k, thing in before.items() if k in names}
        things = reached([value])
        self.items[place] = {k: (t, _state(r, t)) for k, t in things.items() if _may_change(r, t)}

    def changed(self, r: Reader) -> bool:
        """Whether something is not what it was when it was yielded."""
        noted = [pair for held in self.items.values() for pair in held.values()]
        return any(not same_contents(_state(r, thing), before) for thing, before in noted)


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
