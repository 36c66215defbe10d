"""Sets whose items are found as the program runs, spelled out as a class that gradgen reads."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations


class ComputedSet:
    """A set of numbers, or tuples of them: a list that has each only once.

    The order of its items is not that of Python's set, so that it is not looped over.
    """

    def __init__(self, iterable):
        self.items = []
        for item in iterable:
            self.add(item)

    def add(self, item):
        """Add an item."""
        if item not in self.items:
            self.items.append(item)

    def remove(self, item):
        """Take out an item that is there."""
        if item not in self.items:
            raise KeyError(item)
        self.items.pop(self.items.index(item))

    def discard(self, item):
        """Take out an item if it is there."""
        if item in self.items:
            self.items.pop(self.items.index(item))

    def pop(self):
        """Take out the only item: which of several Python takes, no program can count on."""
        if len(self.items) == 0:
            raise KeyError("pop from an empty set")
        if len(self.items) > 1:
            raise NotImplementedError("pop of a set with several items, in no known order")
        return self.items.pop()

    def update(self, *others):
        """Add the items of others."""
        for other in others:
            for item in items_of(other):
                self.add(item)

    def clear(self):
        """Drop all items."""
        self.items = []

    def copy(self):
        """Return a set with these items."""
        return ComputedSet(self.items)

    def union(self, *others):
        """Return what is in any of the sets."""
        found = self.copy()
        found.update(*others)
        return found

    def __contains__(self, item):
        return item in self.items

    def __len__(self):
        return len(self.items)

    def __or__(self, other):
        return self.union(other)

    def __ior__(self, other):
        self.update(other)
        return self

    def __and__(self, other):
        return ComputedSet([item for item in self.items if item in other])

    def __sub__(self, other):
        return ComputedSet([item for item in self.items if item not in other])


def items_of(other):
    """Return the items of a set, or of something to loop over."""
    return other.items if isinstance(other, ComputedSet) else other
