"""What a function reads from outside, remembered so that a change of it is noticed."""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Callable, Collection, Iterator
from itertools import chain
from operator import is_
from typing import Any

import numpy as np

from gradgen.frontend.classes import MISSING, is_users


def cell_value(cell: types.CellType) -> Any:
    """Return what a name of an enclosing function stands for, MISSING where it was deleted."""
    try:
        return cell.cell_contents
    except ValueError:
        return MISSING


class Capture:
    """Something read from outside the function: where, and what it was."""

    __slots__ = ("holder", "key", "label", "parts", "shape", "value")

    def __init__(self, holder: Any, key: Any, value: Any, label: str) -> None:
        self.holder, self.key, self.value, self.label = holder, key, value, label
        self.parts = _parts(value)
        # An array may get another shape where it is.
        self.shape = value.shape if isinstance(value, np.ndarray) else None

    def current(self) -> Any:
        """Return what stands there now."""
        if isinstance(self.holder, dict):
            return self.holder.get(self.key)
        if isinstance(self.holder, types.CellType):
            return cell_value(self.holder)
        if isinstance(self.holder, list | tuple) and isinstance(self.key, int):
            return self.holder[self.key] if self.key < len(self.holder) else None
        return getattr(self.holder, self.key, None)

    def fresh(self) -> bool:
        """Whether it is still what was read."""
        now = self.current()
        if isinstance(now, types.MethodType | types.BuiltinMethodType):
            return bool(now == self.value)
        if self.parts is None:
            same = now is self.value or _same_plain(now, self.value)
            return same and (self.shape is None or now.shape == self.shape)
        if type(now) is not type(self.value):
            return False
        found = _parts(now) or ()
        return len(found) == len(self.parts) and _all_same(found, self.parts)


class OwnCode(Capture):
    """The code of the function that is read itself: where files are loaded again, it may change."""


class Answer(Capture):
    """What a Python function said of things from outside: whether an object has an attribute."""

    __slots__ = ("ask",)

    def __init__(self, ask: Callable[..., Any], things: tuple[Any, ...], label: str) -> None:
        self.ask = ask
        super().__init__(things, label, ask(*things), label)

    def current(self) -> Any:
        """Return what it says now."""
        return self.ask(*self.holder)


class Methods(Capture):
    """The methods, properties and descriptors of a class of the user's, and of those it extends."""

    __slots__ = ("held",)

    def __init__(self, kind: type) -> None:
        super().__init__(kind, "methods", None, kind.__name__)
        self.held = [_methods_of(c) for c in kind.__mro__ if is_users(c)]

    def fresh(self) -> bool:
        """Whether none was replaced, added or taken away."""
        for k, (kind, names, methods, found) in enumerate(self.held):
            space = vars(kind)
            if list(space) != names:
                now = _methods_of(kind)
                if now[2] != methods or not all(map(is_, now[3], found)):
                    return False
                self.held[k] = now
            elif not all(map(is_, map(space.__getitem__, methods), found)):
                return False
        return True


def _methods_of(kind: type) -> tuple[type, list[str], list[str], list[Any]]:
    """Return a class, all names in it, and those of what is called or computed, with these."""
    held = {name: value for name, value in vars(kind).items() if hasattr(type(value), "__get__")}
    return kind, list(vars(kind)), list(held), list(held.values())


class DeepCapture(Capture):
    """A list or tuple with all that is in the containers in it.

    ``open`` are the lists in it, and the keys and values of its dicts, ``lengths`` how many items
    each has, and ``items`` all of these.  Where they are the same objects, so is all the rest.
    """

    __slots__ = ("inside", "items", "lengths", "open")

    def __init__(self, holder: Any, key: Any, value: Any, label: str) -> None:
        super().__init__(holder, key, value, label)
        self.inside = tuple(_inside(value))
        self._note(value)

    def _note(self, value: Any) -> None:
        self.open = [[value], *_open(value)]
        self.lengths = list(map(len, self.open))
        self.items = tuple(chain.from_iterable(self.open))

    def fresh(self) -> bool:
        """Whether everything in it is still what it was."""
        now = self.current()
        self.open[0] = [now]
        alike = list(map(len, self.open)) == self.lengths
        if alike and all(map(is_, chain.from_iterable(self.open), self.items)):
            return True
        found = tuple(_inside(now))
        same = len(found) == len(self.inside) and _all_same(found, self.inside)
        if same:
            self._note(now)
        return same


def _all_same(now: tuple[Any, ...], before: tuple[Any, ...]) -> bool:
    """Whether objects are those that they were, or the same literals."""
    if all(map(is_, now, before)):
        return True
    return all(a is b or _same_plain(a, b) for a, b in zip(now, before, strict=True))


def _open(value: Any) -> Iterator[Collection[Any]]:
    """Yield what may change in a container and in those inside it: not what a tuple holds."""
    if type(value) not in (list, tuple, dict) and not hasattr(value, "_fields"):
        return
    parts = (value, value.values()) if isinstance(value, dict) else (value,)
    if not isinstance(value, tuple):
        yield from parts
    for part in chain.from_iterable(parts):
        yield from _open(part)


def _inside(value: Any) -> Iterator[Any]:
    """Yield what is in a container and in those inside it, keys and classes too."""
    if type(value) not in (list, tuple, dict) and not hasattr(value, "_fields"):
        yield value
        return
    yield type(value)
    for part in value if not isinstance(value, dict) else chain(value, value.values()):
        yield from _inside(part)
    yield MISSING


def _parts(value: Any) -> tuple[Any, ...] | None:
    """Return what a container holds now; None for other things."""
    if isinstance(value, dict):
        return (*dict.keys(value), *dict.values(value))
    if isinstance(value, list):
        return tuple(list.__iter__(value))
    return tuple(value) if type(value) in (tuple, set, deque) else None


def _same_plain(a: Any, b: Any) -> bool:
    """Whether two numbers or texts are the same literal: 1, 1.0 and True are not."""
    plain = type(a) is type(b) and type(a) in (int, float, bool, str)
    return plain and bool(a == b) and (bool(a) or repr(a) == repr(b))
