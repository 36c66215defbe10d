"""Members of enums that the path chooses, and that count as numbers."""

from __future__ import annotations

import enum

import numpy as np


class State(enum.IntEnum):
    IDLE = 0
    RUN = 1
    STOP = 2


class Price(float, enum.Enum):
    LOW = 0.5
    HIGH = 2.0


class Parts(enum.Flag):
    NONE = 0
    SUM = enum.auto()
    SQUARES = enum.auto()
    LARGEST = enum.auto()


def flags(x):
    """Members of an enum.Flag, put together and asked for, also by the path."""
    parts, total = Parts.SUM | Parts.LARGEST, 0.0
    if x[0] > 1.0:
        parts |= Parts.SQUARES
    for one, scale in zip(Parts, (1.0, 0.5, 0.1)):
        if not parts & one:
            continue
        if one is Parts.SUM:
            total += scale * np.sum(x)
        elif one in Parts.SQUARES | Parts.NONE:
            total += scale * np.sum(x**2)
        else:
            total += scale * max(x)
    return total * 2.0 if parts & ~Parts.SUM else total


def machine(x):
    """A table of what follows, by the state; the state is a factor, too."""
    follows = {
        State.IDLE: (0.0, State.RUN),
        State.RUN: (1.0, State.STOP),
        State.STOP: (0.2, State.IDLE),
    }
    state, energy, runs = State.IDLE, 0.0, 0
    for v in x:
        gain, after = follows[state]
        energy += gain * v**2 + 0.1 * state * v
        if v > 0.8:
            state = after
        runs += state is State.RUN
    return energy * (1 + runs)


def places(x):
    """A member as a subscript, a bound and a term; the next is computed from it."""
    w = np.array([1.0, 2.0, 3.0])
    state, total = State.IDLE, 0.0
    for v in x:
        total += w[state] * v + w[state - 1]
        state = State((state + 1) % 3) if v > 0.8 else State.STOP
        if state < 2 and state != State.IDLE:
            total *= 1.5
    return total + max(state, 0.5) * x[0]


def prices(x):
    price, total = Price.LOW, 0.0
    for v in x:
        total += price * v**2 + v / price
        if v > 2.0:
            price = Price.HIGH
    return total * price


def by_greatest(x):
    match State(int(np.argmax(x)) % 3):
        case State.IDLE:
            return x[0] ** 2
        case State.RUN:
            return x[1] * 3.0
        case State.STOP:
            return x[2] + np.sum(x)


_A = [[3.0, 0.7, 2.5, 1.0], [0.5, 1.3, 0.2, 0.9], [0.1, 0.4, 2.2, 0.3]]
_NAMES = ["flags", "machine", "places", "prices", "by_greatest"]
EXAMPLE_ARGS = {name: lambda: (np.array(_A[0]),) for name in _NAMES}
MORE_ARGS = {name: [lambda p=p: (np.array(p),) for p in _A[1:]] for name in _NAMES}
