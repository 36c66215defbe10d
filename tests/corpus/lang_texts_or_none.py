"""Lists of texts that hold None, too."""

from __future__ import annotations

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


def texts_none_list(x):
    keys = ["a"]
    prev = [None]
    u = "a"
    for i, v in enumerate(x):
        n = "b" if v > 1 else "c"
        if n not in keys:
            keys.append(n)
            prev.append(u)
        else:
            prev[keys.index(n)] = u if n == "c" else "a"
        u = n
    node = "b"
    t = 0.0
    k = 0
    while node is not None:
        t = t + x[k] ** 2
        k += 1
        if k > 4:
            break
        node = prev[keys.index(node)]
    return t * k


def first_is_none(x):
    prev = [None]
    u = "a"
    for i, v in enumerate(x):
        n = "b" if v > 1 else "c"
        prev.append(u)
        u = n
    node = prev[int(x[0])]
    if node is None:
        return x[0]
    return x[1]


def store_only(x):
    prev = [None] * len(x)
    u = "a"
    for i, v in enumerate(x):
        n = "b" if v > 1 else "c"
        if v > 0:
            prev[i] = n
        u = n
    t = 0.0
    for i in range(len(x)):
        if prev[i] is None:
            t += 10 * x[i]
        elif prev[i] == "b":
            t += x[i] ** 2
        else:
            t += x[i] ** 3
    return t


def none_appended_later(x):
    prev = []
    for v in x:
        if v > 1:
            prev.append("big")
        elif v > 0:
            prev.append("small")
        else:
            prev.append(None)
    t = 0.0
    for i, p in enumerate(prev):
        if p is None:
            t += 10 * x[i]
        else:
            t += x[i] ** 2 * (2 if p == "big" else 1)
    return t


def chosen_none(x):
    prev = ["a"]
    for v in x:
        k = "b" if v > 1 else None
        prev.append(k)
    t = 0.0
    for i, p in enumerate(prev[1:]):
        if p:
            t += x[i] ** 2
        else:
            t += x[i]
    return t


def two_lists(x):
    a, b = [None], ["u"]
    for v in x:
        if v > 1:
            a.append("q")
            b.append(None)
        else:
            a, b = b, a
    t = 0.0
    for i, p in enumerate(a + b):
        t += x[i % 5] * (3 if p is None else 1)
    return t


def lists_joined(x):
    a = [None, None]
    b = []
    for v in x:
        if v > 1:
            b.append("q")
    a = a + b
    a.extend(b)
    t = 0.0
    for i, p in enumerate(a):
        t += x[i % 5] * (3 if p is None else 1)
    return t


def dict_none_words(x):
    d = {"s": None}
    u = "s"
    for v in x:
        n = "p" if v > 1 else "q" if v > 0 else "r"
        if n not in d:
            d[n] = u
        u = n
    t = 0.0
    node = u
    while node is not None:
        t += x[1] * (1 if node == "p" else 2)
        node = d[node]
    return t


def word_returned(x):
    def last(v):
        names = [None]
        for w in x:
            if w > v:
                names.append("hi" if w > 2 else "lo")
        return names[-1]

    t = 0.0
    for v in (0.0, 1.0, 3.0):
        n = last(v)
        if n is None:
            t += x[0]
        elif n == "hi":
            t += x[1] ** 2
        else:
            t += x[2]
    return t


def while_slots(x):
    slots = [None, None]
    for v in x:
        k = 0 if v > 1 else 1
        slots[k] = "A" if slots[k] is None else "B"
    t = 0.0
    for s in slots:
        if s is not None:
            t += x[0] if s == "A" else x[1] ** 2
    return t


_NAMES = [
    "texts_none_list",
    "first_is_none",
    "store_only",
    "none_appended_later",
    "chosen_none",
    "two_lists",
    "lists_joined",
    "dict_none_words",
    "word_returned",
    "while_slots",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
