"""Lists and tuples times a count, from either side and in place."""

from __future__ import annotations


def count_first(x):
    items = 3 * [x]
    return sum(v**2 for v in items)


def computed_count_first(x, n):
    items = n * [x]
    return sum(v**2 for v in items)


def tuples_times(x, n):
    once, thrice = (x,) * n, (x,) * 3 + 2 * (x * x,)
    return sum(v**2 for v in once) + thrice[0] * thrice[4] + sum(thrice)


def in_place(x, n):
    items = [x]
    alias = items
    items *= n
    return sum(v**2 * (k + 1) for k, v in enumerate(alias))


def grown_times(x, n):
    items = [x * k for k in range(n)]
    alias = items
    items *= 2
    more = items * 2
    none = 0 * items + alias
    total = sum(v**2 * (k + 1) for k, v in enumerate(alias))
    return total + sum(more) + len(none)


EXAMPLE_ARGS = {
    "count_first": lambda: (1.5,),
    "computed_count_first": lambda: (1.5, 3),
    "tuples_times": lambda: (1.5, 3),
    "in_place": lambda: (1.5, 3),
    "grown_times": lambda: (1.5, 3),
}
