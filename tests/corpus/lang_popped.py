"""Items taken out of the middle of lists and queues, by places that count from the end, too."""

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


X = (1.0, 2.5, 1.7, 0.4, 1.1, 3.0)
EXAMPLE_ARGS = {
    "all_but_one": lambda: (np.array(X),),
    "moved_to_the_end": lambda: (np.array(X), [0, -1, -2, 2, -3, 1]),
    "flood": lambda: (np.array([[0.3, 1.2, 0.7], [0.9, -1.0, 0.4], [1.1, 0.5, 0.8]]),),
    "queue_of_arrays": lambda: (np.array(X),),
}
