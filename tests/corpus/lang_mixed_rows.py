"""Lists of rows of numbers and counts, found as the program runs: blocks, queues, heaps."""

import heapq

import numpy as np


def mixed_pooled_blocks(y):
    blocks = []
    for v in y:
        blocks.append([v, 1])
        while len(blocks) > 1 and blocks[-2][0].real > blocks[-1][0].real:
            v2, n2 = blocks.pop()
            v1, n1 = blocks.pop()
            blocks.append([(v1 * n1 + v2 * n2) / (n1 + n2), n1 + n2])
    out = []
    for v, n in blocks:
        out += [v] * n
    return sum((a - b) ** 2 for a, b in zip(out, y)) + out[-1]


def mixed_places(x):
    rows = []
    for k in range(len(x)):
        if x[k].real > 0.0:
            rows.append([x[k] ** 2, k])
    total = 0.0
    for v, k in rows:
        total += v * x[k - 1]
        for j in range(k):
            total -= 0.1 * v * x[j]
    return total


def mixed_heap(rates, horizon):
    queue = [(1.0 / rate, k) for k, rate in enumerate(rates)]
    heapq.heapify(queue)
    total = 0.0 * rates[0]
    while queue:
        t, k = heapq.heappop(queue)
        if t > horizon:
            break
        total += np.exp(-0.3 * t) * rates[k]
        heapq.heappush(queue, (t + 1.1 / rates[k], k))
    return total


def mixed_ordered_rows(x):
    rows = []
    for k in range(len(x)):
        row = (x[k] * x[k], x[k])
        if rows and row < rows[-1]:
            rows.append((x[k], rows[0][0]))
        rows.append(row)
        if rows[0] == rows[-1]:
            rows.append((x[k], x[0]))
    return sum(a * b for a, b in rows) + len(rows)


def mixed_text_first_and_last(x):
    heap = [(x[0], "arrive"), (x[1], "depart")]
    heapq.heapify(heap)
    log, waiting, total = [], 0, 0.0
    while heap:
        t, what = heapq.heappop(heap)
        if t > 3.0:
            break
        log.append((what, t))
        if what == "arrive":
            waiting += 1
            heapq.heappush(heap, (t + x[2], "arrive"))
        else:
            waiting = max(waiting - 1, 0)
            heapq.heappush(heap, (t + x[3], "depart"))
    for what, t in log:
        total += t**2 if what == "arrive" else 0.5 * t
    return total * (1 + waiting)


EXAMPLE_ARGS = {
    "mixed_text_first_and_last": lambda: (np.array([0.5, 1.1, 0.9, 1.3]),),
    "mixed_pooled_blocks": lambda: (np.array([0.5, 0.2, 0.9, 0.7, 1.5]),),
    "mixed_places": lambda: (np.array([0.5, -0.2, 0.9, 0.7]),),
    "mixed_heap": lambda: (np.array([1.3, 0.7, 2.1]), 2.9),
    "mixed_ordered_rows": lambda: (np.array([0.5, 0.2, 0.9, 0.7]),),
}
ARGNUMS = {"mixed_heap": (0,)}
