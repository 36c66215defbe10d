"""``collections.deque`` with a limit, spelled out as a class that gradgen reads."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np


class LimitedDeque:
    """A queue that drops what is at its other end where it would be longer than its limit."""

    def __init__(self, iterable, maxlen):
        self.items = []
        self.maxlen = maxlen
        for item in iterable:
            self.append(item)

    def __eq__(self, other):
        return isinstance(other, LimitedDeque) and self.items == other.items

    def __iadd__(self, iterable):
        if isinstance(iterable, np.ndarray):
            raise TypeError("a deque += an array is a sum of arrays: use extend")
        self.extend(iterable)
        return self

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

    def extendleft(self, iterable):
        """Add items at the left, one after the other."""
        for item in iterable:
            self.appendleft(item)

    def pop(self):
        """Take the item at the right."""
        return self.items.pop()

    def popleft(self):
        """Take the item at the left."""
        return self.items.pop(0)

    def rotate(self, n=1):
        """Move items from one end to the other."""
        for _ in range(abs(n)):
            if n > 0:
                self.items.insert(0, self.items.pop())
            else:
                self.items.append(self.items.pop(0))

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


def rotate(queue, n=1):
    """Move items of a queue without a limit from one end to the other."""
    for _ in range(abs(n)):
        if n > 0:
            queue.insert(0, queue.pop())
        else:
            queue.append(queue.pop(0))
