"""Layered drawing of one level of boxes (Sugiyama, Tagawa and Toda, 1981).

Boxes are put on ranks so that arrows point down; an arrow over several ranks gets a lane of its own
through each; ranks are ordered to cross few arrows, and places are chosen to bend few.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from gradgen.graph import places
from gradgen.graph.boxes import Arrow, Item, Link

LANE = 10.0
GAP_DOWN = 34.0
SWEEPS = 14
# Beyond this many boxes and lanes the order is improved by fewer sweeps.
LARGE = 600


def arrange(items: Sequence[Item], arrows: Sequence[Arrow]) -> tuple[float, float]:
    """Give each item its place (``x`` its middle, ``y`` its top); return width and height."""
    _rank(items, arrows)
    everything = [*items, *_lanes(arrows)]
    ranks: list[list[Item]] = [[] for _ in range(max((i.rank for i in everything), default=-1) + 1)]
    for item in everything:
        ranks[item.rank].append(item)
    _order(ranks, SWEEPS if len(everything) <= LARGE else 3)
    places.settle(ranks, len(everything) > LARGE)
    height = _down(ranks)
    left = min((i.x - i.width / 2 for i in everything), default=0.0)
    for item in everything:
        item.x -= left
    return max((i.x + i.width / 2 for i in everything), default=0.0), height


# --- ranks --------------------------------------------------------------------------------


def _rank(items: Sequence[Item], arrows: Sequence[Arrow]) -> None:
    """Put each box below what it reads; one that reads little stands just above its reader."""
    incoming: dict[Item, list[Arrow]] = {i: [] for i in items}
    outgoing: dict[Item, list[Arrow]] = {i: [] for i in items}
    for arrow in arrows:
        incoming[arrow.target].append(arrow)
        outgoing[arrow.source].append(arrow)
    waiting = {i: len(incoming[i]) for i in items}
    ready = [i for i in items if waiting[i] == 0]
    order = []
    while ready:
        item = ready.pop(0)
        order.append(item)
        for arrow in outgoing[item]:
            arrow.target.rank = max(arrow.target.rank, item.rank + 1)
            waiting[arrow.target] -= 1
            if waiting[arrow.target] == 0:
                ready.append(arrow.target)
    for item in reversed(order):
        if outgoing[item] and not item.pinned and len(incoming[item]) <= len(outgoing[item]):
            item.rank = min(a.target.rank for a in outgoing[item]) - 1
    last = max((i.rank for i in items), default=0)
    for item in items:
        if item.pinned:
            item.rank = 0 if item.pinned == "top" else last
    if any(i.pinned == "bottom" and not _is_below(i, items) for i in items):
        for item in items:
            item.rank += item.pinned == "bottom"


def _is_below(item: Item, items: Sequence[Item]) -> bool:
    return all(other.pinned == "bottom" or other.rank < item.rank for other in items)


def _lanes(arrows: Sequence[Arrow]) -> list[Item]:
    """Lead arrows over several ranks; those of one source share their lanes."""
    shared: dict[tuple[Item, float, int], Item] = {}
    linked: dict[tuple[Item, Item], Link] = {}
    for arrow in arrows:
        last, out_at = arrow.source, arrow.out_at
        for rank in range(arrow.source.rank + 1, arrow.target.rank):
            key = (arrow.source, arrow.out_at, rank)
            lane = shared.get(key)
            if lane is None:
                lane = shared[key] = Item("", LANE, 0.0, rank=rank)
            _link(linked, last, lane, out_at, 0.0)
            arrow.lanes.append(lane)
            last, out_at = lane, 0.0
        _link(linked, last, arrow.target, out_at, arrow.in_at)
    return list(shared.values())


def _link(
    linked: dict[tuple[Item, Item], Link], a: Item, b: Item, out_at: float, in_at: float
) -> None:
    if (a, b) not in linked or not b.is_lane:
        link = linked[a, b] = Link(a, b, out_at, in_at)
        a.below.append(link)
        b.above.append(link)


# --- order --------------------------------------------------------------------------------


def _order(ranks: list[list[Item]], sweeps: int) -> None:
    """Sort ranks by the mean place of neighbours, up and down, and keep the best order seen."""
    best, fewest = [list(r) for r in ranks], _crossings(ranks)
    for sweep in range(sweeps):
        down = sweep % 2 == 0
        for rank in ranks[1:] if down else ranks[-2::-1]:
            _sort(rank, ranks, down)
        crossings = _crossings(ranks)
        if crossings < fewest:
            best, fewest = [list(r) for r in ranks], crossings
        if fewest == 0:
            break
    ranks[:] = best


def _sort(rank: list[Item], ranks: list[list[Item]], down: bool) -> None:
    fixed = ranks[rank[0].rank + (-1 if down else 1)] if rank else []
    place = {item: k for k, item in enumerate(fixed)}
    wanted: dict[Item, float] = {}
    for k, item in enumerate(rank):
        links = item.above if down else item.below
        near = [at for link in links if (at := _meeting(link, place, down)) is not None]
        wanted[item] = sum(near) / len(near) if near else k * len(fixed) / max(len(rank), 1)
    rank.sort(key=lambda item: wanted[item])


def _meeting(link: Link, place: dict[Item, int], down: bool) -> float | None:
    """Return where a link meets the other rank, in box numbers and fractions of a box."""
    other, at = (link.source, link.out_at) if down else (link.target, link.in_at)
    if other not in place:
        return None
    return place[other] + (at / other.width if other.width else 0.0)


def _crossings(ranks: list[list[Item]]) -> int:
    """Count the pairs of links that cross."""
    total = 0
    for upper, lower in itertools.pairwise(ranks):
        place = {item: float(k) for k, item in enumerate(lower)}
        ends = []
        for k, item in enumerate(upper):
            for link in item.below:
                if link.target in place:
                    at = link.in_at / link.target.width if link.target.width else 0.0
                    start = k + (link.out_at / item.width if item.width else 0.0)
                    ends.append((start, place[link.target] + at))
        ends.sort()
        total += _inversions([e for _, e in ends])
    return total


def _inversions(numbers: list[float]) -> int:
    """Count pairs out of order, by merging."""
    if len(numbers) < 2:
        return 0
    half = len(numbers) // 2
    left, right = numbers[:half], numbers[half:]
    total = _inversions(left) + _inversions(right)
    left.sort()
    right.sort()
    k = 0
    for v in right:
        while k < len(left) and left[k] <= v:
            k += 1
        total += len(left) - k
    return total


def _down(ranks: list[list[Item]]) -> float:
    """Put ranks below each other; return the height of all."""
    y = 0.0
    for k, rank in enumerate(ranks):
        tall = max((item.height for item in rank), default=0.0)
        for item in rank:
            item.y = y
            item.room_below = tall - item.height
            if item.is_lane:
                item.height = tall
        y += tall + (GAP_DOWN if k < len(ranks) - 1 else 0.0)
    return y
