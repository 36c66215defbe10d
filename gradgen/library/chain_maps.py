"""``collections.ChainMap``, spelled out as a class that gradgen reads."""

# ruff: noqa: D102  (the methods are those of a ChainMap)
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections import ChainMap


class ChainedDicts:
    """Dicts of which the first that has a key is asked; the very first is written to."""

    def __init__(self, *maps):
        self.maps = list(maps) if maps else [{}]

    def __getitem__(self, key):
        for one in self.maps:
            if key in one:
                return one[key]
        raise KeyError(key)

    def get(self, key, default=None):
        for one in self.maps:
            if key in one:
                return one[key]
        return default

    def __contains__(self, key):
        return any(key in one for one in self.maps)

    def _joined(self):
        out = {}
        for one in self.maps[::-1]:
            out.update(one)
        return out

    def __iter__(self):
        return iter(self._joined())

    def __len__(self):
        return len(self._joined())

    def keys(self):
        return self._joined().keys()

    def values(self):
        return self._joined().values()

    def items(self):
        return self._joined().items()

    def __setitem__(self, key, item):
        self.maps[0][key] = item

    def __delitem__(self, key):
        self.pop(key)

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, more=(), **named):
        self.maps[0].update(more)
        self.maps[0].update(named)

    def pop(self, key, *default):
        if key not in self.maps[0] and not default:
            raise KeyError(f"Key not found in the first mapping: {key!r}")
        return self.maps[0].pop(key, *default)

    def clear(self):
        self.maps[0].clear()

    def new_child(self, m=None, **named):
        first = {} if m is None else m
        if named:
            first.update(named)
        return ChainMap(first, *self.maps)

    @property
    def parents(self):
        return ChainMap(*self.maps[1:])

    def copy(self):
        return ChainMap(self.maps[0].copy(), *self.maps[1:])

    def __or__(self, other):
        out = self.copy()
        out.maps[0].update(other)
        return out

    def __ior__(self, other):
        self.maps[0].update(other)
        return self

    def __eq__(self, other):
        return self._joined() == dict(other.items())
