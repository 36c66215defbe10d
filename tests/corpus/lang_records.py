"""Records in lists, as dicts, named tuples and lists, and dicts whose keys follow from labels."""

from __future__ import annotations

from collections import defaultdict, namedtuple

import numpy as np


def named_states(x):
    State = namedtuple("State", "t position velocity")
    states = [State(0.0, x[0], x[1])]
    while states[-1].t < 1.0:
        s = states[-1]
        states.append(State(s.t + 0.13, s.position + 0.1 * s.velocity, s.velocity - s.position))
    return states[-1].position ** 2 + sum(s.velocity for s in states)


def groups_by_labels_made_inside(x):
    labels, groups = np.array([0, 1, 0, 2, 1]), {}
    for v, label in zip(x, labels):
        groups.setdefault(label, []).append(v)
    return sum(np.var(g) * (label + 1) for label, g in groups.items())


def totals_by_remainder(x):
    totals = defaultdict(float)
    for k in np.arange(5):
        totals[k % 2] += x[k] ** 2
    return totals[0] * totals[1]


def written_through_ravel(x):
    a = np.outer(x, x)
    a[0, 1] = 3.0 * x[0]
    flat = np.cumsum(a, axis=1).ravel()
    b = a.ravel()
    b[3] = flat[-1]
    return np.sum(a**2)


X = np.array([0.7, -0.3, 1.2, 0.1, 0.9])
EXAMPLE_ARGS = {
    "named_states": lambda: (X.copy(),),
    "groups_by_labels_made_inside": lambda: (X.copy(),),
    "totals_by_remainder": lambda: (X.copy(),),
    "written_through_ravel": lambda: (X.copy(),),
}
