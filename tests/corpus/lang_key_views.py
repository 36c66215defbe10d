"""The keys of a dict are a set: compared as sets, and met with others by operators."""

from __future__ import annotations

from collections import Counter


def known_keys(d, e):
    total = sum(d[k] * e[k] for k in sorted(d.keys() & e.keys()))
    for k in d.keys() - e.keys():
        total += d[k] ** 2
    for k in sorted(d.keys() | {"z"}):
        total += d.get(k, 0.5)
    tests = [
        d.keys() < e.keys(), d.keys() >= {"a", "c"}, {"a", "b"} <= d.keys(),
        d.keys() == {"a", "b", "c"}, e.keys().isdisjoint({"a"}), d.keys() != e.keys(),
    ]  # fmt: skip
    return total * (1.0 + sum(2**k for k, test in enumerate(tests) if test))


def computed_keys(x, rows, columns):
    d, e = {}, {}
    for k, v in zip(rows, x, strict=True):
        d[k] = d.get(k, 0.0) + v
    for k, v in zip(columns, x, strict=True):
        e[k] = e.get(k, 0.0) + v * v
    total = sum(d[k] * e[k] for k in sorted(d.keys() & e.keys()))
    for k in sorted(d.keys() - e.keys()):
        total += d[k] ** 3
    return total * len(d.keys() ^ e.keys())


def counts(rate, share, seen=(0, 0, 1, 3, 2, 0)):
    """Of counters: their keys without one, and the counts that two have in common or in one."""
    counted = Counter(seen)
    total = counted[0] * share
    for k in sorted(counted.keys() - {0}):
        total += counted[k] * rate**k
    both = counted & Counter((0, 3, 3))
    either = counted | Counter((3, 3))
    return total * (len(both) + either[3]) + (both == Counter((3, 0))) * rate


EXAMPLE_ARGS = {
    "known_keys": lambda: (
        {"a": 1.0, "b": 2.0, "c": 3.0},
        {"b": 4.0, "d": 1.0, "c": 0.5},
    ),
    "computed_keys": lambda: ([1.0, 2.0, 3.0], (1, 2, 4), (2, 2, 5)),
    "counts": lambda: (1.3, 0.2),
}
