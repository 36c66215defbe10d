"""The Numba backend: numbers, arrays and lists of kinds that Numba takes apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import gradgen
from gradgen.errors import UnsupportedError
from tests.references import difference_gradient
from tests.test_numba import RTOL, assert_same

pytest.importorskip("numba", reason="Numba is not installed (the extra `numba`)")
pytestmark = pytest.mark.filterwarnings("ignore::numba.NumbaPerformanceWarning")


def rows_beyond(a: Any, x: Any, n: int, m: int) -> Any:
    total = 0.0
    for i in range(n):
        for p in range(i, m):
            total += a[i, p - i] ** 2 * x[p]
    return total


def test_rows_that_a_loop_without_turns_does_not_read() -> None:
    """The fourth row is not there, and nothing is read of it."""
    a, x = np.arange(1.0, 16.0).reshape(3, 5), np.array([0.5, 1.5, -2.0])
    value, (d_a, d_x) = gradgen.value_and_grad(rows_beyond, argnums=(0, 1), backend="numba")(
        a, x, 4, 3
    )
    moved = np.triu(np.ones((3, 3))) * x  # entry (i, p): x[p] from the diagonal on
    shifted = np.array([[*moved[i, i:], *np.zeros(2 + i)] for i in range(3)])
    assert value == np.sum(a**2 * shifted) and np.array_equal(d_a, 2.0 * a * shifted)
    assert np.array_equal(d_x, [sum(a[i, p - i] ** 2 for i in range(p + 1)) for p in range(3)])


def test_orders_of_entries_in_memory() -> None:
    def loss(a: Any) -> Any:
        b = a.copy(order="F")
        b[0] *= 2.0
        c = np.array(a, order="F") * np.zeros_like(b, order="F") + np.asarray(a, order="F")
        return np.sum(b.ravel(order="F") ** 2 * np.arange(6.0)) + np.sum(c**3)

    a = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])
    gradient = gradgen.grad(loss, backend="numba")(a)
    weights = np.arange(6.0).reshape(3, 2).T * np.array([[4.0], [1.0]])
    assert np.allclose(gradient, 2.0 * weights * a + 3.0 * a**2, rtol=RTOL)


def test_masks() -> None:
    def loss(x: Any, m: Any) -> Any:
        a = x * 2.0
        a[m] = x[m] ** 2
        a[~m] += 3.0
        a[m] *= x[m]
        b = np.outer(x, x)
        b[m] = 0.5 * b[0]
        return np.sum(a**2) + np.sum(b**2)

    x, m = np.array([0.3, 0.7, -0.4, 1.1]), np.array([True, False, True, True])
    gradient = gradgen.value_and_grad(loss, backend="numba")
    assert_same(gradient(x, m), gradgen.value_and_grad(loss)(x, m))
    with pytest.raises(IndexError, match="boolean index"):
        gradient(x, m[:3])


@pytest.mark.slow
def test_lists_of_lists() -> None:
    def slices(x: Any) -> Any:
        rows = []
        for i in range(6):
            rows.append([x[i], x[i] ** 2])
        deep = [[[x[i] * (j + k) for k in range(2)] for j in range(3)] for i in range(5)]
        total = sum(a * b for a, b in rows[2:])
        for table in deep[1:4:2]:
            for row in table[1:]:
                total += row[0] * row[1] ** 2
        return total

    def smallest_first(items: list) -> list:
        if len(items) <= 1:
            return items
        first = items[0]
        less = smallest_first([v for v in items[1:] if v < first])
        return less + [first] + smallest_first([v for v in items[1:] if v >= first])

    def ordered(x: Any) -> Any:
        return sum(k * v * v for k, v in enumerate(smallest_first(list(x))))

    x = np.array([0.3, 0.7, -0.4, 1.1, 0.2, 0.9])
    for loss in (slices, ordered):
        expected = gradgen.value_and_grad(loss)(x)
        assert_same(gradgen.value_and_grad(loss, backend="numba")(x), expected)


def test_items_of_empty_lists() -> None:
    """What is in them is told by what is put into them later, under another name."""

    def rows(x: Any) -> Any:
        table = [[] for _ in range(len(x))]
        for i in range(len(x)):
            row = table[i]
            for j in range(i + 1):
                row.append(x[i] * x[j])
        return sum(sum(row) ** 2 for row in table)

    def inserted(x: Any) -> Any:
        table = [[], []]
        for i in range(len(x)):
            kept = table[i % 2]
            kept.insert(0, x[i] ** 2)
            table[i % 2] = kept
        return table[0][0] * table[1][0]

    x = np.array([0.3, 0.7, -0.4, 1.1])
    for loss in (rows, inserted):
        expected = gradgen.value_and_grad(loss)(x)
        assert_same(gradgen.value_and_grad(loss, backend="numba")(x), expected)


def test_one_name_for_a_number_and_an_array() -> None:
    def loss(a: Any) -> Any:
        total = 0.0
        for row in a:
            for entry in row:
                total += entry**2
            row = row * total
            entry = row * row
            total += np.sum(entry)
        return total

    a = np.array([[0.3, 0.7], [-0.4, 1.1]])
    expected = gradgen.value_and_grad(loss)(a)
    assert_same(gradgen.value_and_grad(loss, backend="numba")(a), expected)


def many_sums(x: Any, n: int) -> Any:
    total = 0
    for i in range(n):
        total += x * i
    return np.sum(total * x)


def adam(w: Any, n: int) -> Any:
    m, v = 0.0, 0.0
    for t in range(1, n + 1):
        g = 2.0 * w + np.sin(w)
        m = 0.9 * m + 0.1 * g
        v = 0.99 * v + 0.01 * g * g
        w = w - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.99**t)) + 1e-8)
    return np.sum(w**2)


def powers(x: Any, n: int) -> Any:
    def product(k: float) -> Any:
        y = 1.0
        for j in range(1, n):
            y = y * x**j * k
        return y

    total = 0.0
    for _ in range(2):
        inner = 0
        for row in np.outer(x, x):
            inner = inner + np.cos(row)
        total += np.sum(inner * product(2.0))
    return total


@pytest.mark.parametrize("loss", [many_sums, adam, pytest.param(powers, marks=pytest.mark.slow)])
def test_numbers_that_loops_make_arrays_of(loss: Any) -> None:
    x = np.array([0.3, 0.7, 1.4])
    value, expected = gradgen.value_and_grad(loss)(x, 4)
    gradient = gradgen.value_and_grad(loss, backend="numba")
    assert_same(gradient(x, 4), (value, expected))
    _, single = gradient(x.astype(np.float32), 4)
    assert single.dtype == np.float32 and np.allclose(single, expected, 1e-4)


def test_numbers_that_stay_numbers_where_loops_have_no_turns() -> None:
    gradient = gradgen.grad(many_sums, backend="numba")
    gradient(np.ones(2), 2)
    with pytest.raises(ValueError, match="no arrays: total"):
        gradient(np.ones(2), 0)


def read_before(x: Any, n: int) -> Any:
    total, count = 0.0, 0.0
    for _ in range(n):
        count += np.sum(total + 1.0)
        total = total + x
    return count + np.sum(total)


def on_some_paths(x: Any, n: int) -> Any:
    total = 0.0
    for i in range(n):
        if i % 2 == 0:
            total = total + x
    return np.sum(total + 1.0)


@pytest.mark.parametrize("loss", [read_before, on_some_paths])
def test_numbers_that_are_read_before_are_refused(loss: Any) -> None:
    with pytest.raises(UnsupportedError, match="'total' is a number on one path and an array"):
        gradgen.grad(loss, backend="numba")(np.ones(2), 3)


def test_adjoints_that_are_nothing_on_a_path() -> None:
    def loss(a: Any, t: float) -> Any:
        b = a[1:] if t > 0 else a[1:].copy()
        b[0] = a[0] ** 2
        return np.sum(a**2) + b[0] * b[1]

    for t in (1.0, -1.0):
        a = np.array([0.3, 0.7, -0.4])
        expected = gradgen.value_and_grad(loss)(a, t)
        assert_same(gradgen.value_and_grad(loss, backend="numba")(a, t), expected)


def test_what_is_not_finite() -> None:
    def entries(x: Any) -> Any:
        total = np.where(np.isnan(x), 0.0, 1.0) * np.median(x)
        return np.stack((x**-1, x**-2, x**0.5, np.power(x, -1), total))

    x = np.array([np.nan, np.inf, -np.inf, 0.0, 2.5, 0.5, -3.0])
    with np.errstate(all="ignore"):
        for a in (x, x[3:]):
            expected = gradgen.jvp(entries)((a,), np.ones(len(a)))
            assert_same(gradgen.jvp(entries, backend="numba")((a,), np.ones(len(a))), expected)


def test_integers_of_floats() -> None:
    def loss(v: float, x: Any) -> Any:
        whole = math.floor(v) * x[0] + math.ceil(v) * x[1] + int(v) * x[2] + math.trunc(-v) * x[0]
        return whole + math.fmod(v, 0.7)

    x = np.array([0.2, 0.4, 2.0])
    gradient = gradgen.value_and_grad(loss, argnums=(0, 1), backend="numba")
    for v in (1.7, -1.7, 3.0):
        assert_same(gradient(v, x), gradgen.value_and_grad(loss, argnums=(0, 1))(v, x))
    with pytest.raises(ValueError, match="NaN"):
        gradient(math.nan, x)
    with pytest.raises(OverflowError):
        gradient(1e300, x)


def test_hessian_of_a_list_that_grows() -> None:
    """The rows of the identity run through a list of numbers."""

    def loss(x: Any, n: int) -> Any:
        items = [x[0]]
        for i in range(n):
            if x[i] > 0.0:
                items.append(items[-1] * x[i])
        return sum(v * v for v in items)

    x = np.array([0.3, 0.7, -0.4])
    expected = gradgen.hessian(loss)(x, 3)
    assert_same(gradgen.hessian(loss, backend="numba")(x, 3), expected)


def test_choices_and_products_of_vectors() -> None:
    def loss(x: Any, y: Any, k: Any) -> Any:
        w = np.outer(x, y) + np.outer(k, y)
        z = np.where(w > 0.3, w, 0.5 * w) + np.where(w[0] > 0.4, 0.0, w)
        r = np.where(x > 0.5, x, 0.0) * np.where(x > 0.7, 1, 2)
        return np.sum(z**2) + np.sum(r) + np.sum(np.where(x > y, x, y)) + np.where(x[0] > 0, 2, 3)

    x, y, k = np.linspace(0.1, 1.0, 4), np.linspace(0.9, 0.2, 4), np.arange(4)
    expected = gradgen.value_and_grad(loss, argnums=(0, 1))(x, y, k)
    assert_same(gradgen.value_and_grad(loss, argnums=(0, 1), backend="numba")(x, y, k), expected)


def test_operands_in_the_memory_that_is_written_to_are_read_first() -> None:
    def loss(x: Any) -> Any:
        a, m = x * 2.0, np.outer(x, x * x)
        a[1:] += a[:-1]
        a[:-1] *= a[1:]
        a -= a[::-1]
        m += m.T
        m[np.array([0, 1])] = m[1:3]
        m[1:] = m[:-1]
        b = a[2:]
        a[:2] *= b[:2]
        a[1:] /= a[:-1] + 3.0
        return np.sum(a * np.arange(4.0)) + np.sum(m**2 * np.arange(4.0))

    x = np.array([0.3, 0.7, -0.4, 1.1])
    expected = gradgen.value_and_grad(loss)(x)
    assert_same(gradgen.value_and_grad(loss, backend="numba")(x), expected)


def test_shifts_of_integers() -> None:
    def loss(x: float, n: int) -> float:
        return x * ((1 << n) + (1024 >> n))

    gradient = gradgen.grad(loss, backend="numba")
    assert gradient(1.0, 3) == 136.0
    with pytest.raises(ValueError, match="shift"):
        gradient(1.0, 64)


def test_writes_before_the_only_break() -> None:
    """Numba takes what stands before it for done before the rest of the loop."""

    def loss(height: float, factor: float) -> float:
        speed, total, turns = 0.0, 0.0, 0
        while True:
            energy = speed * speed + 2.0 * height
            speed = factor * energy**0.5
            total += energy
            turns += 1
            if speed < 0.3 or turns == 6:
                height = 0.0
                total += speed
                break
            height = 0.0
        return total + height

    found = gradgen.value_and_grad(loss, argnums=(0, 1), backend="numba")(2.0, 0.8)
    value, expected = gradgen.value_and_grad(loss, argnums=(0, 1))(2.0, 0.8)
    assert value == loss(2.0, 0.8)
    np.testing.assert_allclose((found[0], *found[1]), (value, *expected), rtol=1e-14)


def floats_follow_integers(x):
    items = []
    for v in x:
        items.append(0)
        items[-1] = 2.0 * v
    return sum(item**2 for item in items)


def test_floats_follow_integers_in_a_list():
    """A compiled list is of the kind of its first item, which was cut off before."""
    x = np.array([0.7, -0.31, 1.2])
    found = gradgen.grad(floats_follow_integers, backend="numba")(x)
    np.testing.assert_allclose(found, 8.0 * x, rtol=1e-14)


def floats_in_the_place_of_integers(x):
    items = []
    for v in x:
        if v > 0.0:
            items.append(0)
    for i in range(len(items)):
        items[i] += x[0]
    return sum(item**2 for item in items)


def test_floats_in_the_place_of_integers_in_a_list():
    x = np.array([0.7, -0.31, 1.2])
    np.testing.assert_allclose(gradgen.grad(floats_in_the_place_of_integers)(x), [2.8, 0.0, 0.0])
    with pytest.raises(UnsupportedError, match=r"hold one kind[\s\S]*0\.0"):
        gradgen.grad(floats_in_the_place_of_integers, backend="numba")(x)


def test_an_item_of_another_kind_leaves_a_later_argument_its_name():
    def loss(e: dict, b: Any) -> Any:
        total = np.sum(b) * 2.0
        b = e["x"]
        for _ in range(2):
            b = b * 1.5
        return total * b

    got, (d_e, d_b) = gradgen.value_and_grad(loss, argnums=(0, 1), backend="numba")(
        {"x": 0.3}, np.arange(3.0)
    )
    assert got == pytest.approx(6.0 * 2.25 * 0.3)
    assert d_e["x"] == pytest.approx(6.0 * 2.25)
    assert np.allclose(d_b, 2.0 * 2.25 * 0.3)


@pytest.mark.slow
@pytest.mark.parametrize("accumulated", [np.cumprod, np.maximum.accumulate])
def test_second_order_of_running_products_and_extremes(accumulated: Any) -> None:
    """What is carried through their sweeps is a number, where each row is one."""

    def loss(x: Any) -> Any:
        return np.sum(accumulated(x) ** 2) * x[0]

    x, v = np.array([0.3, -0.5, 0.7, 1.1]), np.array([1.0, 0.2, -0.4, 0.5])
    got = gradgen.hvp(loss, backend="numba")((x,), v)
    slope, h = gradgen.grad(loss), 1e-5
    np.testing.assert_allclose(got, (slope(x + h * v) - slope(x - h * v)) / (2.0 * h), rtol=1e-7)


def negative_powers(x, n, m):
    total = x * 2**-1 + x**2 * n**-2 + (3 - n) ** -1 * x
    for k in range(n):
        total += x * (-1) ** k / 2**-k + 10 ** -(m + k)
    return total + 2**n * x


def test_integers_to_negative_powers_are_floats():
    """So they are in Python, and no integers that compiled code would have to refuse."""
    compiled = gradgen.value_and_grad(negative_powers, backend="numba")
    for args in ((1.5, 2, 3), (0.7, 4, 0)):
        value, slope = compiled(*args)
        assert value == pytest.approx(negative_powers(*args), rel=1e-14)
        assert slope == pytest.approx(difference_gradient(negative_powers, args, (0,))[0], rel=1e-9)
    with pytest.raises(ZeroDivisionError):
        negative_powers(1.5, 3, 1)
    with pytest.raises(ZeroDivisionError):
        compiled(1.5, 3, 1)


def residuals_that_nobody_reads(a: Any, b: Any) -> Any:
    """Of fewer rows than columns, SciPy has no residuals; edges of whole numbers are whole."""
    x = scipy.linalg.lstsq(a, b)[0]
    return np.sum(x**3) + np.sum(np.histogram(b, [-2, 0, 2], weights=b**2)[0])


def squeezed_to_a_number(a: Any, b: Any) -> Any:
    return np.squeeze(a[:1, -1:]) ** 2 * b[0]


def flat_without_axes(a: Any) -> Any:
    rows = np.full((2, 3), np.array([1.0, 2.0, 3.0])) * np.full((2, 1), a)
    return np.sum(a.flatten() ** 3) + np.sum(np.reshape(a, (1, 1)) * a) + np.sum(rows)


def test_an_array_without_axes_has_a_gradient_without_axes() -> None:
    value, slope = gradgen.value_and_grad(flat_without_axes, backend="numba")(np.array(1.5))
    assert value == 1.5**3 + 1.5**2 + 12 * 1.5
    assert slope.shape == () and slope == 3 * 1.5**2 + 2 * 1.5 + 12


def test_results_that_nobody_reads_do_not_come_back_from_python() -> None:
    args = (np.ones((2, 3)), np.ones(2))
    text = gradgen.emit(residuals_that_nobody_reads, backend="numba", example_args=args)
    assert "y, z, u, v = scipy.linalg.lstsq(a, b)" in text and "z = 0" in text


@pytest.mark.slow
@pytest.mark.parametrize("loss", [residuals_that_nobody_reads, squeezed_to_a_number])
def test_types_that_depend_on_lengths(loss: Any) -> None:
    args = np.array([[0.3, -0.5, 0.7], [1.1, 0.2, 0.4]]), np.array([0.6, -1.2])
    for got, expected in zip(
        gradgen.grad(loss, argnums=(0, 1), backend="numba")(*args),
        gradgen.grad(loss, argnums=(0, 1))(*args),
        strict=True,
    ):
        np.testing.assert_allclose(got, expected, rtol=1e-12)


def feedback_gains(a: Any, b: Any, n: int) -> Any:
    p, gains = a.copy(), []
    for _ in range(n):
        gain = np.linalg.solve(p, a)
        p = a + 0.1 * gain
        gains.insert(0, gain)
    x = b
    for gain in gains:
        x = x + 0.3 * (gain @ x)
    return x @ x


def test_lists_of_matrices_in_columns() -> None:
    args = np.array([[3.0, 0.4], [-0.2, 2.5]]), np.array([0.6, -1.2]), 3
    got = gradgen.grad(feedback_gains, backend="numba")(*args)
    np.testing.assert_allclose(got, gradgen.grad(feedback_gains)(*args), rtol=1e-12)


def curve(points: Any, t: float) -> Any:
    rows = list(points)
    while len(rows) > 1:
        rows = [(1.0 - t) * p + t * q for p, q in zip(rows, rows[1:])]
    return np.sum(rows[0] ** 2)


@pytest.mark.parametrize("order", ["C", "F"])
def test_rows_of_an_array_go_into_the_list_that_computed_ones_replace(order: Any) -> None:
    points = np.array([[0.0, 0.1], [0.9, 1.4], [1.8, -0.2]], order=order)
    got = gradgen.grad(curve, backend="numba")(points, 0.3)
    np.testing.assert_allclose(got, gradgen.grad(curve)(points, 0.3), rtol=1e-12)
