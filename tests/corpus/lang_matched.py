"""``match`` on what the path decides: texts, objects or None, tuples out of lists, keys."""

import enum
import heapq
from collections import defaultdict
from dataclasses import dataclass

import numpy as np


def events_in_order(x):
    """Tuples out of a heap, and lists under the texts in them."""
    events = [(float(t), kind, amount) for t, kind, amount in zip([0.5, 1.2, 0.9], NAMES, x)]
    heapq.heapify(events)
    cash, log = 10.0, defaultdict(list)
    while events:
        t, kind, amount = heapq.heappop(events)
        match kind:
            case "buy":
                cash -= amount * (1.0 + 0.1 * t)
            case "sell" if cash >= amount:
                cash += amount**2
        log[kind].append(cash)
    return cash + sum(sum(v) / len(v) for v in log.values())


def popped_tuples(x):
    events = [(0.5, "buy", x[0]), (1.2, "sell", x[1]), (0.1, "hold", x[2])]
    heapq.heapify(events)
    cash = 10.0
    while events:
        match heapq.heappop(events):
            case (t, "buy", a):
                cash -= a * t
            case (_, "sell" | "short", a) if cash > a:
                cash += a
            case (t, kind, a):
                cash += a * a
    return cash


def shapes_in_a_list(x):
    shapes = []
    for v in x:
        shapes.append(("circle", v) if v > 1.0 else ("square", v))
    total = 0.0
    for shape in shapes:
        match shape:
            case ("circle", r):
                total += 3.0 * r * r
            case ["square", a]:
                total += a * a
    return total


class Link:
    def __init__(self, v, following=None):
        self.v, self.following = v, following


def links_to_the_end(x):
    """An object, or None where the chain ends."""
    head = None
    for v in x:
        if v > 0:
            head = Link(v, head)
    total = 0.0
    while True:
        match head:
            case None:
                break
            case Link(v=v):
                total = total * 0.5 + v * v
        head = head.following
    return total


@dataclass
class Circle:
    r: float


@dataclass
class Square:
    a: float
    name: str = "s"


def objects_by_class(x):
    shapes = [Circle(v) if v > 1.0 else Square(v) for v in x]
    total = 0.0
    for shape in shapes:
        match shape:
            case Circle(r) if r > 2.0:
                total += r
            case Circle(r=r):
                total += 3.0 * r * r
            case Square(a, name="s"):
                total += a * a
    return total


class Op(enum.Enum):
    ADD = 1
    MUL = 2


def members_by_path(x):
    ops = []
    for v in x:
        ops.append(Op.ADD if v > 1.0 else Op.MUL)
    total = 1.0
    for k, op in enumerate(ops):
        match op:
            case Op.ADD:
                total = total + x[k]
            case Op.MUL:
                total = total * x[k]
    return total


def keys_by_path(x):
    found = {"kind": "a", "v": x[0], "limit": None}
    if x[1] > 1.0:
        found["kind"] = "b"
    elif x[1] > 0.5:
        del found["kind"]
    if x[2] > 1.0:
        found["limit"] = x[2]
    match found:
        case {"kind": "a", "v": v, "limit": None}:
            return v * 2.0
        case {"kind": "b", "v": v, "limit": limit} if limit is not None:
            return v * limit
        case {"kind": kind, "v": v}:
            return v * 3.0
        case {"v": v}:
            return v * v * x[1]


NAMES = ["buy", "sell", "buy"]
_LOSSES = [
    "events_in_order",
    "popped_tuples",
    "shapes_in_a_list",
    "links_to_the_end",
    "objects_by_class",
    "members_by_path",
    "keys_by_path",
]
EXAMPLE_ARGS = {name: lambda: (np.array([2.1, 1.2, 0.7]),) for name in _LOSSES}
MORE_ARGS = {
    name: [
        lambda: (np.array([0.7, 0.4, 1.9]),),
        lambda: (np.array([0.3, 0.7, 1.6]),),
        lambda: (np.array([-0.3, 1.4, 2.6]),),
    ]
    for name in _LOSSES
}
