"""Objects in order: by the fields of a dataclass, or by their own ``__lt__``."""

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


EXAMPLE_ARGS = {
    "ordered_dataclasses": lambda: (0.5, -0.3, 1.2),
    "ordered_by_method": lambda: (0.7, 0.2, np.array([0.5, 0.6, 0.4])),
}
MORE_ARGS = {
    "ordered_dataclasses": [lambda: (1.5, 0.3, -1.2)],
    "ordered_by_method": [lambda: (0.2, 0.7, np.array([0.5, 0.6, 0.4]))],
}
