"""Dicts and tuples in lists: what can be moved to lists side by side, and what is refused."""

from __future__ import annotations

import copy
import heapq
import math

import numpy as np
import pytest

import gradgen
from gradgen.frontend import book
from tests.refused_lines import marked_line, refusal


def queue_of_pairs(x):
    queue, total = [(1, 2), (3, 4)], 0.0
    while queue:
        i, j = queue.pop(0)
        total += x[i % 2] * x[j % 2]
        if x[0] > 0.0 and 2 < i < 5:
            queue.append((i + 2, j))
    return total


def queues_side_by_side(x):
    queue, others, total = [1, 3], [2, 4], 0.0
    while queue:
        i, j = queue.pop(0), others.pop(0)
        total += x[i % 2] * x[j % 2]
        if 2 < i < 5:
            queue.append(i + 2)
            others.append(j)
    return total


def values_kept_of_a_dict_in_a_list(x):
    out = []
    for v in x:
        if v > 0.0:
            out.append({"v": v, "w": 1.0})
    values = out[0].values()
    out[0]["v"] = x[1] * 3.0  # here: values
    return sum(values)


def values_kept_of_a_dict(x):
    item = {"v": x[0], "w": x[1]}
    values = item.values()
    if x[0] > 0.0:
        item["v"] = x[1] * 3.0  # here: values
    return sum(values)


def deep_copy_of_dicts(x):
    out = []
    for v in x:
        if v > 0.0:
            out.append({"v": v})
    others = copy.deepcopy(out)  # here: copy
    for item in others:
        item["v"] *= 2.0
    return sum(item["v"] ** 2 for item in out)


def tuple_that_grows(x):
    out = ()
    for _ in range(int(5.0 * x[0])):  # here: grows
        if x[1] > 0.0:
            out += (x[0],)
        else:
            out += (x[0], x[1])
    return sum(out)


def tuples_of_many_lengths(x):
    out = ()
    for v in (x[0], x[1], x[0], x[1], x[0]):
        if v > 0.0:
            out += (v,)
        else:
            out += (v, 1.0)
    return sum(out)


@pytest.mark.parametrize(
    "function",
    [
        tuple_that_grows,
        values_kept_of_a_dict_in_a_list,
        values_kept_of_a_dict,
        deep_copy_of_dicts,
    ],
)
def test_dicts_in_lists(function):
    """The message says why a dict cannot be moved to lists side by side, and the way out."""
    line, word = marked_line(function)
    message = refusal(function, np.array([1.0, 2.0]))
    assert f":{line}:" in message and word in message and "Way out" in message


@pytest.mark.parametrize("function", [queue_of_pairs, queues_side_by_side])
def test_queue_of_tuples(function):
    """Tuples of numbers may wait in a queue whose length depends on the path."""
    value, gradient = gradgen.value_and_grad(function)(np.array([1.0, 2.0]))
    assert value == 6.0
    np.testing.assert_array_equal(gradient, [6.0, 3.0])


def test_what_doubles_is_bounded(monkeypatch):
    """Reading stops at a place in the program where what paths may hold gets out of hand."""
    point = np.array([1.0, -2.0])
    np.testing.assert_array_equal(gradgen.grad(tuples_of_many_lengths)(point), [3.0, 2.0])
    monkeypatch.setattr(book, "MOST_READ", 50)
    message = refusal(tuples_of_many_lengths, point)
    assert "test_refusals_containers.py:" in message and "out +=" in message
    assert "doubles" in message and "Way out" in message


class Roads:
    def __init__(self):
        self.lengths = {}

    def shortest(self, start, end):
        heap, known = [(0.0, start)], {}
        while heap:
            way, here = heapq.heappop(heap)
            if here == end:
                return way
            for there, length in self.lengths.get(here, {}).items():
                if way + length < known.get(there, math.inf):
                    known[there] = way + length
                    heapq.heappush(heap, (way + length, there))
        return math.inf


def test_texts_wait_in_a_queue_of_an_object():
    """Pairs of a number and a text are rows of lists, for objects as well."""

    def loss(x):
        roads = Roads()
        roads.lengths["a"] = {"b": x[0], "c": x[1]}
        roads.lengths["b"] = {"c": x[2]}
        return roads.shortest("a", "c") ** 2

    for x, slopes in (([0.5, 1.0, 2.0], [0.0, 2.0, 0.0]), ([0.5, 3.0, 2.0], [5.0, 0.0, 5.0])):
        value, gradient = gradgen.value_and_grad(loss)(np.array(x))
        assert value == loss(np.array(x))
        np.testing.assert_array_equal(gradient, slopes)


class Cell:
    def __init__(self, low, high):
        self.low, self.high, self.items, self.parts = low, high, [], []

    def put(self, v, depth=0):
        middle = (self.low + self.high) / 2
        if self.parts:
            return self.parts[int(v > middle)].put(v, depth + 1)
        self.items.append(v)
        if len(self.items) > 1 and depth < 2:
            self.parts = [Cell(self.low, middle), Cell(middle, self.high)]
            for item in self.items:
                self.parts[int(item > middle)].put(item, depth + 1)
            self.items = []

    def mass(self):
        return sum(v**2 for v in self.items) + 0.5 * sum(part.mass() for part in self.parts)


@pytest.mark.slow
def test_a_recursion_that_writes_into_objects_is_refused_as_such() -> None:
    """Read as rows of lists, the parts are numbers, which have no methods: that is no news."""

    def loss(x):
        cell = Cell(0.0, 1.0)
        for v in x:
            cell.put(v)
        return cell.mass()

    with pytest.raises(gradgen.ArgumentError, match="'put' is recursive, and writes into a list"):
        gradgen.grad(loss)(np.array([0.5, 0.2, 0.8, 0.3]))


def test_the_order_of_texts_in_a_set_is_not_taken_from_this_process() -> None:
    def in_turn(x):
        total = 0.0
        for name in {"p", "q", "r"}:
            total = 0.5 * total + x["pqr".index(name)]
        return total

    def in_any_order(x):
        names = {"p", "q", "r"}
        return max(x["pqr".index(name)] for name in names) + sum(x["pqr".index(n)] for n in names)

    x = np.array([0.5, 1.0, 2.0])
    with pytest.raises(gradgen.UnsupportedError, match="order is another one in each process"):
        gradgen.grad(in_turn)(x)
    assert gradgen.grad(in_any_order)(x).tolist() == [1.0, 1.0, 2.0]


def test_a_set_of_large_numbers_has_no_known_order() -> None:
    def loss(x):
        found = {100 * i for i in range(4) if x[i] > 0.3}
        return sum(x[i // 100] * k for k, i in enumerate(found))

    with pytest.raises(NotImplementedError, match="in no known order: loop over sorted"):
        gradgen.grad(loss)(np.array([0.5, 1.2, 0.9, 0.1]))


def huffman(freq):
    heap = [(f, i % 4, None, None) for i, f in enumerate(freq)]
    heapq.heapify(heap)
    count = len(freq)
    while len(heap) > 1:
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a[0] + b[0], count, a, b))
        count += 1

    def cost(node, depth):
        f, _, left, right = node
        return f * depth if left is None else cost(left, depth + 1) + cost(right, depth + 1)

    return cost(heap[0], 0)


def test_tuples_in_tuples_are_compared_by_what_stands_before_them() -> None:
    """To any depth they are not compared: where that would decide, it is an error."""
    gradient = gradgen.grad(huffman)
    assert gradient(np.array([3.0, 1.0, 2.0, 0.5])).tolist() == [1.0, 3.0, 2.0, 3.0]
    ties = np.array([3.0, 1.0, 2.0, 0.5, 3.0])  # the first and the last are alike up to there
    with pytest.raises(NotImplementedError, match="compared by what stands before"):
        gradient(ties)


def test_the_order_of_a_set_that_grew_is_not_guessed() -> None:
    """Where items stand in Python's table follows from all that was added before."""

    def numbers(x):
        found = set()
        for k in (0, 1, 2, 3, 17, 4):
            found.add(k)
        total = 0.0
        for i in found:
            total = total * 0.5 + x[i]
        return total

    def pairs(x):
        found = {(0, 1)}
        for k in range(6):
            found.add((k, k + 7))
        total = 0.0
        for i, j in found:
            total = total * 0.5 + x[i] * x[j]
        return total

    def small(x):
        found = {3, 1}
        found.add(0)
        found |= {5}
        total = 0.0
        for i in found:
            total = total * 0.5 + x[i]
        return total

    x = np.linspace(0.3, 1.1, 20)
    with pytest.raises(NotImplementedError, match="in no known order"):
        gradgen.grad(numbers)(x)
    with pytest.raises(gradgen.UnsupportedError, match=r"loop over sorted\(...\) of it"):
        gradgen.grad(pairs)(x)
    value, gradient = gradgen.value_and_grad(small)(x)
    assert value == small(x)
    assert gradient[[0, 1, 3, 5]].tolist() == [0.125, 0.25, 0.5, 1.0]


class Held:
    def __init__(self, v):
        self.v = v


def test_arrays_in_lists_that_are_replaced_while_something_is_added_are_refused() -> None:
    def items(x):
        rows = [x * v for v in x if v > -9.0]

        def added(i):
            rows[i] = x * 3.0
            return x**2

        for i in range(len(rows)):
            rows[i] += added(i)
        return sum(np.sum(row) ** 2 for row in rows)

    def attributes(x):
        rows = [Held(x * v) for v in x if v > -9.0]

        def added(row):
            row.v = x * 3.0
            return x**2

        for row in rows:
            row.v += added(row)
        return sum(np.sum(row.v) ** 2 for row in rows)

    for loss in (items, attributes):
        with pytest.raises(gradgen.UnsupportedError, match="changes while something is added"):
            gradgen.grad(loss)(np.array([0.7, 1.3]))
