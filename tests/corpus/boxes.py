"""Lists, dicts and objects that are written to, shared, chosen by path; arrays chosen by path."""

import numpy as np


def list_item_replaced(x):
    """A second name sees the store."""
    a = [x, 2.0 * x]
    b = a
    b[0] = x * x
    b.append(3.0 * x)
    return a[0] + a[1] * a[2]


def dict_built_and_updated(x):
    """Keys are added, replaced and updated in place."""
    d = {"k": x}
    d["k"] *= 2.0
    d["new"] = x * d["k"]
    return d["k"] + np.sin(d["new"])


def list_items_in_loop(x, n):
    """A list of the same length is written to at every turn."""
    p = [x, 2.0 * x]
    for _ in range(n):
        p[0] = p[0] * 0.5 + x
        p[1] *= x
    return p[0] * p[1]


def list_made_anew_in_loop(x, n):
    """Each turn makes a new list from the old one."""
    p = [x, 2.0 * x]
    for _ in range(n):
        p = [p[1] * 0.5 + x, p[0] * x]
    return p[0] + p[1] ** 2


def list_grown_and_emptied(x, n):
    """A list grows in one loop and shrinks in another."""
    items = []
    for i in range(n):
        items.append(x * i)
    total = 0.0
    while len(items):
        total += items.pop() ** 2
    return total


def item_replaced_on_one_path(x, c):
    """A store in a branch."""
    a = [x, x * x]
    if c > 0:
        a[1] = np.sin(x)
    return a[0] * a[1]


def nested_containers(x):
    """Stores into a list inside a dict inside a list."""
    state = [{"v": [x, 1.0]}, x]
    state[0]["v"][1] = x * state[1]
    inner = state[0]["v"]
    inner[0] += inner[1]
    return state[0]["v"][0] * state[0]["v"][1]


def array_chosen_by_path(x, c):
    """A store goes to one of two arrays, both read later."""
    y = np.zeros(2)
    z = np.ones(2)
    w = z if c > 0 else y
    w[0] += x
    return y[0] * 2.0 + z[0] * x


def array_chosen_in_loop(x, n):
    """The array that is written changes from turn to turn."""
    a = np.zeros(4)
    b = np.ones(4)
    cur = a
    for i in range(n):
        cur[i] += x * (i + 1)
        cur = b if i == 1 else a
    return np.sum(a**2) + np.sum(b**2) * x


def alias_or_copy(x, c):
    """A name is the array itself on one path and a copy on the other."""
    y = x * 1.0
    w = y.copy() if c > 0 else y
    w *= x
    return np.sum(y * w)


def row_chosen(x, c):
    """A view of one of two arrays."""
    a = x * 1.0
    b = x**2
    row = a[0] if c > 0 else b[1]
    row[1:] *= 3.0
    return np.sum(a * b)


def none_before_first_turn(x, n):
    """A name holds None before the loop, and is tested."""
    prev = None
    total = 0.0
    for i in range(n):
        cur = np.sin(x * (i + 1))
        if prev is not None:
            total += (cur - prev) ** 2
        prev = cur
    return total


def none_or_array_in_loop(x, n):
    """None, then an array."""
    best = None
    for i in range(n):
        cand = x * (i + 1.0)
        if best is None or cand[0] > best[0]:
            best = cand
    return np.sum(best**2)


def optional_weight(x, c):
    """None on one path."""
    w = None
    if c > 0:
        w = x * 2.0
    y = np.sum(x)
    if w is not None:
        y = y * np.sum(w)
    return y


def function_chosen_by_path(x, c):
    """A function is chosen at run time."""
    f = np.sin if c > 0 else np.cos
    return f(x) * x


def structure_chosen_by_path(x, c):
    """Tuples of different lengths."""
    p = (x, x * x) if c > 0 else (x,)
    return p[0] + p[-1] * len(p)


def helper_writes_list(x):
    """A helper replaces an item of its argument."""

    def scale(values, factor):
        values[0] = values[0] * factor
        return values

    a = [x, x]
    b = scale(a, x)
    b[1] = 3.0 * x
    return a[0] * a[1]


def helper_returns_one_of_two(x, c):
    """A helper returns one of its arguments, which is then written to."""

    def pick(a, b):
        if c > 0:
            return a
        return b

    u = x * 1.0
    v = x + 1.0
    w = pick(u, v)
    w[0] = x[1] ** 2
    return np.sum(u * v)


def swapped_in_list(x, n):
    """Items of a list are swapped."""
    q = [x, 2.0, x * x]
    for _ in range(n):
        q[0], q[2] = q[2] * 0.5, q[0] + q[1]
    return q[0] + q[1] * q[2]


def ping_pong_lists(x, n):
    """Two lists change places."""
    a, b = [x, x], [1.0, x]
    for i in range(n):
        a[0] = a[0] * b[1] + i
        a, b = b, a
    return a[0] * b[0] + a[1]


V = np.array([0.4, -0.3, 0.8])
EXAMPLE_ARGS = {
    "list_item_replaced": lambda: (0.7,),
    "dict_built_and_updated": lambda: (0.7,),
    "list_items_in_loop": lambda: (0.7, 3),
    "list_made_anew_in_loop": lambda: (0.7, 3),
    "list_grown_and_emptied": lambda: (0.7, 4),
    "item_replaced_on_one_path": lambda: (0.7, 1),
    "nested_containers": lambda: (0.7,),
    "array_chosen_by_path": lambda: (0.7, 1),
    "array_chosen_in_loop": lambda: (0.7, 4),
    "alias_or_copy": lambda: (V.copy(), -1),
    "row_chosen": lambda: (np.arange(1.0, 7.0).reshape(2, 3) / 5.0, 1),
    "none_before_first_turn": lambda: (0.7, 4),
    "none_or_array_in_loop": lambda: (np.abs(V), 3),
    "optional_weight": lambda: (V.copy(), 1),
    "function_chosen_by_path": lambda: (0.7, -1),
    "structure_chosen_by_path": lambda: (0.7, 1),
    "helper_writes_list": lambda: (0.7,),
    "helper_returns_one_of_two": lambda: (V.copy(), -1),
    "swapped_in_list": lambda: (0.7, 3),
    "ping_pong_lists": lambda: (0.7, 3),
}
MORE_ARGS = {
    "list_items_in_loop": [lambda: (0.7, 0)],
    "list_made_anew_in_loop": [lambda: (0.7, 0), lambda: (0.7, 1)],
    "list_grown_and_emptied": [lambda: (0.7, 0)],
    "item_replaced_on_one_path": [lambda: (0.7, -1)],
    "array_chosen_by_path": [lambda: (0.7, -1)],
    "array_chosen_in_loop": [lambda: (0.7, 0), lambda: (0.7, 2)],
    "alias_or_copy": [lambda: (V.copy(), 1)],
    "row_chosen": [lambda: (np.arange(1.0, 7.0).reshape(2, 3) / 5.0, -1)],
    "none_before_first_turn": [lambda: (0.7, 0), lambda: (0.7, 1)],
    "none_or_array_in_loop": [lambda: (np.abs(V), 1), lambda: (-np.abs(V), 3)],
    "ping_pong_lists": [lambda: (0.7, 0), lambda: (0.7, 4)],
    "optional_weight": [lambda: (V.copy(), -1)],
    "function_chosen_by_path": [lambda: (0.7, 1)],
    "structure_chosen_by_path": [lambda: (0.7, -1)],
    "helper_returns_one_of_two": [lambda: (V.copy(), 1)],
}
