"""Items of lists at computed places, written to in place: one array or another, by the path."""

from __future__ import annotations

import numpy as np


def two_buffers_in_turn(u0, c, steps):
    bufs = [u0.copy(), np.empty(u0.shape)]
    for t in range(steps):
        src, dst = bufs[t % 2], bufs[(t + 1) % 2]
        dst[:] = src
        dst[1:-1] += c * src[1:-1] * (src[2:] - src[:-2])
    return np.sum(bufs[steps % 2] ** 2)


def three_buffers_in_turn(u0, c, steps):
    bufs = [u0.copy(), u0 * 2, np.zeros_like(u0)]
    cur = 0
    for t in range(steps):
        nxt = (cur + 1) % 3
        prv = cur - 1
        bufs[nxt][1:] = bufs[cur][1:] + c * bufs[prv][:-1]
        bufs[nxt][0] = bufs[cur][0]
        cur = nxt
    return np.sum(bufs[cur] ** 2) + bufs[cur - 1][0]


def layer_replaced(ws, x, k):
    ws[k][0] *= 2.0
    h = x
    for i in range(len(ws)):
        h = np.tanh(ws[i] @ h)
    ws[k - 1] = ws[k] + 1
    return np.sum(h) + np.sum(ws[0] * ws[1])


def arrays_of_two_lengths(a, b, k):
    L = [a, b]
    L[k][0] = a[1] * b[1]
    w = L[1 - k]
    w += np.sum(L[k])
    return np.sum(a**2) + np.sum(b**3)


def item_of_tuple(a, b, k):
    t = (a, b)
    v = t[k]
    v[1:] = v[:-1] * 2
    return np.sum(a**2) + np.sum(b**3) + t[k - 1][0]


def dicts_in_list(p, k):
    rows = [p["a"], p["b"]]
    rows[k]["w"] = rows[k]["w"] * rows[1 - k]["w"]
    rows[k]["c"] += 1.0
    return np.sum(p["a"]["w"]) * p["b"]["c"] + p["a"]["c"] * np.sum(p["b"]["w"] ** 2)


def largest_first_entry(a, b, c):
    L = [a, b, c]
    k = np.argmax(np.array([v[0] for v in L]))
    L[k][1] = 5.0 * L[k][0]
    L[k] *= 2.0
    return np.sum(a**2) + np.sum(b**2) + np.sum(c**2)


class _Cell:
    def __init__(self, m):
        self.m = m

    def push(self, f):
        self.m = self.m + f


def objects_in_turn(x, n):
    cells = [_Cell(x[0]), _Cell(x[1])]
    for t in range(n):
        cells[t % 2].push(cells[(t + 1) % 2].m * 0.5)
    return cells[0].m * cells[1].m


def only_read(a, b, k):
    L = [a, b]
    s = 0.0
    for i in range(4):
        s += np.sum(L[(i + k) % 2] * i)
    return s * L[k][0]


def in_turn_until_small(a, b):
    L = [a, b]
    k = 0
    while np.sum(L[k]) > 0.5:
        L[k][:] = L[k] * 0.5
        k = 1 - k
    return np.sum(a**2) + np.sum(b**3)


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _nested():
    first = {"w": _normal(2), "c": 0.3}
    return {"a": first, "b": {"w": _normal(2, seed=1), "c": 0.4}}


def rows_in_another_order(x):
    rows = [[x[0], 1.0], [x[1], 1.0], [x[2], 1.0]]
    out = []
    for k in np.argsort(x):
        out.append(rows[k])
    return rows, out


def written_by_the_order(x):
    rows, out = rows_in_another_order(x)
    out[0][1] = 5.0
    return sum(a * b * (k + 1) for k, (a, b) in enumerate(rows))


def written_by_the_rows(x):
    rows, out = rows_in_another_order(x)
    for row in rows:
        row[0] *= 2.0
    rows[0][1] = 5.0
    return sum(a * b * (k + 1) for k, (a, b) in enumerate(out))


def written_by_each_of_the_order(x):
    rows = [[x[0], 1.0], [x[1], 1.0], [x[2], 1.0]]
    out = [rows[k] for k in np.argsort(x)]
    for row in out:
        row[1] += 2.0 * x[0]
    last = out[-1]
    last[1] = 4.0
    return sum(a * b * (k + 1) for k, (a, b) in enumerate(rows))


ORDERED = np.array([0.5, 0.2, 0.9])


def largest_so_far(x):
    """A list that is looped over, and read at the place of the largest of what has come."""
    best, total = 0, 0.0
    for i, v in enumerate(x):
        if v > x[best]:
            best = i
        total += x[best] * v
    return total


def largest_of_a_window(x, w):
    """The same, at the places that a queue of them begins and ends with."""
    places, total = [], 0.0
    for i, v in enumerate(x):
        while places and x[places[-1]] <= v:
            places.pop()
        places.append(i)
        if places[0] <= i - w:
            places.pop(0)
        total += x[places[0]] ** 2 * (i + 1)
    return total


def doubled_while_read(x):
    """What the loop is still to come to is written to, at computed places."""
    at, total = 0, 0.0
    for i, v in enumerate(x):
        total += v * (i + 1)
        if v > 0.5:
            at = min(i + 1, 2)
        x[at] = x[at] * 2.0
    return total


EXAMPLE_ARGS = {
    "largest_so_far": lambda: ([0.3, 0.1, 0.7, 0.5],),
    "largest_of_a_window": lambda: ([0.3, 0.1, 0.7, 0.5, 0.2], 2),
    "doubled_while_read": lambda: ([0.3, 0.9, 0.2],),
    "written_by_the_order": lambda: (ORDERED.copy(),),
    "written_by_the_rows": lambda: (ORDERED.copy(),),
    "written_by_each_of_the_order": lambda: (ORDERED.copy(),),
    "two_buffers_in_turn": lambda: (_normal(6), 0.2, 5),
    "three_buffers_in_turn": lambda: (_normal(4), 0.2, 5),
    "layer_replaced": lambda: ([_normal(2, 2), _normal(2, 2, seed=1)], _normal(2), 1),
    "arrays_of_two_lengths": lambda: (_normal(3), _normal(4, seed=1), 0),
    "item_of_tuple": lambda: (_normal(3), _normal(3, seed=1), 0),
    "dicts_in_list": lambda: (_nested(), 1),
    "largest_first_entry": lambda: (_normal(3), _normal(3, seed=1), _normal(3, seed=2)),
    "objects_in_turn": lambda: (_normal(2), 5),
    "only_read": lambda: (_normal(3), _normal(3, seed=1), 1),
    "in_turn_until_small": lambda: (abs(_normal(3)), abs(_normal(3, seed=1))),
}

MORE_ARGS = {
    "two_buffers_in_turn": [lambda: (_normal(6), 0.2, 0)],
    "three_buffers_in_turn": [lambda: (_normal(4), 0.2, 1)],
    "layer_replaced": [lambda: ([_normal(2, 2), _normal(2, 2, seed=1)], _normal(2), 0)],
    "arrays_of_two_lengths": [lambda: (_normal(3), _normal(4, seed=1), 1)],
    "item_of_tuple": [lambda: (_normal(3), _normal(3, seed=1), 1)],
}
