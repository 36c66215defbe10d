"""Groups of things that may be one: by key, what is in each; groups that meet become one."""

from __future__ import annotations

from typing import Any

ITEMS = "items"  # the key of all items of a list, or of all values of a dict


class Group:
    """Things that may be one: what their items are, by key; the names and places met so far."""

    def __init__(self) -> None:
        self.into: Group | None = None
        self.inside: dict[Any, Group] = {}
        self.names: list[tuple[int, str]] = []  # with numbers that tell which came first

    def found(self) -> Group:
        """Return the group that this one has become a part of."""
        group = self
        while group.into is not None:
            group = group.into
        return group

    def at(self, key: Any) -> Group:
        """Return the group of what stands under a key."""
        return self.found().inside.setdefault(key, Group()).found()


def unite(a: Group, b: Group) -> Group:
    """Make one of two groups, and of what is in them."""
    a, b = a.found(), b.found()
    if a is b:
        return a
    b.into = a
    a.names += b.names
    for key, inner in b.inside.items():
        if key in a.found().inside:
            unite(a.at(key), inner)
        else:
            a.found().inside[key] = inner
    return a.found()
