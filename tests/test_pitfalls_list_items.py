"""Lists and arrays that are items of lists, and are written to under another name."""

from __future__ import annotations

import numpy as np
import pytest

from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


X = np.array([0.6, 1.3, 0.9])


@case("the truth of a list as a number", X - 1.0, 3)
def truth_as_a_number(x, n):
    held, total = [], 0.0
    for v in x:
        if v > 0.0:
            held.append(v)
        total = total + bool(held) * v * v + x[0] ** bool(held)
    return total + bool([v for v in x if v > -2.0]) * x[n - 1]


@case("an array read from a list, which is popped and written to", X, 3, outcome="either")
def array_read_and_popped(x, n):
    rows = []
    for i in range(n):
        rows.append(x * (i + 1))
    r = rows[-1]
    p = rows.pop()
    p[0] = 5.0 * x[1]
    return r[0] * p[1] + r.sum()


@case("a list read from a list, which is popped and written to", X, 3, outcome="either")
def list_read_and_popped(x, n):
    rows = []
    for i in range(n):
        rows.append([x[0] * (i + 1), x[1]])
    r = rows[-1]
    p = rows.pop()
    p[0] = 5.0 * x[1]
    return r[0] * p[1] + sum(r)


@case("a list appended in a long loop, written to in the list", X, 40, outcome="either")
def written_in_the_list_after_the_loop(x, n):
    now, rows = [x[0], x[1]], []
    for i in range(n):
        now = [now[0] * 0.9, x[2] * i]
        rows.append(now)
    rows[-1][0] = 5.0 * x[1]
    return now[0] * x[2] + now[1]


@case("a list from before a long loop, written to in the list", X, 40, outcome="either")
def first_of_the_list_written_after_the_loop(x, n):
    a = [x[0], x[1]]
    rows = [a]
    for i in range(n):
        rows.append([x[2] * i, 1.0])
    rows[0][0] = 5.0 * x[1]
    return a[0] * x[2] + rows[1][0]


@case("one list appended many times", X, 3, outcome="either")
def one_row_many_times(x, n):
    row = [x[0], x[1]]
    rows = []
    for _ in range(n):
        rows.append(row)
    p = rows.pop()
    p[0] = 7.0 * x[2]
    return rows[0][0] * row[0] * p[1]


@case("a list written to after it was appended", X, 3, outcome="either")
def written_after_append(x, n):
    rows = []
    for i in range(n):
        row = [x[0] * i, x[1]]
        rows.append(row)
        row[1] = x[2] ** 2
    p = rows.pop()
    row[0] = 3.0
    return rows[0][1] * p[0] * x[0] + p[1]


@case("a list twice in a list that grows", X, 3, outcome="either")
def row_twice(x, n):
    row = [x[0], x[1]]
    rows = [row, row]
    for _ in range(n):
        rows.append([x[2], 1.0])
    row[0] = 7.0 * x[2]
    rows[1][1] = 4.0
    return rows[0][0] * row[0] * rows[-1][0] * rows[0][1]


@case("an item of a list, appended to it again", X, 3, outcome="either")
def item_appended_again(x, n):
    rows = [x * 1.0]
    for _ in range(n):
        rows.append(rows[-1])
    p = rows.pop()
    p[0] = 3.0 * x[1]
    return rows[0][0] * p[1]


@case("a popped list appended again, and written to by its place", X, 4, outcome="either")
def popped_and_appended(x, n):
    rows = []
    for _ in range(n):
        rows.append([x[2], x[1]])
    a = rows.pop()
    rows.append([x[1] * 2, x[1]])
    rows.append(a)
    rows[-1][0] *= 3.0 * x[0]
    return a[0] * a[1] + rows[-1][0]


@case("a list of lists that grows on one path, and a copy of it", X, 4, outcome="either")
def grows_on_one_path(x, n):
    rows = [[x[2], x[1]], [x[0] * 2, x[0]], [x[1] * 2, x[2]]]
    q = rows.copy()
    if x[0] > 0:
        rows.insert(0, [x[0], x[0]])
    q[n - 2][0] *= rows[n - 3][1] * 2
    return sum(r[0] * r[1] for r in rows) + sum(r[0] for r in q)


@case("a list that replaces an item, written to afterwards", X, 4, outcome="either")
def replaced_and_written(x, n):
    rows = []
    for _ in range(n):
        rows.append([x[2] * 2, x[2]])
    b = [x[1] * 2, x[2]]
    rows[-1] = b
    rows.append(b)
    b[0] = rows[1][0] * 2
    return b[0] * b[1] + sum(r[0] * r[1] for r in rows)


@case("an item read in a loop that writes to all of them", X, 3)
def read_in_loop_that_writes(x, n):
    rows = []
    for _ in range(n):
        rows.append([x[2] * 2, x[0]])
    t = 0.0
    for _ in range(2):
        a = rows[1]
        for r in rows:
            r[1] *= 1.5
            t += r[0]
    return t + a[0] * a[1]


@case("a list that grows beside one of the same items, written to", X, 3, outcome="either")
def grows_beside(x, n):
    rows = [[x[2], x[0]], [x[2] * 2, x[2]]]
    q = rows + [[x[2] * 3, x[2]]]
    for _ in range(n):
        q.insert(0, [x[0], x[1]])
        for r in rows:
            r[0] *= 1.5
    return sum(r[0] * r[1] for r in q)


@case("a list that a loop moves to another place, written to after the loop", X)
def moved_in_loop(x):
    rows = [[x[2], x[1]], [x[0], x[0]]]
    for _ in range(2):
        a = rows.pop()
        rows.append([x[1] * 2, x[1]])
        rows[0] = a
    a[0] = rows[0][0] * 2
    return sum(r[0] * r[1] for r in rows)


@case("a list that stands in a list and under a name, written to in a loop", X)
def named_and_popped_in_loop(x):
    rows = [[x[1] * 2, x[1]], [x[2] * 3, x[0]]]
    a = [x[1] * 2, x[1]]
    rows[-1] = a
    for _ in range(2):
        b = rows.pop()
        rows.append([x[0] * 2, x[0]])
        b[0] = 3.0 * x[0]
    return a[0] * a[1] + b[0] + rows[0][0]


@case("dicts that a loop keeps one of", {"a": 1.0, "b": 0.5}, 3)
def best_dict(p, n):
    best = p
    for _ in range(n):
        q = dict(best)
        q["a"] = q["a"] * 1.1
        if q["a"] < 3:
            best = q
        best["b"] += p["b"]
    return best["a"] * best["b"] + p["b"] + q["b"]


@case("dicts that hold the same list, remade in a loop", 0.7, 3)
def dicts_of_one_list(x, n):
    s = {"m": 0.0, "h": [x]}
    t = s
    for _ in range(n):
        u = t
        t = {"m": t["m"] + x, "h": t["h"]}
        u["m"] *= 2
        t["h"][0] = t["h"][0] * x
    return s["m"] * t["m"] + s["h"][0] + u["m"]


@case("a list that replaces an item", X, 4)
def replaced(x, n):
    rows = []
    for _ in range(n):
        rows.append([x[2] * 2, x[2]])
    b = [x[1] * 2, x[2]]
    rows[-1] = b
    rows.append(b)
    return b[0] * b[1] + sum(r[0] * r[1] for r in rows)


@case("an item goes into a list in a list, by a computed place", X)
def bins_of_values(x):
    bins = [[] for _ in range(3)]
    for v in x:
        bins[min(int(abs(v) * 2.0), 2)].append(v)
    return sum(sum(b) ** 2 / len(b) for b in bins if b)


@case("an item goes into the last list of a list", X)
def triangle_of_rows(x):
    rows = []
    for i in range(len(x)):
        rows.append([])
        for j in range(i + 1):
            rows[i].append(x[i] * x[j])
        rows[-1].append(1.0)
    return sum(sum(r) ** 2 for r in rows) + rows[2][1]


@case("a list in a list is read and gets longer", X)
def histories(x):
    past = [[0.0] for _ in range(2)]
    for v in x:
        for j in range(2):
            past[j].append(0.5 * past[j][-1] + v * (j + 1))
    return past[0][-1] ** 2 + sum(past[1])


@case("a list in a list gets shorter", X, outcome="either")
def shorter_in_list(x):
    pair = [[x[0]], [x[1]]]
    for v in x:
        k = 0 if v > 0.8 else 1
        pair[k].append(v)
        if len(pair[k]) > 2:
            pair[k].pop(0)
    return sum(sum(r) * (i + 1) for i, r in enumerate(pair))


M = np.array([[0.3, 0.2], [0.5, -0.1], [0.7, 0.4]])


def grouped(m):
    held = []
    for row in m:
        k = int(row[0] > 0.4)
        while len(held) <= k:
            held.append([])
        held[k].append(row)
    return held


@case("a row of an array in a list in a list, written to there", M, outcome="either")
def row_written_in_its_group(m):
    held = grouped(m)
    held[1][0][0] = 2.0
    return np.sum(m**2) + sum(r[0] * r[1] for g in held for r in g)


@case("rows of an array in lists in a list, the array written to", M, outcome="either")
def array_written_under_groups(m):
    held = grouped(m)
    m[1, 0] = 2.0
    return np.sum(m**2) + sum(r[0] * r[1] for g in held for r in g)


@case("rows of an array in lists in a list, which grow further under a name", M)
def groups_grow_under_a_name(m):
    held = grouped(m)
    last = held[1]
    last.append(m[0] * m[1])
    return sum(r[0] * r[1] for g in held for r in g) * len(held[1])


@case("lists in a list are sorted and turned", X, outcome="either")
def sorted_in_list(x):
    pair = [[], []]
    for i, v in enumerate(x):
        pair[i % 2].append(v)
    pair[0].sort()
    pair[1].reverse()
    return sum(p * q for p, q in zip(*pair)) + pair[0][0]


@case("one of two lists goes into a list", np.array([0.1, 0.7, 0.2, 0.9]))
def one_of_two_goes_in(x):
    """What went into a list on one turn is written to, by another name, on a later one."""
    groups, cur, old = [], [], [x[0]]
    for v in x:
        if v > 0.5:
            groups.append(cur)
            cur = [v]
        else:
            cur = old
        cur.append(v)
    return sum(sum(w * w for w in g) for g in groups) + sum(cur) * sum(old)


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
