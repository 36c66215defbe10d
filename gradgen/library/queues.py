"""``collections.deque`` with a limit, spelled out as a class that gradgen reads."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations


class LimitedDeque:
    """A queue that drops what is at its other end where it would be longer than its limit."""

    def __init__(self, iterable, maxlen):
        self.items = []
        self.maxlen = maxlen
        for item in iterable:
            self.append(item)

    def append(self, item):
        """Add an item at the right."""
        self.items.append(item)
        if len(self.items) > self.maxlen:
            self.items.pop(0)

    def appendleft(self, item):
        """Add an item at the left."""
        self.items.insert(0, item)
        if len(self.items) > self.maxlen:
            self.items.pop()

    def extend(self, iterable):
        """Add items at the right."""
        for item in iterable:
            self.append(item)

    def pop(self):
        """Take the item at the right."""
        return self.items.pop()

    def popleft(self):
        """Take the item at the left."""
        return self.items.pop(0)

    def clear(self):
        """Drop all items."""
        self.items = []

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)

    def __getitem__(self, place):
        return self.items[place]

    def __setitem__(self, place, item):
        self.items[place] = item
