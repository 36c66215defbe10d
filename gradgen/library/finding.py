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


def indices(start, stop, step, count):
    """Return where a slice of so many items begins and ends, and its step, as Python clips it."""
    step = 1 if step is None else step
    low = 0 if step > 0 else -1
    high = count if step > 0 else count - 1
    if start is None:
        first = low if step > 0 else high
    else:
        first = max(start + count, low) if start < 0 else min(start, high)
    if stop is None:
        last = high if step > 0 else low
    else:
        last = max(stop + count, low) if stop < 0 else min(stop, high)
    return first, last, step
