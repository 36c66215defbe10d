"""Functions of ``itertools``, ``heapq`` and ``bisect``, in the Python that gradgen reads.

Those of ``heapq`` are the standard library's own algorithms (CPython, ``Lib/heapq.py``), so that a
heap holds its items in the same places.
"""

# ruff: noqa: D103
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import bisect
import heapq
import itertools
from collections.abc import Callable
from typing import Any

from gradgen.library.registry import READ_AS


def counted_up(start, step):
    while True:
        yield start
        start = start + step


def takewhile(predicate, iterable):
    out = []
    for item in iterable:
        if not predicate(item):
            break
        out.append(item)
    return out


def dropwhile(predicate, iterable):
    out = []
    dropping = True
    for item in iterable:
        if dropping and predicate(item):
            continue
        dropping = False
        out.append(item)
    return out


def filterfalse(predicate, iterable):
    return [item for item in iterable if not predicate(item)]


def compress(data, selectors):
    return [item for item, chosen in zip(data, selectors, strict=False) if chosen]


def zip_longest(*iterables, fillvalue=None):
    lists = [list(one) for one in iterables]
    longest = max([len(one) for one in lists])
    return [tuple([one[k] if k < len(one) else fillvalue for one in lists]) for k in range(longest)]


def groupby(iterable, key=None):
    out: list[Any] = []
    for item in iterable:
        mark = item if key is None else key(item)
        if out and out[-1][0] == mark:
            out[-1][1].append(item)
        else:
            out.append((mark, [item]))
    return out


def batched(iterable, n):
    items = list(iterable)
    return [tuple(items[k : k + n]) for k in range(0, len(items), n)]


def takewhile_in_turns(predicate, iterable):
    for item in iterable:
        if not predicate(item):
            break
        yield item


def dropwhile_in_turns(predicate, iterable):
    dropping = True
    for item in iterable:
        if dropping and predicate(item):
            continue
        dropping = False
        yield item


def filter_in_turns(predicate, iterable):
    for item in iterable:
        if predicate(item):
            yield item


def filterfalse_in_turns(predicate, iterable):
    for item in iterable:
        if not predicate(item):
            yield item


def map_in_turns(function, iterable):
    for item in iterable:
        yield function(item)


# Those of which the items have effects are generators, which take turns with what asks for them.
IN_TURNS: dict[Any, Callable[..., Any]] = {
    filter: filter_in_turns,
    map: map_in_turns,
    itertools.takewhile: takewhile_in_turns,
    itertools.dropwhile: dropwhile_in_turns,
    itertools.filterfalse: filterfalse_in_turns,
}
LAZY: dict[Any, Callable[..., Any]] = {
    itertools.takewhile: takewhile,
    itertools.dropwhile: dropwhile,
    itertools.filterfalse: filterfalse,
    itertools.compress: compress,
    itertools.zip_longest: zip_longest,
    itertools.groupby: groupby,
}
if hasattr(itertools, "batched"):
    LAZY[itertools.batched] = batched


def heapify(x, /):
    for k in range(len(x) // 2 - 1, -1, -1):
        _sift_up(x, k)


def heappush(heap, item, /):
    heap.append(item)
    _sift_down(heap, 0, len(heap) - 1)


def heappop(heap, /):
    last = heap.pop()
    if heap:
        first = heap[0]
        heap[0] = last
        _sift_up(heap, 0)
        return first
    return last


def heapreplace(heap, item, /):
    first = heap[0]
    heap[0] = item
    _sift_up(heap, 0)
    return first


def heappushpop(heap, item, /):
    if heap and heap[0] < item:
        item, heap[0] = heap[0], item
        _sift_up(heap, 0)
    return item


def _sift_down(heap, start, place):
    item = heap[place]
    while place > start:
        above = (place - 1) >> 1
        parent = heap[above]
        if not item < parent:
            break
        heap[place] = parent
        place = above
    heap[place] = item


def _sift_up(heap, place):
    end = len(heap)
    start = place
    item = heap[place]
    child = 2 * place + 1
    while child < end:
        right = child + 1
        if right < end and not heap[child] < heap[right]:
            child = right
        heap[place] = heap[child]
        place = child
        child = 2 * place + 1
    heap[place] = item
    _sift_down(heap, start, place)


def bisect_left(a, x, lo=0, hi=None, *, key=None):
    if hi is None:
        hi = len(a)
    while lo < hi:
        middle = (lo + hi) // 2
        if (a[middle] if key is None else key(a[middle])) < x:
            lo = middle + 1
        else:
            hi = middle
    return lo


def bisect_right(a, x, lo=0, hi=None, *, key=None):
    if hi is None:
        hi = len(a)
    while lo < hi:
        middle = (lo + hi) // 2
        if x < (a[middle] if key is None else key(a[middle])):
            hi = middle
        else:
            lo = middle + 1
    return lo


def insert_within(a, place, x):
    """Stand for ``a.insert(place, x)`` at a place that is there."""
    raise NotImplementedError


def insort_left(a, x, lo=0, hi=None, *, key=None):
    insert_within(a, bisect_left(a, x if key is None else key(x), lo, hi, key=key), x)


def insort_right(a, x, lo=0, hi=None, *, key=None):
    insert_within(a, bisect_right(a, x if key is None else key(x), lo, hi, key=key), x)


def nsmallest(n, iterable, key=None):
    return sorted(iterable, key=key)[:n]


def nlargest(n, iterable, key=None):
    return sorted(iterable, key=key, reverse=True)[:n]


def merge(*iterables, key=None, reverse=False):
    rest = [list(one) for one in iterables]
    for one in rest:
        by = one if key is None else [key(item) for item in one]
        for a, b in itertools.pairwise(by):
            if a < b if reverse else b < a:
                raise ValueError("heapq.merge of what is not in order")
    return sorted([item for one in rest for item in one], key=key, reverse=reverse)


for _known, _function in (
    (heapq.heapify, heapify), (heapq.heappush, heappush), (heapq.heappop, heappop),
    (heapq.heapreplace, heapreplace), (heapq.heappushpop, heappushpop),
    (bisect.bisect_left, bisect_left), (bisect.bisect_right, bisect_right),
    (bisect.bisect, bisect_right), (bisect.insort_left, insort_left),
    (bisect.insort_right, insort_right), (bisect.insort, insort_right),
    (heapq.nsmallest, nsmallest), (heapq.nlargest, nlargest),
):  # fmt: skip
    READ_AS.enter(_known, _function)
LAZY[heapq.merge] = merge  # a generator, too
