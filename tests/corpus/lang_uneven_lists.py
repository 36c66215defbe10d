"""Lists of unlike items, ``[total, [names]]``, in lists: each is an object by its items."""

from __future__ import annotations

import numpy as np


def bins_filled(p):
    """Each bin is a list of what is left of it, and of what it holds."""
    bins = []
    for i, size in enumerate(p[:, 0]):
        for b in bins:
            if b[0] >= size:
                b[0] -= size
                b[1].append(i)
                break
        else:
            bins.append([1.0 - size, [i]])
    return sum(b[0] ** 2 * len(b[1]) for b in bins) + sum(p[k, 1] for _, held in bins for k in held)


def groups_of_three(p):
    groups = []
    for x, y in p:
        for g in groups:
            if abs(g[0] / g[1] - x) < 0.3:
                g[0] += x
                g[1] += 1
                g[-1].append(y)
                break
        else:
            groups.append([x, 1, [y]])
    return sum(total / n * sum(held) for total, n, held in groups)


def sums_of_rows(p):
    groups = []
    for row in p:
        for g in groups:
            if g[1] < 2:
                g[0] = g[0] + row
                g[1] += 1
                break
        else:
            groups.append([row.copy(), 1])
    return sum(np.sum((g[0] / g[1]) ** 2) for g in groups)


def tree_by_values(p):
    tree = [p[0, 0], []]
    for i in range(1, len(p)):
        node = [p[i, 0], []]
        if p[i, 1] < 0.2:
            node[1].append([p[i, 1], []])
        tree[1].append(node)

    def total(node):
        return node[0] + sum(0.5 * total(child) for child in node[1])

    return total(tree) ** 2


def best_path(p):
    queue, best = [[0.0, [0]]], 0.0
    while queue:
        gain, path = queue.pop()
        if len(path) == len(p):
            best = max(best, gain)
            continue
        for j in range(len(p)):
            if j not in path:
                queue.append([gain + p[path[-1], 0] * p[j, 1], path + [j]])
    return best


class Shelf:
    def __init__(self):
        self.slots = []

    def put(self, size, k):
        for slot in self.slots:
            if slot[0] + size < 1.2:
                slot[0] += size
                slot[1].append(k)
                return
        self.slots.append([size, [k]])


def slots_of_an_object(p):
    shelf = Shelf()
    for k, size in enumerate(p[:, 0]):
        shelf.put(size, k)
    return sum(size**2 * (1 + sum(held)) for size, held in shelf.slots)


def texts_beside_numbers(p):
    rows = []
    for x, y in p:
        if x > 0.2:
            rows.append(["up" if y > 0.3 else "down", x])
    rows[0][1] += p[0, 1] ** 2
    return sum(v if kind == "up" else v * v for kind, v in rows)


def dicts_beside_numbers(p):
    rows = []
    for k, (x, y) in enumerate(p):
        if x > 0.2:
            rows.append([x, {"n": k, "y": y}])
    rows[-1][0] *= 2.0
    return sum(v * held["n"] * held["y"] for v, held in rows)


def tree_of_a_recursion(p):
    def build(low, high):
        if high - low == 1:
            return [p[low, 0], []]
        middle = (low + high) // 2
        left, right = build(low, middle), build(middle, high)
        return [left[0] * right[0], [left, right]]

    def total(node):
        return node[0] + sum(0.5 * total(child) for child in node[1])

    return total(build(0, len(p)))


def _rooms(p):
    rooms = []
    for i in range(len(p)):
        if p[i, 0] > 0.2:
            rooms.append([1.0 - p[i, 0], [i]])
    return rooms


def rooms_by_other_names(p):
    rooms = _rooms(p)
    best = None
    for room in rooms:
        if best is None or room[0] < best[0]:
            best = room
    best[0] *= 3.0
    part = rooms[0][:]
    part[0] = 5.0 * p[1, 1]
    rooms[-1] = [rooms[-1][0] * 2, rooms[-1][1] + [3]]
    rooms[0], rooms[-1] = rooms[-1], rooms[0]
    return sum(r[0] * len(r[1]) * k for k, r in enumerate(rooms, 1)) + part[0] * len(best)


def rooms_compared(p):
    rooms = _rooms(p)
    total = 2.0 * p[0, 0] if rooms[0] == [1.0 - p[0, 0], [0]] else p[1, 0]
    total += sum(k * p[0, 1] for k, room in enumerate(rooms) if room in rooms[:2])
    total += p[1, 1] * rooms.index(rooms[1])
    return total + (max(rooms)[0] if rooms[0] != rooms[1] else 1.0)


def rooms_as_lists(p):
    rooms = sorted(_rooms(p), key=lambda room: (len(room[1]), -room[0]))
    total = p[0, 0] if isinstance(rooms[0], list) and type(rooms[0]) is list else p[0, 1]
    (first, _), *rest = rooms
    free, held = zip(*rooms)
    last = rooms.pop()
    last[1] = [4, 5]
    rooms.insert(0, last)
    total += first * len(rest) + sum(free) * len(held) + max(rooms)[0]
    return total + (rooms[0] * 2)[2] * ([1.0] + last)[1]


def told_from_tuples(p):
    """They are lists: no tuple is equal to one, and their class is that of lists."""
    rooms, total = [], 0.0
    for k, (x, y) in enumerate(p):
        rooms.append([x, [k]])
        for room in rooms:
            total += y * (room == [x, [k]]) + 10.0 * (room == (x, [k]))
            total += 20.0 * ((x, [k]) == room) + 30.0 * ((x, [k]) in rooms)
            if room.__class__ is list and type(room) is list and hasattr(room, "append"):
                total += x * y
            if hasattr(room, "first") or hasattr(room, "keys") or room == 3 or room is None:
                total += 100.0
    return total


EXAMPLE_ARGS = {
    "told_from_tuples": lambda: (_pairs(),),
    "bins_filled": lambda: (_pairs(),),
    "groups_of_three": lambda: (_pairs(),),
    "sums_of_rows": lambda: (_pairs(),),
    "tree_by_values": lambda: (_pairs(),),
    "best_path": lambda: (_pairs(),),
    "slots_of_an_object": lambda: (_pairs(),),
    "texts_beside_numbers": lambda: (_pairs(),),
    "dicts_beside_numbers": lambda: (_pairs(),),
    "tree_of_a_recursion": lambda: (_pairs(),),
    "rooms_by_other_names": lambda: (_pairs(),),
    "rooms_compared": lambda: (_pairs(),),
    "rooms_as_lists": lambda: (_pairs(),),
}


def _pairs():
    return np.array([[0.31, 0.8], [0.65, 0.1], [0.9, 0.45]])


MORE_ARGS = {
    "bins_filled": [lambda: (np.array([[0.7, 0.2], [0.4, 0.5], [0.25, 0.9], [0.5, 0.3]]),)],
    "groups_of_three": [lambda: (_pairs() * 0.3,)],
    "rooms_by_other_names": [lambda: (_pairs()[::-1].copy(),)],
}
