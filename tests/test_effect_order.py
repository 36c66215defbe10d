"""Iterators whose items have effects: what they print comes in Python's order, or is refused."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen

X = np.array([0.6, -1.1, 0.8, 1.7])


def say(tag, v):
    print(tag, f"{float(v):.4f}")
    return v


def sum_of_generator_and_start(x):
    return sum((v for v in [say("head", x[0])]), start=say("start", x[1])) ** 2


def head_before_what_follows(x):
    total = 0.0
    for i in range(3):
        if x[i] > 0:
            total += sum((v * v for v in [say("head", x[i])] * 2), say("start", x[i + 1]))
    return total


def head_in_a_users_call(x):
    def scaled(items, by):
        return sum(items) * by

    return scaled((say("item", v) for v in [say("head", x[0]), x[1]]), say("by", x[2]))


def largest_or_default(x):
    items = (v * v for v in [say("head", x[0]), x[3]])
    return max((v for v in [say("h", x[0]), x[3]]), default=say("d", x[1])) * sum(items)


def helper_with_filter(x):
    def squares(items):
        total = 0.0
        for v in items:
            print("body")
            total += v * v
        return total

    return squares(say("item", v) for v in x if say("test", v) > 0)


def named_with_filter(x):
    items = (say("item", v) for v in x if say("test", v) > 0)
    print("made")
    total = 0.0
    for v in items:
        print("body")
        total += v * v
    return total


def map_over_filter(x):
    total = 0.0
    for v in map(lambda t: say("m", t * t), filter(lambda t: say("f", t) > 0, x)):
        print("body")
        total += v
    return total


def map_over_filter_listed(x):
    items = list(map(lambda v: say("m", v) * 2, filter(lambda v: say("f", v) > 0, x)))
    return sum(items) * items[0]


def filter_over_map(x):
    return sum(filter(lambda t: say("f", t) > 0, map(lambda t: say("m", t * t - 0.5), x))) ** 2


def enumerated_filter(x):
    total = 0.0
    for i, v in enumerate(filter(lambda t: say("f", t) > 0, x)):
        print("body", i)
        total += i * v + v * v
    return total


def while_small(x):
    total = 0.0
    for v in itertools.takewhile(lambda t: say("t", t) < 1.0, (say("item", u) for u in x)):
        print("body")
        total += v**2
    return total


def while_small_left(x):
    for v in itertools.takewhile(lambda t: say("t", t) < 1.0, x):
        if v < 0:
            return v * x[0]
    return x[3]


def from_the_first_small(x):
    total = 0.0
    for v in itertools.dropwhile(lambda t: say("d", t) > 0, x):
        print("body")
        total += v * v
    return total


def all_others(x):
    items = (say("item", v) for v in x)
    return sum(list(itertools.filterfalse(lambda t: say("f", t) > 0.7, items))) * x[0]


def any_of_named(x):
    items = (say("item", v) for v in x if say("test", v) > -2)
    return x[0] * x[1] if any(v < 0 for v in items) else x[2]


def zip_of_equal_lengths(x):
    total = 0.0
    for a, b in zip((say("a", v) for v in x), (say("b", v * v) for v in x), strict=False):
        print("body")
        total += a * b
    return total


def message_of_an_assertion(x):
    assert say("test", x[0]) > 0, say("message", x[1])
    return x[0] ** 2


def recursion_that_prints(x):
    def grown(v, n):
        print("grown", n)
        return v if v > 2.0 else grown(v * 1.5 + 1.0, n + 1)

    total = 0.0
    for v in x:
        total += grown(v, 0)
    return total


def recursion_in_a_head(x):
    def grown(v, n):
        print("grown", n)
        return v if v > 2.0 else grown(v * 1.5 + 1.0, n + 1)

    return sum((v * v for v in [grown(x[0], 0), grown(x[1], 0)]), start=grown(x[2], 0))


def containers_shown_when_all_arguments_are_there(x):
    held, items, y = {"n": 3, "x": x[0]}, [x[1]], x.copy()

    def overwrite(values):
        values[0] = 5.0
        return values[1]

    print(held, held.pop("n"), held)
    print(items, items.append(x[2]), len(items), *items, sep=";")
    print(f"{items} {items.append(1.0)} {items}", y, overwrite(y))
    return held["x"] * items[1] * y[3] ** 2


ORDERED = [
    containers_shown_when_all_arguments_are_there,
    sum_of_generator_and_start, head_before_what_follows, head_in_a_users_call,
    largest_or_default, helper_with_filter, named_with_filter, map_over_filter,
    map_over_filter_listed, filter_over_map, enumerated_filter, while_small, while_small_left,
    from_the_first_small, all_others, any_of_named, zip_of_equal_lengths,
    message_of_an_assertion, recursion_that_prints, recursion_in_a_head,
]  # fmt: skip


def printed(work: Callable[[], Any], capsys: Any) -> str:
    """Return what something prints."""
    capsys.readouterr()
    work()
    return str(capsys.readouterr().out)


@pytest.mark.parametrize("loss", ORDERED, ids=lambda f: f.__name__)
def test_effects_come_in_order(loss: Any, capsys: Any) -> None:
    expected = printed(lambda: loss(X), capsys)
    modes = [
        lambda: gradgen.grad(loss)(X),
        lambda: gradgen.value_and_grad(loss)(X),
        lambda: gradgen.jvp(loss)((X,), (X,)),
        lambda: gradgen.hvp(loss)((X,), (X,)),
    ]
    for mode in modes:
        assert printed(mode, capsys) == expected


@pytest.mark.parametrize("loss", ORDERED, ids=lambda f: f.__name__)
def test_gradients_beside_effects(loss: Any, capsys: Any) -> None:
    value, gradient = gradgen.value_and_grad(loss)(X)
    assert value == loss(X)
    step, slopes = 1e-5, []
    for e in np.eye(len(X)) * step:
        slopes.append((loss(X + e) - loss(X - e)) / (2.0 * step))
    np.testing.assert_allclose(gradient, slopes, rtol=1e-7, atol=1e-8)
    capsys.readouterr()


def key_of_each_item(x):
    return min((say("item", v) for v in x), key=lambda t: say("key", -t)) * x[0]


def zip_with_a_shorter_one(x):
    items = (say("item", v * v) for v in x[:3])
    return sum(a * b for a, b in zip(items, [say("z", x[3]), x[0]], strict=False))


def longest_of_two(x):
    total = 0.0
    pairs = itertools.zip_longest((say("a", u) for u in x[:2]), map(functools.partial(say, "b"), x))
    for a, b in pairs:
        total += b if a is None else a * b
    return total


@pytest.mark.parametrize(
    ("loss", "what"),
    [
        (key_of_each_item, "a key that has effects"),
        (zip_with_a_shorter_one, "Python asks it once more"),
        (longest_of_two, "zip_longest of calls with effects"),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_other_orders_are_refused(loss: Any, what: str) -> None:
    with pytest.raises(gradgen.GradgenError, match=what):
        gradgen.grad(loss)(X)


def refused_where_too_deep(x):
    def grown(v, n):
        if n > 2:
            raise ValueError("deep")
        return v if v > 2.0 else grown(v * 1.05, n + 1)

    total = 0.0
    for v in x:
        total += grown(v, 0)
    return total


def test_a_recursion_raises_where_only_its_slope_is_asked_for() -> None:
    second = gradgen.grad(lambda x: gradgen.grad(refused_where_too_deep)(x)[1])
    with pytest.raises(ValueError, match="deep"):
        second(X)
