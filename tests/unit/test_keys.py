"""Keys of arguments: equal ones have equal specs, and what changes outside is noticed."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import types
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.frontend.arguments import spec_of
from gradgen.frontend.keys import key_of

Pair = collections.namedtuple("Pair", "x y")


@dataclasses.dataclass
class Point:
    """A record."""

    x: Any
    y: Any = 1.0


class Plain:
    """An object with what it is given."""

    def __init__(self, **held: Any) -> None:
        vars(self).update(held)


def with_more(point: Point, **more: Any) -> Point:
    """Give a record attributes that its class does not declare."""
    vars(point).update(more)
    return point


ZERO, ONES = np.zeros(3), np.ones(1)
LISTS: list[Any] = [
    [], [1.0], [1.0, 2.0], (1.0, 2.0), [1, 2], [True, False], [1, 2.0], [2.0, 1], [None, None],
    ["a", "b"], ["b", "a"], [np.float64(1.0), np.float64(2.0)], [np.float32(1.0)],
    [np.float32(1.0), np.float64(1.0)], [(), ()], [[], []], [(1.0, 2), (3.0, 4)],
    [(1.0, 2.0), (3.0, 4)], [[1.0, 2], [3.0, 4]], [(1.0, 2), [3.0, 4]], [(1.0,), (1.0, 2.0)],
    [(1.0, 2, 3.0)], [(1.0, 2, 3)], [Pair(1.0, 2), Pair(3.0, 4)], [Pair(1.0, 2), (3.0, 4)],
    [ZERO, ZERO], [ONES, ZERO], [ZERO, ONES], [ZERO.astype(int), ZERO], [(ZERO, 1), (ONES, 1)],
    [(ZERO, 1), (ZERO, 1)], [{"x": 1.0}, {"x": 2.0}], [{"x": 1.0}, {"y": 2.0}], [{}, {}],
    [{"x": 1.0, "y": 1}, {"x": 1.0, "y": 1}], [{"y": 1, "x": 1.0}, {"x": 1.0, "y": 1}],
    [{"y": 1, "x": 1.0}, {"y": 1, "x": 1.0}], [Point(1.0), Point(2.0)], [Point(1.0), Point(2)],
    [Point(1, 2), Point(2, 3)], [Point("a"), Point("b")], [Point("a"), Point("a")],
    [Point(1.0), with_more(Point(1.0), z=1.0)], [with_more(Point(1.0), z=1.0)] * 2,
    [Point(Point(1.0)), Point(Point(1.0))], [Point(ZERO), Point(ONES)], [Point(ZERO), Point(ZERO)],
    [Plain(x=1.0, y=2), Plain(x=1.0, y=2)], [Plain(y=2, x=1.0), Plain(y=2, x=1.0)],
    [Plain(x=1.0, y=2), Plain(y=2, x=1.0)], [Plain(x=(1.0,)), Plain(x=(1.0,))],
    [types.SimpleNamespace(x=1.0), types.SimpleNamespace(x=1.0)], [Plain(), Plain()],
]  # fmt: skip


def test_equal_keys_have_equal_specs() -> None:
    keys, specs = [key_of(v) for v in LISTS], [spec_of(v) for v in LISTS]
    for (a, one), (b, two) in itertools.combinations(zip(keys, specs, strict=True), 2):
        assert a != b or one == two, (one, two)
    again = [key_of(v) for v in LISTS]
    assert keys == again
    assert len(set(keys)) == len(keys)


def test_a_long_list_has_a_key_for_each_column() -> None:
    rows = [(float(k), k) for k in range(1000)]
    assert key_of(rows) == (list, 1000, (tuple, 2, float, int))
    assert key_of([Pair(*row) for row in rows]) == (list, 1000, (Pair, 2, float, int))
    rows[500] = (1, 1)
    assert key_of(rows) != key_of(rows[:1] * 1000)


HELD: Any = [[1.0, 2.0], (3.0, [4.0]), {"x": 5.0}, 6.0]
ROWS: Any = [[float(k), 1.0] for k in range(12)]


def of_what_is_held(w):
    total = HELD[0][1] + 10.0 * HELD[1][1][0] + 100.0 * HELD[2]["x"] + 1000.0 * HELD[3]
    for a, b in ROWS:
        total += a * b
    return w * total


def test_a_change_of_what_is_captured_is_noticed_at_each_depth() -> None:
    gradient = gradgen.grad(of_what_is_held)
    changes = (
        lambda: HELD[0].__setitem__(1, 7.0),
        lambda: HELD[1][1].__setitem__(0, 8.0),
        lambda: HELD[2].__setitem__("x", 9.0),
        lambda: HELD.__setitem__(3, 10.0),
        lambda: HELD.__setitem__(0, [1.0, 11.0]),
        lambda: HELD[0].__setitem__(1, 12.0),
        lambda: ROWS[3].__setitem__(1, 14.0),
        lambda: ROWS.__setitem__(4, [15.0, 16.0]),
        lambda: ROWS.__setitem__(4, [15.0, 16.0]),  # equal, and another list: this one is looked at
        lambda: ROWS[4].__setitem__(1, 17.0),
        lambda: ROWS.append([18.0, 19.0]),
        lambda: ROWS[12].__setitem__(0, 20.0),
    )
    for change in changes:
        for _ in range(2):
            assert gradient(1.0) == pytest.approx(of_what_is_held(1.0))
        change()
    assert gradient(1.0) == pytest.approx(of_what_is_held(1.0))
