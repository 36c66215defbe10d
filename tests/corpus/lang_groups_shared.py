"""Lists in lists that other names and lists hold, too: whoever holds one sees what is written."""

from __future__ import annotations

import numpy as np


def score(groups):
    """Sizes and orders count."""
    s = 0.0
    for k, g in enumerate(groups):
        for j, v in enumerate(g):
            s += v * v * (k + 1.0) / (j + 2.0)
    return s


def split(x):
    """Each list goes into the outer one before it is filled."""
    groups, cur = [], None
    for v in x:
        if cur is None or v > 0.5:
            cur = []
            groups.append(cur)
        cur.append(v)
    return groups, cur


def two_names(x):
    groups = []
    a = b = []
    for i, v in enumerate(x):
        if v > 0.5:
            a = []
            groups.append(a)
        a.append(v)
        if i == 4:
            b = a
        if i == 6:
            b.append(v * 2.0)
    return score(groups) + sum(a) * sum(b)


def one_list_three_times(x):
    groups, cur = [[]] * 3, []
    for i, v in enumerate(x):
        groups[i % 3].append(v)
        if v > 0.5:
            cur = []
            groups.append(cur)
        cur.append(v)
    return score(groups)


def written_in_a_loop_over_them(x):
    groups, cur = [], None
    for v in x:
        if cur is None or v > 0.5:
            cur = []
            groups.append(cur)
        cur.append(v)
        for g in groups:
            if g is not cur:
                g.append(v * 0.1)
    return score(groups)


def copies_of_the_outer_one(x):
    groups, cur = split(x)
    other, third, fourth = list(groups), groups[:], groups.copy()
    cur.append(x[1] * 4.0)
    groups.pop()
    return score(groups) + 3.0 * score(other) + score(third) + score(fourth)


def equal_or_the_same(x):
    groups, cur = split(x)
    twin = list(groups[0])
    a = 2.0 if twin == groups[0] else 3.0
    b = 5.0 if twin is groups[0] else 7.0
    c = 11.0 if cur is groups[-1] else 13.0
    d = 17.0 if cur in groups else 19.0
    return (a + b + c + d + groups.index(cur)) * score(groups)


def methods(x):
    groups, cur = split(x)
    g = groups[1]
    both = g + cur
    g += cur
    g *= 2
    cur.reverse()
    cur.insert(1, x[0])
    cur[0] = x[1]
    del g[0]
    g.sort()
    groups[0].clear()
    return score(groups) + sum(both) ** 2 + sum(g[1:3]) + len(cur) * cur.index(cur[1])


def sorted_and_greatest(x):
    groups, cur = split(x)
    s = score(sorted(groups))
    groups.sort(key=sum)
    big = max(groups, key=len)
    big.append(x[0] * 2.0)
    return score(groups) * s + cur[0]


def as_arrays(x):
    groups, cur = [], None
    for i, v in enumerate(x):
        if i % 2 == 0:
            cur = []
            groups.append(cur)
        cur.append(v)
    return np.sum(np.array(groups) ** 2) + np.mean(cur) ** 2 * np.max(groups[0])


def places_of_entries(x):
    groups, cur = [], None
    for i, v in enumerate(x):
        if cur is None or v > 0.5:
            cur = []
            groups.append(cur)
        cur.append(i)
    return np.sum(x[cur]) + np.sum(x[groups[0]] ** 2)


def in_tuples(x):
    groups, cur, s = [], None, 0.0
    for i, v in enumerate(x):
        if cur is None or v > 0.5:
            cur = []
            groups.append((cur, i))
        cur.append(v)
    for g, i in groups:
        g.append(x[0])
        s += sum(g) * (i + 1)
    return s + sum(cur) ** 2


def replaced_and_removed(x):
    groups, cur = [], []
    for i, v in enumerate(x):
        if i == 0 or v > 0.5:
            cur = []
            groups.append(cur)
        cur.append(v)
        if i == 5:
            groups[0] = cur
            groups[-1] = [v]
    groups.remove(groups[0])
    cur.append(x[0])
    return score(groups) + sum(cur)


def kept_as_a_default(x):
    groups, cur = [], []

    def add(v, to=cur):
        to.append(v)

    for i, v in enumerate(x):
        if i == 0 or v > 0.5:
            cur = []
            groups.append(cur)
        add(v)
        cur.append(v)
    return score(groups)


def under_keys_and_a_name(x):
    d, last = {}, None
    for v in x:
        k = "p" if v > 0.0 else "n"
        if k not in d:
            d[k] = []
        last = d[k]
        last.append(v)
        if v > 1.5:
            d["n"] = d["p"]
    return sum(d["p"]) ** 2 + sum(d["n"]) ** 3 + last[0]


def none_where_there_is_none_yet(x):
    slots, last = [None] * 4, None
    for v in x:
        k = int(abs(v) * 2.0)
        if not slots[k]:
            slots[k] = []
        last = slots[k]
        last.append(v)
    last.append(2.0 * x[0])
    return sum(sum(s) ** 2 * (i + 1) for i, s in enumerate(slots) if s)


def windows_joined(x):
    groups, cur = [], None
    for i in range(len(x) - 1):
        if cur is None or x[i] > 0.5:
            cur = []
            groups.append(cur)
        cur.append(x[i : i + 2])
    return sum(np.sum(np.concatenate(g)) ** 2 + np.sum(np.stack(g)[:, 0]) for g in groups)


def yielded(x):
    cur = []
    for v in x:
        if cur and abs(v - cur[-1]) > 1.0:
            yield cur
            cur = []
        cur.append(v)
    yield cur


def kept_of_a_generator(x):
    groups = list(yielded(x))
    groups[0].append(x[0])
    groups[-1][0] *= 2.0
    return score(groups)


def of_two_calls(x):
    a, b = split(x)[0], split(-x)[0]
    a[0].append(b[0][0])
    b[0].append(x[1] * 3.0)
    c = a + b
    c[-1].append(x[2])
    return score(a) + score(b) + score(c)


_X = (1.2, -0.4, 0.7, -1.3, 0.9, 0.3, -0.6, 1.7)
_NAMES = [
    "two_names", "one_list_three_times", "written_in_a_loop_over_them", "copies_of_the_outer_one",
    "equal_or_the_same", "methods", "sorted_and_greatest", "as_arrays", "places_of_entries",
    "in_tuples", "replaced_and_removed", "kept_as_a_default", "under_keys_and_a_name",
    "none_where_there_is_none_yet", "windows_joined", "kept_of_a_generator", "of_two_calls",
]  # fmt: skip
EXAMPLE_ARGS = {name: lambda: (np.array(_X),) for name in _NAMES}
