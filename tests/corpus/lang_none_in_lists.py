"""Lists of unknown length in which None stands beside numbers, until these are known."""

import heapq
import math

import numpy as np


def remembered(x, n):
    table = [None] * n
    total = 0.0
    for k in range(2 * n):
        place = k * k % n
        if table[place] is None:
            table[place] = x * (k + 1)
        total += table[place] ** 2
    return total


def last_seen(x, n):
    seen = [None for _ in range(n)]
    total = 0.0
    for k in range(2 * n):
        place = k * k % n
        if seen[place] is not None:
            total += seen[place] * x
        seen[place] = x * (k + 1)
    return total


def until_none(x, n):
    stack = [None]
    for k in range(n):
        stack.append(x * k)
    total = 0.0
    while True:
        item = stack.pop()
        if item is None:
            break
        total += item**2
    return total


def others_than_none(x, n):
    items = [None, *[x * k for k in range(n)]]
    rest = [v for v in items if v is not None]
    return rest[-1] * rest[1] + sum(0.0 if v is None else v * v for v in items)


def states_filled_in(x, n):
    states = [None] * n
    states[0] = np.array([x, 1.0])
    for t in range(n - 1):
        states[t + 1] = states[t] * x + t
    return np.sum(states[n - 1] ** 2)


def before_none_goes_in(x, n):
    found = [x]
    total = 0.0
    for k in range(n):
        if found[k] is not None:
            total += found[k] ** 2
        found.append(x * k)
    found.append(None)
    return total + sum(v for v in found if v is not None)


def appended_now_and_then(x, n):
    out = [None]
    for k in range(n):
        out.append(x * k if out[-1] is None else out[-1] * 0.5 + k)
        if k % 5 == 4:
            out.append(None)
    return sum(0.3 * x if v is None else v for v in out)


def one_turn(x):
    held = (1,)
    parts = [x * held.index(k) + x if k in held else None for k in range(1, 2)]
    return parts[0] ** 2


def smoothed_backwards(gain, drive):
    """A backward pass into a list of None, over rows that forward steps made."""
    states, predicted = [np.zeros(2)], []
    for v in drive:
        predicted.append(gain @ states[-1])
        states.append(predicted[-1] + v)
    smooth = [None] * len(states)
    smooth[-1] = states[-1]
    for t in range(len(drive) - 1, -1, -1):
        smooth[t] = states[t] + gain @ (smooth[t + 1] - predicted[t])
    return np.sum(np.stack(smooth) ** 3)


def of_changing_lengths(weights, x):
    """None is replaced by rows of one length, these by None, and this by rows of another."""
    n = len(x)
    rows = [None] * n
    rows[-1] = x
    for i in range(n - 1):
        if i < 1:
            rows[i] = weights[: n - i] @ rows[-1]
        else:
            rows[i] = weights[:, : len(rows[i - 1])] @ rows[i - 1]
        if i == 1:
            rows[0] = None
    rows[0] = rows[1] * 2
    rows[0] = rows[0][1:]
    return np.sum(rows[0] ** 2) + np.sum(rows[1])


def shortest_way(weights, edges, n):
    """None stands beside numbers in one list, tuples of floats and integers in another."""
    around = {i: [] for i in range(n)}
    for k, (u, v) in enumerate(edges):
        around[u].append((v, k))
        around[v].append((u, k))
    distance, before = [math.inf] * n, [None] * n
    distance[0] = 0.0
    heap = [(0.0, 0)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > distance[u]:
            continue
        for v, k in around[u]:
            further = d + weights[k] ** 2
            if further < distance[v]:
                distance[v], before[v] = further, u
                heapq.heappush(heap, (further, v))
    way, here = [], n - 1
    while here is not None:
        way.append(distance[here])
        here = before[here]
    return sum(distance) + 0.1 * len(way) * way[0]


def shortest_way_by_keys(weights, around, start):
    """The same with dicts by computed keys, of which one holds None."""
    before, distance = {start: None}, {start: 0.0}
    heap = [(0.0, start)]
    while heap:
        d, u = heapq.heappop(heap)
        for v, k in around[u]:
            further = d + weights[k] ** 2
            if further < distance.get(v, math.inf):
                distance[v], before[v] = further, u
                heapq.heappush(heap, (further, v))
    here = len(around) - 1
    total = 0.0
    while here is not None:
        total += distance[here] ** 2
        here = before[here]
    return total


def parents_in_a_heap(x):
    """Tuples of which one begins with None in the place of a number."""
    heap, parents, total = [(0.0, 0, None)], {}, 0.0
    while heap:
        d, node, parent = heapq.heappop(heap)
        if node in parents:
            continue
        parents[node] = parent
        total += d if parent is None else d * x[parent]
        for k in range(node + 1, len(x)):
            heapq.heappush(heap, (d + x[k] ** 2, k, node))
    here = len(x) - 1
    while here is not None:
        total += x[here]
        here = parents[here]
    return total


def rows_followed(x):
    """A recursive function is given items of a list that may be None."""
    n = len(x)
    parents = [None] * n
    for k in range(1, n):
        if x[k] > 0.3:
            parents[k] = (k - 1, k // 2)

    def followed(row, depth):
        if not row or depth > 3:
            return 0.0
        return x[row[0]] ** 2 * (row[1] + 1) + followed(parents[row[0]], depth + 1)

    return followed(parents[n - 1], 0) + followed((1, 2), 0)


class _Seen:
    def __init__(self, value, place):
        self.value, self.place = value, place


def objects_and_numbers(x):
    """None beside numbers in one list, beside objects and beside tuples in others."""
    n = len(x)
    heap, before, seen, log, total = [(0.0, 0)], [None] * n, [None for _ in x], [None], 0.0
    while heap:
        d, u = heapq.heappop(heap)
        if seen[u] is not None:
            total += seen[u].value * u
            continue
        seen[u] = _Seen(d + x[u], u)
        for k in range(u + 1, n):
            if before[k] is None:
                before[k] = u
            log.append((d * x[k], "seen", k) if x[k] > 0.5 else None)
            heapq.heappush(heap, (d + x[k] ** 2, k))
    for place, entry in zip(before, log, strict=False):
        total += x[place] if place is not None else 2.0 * x[0]
        total += entry[0] * entry[2] if entry is not None else 0.3 * x[1]
    return total


_EDGES = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]
_AROUND = [[(1, 0), (2, 1)], [(0, 0), (2, 2), (3, 3)], [(0, 1), (1, 2), (3, 4)], [(1, 3), (2, 4)]]
EXAMPLE_ARGS = {
    "parents_in_a_heap": lambda: (np.array([0.3, 0.5, 1.2, 0.7]),),
    "rows_followed": lambda: (np.array([0.3, 0.52, 1.2, 0.7]),),
    "objects_and_numbers": lambda: (np.array([0.3, 0.52, 1.2, 0.7]),),
    "shortest_way": lambda: (np.array([0.5, 1.2, 0.8, 0.4, 1.5]), _EDGES, 4),
    "shortest_way_by_keys": lambda: (np.array([0.5, 1.2, 0.8, 0.4, 1.5]), _AROUND, 0),
    "remembered": lambda: (0.9, 150),
    "last_seen": lambda: (0.9, 150),
    "until_none": lambda: (0.9, 150),
    "others_than_none": lambda: (0.9, 150),
    "states_filled_in": lambda: (0.9, 150),
    "before_none_goes_in": lambda: (0.9, 150),
    "appended_now_and_then": lambda: (0.9, 70),
    "one_turn": lambda: (0.9,),
    "smoothed_backwards": lambda: (np.array([[1.0, 0.1], [-0.2, 0.9]]), np.array([0.3, 0.5, -0.4])),
    "of_changing_lengths": lambda: (np.cos(np.arange(16.0)).reshape(4, 4), np.sin(np.arange(4.0))),
}
