"""Lists that a turn of a loop, or a path, puts under another name: one list for every write."""

from __future__ import annotations

import numpy as np


class Point:
    """Something with a value, which lists hold."""

    def __init__(self, value):
        self.value = value


def swapped_by_inner_turns(x):
    """An inner loop changes two objects of a list and back; one of them is written to later."""
    first = Point(x[2])
    both = [Point(x[1]), first]
    for _ in range(3):
        both[0], both[1] = both[1], both[0]
        for _ in range(2):
            both[0], both[1] = both[1], both[0]
            both[0], both[1] = both[1], both[0]
    first.value += x[0] * x[1]
    return first.value * x[0] + 3.0 * both[0].value + 5.0 * both[1].value


def appended_after_renaming(x):
    """The first turn appends to a list that is given up, the later ones to that of the total."""
    recent = [x[0]]
    kept = [1.0, x[1]]
    for k in range(3):
        recent.append(x[k] * x[0])
        recent = kept
    return sum(kept) + 0.5 * sum(recent)


def stored_after_renaming(x):
    """An entry of what the name stands for by then."""
    row = [x[0], x[1]]
    best = [1.0, x[1]]
    for k in range(2):
        row[k] = 3.0 * x[k]
        row = best
    return best[0] * best[1]


def renamed_after_growing(x):
    """The list has grown already when the name moves on to it."""
    a = [x[0], x[1]]
    b = [1.0, x[1]]
    b.append(x[0])
    for k in range(2):
        a.append(3.0 * x[k])
        a = b
    return sum(b) * x[2]


def chosen_then_grown(x):
    """The path chooses a list, to which the first turn appends before there is a new one."""
    a = [x[0], x[1]]
    d = [x[2] * 0.3, 0.2, x[1]]
    b = d if x[1] > 0.6 else a
    for _ in range(3):
        b.append(x[2] * x[0])
        b = b + [x[1]]
    return sum(d) * 2.0 + sum(a) * sum(b)


def chosen_by_turns_then_extended(x):
    """``+=`` to what is one list or another stays in that list."""
    b = [x[1] * 2.0, 1.0]
    c = [x[2], x[0] * x[1]]
    k = 0
    while k < 3 and x[0] > 0.2:
        k += 1
        b = c
    b += [0.5 * x[2]]
    c[0] = x[0] * x[0]
    return sum(b) + 2.0 * sum(c)


def chosen_beside_a_display(x):
    """The sum of a chosen list and another is a list, not one of numbers."""
    b = [x[1] * 2.0, 1.0]
    c = [x[2], x[0] * x[1]]
    for _ in range(2):
        c.append(x[2])
    for _ in range(2):
        b = b + [x[0]]
    for _ in range(2):
        c[0] = c[-1] + x[0]
        b = b if x[0] * x[0] > 0.2 else c
    b = b + [x[1] * x[2]]
    return sum(b) + 0.1 * b[0] * b[-1]


def beside_one_made_anew(x):
    """A list goes into one that a turn makes anew, or has: each stays the list that it is."""
    c = [x[0], x[1]]
    a = d = [x[2], 1.0]
    s = [[1.0, 2.0], [x[1], x[2]]]
    for i in range(2):
        if i == 0:
            s = [[0.5, 1.0], [0.5, x[1]]]
        s[-1] = a
        a = c
    s[1].append(x[0] * x[0])
    return 3.0 * sum(c) + sum(d) * x[1]


def beside_a_copy_of_a_grown_one(x):
    """As before, where the rows that are copied have grown."""
    c = [x[0], x[1]]
    d = [x[2], 1.0]
    t = [[x[2], x[0]], [0.5, x[1]]]
    for j in range(3):
        t[-1].append(j * x[0])
    s = [[x[0], 1.0], [x[1], x[2]]]
    for i in range(2):
        if i == 0:
            s = [list(w) for w in t]
        s[-1] = c
        c = d
    s[1].append(x[0] * x[2])
    return 3.0 * sum(c) + 2.0 * sum(d) * sum(s[0])


def grown_while_another_is_named(x):
    """What grows on one path is seen by the name that another path gives to a copy."""
    c = [x[0], x[1]]
    b = [x[1] * 2.0, 1.0]
    a = b
    for _ in range(2):
        if x[2] > 0.3:
            b.append(x[2])
        else:
            c.append(x[1])
            a = list(c)
    return sum(a) * x[0] + 0.7 * sum(b) * b[0] + sum(c)


def rows_of_what_a_turn_names(x):
    """A turn writes to rows of the list that the turn before has named."""
    rows = [[x[0], 1.0], [x[1], x[2]]]
    some = [[0.5, x[2]]]
    for _ in range(2):
        for w in some:
            w[0] += x[0]
        some = rows[:1]
    return 0.5 * sum(w[0] * w[-1] for w in rows)


def segments_of_steps(x):
    """A step that is too large begins a new segment; the last one is closed behind the loop."""
    segments, segment = [], [x[0]]
    for i in range(1, len(x)):
        if abs(x[i] - x[i - 1]) > 0.25:
            segments.append(segment)
            segment = [x[i]]
        else:
            segment.append(x[i] * x[0])
    segments.append(segment)
    return sum(sum((v - sum(s) / len(s)) ** 2 for v in s) for s in segments)


def runs_above(x):
    """Runs of entries above a level, each closed by one below it."""
    runs, run = [], []
    for v in x:
        if v < 0.5:
            runs.append(run)
            run = []
        run.append(v * v)
    return sum((k + 1) * sum(r) ** 2 for k, r in enumerate(runs)) + sum(run)


def copied_and_named_on_one_side(x):
    """Below a test, a list is made anew and gets a second name, which another one has lost."""
    a = [x[0], x[1]]
    d = []
    for v in x:
        d.append(v * 0.5)
    b = a
    if d[0] > 0.2:
        for i in range(2):
            d = list(d)
            a = a if i == 0 else d
    b.append(x[0])
    d[-1] += x[1] * x[0]
    return sum(a) * x[0] + 0.5 * sum(b) + sum(d)


def array_of_one_side_in_a_dict(x):
    """An array that one side makes goes on under a name and in a dict that the side makes, too."""
    b = x * 1.0
    held = None
    if x[0] > 0.2:
        b = x * 3.0
        held = {"k": b}
    else:
        held = {"k": x * 2.0, "m": 1.0}
    held["k"][0] += x[1] * x[1]
    return np.sum(b) * x[2] + np.sum(held["k"])


def _normal(n):
    return np.random.default_rng(3).normal(size=n)


EXAMPLE_ARGS = {
    "array_of_one_side_in_a_dict": lambda: (np.array([1.1, 0.7, 0.4]),),
    "copied_and_named_on_one_side": lambda: (np.array([1.1, 0.7, 0.4]),),
    "segments_of_steps": lambda: (np.array([0.2, 0.7, 0.4, 0.45, 0.9, 0.8, 0.75]),),
    "runs_above": lambda: (np.array([0.2, 0.7, 0.4, 0.45, 0.9, 0.8, 0.3]),),
    "swapped_by_inner_turns": lambda: (_normal(3),),
    "beside_one_made_anew": lambda: (_normal(3),),
    "beside_a_copy_of_a_grown_one": lambda: (_normal(3),),
    "grown_while_another_is_named": lambda: (np.array([1.1, 0.7, 0.4]),),
    "rows_of_what_a_turn_names": lambda: (_normal(3),),
    "appended_after_renaming": lambda: (_normal(3),),
    "stored_after_renaming": lambda: (_normal(3),),
    "renamed_after_growing": lambda: (_normal(3),),
    "chosen_then_grown": lambda: (np.array([1.1, 0.7, 0.4]),),
    "chosen_by_turns_then_extended": lambda: (np.array([1.1, 0.7, 0.4]),),
    "chosen_beside_a_display": lambda: (np.array([1.1, 0.7, 0.4]),),
}

MORE_ARGS = {
    "array_of_one_side_in_a_dict": [lambda: (np.array([0.1, 0.7, 0.4]),)],
    "copied_and_named_on_one_side": [lambda: (np.array([0.3, 0.7, 0.4]),)],
    "grown_while_another_is_named": [lambda: (np.array([1.1, 0.7, 0.2]),)],
    "chosen_then_grown": [lambda: (np.array([1.1, 0.3, 0.4]),)],
    "chosen_by_turns_then_extended": [lambda: (np.array([0.1, 0.7, 0.4]),)],
    "chosen_beside_a_display": [lambda: (np.array([0.2, 0.7, 0.4]),)],
}
