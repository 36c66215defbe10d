"""Graphs whose nodes have names: texts that the path decides, in lists, heaps, sets and keys."""

import heapq

import numpy as np

ROADS = {
    "depot": {"north": 2.0, "east": 1.5},
    "north": {"market": 1.2, "east": 0.4},
    "east": {"market": 2.1, "harbour": 0.9},
    "market": {"harbour": 0.3},
    "harbour": {},
}


def distances_by_name(theta):
    """The graph stands outside; the heap holds pairs of a length and a name."""
    dist = {node: float("inf") for node in ROADS}
    dist["depot"] = 0.0
    heap = [(0.0, "depot")]
    while heap:
        d, u = heapq.heappop(heap)
        if d > dist[u]:
            continue
        for v, w in ROADS[u].items():
            nd = d + w * theta[1] + theta[0] ** 2
            if nd < dist[v]:
                dist[v] = nd
                heapq.heappush(heap, (nd, v))
    return dist["harbour"] ** 2 + dist["market"]


def way_back_by_name(graph, source, target):
    """Names of nodes visited, and of those before each, in a dict and a list that grow."""
    dist, before, visited = {source: 0.0}, {}, set()
    queue = [(0.0, source)]
    while queue:
        d, u = heapq.heappop(queue)
        if u in visited:
            continue
        visited.add(u)
        if u == target:
            break
        for v, w in graph[u].items():
            alt = d + w
            if v not in dist or alt < dist[v]:
                dist[v] = alt
                before[v] = u
                heapq.heappush(queue, (alt, v))
    path = [target]
    while path[-1] != source:
        path.append(before[path[-1]])
    path.reverse()
    print(" -> ".join(path))
    energy = 0.0
    for u, v in zip(path, path[1:], strict=False):
        energy += graph[u][v] ** 2
    return energy + dist[target]


def most_likely_states(trans, emit):
    seen = ["walk", "shop", "clean", "walk"]
    best = {s: np.log(0.5 * emit[s][seen[0]]) for s in trans}
    path = {s: [s] for s in trans}
    for what in seen[1:]:
        new, longer = {}, {}
        for s in trans:
            p, state = max((best[r] + np.log(trans[r][s] * emit[s][what]), r) for r in trans)
            new[s], longer[s] = p, [*path[state], s]
        best, path = new, longer
    p, state = max((best[s], s) for s in trans)
    print(" ".join(path[state]))
    return -p


def smallest_first_by_name(w):
    """A set of names is looked over for the least, again and again: in any order."""
    left, total = set(w) - {"a"}, 0.0
    while left:
        name = min(left, key=lambda n: w[n].real)
        total = total * w[name] + w[name]
        left.discard(name)
    chosen = {name for name in w if w[name].real > 0.3}
    return total * len(chosen) + sum(w[n] for n in chosen) + w[min(chosen)] * w[max(chosen)]


class Marked:
    def __init__(self, v):
        self.v = v


def by_an_object_of_the_path(x):
    marks = [Marked(x), Marked(x**2)]
    held = {m: m.v for m in marks}
    best = marks[0]
    for m in marks:
        if m.v.real > best.v.real:
            best = m
    return held[best] * best.v


EXAMPLE_ARGS = {
    "distances_by_name": lambda: (np.array([0.3, 1.1]),),
    "way_back_by_name": lambda: (
        {"a": {"b": 1.0, "c": 4.0}, "b": {"c": 2.0, "d": 6.0}, "c": {"d": 3.5}, "d": {}},
        "a",
        "d",
    ),
    "most_likely_states": lambda: (
        {"wet": {"wet": 0.7, "dry": 0.3}, "dry": {"wet": 0.4, "dry": 0.6}},
        {
            "wet": {"walk": 0.1, "shop": 0.4, "clean": 0.5},
            "dry": {"walk": 0.6, "shop": 0.3, "clean": 0.1},
        },
    ),
    "smallest_first_by_name": lambda: ({"a": 0.4, "b": 0.9, "c": 0.2},),
    "by_an_object_of_the_path": lambda: (1.5,),
}
