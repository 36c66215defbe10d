"""Dicts, sets and counters by labels: what integer arrays hold decides which keys there are."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import numpy as np


def groups_by_label(x, labels):
    groups = {}
    for i in range(len(x)):
        groups.setdefault(int(labels[i]), []).append(x[i] ** 2)
    return sum((k + 1) * np.mean(np.array(groups[k])) for k in sorted(groups))


def sums_by_label(x, labels):
    sums = defaultdict(float)
    for k, v in zip(labels, x):
        sums[k] += v * v
    return sum(math.sqrt(v) * k for k, v in sums.items())


def kept_results(x, labels):
    cache = {}
    total = 0.0
    for i in range(len(x)):
        key = int(labels[i])
        if key not in cache:
            cache[key] = np.exp(x[i])
        total += cache[key] * x[i]
    return total


def smooth_over_edges(x, edges):
    near = {}
    for a, b in edges:
        near.setdefault(int(a), set()).add(int(b))
        near.setdefault(int(b), set()).add(int(a))
    return sum((x[u] - x[v]) ** 2 * len(near[u]) for u in sorted(near) for v in sorted(near[u]))


def weights_of_edges(x, edges):
    weights = {}
    for a, b in edges:
        weights[a, b] = (x[a] - x[b]) ** 2
    return sum(w * (a + b) for (a, b), w in weights.items())


def balanced(x, labels):
    count = Counter(labels.tolist())
    top, n = count.most_common(1)[0]
    return sum(v * v / count[int(k)] for k, v in zip(labels, x)) + x[top] * n + count[17]


def centred(x, labels):
    means = {k: x[labels == k].mean() for k in np.unique(labels)}
    return sum((v - means[k]) ** 2 for k, v in zip(labels, x))


def first_of_each(x, labels):
    seen = set()
    total = 0.0
    for v, k in zip(x, labels):
        if k in seen:
            continue
        seen.add(k)
        total += np.sin(v)
    return total * len(seen)


def large_groups(x, labels):
    count = np.zeros(3, dtype=int)
    for k in labels:
        count[k] += 1
    kept = {}
    for k in range(3):
        if count[k] > 1:
            kept[k] = sum(x[i] for i in range(len(x)) if labels[i] == k)
    return sum(v**2 for v in kept.values())


def columns_of_labels(x, labels):
    index = {k: i for i, k in enumerate(sorted(set(labels.tolist())))}
    table = np.zeros((len(labels), len(index)))
    for i, k in enumerate(labels):
        table[i, index[int(k)]] = x[i]
    return np.sum(table.sum(axis=0) ** 2)


def breadth_first(x):
    steps = {0: [1, 2], 1: [3], 2: [3, 4], 3: [5], 4: [5], 5: []}
    seen, queue, reached = {0}, [0], {0: x[0]}
    while queue:
        u = queue.pop(0)
        for v in steps[u]:
            if v not in seen:
                seen.add(v)
                queue.append(v)
                reached[v] = reached[u] * x[v] + x[u]
    return sum(reached.values()) + len(seen)


def sets_together(x, labels):
    here = {int(k) for k in labels}
    given = set([1, 2, 5])
    both, all_of = here & given, here | given
    all_of.discard(5)
    all_of -= {0}
    total = sum(x[k] ** 2 for k in sorted(both)) + sum(x[k] * 3 for k in sorted(all_of - {1}))
    if both <= here and not both.isdisjoint(given) and isinstance(here, set):
        total *= x[len(all_of)]
    return total + len(here ^ given) + max(here)


X = np.array([0.7, 0.3, 1.2, 0.1, 0.9, 0.5])
LABELS = np.array([2, 0, 2, 1, 0, 2])
EDGES = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [0, 5]])
BY_LABEL = (
    "groups_by_label", "sums_by_label", "kept_results", "balanced", "centred", "first_of_each",
    "large_groups", "columns_of_labels", "sets_together",
)  # fmt: skip
EXAMPLE_ARGS = {
    **{name: lambda: (X.copy(), LABELS.copy()) for name in BY_LABEL},
    "smooth_over_edges": lambda: (X.copy(), EDGES.copy()),
    "weights_of_edges": lambda: (X.copy(), EDGES.copy()),
    "breadth_first": lambda: (X.copy(),),
}
ARGNUMS = dict.fromkeys(EXAMPLE_ARGS, (0,))
MORE_ARGS = {
    name: [
        lambda: (X.copy(), np.array([1, 1, 0, 2, 2, 0])),
        lambda: (X[:4], np.array([1, 0, 1, 2])),
    ]
    for name in BY_LABEL
}
