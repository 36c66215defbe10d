"""Objects that come, go and lead to others as the numbers decide: tasks, caches, hulls, groups."""

from __future__ import annotations

import heapq
import itertools
from collections import namedtuple
from dataclasses import dataclass, field, replace
from enum import Enum, auto

import numpy as np


class State(Enum):
    IDLE = auto()
    RUNNING = auto()
    DONE = auto()


class Task:
    def __init__(self, cost):
        self.cost, self.state, self.needs = cost, State.IDLE, []

    def ready(self):
        return all(t.state is State.DONE for t in self.needs)


def tasks_that_wait(x):
    tasks = []
    for v in x:
        task = Task(v * v)
        if tasks and v > 0:
            task.needs.append(tasks[-1])
        if len(tasks) > 2:
            task.needs.append(tasks[0])
        tasks.append(task)
    time, turn = 0.0, 0
    while not all(t.state is State.DONE for t in tasks):
        turn += 1
        for t in tasks:
            if t.state is State.IDLE and t.ready():
                t.state = State.RUNNING
            elif t.state is State.RUNNING:
                time += t.cost * turn
                t.state = State.DONE
    return time


class Walker:
    def __init__(self):
        self.pos = np.zeros(2)


def arrays_written_in_place(x):
    walkers = []
    for v in x:
        if v > -0.5:
            w = Walker()
            w.pos[0] += v
            w.pos[1] = v * v
            walkers.append(w)
    first = walkers[0].pos
    for w in walkers:
        w.pos *= 2.0
    return sum(np.sum(w.pos**2) for w in walkers) + first[0]


Arrival = namedtuple("Arrival", "time who")


def named_tuples_in_a_heap(x):
    queue = []
    for v in x:
        heapq.heappush(queue, Arrival(v * v, "car" if v > 0 else "bus"))
    total = 0.0
    while queue:
        arrival = heapq.heappop(queue)
        total = 0.8 * total + arrival.time * (1 if arrival.who == "car" else -1)
    return total


class Entry:
    def __init__(self, value):
        self.value, self.next, self.previous = value, None, None


class Cache:
    def __init__(self, room):
        self.room, self.count, self.head = room, 0, None

    def push(self, value):
        entry = Entry(value)
        entry.next = self.head
        if self.head is not None:
            self.head.previous = entry
        self.head = entry
        self.count += 1
        if self.count > self.room:
            last = self.head
            while last.next is not None:
                last = last.next
            last.previous.next = None
            self.count -= 1


def oldest_leaves_a_cache(x):
    cache = Cache(3)
    for v in x:
        if v > -2.0:
            cache.push(2.0 * v)
    total, entry, k = 0.0, cache.head, 1
    while entry:
        total += k * entry.value**2
        entry = entry.next
        k += 1
    return total


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __sub__(self, other):
        return Point(self.x - other.x, self.y - other.y)

    def __lt__(self, other):
        return (self.x, self.y) < (other.x, other.y)

    def cross(self, other):
        return self.x * other.y - self.y * other.x


def area_of_a_hull(x):
    points = sorted([Point(x[i], x[i + 1]) for i in range(len(x) - 1)])
    hull = []
    for p in points:
        while len(hull) >= 2 and (hull[-1] - hull[-2]).cross(p - hull[-2]) <= 0:
            hull.pop()
        hull.append(p)
    return sum(hull[i - 1].cross(hull[i]) for i in range(len(hull)))


def found_or_none(x):
    def find(entries, limit):
        for e in entries:
            if e.value > limit:
                return e
        return None

    entries = []
    for v in x:
        if v != 0:
            entries.append(Entry(v))
    near, far = find(entries, 0.8), find(entries, 9.0)
    total = 1.0 if far is None else far.value
    if near is not None:
        near.value *= 3.0
    return total + sum(e.value**2 for e in entries)


def groups_by_sign(x):
    total = 0.0
    for positive, group in itertools.groupby(x, key=lambda v: v > 0):
        group = list(group)
        total += sum(group) ** 2 * (1 if positive else -len(group))
    return total


def groups_by_floor(x):
    ordered = sorted(x)
    return sum(k * sum(g) for k, g in itertools.groupby(ordered, key=lambda v: np.floor(2 * v)))


X = np.array([0.7, -0.3, 1.2, 0.1, 0.9])
LONGER = np.array([0.2, 1.3, -0.7, 0.95, 0.4, -0.1, 0.6])


class Spot:
    """A row, and numbers made of it."""

    def __init__(self, row, level):
        self.row = row
        self.level = level
        self.bias = 0.3 * (level if row[-2] > 0.7737 else row[0])


def total_of_spots(x, depth):
    if depth <= 0:
        return 1.4 * x
    spots = [Spot(np.array([x, x, x]), 1.4 * depth)]
    q = float(spots[-1].row[::-1] @ spots[-1].row)
    if q > 0.5:
        return x if spots[-1].bias > 0.1 else q
    if q < 0.3:
        spots.append(spots[-1])
    return q + 0.5 * total_of_spots(float(q), depth - 1)


def spots_in_a_recursion(a, b):
    for v in b[::-1]:
        spot = Spot(a[::-1], total_of_spots(b[-1] / (1.5 + v**2), 1))
    s = np.cos(total_of_spots(np.exp(-(a[-3] ** 2)), 2))
    return s * spot.level + np.sum(spot.row**2)


@dataclass(frozen=True)
class Stage:
    place: np.ndarray
    heat: float
    turns: int = 0
    twice: float = field(init=False, default=2.0)


COLD = Stage(np.array([1.0, 2.0]), 0.5)


def replaced_until_hot(x):
    stage = Stage(x[:2], 0.3 * x[-1])
    stages = [stage]
    while stage.heat < 3.0 and stage.turns < 6:
        warm = stage.heat + 0.4 + stage.place[0] ** 2
        stage = replace(stage, place=1.2 * stage.place + warm, heat=warm, turns=stage.turns + 1)
        stages.append(stage)
    return sum(s.heat * s.place[1] * s.twice for s in stages) + stages[-1].turns


def replaced_from_outside(x):
    stages = []
    for v in x:
        if v > 0.0:
            stages.append(replace(COLD, heat=v))
        elif stages:
            stages.append(replace(stages[-1], place=stages[-1].place * v))
    return sum(s.heat**2 * s.place[1] + s.place[0] for s in stages)


NAMES = (
    "replaced_until_hot", "replaced_from_outside",
    "tasks_that_wait", "arrays_written_in_place", "named_tuples_in_a_heap", "oldest_leaves_a_cache",
    "area_of_a_hull", "found_or_none", "groups_by_sign", "groups_by_floor",
)  # fmt: skip
EXAMPLE_ARGS = {name: lambda: (X.copy(),) for name in NAMES}
MORE_ARGS = {name: [lambda: (X[::-1].copy(),), lambda: (LONGER.copy(),)] for name in NAMES}
EXAMPLE_ARGS["spots_in_a_recursion"] = lambda: (
    np.array([0.26, 0.3, 0.92]),
    np.array([-0.88, -0.5, 0.81]),
)
