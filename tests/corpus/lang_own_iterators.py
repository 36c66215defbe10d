"""Objects with a ``__next__`` of their own, which may end at any turn."""

from __future__ import annotations

import numpy as np


class Decay:
    """Gives what is left, until it is little."""

    def __init__(self, x, rate, low=0.1):
        self.x, self.rate, self.low, self.turns = x, rate, low, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.x < self.low:
            raise StopIteration
        now = self.x
        self.x *= self.rate
        self.turns += 1
        return now


class Numbers:
    def __init__(self, items):
        self.items = items

    def __iter__(self):
        return Places(self.items)


class Places:
    def __init__(self, items):
        self.items, self.place = items, -1

    def __next__(self):
        self.place += 1
        if self.place == len(self.items):
            raise StopIteration()
        return self.items[self.place]


def body_changes_it(x, rate):
    """The body writes to what the iterator goes on from, and reads how far it is."""
    decay = Decay(x, rate)
    total = 0.0
    for v in decay:
        total += v**2
        if v > 1.0:
            decay.x -= 0.07
    else:
        total += decay.turns * rate
    return total + decay.x


def lists_and_what_is_left(x, rate):
    squares = [v * v for v in Decay(x, rate)]
    total = sum(Decay(x, rate, 0.5))
    decay = Decay(x, rate)
    for v in decay:
        if decay.turns > 2:
            break
        if v > 2.0:
            continue
        total += v
    for v in decay:
        total += v**3
    return sum(squares) + total * len(squares)


def made_by_another(x):
    numbers = Numbers(x)
    pairs = sum(a * b for a in numbers for b in numbers)
    return pairs * max(numbers) + np.prod(np.array(list(numbers)))


def asked_by_next(x):
    it = Places(x)
    first = next(it)
    second = next(it, 7.0)
    return first * second + next(Places(x[:0]), 2.0) ** 2 * first


class Batches:
    """Begins anew where a loop does."""

    def __init__(self, x, size):
        self.x, self.size, self.at = x, size, 0

    def __iter__(self):
        self.at = 0
        return self

    def __next__(self):
        if self.at >= len(self.x):
            raise StopIteration
        part = self.x[self.at : self.at + self.size]
        self.at += self.size
        return part.sum()


def epochs(x, rate):
    """Each loop asks for the beginning: in turn, beside others, in sums and by ``iter``."""
    batches, w = Batches(x, 2), 1.0
    for _ in range(2):
        for b in batches:
            w = w - rate * b * (b * w - 1.0)
    for _ in range(2):
        for b, v in zip(batches, x):
            w += 0.1 * b * v
    it = iter(batches)
    return w**2 + sum(batches) * sum(b * b for b in batches) + next(iter(batches)) * next(it)


_X = np.array([0.7, 1.9, 0.4])
EXAMPLE_ARGS = {
    "epochs": lambda: (np.array([0.7, 0.3, 1.1, 0.2]), 0.3),
    "body_changes_it": lambda: (1.6, 0.7),
    "lists_and_what_is_left": lambda: (1.6, 0.7),
    "made_by_another": lambda: (_X.copy(),),
    "asked_by_next": lambda: (_X.copy(),),
}
MORE_ARGS = {
    "body_changes_it": [lambda: (0.05, 0.5), lambda: (3.1, 0.3)],
    "lists_and_what_is_left": [lambda: (0.05, 0.5), lambda: (3.1, 0.3)],
}
