"""Arguments that are long lists: loops over them are loops in the text, for any length."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.corpus import lang_lists_outside as outside
from tests.corpus import lang_long_lists as losses
from tests.corpus import lang_long_rows as rows
from tests.corpus import lang_swapped_rows as swapped

READ = (
    "decay", "springs", "sequences", "neighbours", "gathered", "sorted_data", "in_a_dict",
    "best_row",
)  # fmt: skip
TAKEN_APART = ("which_class", "tuple_of_numbers", "written", "rows_written", "arrays_written")
ROWS_TAKEN_APART = ("row_written", "key_added", "array_written", "names_asked")


@pytest.mark.parametrize("name", rows.EXAMPLE_ARGS)
def test_text_of_rows(name: str) -> None:
    """It reads rows where they stand, unless the function does more than that."""
    text = gradgen.emit(getattr(rows, name), example_args=rows.EXAMPLE_ARGS[name]())
    assert (", ...]" in text) == (name not in ROWS_TAKEN_APART)


def test_rows_are_unpacked() -> None:
    text = gradgen.emit(rows.edges_of_graph, example_args=rows.EXAMPLE_ARGS["edges_of_graph"]())
    assert "i, j, weight = edges[k]" in text
    assert "row_age = row['age']" in gradgen.emit(
        rows.survey, example_args=rows.EXAMPLE_ARGS["survey"]()
    )


def test_one_module_for_all_rows() -> None:
    """What no one reads may be of any kind; what is read is of the kind that the text is for."""
    gradient, w = gradgen.value_and_grad(rows.survey), np.array(rows.W)
    texts = set()
    for count in (12, 9, 30):
        data = rows.rows_of(count)
        data[1]["name"] = None
        value, _ = gradient(w, data)
        assert value == rows.survey(w, data)
        texts.add(gradient.source)
    assert len(texts) == 1
    data[2]["age"] = 7
    assert gradient(w, data)[0] == rows.survey(w, data)


@pytest.mark.parametrize("name", [*READ, *TAKEN_APART])
def test_text(name: str) -> None:
    """It has a loop, and no name for each item, unless the function does more than read."""
    text = gradgen.emit(getattr(losses, name), example_args=losses.EXAMPLE_ARGS[name]())
    assert (", ...]" in text) == (name in READ)
    assert ("_8" not in text) == (name in READ)


def test_one_module_for_all_lengths() -> None:
    gradient = gradgen.value_and_grad(losses.decay)
    params = np.array([1.2, 0.4])
    texts = set()
    for count in (12, 9, 30):
        data = [(0.1 * k, 1.0) for k in range(count)]
        value, _ = gradient(params, data)
        assert value == losses.decay(params, data)
        texts.add(gradient.source)
    assert len(texts) == 1


def test_only_lists_that_stay_lists_have_any_length() -> None:
    """A list of lists of several kinds is taken apart, item by item: one more is another module."""

    def loss(w: Any, values: list[float], rows: list[list[Any]]) -> Any:
        return sum(w[0] * v for v in values) + sum(w[1] * row[1] for row in rows)

    gradient, w = gradgen.value_and_grad(loss), np.array([1.0, 2.0])
    second = gradgen.hvp(lambda w, *data: loss(w, *data) ** 2)
    for count, others in ((9, 9), (12, 9), (9, 12), (11, 13)):
        data = [0.5] * count, [[1, 1.0]] * others
        value, slope = gradient(w, *data)
        assert value == loss(w, *data)
        np.testing.assert_allclose(slope, [0.5 * count, others], rtol=1e-14)
        along = second((w, *data), w)
        np.testing.assert_allclose(along, 2.0 * value * slope, rtol=1e-14)


def test_other_items_are_another_module() -> None:
    def loss(x: float, values: list[Any]) -> Any:
        return sum(math.sin(x) * v for v in values)

    gradient = gradgen.grad(loss)
    for values in ([1.0] * 9, [1] * 9, [1.0] * 8 + [1], [True] * 9, [np.float64(2.0)] * 9, [1.0]):
        assert gradient(0.3, values) == pytest.approx(math.cos(0.3) * sum(values), rel=1e-14)
    by_values = gradgen.grad(loss, argnums=1)(0.3, [1.0] * 10)
    assert by_values == [math.sin(0.3)] * 10


def test_a_method() -> None:
    class Fit:
        scale = 2.0

        def loss(self, w: Any, ys: list[float]) -> Any:
            return sum((self.scale * w[0] - y) ** 2 for y in ys)

    fit, w = Fit(), np.array([0.7])
    gradient = gradgen.grad(fit.loss)
    for count in (9, 14):
        ys = [0.1 * k for k in range(count)]
        assert gradient(w, ys) == pytest.approx(sum(4.0 * (1.4 - y) for y in ys), rel=1e-13)


def test_inside_a_loss() -> None:
    """A gradient inside a loss knows that rows are tuples."""

    def energy(w: Any, rows: Any) -> Any:
        total = sum(w[0] * a**2 * w[1] for a, _ in rows)
        return total * (2.0 if isinstance(rows[0], tuple) else 3.0)

    def loss(w: Any, rows: Any) -> Any:
        return np.sum(gradgen.grad(energy)(w, rows) ** 2)

    w, rows = np.array([0.3, 0.7]), [(0.1 * k, 2.0) for k in range(10)]
    squares = 2.0 * sum(a**2 for a, _ in rows)
    value, gradient = gradgen.value_and_grad(loss)(w, rows)
    assert value == pytest.approx(squares**2 * np.sum(w**2), rel=1e-13)
    np.testing.assert_allclose(gradient, 2.0 * squares**2 * w, rtol=1e-13)


@pytest.mark.parametrize("name", outside.EXAMPLE_ARGS)
def test_lists_from_outside(name: str) -> None:
    """The text has the list at its top, unless constants alone read it."""
    loss, args = getattr(outside, name), outside.EXAMPLE_ARGS[name]()
    text = gradgen.emit(loss, example_args=args)
    assert ("range(len(" in text or "n = len(" in text) == (name != "some_coefficients")
    space: dict[str, Any] = {}
    exec(text, space)
    value, slope = space[f"{loss.__name__}_value_and_grad"](*args)
    assert value == loss(*args)
    np.testing.assert_array_equal(slope, gradgen.grad(loss)(*args))


def test_lists_from_outside_change() -> None:
    """What is in such a list may change, also in kind and number, from call to call."""
    values: list[Any] = [0.5 * k for k in range(9)]
    rows: list[Any] = [{"t": 0.1 * k, "p": [1.0, k]} for k in range(9)]

    def loss(x: float) -> float:
        total = sum(x * v * (2 if isinstance(v, float) else 3) for v in values)
        return total + sum(x * x * row["t"] * len(row["p"]) for row in rows)

    gradient = gradgen.value_and_grad(loss)

    def check() -> None:
        value, slope = gradient(1.5)
        assert value == loss(1.5)
        assert slope == pytest.approx((loss(2.0) - loss(1.0)), rel=1e-12)

    check()
    values[3], rows[2]["t"] = 9.0, 4.0
    rows[5]["p"].append(2.0)
    check()
    values[3] = 9
    values.append(1.0)
    rows[1] = {"t": 2, "p": [1.0]}
    check()
    del values[2:], rows[4:]
    check()


def test_tested_in_a_comprehension() -> None:
    """What a comprehension reads from outside does not count among its operations."""
    bounds = np.arange(3.0)

    def loss(x: Any) -> Any:
        return x[0] ** 2 if any(b > 1 for b in bounds) else x[1]

    np.testing.assert_array_equal(gradgen.grad(loss)(np.ones(2)), [2.0, 0.0])


def test_per_example_derivatives() -> None:
    """What is the same for all examples stays a list, for any length."""
    gradient = gradgen.value_and_grad(rows.survey, batch=("w",))
    many = np.array([rows.W, (0.1, 0.2, 0.3)])
    for count in (10, 13):
        data = rows.rows_of(count)
        values, slopes = gradient(many, data)
        assert "range(len(data))" in gradient.source
        for w, value, slope in zip(many, values, slopes, strict=True):
            assert value == pytest.approx(rows.survey(w, data), rel=1e-14)
            np.testing.assert_allclose(slope, gradgen.grad(rows.survey)(w, data), rtol=1e-13)


@pytest.mark.parametrize("name", ["edges_of_graph", "best_edge"])
def test_columns_for_numba(name: str) -> None:
    """Compiled code gets each column of numbers as an array, for any length."""
    pytest.importorskip("numba")
    loss, (w, data) = getattr(rows, name), rows.EXAMPLE_ARGS[name]()
    gradient = gradgen.value_and_grad(loss, backend="numba")
    texts = set()
    for more in (data, data + data[:3]):
        value, slope = gradient(w, more)
        assert value == pytest.approx(loss(w, more), rel=1e-13)
        np.testing.assert_allclose(slope, gradgen.grad(loss)(w, more), rtol=1e-11, atol=1e-14)
        texts.add(gradient.source)
    (text,) = texts
    assert "np.array([row" in text


def test_rows_that_change_places_stay_in_their_list() -> None:
    """A row swap moves lists, so that the text has loops, for any size of the matrix."""
    matrix = np.array(swapped.MATRIX)
    text = gradgen.emit(swapped.pivoted_determinant, mode="grad", example_args=(matrix,))
    assert len(text.splitlines()) < 150 and "f64[n, m]" in text
    gradient = gradgen.grad(swapped.pivoted_determinant)(matrix)
    np.testing.assert_allclose(
        gradient, np.linalg.det(matrix) * np.linalg.inv(matrix).T, rtol=1e-12
    )
