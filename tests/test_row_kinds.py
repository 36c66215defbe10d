"""Tuples and lists in lists that grow: which of the two an item is, where a program asks."""

from __future__ import annotations

from collections import deque, namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import assert_gradient

X = np.array([0.3, 0.7, 1.1, 0.2])
Pair = namedtuple("Pair", "a b")


def pairs(x: Any) -> Any:
    rows = []
    for i in range(len(x)):
        rows.append((x[i], x[i] * 2.0))
    return rows


def lists(x: Any) -> Any:
    rows = []
    for i in range(len(x)):
        rows.append([x[i], x[i] * 2.0])
    return rows


def places(x: Any) -> Any:
    rows = []
    for i in range(len(x)):
        rows.append((i, i + 1))
    return rows


def tuple_by_isinstance(x: Any) -> Any:
    return sum(r[0] ** 2 if isinstance(r, tuple) else r[1] ** 3 for r in pairs(x))


def list_by_isinstance(x: Any) -> Any:
    return sum(r[0] ** 2 if isinstance(r, tuple) else r[1] ** 3 for r in lists(x))


def tuple_by_type(x: Any) -> Any:
    total = 0.0
    for r in pairs(x):
        total += r[0] * (2.0 if type(r) is tuple else 5.0)
    return total


def by_match(x: Any) -> Any:
    total = 0.0
    for r in pairs(x):
        match r:
            case list():
                total += r[0] ** 3
            case tuple():
                total += r[0]
    return total


def equal_to_a_tuple(x: Any) -> Any:
    rows = places(x)
    return sum(x[k] ** 2 if r == (1, 2) else x[k] ** 3 for k, r in enumerate(rows))


def equal_to_a_list(x: Any) -> Any:
    rows = places(x)
    return sum(x[k] ** 2 if r == [1, 2] else x[k] ** 3 for k, r in enumerate(rows))


def part_of_an_item(x: Any) -> Any:
    rows = places(x)
    return np.sum(x**2) * (2.0 if rows[1][:1] == (1,) else 5.0)


def within(x: Any) -> Any:
    rows = places(x)
    found = sum(x[k] for k in range(len(x)) if (k, 2) in rows)
    return found + 3.0 * sum(x[k] for k in range(len(x)) if [k, 2] in rows)


def longer_tuples_are_new(x: Any) -> Any:
    rows = pairs(x)
    r = rows[1]
    r += (x[0], 1.0)
    return sum(len(q) for q in rows) * np.sum(x) + r[2]


def longer_lists_are_the_same(x: Any) -> Any:
    rows = lists(x)
    for r in rows:
        r += [2.0]
    return sum(sum(r) for r in rows) + sum(r[0] ** 2 for r in rows)


def best_so_far(x: Any) -> Any:
    rows = pairs(x)
    best = rows[0]
    for r in rows[1:]:
        if r[0] > best[0]:
            best = r
    return best[0] ** 2 * (2.0 if isinstance(best, tuple) else 5.0)


def out_of_a_queue(x: Any) -> Any:
    queue, total = deque(), 0.0
    for i in range(len(x)):
        queue.append((x[i], i))
    while queue:
        item = queue.popleft()
        total += item[0] * item[1] if type(item) is tuple else -item[0]
    return total


def named(x: Any) -> Any:
    rows = []
    for i in range(len(x)):
        rows.append(Pair(x[i], 2.0 * i))
    return sum(p.a * p.b if isinstance(p, tuple) else 0.0 for p in rows)


def tuple_of_tuples(x: Any) -> Any:
    rows = tuple(pairs(x))
    total = sum(a * b for a, b in rows)
    return total * (2.0 if isinstance(rows, tuple) and isinstance(rows[0], tuple) else 1.0)


def which_row(x: Any) -> Any:
    rows = [[0.0] * 3 for _ in range(2)]
    rows[0][1] = x[0]
    same = rows[0] is rows[1]
    return (rows[1][1] + x[2] ** 2) * (2.0 if same else 5.0) + x[1] * (rows[0] == rows[1])


def keys_are_no_list(x: Any) -> Any:
    d = {"a": x[0], "b": x[1]}
    total = x[0] ** 2 * (2.0 if d.keys() == ["a", "b"] else 5.0)
    total += x[1] * (2.0 if d.keys() == {"a", "b"} else 5.0)
    return total + x[2] * (2.0 if isinstance(d.keys(), list) else 5.0) * ("b" in d.keys())


def asked_before_a_list_goes_in(x: Any) -> Any:
    rows, total = [(x[0], 1.0)], 0.0
    for i in range(1, len(x)):
        total += rows[-1][0] * (2.0 if isinstance(rows[-1], tuple) else 3.0)
        rows.append([x[i], 1.0])
    return total


LOSSES: list[Callable[..., Any]] = [
    tuple_by_isinstance, list_by_isinstance, tuple_by_type, by_match, equal_to_a_tuple,
    equal_to_a_list, part_of_an_item, within, longer_tuples_are_new, longer_lists_are_the_same,
    best_so_far, out_of_a_queue, named, tuple_of_tuples, which_row,
    keys_are_no_list,
]  # fmt: skip


@pytest.mark.parametrize("loss", LOSSES, ids=lambda f: f.__name__)
def test_gradients(loss: Callable[..., Any]) -> None:
    value, gradient = gradgen.value_and_grad(loss)(X)
    assert value == loss(X)
    assert_gradient(loss, (X,), (gradient,), (0,))


def test_both_kinds_in_one_list() -> None:
    """It is right, since items are told apart by their places, or refused where they cannot be."""
    try:
        value, gradient = gradgen.value_and_grad(asked_before_a_list_goes_in)(X)
    except gradgen.UnsupportedError as error:
        assert "a tuple or a list" in str(error) and "Way out" in str(error)
    else:
        assert value == asked_before_a_list_goes_in(X)
        assert_gradient(asked_before_a_list_goes_in, (X,), (gradient,), (0,))
