"""Sets whose items are found as the program runs, spelled out as a class that gradgen reads."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

# What is never equal to a set: of the views of a dict, those of its keys and items may be.
NO_SETS = (list, tuple, dict, range, str, int, float, type(None))


class ComputedSet:
    """A set of numbers, or tuples of them: a list that has each only once.

    The order of its items is not that of Python's set: a loop is over ``ordered``.  ``most`` is
    how many there were when one was added last, in a list, into which recursive functions write:
    Python's table has room for twice as many.
    """

    SHOWN_AS = (("items", ""), ("most", "_most"))  # after the name of the set, in texts

    def __init__(self, iterable):
        self.items = []
        self.most = [0]
        for item in iterable:
            self.add(item)

    def add(self, item):
        """Add an item."""
        if item not in self.items:
            self.items.append(item)
            self.most[0] = len(self.items)

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
        self.items.clear()
        self.most[0] = 0

    def copy(self):
        """Return a set with these items."""
        return ComputedSet(self.items)

    def ordered(self):
        """Return whole numbers in the order in which Python loops over them.

        Each stands at its own place in Python's table, as long as there is one for it.
        """
        if any(not 0 <= item < max(8, 2 * self.most[0]) for item in self.items):
            raise NotImplementedError(
                "a loop over a set of large or negative numbers, in no known order: "
                "loop over sorted(...) of it"
            )
        return sorted(self.items)

    def union(self, *others):
        """Return what is in any of the sets."""
        found = self.copy()
        found.update(*others)
        return found

    def intersection(self, *others):
        """Return what is in all of the sets."""
        found = self.copy()
        found.intersection_update(*others)
        return found

    def difference(self, *others):
        """Return what is in none of the others."""
        found = self.copy()
        found.difference_update(*others)
        return found

    def symmetric_difference(self, other):
        """Return what is in one of the two, and not in both."""
        found = self.copy()
        found.symmetric_difference_update(other)
        return found

    def intersection_update(self, *others):
        """Keep what is in all of the others."""
        for other in others:
            self.items = [item for item in self.items if item in other]

    def difference_update(self, *others):
        """Drop what is in any of the others."""
        for other in others:
            self.items = [item for item in self.items if item not in other]

    def symmetric_difference_update(self, other):
        """Drop what is in the other, and add what is in it alone."""
        alone = [item for item in items_of(other) if item not in self.items]
        self.items = [item for item in self.items if item not in other]
        self.update(alone)

    def issubset(self, other):
        """Whether all items are in the other."""
        return all(item in other for item in self.items)

    def issuperset(self, other):
        """Whether all items of the other are here."""
        return all(item in self.items for item in items_of(other))

    def isdisjoint(self, other):
        """Whether no item is in the other."""
        return not any(item in other for item in self.items)

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

    def __iand__(self, other):
        self.intersection_update(other)
        return self

    def __sub__(self, other):
        return ComputedSet([item for item in self.items if item not in other])

    def __isub__(self, other):
        self.difference_update(other)
        return self

    def __xor__(self, other):
        return self.symmetric_difference(other)

    def __ixor__(self, other):
        self.symmetric_difference_update(other)
        return self

    def __eq__(self, other):
        if isinstance(other, NO_SETS):
            return False
        return len(self.items) == len(other) and self.issubset(other)

    def __ne__(self, other):
        return not self == other

    def __le__(self, other):
        return self.issubset(other)

    def __lt__(self, other):
        return self.issubset(other) and len(self.items) < len(other)

    def __ge__(self, other):
        return self.issuperset(other)

    def __gt__(self, other):
        return self.issuperset(other) and len(self.items) > len(other)


def items_of(other):
    """Return the items of a set, or of something to loop over."""
    return other.items if isinstance(other, ComputedSet) else other
