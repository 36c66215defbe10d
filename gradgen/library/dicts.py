"""Dicts whose keys are found as the program runs, spelled out as a class that gradgen reads."""

# ruff: noqa: D102  (the methods are those of a dict, whose own are defined here)
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from gradgen.library.sets import ComputedSet, items_of

KEY_LISTS = ("names", "items")  # the attributes of dicts and sets in which their keys stand


def place_of(names, key):
    """Where a key stands among those of a dict, which has each of them once."""
    return names.index(key)


class ComputedDict:
    """A dict with numbers for keys, or tuples of them: two lists side by side, in Python's order.

    ``factory`` makes the item of a key that is missing, as in a ``defaultdict``.
    """

    SHOWN_AS = (("names", "_keys"), ("held", "_items"))  # after the name of the dict, in texts

    def __init__(self, names, held, factory):
        self.names = names
        self.held = held
        self.factory = factory

    def __getitem__(self, key):
        if self.factory is None:
            if key not in self.names:
                raise KeyError(key)
        elif key not in self.names:
            self.names.append(key)
            self.held.append(self.factory())
        return self.held[place_of(self.names, key)]

    def __setitem__(self, key, item):
        if key in self.names:
            self.held[place_of(self.names, key)] = item
        else:
            self.names.append(key)
            self.held.append(item)

    def __delitem__(self, key):
        self.pop(key)

    def __contains__(self, key):
        return key in self.names

    def __iter__(self):
        return iter(self.names)

    def __len__(self):
        return len(self.names)

    def __eq__(self, other):
        if len(self.names) != len(other):
            return False
        return all(key in other and other[key] == item for key, item in self.items())

    def __or__(self, other):
        out = self.copy()
        out.update(other)
        return out

    def __ior__(self, other):
        self.update(other)
        return self

    def get(self, key, default=None):
        return self.held[place_of(self.names, key)] if key in self.names else default

    def setdefault(self, key, default=None):
        if key not in self.names:
            self.names.append(key)
            self.held.append(default)
        return self.held[place_of(self.names, key)]

    def pop(self, key, *default):
        if default:
            if key not in self.names:
                return default[0]
        elif key not in self.names:
            raise KeyError(key)
        place = place_of(self.names, key)
        self.names.pop(place)
        return self.held.pop(place)

    def popitem(self, last=True):
        if not self.names:
            raise KeyError("popitem(): dictionary is empty")
        if last:
            return self.names.pop(), self.held.pop()
        return self.names.pop(0), self.held.pop(0)

    def move_to_end(self, key, last=True):
        if key not in self.names:
            raise KeyError(key)
        place = place_of(self.names, key)
        name, item = self.names.pop(place), self.held.pop(place)
        if last:
            self.names.append(name)
            self.held.append(item)
        else:
            self.names.insert(0, name)
            self.held.insert(0, item)

    def update(self, other=(), **named):
        if isinstance(other, ComputedDict):
            for key, item in other.items():
                self[key] = item
        elif hasattr(other, "keys"):
            for key in other.keys():  # noqa: SIM118  (which is what Python asks for)
                self[key] = other[key]
        else:
            for key, item in other:
                self[key] = item
        for key, item in named.items():
            self[key] = item

    def clear(self):
        self.names.clear()
        self.held.clear()

    def copy(self):
        return ComputedDict(list(self.names), list(self.held), self.factory)

    def keys(self):
        return KeysOfDict(self.names)

    def values(self):
        return self.held

    def items(self):
        return ItemsOfDict(self.names, self.held)


class KeysOfDict:
    """The keys of a dict, as they are when they are asked for: a set, which has an order."""

    def __init__(self, names):
        self.names = names

    def __iter__(self):
        return iter(self.names)

    def __len__(self):
        return len(self.names)

    def __contains__(self, key):
        return key in self.names

    def __eq__(self, other):
        return len(self.names) == len(other) and all(key in self.names for key in other)

    def __and__(self, other):
        return ComputedSet([key for key in self.names if key in other])

    def __sub__(self, other):
        return ComputedSet([key for key in self.names if key not in other])

    def __or__(self, other):
        both = ComputedSet(self.names)
        both.update(other)
        return both

    def __xor__(self, other):
        return (self - other) | [key for key in items_of(other) if key not in self.names]

    def isdisjoint(self, other):
        return not any(key in other for key in self.names)


class ItemsOfDict:
    """The pairs of keys and items of a dict, as they are when they are asked for."""

    def __init__(self, names, held):
        self.names = names
        self.held = held

    def __iter__(self):
        return zip(self.names, self.held)  # noqa: B905

    def __len__(self):
        return len(self.names)
