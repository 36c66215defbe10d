"""Lists that grow and shrink, then summed, stacked, turned into arrays."""

from __future__ import annotations

import math

import numpy as np


def append_then_array(a):
    out = []
    x = 0.0
    for v in a:
        x = 0.9 * x + v
        out.append(x)
    out = np.array(out)
    return np.sum(out**2)


def append_then_stack(w, h0, n):
    states = []
    h = h0
    for _ in range(n):
        h = np.tanh(w @ h)
        states.append(h)
    return np.mean(np.stack(states) ** 2)


def append_then_sum(a):
    parts = []
    for v in a:
        if v > 0:
            parts.append(v**2)
        else:
            parts.append(-v)
    return sum(parts)


def append_then_concatenate(a, b):
    pieces = []
    for k in range(3):
        pieces.append(a * (k + 1))
        pieces.append(b[k:])
    return np.sum(np.concatenate(pieces) ** 2)


def extend_list(a, b):
    vals = [a[0] * b[0]]
    vals.extend([v * 2 for v in a])
    vals.extend(b)
    return sum(v**2 for v in vals) / len(vals)


def append_fibonacci(a, b):
    seq = [a, b]
    while len(seq) < 8:
        seq.append(seq[-1] * 0.5 + seq[-2])
    return seq[-1] * seq[3]


def list_insert_pop(a, b):
    xs = [a]
    xs.insert(0, b)
    xs.append(a * b)
    last = xs.pop()
    first = xs.pop(0)
    return last * first + xs[0] ** 2


def preallocated_list(a):
    n = len(a)
    out = [0.0] * n
    for i in range(n):
        out[i] = a[i] ** 2 + (out[i - 1] if i > 0 else 0.0)
    return out[n - 1] + out[1]


def dict_accumulate(a, labels):
    totals = {}
    for v, l in zip(a, labels):
        totals[l] = totals.get(l, 0.0) + v
    return sum(t**2 for t in totals.values())


def dict_update(x):
    p = dict(a=x, b=x**2)
    p.update({"c": p["a"] * p["b"]})
    p["a"] = p["a"] + 1.0
    return p["a"] * p["b"] + p["c"]


def dict_setdefault(x):
    cache = {}
    for k in ("a", "b", "a"):
        cache.setdefault(k, x * len(cache) + 1.0)
        cache[k] *= x
    return cache["a"] + cache["b"]


def list_swap_in_loop(a):
    xs = [a[0], a[1], a[2]]
    for i in range(2):
        if xs[i] > xs[i + 1]:
            xs[i], xs[i + 1] = xs[i + 1], xs[i]
    return xs[0] + 2 * xs[1] + 3 * xs[2]


def append_buffer_copies(a):
    hist = []
    buf = np.zeros(2)
    for k in range(3):
        buf[0] = a[k]
        buf[1] += a[k] ** 2
        hist.append(buf.copy())
    return sum(h[0] * h[1] for h in hist)


def append_in_branch_and_else(a):
    pos, neg = [], []
    for v in a:
        (pos if v > 0 else neg).append(v * v)
    return sum(pos) - 0.5 * sum(neg)


def append_then_break(a):
    out = []
    for v in a:
        if len(out) == 3:
            break
        if v < -1.5:
            continue
        out.append(v**2)
    return sum(out) + out[-1]


def queue_breadth_first(x):
    queue = [x]
    total = 0.0
    while queue and len(queue) < 6 and total < 9.0 and abs(queue[0]) > 0.01:
        v = queue.pop(0)
        total += v * math.cos(v)
        queue.append(v * 0.7)
        if v > 0.5:
            queue.append(v * 0.3)
    return total


def matrix_of_lists_to_array(x, y):
    rows = []
    for i in range(2):
        row = []
        for j in range(2):
            row.append(x * i + y * j)
        rows.append(row)
    m = np.array(rows)
    return np.sum(m @ m)


def loop_list_enumerate_replace(a):
    xs = [v for v in a]
    for i, v in enumerate(xs):
        xs[i] = v * v
    return sum(xs) * xs[0]


def pop_until_empty(a):
    xs = [v for v in a]
    s = 1.0
    while xs:
        s = s * 0.5 + xs.pop()
    return s


def pop_front_two(a):
    xs = list(a)
    s = 0.0
    while len(xs) >= 2:
        s += xs.pop(0) * xs.pop()
    return s


def typed_annotations(x: float, a: np.ndarray, n: int = 3) -> float:
    total: float = 0.0
    scale: float
    scale = 2.0
    parts: list[float] = []
    for i in range(n):
        parts.append(float(a[i]) * x)
    total += sum(parts) * scale
    return total


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


EXAMPLE_ARGS = {
    "append_then_array": lambda: (_normal(5),),
    "append_then_stack": lambda: (_normal(2, 2), _normal(2, seed=1), 3),
    "append_then_sum": lambda: (_normal(5),),
    "append_then_concatenate": lambda: (_normal(5), _positive(5, seed=1)),
    "extend_list": lambda: (_normal(5), _positive(5, seed=1)),
    "append_fibonacci": lambda: (0.3, 0.8),
    "list_insert_pop": lambda: (0.3, 0.8),
    "preallocated_list": lambda: (_normal(5),),
    "dict_accumulate": lambda: (_normal(5), ["a", "b", "a", "c", "b"]),
    "dict_update": lambda: (1.3,),
    "dict_setdefault": lambda: (1.3,),
    "list_swap_in_loop": lambda: (_normal(5),),
    "append_buffer_copies": lambda: (_normal(5),),
    "append_in_branch_and_else": lambda: (_normal(5),),
    "append_then_break": lambda: (_normal(5),),
    "queue_breadth_first": lambda: (1.3,),
    "matrix_of_lists_to_array": lambda: (0.7, 1.1),
    "loop_list_enumerate_replace": lambda: (_normal(5),),
    "pop_until_empty": lambda: (_normal(5),),
    "pop_front_two": lambda: (_normal(5),),
    "typed_annotations": lambda: (0.7, _normal(5)),
}

MORE_ARGS = {
    "append_then_array": [lambda: (_normal(2),)],
    "list_swap_in_loop": [
        lambda: (np.array([3.0, 2.0, 1.0, 0, 0]),),
        lambda: (np.array([1.0, 2.0, 3.0, 0, 0]),),
    ],
    "append_in_branch_and_else": [lambda: (_positive(5),), lambda: (-_positive(5, seed=1),)],
    "append_then_break": [lambda: (_positive(5) * -1.0,)],
    "queue_breadth_first": [lambda: (0.3,)],
    "pop_until_empty": [lambda: (_normal(6),), lambda: (_normal(1, seed=1),)],
}
