"""Functions that are read for the lengths and whole numbers of a call: one module for each."""

from __future__ import annotations

import numpy as np
import pytest

import gradgen
from gradgen.emission.recorded import recorded, specs_of
from tests.checks import run_text


def weighted(x, n, twice=False):
    parts = {}
    for i in range(n):
        parts[f"p{i}"] = x[i]
    total = sum(part * (k + 1) for k, part in enumerate(parts.values()))
    return 2.0 * total if twice else total


def by_number(p):
    rows = {}
    for i in range(len(p["x"])):
        rows[2 * i] = {"a": p["x"][i], "b": p["n"]}
    return sum(row["a"] * row["b"] * (k + 1) for k, row in rows.items())


def squares(x):
    parts = [{"v": v * v} for v in x]
    return np.array([part["v"] for part in parts[::-1]])


CALLS = [
    ((np.ones(4), 3), [1.0, 2.0, 3.0, 0.0]),
    ((np.ones(4), 2), [1.0, 2.0, 0.0, 0.0]),
    ((np.ones(5), 5), [1.0, 2.0, 3.0, 4.0, 5.0]),
    ((np.ones(2), 0), [0.0, 0.0]),
    ((np.ones(4), True), [1.0, 0.0, 0.0, 0.0]),
    ((np.ones(4), 3, True), [2.0, 4.0, 6.0, 0.0]),
    ((np.ones(4), 3), [1.0, 2.0, 3.0, 0.0]),
]


def test_each_call_has_its_own_module():
    gradient = gradgen.grad(weighted)
    for args, expected in CALLS:
        np.testing.assert_array_equal(gradient(*args), expected)


@pytest.mark.parametrize("args", [(np.ones(4), 2), (np.ones(5), 3), (np.ones(4), 3, True)])
def test_text_is_for_one_call(args: tuple):
    function = gradgen.value_and_grad(weighted)
    function(np.ones(4), 3)
    assert "Specialised to:  x f64[4]  n 3  twice False" in function.source
    with pytest.raises(TypeError, match="is made for"):
        run_text(function.source, args)


def test_numbers_in_containers():
    gradient = gradgen.grad(by_number)
    found = gradient({"x": np.ones(3), "n": 2})
    np.testing.assert_array_equal(found["x"], [2.0, 6.0, 10.0])
    assert found["n"] == 0
    np.testing.assert_array_equal(gradient({"x": np.ones(2), "n": 3})["x"], [3.0, 9.0])


def test_other_derivatives():
    x = np.array([0.5, 2.0, 3.0])
    np.testing.assert_allclose(gradgen.jacobian(squares)(x), np.diag(2.0 * x)[::-1])
    value, pullback = gradgen.vjp(squares)(x)
    np.testing.assert_allclose(value, x[::-1] ** 2)
    np.testing.assert_allclose(pullback(np.ones(3)), 2.0 * x)
    _, tangent = gradgen.jvp(squares)((x,), np.ones(3))
    np.testing.assert_allclose(tangent, 2.0 * x[::-1])


def test_long_arrays_are_not_written_out():
    with pytest.raises(gradgen.UnsupportedError, match="a store at a computed key"):
        gradgen.grad(weighted)(np.ones(200), 100)


def test_example_arguments_give_lengths():
    assert "n 3" in gradgen.emit(weighted, example_args=(np.ones(4), 3))


def by_label(x, labels):
    sums = {}
    for k, v in zip(labels.tolist(), x):
        sums.setdefault(f"l{k}", {"sum": 0.0})["sum"] += v
    return sum(held["sum"] ** 2 * (int(name[1:]) + 1) for name, held in sums.items())


def test_entries_of_labels_are_part_of_the_types():
    gradient = gradgen.value_and_grad(by_label)
    x = np.array([1.0, 2.0, 3.0])
    for labels in ([0, 1, 0], [1, 1, 1], [0, 1, 0]):
        expected = [2.0 * (k + 1) * x[np.array(labels) == k].sum() for k in labels]
        np.testing.assert_array_equal(gradient(x, np.array(labels))[1], expected)
    assert "labels i64[3] = [0, 1, 0]" in gradient.source
    with pytest.raises(TypeError, match="is made for"):
        run_text(gradient.source, (x, np.array([0, 1, 1])))
    types = recorded(gradient.source).types
    assert specs_of(types, lambda name: None)["labels"].entries == (0, 1, 0)


def test_entries_are_left_open_where_they_would_be_too_many():
    gradient = gradgen.grad(by_label)
    with pytest.raises(gradgen.UnsupportedError, match="the method 'setdefault' of a dict"):
        gradient(np.ones(100), np.arange(100))


def sums_by_label(x, labels):
    sums = {}
    for k, v in zip(labels.tolist(), x):
        sums[k] = sums.get(k, 0.0) + v
    return sum(v**2 * (k + 1) for k, v in sums.items())


def test_sums_by_labels_are_lists_for_any_entries():
    gradient = gradgen.grad(sums_by_label)
    for labels in (np.arange(100) % 7, np.array([2, 0, 2])):
        x = np.linspace(1.0, 2.0, len(labels))
        expected = [2.0 * (k + 1) * x[labels == k].sum() for k in labels]
        np.testing.assert_allclose(gradient(x, labels), expected, rtol=1e-14)
        example = gradgen.emit(sums_by_label, mode="grad", example_args=(x, labels))
        assert gradient.source == example


def drawn_label(x, labels):
    rng = np.random.default_rng(int(labels[0]))
    found = {int(k): x[k] for k in labels}
    return found[1] * int(rng.integers(3)) + len(found)


def test_what_is_drawn_is_not_computed_beforehand():
    function = gradgen.value_and_grad(drawn_label)
    args = np.array([1.0, 2.0, 3.0]), np.array([2, 1, 2])
    assert function(*args)[0] == drawn_label(*args)
    assert "integers" in function.source


def relabelled(x, labels):
    labels = labels.copy()
    labels[0] = labels[1] + 1
    return sum(v * k for k, v in {int(k): v for k, v in zip(labels, x)}.items())


def test_labels_may_be_written_to():
    found = gradgen.grad(relabelled)(np.ones(3), np.array([0, 1, 1]))
    np.testing.assert_array_equal(found, [2.0, 0.0, 1.0])


class Grid:
    def __init__(self, cost, share, n):
        self.cost, self.share, self.n, self.known = cost, share, n, {}

    def best(self, i=0, j=0):
        if (i, j) not in self.known:
            here = self.cost * (1.0 + 0.1 * i) ** j
            if i == self.n:
                self.known[i, j] = here
            else:
                on = self.share * self.best(i + 1, j + 1) + (1 - self.share) * self.best(i + 1, j)
                self.known[i, j] = max(on * 1.05, here)
        return self.known[i, j]


def best_of_a_grid(cost, share, n=4):
    return Grid(cost, share, n).best() ** 2


def test_what_is_too_much_to_write_out_is_read_in_another_way():
    step = 1e-5
    ends = [best_of_a_grid(1.3 + k * step, 0.6) for k in (-1, 1)]
    assert abs(gradgen.grad(best_of_a_grid)(1.3, 0.6) - (ends[1] - ends[0]) / (2 * step)) < 1e-6
