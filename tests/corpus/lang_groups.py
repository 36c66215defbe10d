"""Lists in lists, as data are grouped: segments, runs, batches, clusters, piles and stacks."""

from __future__ import annotations

import itertools
from collections import defaultdict

import numpy as np


def score(groups):
    """Sizes and orders count."""
    s = 0.0
    for k, g in enumerate(groups):
        t = 0.0
        for v in g:
            t = t * 0.5 + v * v
        s += t / (len(g) + k)
    return s


def split_where_it_jumps(x):
    groups, cur = [], []
    for v in x:
        if cur and abs(cur[-1] - v) > 0.8:
            groups.append(cur)
            cur = []
        cur.append(v)
    if cur:
        groups.append(cur)
    return score(groups)


def new_one_goes_in_first(x):
    groups, cur = [], None
    for v in x:
        if cur is None or abs(v - cur[-1]) > 0.8:
            cur = []
            groups.append(cur)
        cur.append(v)
    return score(groups)


def first_one_from_before(x):
    cur = []
    groups = [cur]
    for v in x:
        if len(cur) > 0 and v < cur[-1]:
            cur = []
            groups.append(cur)
        cur.append(v)
    return score(groups)


def runs_up_and_down(x):
    up, down, cur = [], [], [x[0]]
    rising = x[1] > x[0]
    for a, b in zip(x, x[1:]):
        if (b > a) != rising:
            (up if rising else down).append(cur)
            cur = []
            rising = not rising
        cur.append(b)
    (up if rising else down).append(cur)
    return score(up) - score(down) * x[2]


def batches_by_weight(x):
    out, batch, weight = [], [], 0.0
    for v in x:
        if batch and weight + abs(v) > 2.0:
            out.append(batch)
            batch, weight = [], 0.0
        batch.append(v)
        weight += abs(v)
    out.append(batch)
    return score(out) + weight


def flushed_by_a_function(x):
    out, cur = [], []

    def flush():
        nonlocal cur
        if cur:
            out.append(cur)
            cur = []

    for v in x:
        if v < -0.9:
            flush()
        else:
            cur.append(v)
    flush()
    return score(out)


def first_that_is_near(x):
    clusters = []
    for v in x:
        for c in clusters:
            if abs(c[0] - v) < 0.6:
                c.append(v)
                break
        else:
            clusters.append([v])
    return score(clusters)


def piles(x):
    found = []
    for v in x:
        for p in found:
            if p[-1] >= v:
                p.append(v)
                break
        else:
            new = []
            new.append(v)
            found.append(new)
    return score(found)


def neighbours_merged(x):
    clusters = [[v] for v in x]
    while len(clusters) > 3:
        gaps = [abs(b[0] - a[-1]) for a, b in zip(clusters, clusters[1:])]
        i = gaps.index(min(gaps))
        other = clusters.pop(i + 1)
        clusters[i] += other
    return score(clusters)


def merged_under_two_names(x):
    """What is taken out of one list is in the other."""
    clusters = [[v] for v in x]
    every = list(clusters)
    while len(clusters) > 3:
        k = int(np.argmin([abs(b[0] - a[0]) for a, b in zip(clusters, clusters[1:])]))
        clusters[k] += clusters[k + 1]
        del clusters[k + 1]
    return score(clusters) + score(every)


def longest_taken_out(x):
    groups, cur = [], []
    for v in x:
        if len(cur) == 0 or v > cur[-1]:
            cur.append(v)
        else:
            groups.append(cur)
            cur = [v]
    groups.append(cur)
    k = max(range(len(groups)), key=lambda i: len(groups[i]))
    del groups[k]
    return score(groups)


def longest_so_far(x):
    best, cur = [], []
    for v in x:
        if v > -0.5:
            cur.append(v)
        else:
            if len(cur) > len(best):
                best = cur
            cur = []
    if len(cur) > len(best):
        best = cur
    return sum(v**2 for v in best)


def grouped_rows(m):
    groups, cur = [], []
    for r in m:
        if cur and np.sum(r * cur[-1]) < 0.0:
            groups.append(cur)
            cur = []
        cur.append(r)
    groups.append(cur)
    return sum(np.sum(np.mean(np.array(g), axis=0) ** 2) * len(g) for g in groups)


class Segments:
    """What comes in is kept until it jumps."""

    def __init__(self, most):
        self.most, self.groups, self.cur = most, [], []

    def push(self, v):
        if self.cur and abs(v - self.cur[-1]) > self.most:
            self.groups.append(self.cur)
            self.cur = []
        self.cur.append(v)


def pushed_by_an_object(x):
    segments = Segments(0.8)
    for v in x:
        segments.push(v)
    return score([*segments.groups, segments.cur])


def fullest_that_fits(x):
    bins = []
    for v in sorted(np.abs(x), reverse=True):
        best = None
        for b in bins:
            if sum(b) + v <= 2.5 and (best is None or sum(b) > sum(best)):
                best = b
        if best is None:
            best = []
            bins.append(best)
        best.append(v)
    return score(bins)


def shortest_first(x):
    """`min` with a key finds the list that is written to."""
    rows = [[] for _ in range(3)]
    for v in x:
        row = min(rows, key=len)
        row.append(v)
    return score(rows)


def kept_apart_by_sign(x):
    """Two dicts of lists under one key."""
    places, values = defaultdict(list), defaultdict(list)
    for i, v in enumerate(x):
        k = "below" if v < 0.0 else "above"
        places[k].append(i)
        values[k].append(v)
    s = sum(v * (i + 1) for i, v in zip(places["below"], values["below"]))
    return s + max(values["above"]) * len(places["above"])


def longest_run(x):
    runs = []
    for above, group in itertools.groupby(x, key=lambda v: v > 0.3):
        values = list(group)
        if above:
            runs.append((len(values), sum(values)))
    longest = max(runs)
    return longest[1] * longest[0] + sum(s**2 / n for n, s in runs)


_X = (0.41, 0.93, -0.72, -1.05, 1.34, 1.13, 0.22, -0.87, 0.56)
_NAMES = [
    "split_where_it_jumps", "new_one_goes_in_first", "first_one_from_before", "runs_up_and_down",
    "batches_by_weight", "flushed_by_a_function", "first_that_is_near", "piles",
    "neighbours_merged", "merged_under_two_names", "longest_taken_out", "longest_so_far",
    "pushed_by_an_object", "fullest_that_fits", "shortest_first", "kept_apart_by_sign",
    "longest_run",
]  # fmt: skip
EXAMPLE_ARGS = {name: lambda: (np.array(_X),) for name in _NAMES} | {
    "grouped_rows": lambda: (np.array([[0.4, -0.7], [0.2, 1.3], [1.1, 0.9], [-0.3, -0.8]]),)
}
