"""Objects as keys of dicts that are found by what they hold: frozen dataclasses, named tuples."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


@dataclass(frozen=True)
class Cell:
    row: int
    column: int

    def left(self):
        return Cell(self.row, self.column - 1)


@dataclass(frozen=True, order=True)
class Tag:
    name: str
    place: int = 0


class Pair(NamedTuple):
    number: int
    name: str


class Thing:
    pass


FLOWS = {Tag("a"): 0.5, Tag("b", 1): -1.5, Tag("c", 2): 2.0}
RATES = OrderedDict([("up", 0.5), ("down", -2.0)])


def cheapest_way(grid):
    n, m = grid.shape
    cost = {}
    for i in range(n):
        for j in range(m):
            here = Cell(i, j)
            ways = []
            if i:
                ways.append(cost[Cell(i - 1, j)])
            if here.left() in cost:
                ways.append(cost[here.left()])
            cost[here] = grid[i, j] + (min(ways) if ways else 0.0)
    corners = sum(v for cell, v in cost.items() if cell.row == cell.column)
    return cost[Cell(n - 1, m - 1)] * corners


def tags_by_path(x):
    held = {Tag("a"): x[0], Tag("b", 1): x[1]}
    by_test = Tag("a") if x[0] > 0 else Tag("b", 1)
    by_field = Tag("b" if x[1] > 0 else "a", 1 if x[1] > 0 else 0)
    held[by_test] *= 2.0
    held[by_field] += x[2]
    total = 0.0
    for tag, v in held.items():
        total += v * (tag.place + 1)
        if tag == by_test:
            total *= 2.0
        if tag.name == "b":
            total += x[3]
    return total + (x[0] if Tag("c") in held else x[1]) * len(held)


def named_tuples(x):
    held = {}
    for i, v in enumerate(x):
        held[Pair(i, "up" if v > 0 else "down")] = v * (i + 1)
    ups = held[Pair(0, "up")] if Pair(0, "up") in held else x[1]
    return sum(v * pair.number for pair, v in held.items()) * ups


def things_in_tuples(x):
    a, b = Thing(), Thing()
    held = {(a, 1): x[0], (b, 1): x[1]}
    held[a, 1] *= 2.0
    mine = sum(v for (thing, _), v in held.items() if thing is a)
    return held[a, 1] * held[b, 1] + mine * sum(k[1] * v for k, v in held.items())


def tags_outside(x):
    """A dict outside whose keys are equal to those made here; one that has an order."""
    total = FLOWS[Tag("b", 1)] * x[0] + FLOWS.get(Tag("b", 2), 0.25) * x[1]
    for tag, rate in FLOWS.items():
        total += rate * x[tag.place] ** 2 * (2.0 if Tag("c", tag.place) in FLOWS else 1.0)
    name = "up" if x[0] > 0 else "down"
    first = next(iter(FLOWS))
    return total * RATES[name] + sum(r * v for r, v in zip(RATES.values(), x)) * FLOWS[first]


EXAMPLE_ARGS = {
    "tags_outside": lambda: (np.array([0.4, 0.7, -0.3]),),
    "cheapest_way": lambda: (np.random.default_rng(3).uniform(0.1, 1.0, (3, 3)),),
    "tags_by_path": lambda: (np.array([0.4, 0.7, -0.3, 1.2]),),
    "named_tuples": lambda: (np.array([0.4, -0.7, 0.3]),),
    "things_in_tuples": lambda: (np.array([0.4, -0.7]),),
}

MORE_ARGS = {
    "tags_outside": [lambda: (np.array([-0.4, 0.7, -0.3]),)],
    "tags_by_path": [
        lambda: (np.array([-0.4, 0.7, -0.3, 1.2]),),
        lambda: (np.array([0.4, -0.7, -0.3, 1.2]),),
        lambda: (np.array([-0.4, -0.7, -0.3, 1.2]),),
    ],
    "named_tuples": [lambda: (np.array([-0.4, -0.7, 0.3]),)],
}
