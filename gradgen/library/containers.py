"""What a class has that extends one of Python's own, spelled out as classes that are read."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations


class ListObject:
    """A list as an object that holds one."""

    def __init__(self, iterable=(), /):
        self._held = list(iterable)

    def __eq__(self, other):
        return self._held == (other._held if isinstance(other, ListObject) else other)

    def __iter__(self):
        return iter(self._held)

    def __len__(self):
        return len(self._held)

    def __getitem__(self, key):
        return self._held[key]

    def __setitem__(self, key, value):
        self._held[key] = value

    def __contains__(self, item):
        return item in self._held

    def __add__(self, other):
        return self._held + list(other)

    def __radd__(self, other):
        return list(other) + self._held

    def __iadd__(self, other):
        self._held.extend(list(other))
        return self

    def __mul__(self, count):
        return self._held * count

    def __rmul__(self, count):
        return self._held * count

    def __imul__(self, count):
        self._held = self._held * count
        return self

    def append(self, item):
        """Add an item at the end."""
        self._held.append(item)

    def extend(self, iterable):
        """Add items at the end."""
        self._held.extend(iterable)

    def insert(self, place, item):
        """Put an item before another."""
        self._held.insert(place, item)

    def pop(self, place=-1):
        """Take out an item, and return it."""
        return self._held.pop(place)

    def remove(self, item):
        """Take out the first item that is equal."""
        self._held.remove(item)

    def index(self, item):
        """Return the place of the first item that is equal."""
        return self._held.index(item)

    def reverse(self):
        """Turn the order."""
        self._held.reverse()

    def sort(self, *, key=None, reverse=False):
        """Put the items in order."""
        self._held.sort(key=key, reverse=reverse)

    def clear(self):
        """Drop all items."""
        self._held = []

    def copy(self):
        """Return a list of the items."""
        return list(self._held)


class DictObject:
    """A dict as an object that holds one."""

    def __init__(self, *args, **kwargs):
        self._held = dict(*args, **kwargs)

    def __eq__(self, other):
        return self._held == (other._held if isinstance(other, DictObject) else other)

    def __iter__(self):
        return iter(list(self._held))

    def __len__(self):
        return len(self._held)

    def __getitem__(self, key):
        return self._held[key]

    def __setitem__(self, key, value):
        self._held[key] = value

    def __contains__(self, key):
        return key in self._held

    def __or__(self, other):
        return self._held | dict(other)

    def __ror__(self, other):
        return dict(other) | self._held

    def __ior__(self, other):
        self._held.update(dict(other))
        return self

    def get(self, key, default=None):
        """Return the item of a key, or else the default."""
        return self._held.get(key, default)

    def items(self):
        """Return the keys with their items."""
        return self._held.items()

    def keys(self):
        """Return the keys."""
        return self._held.keys()

    def values(self):
        """Return the items."""
        return self._held.values()

    def update(self, *args, **kwargs):
        """Take over the items of another dict."""
        self._held.update(*args, **kwargs)

    def setdefault(self, key, default=None):
        """Return the item of a key, which is the default if there was none."""
        return self._held.setdefault(key, default)

    def pop(self, key):
        """Take out the item of a key, and return it."""
        return self._held.pop(key)

    def copy(self):
        """Return a dict of the items."""
        return dict(self._held)


class ExceptionObject:
    """An exception as an object that holds what it was made of."""

    def __init__(self, *args):
        self.args = args


class MissingDictObject(DictObject):
    """A dict that asks its class's own `__missing__` for what it does not hold."""

    def __getitem__(self, key):
        return self._held[key] if key in self._held else self.__missing__(key)  # type: ignore[attr-defined]
