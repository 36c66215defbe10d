"""Nested functions, recursion, late binding, comprehensions, statements that are rarely seen."""

# Statements on one line are what is tested.
# ruff: noqa: E701, E702

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()


def _fib(x, n):
    if n < 2:
        return x
    return _fib(x, n - 1) * 0.9 + _fib(x * x, n - 2)


def _halve(x):
    if abs(x) < 0.1:
        return x
    return _halve(x * 0.5) + x * x


def _odd(x, n):
    return x if n == 0 else _even(x + 1.0, n - 1)


def _even(x, n):
    return x if n == 0 else _odd(x * x, n - 1)


X = np.array([0.6, -1.3, 2.1, 0.4])


@case("a nested function reads a variable that is bound later", 0.7)
def late_binding(x):
    def inner(v):
        return v * k

    k = x * 2.0
    r = inner(x)
    k = x * x
    return r + inner(x)


@case("functions made in a loop all see the last value", 0.7, outcome="either")
def made_in_loop(x):
    fs = []
    for k in range(3):
        fs.append(lambda v: v ** (k + 1))
    return fs[0](x) + fs[1](x) * 2.0


@case("a default argument freezes a loop variable", 0.7, outcome="either")
def frozen_default(x):
    fs = []
    for k in range(3):
        fs.append(lambda v, k=k: v ** (k + 1))
    return fs[0](x) + fs[1](x) * 2.0


@case("nonlocal", 0.7, outcome="either")
def nonlocal_written(x):
    s = 0.0

    def add(v):
        nonlocal s
        s = s + v * v

    add(x)
    add(2.0 * x)
    return s


@case("a recursive helper with a decreasing count", 0.7, outcome="either")
def recursion(x):
    def power(v, n):
        return 1.0 if n == 0 else v * power(v, n - 1)

    return power(x, 4)


@case("recursion with two calls, count passed as an argument", 0.7, 5, outcome="either")
def recursion_two(x, n):
    return _fib(x, n)


@case("recursion whose depth depends on the data", 0.7, outcome="either")
def recursion_data(x):
    return _halve(x)


@case("two functions that call each other", 0.7, outcome="either")
def mutual(x):
    return _even(x, 3)


@case("a nested function returned by a helper", 0.7)
def closure_returned(x):
    def make(c):
        def g(v):
            return v * c + x

        return g

    return make(x)(2.0) * make(3.0)(x)


@case("a function passed as an argument to a helper", 0.7)
def function_argument(x):
    def twice(f, v):
        return f(f(v))

    return twice(lambda t: t * t + x, x) + twice(math.sin, x)


@case("a comprehension does not leak its variable", X)
def comprehension_scope(x):
    i = 3
    s = sum([x[i] ** 2 for i in range(2)])
    return s * x[i]


@case("nested comprehension with a filter", X)
def comprehension_nested(x):
    return sum([a * b for a in x for b in x if b > a])


@case("the iterable of a comprehension has the same name as its variable", X)
def comprehension_shadow(x):
    return sum([x * x for x in x])


@case("a generator inside max and sum", X)
def generator_inside(x):
    return max(v * v for v in x) + sum(v**3 for v in x)


@case("a dict comprehension", X)
def dict_comprehension(x):
    d = {k: x[k] ** 2 for k in range(3)}
    return d[0] * d[2]


@case("np.array of a list comprehension", X)
def array_of_comprehension(x):
    return np.sum(np.array([v * x[0] for v in x]) ** 2)


@case("walrus", 0.7)
def walrus(x):
    if (y := x * x) > 0.1:
        return y * x
    return y


@case("match on a number", 0.7, 2)
def match_number(x, n):
    match n:
        case 1:
            return x
        case 2:
            return x * x
        case _:
            return x**3


@case("an f-string made and not used", 0.7, outcome="either")
def f_string(x):
    label = f"{x:.3f} x = x ** 7"
    return x * x


@case("star unpacking", X)
def star_unpack(x):
    a, *b = x[0], x[1], x[2]
    return a * b[1] + b[0]


@case("nested unpacking", X)
def nested_unpack(x):
    (a, (b, c)), d = (x[0], (x[1], x[2])), x[3]
    return a * b + c * d


# fmt: off
@case('one-line suites and semicolons', X)
def one_line(x):
    s = 0.0; t = 1.0
    for v in x: s += v * v; t *= 1.1
    if s > 1.0: s = s * t; t = x[0]
    return s * t
# fmt: on


# fmt: off
@case('comments and strings that look like code', 0.7)
def strings_with_code(x):
    # y = x ** 9
    """x = x * 5"""
    "return 3 * x"
    y = x * x  # return x
    return y; return x
# fmt: on


@case("chained comparison evaluates its middle once", 0.7)
def chained(x):
    if 0.0 < x * x < 1.0:
        return x * x * x
    return x


@case("and and or return operands", 0.0, 0.7, expect=(3.0, 1.4))
def operands(x, y):
    z = x or y
    w = y and x
    return z * y + w * 3.0


@case("conditional expression nested in a call", 0.7)
def conditional(x):
    return math.exp(x if x > 0.0 else -x) * (2.0 if x > 1.0 else x)


@case("del of an element of a list", X)
def del_element(x):
    items = [x[0], x[1], x[2]]
    del items[1]
    return items[0] * items[1]


def counting():
    """Return a loss that counts its own calls, and what it calls that counts, too."""
    count = 0

    def tick():
        nonlocal count
        count += 1
        return count

    def own(x):
        nonlocal count
        count += 1
        return x * count

    return own, tick


OWN, TICK = counting()
case("a count of calls outside", 0.7, outcome="refused", words=("'count'", "outside"))(OWN)


@case("a call of what counts outside", 0.7, outcome="refused", words=("'count'", "outside"))
def ticking(x):
    return x * TICK() + TICK()


@case("starred call and dict call", X)
def starred_call(x):
    def f(a, b, *, c):
        return a * b + c * c

    args = (x[0], x[1])
    return f(*args, **{"c": x[2]})


# fmt: off
@case('a backslash continuation and a parenthesised chain', X)
def continuation(x):
    y = x[0] * x[1] \
        - x[2] ** 2 \
        / x[3]
    return (y
            - x[0]
            - x[1])
# fmt: on


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
