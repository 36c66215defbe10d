"""Adjoints that are zero in places and meet infinite derivatives there, by several ways at once."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gradgen
from tests.checks import entry_of
from tests.pitfalls import Pitfall, Pitfalls, check
from tests.references import difference_gradient

X = np.array([0.0, 1.5, 2.0])
ROOT = np.array([0.0, 0.5 / math.sqrt(1.5), 0.5 / math.sqrt(2.0)])
PAIR = np.array([[0.0, 0.0], [3.0, 4.0]])
NONE = np.array([False, False])
case = Pitfalls()


@case("one root read behind two tests", X, expect=ROOT + [0.0, 1.0, 1.0])
def two_tests(x):
    y = np.sqrt(x)
    return np.sum(np.where(x > 0.0, y, 0.0)) + np.sum(np.where(x > 0.0, y * y, 0.0))


@case(
    "logarithms behind tests that differ",
    X,
    expect=2.0 * np.array([0.0, math.log(1.5) / 1.5, math.log(2.0) / 2.0]),
)
def different_tests(x):
    y = np.log(x)
    once = np.where(x > 0.0, y, 0.0)
    twice = np.where(x > 1.0, y, 0.0)
    return np.sum(once * twice)


@case(
    "a choice in the arm of another one",
    X,
    expect=np.array([0.0, 1.0 + math.log(1.5), 1.0 + math.log(2.0)]),
)
def choice_in_a_choice(x):
    inner = np.where(x > 1.0, x * np.log(x), 1.0 / x)
    return np.sum(np.where(x > 0.0, inner, 0.0))


@case("a choice of which one entry is read", X, expect=np.array([0.0, 1.0 / 1.5, 0.0]))
def choice_read_in_one_place(x):
    return np.where(x > -5.0, np.log(x), 0.0)[1]


@case(
    "a choice among several in the arm of another one",
    X,
    expect=np.array([1.0, 0.5 / math.sqrt(1.5), 0.5]),
)
def several_in_a_choice(x):
    inner = np.select([x > 1.8, x > 1.0], [np.log(x), np.sqrt(x)], 1.0 / x)
    return np.sum(np.where(x > 0.0, inner, x))


@case("tests in a loop", X, expect=ROOT + [0.0, 1.0, 1.0])
def several_in_loop(x):
    s = 0.0
    for i in range(len(x)):
        y = np.sqrt(x[i])
        if x[i] > 0.0:
            s += y
        if x[i] > 1.0:
            s += y * y
    return s


@case("a root of which some entries are read behind a test", X, expect=ROOT)
def some_entries_on_one_path(x):
    y = np.sqrt(x)
    return np.sum(y[1:]) if x[1] > 1.0 else 0.0


@case("entries behind a test of which one alone is no number", X, expect=np.array([-0.5, 0.0, 0.0]))
def chosen_twice(x):
    data = np.array([2.0, 0.0, np.nan])
    ok = ~np.isnan(data)
    ratio = np.where(data != 0.0, (1.0 - x) / data, 0.0)
    return np.sum(ratio[ok]) if x[1] > 1.0 else 0.0


@case("a root of which some entries are read in a loop", X, expect=np.array([0.0, 1.0, 1.0]))
def some_entries(x):
    y = np.sqrt(x)
    t = 0.0
    for i in range(1, 3):
        t += y[i] ** 2
    return t


@case("some entries are read by a loop, and others by a slice", X, expect=3.0 * ROOT)
def loop_and_slice(x):
    y = x**0.5
    t = 0.0
    for v in y:
        if v > 0.0:
            t += v * 2.0
    return t + np.sum(y[1:])


@case(
    "one entry is set to zero, and a test hides it elsewhere", X, expect=np.array([0.0, 1.0, 1.0])
)
def copied_and_tested(x):
    y = np.sqrt(x)
    z = y.copy()
    z[0] = 0.0
    return np.sum(z * np.where(x > 0.0, y, 0.0))


@case(
    "the length of a row is read behind two tests",
    PAIR,
    expect=np.array([[0.0, 0.0], [0.632, 0.776]]),
)
def length_twice(m):
    n = np.sqrt(np.sum(m**2, axis=1))
    unit = np.where(n[:, None] > 0.0, m / n[:, None], 0.0)
    return np.sum(np.where(n > 0.0, n, 0.0)) + np.sum(unit)


@case("a number is broadcast behind a test that no entry passes", 0.0, NONE, expect=0.0)
def number_behind_test(s, m):
    return np.sum(np.where(m, np.sqrt(s), 1.0))


@case("an overflow is broadcast behind a test that no entry passes", 1.0, NONE, expect=0.0)
def overflow_behind_test(s, m):
    return np.sum(np.where(m, s * np.exp(1000.0 * s), 1.0))


@case("a root is written where it exists", np.array([-1.0, 4.0]), expect=np.array([3.0, 3.0]))
def written_where(x):
    y = np.full_like(x, 3.0)
    np.sqrt(x, out=y, where=x > 0.0)
    return np.sum(x * y)


@case("roots are rearranged before the test", X, expect=2.0 * ROOT)
def rearranged(x):
    y = np.roll(np.flip(np.sqrt(x)), 1)
    z = np.reshape(np.sqrt(x), (3, 1)).T
    return np.sum(np.where(y > 0.0, y, 0.0)) + np.sum(np.where(z > 0.0, z, 0.0))


@case("roots get a new axis before the test", X, expect=ROOT)
def under_a_new_axis(x):
    y = np.sqrt(x)[None]
    return np.sum(np.where(y > 0.0, y, 0.0))


@case("the largest root", X, expect=ROOT * [0.0, 0.0, 1.0])
def largest(x):
    return np.max(np.sqrt(x))


@case("roots below a bound", X, expect=ROOT * [0.0, 2.0, 2.0])
def bounded(x):
    y = np.sqrt(x)
    return np.sum(np.maximum(y, 1.0)) + np.sum(np.clip(y, 1.0, 9.0))


@case("the root in the middle", X, expect=ROOT * [0.0, 1.0, 0.0])
def middle(x):
    return np.median(np.sqrt(x))


@case("the sum of some roots", X, expect=ROOT)
def some_summed(x):
    return np.sum(np.sqrt(x), where=x > 0.0)


@case("powers of negative numbers by a constant among what varies", X, expect=2.0 + 2.0 * X)
def constant_exponent(x):
    exponents = np.append(x, 2.0)
    return np.sum((-1.0 - x) ** exponents[-1])


W = np.array([0.5, -1.0, 2.0, 0.3, 1.1])
SEEN = np.array([1.0, np.nan, 2.0, np.nan, 3.0])
FOUND = ~np.isnan(SEEN)
GAP = np.where(FOUND, 2.0 * (W - SEEN), 0.0)
ONLY = np.where(FOUND, SEEN, 0.0)


@case("squares that are no numbers", W, expect=GAP)
def nan_squares(x):
    return np.nansum((x - SEEN) ** 2)


@case("sums of what is a number", W, expect=3.0 * ONLY)
def nan_products(x):
    return np.nansum(x * SEEN) + np.nancumsum(x * SEEN)[-1] + np.nanmean(x * SEEN) * 3


@case("entries chosen by isfinite, and by the places of numbers", W, expect=GAP + ONLY)
def chosen_numbers(x):
    gaps, products = (x - SEEN) ** 2, x * SEEN
    return np.sum(gaps[np.isfinite(gaps)]) + np.sum(products[np.flatnonzero(~np.isnan(SEEN))])


@case("what is no number is replaced", W, expect=GAP)
def replaced(x):
    gaps = (x - SEEN) ** 2
    gaps[np.isnan(gaps)] = 0.0
    return np.sum(gaps)


@case("what is no number is passed over in a loop", W, expect=GAP + ONLY)
def passed_over(x):
    gaps, s = (x - SEEN) ** 2, 0.0
    for i, gap in enumerate(gaps):
        product = x[i] * SEEN[i]
        if math.isnan(product):
            continue
        s += product + gap
    return s


@case("only numbers are summed", W, expect=GAP + ONLY)
def only_numbers(x):
    gaps, products = (x - SEEN) ** 2, x * SEEN
    return sum(v for v in gaps if v == v) + np.sum(products, where=~np.isnan(products))


@pytest.mark.parametrize("case", case)
def test_zeros(case: Pitfall) -> None:
    check(case)


@pytest.mark.parametrize("case", case)
def test_zeros_in_general_form(case: Pitfall) -> None:
    """Without types, where shapes are fitted at run time, the zeros stay zero as well."""
    namespace: dict = {}
    exec(gradgen.emit(case.function), namespace)
    with np.errstate(all="ignore"):
        _, gradient = entry_of(namespace)(*case.args)
    np.testing.assert_allclose(gradient, case.expect, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("case", case)
def test_zeros_in_forward_mode(case: Pitfall) -> None:
    """Tangents of zero meet the same infinite slopes."""
    with np.errstate(all="ignore"):
        found = gradgen.jacfwd(case.function)(*case.args)
    np.testing.assert_allclose(found, case.expect, rtol=1e-3, atol=1e-15)


def ratios(a, b):
    return np.sum(np.divide(a, b, out=np.zeros_like(a), where=b != 0.0) ** 2)


def logarithms(p, b):
    entries = np.zeros((2, 3))
    np.log(p, out=entries, where=p > 0.0)
    return np.sum(entries * b) + np.sum(np.sqrt(p, out=np.ones((2, 3)), where=p >= 0.1) * p)


@pytest.mark.parametrize("backend", ["numpy", "numba"])
@pytest.mark.parametrize("function", [ratios, logarithms], ids=lambda f: f.__name__)
def test_what_is_not_asked_for_raises_nothing(function, backend: str) -> None:
    """NumPy does not compute it, and so does not warn; nor do the text and its sweep."""
    a, b = np.array([[0.3, -1.0, 3.0], [1.0, 0.0, -3.0]]), np.array([[1.0, 0.0, 2.0]] * 2)
    expected = difference_gradient(function, (a, b), (0,))
    with np.errstate(all="raise"):
        found = gradgen.grad(function, backend=backend)(a, b)
    np.testing.assert_allclose(found, expected[0], rtol=1e-9)
