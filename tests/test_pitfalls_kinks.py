"""Kinks, ties, equality of floats, and functions whose derivative means little."""

from __future__ import annotations

import heapq
import math
import warnings

import numpy as np
import pytest

import gradgen
from tests.pitfalls import Pitfall, Pitfalls, check
from tests.references import complex_gradient

case = Pitfalls()


X = np.array([0.6, -1.3, 2.1, 0.4])


@case("abs at zero", np.array([0.0, -2.0]), expect=np.array([0.0, -1.0]))
def abs_at_zero(x):
    return np.sum(np.abs(x))


@case("abs of a Python float at zero", 0.0, expect=0.0)
def abs_float(x):
    return abs(x)


@case("relu at zero by maximum", np.array([0.0, 2.0]), expect=np.array([0.5, 1.0]))
def relu(x):
    return np.sum(np.maximum(x, 0.0))


@case("maximum of a number and itself", np.array([1.5, 2.0]), expect=np.ones(2))
def max_itself(x):
    return np.sum(np.maximum(x, x))


@case("builtin max of a number and itself", 1.5, expect=1.0)
def builtin_itself(x):
    return max(x, x)


@case("ties in np.max share evenly", np.array([2.0, 2.0, 1.0]), expect=np.array([0.5, 0.5, 0.0]))
def max_ties(x):
    return np.max(x)


@case(
    "maximum and minimum together have slope one",
    np.array([2.0, 1.0]),
    np.array([2.0, 3.0]),
    expect=(np.ones(2), np.ones(2)),
)
def max_plus_min(x, y):
    return np.sum(np.maximum(x, y) + np.minimum(x, y))


@case("builtin max and min together at a tie", 2.0, 2.0, expect=(1.0, 1.0))
def builtin_max_plus_min(x, y):
    return max(x, y) + min(y, x)


@case("builtin max and min with the same order of arguments at a tie", 2.0, 2.0, expect=(2.0, 0.0))
def builtin_same_order(x, y):
    return max(x, y) + min(x, y)


@case("clip at its bounds", np.array([-1.0, 0.0, 1.0, 2.0]))
def clipped_inside(x):
    return np.sum(np.clip(x, -1.5, 2.5) * x)


@case(
    "the maximum along an axis with ties",
    np.array([[1.0, 1.0], [0.0, 3.0]]),
    expect=np.array([[0.5, 0.5], [0.0, 1.0]]),
)
def max_axis_ties(m):
    return np.sum(np.max(m, axis=1))


@case("a maximum that is written to after it was taken", X)
def max_then_written(x):
    a = x * x
    m = np.max(a)
    a[2] = 0.0
    return m * np.sum(a)


def test_float_equality():
    """Comparing a number for equality may not be silent about the branch's derivative."""
    import warnings

    def f(x):
        if x == 0.0:
            return 0.0
        return np.sin(x) / x

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        d = gradgen.grad(f)(0.5)
    assert math.isclose(d, math.cos(0.5) / 0.5 - math.sin(0.5) / 0.25, rel_tol=1e-12)
    assert any("==" in str(w.message) for w in caught), "no warning"


def test_check_says_suspect():
    """Check() reports a step function whose derivative is right and means nothing."""

    def f(x):
        return np.round(x * 10.0) / 10.0

    report = gradgen.check(f, (0.5500001,))
    assert isinstance(report.ok, bool)

    def g(x):
        return x * x

    assert gradgen.check(g, (0.5,)).ok


def test_check_finds_kink():
    """Check() at a kink says that it is one."""
    report = gradgen.check(lambda x: abs(x), (0.0,))
    assert "kink" in str(report)


@pytest.mark.parametrize("pitfall", case)
def test_right_or_refused(pitfall: Pitfall) -> None:
    check(pitfall)


def watched(p, seen):
    """Growth that is compared with what was seen at some times: between, its adjoint is zero."""
    y, k, loss = 0.3, 0, 0.0
    while k < 4:
        if k in (0, 2):
            loss += (y - seen[k // 2]) ** 2
        half = y + 0.1 * p[0] * y * (1.0 - y / p[1])
        y = y + 0.2 * p[0] * half * (1.0 - half / p[1])
        k += 1
    return loss


def nearest_first(w):
    queue, seen = [(0.0, 0)], []
    total = 0.0
    while queue:
        cost, node = heapq.heappop(queue)
        if node in seen:
            continue
        seen.append(node)
        total += cost
        for other in range(3):
            if other != node:
                heapq.heappush(queue, (cost + w[node, other], other))
    return total


def test_no_warning_of_places_beside_numbers() -> None:
    """What is compared with a place is a place, whatever stands beside it in its list."""
    w = np.array([[0.0, 1.5, 2.0], [1.0, 0.0, 0.25], [3.0, 1.0, 0.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = gradgen.grad(nearest_first)(w)
    np.testing.assert_array_equal(result, [[0, 2, 0], [0, 0, 1], [0, 0, 0]])


def test_no_warning_of_guards_in_generated_text() -> None:
    """Guards of zero adjoints are not comparisons of the user's."""
    inner = gradgen.grad(watched)
    at, weights = np.array([0.7, 1.3]), np.array([0.5, -2.0])
    seen = np.array([0.2, 0.5])
    np.testing.assert_allclose(
        inner(at, seen), complex_gradient(watched, (at, seen), (0,))[0], rtol=1e-12
    )
    assert " != 0.0" in inner.source
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = gradgen.grad(lambda p: np.sum(inner(p, seen) * weights))(at)
    slopes = [
        inner(at + s, seen) @ weights - inner(at - s, seen) @ weights for s in 1e-6 * np.eye(2)
    ]
    np.testing.assert_allclose(found, np.array(slopes) / 2e-6, rtol=1e-8)
