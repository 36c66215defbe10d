"""Lists in which None stands beside numbers, and what is kept of them for the reverse sweep."""

from __future__ import annotations

import numpy as np

_A = [0.7, 1.3, -0.4, 2.1, 0.9]


def saved_none(x):
    best = [None] * 3
    t = 0.0
    for i in range(len(x)):
        v = x[i]
        b = best[i % 3]
        if b is None:
            t += v**2
        else:
            t += b * v**3
        best[i % 3] = np.sin(v) * t
    return t


def saved_none2(x):
    prev = None
    hist = [None] * len(x)
    t = 0.0
    for i in range(len(x)):
        p = hist[i - 1]
        if p:
            t += p * x[i] ** 2
        elif p is None:
            t += np.exp(x[i])
        if x[i] > 0:
            hist[i] = x[i] ** 2
    return t


def saved_none3(x):
    hist = [None] * len(x)
    t = 0.0
    for i in range(len(x)):
        p = hist[i - 1]
        if p is None:
            t += np.exp(x[i])
        else:
            t += p * x[i] ** 2
        if x[i] > 0:
            hist[i] = x[i] ** 2
        hist[0] = None if x[i] > 2 else x[i]
    return t


def saved_none4(x):
    hist = [None] * len(x)
    t = 0.0
    q = None
    for i in range(len(x)):
        if q:
            t += q * x[i] ** 3
        q = hist[i - 1]
        if x[i] > 0:
            hist[i] = x[i] ** 2
    return t


def append_choice(x):
    hs = []
    for v in x:
        hs.append(v**2 if v > 0.8 else None)
    t = 0.0
    for i, h in enumerate(hs):
        if h is not None:
            t += h * x[i]
        else:
            t -= x[i] ** 3
    return t


def append_choice_int(x):
    hs = []
    for i, v in enumerate(x):
        hs.append(i if v > 0.8 else None)
    t = 0.0
    k = 4
    while k is not None and k > 0:
        t += x[k] ** 2
        k = hs[k - 1]
    return t


def store_choice(x):
    last = [None] * 5
    seen = None
    for i, v in enumerate(x):
        last[i] = seen
        if v > 0.8:
            seen = i
    t = 0.0
    for i in range(5):
        j = last[i]
        while j is not None:
            t += x[j] * x[i]
            j = last[j]
    return t


def seen_value(x):
    prev = None
    t = 0.0
    hist = []
    for v in x:
        if prev is not None:
            t += prev * v
        hist.append(prev)
        if v > 0.8:
            prev = v**2
    for h in hist:
        if h is None:
            t += 1.0 * x[0]
        else:
            t += h**2
    return t


def choice_row(x):
    hs = [None]
    for i, v in enumerate(x):
        hs.append((i, i // 2) if v > 0.8 else None)
    t = 0.0
    for h in hs:
        if h:
            t += x[h[0]] * x[h[1]]
        else:
            t += x[0]
    return t


def none_sum_filter(x):
    hs = []
    for v in x:
        hs.append(np.log(v) if v > 0 else None)
    good = [h for h in hs if h is not None]
    return sum(good) * len(hs) + max(good) ** 2


def dict_get_choice(x):
    d = {}
    for i, v in enumerate(x):
        k = int(v * 2)
        d[k] = d.get(k - 1)
        if d[k] is None:
            d[k] = v**2
        else:
            d[k] = d[k] * v
    return sum(d.values())


_NAMES = [
    "saved_none",
    "saved_none2",
    "saved_none3",
    "saved_none4",
    "append_choice",
    "append_choice_int",
    "store_choice",
    "seen_value",
    "choice_row",
    "none_sum_filter",
    "dict_get_choice",
]
EXAMPLE_ARGS = {name: lambda: (np.array(_A),) for name in _NAMES}
