"""Lists inside linked objects: lots that are bought, and sold in order."""

from __future__ import annotations

import numpy as np


class Lot:
    def __init__(self, held, following=None):
        self.held, self.following = held, following


class Lots:
    """A queue whose ``__iter__`` yields the lists themselves, which may be written to later."""

    def __init__(self):
        self.first = self.last = None
        self.size = 0

    def push(self, held):
        lot = Lot(held)
        if self.last is None:
            self.first = lot
        else:
            self.last.following = lot
        self.last = lot
        self.size += 1

    def pop(self):
        self.first = self.first.following
        if self.first is None:
            self.last = None
        self.size -= 1

    def __iter__(self):
        lot = self.first
        while lot is not None:
            yield lot.held
            lot = lot.following


def first_in_first_out(amounts, prices):
    lots, cost = Lots(), 0.0
    for amount, price in zip(amounts, prices):
        if amount > 0:
            lots.push([amount, price])
            continue
        wanted = -amount
        while wanted > 0 and lots.size:
            held = lots.first.held
            taken = min(wanted, held[0])
            cost += taken * held[1]
            wanted -= taken
            held[0] -= taken
            if held[0] <= 0:
                lots.pop()
    return cost + 0.5 * sum(amount * price for amount, price in lots)


def written_to_before(x):
    lots, total = Lots(), 0.0
    for v in x:
        if v > 0:
            lots.push([v, v * v])
    lots.first.held[0] -= 0.1
    for amount, price in lots:
        total = 0.5 * total + amount * price
    return total


EXAMPLE_ARGS = {
    "first_in_first_out": lambda: (
        np.array([1.0, 0.5, -1.2, 0.7, -0.4]),
        np.array([2.0, 2.5, 9.9, 3.0, 1.0]),
    ),
    "written_to_before": lambda: (np.array([0.7, -0.3, 1.2, 0.4]),),
}
MORE_ARGS = {
    "first_in_first_out": [lambda: (np.array([0.5, -0.9, 0.3]), np.array([1.0, 2.0, 1.5]))],
}
