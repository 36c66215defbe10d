"""Objects in order: by the fields of a dataclass, by their own ``__lt__``, or what comes first."""

import heapq
import itertools
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(order=True)
class Item:
    cost: Any
    size: float = field(compare=False, default=1.0)


class Job:
    def __init__(self, due, load):
        self.due, self.load = due, load

    def __lt__(self, other):
        return self.due < other.due


class Plain:
    def __init__(self, due, load):
        self.due, self.load = due, load


def ordered_dataclasses(a, b, c):
    items = [Item(v, k + 1.0) for k, v in enumerate((a, b, c))]
    items.sort()
    first, last = items[0], items[-1]
    total = sum(i.cost * i.size * (k + 1) for k, i in enumerate(items))
    if first < last and items[1] >= first:
        total += max(items).size * last.cost
    return total + sorted(items, reverse=True)[1].cost ** 2


def ordered_by_method(a, b, loads):
    jobs = [Job(d, load) for d, load in zip((a, b, a + b), loads)]
    t = total = 0.0
    for job in sorted(jobs):
        t += job.load
        total += (t - job.due) ** 2
    jobs.sort(reverse=True)
    return total + jobs[0].load * jobs[-1].due + min(jobs).load


def queue_of_objects(arrivals, works):
    count = itertools.count()
    queue = []
    for due, load in zip(arrivals, works):
        heapq.heappush(queue, (due, next(count), Plain(due, load)))
    clock = cost = 0.0
    while queue:
        _, turn, task = heapq.heappop(queue)
        clock = max(clock, task.due) + task.load
        cost += (clock - task.due) ** 2
        if task.load > 0.5:
            heapq.heappush(queue, (clock, turn, Plain(clock, 0.4 * task.load)))
    return cost


def tuples_with_objects(a, b, c):
    one, same = Plain(a, b), Plain(b, c)
    less = (a, one, b) < (a, one, c)
    pairs = sorted([(a, one), (b, same), (c, one)])
    total = pairs[0][1].load * pairs[-1][0] + (a if less else b * c)
    return total + max((a, 1, one), (b, 0, same))[2].due


EXAMPLE_ARGS = {
    "queue_of_objects": lambda: (np.array([0.7, 0.1, 0.75]), np.array([0.6, 0.8, 0.4])),
    "tuples_with_objects": lambda: (0.5, -0.3, 1.2),
    "ordered_dataclasses": lambda: (0.5, -0.3, 1.2),
    "ordered_by_method": lambda: (0.7, 0.2, np.array([0.5, 0.6, 0.4])),
}
MORE_ARGS = {
    "queue_of_objects": [lambda: (np.array([0.2, 1.9, 0.3, 0.4]), np.array([1.5, 0.9, 0.7, 0.2]))],
    "tuples_with_objects": [lambda: (1.5, 0.3, -1.2)],
    "ordered_dataclasses": [lambda: (1.5, 0.3, -1.2)],
    "ordered_by_method": [lambda: (0.2, 0.7, np.array([0.5, 0.6, 0.4]))],
}
