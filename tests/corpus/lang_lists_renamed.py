"""Lists that a turn of a loop, or a path, puts under another name: one list for every write."""

from __future__ import annotations

import numpy as np


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


def _normal(n):
    return np.random.default_rng(3).normal(size=n)


EXAMPLE_ARGS = {
    "appended_after_renaming": lambda: (_normal(3),),
    "stored_after_renaming": lambda: (_normal(3),),
    "renamed_after_growing": lambda: (_normal(3),),
    "chosen_then_grown": lambda: (np.array([1.1, 0.7, 0.4]),),
    "chosen_by_turns_then_extended": lambda: (np.array([1.1, 0.7, 0.4]),),
    "chosen_beside_a_display": lambda: (np.array([1.1, 0.7, 0.4]),),
}

MORE_ARGS = {
    "chosen_then_grown": [lambda: (np.array([1.1, 0.3, 0.4]),)],
    "chosen_by_turns_then_extended": [lambda: (np.array([0.1, 0.7, 0.4]),)],
    "chosen_beside_a_display": [lambda: (np.array([0.2, 0.7, 0.4]),)],
}
