"""Objects whose number or links depend on the numbers: linked lists, trees, queues, simulations."""

from __future__ import annotations

import copy
import heapq
from collections import deque
from dataclasses import dataclass
from enum import Enum

import numpy as np


class Cell:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


def list_reversed(x):
    head = None
    for v in x:
        head = Cell(v, head)
    previous = None
    while head:
        head.next, previous, head = previous, head, head.next
    total, k = 0.0, 1
    while previous is not None:
        total += k * previous.value**3
        k += 1
        previous = previous.next
    return total


def sorted_insertion(x):
    head = None
    for v in x:
        if head is None or v < head.value:
            head = Cell(v, head)
            continue
        at = head
        while at.next is not None and at.next.value <= v:
            at = at.next
        at.next = Cell(v, at.next)
    total, weight = 0.0, 1.0
    while head is not None:
        total += weight * head.value**2
        weight *= 1.5
        head = head.next
    return total


class Leaf:
    def __init__(self, key):
        self.key = key
        self.left = None
        self.right = None


class Tree:
    def __init__(self):
        self.root = None
        self.size = 0

    def insert(self, key):
        self.size += 1
        leaf = Leaf(key)
        if self.root is None:
            self.root = leaf
            return
        at = self.root
        while True:
            if key < at.key:
                if at.left is None:
                    at.left = leaf
                    return
                at = at.left
            else:
                if at.right is None:
                    at.right = leaf
                    return
                at = at.right

    def weighed(self):
        stack, total, weight = [self.root], 0.0, 1.0
        while stack:
            leaf = stack.pop()
            if leaf is None:
                continue
            total += weight * leaf.key**2
            weight *= 0.8
            stack += [leaf.left, leaf.right]
        return total / self.size


def search_tree(x):
    tree = Tree()
    for v in x:
        tree.insert(v)
    return tree.weighed()


class Particle:
    def __init__(self, pos, vel):
        self.pos = pos
        self.vel = vel
        self.age = 0

    def step(self, dt):
        self.pos = self.pos + dt * self.vel
        self.vel = self.vel - dt * self.pos
        self.age += 1

    @property
    def energy(self):
        return 0.5 * np.sum(self.pos**2) + 0.5 * np.sum(self.vel**2)


def particles_leave(x):
    swarm = []
    for k in range(len(x)):
        if x[k, 0] > -1.0:
            swarm.append(Particle(x[k] * 2.0, x[k, ::-1] * 0.5))
    for _ in range(4):
        for p in swarm:
            p.step(0.2)
        swarm = [p for p in swarm if p.energy < 2.5]
    return sum(p.energy * p.age for p in swarm) + len(swarm)


class Body:
    def __init__(self, mass, pos):
        self.mass, self.pos = mass, pos


def bodies_merge(x):
    bodies = [Body(1.0 + 0.1 * k, x[k]) for k in range(len(x))]
    k = 0
    while k < len(bodies) - 1:
        if abs(bodies[k].pos - bodies[k + 1].pos) < 0.6:
            one, other = bodies[k], bodies.pop(k + 1)
            one.pos = (one.mass * one.pos + other.mass * other.pos) / (one.mass + other.mass)
            one.mass += other.mass
        else:
            k += 1
    return sum(b.mass * b.pos**2 for b in bodies)


def one_object_two_names(x):
    cells = []
    for v in x:
        if v > 0.0:
            cells.append(Cell(v))
    first, last = cells[0], cells[-1]
    first.value *= 3.0
    total = 0.0
    for c in cells:
        if c is first:
            total += c.value**2
        elif c is not last:
            total += c.value
    twin = copy.copy(first)
    twin.value = 0.0
    return total + cells[0].value * last.value


class Kind(Enum):
    UP = 1
    DOWN = 2


@dataclass
class Event:
    time: float
    kind: Kind
    label: str
    place: tuple
    done: bool = False


def events_of_kinds(x):
    events = []
    for v in x:
        if v > 0:
            events.append(Event(v, Kind.UP, "up", (v, 1.0)))
        elif v > -2.0:
            events.append(Event(-v, Kind.DOWN, "down", (v * v, v)))
        if v > 0.6:
            events.append(Event(2 * v, Kind.DOWN, "late", (1.0, v)))
    events.sort(key=lambda e: e.time)
    state = 1.0
    for e in events:
        a, b = e.place
        if e.kind is Kind.UP:
            state += a * e.time
        elif e.label == "late":
            state -= b
        else:
            state *= 1.0 + 0.1 * a
        e.done = True
    return state


def mixed_tuples_in_a_heap(x):
    queue = []
    for k, v in enumerate(x):
        heapq.heappush(queue, (abs(v), k, "arrives"))
    total, served = 0.0, 0
    while queue and served < 12:
        time, k, what = heapq.heappop(queue)
        served += 1
        if what == "arrives":
            total += time * x[k]
            heapq.heappush(queue, (time + 0.5 * x[k] ** 2, k, "leaves"))
        else:
            total -= 0.3 * time
    return total


@dataclass(order=True)
class Job:
    due: float
    work: float


def jobs_in_order(x):
    jobs = []
    for v in x:
        if v > -2.0:
            heapq.heappush(jobs, Job(v * v, v))
    late = sorted(jobs)
    total, clock = 0.0, 0.0
    while jobs:
        job = heapq.heappop(jobs)
        clock += abs(job.work)
        total += (clock - job.due) ** 2
    return total + late[0].work * late[-1].due + (late[0] == jobs)


class Item:
    def __init__(self, worth, parent=None):
        self.worth, self.parent, self.children = worth, parent, []

    def add(self, child):
        self.children.append(child)
        child.parent = self
        return self

    def __lt__(self, other):
        return self.worth < other.worth


def below_the_nearest(x):
    """Look for the nearest among children before there are any, and append below it."""
    root = Item(0.5)
    for v in x:
        at = root
        while True:
            near = None
            for child in at.children:
                gap = abs(child.worth - v)
                if gap < 0.8 and (near is None or gap < abs(near.worth - v)):
                    near = child
            if near is None:
                break
            at = near
        at.add(Item(v))
    total, waiting = 0.0, [root]
    while waiting:
        item = waiting.pop()
        total += item.worth * sum(one.worth**2 for one in item.children)
        waiting += item.children
    return total


def children_in_lists(x):
    root = Item(1.0)
    last = root
    for v in x:
        item = Item(v * 2.0)
        if v > 0.3:
            last.add(item)
            last = item
        else:
            root.add(item)
    depth, at = 0, last
    while at.parent is not None:
        at = at.parent
        depth += 1
    total = last.worth * depth
    for child in sorted(root.children):
        total = 0.7 * total + child.worth * len(child.children)
    return total


def round_robin(x):
    queue = deque()
    for v in x:
        if v > 0:
            queue.append(Cell(v))
    total, turns = 0.0, 0
    while queue and turns < 30:
        cell = queue.popleft()
        total += cell.value * (turns + 1)
        turns += 1
        if cell.value > 0.3:
            cell.value *= 0.6
            queue.append(cell)
    return total


def free_list(x):
    free, total = None, 0.0
    for v in x:
        if free is not None and v < 0:
            total += free.value * v
            free = free.next
        else:
            free = Cell(v, free)
    while free:
        total += free.value**2
        free = free.next
    return total


def removed_by_worth(x):
    cells = []
    for v in x:
        if v > -5.0:
            cells.append(Cell(v))
    for c in list(cells):
        if c.value > 0.8:
            cells.remove(c)
    return sum(c.value**2 for c in cells) + len(cells)


X = np.array([0.7, -0.3, 1.2, 0.1, 0.9])
Y = np.array([[0.5, 0.7], [-1.3, 0.4], [0.9, -0.2]])


class Fork:
    def __init__(self, left, right):
        self.weight, self.left, self.right = left.weight + right.weight, left, right


class Weight:
    def __init__(self, weight):
        self.weight = weight


def pairs_at_the_end(x):
    nodes = [Weight(v) for v in x]
    total = 0.0
    while len(nodes) > 1:
        nodes = nodes[2:] + [Fork(nodes[0], nodes[1])]
        total += nodes[-1].weight ** 2
    return total * nodes[0].weight


EXAMPLE_ARGS = {
    "pairs_at_the_end": lambda: (np.array([0.4, 0.9, -0.3]),),
    "list_reversed": lambda: (X.copy(),),
    "sorted_insertion": lambda: (X.copy(),),
    "search_tree": lambda: (X.copy(),),
    "particles_leave": lambda: (Y.copy(),),
    "bodies_merge": lambda: (X.copy(),),
    "one_object_two_names": lambda: (X.copy(),),
    "events_of_kinds": lambda: (X.copy(),),
    "mixed_tuples_in_a_heap": lambda: (X.copy(),),
    "jobs_in_order": lambda: (X.copy(),),
    "children_in_lists": lambda: (X.copy(),),
    "below_the_nearest": lambda: (X.copy(),),
    "round_robin": lambda: (X.copy(),),
    "free_list": lambda: (X.copy(),),
    "removed_by_worth": lambda: (X.copy(),),
}
MORE_ARGS = {
    "list_reversed": [lambda: (X[:2].copy(),)],
    "sorted_insertion": [lambda: (-X,), lambda: (np.arange(7.0) + 0.5,)],
    "search_tree": [lambda: (-X,), lambda: (np.array([2.0, 1.0, 3.0]),)],
    "particles_leave": [lambda: (3.0 * Y,), lambda: (-0.4 * Y,)],
    "bodies_merge": [lambda: (3.0 * X,), lambda: (0.1 * X,)],
    "one_object_two_names": [lambda: (-X,)],
    "events_of_kinds": [lambda: (-X,)],
    "mixed_tuples_in_a_heap": [lambda: (-X[::-1].copy(),)],
    "jobs_in_order": [lambda: (-X,)],
    "children_in_lists": [lambda: (X - 0.5,)],
    "below_the_nearest": [lambda: (0.4 * X - 0.5,)],
    "round_robin": [lambda: (2.0 * X,)],
    "free_list": [lambda: (-X,)],
    "removed_by_worth": [lambda: (2.0 * X,)],
}
