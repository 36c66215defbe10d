"""Graphs as lists of pairs for each node, which a path through a heap chooses from."""

from __future__ import annotations

import heapq
import math

import numpy as np

EDGES = ((0, 1), (0, 2), (1, 3), (2, 3), (2, 1), (3, 4))
NEIGHBOURS = [[(1, 0), (2, 1)], [(3, 2)], [(3, 3), (1, 4)], [(4, 5)], []]


def shortest_path(w):
    """Pairs of a node and a length; the heap begins with whole numbers, and goes on with floats."""
    graph = [[] for _ in range(5)]
    for (u, v), c in zip(EDGES, w, strict=True):
        graph[u].append((v, c))
    dist, before = [math.inf] * 5, [-1] * 5
    dist[0] = 0
    heap = [(0, 0)]
    while heap:
        d, u = heapq.heappop(heap)
        if u == 4:
            break
        for v, c in graph[u]:
            if d + c < dist[v]:
                dist[v], before[v] = d + c, u
                heapq.heappush(heap, (dist[v], v))
    total, u, k = 0.0, 4, 1
    while before[u] >= 0:
        total += k * (dist[u] - dist[before[u]]) ** 2
        u, k = before[u], k + 1
    return total


def lengths_by_number(w):
    """The graph stands outside, and says which length an edge has."""
    dist = [math.inf] * len(NEIGHBOURS)
    dist[0] = 0.0
    heap = [(0.0, 0)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > dist[u]:
            continue
        for v, k in NEIGHBOURS[u]:
            if d + w[k] < dist[v]:
                dist[v] = d + w[k]
                heapq.heappush(heap, (dist[v], v))
    return sum(d * d for d in dist)


def spanning_tree(w, n):
    """Items of a heap are those of the lists: a length and a node."""
    graph = [[] for _ in range(n)]
    for (u, v), c in zip(EDGES, w, strict=True):
        graph[u].append((c, v))
        graph[v].append((c, u))
    seen, heap, total = [False] * n, [(0.0, 0)], 0.0
    while heap:
        c, u = heapq.heappop(heap)
        if seen[u]:
            continue
        seen[u] = True
        total += c * c
        for edge in graph[u]:
            if not seen[edge[1]]:
                heapq.heappush(heap, edge)
    return total


def both_ways(w, edges, n):
    """As many nodes as an argument says, and the edges of each go both ways."""
    graph = [[] for _ in range(n)]
    for (u, v), c in zip(edges, w, strict=True):
        graph[u].append((v, c))
        graph[v].append((u, c))
    total = 0.0
    for u in range(n):
        for v, c in graph[u]:
            total += c**2 * (v + 1) * u
    return total


def merged_by_weight(p):
    """A heap of a known number of tuples, of which each turn takes two and puts one in."""
    heap = [(v, k) for k, v in enumerate(p)]
    heapq.heapify(heap)
    cost = 0.0
    while len(heap) > 1:
        a, k = heapq.heappop(heap)
        b, _ = heapq.heappop(heap)
        cost += (a + b) ** 2
        heapq.heappush(heap, (a + b, k))
    return cost


LENGTHS = np.array([0.7, 1.3, 0.45, 2.1, 0.2, 0.9])
EXAMPLE_ARGS = {
    "shortest_path": lambda: (LENGTHS.copy(),),
    "lengths_by_number": lambda: (LENGTHS.copy(),),
    "spanning_tree": lambda: (LENGTHS.copy(), 5),
    "both_ways": lambda: (LENGTHS.copy(), np.array(EDGES), 5),
    "merged_by_weight": lambda: ([0.4, 0.3, 0.15],),
}
MORE_ARGS = {
    "shortest_path": [lambda: (LENGTHS[::-1].copy(),)],
    "lengths_by_number": [lambda: (LENGTHS[::-1].copy(),)],
    "spanning_tree": [lambda: (LENGTHS[::-1].copy(), 5)],
}
