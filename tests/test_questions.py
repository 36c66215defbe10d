"""Questions about Python's values: the answer is Python's, or refused by name, never another."""

from __future__ import annotations

import enum
import math
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import assert_gradient, difference_gradient

X = np.array([0.3, 0.7, 1.1, 0.2])
Pair = namedtuple("Pair", "a b")


class Level(enum.IntEnum):
    LOW = 0
    HIGH = 2


def weight(answer: Any) -> float:
    return 2.0 if answer else 5.0


def some(x: Any) -> Any:
    return tuple(v for v in x if v > 0.25)


def tuples_of_any_length(x: Any) -> Any:
    t = some(x)
    _first, *rest = t
    answers = [isinstance(t[1:], tuple), isinstance(t + (1.0,), tuple), isinstance(2 * t, tuple)]
    more = [isinstance((1.0,) + t, tuple), isinstance(rest, list), t[1:] == tuple(rest)]
    return sum(x**2) * sum(3.0**k * weight(a) for k, a in enumerate([*answers, *more]))


def tuples_of_one_path(x: Any) -> Any:
    t = some(x) if x[0] > 0.1 else (1.0,)
    u = some(x) if x[0] > 0.1 else tuple(v for v in x if v > 0.5)
    return sum(x**2) * (weight(isinstance(t, tuple)) + 10.0 * weight(isinstance(u, list)))


def named_tuples(x: Any) -> Any:
    same, there = Pair(1, 2) == (1, 2), bool(Pair(0, 0))
    return sum(x**2) * (weight(same) + 10.0 * weight(there))


def ranges(x: Any) -> Any:
    n = len(x)
    y = 0.0
    for r in (range(n), range(n, 0)):
        y = 10.0 * y + weight(r) + 3.0 * weight(bool(r))
    match range(3):
        case [0, 1, 2]:
            y += 0.5
    return sum(x**2) * (y + 100.0 * weight(range(3) == [0, 1, 2]))


def views(x: Any) -> Any:
    d = {"a": 1}
    y = weight(d.values() == [1]) + 10.0 * weight(d.items() == [("a", 1)])
    match d.items():
        case [_]:
            y += 0.5
    return sum(x**2) * (y + 100.0 * weight(d.keys() == {"a"}))


def sets(x: Any) -> Any:
    s = {1, 2}
    y = weight(s == [1, 2]) + 10.0 * weight(s != (1, 2)) + 100.0 * weight(s == frozenset((2, 1)))
    return sum(x**2) * y


def dicts_of_other_classes(x: Any) -> Any:
    d, c = defaultdict(float), Counter([1, 2])
    y = weight(isinstance(d, defaultdict)) + 10.0 * weight(isinstance(c, Counter))
    return sum(x**2) * (y + 100.0 * weight(isinstance(d, OrderedDict)))


def truth_values(x: Any) -> Any:
    f = len(x) > 2
    kinds = [type(f + f), type(-f), type(f * f), type(f & f), type(sum([f, f]))]
    return sum(x**2) * sum(3.0**k * weight(kind is bool) for k, kind in enumerate(kinds))


def order_by_truth(x: Any) -> Any:
    one = sorted([x[0], x[1], x[2]], key=lambda v: v > 0.5, reverse=True)
    two = sorted([v for v in x if v > 0.25], key=lambda v: v > 0.5, reverse=True)
    return sum(v * (k + 1) for k, v in enumerate(one)) + sum(v * k for k, v in enumerate(two))


def spelled_members(x: Any) -> Any:
    return sum(x**2) * weight(f"{Level.HIGH}" == "2")


@pytest.mark.parametrize(
    "loss",
    [tuples_of_any_length, tuples_of_one_path, named_tuples, ranges, views, sets,
     dicts_of_other_classes, truth_values, order_by_truth, spelled_members],
)  # fmt: skip
def test_answers(loss: Callable[..., Any]) -> None:
    value, gradient = gradgen.value_and_grad(loss)(X)
    assert value == loss(X)
    assert_gradient(loss, (X,), (gradient,), (0,))


def queue_or_list(x: Any) -> Any:
    return sum(x**2) * weight(isinstance(deque([1, 2]), list))


def queue_and_list(x: Any) -> Any:
    return sum(x**2) * weight(deque([1, 2]) == [1, 2])


def list_before_a_queue(x: Any) -> Any:
    answer = type([1]) is list
    return sum(x**2) * weight(answer) * len(deque([1]))


def shown_queue(x: Any) -> Any:
    queue = deque()
    for k, v in enumerate(x):
        if v > 0:
            queue.append(k)
    return sum(x**2) * len(f"{queue}")


def shown_ordered_dict(x: Any) -> Any:
    return sum(x**2) * len(f"{OrderedDict(a=1)}")


def shown_default_dict(x: Any) -> Any:
    made = defaultdict(float)
    made["a"] += x[0]
    return made["a"] * len(str(made))


def shown_keys(x: Any) -> Any:
    held = {"a": x[0]}
    return sum(x**2) * len(f"{held.keys()}")


def order_of_keys(x: Any) -> Any:
    return sum(x**2) * weight(OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1))


def which_dict(x: Any) -> Any:
    return sum(x**2) * weight(isinstance(OrderedDict(a=1), OrderedDict))


def which_tuple(x: Any) -> Any:
    t = (1, 2)
    return sum(x**2) * weight(tuple(t) is t)


def tuple_or_list_by_path(x: Any) -> Any:
    t = some(x) if x[0] > 0.1 else [v for v in x if v > 0.5]
    return sum(x**2) * weight(isinstance(t, tuple))


def int_or_float_by_max(x: Any) -> Any:
    return sum(x**2) * weight(isinstance(max(len(x), x[0]), int))


def array_of_no_axes(x: Any) -> Any:
    return sum(x**2) * weight(isinstance(np.where(x[0] > 0.1, 1.0, 2.0), np.ndarray))


@pytest.mark.parametrize(
    ("loss", "why"),
    [(queue_or_list, "deque"), (queue_and_list, "deque"), (list_before_a_queue, "deque"),
     (shown_queue, "deque"), (shown_ordered_dict, "no plain dict"),
     (shown_default_dict, "no plain dict"), (shown_keys, "view of a dict"),
     (order_of_keys, "another order"), (which_dict, "another class"),
     (which_tuple, "two tuples are one"), (tuple_or_list_by_path, "a tuple or a list"),
     (int_or_float_by_max, "several kinds"), (array_of_no_axes, "several kinds")],
)  # fmt: skip
def test_what_is_not_known_is_refused(loss: Callable[..., Any], why: str) -> None:
    with pytest.raises(gradgen.UnsupportedError, match=f"(?s){why}.*Way out"):
        gradgen.grad(loss)(X)


def tuple_plus_list(x: Any) -> Any:
    return sum((x[0], x[1]) + [x[2]])


def tuple_grows_by_list(x: Any) -> Any:
    t = tuple(v for v in x if v > 0.0)
    t += [x[0]]
    return sum(t)


def list_plus_tuple(x: Any) -> Any:
    out = []
    for v in x:
        if v > 0.0:
            out.append(v)
    return sum(out + (x[0],))


def some_of_four(x: Any) -> Any:
    out = []
    for v in x:
        if v > x[0]:
            out.append(v)
    a, b, c, d = out
    return a * b * c * d


def says_how_many(x: Any) -> Any:
    if x[0] < x[1]:
        n = np.sum(x > 0.0)
        raise ValueError(f"{n} positive" if n > 1 else "one positive")
    return x[0]


@pytest.mark.parametrize(
    "loss", [tuple_plus_list, tuple_grows_by_list, list_plus_tuple, some_of_four, says_how_many]
)
def test_raises_what_python_raises(loss: Callable[..., Any]) -> None:
    with pytest.raises((TypeError, ValueError)) as told:
        loss(X)
    for derivative in (gradgen.grad(loss), lambda x: gradgen.hvp(loss)((x,), (x,))):
        with pytest.raises(type(told.value)) as raised:
            derivative(X)
        assert str(raised.value) == str(told.value)


def test_squeeze_of_what_has_length_one_by_the_slice() -> None:
    def loss(m: Any) -> Any:
        return np.sum(m**2) * (2.0 if np.squeeze(m[:1]).ndim == 1 else 5.0)

    def named(m: Any) -> Any:
        return np.sum(m**2) * (2.0 if np.squeeze(m[:1], axis=0).ndim == 1 else 5.0)

    m = np.arange(6.0).reshape(2, 3)
    assert np.array_equal(gradgen.grad(loss)(m), 4.0 * m)
    assert np.array_equal(gradgen.jvp(loss)((m,), (m,))[1], loss(m) * 2.0)
    assert np.array_equal(gradgen.grad(named)(m), 4.0 * m)


def test_methods_take_by_name_what_those_of_arrays_do() -> None:
    losses = (
        lambda m: np.sum(m.swapaxes(axis1=0, axis2=1)),
        lambda m: np.sum(m.transpose(axes=(1, 0))),
        lambda m: np.sum(m.clip(a_min=0.5)),
        lambda m: np.sum(m.std(axis=0, correction=1)),
    )
    for loss in losses:
        for function in (loss, gradgen.grad(loss)):
            with pytest.raises(TypeError):
                function(np.ones((2, 3)))


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_pullback_is_at_an_array_as_it_lies_in_memory(order: Any) -> None:
    def entries(m: Any) -> Any:
        return m.ravel(order="K") * 1.0

    for m in (np.array(np.arange(6.0).reshape(2, 3), order=order), np.ones((3, 2), order=order).T):
        value, pullback = gradgen.vjp(entries)(m)
        assert np.array_equal(value, entries(m))
        cotangent = np.arange(1.0, 7.0)
        by_entry = [np.sum(cotangent * entries(e)) for e in _units(m)]
        assert np.array_equal(np.ravel(pullback(cotangent)), by_entry)


def _units(m: np.ndarray) -> list[np.ndarray]:
    """Return arrays with one 1 each, which lie in memory as ``m`` does."""
    units = [np.zeros_like(m) for _ in range(m.size)]
    for k, unit in enumerate(units):
        unit[np.unravel_index(k, m.shape)] = 1.0
    return units


def entry_set_to_a_vector(x: Any) -> Any:
    a = np.zeros(3)
    a[0] = x
    return np.sum(a)


def entry_raised_by_a_vector(x: Any) -> Any:
    a = np.zeros((2, 3))
    for k in range(2):
        a[k, 1] += x
    return np.sum(a)


def matrix_into_a_row(x: Any) -> Any:
    a = np.zeros((2, 4))
    a[1] = np.outer(x[x > 0.25], x)
    return np.sum(a)


def axes_in_a_list(x: Any) -> Any:
    return np.sum(x[None] ** 2, axis=[0, 1])


def base_by_name(x: Any) -> Any:
    return math.log(x[0], base=2)


def differences_of_a_number(x: Any) -> Any:
    return np.sum(np.diff(x[0]))


def fewer_than_no_differences(x: Any) -> Any:
    return np.sum(np.diff(x, -1))


def axis_twice(x: Any) -> Any:
    return np.sum(np.expand_dims(x, (1, 1)))


def diagonal_of_a_number(x: Any) -> Any:
    return np.sum(np.diag(x[0]))


def size_of_a_list(x: Any) -> Any:
    return np.sum(abs([x[0], x[1]]))


def product_of_four(x: Any) -> Any:
    return np.sum(np.cross(x, x))


def text_times_a_float(x: Any) -> Any:
    label = "ab" * x[0]
    return np.sum(x) if label else 0.0


def filled_with_a_vector(x: Any) -> Any:
    a = x * 1.0
    a.fill(x)
    return np.sum(a)


def slopes_at_other_places(x: Any) -> Any:
    return np.sum(np.gradient(x, x[1:]))


def slopes_of_third_order(x: Any) -> Any:
    return np.sum(np.gradient(x, edge_order=3))


@pytest.mark.parametrize(
    "loss",
    [text_times_a_float, filled_with_a_vector, slopes_at_other_places, slopes_of_third_order,
     entry_set_to_a_vector, entry_raised_by_a_vector, matrix_into_a_row, axes_in_a_list,
     base_by_name, differences_of_a_number, fewer_than_no_differences, axis_twice,
     diagonal_of_a_number, size_of_a_list, product_of_four],
)  # fmt: skip
def test_raises_the_kind_that_numpy_does(loss: Callable[..., Any]) -> None:
    with pytest.raises((TypeError, ValueError)) as told:
        loss(X)
    for derivative in (gradgen.grad(loss), gradgen.vjp(loss)):
        with pytest.raises(type(told.value)):
            derivative(X)


def test_products_of_vectors_in_the_plane_and_in_space() -> None:
    def crossed(a: Any, b: Any) -> Any:
        return np.cross(a, b)

    made, pulled = gradgen.jvp(crossed), gradgen.vjp(crossed)
    for n in (3, 2, 3):
        a, b = X[:n], X[-n:] ** 2
        value, tangent = made((a, b), b)
        assert np.array_equal(value, crossed(a, b)) and not np.any(tangent)
        expected = difference_gradient(lambda a, b: np.sum(crossed(a, b)), (a, b), [0])[0]
        np.testing.assert_allclose(pulled(a, b)[1](np.ones_like(value)), expected, rtol=1e-9)
    text = gradgen.emit(crossed, mode="vjp", example_args=(np.ones((5, 3)), np.ones((5, 3))))
    assert "a f64[n, m>=3]" in text  # of any number of vectors


def test_covariances_have_the_precision_asked_for() -> None:
    m = np.outer(X, X**2)
    value, pullback = gradgen.vjp(lambda m: np.cov(m, dtype=np.float32))(m)
    expected = np.cov(m, dtype=np.float32)
    assert value.dtype == expected.dtype == np.float32 and np.array_equal(value, expected)
    assert pullback(expected).dtype == np.float64
