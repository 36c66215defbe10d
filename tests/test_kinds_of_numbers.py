"""Numbers that are ints on one path and floats on another: questions about which are no guesses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen
from tests.references import assert_gradient

X = np.array([0.3, 0.7, 1.1, 0.2])


def in_rows(x: Any) -> Any:
    rows = []
    for i in range(len(x)):
        rows.append((x[i], i))
    return sum(r[0] ** 2 * (2.0 if isinstance(r[1], int) else 5.0) for r in rows)


def by_the_place(x: Any) -> Any:
    rows = []
    for i in range(len(x)):
        rows.append(i if i % 2 else 0.5)
    return sum(x[k] ** 2 * (2.0 if type(v) is int else 5.0) for k, v in enumerate(rows))


def by_the_path(x: Any) -> Any:
    total = 0.0
    for i in range(len(x)):
        v = 1 if x[i] > 0.5 else 0.5
        total += x[i] * v * (2.0 if isinstance(v, int) else 5.0)
    return total


def from_turn_to_turn(x: Any) -> Any:
    n, total = 0, 0.0
    for i in range(len(x)):
        total += x[i] * (2.0 if isinstance(n, int) else 5.0)
        if x[i] > 0.5:
            n = 0.5
    return total


def doubled_from_turn_to_turn(x: Any) -> Any:
    n = 0
    for v in x:
        n = n + v if v > 5.0 else n * 2
    return x[0] ** 2 if isinstance(n, int) else n * x[1]


def summed_from_turn_to_turn(x: Any) -> Any:
    n, total = 0, 0.5
    for v in x:
        n = n * 2 if v < 0.1 else n * 2 + v
        total = total + n
    return total * (2.0 if isinstance(total, np.floating) else 5.0)


def of_numpy_first(x: Any) -> Any:
    n, total = x[0], 0.0
    for i in range(len(x)):
        total += x[i] ** 2 * (2.0 if isinstance(n, np.floating) else 5.0)
        n = 2.0
    return total


def floats_alone(x: Any) -> Any:
    rows = []
    for i in range(len(x)):
        rows.append(float(i))
    return sum(x[k] * (2.0 if isinstance(v, float) else 5.0) for k, v in enumerate(rows))


def numbers_of_python(x: Any) -> Any:
    plain = x[0].item()
    known = isinstance(plain, float) and not isinstance(plain, np.floating)
    return plain**2 * (2.0 if known else 5.0) + x[1] * (2.0 if type(abs(True)) is int else 5.0)


def none_in_a_list(x: Any) -> Any:
    items = []
    for v in x:
        items.append(v if v > 0.5 else None)
    total = sum(v**2 if v is not None else 1.0 for v in items)
    return total + x[0] * (2.0 if None in items else 5.0)


class Own(list):
    """A list of one's own."""


def lists_of_ones_own(x: Any) -> Any:
    return x[0] ** 2 * (2.0 if Own([x[0], x[1]]) == [x[0], x[1]] else 5.0)


@pytest.mark.parametrize(
    "loss",
    [
        in_rows,
        by_the_place,
        by_the_path,
        from_turn_to_turn,
        doubled_from_turn_to_turn,
        summed_from_turn_to_turn,
        of_numpy_first,
        floats_alone,
        numbers_of_python,
        none_in_a_list,
        lists_of_ones_own,
    ],
)
def test_right_or_refused(loss: Any) -> None:
    try:
        value, gradient = gradgen.value_and_grad(loss)(X)
    except gradgen.UnsupportedError as error:
        several = (by_the_path, from_turn_to_turn, doubled_from_turn_to_turn)
        assert loss in (*several, summed_from_turn_to_turn)
        assert "of several kinds" in str(error) and "Way out" in str(error)
    else:
        assert value == loss(X)
        assert_gradient(loss, (X,), (gradient,), (0,))


def stored_where_a_branch_joins(a: Any, w: Any) -> Any:
    b = w if a[0] < 10.0 else a[1] * w
    b[0] = a[0] * 0.5
    return np.sum(b * a)


def added_where_a_loop_joins(a: Any, w: Any) -> Any:
    b = w.copy()
    for _ in range(2):
        if a[0] > 10.0:
            b = b * a[1]
    b[0] += a[0]
    return np.sum(b * a)


def stored_where_no_float_was_appended(a: Any, w: Any) -> Any:
    seen = [0]
    for v in a:
        if v > 100.0:
            seen.append(v)
    h = np.array(seen)
    h[0] = a[0]
    return np.sum(h**2) + a[1]


def stored_where_a_list_began_empty(a: Any, w: Any) -> Any:
    kept = []
    for v in a:
        kept.append(v if v > 100.0 else 0)
    h = np.array(kept)
    h[1:] = 3.5 * a[1:]
    return np.sum(h**2)


def stored_where_all_items_were_replaced(a: Any, w: Any) -> Any:
    kept = [0.0] * len(a)
    for i in range(len(a)):
        kept[i] = min(a[i], 0)
    h = np.array(kept)
    h[0] = a[1]
    return np.sum(h**2)


def stored_where_a_recursion_gives_zero(a: Any, w: Any) -> Any:
    def halved(v: Any, depth: Any) -> Any:
        if depth == 0:
            return 0
        return v if v > 100.0 else halved(v * 2, depth - 1)

    h = np.array([halved(v, w[0]) for v in a])
    h[0] = a[1]
    return np.sum(h**2)


def stored_where_nothing_was_added(a: Any, w: Any) -> Any:
    out = []
    out.extend([0, 0])
    out += [v * v for v in a if v > 100.0]
    h = np.array(out)
    h[0] = 0.5 * a[0]
    return np.sum(h**2)


def stored_where_floats_were_popped(a: Any, w: Any) -> Any:
    out = [0]
    for v in a:
        out.append(v)
    while len(out) > 1 and out[-1] < 100.0:
        out.pop()
    h = np.array(out)
    h[0] = 0.5 * a[0]
    return np.sum(h**2)


def stored_where_all_are_set_to_zero(a: Any, w: Any) -> Any:
    out = list(a)
    for i in range(2):
        if out[i] < 100.0:
            out[i] = 0
    h = np.array(out)
    h[0] = 0.5 * a[0]
    return np.sum(h**2)


def filled_like_an_array_of_zeros(a: Any, w: Any) -> Any:
    kept = [v if v > 100.0 else 0 for v in a]
    return np.sum(np.full_like(np.array(kept), a[1]))


@pytest.mark.parametrize(
    "loss",
    [
        stored_where_a_branch_joins,
        added_where_a_loop_joins,
        stored_where_no_float_was_appended,
        stored_where_a_list_began_empty,
        stored_where_all_items_were_replaced,
        stored_where_a_recursion_gives_zero,
        stored_where_nothing_was_added,
        stored_where_floats_were_popped,
        stored_where_all_are_set_to_zero,
        filled_like_an_array_of_zeros,
    ],
)
def test_stores_that_are_cut_off_on_this_path_raise(loss: Any) -> None:
    for derive in (gradgen.grad(loss), gradgen.vjp(loss, argnums=0)):
        with pytest.raises(TypeError, match=r"one of integers on this path, which truncates"):
            derive(np.array([1.0, 2.0]), np.array([3, 2]))
    with pytest.raises(TypeError, match=r"one of integers on this path, which truncates"):
        args = np.array([1.0, 2.0]), np.array([3, 2])
        gradgen.jvp(loss, argnums=0)(args, (np.array([1.0, 0.5]),))


@pytest.mark.parametrize(
    "loss",
    [
        stored_where_no_float_was_appended,
        stored_where_a_list_began_empty,
        stored_where_all_items_were_replaced,
        stored_where_nothing_was_added,
        stored_where_floats_were_popped,
        stored_where_all_are_set_to_zero,
        filled_like_an_array_of_zeros,
    ],
)
def test_stores_that_are_not_cut_off_on_this_path_are_right(loss: Any) -> None:
    a, w = np.array([-101.5, 102.5, 103.5]), np.array([3, 2])
    gradient = gradgen.grad(loss)
    assert_gradient(loss, (a, w), (gradient(a, w),), (0,))
    along = np.array([0.3, -0.2, 0.5])
    expected = (gradient(a + 1e-4 * along, w) - gradient(a - 1e-4 * along, w)) / 2e-4
    np.testing.assert_allclose(gradgen.hvp(loss)((a, w), (along,)), expected, rtol=1e-8, atol=1e-8)


def running(a: Any, w: Any) -> Any:
    sums = [0]
    for v in a:
        sums.append(sums[-1] + v)
    h = np.array(sums)
    h[1:] *= 0.5
    return np.sum(h**2 * w[0])


def excesses(a: Any, w: Any) -> Any:
    sums = [0.0] * len(a)
    for i in range(1, len(a)):
        sums[i] = max(0, sums[i - 1] + a[i])
    h = np.array(sums)
    h[0] = a[0] * a[1]
    return np.sum(h**2 * w)


def the_positive_ones(a: Any, w: Any) -> Any:
    kept = []
    for v in a:
        if v > 0.0:
            kept.append(v)
    if not kept:
        return 0.0 * a[0]
    h = np.array(kept)
    h[0] *= a[1]
    return np.sum(h**2) * w[0]


@pytest.mark.parametrize("loss", [running, excesses, the_positive_ones])
def test_lists_that_surely_get_a_float_make_floats(loss: Any) -> None:
    args = np.array([1.0, 2.0]), np.array([3, 2])
    assert_gradient(loss, args, (gradgen.grad(loss)(*args),), (0,))


def weighted_mean(t: Any, w: Any, y: Any) -> Any:
    return np.sum(w * (y - t) ** 2) / np.sum(w) + np.sum((t - y) ** 2) / w[0] ** 2


def test_a_number_in_single_precision_does_not_round_what_it_divides() -> None:
    w = np.array([0.1, 0.2, 0.7, 0.3], dtype=np.float32)
    y = np.array([0.3, 0.8, 1.4, 0.2])
    total, square = np.float64(np.sum(w)), np.float64(w[0] ** 2)
    exact = np.sum(w * (2.0 * (0.4 - y))) / total + np.sum(2.0 * (0.4 - y)) / square
    assert gradgen.grad(weighted_mean)(0.4, w, y) == pytest.approx(exact, rel=1e-14)


def complex_where_all_may_be_whole(a: Any) -> Any:
    h = np.array([max(v, 0) for v in a])
    h[0] = a[1]
    h[1] = np.exp(1j * a)[0]
    return np.sum(h**2)


def test_complex_numbers_are_not_stored_where_the_dtype_is_tested() -> None:
    with pytest.raises(gradgen.UnsupportedError, match="complex number is stored"):
        gradgen.grad(complex_where_all_may_be_whole)(np.array([0.3, 0.5]))
