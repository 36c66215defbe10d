"""Ranges of every kind, loop variables that are reused, what is iterated over."""

from __future__ import annotations

import itertools
import math

import numpy as np


def loop_var_after(xs):
    for i, v in enumerate(xs):
        pass
    return v * v + i * xs[0]


def loop_var_shadows_parameter(x, n):
    total = 0.0
    for x in [x, 2 * x, 3 * x * x]:
        total += x
    return total * n + x


def loop_index_reused_twice(a):
    s = 0.0
    for i in range(len(a)):
        s += a[i] * i
    for i in range(len(a) - 1):
        s += a[i] * a[i + 1]
    return s + i * s


def nested_same_loop_name(a):
    s = 0.0
    for i in range(3):
        t = a[i]
        for i in range(2):
            t = t * a[i + 1]
        s += t * i
    return s


def reversed_range_horner(c, x):
    p = 0.0
    for k in reversed(range(len(c))):
        p = p * x + c[k]
    return p


def negative_step_horner(c, x):
    p = c[-1]
    for k in range(len(c) - 2, -1, -1):
        p = p * x + c[k]
    return p**2


def triangular_pairs(p):
    energy = 0.0
    n = p.shape[0]
    for i in range(n):
        for j in range(i + 1, n):
            d = p[i] - p[j]
            energy += 1.0 / np.sqrt(d @ d + 0.1)
    return energy


def lower_triangular_descending(a):
    s = 0.0
    for i in range(len(a) - 1, 0, -2):
        for j in range(i, -1, -1):
            s += a[i] * a[j] / (i + j)
    return s


def bound_lowered_inside(x, n):
    total = 0.0
    k = 0
    while k < n:
        if total > 2.0:
            n = n - 1
        total += x * (k + 1)
        k += 1
    return total * x


def range_bound_rebound(x):
    n = 4
    total = 0.0
    for i in range(n):
        n = 2
        total += x ** (i + n)
    return total + n * x


def index_modified_in_body(a):
    total = 0.0
    for i in range(4):
        total += a[i]
        i = i + 1
        total += a[i] ** 2
    return total + i


def zip_three(a, b, c):
    s = 0.0
    for x, y, z in zip(a, b, c):
        s += x * y - z
    return s**2


def zip_unequal(a, b):
    total = 0.0
    for x, y in zip(a, b[1:]):
        total += x * y * y
    return total


def enumerate_start(a):
    return_value = 0.0
    for k, v in enumerate(a, start=1):
        return_value += v**k / k
    return return_value


def reversed_array(a):
    acc = 0.0
    for v in reversed(a):
        acc = acc * 0.5 + v
    return acc


def over_tuple_of_pairs(x):
    total = 0.0
    for scale, power in ((0.5, 1), (0.25, 2), (0.125, 3)):
        total += scale * x**power
    return total


def over_list_of_arrays(ws):
    h = np.ones(3)
    for w in ws:
        h = np.tanh(w @ h)
    return h.sum()


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def _positive(*shape, seed=0):
    return np.abs(_normal(*shape, seed=seed)) + 0.5


def neighbours_of_entries(image, s):
    """Loops over offsets in a row are loops over ranges, also in the text."""
    height, width = image.shape
    total = 0.0
    for y in range(height):
        for x in range(width):
            around = 0.0
            for dy in (-1, 0, 1):
                for dx in [1, 0, -1]:
                    yy, xx = y + dy, x + dx
                    if not (0 <= yy < height and 0 <= xx < width):
                        continue
                    around += math.exp(-(dx * dx + dy * dy) * s) * image[yy, xx]
            total += around * around
    return total * dx + dy


def numbers_in_a_row(x):
    """Some that are of use as they are known: keys, axes, exponents."""
    named, table, s = {}, (x[0], x[1], x[2]), 0.0
    for k in (0, 1, 2):
        named[f"a{k}"] = x[k]
        s += table[k] * x[2 - k]
    for k in (3, 2, 1, 0):
        s = s * x[k] + x[k] ** k
    for axis in (0, 1, 2):
        s += (np.ones((2, 2, 2)) * x[axis]).sum(axis=axis)[0, 1]
    for k in (6, 4, 2):
        if k > 2:
            s = s * 0.5 + k * x[1]
    return s * named["a1"] + k


EVEN = range(0, 5, 2)


def ranges_given(x, places, parts):
    """Ranges as arguments, alone and in containers, and from the module."""
    s = x[0]
    for k in places:
        s = s * x[k] + np.sin(s)
    for part in parts["each"]:
        s += sum(x[k] ** 2 for k in part) * len(part)
    return s + sum(x[k] for k in EVEN) + x[places[0]] * (places.stop - places.start)


def within_ranges(x, n):
    """Membership in ranges, known and computed."""
    s = sum(v**2 for k, v in enumerate(x) if k in EVEN)
    s += sum(v * k for k, v in enumerate(x) if k in range(1, n))
    s += sum(v**3 for k, v in enumerate(x) if k not in range(n, 0, -2))
    s += x[1] * ((range(n) == range(0, len(x) - 2)) + (range(0) == range(n, 1)))
    return s + x[0] * (n in range(2 * n)) + x[2] * (range(1, n, 5) != range(1, 2))


def powers_of_an_index(x, c):
    """Powers by the index of a loop: from 0, from 1, and by one more than it."""
    s = sum(v * x ** (k + 1) for k, v in enumerate(c))
    y = c * x
    for k in range(len(c)):
        s += c[k] * x**k
    for k in range(1, len(c)):
        y = y * 0.5**k + y**k
    return s + np.sum(y)


def as_long_as_a_power(x, bits):
    """A list that is a power of 2 long, of a number and of how many there are."""
    levels = 2**bits - 1
    bins = [0] * (levels + 1)
    table = [0.0] * 2 ** len(x)
    for k in range(len(table)):
        bins[k % (levels + 1)] += 1
        table[k] = x[k % len(x)] ** 2 * k
    return sum(table) * bins[0] + x[0] * len(bins)


EXAMPLE_ARGS = {
    "powers_of_an_index": lambda: (0.8, _normal(4)),
    "as_long_as_a_power": lambda: (_normal(3), 2),
    "ranges_given": lambda: (_normal(5), range(4, 0, -1), {"each": [range(2), range(1, 4)]}),
    "within_ranges": lambda: (_normal(5), 3),
    "loop_var_after": lambda: (_normal(5),),
    "loop_var_shadows_parameter": lambda: (1.2, 3),
    "loop_index_reused_twice": lambda: (_normal(5),),
    "nested_same_loop_name": lambda: (_normal(5),),
    "reversed_range_horner": lambda: (_normal(5), 0.7),
    "negative_step_horner": lambda: (_normal(5), 0.7),
    "reversed_range_behind_its_writes": lambda: (_normal(5),),
    "reversed_range_before_its_writes": lambda: (_normal(5),),
    "triangular_pairs": lambda: (_normal(4, 2),),
    "lower_triangular_descending": lambda: (_normal(6),),
    "bound_lowered_inside": lambda: (0.6, 6),
    "range_bound_rebound": lambda: (0.8,),
    "index_modified_in_body": lambda: (_normal(5),),
    "zip_three": lambda: (_normal(5), _positive(5, seed=1), _normal(5, seed=2)),
    "zip_unequal": lambda: (_normal(5), _positive(5, seed=1)),
    "enumerate_start": lambda: (_positive(5),),
    "reversed_array": lambda: (_normal(5),),
    "over_tuple_of_pairs": lambda: (1.3,),
    "over_list_of_arrays": lambda: ([_normal(3, 3), _normal(3, 3, seed=1)],),
    "neighbours_of_entries": lambda: (np.sin(np.arange(12.0)).reshape(3, 4), 0.3),
    "numbers_in_a_row": lambda: (np.array([0.7, 1.3, 0.4, 0.9]),),
}


def ranges_by_value(x, shape):
    s = 0.0
    for i, j in itertools.product(*map(range, shape)):
        s += x[i, j] ** 2 * (i + 1.0)
    for row in map(reversed, x):
        for k, v in enumerate(row):
            s += k * np.sin(v)
    for pairs in map(zip, x[:1], x[1:]):
        for a, b in pairs:
            s += a * b
    for k in itertools.starmap(range, [(0, 2), (1, 3)]):
        s += sum(x[0, n] for n in k)
    return s


EXAMPLE_ARGS["ranges_by_value"] = lambda: (np.sin(np.arange(6.0)).reshape(2, 3), (2, 3))


def reversed_range_behind_its_writes(x):
    for i in reversed(range(1, len(x))):
        x[i] += x[i - 1] ** 2
    return x @ x


def reversed_range_before_its_writes(x):
    u = np.zeros(len(x) + 1)
    for i in reversed(range(len(x))):
        u[i] = x[i] * np.sin(u[i + 1]) + x[i] ** 2
    return u[0] ** 2 + u[2]
