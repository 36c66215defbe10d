"""Heads of loops that are no plain names, where the loop's body writes to what they stand for."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from tests.pitfalls import Pitfall, Pitfalls, check

case = Pitfalls()

X = np.array([0.9, 1.2, 2.1])


class Box:
    def __init__(self, x):
        self.items = [x[0], x[1]]

    @property
    def inside(self):
        return self.items

    def __iter__(self):
        return iter(self.items)


@case("a list that a call returns gets a new item", X)
def returned_and_replaced(x):
    kept = [x[0], x[1]]

    def get():
        return kept

    s = 0.0
    for v in get():
        s += v**2
        kept[1] = v
    return s


@case("arrays in a list that a call returns are replaced", X)
def returned_arrays(x):
    kept = [x.copy(), x * 2]

    def get():
        return kept

    s = 0.0
    for v in get():
        s += v[0] ** 2
        kept[1] = v * 3
    return s


@case("a list that a call returns grows", X, outcome="either")
def returned_and_grown(x):
    kept = list(x)

    def get():
        return kept

    s = 0.0
    for v in get():
        s += v**2
        if v > 0.5 and len(kept) < 9:
            kept.append(v * 0.5)
    return s


@case("one list or another grows", X, outcome="either")
def chosen_and_grown(x):
    kept, s = list(x), 0.0
    for v in kept if x[0] > 0 else []:
        s += v**2
        if v > 0.5 and len(kept) < 9:
            kept.append(v * 0.5)
    return s


@case("one list or another of two grows", X, outcome="either")
def picked_and_grown(x):
    pair, s = (list(x), list(x)), 0.0
    for v in pair[0 if x[0] > 0 else 1]:
        s += v**2
        if len(pair[0]) < 6:
            pair[0].append(s)
    return s


@case("one list or another is written to", X, outcome="either")
def chosen_and_replaced(x):
    kept, s = [x[0], x[1]], 0.0
    for v in kept if x[0] > 0 else [x[2]]:
        s += v**2
        kept[1] = v
    return s


@case("one dict or another is written to", X, outcome="either")
def chosen_dict(x):
    kept, s = {"a": x[0], "b": x[1]}, 0.0
    for _, v in (kept if x[0] > 0 else {"c": x[2]}).items():
        s += v**2
        kept["b"] = v
    return s


@case("a named list or another grows", X, outcome="either")
def named_and_grown(x):
    kept, s = list(x), 0.0
    either = kept if x[0] > 0 else []
    for v in either:
        s += v**2
        if v > 0.5 and len(kept) < 9:
            kept.append(v * 0.5)
    return s


@case("the first that is not empty grows", X, outcome="either")
def first_and_grown(x):
    kept, s = list(x), 0.0
    for v in kept or [x[0]]:
        s += v**2
        kept[1] = v * 3
    return s


@case("the longest is written to", X)
def longest_and_replaced(x):
    kept, s = [x[0], x[1]], 0.0
    for v in max(kept, [x[0]], key=len):
        s += v**2
        kept[1] = v
    return s


@case("a list in an object grows", X)
def attribute_grows(x):
    box, s = Box(x), 0.0
    for v in box.items:
        s += v**2
        if len(box.items) < 6:
            box.items.append(s)
    return s


@case("a property's list grows", X)
def property_grows(x):
    box, s = Box(x), 0.0
    for v in box.inside:
        s += v**2
        if len(box.items) < 6:
            box.items.append(s)
    return s


@case("an object's own iterator is over a list that grows", X, outcome="either")
def object_grows(x):
    box, s = Box(x), 0.0
    for v in box:
        s += v**2
        if len(box.items) < 6:
            box.items.append(s)
    return s


@case("a list in a dict grows", X, outcome="either")
def item_of_a_dict_grows(x):
    lists, s = {"a": list(x)}, 0.0
    for v in lists.get("a", []):
        s += v**2
        if len(lists["a"]) < 6:
            lists["a"].append(s)
    return s


@case("a list that is there already grows", X, outcome="either")
def default_grows(x):
    lists, s = {"a": [x[0]]}, 0.0
    for v in lists.setdefault("a", []):
        s += v**2
        if len(lists["a"]) < 6:
            lists["a"].append(s)
    return s


@case("one list or another, numbered", X, outcome="either")
def numbered(x):
    kept, s = [x[0], x[1]], 0.0
    for k, v in enumerate(kept if x[0] > 0 else [x[1]]):
        s += v**2 * (k + 1)
        kept[1] = v
    return s


@case("one list or another, beside an array", X, outcome="either")
def zipped(x):
    kept, s = list(x), 0.0
    for v, w in zip(kept if x[0] > 0 else [x[1]], x, strict=False):
        s += v**2 * w
        kept[1] = v
    return s


@case("one list or another, backwards", X, outcome="either")
def backwards(x):
    kept, s = list(x), 0.0
    for v in reversed(kept if x[0] > 0 else [x[1]]):
        s += v**2
        kept[1] = v
    return s


@case("an iterator over one list or another that is written to", X, outcome="either")
def begun_before(x):
    kept = list(x)
    it = iter(kept if x[0] > 0 else [x[1]])
    s = next(it)
    kept[1] = 5.0
    for v in it:
        s += v**2
    return s


@case("what is summed writes to one list or another", X, outcome="either")
def summed(x):
    kept = list(x)

    def put(v):
        kept[1] = v
        return v

    return sum(put(v) ** 2 for v in (kept if x[0] > 0 else [x[1]])) + kept[1]


@case("the values of a dict that a call returns", X, outcome="either")
def values_of_a_dict(x):
    kept, s = {"a": x[0], "b": x[1]}, 0.0

    def get():
        return kept

    for v in dict.values(get()):
        s += v
        kept["b"] = s
    return s


@case("a deque must not change", -X, outcome="either")
def deque_kept(x):
    queue, s = deque(x), 0.0
    for v in queue:
        s += v**2
        if v > 0.5 and len(queue) < 9:
            queue.append(v * 0.5)
    return s


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)
