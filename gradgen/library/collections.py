"""``set`` and ``collections.Counter``, spelled out as classes that gradgen reads.

What they hold, or count, has to be known while the function is read.
"""

# ruff: noqa: D102, SIM401  (the counter's own item is what is defined here)
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections import ChainMap, Counter, deque

from gradgen.library.chain_maps import ChainedDicts
from gradgen.library.dicts import ComputedDict
from gradgen.library.queues import LimitedDeque
from gradgen.library.sets import NO_SETS, ComputedSet
from gradgen.library.uneven_lists import CLASSES


class KnownSet:
    """A set that is written to; ``as_made``: it has not been, so that its order is known."""

    def __init__(self, items=()):
        self.held = frozenset(items)
        self.as_made = True

    def add(self, item):
        self.held = self.held | frozenset((item,))
        self.as_made = False

    def discard(self, item):
        self.held = self.held - frozenset((item,))
        self.as_made = False

    def remove(self, item):
        if item not in self.held:
            raise KeyError(item)
        self.discard(item)

    def update(self, *others):
        for other in others:
            self.held = self.held | frozenset(other)
            self.as_made = False

    def intersection_update(self, *others):
        for other in others:
            self.held = self.held & frozenset(other)
            self.as_made = False

    def difference_update(self, *others):
        for other in others:
            self.held = self.held - frozenset(other)
            self.as_made = False

    def symmetric_difference_update(self, other):
        self.held = self.held ^ frozenset(other)
        self.as_made = False

    def clear(self):
        self.held = frozenset()
        self.as_made = False

    def pop(self):
        if len(self.held) == 0:
            raise KeyError("pop from an empty set")
        if len(self.held) > 1:
            raise NotImplementedError("pop of a set with several items, in no known order")
        (last,) = self.held
        self.held = frozenset()
        self.as_made = False
        return last

    def copy(self):
        return KnownSet(self.held)

    def union(self, *others):
        out = self.copy()
        out.update(*others)
        return out

    def intersection(self, *others):
        out = self.copy()
        out.intersection_update(*others)
        return out

    def difference(self, *others):
        out = self.copy()
        out.difference_update(*others)
        return out

    def symmetric_difference(self, other):
        return KnownSet(self.held ^ frozenset(other))

    def issubset(self, other):
        return self.held <= frozenset(other)

    def issuperset(self, other):
        return self.held >= frozenset(other)

    def isdisjoint(self, other):
        return not self.held & frozenset(other)

    def __or__(self, other):
        return KnownSet(self.held | frozenset(other))

    def __and__(self, other):
        return KnownSet(self.held & frozenset(other))

    def __sub__(self, other):
        return KnownSet(self.held - frozenset(other))

    def __xor__(self, other):
        return KnownSet(self.held ^ frozenset(other))

    def __ior__(self, other):
        self.held = self.held | frozenset(other)
        self.as_made = False
        return self

    def __iand__(self, other):
        self.held = self.held & frozenset(other)
        self.as_made = False
        return self

    def __isub__(self, other):
        self.held = self.held - frozenset(other)
        self.as_made = False
        return self

    def __ixor__(self, other):
        self.held = self.held ^ frozenset(other)
        self.as_made = False
        return self

    def __eq__(self, other):
        alike = not isinstance(other, NO_SETS)
        return alike and self.held == frozenset(other)

    def __ne__(self, other):
        return not self == other

    def __le__(self, other):
        return self.held <= frozenset(other)

    def __lt__(self, other):
        return self.held < frozenset(other)

    def __ge__(self, other):
        return self.held >= frozenset(other)

    def __gt__(self, other):
        return self.held > frozenset(other)

    def __contains__(self, item):
        return item in self.held

    def __iter__(self):
        return iter(tuple(self.held))

    def __len__(self):
        return len(self.held)


class KnownCounter:
    """How often each key came."""

    def __init__(self, items=()):
        self.counts = {}
        self.update(items)

    def update(self, items=(), **named):
        self._add(items, 1)
        self._add(named, 1)

    def subtract(self, items=(), **named):
        self._add(items, -1)
        self._add(named, -1)

    def _add(self, items, sign):
        if isinstance(items, dict):
            for key, count in items.items():
                self.counts[key] = self.counts.get(key, 0) + sign * count
        else:
            for key in items:
                self.counts[key] = self.counts.get(key, 0) + sign

    def copy(self):
        return KnownCounter(self.counts)

    def pop(self, key, *default):
        return self.counts.pop(key, *default)

    def __add__(self, other):
        both = self.copy()
        both.update(other)
        return both._positive()

    def __sub__(self, other):
        both = self.copy()
        both.subtract(other)
        return both._positive()

    def __and__(self, other):
        out = KnownCounter()
        for key, count in self.counts.items():
            least = min(count, other[key])
            if least > 0:
                out.counts[key] = least
        return out

    def __or__(self, other):
        out = KnownCounter()
        for key, count in self.counts.items():
            out.counts[key] = max(count, other[key])
        for key, count in other.items():
            if key not in self.counts:
                out.counts[key] = count
        return out._positive()

    def __eq__(self, other):
        mine = all(other[key] == count for key, count in self.counts.items())
        return mine and all(self[key] == count for key, count in other.items())

    def __ne__(self, other):
        return not self == other

    def __delitem__(self, key):
        self.counts.pop(key, 0)

    def _positive(self):
        out = KnownCounter()
        for key, count in self.counts.items():
            if count > 0:
                out.counts[key] = count
        return out

    def get(self, key, default=None):
        return self.counts.get(key, default)

    def items(self):
        return self.counts.items()

    def keys(self):
        return self.counts.keys()

    def values(self):
        return self.counts.values()

    def most_common(self, n=None):
        ordered = sorted(self.counts.items(), key=lambda pair: pair[1], reverse=True)
        return ordered if n is None else ordered[:n]

    def elements(self):
        return [key for key, count in self.counts.items() for _ in range(count)]

    def total(self):
        return sum(self.counts.values())

    def __getitem__(self, key):
        return self.counts[key] if key in self.counts else 0

    def __setitem__(self, key, count):
        self.counts[key] = count

    def __contains__(self, key):
        return key in self.counts

    def __iter__(self):
        return iter(self.counts)

    def __len__(self):
        return len(self.counts)


STANDS_FOR = {KnownSet: set, ComputedSet: set, KnownCounter: Counter, ComputedDict: dict,
              LimitedDeque: deque, ChainedDicts: ChainMap,
              **dict.fromkeys(CLASSES.values(), list)}  # fmt: skip
