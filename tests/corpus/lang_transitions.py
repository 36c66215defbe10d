"""State machines whose tables have pairs as keys, of which the path decides."""

from __future__ import annotations

import enum

import numpy as np


class Door(enum.Enum):
    SHUT = "shut"
    OPEN = "open"
    STUCK = "stuck"


FOLLOWS = {
    (Door.SHUT, "push"): Door.OPEN,
    (Door.OPEN, "push"): Door.SHUT,
    (Door.OPEN, "heat"): Door.STUCK,
    (Door.STUCK, "cool"): Door.OPEN,
}
COSTS = {("a", 1): 2.0, ("b", 2): 3.0, None: 0.5}


def table_with_default(x, k):
    state = Door.SHUT
    energy = 0.0
    visits = {s: 0 for s in Door}
    for v in x:
        event = "push" if v > 0.4 else ("heat" if v > 0 else "cool")
        state = FOLLOWS.get((state, event), state)
        visits[state] += 1
        if state is Door.OPEN:
            energy += k * v
        elif state is Door.STUCK:
            energy += v * v
    return energy + visits[Door.OPEN] * k


def table_that_is_asked_first(x, k):
    state = Door.SHUT
    energy = 0.0
    for v in x:
        event = "push" if v > 0.4 else ("heat" if v > 0 else "cool")
        if (state, event) in FOLLOWS:
            state = FOLLOWS[state, event]
            energy += k * v
        elif state is Door.SHUT:
            energy += v * v
    return energy


def numbers_by_pairs(x, k):
    name = "a" if x[0] > 0 else "b"
    other = "a" if x[1] > 0 else "b"
    gains = {(p, q): x[2] * i + k for i, p in enumerate("ab") for q in "ab"}
    gains[name, other] = k * x[3]
    gains[other, name] += x[4]
    total = gains.setdefault((name, "c"), x[5]) + gains[name, other] * gains["a", "b"]
    return total + gains.pop((name, other)) * len(gains) + COSTS.get(("a", 1)) * COSTS[None]


def missing_member(x, k):
    after = {Door.SHUT: Door.OPEN, Door.OPEN: Door.STUCK}
    state = Door.SHUT
    total = 0.0
    for v in x:
        if v > 0:
            state = after[state]
        total += v * k if state is Door.OPEN else v * v
    return total


def _x(seed):
    return np.random.default_rng(seed).normal(size=8)


EXAMPLE_ARGS = {
    "table_with_default": lambda: (_x(1), 1.3),
    "table_that_is_asked_first": lambda: (_x(2), 0.7),
    "numbers_by_pairs": lambda: (_x(3), 0.7),
    "missing_member": lambda: (np.array([0.5, -0.3, 0.6, -0.2]), 0.7),
}

MORE_ARGS = {
    "table_with_default": [lambda: (_x(5), 1.3), lambda: (_x(6), -0.3)],
    "numbers_by_pairs": [lambda: (_x(7), 0.3), lambda: (-_x(7), 0.3), lambda: (_x(8), 2.0)],
}
