"""What a function reads from outside, remembered so that a change of it is noticed."""

from __future__ import annotations

import types
from collections.abc import Iterator
from itertools import chain
from typing import Any

from gradgen.frontend.classes import MISSING


class Capture:
    """Something read from outside the function: where, and what it was."""

    __slots__ = ("holder", "key", "label", "parts", "value")

    def __init__(self, holder: Any, key: Any, value: Any, label: str) -> None:
        self.holder, self.key, self.value, self.label = holder, key, value, label
        self.parts = _parts(value)

    def current(self) -> Any:
        """Return what stands there now."""
        if isinstance(self.holder, dict):
            return self.holder.get(self.key)
        if isinstance(self.holder, types.CellType):
            return self.holder.cell_contents
        if isinstance(self.holder, list | tuple):
            return self.holder[self.key] if self.key < len(self.holder) else None
        return getattr(self.holder, self.key, None)

    def fresh(self) -> bool:
        """Whether it is still what was read."""
        now = self.current()
        if isinstance(now, types.MethodType | types.BuiltinMethodType):
            return bool(now == self.value)
        if self.parts is None:
            return now is self.value or _same_plain(now, self.value)
        if type(now) is not type(self.value) or len(now) != len(self.parts):
            return False
        pairs = zip(_parts(now) or (), self.parts, strict=True)
        return all(a is b or _same_plain(a, b) for a, b in pairs)


class DeepCapture(Capture):
    """A list or tuple with all that is in the containers in it."""

    __slots__ = ("inside",)

    def __init__(self, holder: Any, key: Any, value: Any, label: str) -> None:
        super().__init__(holder, key, value, label)
        self.inside = tuple(_inside(value))

    def fresh(self) -> bool:
        """Whether everything in it is still what it was."""
        now = tuple(_inside(self.current()))
        pairs = zip(now, self.inside, strict=False)
        return len(now) == len(self.inside) and all(a is b or _same_plain(a, b) for a, b in pairs)


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
    """Return what a list, tuple or dict holds now; None for other things."""
    if type(value) is dict:
        return tuple(value.values())
    return tuple(value) if type(value) in (list, tuple) else None


def _same_plain(a: Any, b: Any) -> bool:
    """Whether two numbers or texts are the same literal: 1, 1.0 and True are not."""
    plain = type(a) is type(b) and type(a) in (int, float, bool, str)
    return plain and bool(a == b) and (bool(a) or repr(a) == repr(b))
