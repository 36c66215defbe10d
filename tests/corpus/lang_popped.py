"""Items and slices taken out of lists and queues, by places that count from the end, too."""

from __future__ import annotations

from collections import deque

import numpy as np


def all_but_one(x):
    rows = list(x[:1])
    for v in x[1:]:
        rows.append(v)
    s = 0.0
    k = 1.0
    while len(rows) > 1:
        v = rows.pop(-2)
        s += k * v**2
        k += 1.0
    return s * rows[0]


def moved_to_the_end(x, places):
    rows = []
    for v in x:
        rows.append(v)
    for k in places:
        rows.append(rows.pop(k) * 0.5)
    return sum((k + 1) * v**2 for k, v in enumerate(rows))


def flood(g):
    n, m = g.shape
    seen = {(0, 0)}
    queue = deque([(0, 0, 0)])
    total = 0.0
    while queue:
        i, j, d = queue.popleft()
        total += g[i, j] ** 2 * 0.9**d
        for di, dj in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            a, b = i + di, j + dj
            if 0 <= a < n and 0 <= b < m and (a, b) not in seen and g[a, b] > 0.0:
                seen.add((a, b))
                queue.append((a, b, d + 1))
    return total


def queue_of_arrays(x):
    queue = [x[:2], x[1:3]]
    s = 0.0
    for k in range(30):
        v = queue.pop(k % len(queue) - 1)
        s += np.sum(v**2) * 0.9**k
        queue.append(v * 0.5)
        if k < 10:
            queue.append(np.sin(v))
    return s


def windows(x, n):
    rows, total = [], 0.0
    for v in x:
        rows.append([v, v**2])
        if len(rows) > n:
            del rows[: len(rows) - n]
        total += sum(a * b for a, b in rows)
    return total


def slices_deleted(x, a, b):
    kept = []
    for v in x:
        kept.append(v)
    del kept[a:b]
    kept[0] *= 3.0
    del kept[b + 1 :]
    kept.append(x[0])
    del kept[-2:-1]
    few = [x[0], x[1], x[2]]
    del few[a:]
    few += kept
    return sum((k + 1) * v**2 for k, v in enumerate(few))


def inserted(x, places):
    kept = [x[0]]
    for k in places:
        kept.insert(k, x[k % 3] * len(kept))
        kept.insert(-k, [0.5, 0.2][k % 2])
        kept[0] *= 1.1
    return sum((i + 1) * v**2 for i, v in enumerate(kept))


def popped_until(x, limit):
    pending = list(x)
    s, used = 0.0, 0
    while pending and s < limit:
        s += pending.pop() ** 2
        used += 1
    rest = sum(pending) if pending else 0.0
    return s - rest * used


def largest_deleted(costs):
    left, total = dict(costs), 0.0
    while len(left) > 1:
        name = max(left, key=lambda k: left[k])
        del left[name]
        total += sum(left.values()) * len(left)
    return total + left[min(left)] ** 2


def one_deleted(x):
    few = [x[0], x[1], x[2]]
    del few[1 if x[0] > x[1] else -1]
    return few[0] * few[1]


X = (1.0, 2.5, 1.7, 0.4, 1.1, 3.0)
EXAMPLE_ARGS = {
    "all_but_one": lambda: (np.array(X),),
    "moved_to_the_end": lambda: (np.array(X), [0, -1, -2, 2, -3, 1]),
    "inserted": lambda: (np.array(X), [0, -1, -9, 9, 2, -2, 1]),
    "popped_until": lambda: (np.array(X), 10.0),
    "largest_deleted": lambda: ({"a": 0.3, "b": -0.2, "c": 0.9},),
    "one_deleted": lambda: (np.array(X),),
    "windows": lambda: (np.array(X), 3),
    "slices_deleted": lambda: (np.array(X), 1, 3),
    "flood": lambda: (np.array([[0.3, 1.2, 0.7], [0.9, -1.0, 0.4], [1.1, 0.5, 0.8]]),),
    "queue_of_arrays": lambda: (np.array(X),),
}
MORE_ARGS = {
    "largest_deleted": [lambda: ({"a": 0.3, "b": 0.7, "c": 0.5},), lambda: ({"a": 0.3},)],
    "one_deleted": [lambda: (-np.array(X),)],
    "popped_until": [lambda: (np.array(X), -1.0), lambda: (np.array(X), 99.0)],
    "slices_deleted": [lambda: (np.array(X), 3, 1), lambda: (np.array(X), 1, 9)],
}
