"""Lists with elements that are replaced, shared, copied."""

from __future__ import annotations

import numpy as np


def list_alias_in_loop(x):
    acc = [x]
    other = acc
    for k in range(3):
        other[0] = other[0] * x + k
    return acc[0]


def dict_of_lists(x, y):
    d = {"a": [x], "b": [y, y]}
    d["a"].append(d["b"][0] * x)
    d["b"][1] = d["a"][1] + 1
    return sum(d["a"]) * sum(d["b"])


def shared_inner_list(x):
    row = [x, 1.0]
    grid = [row, row]
    grid[0][1] = x * x
    return grid[1][1] * grid[1][0]


def list_times_aliases(x):
    grid = [[0.0, x]] * 2
    grid[0][0] = x * 3
    return grid[1][0] + grid[1][1]


def list_copy_shallow(x):
    a = [x, [x, x]]
    b = list(a)
    b[0] = 5.0
    b[1][0] = x * x
    return a[0] * a[1][0] + b[0]


def closure_over_list(x):
    log = []

    def record(v):
        log.append(v * x)
        return v + 1

    y = record(record(x))
    return y * sum(log)


def name_list_then_array(a):
    v = [a[0], a[1]]
    v = np.array(v)
    v = v * 2
    v = v.sum()
    return v**2


def view_in_list(a):
    halves = [a[:2], a[2:]]
    for k, h in enumerate(halves):
        h *= k + 2.0
    return np.sum(a**2)


def accumulate_tuple_state(a):
    state = (0.0, 1.0)
    for v in a:
        mean, scale = state
        state = (mean * 0.9 + v, scale * (1 + 0.1 * v))
    return state[0] * state[1]


def early_return_structure(x):
    def f(v):
        if v > 1:
            return {"a": v, "b": v * v}
        return {"a": 1.0, "b": v}

    r = f(x)
    return r["a"] * r["b"]


def list_element_replaced(ws):
    ws[0] = ws[0] * ws[1]
    ws[1] = ws[0] + 1.0
    return np.sum(ws[1] ** 2) * np.sum(ws[0])


def list_alias(a):
    xs = [1.0, a]
    ys = xs
    ys[0] = a * a
    return xs[0] + xs[1]


def list_repeat_and_index(x):
    xs = [x] * 3
    xs[1] = xs[0] * 2
    return xs[0] * xs[1] * xs[2]


def list_membership_static(x, idx):
    return x**2 if idx in [1, 2, 3] else x


def loop_over_slices(a):
    s = 0.0
    for block in (a[:2], a[2:4], a[4:]):
        s += np.mean(block) ** 2
    return s


def asarray_of_list_arg(xs):
    v = np.asarray(xs)
    return v @ v + v[0]


def tuple_swap_indices(a):
    i, j = 0, 3
    a[i], a[j], i = a[j], a[i] * 2, j
    return a[i] ** 2 + a[0]


def augmented_index_side_effect(a):
    calls = [0]

    def idx():
        calls[0] += 1
        return calls[0]

    a[idx()] += 5.0
    a[idx()] *= 2.0
    return np.sum(a**2) * calls[0]


def evaluation_order(x):
    log = []

    def f(v):
        log.append(v)
        return v

    y = f(x) + f(x * 2) * f(x * 3)
    return y * log[1] + log[-1]


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


def item_added_by_computed_place(a):
    for i in range(1, 3):
        d = [0.8, 0.6]
        d[1] += d[i - 1] * a[1]
    return d[1] * a[0]


EXAMPLE_ARGS = {
    "item_added_by_computed_place": lambda: (_normal(5),),
    "list_alias_in_loop": lambda: (0.7,),
    "dict_of_lists": lambda: (0.7, 1.1),
    "shared_inner_list": lambda: (0.7,),
    "list_times_aliases": lambda: (0.7,),
    "list_copy_shallow": lambda: (0.7,),
    "closure_over_list": lambda: (0.7,),
    "name_list_then_array": lambda: (_normal(5),),
    "view_in_list": lambda: (_normal(5),),
    "accumulate_tuple_state": lambda: (_normal(5),),
    "early_return_structure": lambda: (0.7,),
    "list_element_replaced": lambda: ([_normal(5), _positive(5, seed=1)],),
    "list_alias": lambda: (0.7,),
    "list_repeat_and_index": lambda: (0.7,),
    "list_membership_static": lambda: (0.7, 2),
    "augmented_index_side_effect": lambda: (_normal(5),),
    "evaluation_order": lambda: (0.7,),
    "loop_over_slices": lambda: (_normal(5),),
    "asarray_of_list_arg": lambda: ([0.7, 1.1, 0.4],),
    "tuple_swap_indices": lambda: (_normal(5),),
}

MORE_ARGS = {
    "early_return_structure": [lambda: (1.7,)],
}
