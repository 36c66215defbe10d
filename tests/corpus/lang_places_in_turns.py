"""Places in an array that loops carry as tuples, among them such as come out of dicts and lists."""

from __future__ import annotations

import numpy as np


def way_back(m, k):
    parent = {(0, 0): None}
    cell = (0, 0)
    for _ in range(k):
        new = (cell[0] + 1, cell[1]) if m[cell] > 0 else (cell[0], cell[1] + 1)
        parent[new] = cell
        cell = new
    total = 0.0
    while cell is not None:
        total += m[cell] ** 2
        cell = parent[cell]
    return total


def back_to_the_start(m, k):
    came_from = {(0, 0): (0, 0)}
    cell = (0, 0)
    for _ in range(k):
        new = (cell[0] + 1, cell[1]) if m[cell] > 0 else (cell[0], cell[1] + 1)
        came_from[new] = cell
        cell = new
    total = 0.0
    while cell in came_from and cell != (0, 0):
        total += m[cell] ** 2
        cell = came_from[cell]
    return total


def list_at_first(m, k):
    rows = [(0, 1), (1, 0), (2, 2)]
    cell = [0, 1]
    total = 0.0
    for i in range(20 * k):
        if cell in rows and cell != [1, 0]:
            total += m[0, 0] ** 2
        total += m[cell[0], cell[1]] ** 2
        cell = rows[(i + k) % 3]
    return total


def last_in_order(m):
    order = []
    best = None
    for i in range(m.shape[0]):
        for j in range(m.shape[1]):
            if best is None or m[i, j] > m[best]:
                order.append((i, j))
                best = order[-1]
    while best in order and len(order) > 1:
        order.pop()
        best = order[-1]
    return m[best] ** 2 + len(order)


def steepest_walk(m):
    place, seen, total = (0, 0), set(), 0.0
    while place not in seen:
        seen.add(place)
        total += m[place] ** 2
        i, j = place
        near = [(i + a, j + b) for a, b in ((0, 1), (1, 0), (0, -1), (-1, 0))]
        near = [c for c in near if 0 <= c[0] < m.shape[0] and 0 <= c[1] < m.shape[1]]
        place = max(near, key=lambda c: m[c])
    return total * len(seen)


def roots(m, level):
    n = m.shape[1]
    parent = {(i, j): (i, j) for i in range(m.shape[0]) for j in range(n)}

    def find(cell):
        while parent[cell] != cell:
            cell = parent[cell]
        return cell

    for i in range(m.shape[0]):
        for j in range(n - 1):
            if m[i, j] > level and m[i, j + 1] > level:
                parent[find((i, j))] = find((i, j + 1))
    return sum(m[find(cell)] ** 2 for cell in parent)


M = np.array([[0.3, -0.7, 1.1, 0.2], [0.9, 0.45, -0.35, 0.65], [-1.2, 0.15, 0.55, -0.4]])
EXAMPLE_ARGS = {
    "way_back": lambda: (M.copy(), 2),
    "back_to_the_start": lambda: (M.copy(), 2),
    "list_at_first": lambda: (M.copy(), 2),
    "last_in_order": lambda: (M.copy(),),
    "steepest_walk": lambda: (M.copy(),),
    "roots": lambda: (M.copy(), 0.1),
}
