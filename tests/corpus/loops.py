"""Programs of for and while loops in every form."""

from __future__ import annotations

import math

import numpy as np


def zero_trips(x, n):
    """A loop that does not run."""
    total = x * x
    for i in range(n):
        total = total * (i + 1) * x
    return total + math.sin(x)


def zero_trips_over_array(x, empty):
    """A loop over an empty array."""
    total = x * 2.0
    for item in empty:
        total = total * item
    return total


def descending(x):
    """A range that counts down by one."""
    total = 0.0
    for i in range(len(x) - 1, -1, -1):
        total = total * 0.5 + x[i] ** 2
    return total


def negative_step(x):
    """A range that counts down by two, short of its stop."""
    total = 1.0
    for i in range(len(x) - 1, 0, -2):
        total = total * x[i] + x[i - 1]
    return total


def stepped(x, start, stop, step):
    """A range of three given bounds."""
    total = 0.3
    for i in range(start, stop, step):
        total = math.sin(total) + x[i] * total
    return total


def bound_changed_inside(x):
    """The bound of a range is taken once."""
    n = len(x) - 1
    total = 0.0
    for i in range(n):
        n = 1
        total += x[i] ** 2 * n
    return total * n


def over_array(x):
    """A loop over an array's elements."""
    total = 1.0
    for item in x:
        total = total * item + 0.5
    return total


def over_rows(m):
    """A loop over a matrix's rows."""
    total = 0.0
    for row in m:
        total = total * 0.3 + np.sum(row * row) * row[0]
    return total


def over_tuple(x, y, z):
    """A loop over a tuple display."""
    total = 1.0
    for item in (x, y, z):
        total = total * item + math.cos(item)
    return total


def over_constants(x):
    """A loop over numbers written out."""
    total = 0.0
    for factor in [1.0, -2.0, 0.5]:
        total = total * x + factor
    return total


def enumerated(x):
    """Enumerate from a start."""
    total = 0.0
    for i, item in enumerate(x, 1):
        total += item**i
    return total


def zipped(x, y):
    """Zip of arrays of different lengths stops at the shorter."""
    total = 0.0
    for a, b in zip(x, y):
        total = total * a + b
    return total


def enumerate_of_zip(x, y):
    """Unpacking in the loop's target."""
    total = 0.0
    for k, (a, b) in enumerate(zip(x, y)):
        total += a * b**k
    return total


def backwards(x):
    """A loop over a reversed range and a reversed array."""
    total = 0.0
    for i in reversed(range(len(x))):
        total = total * 0.5 + x[i]
    for item in reversed(x):
        total = total * item + 1.0
    return total


def while_true(x):
    """An endless loop left by break."""
    total = 0.0
    k = 0
    while True:
        total += math.sin(x * k)
        k += 1
        if total > 2.0 or k == 7:
            break
        total *= x
    return total


def while_continue(x):
    """A while loop with continue."""
    k = 0
    total = 1.0
    while k < 6:
        k += 1
        if k % 2 == 0:
            continue
        total = total * x + k
    return total


def while_on_value(x):
    """A while loop whose number of trips follows the data."""
    trips = 0
    while x < 100.0:
        x = x * x + 1.0
        trips += 1
    return x * trips


def nested_while(x):
    """A while loop inside a while loop."""
    total = 0.0
    i = 0
    while i < 3:
        y = x
        while y < 4.0:
            y = y * 1.5
        total += y * (i + 1)
        x = x + 0.3 * y
        i += 1
    return total


def index_after_loop(x):
    """The loop's index is used after the loop."""
    for i in range(len(x)):
        if x[i] > 0.5:
            break
    return x[i] ** 2 * (i + 1)


def element_after_loop(x):
    """The loop's element is used after the loop."""
    total = 0.0
    for item in x:
        total += item * item
    return total * item


def defined_in_loop(x):
    """A name made in a loop is used after it."""
    for i in range(len(x)):
        last = x[i] * x[i - 1]
    return last * last


def loop_else(x, limit):
    """The else clause of a loop runs when nothing broke out."""
    total = 0.0
    for i in range(len(x)):
        total += x[i] ** 2
        if total > limit:
            break
    else:
        total *= 3.0
    return total


def _normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


EXAMPLE_ARGS = {
    "zero_trips": lambda: (0.7, 0),
    "zero_trips_over_array": lambda: (0.7, np.zeros(0)),
    "descending": lambda: (_normal(5),),
    "negative_step": lambda: (_normal(6),),
    "stepped": lambda: (_normal(9), 7, 0, -3),
    "bound_changed_inside": lambda: (_normal(4),),
    "over_array": lambda: (_normal(5),),
    "over_rows": lambda: (_normal(4, 3),),
    "over_tuple": lambda: (0.5, -0.3, 1.2),
    "over_constants": lambda: (0.7,),
    "enumerated": lambda: (_normal(4),),
    "zipped": lambda: (_normal(5), _normal(3, seed=1)),
    "enumerate_of_zip": lambda: (_normal(4), _normal(4, seed=1)),
    "backwards": lambda: (_normal(4),),
    "while_true": lambda: (0.6,),
    "while_continue": lambda: (0.8,),
    "while_on_value": lambda: (0.9,),
    "nested_while": lambda: (0.7,),
    "index_after_loop": lambda: (np.array([0.1, -0.4, 0.9, 0.2]),),
    "element_after_loop": lambda: (_normal(4),),
    "defined_in_loop": lambda: (_normal(4),),
    "loop_else": lambda: (_normal(4), 100.0),
}

ARGNUMS = {"zero_trips_over_array": (0,)}

MAY_BE_REFUSED = {
    "loop_else",
}


MORE_ARGS = {
    "zero_trips": [lambda: (0.7, 3)],
    "zero_trips_over_array": [lambda: (0.7, _normal(3))],
    "descending": [lambda: (_normal(1),), lambda: (np.zeros(0),)],
    "stepped": [lambda: (_normal(9), 1, 8, 2), lambda: (_normal(9), 3, 3, 1)],
    "zipped": [lambda: (_normal(2), _normal(3, seed=1))],
    "while_true": [lambda: (0.05,), lambda: (2.0,)],
    "while_on_value": [lambda: (3.0,), lambda: (200.0,)],
    "nested_while": [lambda: (5.0,)],
    "index_after_loop": [lambda: (np.array([0.1, 0.2]),)],
    "loop_else": [lambda: (_normal(4), 0.02)],
}
