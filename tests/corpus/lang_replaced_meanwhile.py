"""``a op= f()`` where f puts something else in the place of a: what was there before is changed."""

import types

import numpy as np


def item_of_a_list(x):
    held = [x * 2.0, x**2]

    def added():
        held[0] = x * 3.0
        held.append(x[0])
        return held[1]

    before = held[0]
    held[0] += added()
    return np.sum(held[0] ** 2) + np.sum(before) * held[2]


def written_too(x):
    held = [x * 2.0, x**2]

    def added(old):
        held[0] = held[1].ravel()
        for v in reversed(old):
            old[:-1] -= np.tanh(v + held[0][0])
        return held[1]

    held[0] += added(held[0])
    return np.sum(held[0] ** 2) + x[1] * held[0][0]


def item_of_a_dict(x):
    held = {"k": x * 2.0, "n": [x[0]]}

    def added():
        held["k"] = x * 3.0
        held["n"] = [x[1], x[0] * x[1]]
        return x**2

    held["k"] += added()
    held["n"] += [np.sum(added())]
    return np.sum(held["k"] ** 2) * sum(held["n"])


def attribute_on_one_path(x):
    held = types.SimpleNamespace(v=x * 2.0, items=[x[0]])

    def added():
        if x[0] > 0.5:
            held.v = x * 3.0
            held.items = [x[1], x[1]]
        return x**2

    held.v += added()
    held.items += [np.sum(added())]
    return np.sum(held.v**2) * sum(held.items)


_LOSSES = ["item_of_a_list", "written_too", "item_of_a_dict", "attribute_on_one_path"]
EXAMPLE_ARGS = {name: lambda: (np.array([0.7, 1.3]),) for name in _LOSSES}
MORE_ARGS = {name: [lambda: (np.array([0.4, -0.8, 0.3]),)] for name in _LOSSES}
