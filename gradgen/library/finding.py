"""Where a list or tuple has an item, and how often: by ``==``, of items of any kind."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations


def index(items, value, start=0, stop=None):
    """Return the first place of an item."""
    first = max(start + len(items), 0) if start < 0 else start
    last = len(items) if stop is None else stop
    last = last + len(items) if last < 0 else min(last, len(items))
    for place in range(first, last):
        if value in (items[place],):
            return place
    raise ValueError("list.index(x): x not in list")


def count(items, value):
    """Return how many items are equal to a value."""
    found = 0
    for item in items:
        if value in (item,):
            found += 1
    return found
