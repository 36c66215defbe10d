"""Short lists of unlike items in a list, ``[total, [names]]``, as objects of a class of their own.

Python finds an item by its place, which is a number that is known while the function is read.
"""


# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

OUTSIDE = "list assignment index out of range"


def changed_in_length(made):
    """Stand for what gives such a list more items, or fewer."""
    raise NotImplementedError


class UnevenList:
    """A list whose items are attributes: it has a known number of them, which it keeps."""

    def items(self):
        """Return the items side by side."""
        raise NotImplementedError

    def __getitem__(self, k):
        return list(self.items())[k]

    def __iter__(self):
        return iter(self.items())

    def __len__(self):
        return len(self.items())

    def __contains__(self, item):
        return item in self.items()

    def __eq__(self, other):
        return self.items() == tuple(other) if isinstance(other, list) else NotImplemented

    def __lt__(self, other):
        return self.items() < tuple(other) if isinstance(other, list) else NotImplemented

    def __le__(self, other):
        return self.items() <= tuple(other) if isinstance(other, list) else NotImplemented

    def __gt__(self, other):
        return self.items() > tuple(other) if isinstance(other, list) else NotImplemented

    def __ge__(self, other):
        return self.items() >= tuple(other) if isinstance(other, list) else NotImplemented

    def __add__(self, other):
        return list(self.items()) + list(other)

    def __radd__(self, other):
        return list(other) + list(self.items())

    def __mul__(self, times):
        return list(self.items()) * times

    def __rmul__(self, times):
        return list(self.items()) * times

    def __iadd__(self, more):
        return changed_in_length(self)

    def __imul__(self, times):
        return changed_in_length(self)

    def __delitem__(self, k):
        changed_in_length(self)

    def __reversed__(self):
        return iter(self.items()[::-1])

    def __repr__(self):
        return repr(list(self.items()))

    def copy(self):
        """Return a list of the same items."""
        return list(self.items())

    def index(self, item):
        """Return where an item stands first."""
        return list(self.items()).index(item)

    def count(self, item):
        """Return how often an item stands there."""
        return list(self.items()).count(item)


class Pair(UnevenList):
    """A list of two items."""

    def __init__(self, first, second):
        self.first = first
        self.second = second

    def items(self):
        """Return the items side by side."""
        return (self.first, self.second)

    def __setitem__(self, k, item):
        if isinstance(k, slice):
            changed_in_length(self)
        elif k in (0, -2):
            self.first = item
        elif k in (1, -1):
            self.second = item
        else:
            raise IndexError(OUTSIDE)


class Triple(UnevenList):
    """A list of three items."""

    def __init__(self, first, second, third):
        self.first = first
        self.second = second
        self.third = third

    def items(self):
        """Return the items side by side."""
        return (self.first, self.second, self.third)

    def __setitem__(self, k, item):
        if isinstance(k, slice):
            changed_in_length(self)
        elif k in (0, -3):
            self.first = item
        elif k in (1, -2):
            self.second = item
        elif k in (2, -1):
            self.third = item
        else:
            raise IndexError(OUTSIDE)


class Quadruple(UnevenList):
    """A list of four items."""

    def __init__(self, first, second, third, fourth):
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth

    def items(self):
        """Return the items side by side."""
        return (self.first, self.second, self.third, self.fourth)

    def __setitem__(self, k, item):
        if isinstance(k, slice):
            changed_in_length(self)
        elif k in (0, -4):
            self.first = item
        elif k in (1, -3):
            self.second = item
        elif k in (2, -2):
            self.third = item
        elif k in (3, -1):
            self.fourth = item
        else:
            raise IndexError(OUTSIDE)


CLASSES = {2: Pair, 3: Triple, 4: Quadruple}  # by the number of items
