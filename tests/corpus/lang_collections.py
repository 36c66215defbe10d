"""Collections, dicts filled as they are needed, copies, and None until something is found."""

from __future__ import annotations

import collections
import copy
import itertools

import numpy as np


def recurrence_in_dict(x):
    memo = {0: 1.0, 1: x}
    for k in range(2, 6):
        memo[k] = x * memo[k - 1] - memo[k - 2] / k
    return memo[5] + sum(v for k, v in memo.items() if k % 2)


def memoised_recursion(x):
    cache = {}

    def chebyshev(k):
        if k in cache:
            return cache[k]
        out = 1.0 if k == 0 else x if k == 1 else 2 * x * chebyshev(k - 1) - chebyshev(k - 2)
        cache[k] = out
        return out

    return sum(chebyshev(k) / (k + 1) for k in range(5))


def legendre_on_demand(x):
    memo = {}

    def legendre(k):
        if k < 2:
            return [1.0, x][k]
        if k not in memo:
            memo[k] = ((2 * k - 1) * x * legendre(k - 1) - (k - 1) * legendre(k - 2)) / k
        return memo[k]

    total = 0.0
    for k in range(5):
        total += legendre(k) ** 2
    return total


def grid_in_dict(x):
    g = {(i, j): x * (i + 1) for i in range(2) for j in range(2)}
    for i in range(2):
        for j in range(2):
            g[i, j] = g[i, j] + g[(i + 1) % 2, j] * 0.5
    return sum(g.values()) * g[1, 1]


def bellman_ford(x):
    graph = {"a": {"b": 1.0, "c": 4.0}, "b": {"c": 2.0, "d": 6.0}, "c": {"d": 3.0}, "d": {}}
    distance = {v: float("inf") for v in graph}
    distance["a"] = 0.0
    for _ in range(3):
        for u in graph:
            for v, w in graph[u].items():
                if distance[u] + w * x < distance[v]:
                    distance[v] = distance[u] + w * x
    return distance["d"] ** 2


def default_of_floats(x):
    d = collections.defaultdict(float)
    for k, v in (("a", 1.0), ("b", 2.0), ("a", 3.0)):
        d[k] += v * x
    return d["a"] * d["b"]


def default_of_lists(x):
    d = collections.defaultdict(list)
    for i, w in enumerate(("a", "bb", "cc")):
        d[len(w)].append(x[i] * (i + 1))
    z = collections.defaultdict(lambda: x[0])
    z["q"] *= 2
    e = d.copy()
    return sum(sum(v) ** 2 for v in d.values()) + z["r"] * z["q"] + len(d) + len(e[7]) * x[0]


def queue_of_known_length(x):
    q = collections.deque([x, 2 * x])
    for _ in range(3):
        q.append(q.popleft() * q[0])
    return sum(q)


def queue_of_recent(x):
    q = collections.deque()
    t = 0.0
    for v in x:
        q.append(v * 2)
        if len(q) > 2:
            t += q.popleft() ** 2
    q.appendleft(x[0])
    return t + q[0] * q[-1] + sum(q)


def named_tuple_made_inside(x):
    Point = collections.namedtuple("Point", "x y")
    p = Point(x, x**2)
    q = p._replace(y=3 * x)
    return p.x * q.y + p[1]


def products_of_arrays(x, y):
    t = 0.0
    for a, b in itertools.product(x, y):
        t += a * b**2
    for i, j in itertools.product(range(len(x)), range(2)):
        t += x[i] * y[j]
    for a, b in itertools.product(x, repeat=2):
        t += a / (1 + b * b)
    return t


def array_from_iterator(t, freqs):
    a = np.fromiter((f * t for f in freqs), dtype=float)
    b = np.fromiter([f * t * t for f in freqs], float)
    return a @ b


def deep_copies(p, rate):
    q = copy.deepcopy(p)
    for _ in range(2):
        q["w"] -= rate * 2 * q["w"]
        q["l"][0] = q["l"][0] * 2
    r = copy.copy(p)
    r["b"] = 0.0
    r["l"][1] = p["b"]
    return np.sum(q["w"] ** 2) + p["w"].sum() * p["b"] + q["l"][0] * p["l"][0] + sum(p["l"])


def copies_of_aliases(x):
    a = [x, x, x[1:]]
    b, c, d = copy.deepcopy(a), copy.copy(a), copy.copy(x)
    b[0][0] = 5 * x[1]
    c[1][2] = x[0] ** 2
    d[0] = 9.0
    b[2][0] *= 3
    return b[1].sum() * a[0].sum() + b[2] @ b[2] + d @ x


def copies_of_grown_lists(x, n):
    items = []
    for i in range(n):
        items.append(x * i)
    other, third = copy.copy(items), copy.deepcopy(items)
    other[0], third[1] = x, 0.0
    return sum(items) * sum(other) + sum(third)


def best_or_none(xs, init=None):
    best = init
    for x in xs:
        best = x if best is None else max(best, x * 1.01)
    return best


def root_or_none(x):
    if x > 0:
        return x * x
    for i in range(3):
        if x < -i:
            return x**3


WORDS = "to be or not to be".split()


def counters_of_iterators(x):
    """Counters of generators, added and subtracted."""
    words = collections.Counter(w for w in WORDS if len(w) > 1)
    words.subtract(["or"])
    pairs = collections.Counter(zip([1, 2, 1], [3, 3, 3]))
    both = words + collections.Counter(map(str.lower, ["BE", "IS"]))
    weights = collections.Counter(be=x[0], to=x[1])
    weights.update(be=x[2] * both["be"])
    fewer = both - words
    total = sum(n * weights[w] for w, n in both.items())
    return total * weights["be"] * pairs[(1, 3)] + len(fewer) * words.total() * x[0]


EXAMPLE_ARGS = {
    "deep_copies": lambda: ({"w": np.array([0.5, 1.2]), "b": 0.5, "l": [1.0, 2.0]}, 0.1),
    "copies_of_aliases": lambda: (np.array([0.5, 1.2, 0.7]),),
    "copies_of_grown_lists": lambda: (0.7, 4),
    "best_or_none": lambda: (np.array([0.5, 1.2, 0.7]),),
    "root_or_none": lambda: (0.7,),
    "recurrence_in_dict": lambda: (0.6,),
    "memoised_recursion": lambda: (0.6,),
    "legendre_on_demand": lambda: (0.6,),
    "grid_in_dict": lambda: (0.6,),
    "bellman_ford": lambda: (1.6,),
    "default_of_floats": lambda: (1.6,),
    "default_of_lists": lambda: (np.array([1.0, 2.0, 3.0]),),
    "queue_of_known_length": lambda: (1.1,),
    "queue_of_recent": lambda: (np.array([0.5, 1.2, -0.4, 2.0]),),
    "named_tuple_made_inside": lambda: (1.1,),
    "products_of_arrays": lambda: (np.array([1.0, 2.0, 3.0]), np.array([2.0, 0.5])),
    "array_from_iterator": lambda: (0.6, [1.0, 2.0]),
    "counters_of_iterators": lambda: (np.array([1.0, 2.0, 3.0]),),
}
MORE_ARGS = {
    "best_or_none": [lambda: (np.array([0.5, 1.2, 0.7]), 1.0)],
    "root_or_none": [lambda: (-0.5,), lambda: (-1.5,)],
    "products_of_arrays": [lambda: (np.array([1.0]), np.array([2.0, 0.5, -1.0]))],
}
ARGNUMS = {"best_or_none": (0,)}
