"""How often a function is read: what one place of a helper asks for is asked once for all calls."""

from __future__ import annotations

import heapq
import math
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.frontend import function, precise
from gradgen.pipeline import run


class Cell:
    """Holds an array that is written to."""

    def __init__(self, row):
        self.row = row


def scaled(a, b, n):
    one, two = Cell(a), Cell(b)
    for i in range(n):
        one = two if i > 1 else one
        one.row[i] = one.row[i - 1] * a[0]
    return np.sum(one.row) + np.sum(two.row * b)


def three_calls(a, b, n):
    s = scaled(a + 1.0, b + 1.0, n)
    s += scaled(a + 2.0, b + 1.0, n)
    return s + scaled(a + 3.0, b + 1.0, n)


def nine_calls(a, b, n):
    s = scaled(a + 1.0, b + 1.0, n)
    s += scaled(a + 2.0, b + 1.0, n)
    s += scaled(a + 3.0, b + 1.0, n)
    s += scaled(a + 4.0, b + 1.0, n)
    s += scaled(a + 5.0, b + 1.0, n)
    s += scaled(a + 6.0, b + 1.0, n)
    s += scaled(a + 7.0, b + 1.0, n)
    s += scaled(a + 8.0, b + 1.0, n)
    return s + scaled(a + 9.0, b + 1.0, n)


ARGS = (np.array([0.5, -0.3, 0.2]), np.array([0.4, 0.1, -0.6]), 3)


def test_calls_of_a_helper_do_not_each_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []
    once = function._read

    def counted(*args: Any) -> Any:
        counts[-1] += 1
        return once(*args)

    monkeypatch.setattr(function, "_read", counted)
    for loss in (three_calls, nine_calls):
        counts.append(0)
        run(loss, ARGS, until="parse")
    assert counts[0] == counts[1] > 1, counts


def test_what_has_not_asked_is_right() -> None:
    gradient = gradgen.grad(nine_calls)(*ARGS)
    expected = []
    for k in range(3):
        z = ARGS[0].astype(complex)
        z[k] += 1e-30j
        expected.append(nine_calls(z, ARGS[1] + 0j, 3).imag * 1e30)
    np.testing.assert_allclose(gradient, expected, rtol=1e-12)


class Graph:
    """Neighbours in lists, of which each edge is put into two."""

    def __init__(self, n):
        self.n = n
        self.neighbours = [[] for _ in range(n)]

    def add(self, a, b, cost):
        self.neighbours[a].append((b, cost))
        self.neighbours[b].append((a, cost))

    def nearest(self, start):
        found = [math.inf] * self.n
        found[start] = 0.0
        heap = [(0.0, start)]
        while heap:
            d, u = heapq.heappop(heap)
            if d > found[u]:
                continue
            for v, cost in self.neighbours[u]:
                if d + cost < found[v]:
                    found[v] = d + cost
                    heapq.heappush(heap, (found[v], v))
        return found


EDGES = ((0, 1), (0, 2), (1, 3), (2, 3))


def shortest_paths(w):
    graph = Graph(4)
    for k, (a, b) in enumerate(EDGES):
        graph.add(a, b, w[k] ** 2)
    return sum(d**2 for d in graph.nearest(0))


def test_subscripts_of_generated_text_do_not_each_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a helper did at each of its calls is text of its own there, which is read as one."""
    counts: dict[str, int] = {}
    once = function._read

    def counted(fn: Any, *args: Any) -> Any:
        counts[fn.__name__] = counts.get(fn.__name__, 0) + 1
        return once(fn, *args)

    monkeypatch.setattr(function, "_read", counted)
    w, v = np.array([1.0, 1.7, 0.9, 0.4]), np.array([0.3, -1.0, 0.5, 0.2])
    product = gradgen.hvp(shortest_paths)((w,), (v,))
    gradient = gradgen.grad(shortest_paths)
    along = (gradient(w + 1e-6 * v) - gradient(w - 1e-6 * v)) / 2e-6
    assert np.allclose(product, along, rtol=1e-7)
    # Two kinds of subscripts ask, each as often as one asks for itself, and then for all.
    assert counts["shortest_paths_grad"] <= 1 + 2 * precise.SEVERAL
