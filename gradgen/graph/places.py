"""Where the items of each rank stand: near their neighbours, lanes straight, none overlapping."""

from __future__ import annotations

from gradgen.graph.boxes import Item

GAP_ACROSS = 26.0
GAP_LANES = 14.0
PULLS = 60
PULLS_BOTH = 24
# How much neighbours count: lanes keep straight, arguments stand beside the line that reads them.
LANE_TO_LANE = 8.0
BOX_TO_BOX = 2.0
ARGUMENT = 0.05
LANE_WEIGHT = 4.0

Room = dict[Item, tuple[Item | None, Item | None]]


def settle(ranks: list[list[Item]], quick: bool = False) -> None:
    """Give every item its ``x``; the order in the ranks stays."""
    _across(ranks, PULLS_BOTH if quick else PULLS)
    _straighten(ranks)


def _across(ranks: list[list[Item]], pulls: int) -> None:
    """Pull boxes towards their neighbours, rank by rank, without changing the order."""
    for rank in ranks:
        _pack(rank, [0.0] * len(rank))
    for k in range(pulls):
        down = k % 2 == 0
        for rank in ranks if down else reversed(ranks):
            middle = _middle(rank)
            both = k >= pulls - PULLS_BOTH
            _pack(rank, [_wanted(item, both, down, middle) for item in rank])


def _middle(rank: list[Item]) -> float:
    """Return the mean place of the neighbours of a rank."""
    near = [k.source.x for i in rank for k in i.above] + [k.target.x for i in rank for k in i.below]
    return sum(near) / len(near) if near else 0.0


def _wanted(item: Item, both: bool, down: bool, middle: float) -> float:
    """Return where an item would like to be: in line with its neighbours."""
    up = [(k.source.x + k.out_at - k.in_at, _pull(item, k.source)) for k in item.above]
    low = [(k.target.x + k.in_at - k.out_at, _pull(item, k.target)) for k in item.below]
    chosen = up + low if both or not (up and low) else (up if down else low)
    total = sum(weight for _, weight in chosen)
    return sum(x * weight for x, weight in chosen) / total if chosen else middle


def _pull(item: Item, other: Item) -> float:
    """Return how much a neighbour counts for an item's place."""
    if item.is_lane and other.is_lane:
        return LANE_TO_LANE
    if item.is_lane or other.is_lane:
        return 1.0
    return BOX_TO_BOX if other.above else ARGUMENT


def _pack(rank: list[Item], wanted: list[float]) -> None:
    """Find the places nearest to what is wanted that keep order and distance.

    With the distances taken out this is isotonic regression, solved by pooling adjacent violators.
    """
    offsets, at = [], 0.0
    for k, item in enumerate(rank):
        if k:
            at += (rank[k - 1].width + item.width) / 2 + _gap(rank[k - 1], item)
        offsets.append(at)
    pools: list[tuple[float, float, int]] = []  # weighted sum, weight, members
    for item, want, offset in zip(rank, wanted, offsets, strict=True):
        weight = LANE_WEIGHT if item.is_lane else 1.0 if item.above else ARGUMENT
        pools.append(((want - offset) * weight, weight, 1))
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            (s, w, n), (t, v, m) = pools[-2:]
            pools[-2:] = [(s + t, w + v, n + m)]
    k = 0
    for total, weight, members in pools:
        for _ in range(members):
            rank[k].x = total / weight + offsets[k]
            k += 1


def _gap(a: Item, b: Item) -> float:
    return GAP_LANES if a.is_lane or b.is_lane else GAP_ACROSS


# --- lanes --------------------------------------------------------------------------------


def _straighten(ranks: list[list[Item]]) -> None:
    """Give lanes that follow each other one place, as far as their neighbours leave room."""
    room = {}
    for rank in ranks:
        for k, item in enumerate(rank):
            if item.is_lane:
                after = rank[k + 1] if k + 1 < len(rank) else None
                room[item] = (rank[k - 1] if k else None, after)
    for chain in _chains(ranks):
        run: list[Item] = []
        for lane in [*chain, None]:
            if lane is not None and _common([*run, lane], room) is not None:
                run.append(lane)
                continue
            free = _common(run, room)
            if free is not None and len(run) > 1:
                middle = sum(item.x for item in run) / len(run)
                for item in run:
                    item.x = min(max(middle, free[0]), free[1])
            run = [] if lane is None else [lane]


def _chains(ranks: list[list[Item]]) -> list[list[Item]]:
    """Return the lanes in lines that lead down, each line from its first to its last."""
    out, seen = [], set()
    for item in (i for rank in ranks for i in rank):
        chain = []
        while item.is_lane and item not in seen:
            seen.add(item)
            chain.append(item)
            below = [k.target for k in item.below if k.target.is_lane]
            item = below[0] if below else item
        if len(chain) > 1:
            out.append(chain)
    return out


def _common(run: list[Item], room: Room) -> tuple[float, float] | None:
    """Return the places that all lanes of a run could take, None if there is none."""
    low, high = float("-inf"), float("inf")
    for item in run:
        left, right = room[item]
        if left is not None:
            low = max(low, left.x + (left.width + item.width) / 2 + GAP_LANES)
        if right is not None:
            high = min(high, right.x - (right.width + item.width) / 2 - GAP_LANES)
    return (low, high) if low <= high + 1e-6 else None
