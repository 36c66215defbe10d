"""Generators with names, ``iter`` and ``next``, ``itertools``, heaps, queues with a limit."""

from __future__ import annotations

import enum
import heapq
import itertools
import math
from collections import OrderedDict, deque
from typing import NamedTuple

import numpy as np


def names_bind_late(x):
    k = 2.0
    terms = (v * k for v in x)
    k = 3.0
    x = x * 10.0
    return sum(terms) + x[0]


def store_after_generator(x):
    y = x.copy()
    terms = (v for v in y)
    y[0] = 5.0 * x[1]
    return sum(terms)


def list_rebound_after_generator(x):
    items = [x[0], x[1]]
    terms = (v * 2.0 for v in items)
    items.append(x[3])
    items = [x[2]]
    return sum(terms) * items[0]


def weighted(items, scale):
    total = 0.0
    for v in items:
        total += v * scale
    return total


def generator_to_function(x):
    scale = x[0]
    return weighted((v * scale for v in x), 2.0)


def generator_returned(x):
    def squares():
        return (v**2 for v in x)

    a, b, *_ = squares()
    return max(squares()) + sum(squares()) + a * b


def loop_changes_what_generator_reads(x):
    k, total = 1.0, 0.0
    for v in (w * k for w in x if w > 0.0):
        k += 1.0
        total += v
    else:
        total *= 2.0
    for v in map(lambda w: w * k, [x[0], x[1]]):
        k += 0.5
        total += v * v
    named = (w * k for w in x)
    for v in named:
        k *= 0.5
        total += v
    return total


def map_is_late(x):
    k = 2.0
    scaled = map(lambda v: v * k, x)
    k = 3.0
    positive = filter(lambda v: v > k, x * 10.0)
    k = 4.5
    return sum(scaled) + sum(positive)


def first_and_rest(x):
    it = iter(x)
    a, b = next(it), next(it)
    total = a * b
    for v in it:
        total += v * v
    return total + next((v for v in x if v > 1.0), 0.25) + next(iter([x[1], 2.0]))


def two_iterators(x, y):
    a, b = iter(x), iter(y)
    out = [next(a), next(b), next(a)]
    return sum(v * (i + 1) for i, v in enumerate(out)) + sum(a) + sum(b)


def first_key(table):
    key = next(iter(table))
    return table[key] ** 2 + next(iter(table.values()))


def pairs_of_many(x):
    total = 0.0
    for i, j in itertools.combinations(range(len(x)), 2):
        total += (x[i] - x[j]) ** 2 / (1 + i + j)
    for a, b in itertools.combinations_with_replacement(x, 2):
        total += 0.1 * a * b
    return total


def endless_ones(x, y):
    total = 0.0
    for a, b in zip(x, itertools.cycle(y)):
        total += a * b
    for a, w in zip(x, itertools.cycle([1.0, y[0]])):
        total += w * a * a
    for i, a in zip(itertools.count(2, 3), x):
        total += a / i
    for i, (kind, a) in enumerate(zip(itertools.cycle("ab"), x)):
        total += a * (2.0 if kind == "a" else 1.0) * i
    for a, c in zip(x, itertools.repeat(y[1])):
        total += a * c
    return total + sum(itertools.islice(itertools.cycle(y), 5))


def filters_of_itertools(x, limit):
    total = sum(itertools.takewhile(lambda v: v < limit, x))
    total += 2.0 * sum(itertools.dropwhile(lambda v: v < limit, x))
    total += sum(v * v for v in itertools.filterfalse(lambda v: v < limit, x))
    total += sum(itertools.compress(x, [1, 0, 1, 1]))
    for v in itertools.takewhile(lambda v: v < 1.0, x):
        total += v**3
    for a, b in itertools.zip_longest(x, x[:2], fillvalue=1.0):
        total += a * b
    for kind, group in itertools.groupby(zip("aab", x), key=lambda pair: pair[0]):
        total += len(kind) * sum(v for _, v in group) ** 2
    return total


def huffman(weights):
    heap = list(weights)
    heapq.heapify(heap)
    cost = 0.0
    while len(heap) > 1:
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        cost += (a + b) ** 1.5
        heapq.heappush(heap, a + b)
    return cost


def places_in_heap(x):
    heap = []
    for v in x:
        heapq.heappush(heap, v * v)
    heapq.heapreplace(heap, 2.0 * x[0] ** 2)
    total = sum(k * v for k, v in enumerate(heap))
    return total + heapq.heappushpop(heap, x[1]) + heapq.nlargest(2, heap)[1]


def moving_mean(x, width):
    recent, out = deque(maxlen=width), []
    for v in x:
        recent.append(v)
        out.append(sum(recent) / len(recent))
    return np.sum(np.array(out) ** 2) + recent[0]


def limited_both_ways(x):
    recent = deque([0.0] * 2, maxlen=2)
    total = 0.0
    for i in range(len(x)):
        total += x[i] * recent[0] + np.mean(recent) + max(recent)
        if x[i] > 0:
            recent.appendleft(x[i])
        else:
            recent.append(x[i])
    return total + np.array(recent) @ np.array([1.0, 2.0])


def list_before_test(x):
    runs = []
    for kind, v in zip("aabba", x):
        if runs and runs[-1][0] == kind:
            runs[-1] = (kind, runs[-1][1] + v)
        else:
            runs.append((kind, v))
    return sum(v * v for _, v in runs) * len(runs)


def shorter_or_longer(x):
    points = [x[0], x[1]] if x[0] > 0.0 else [x[0], x[1], x[2]]
    total = 0.0
    for i, p in enumerate(points):
        total += p ** (i + 1)
    return total + len(points)


def splines(coefficients, knots, places):
    def basis(i, k, x):
        if k == 0:
            return 1.0 if knots[i] <= x < knots[i + 1] else 0.0
        low, high = knots[i + k] - knots[i], knots[i + k + 1] - knots[i + 1]
        a = 0.0 if low == 0 else (x - knots[i]) / low * basis(i, k - 1, x)
        b = 0.0 if high == 0 else (knots[i + k + 1] - x) / high * basis(i + 1, k - 1, x)
        return a + b

    fit = [sum(c * basis(i, 2, x) for i, c in enumerate(coefficients)) for x in places]
    return sum((f - 0.3) ** 2 for f in fit)


class Kind(enum.Enum):
    TWICE = 2
    THRICE = 3


class Settings(NamedTuple):
    scale: float = 1.5
    power: int = 2


def options_by_default(x, kind=Kind.TWICE, act=math.sin, *, settings=Settings()):
    return act(x) * kind.value + settings.scale * x**settings.power


def numbered_pairs_backwards(x, y):
    s = 0.0
    for i, (a, b) in reversed(list(enumerate(zip(x, reversed(y))))):
        s = s * 0.9 + a * b * i
    return s


def ordered_keys(x):
    held = OrderedDict(a=x[0], b=x[1])
    held["c"] = held["a"] * x[2]
    held.move_to_end("a")
    held.move_to_end("c", last=False)
    s = 1.0
    for value in held.values():
        s = s * 2.0 + value
    name, value = held.popitem()
    first, other = held.popitem(last=False)
    return s * value**2 + other * len(held) + (100.0 if (name, first) != ("a", "c") else 0.0)


def until_nothing_is_left(x):
    queue = list(x)

    def taken():
        return queue.pop() if queue else None

    s = 1.0
    for v in iter(taken, None):
        if v > 1.0:
            queue.extend([0.5 * v, 0.5 * v])
            continue
        s = s * v + 1.0
    else:
        s *= 2.0
    sizes = iter([3, 1, 2, -1, 4])
    return s + sum(x[k] ** k for k in iter(lambda: next(sizes), -1))


X = np.array([0.7, -0.3, 1.2, 0.1, 0.4])


def total_of(items=None, scale=1.0):
    if items is None:
        items = []
    if isinstance(items, (list, tuple)):
        return scale * sum(items)
    total = 0.0
    for v in items:
        total += scale * v
    return total


def asked_before_use(x):
    """To ask what an iterator is does not use it up."""
    squares = (v * v for v in x)
    doubled = map(lambda v: 2 * v, x)
    if doubled is not None and not isinstance(doubled, list):
        doubled = list(doubled)
    steps = range(3)
    if isinstance(steps, range) and not isinstance(steps, np.ndarray):
        doubled.append(x[0])
    return total_of(squares) * total_of(doubled, 0.5) + total_of()


def merged(a, b):
    """Sorted lists, merged; equal items are those of the list that comes first."""
    total = 0.0
    for k, v in enumerate(heapq.merge(sorted(a), sorted(b))):
        total += (k + 1) * v
    pairs = [(x, i) for i, x in enumerate(sorted(a, reverse=True))]
    for v, k in heapq.merge(pairs, [(0.9, 7)], key=lambda pair: pair[0], reverse=True):
        total = 0.5 * total + v**2 * k
    return total


EXAMPLE_ARGS = {
    "names_bind_late": lambda: (X.copy(),),
    "store_after_generator": lambda: (X.copy(),),
    "list_rebound_after_generator": lambda: (X.copy(),),
    "generator_to_function": lambda: (X.copy(),),
    "generator_returned": lambda: (X.copy(),),
    "loop_changes_what_generator_reads": lambda: (X.copy(),),
    "map_is_late": lambda: (X.copy(),),
    "first_and_rest": lambda: (X.copy(),),
    "two_iterators": lambda: (X.copy(), [0.3, 1.1, 0.9]),
    "first_key": lambda: ({"b": 1.5, "a": 2.0},),
    "pairs_of_many": lambda: (np.sin(np.arange(66.0)),),
    "endless_ones": lambda: (X.copy(), X[1:4].copy()),
    "filters_of_itertools": lambda: (np.array([0.2, 0.5, 1.3, 0.4]), 1.0),
    "huffman": lambda: (np.array([1.3, 1.9, 1.1, 1.6, 1.4]),),
    "places_in_heap": lambda: (X.copy(),),
    "moving_mean": lambda: (X.copy(), 3),
    "limited_both_ways": lambda: (X.copy(),),
    "list_before_test": lambda: (X.copy(),),
    "shorter_or_longer": lambda: (X.copy(),),
    "splines": lambda: (
        X[:4].copy(),
        [0.0, 0.0, 0.1, 0.5, 0.9, 1.0, 1.0],
        np.array([0.15, 0.4, 0.8]),
    ),
    "options_by_default": lambda: (0.7,),
    "numbered_pairs_backwards": lambda: (X.copy(), X[::-1].copy()),
    "ordered_keys": lambda: (X.copy(),),
    "asked_before_use": lambda: (X.copy(),),
    "until_nothing_is_left": lambda: (X.copy(),),
    "merged": lambda: ([0.3, 1.4, 0.8], [1.1, -0.2]),
}
MORE_ARGS = {
    "first_and_rest": [lambda: (-X,)],
    "shorter_or_longer": [lambda: (-X,)],
    "moving_mean": [lambda: (X.copy(), 2)],
    "pairs_of_many": [lambda: (X.copy(),)],
    "until_nothing_is_left": [lambda: (X[:4] * 2.0,)],
}
ARGNUMS = {"splines": (0,), "filters_of_itertools": (0,), "options_by_default": (0,)}
