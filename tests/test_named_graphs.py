"""Losses over graphs whose nodes have names: texts that the path decides, against differences."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict, deque
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import difference_gradient

G = {"a": {"b": 1.0, "c": 2.0}, "b": {"d": 2.5}, "c": {"d": 1.1}, "d": {}}


def dijkstra_no_heap(w):
    graph = {
        "s": {"a": w[0], "b": w[1]},
        "a": {"c": w[3]},
        "b": {"a": w[4] - 2.5, "c": w[5]},
        "c": {"t": w[6]},
        "t": {},
    }
    unvisited = list(graph)
    dist = {n: math.inf for n in graph}
    prev = {}
    dist["s"] = 0.0
    while unvisited:
        node = min(unvisited, key=lambda n: dist[n])
        unvisited.remove(node)
        for nb, cost in graph[node].items():
            if dist[node] + cost < dist[nb]:
                dist[nb] = dist[node] + cost
                prev[nb] = node
    route = []
    at = "t"
    while at != "s":
        route.insert(0, at)
        at = prev[at]
    return dist["t"] ** 2 + 0.1 * len(route)


def flows_by_bfs(cap):
    residual = {
        "s": {"a": cap[0], "b": cap[1]},
        "a": {"s": 0.0, "t": cap[2]},
        "b": {"s": 0.0, "t": cap[3]},
        "t": {"a": 0.0, "b": 0.0},
    }
    flow = 0.0
    while True:
        parent = {"s": None}
        queue = deque(["s"])
        while queue and "t" not in parent:
            u = queue.popleft()
            for v, c in residual[u].items():
                if v not in parent and c > 1e-9:
                    parent[v] = u
                    queue.append(v)
        if "t" not in parent:
            break
        v, bottleneck = "t", float("inf")
        while parent[v] is not None:
            bottleneck = min(bottleneck, residual[parent[v]][v])
            v = parent[v]
        v = "t"
        while parent[v] is not None:
            residual[parent[v]][v] -= bottleneck
            residual[v][parent[v]] += bottleneck
            v = parent[v]
        flow += bottleneck
    return flow**2


def prim_mst(w):
    graph = {
        "a": [("b", w[0]), ("c", w[1])],
        "b": [("a", w[0]), ("d", w[2])],
        "c": [("a", w[1]), ("d", w[3])],
        "d": [("b", w[2]), ("c", w[3])],
    }
    seen = {"a"}
    edges = [(cost, "a", to) for to, cost in graph["a"]]
    heapq.heapify(edges)
    total = 0.0
    while edges:
        cost, _, to = heapq.heappop(edges)
        if to in seen:
            continue
        seen.add(to)
        total += cost**2
        for nxt, c in graph[to]:
            if nxt not in seen:
                heapq.heappush(edges, (c, to, nxt))
    return total


def none_stored(w):
    prev = {}
    heap = [(0.0, "a")]
    dist = {"a": 0.0}
    prev["a"] = None
    while heap:
        d, u = heapq.heappop(heap)
        for v, c in G[u].items():
            nd = d + c * w[0] + w[1]
            if v not in dist or nd < dist[v]:
                dist[v] = nd
                prev[v] = u
                heapq.heappush(heap, (nd, v))
    k = 0
    u = "d"
    total = 0.0
    while u is not None:
        total += dist[u] * (k + 1)
        if k == 1:
            prev[u] = None
        u = prev[u]
        k += 1
    return total * k


def get_none(w):
    prev = {}
    stack = ["a"]
    while stack:
        u = stack.pop()
        for v in G[u]:
            if v not in prev or w[0] > 3.0:
                prev[v] = u
                stack.append(v)
    total, u = 0.0, "d"
    while u:
        total = total * w[1] + G[prev.get(u, "a")].get(u, 0.3) * w[0]
        u = prev.get(u)
    return total


def list_none_text(x):
    labels = []
    for v in x:
        if v > 1.0:
            labels.append(None)
        else:
            labels.append("ok" if v > 0.4 else "low")
    total = 0.0
    for v, label in zip(x, labels, strict=True):
        if label is None:
            total += v**3
        elif label == "ok":
            total += v**2
        else:
            total -= v
    return total


def text_or_number(x):
    marks = []
    for v in x:
        if v > 1.0:
            marks.append(v)
        else:
            marks.append("none")
    total = 0.0
    for m in marks:
        if m != "none":
            total += m**2
    return total


def empty_text(x):
    names = []
    for v in x:
        names.append("" if v < 0.4 else "n")
    t = 0.0
    for n, v in zip(names, x, strict=True):
        if n:
            t += v**2
        t += 0.1 * v * len(n)
    return t


def elect(x):
    weight = dict(zip("uvw", x, strict=True))
    votes = defaultdict(float)
    ballots = [("u", "v"), ("w", "u"), ("v", "w"), ("v", "u")]
    for first, second in ballots:
        votes[first] += weight[first]
        votes[second] += 0.5 * weight[second]
    winner = max(votes, key=votes.get)
    runner = max((n for n in votes if n != winner), key=votes.get)
    print(winner, ">", runner)
    return votes[winner] ** 2 - votes[runner]


def asked_for_its_class(x):
    names, total = [], 0.0
    for v in x:
        names.append("low" if v < 0.4 else "high")
        total += v ** len(names[-1]) if isinstance(names[-1], str) else v
    longest = max(names, key=len)
    return total * sum(1 for n in names if n == longest) * len(min(names))


def paths_of_names(x):
    heap, total = [(0.0, "a", ())], 0.0
    while heap:
        d, u, path = heapq.heappop(heap)
        total += d * (1 + len(path))
        if len(path) > 1 and path[1] == "b":
            total += d * d
        for v, w in G[u].items():
            if v not in path:
                heapq.heappush(heap, (d + w * x[0], v, (*path, u)))
    return total


CASES: dict[Any, Any] = {
    paths_of_names: np.array([0.5, 1.2, 0.3]),
    asked_for_its_class: np.array([0.5, 1.2, 0.3]),
    dijkstra_no_heap: np.array([4.0, 2.0, 5.0, 10.0, 3.0, 11.0, 4.5]),
    flows_by_bfs: np.array([0.6, 0.3, 0.8, 0.5]),
    prim_mst: np.array([1.5, 0.7, 2.2, 0.3]),
    none_stored: np.array([0.5, 1.2]),
    get_none: np.array([0.5, 1.2]),
    list_none_text: np.array([0.5, 1.2, 0.3]),
    text_or_number: np.array([0.5, 1.2, 0.3]),
    empty_text: np.array([0.5, 1.2, 0.3]),
    elect: np.array([0.3, 1.2, 0.7]),
}


@pytest.mark.parametrize("loss", CASES, ids=lambda loss: loss.__name__)
def test_gradient(loss: Any, capsys: pytest.CaptureFixture[str]) -> None:
    args = (CASES[loss],)
    expected = loss(*args)
    said = capsys.readouterr().out
    value, gradient = gradgen.value_and_grad(loss)(*args)
    assert value == expected
    assert capsys.readouterr().out == said
    reference = difference_gradient(loss, args, (0,))[0]
    np.testing.assert_allclose(gradient, reference, rtol=1e-6, atol=1e-8)
