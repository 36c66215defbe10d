"""Turns of loops that are done 32 at a time: values to the bit, gradients, and which loops stay."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.ir.limits import Limits
from gradgen.ir.polynomials import Polynomial
from gradgen.ir.verify import verify
from gradgen.pipeline import Options, run
from tests.references import complex_gradient

pytest.importorskip("numba")

RANDOM = np.random.default_rng(8)
X = RANDOM.normal(size=(75, 4))
LOW = RANDOM.normal(size=(3, 6))
MU = RANDOM.normal(size=(3, 4))
W = RANDOM.normal(size=(5, 4))


def mixture(mu, low, x):
    """Triangular products of each point with each component, and the logarithm of a sum."""
    n, d = x.shape
    beta = np.empty(len(mu))
    y = np.empty(d)
    total = 0.0
    for i in range(n):
        for c in range(len(mu)):
            for j in range(d):
                y[j] = x[i, j] - mu[c, j]
            p = 0
            for j in range(d):
                for r in range(j + 1, d):
                    y[r] += low[c, p] * (x[i, j] - mu[c, j])
                    p += 1
            square = 0.0
            for j in range(d):
                square += y[j] * y[j]
            beta[c] = -0.5 * square
        top = beta[0]
        for c in range(1, len(mu)):
            if beta[c].real > top.real:
                top = beta[c]
        s = 0.0
        for c in range(len(mu)):
            s += np.exp(beta[c] - top)
        total += np.log(s) + top
    return total


def layers(w, scale, x):
    """Two layers of a network; the same matrix twice, numbers by which nothing is vectorised."""
    h = np.zeros(len(w))
    g = np.zeros(x.shape[1])
    loss = 0.0
    for i in range(len(x)):
        for a in range(len(w)):
            h[a] = 0.1 * a
        for a in range(len(w)):
            for b in range(x.shape[1]):
                h[a] += w[a, b] * x[i, b]
        for a in range(len(w)):
            h[a] = h[a] / (1.0 + scale * h[a] * h[a])
        for b in range(x.shape[1]):
            g[b] = 0.0
        for b in range(x.shape[1]):
            for a in range(len(w)):
                g[b] += w[a, b] * h[a]
        miss = 0.0
        for b in range(x.shape[1]):
            miss += (g[b] - x[i, b]) ** 2
        loss += miss * scale
    return loss


def exchanged(x, w):
    """A running pair of numbers that change places; the gradient has a row for each turn."""
    y = np.empty(len(w))
    total = 0.0
    for i in range(len(x)):
        for a in range(len(w)):
            y[a] = 1.0
        for a in range(len(w)):
            for b in range(x.shape[1]):
                y[a] += w[a, b] * x[i, b]
        old, new = 0.0, 1.0
        for a in range(len(w)):
            old, new = new, old + 0.3 * new * y[a]
        total += (new - old * x[i, 1]) ** 2
    return total


def kept(w, x):
    """What is there before the loop counts, as another length says how often it is written to."""
    y = np.ones(x.shape[1])
    y[1] = 3.0
    total = 0.0
    for i in range(len(x)):
        for a in range(len(w)):
            for b in range(x.shape[1]):
                y[b] = w[a, b]
                for c in range(b):
                    y[b] += w[a, c] * x[i, c]
        for b in range(x.shape[1]):
            total += y[b] * y[b]
    return total


def twice(w, x):
    """A sum that a turn adds to in two places is added up in the user's order."""
    y = np.empty(len(w))
    total = 0.0
    for i in range(len(x)):
        total += x[i, 0] * w[0, 0]
        for a in range(len(w)):
            y[a] = 0.0
        for a in range(len(w)):
            for b in range(x.shape[1]):
                y[a] += w[a, b] * x[i, b]
        for a in range(len(w)):
            total += np.sin(y[a])
    return total


def handed_on(w, x):
    """Each turn needs the one before."""
    y = np.zeros(len(w))
    total = 0.0
    for i in range(len(x)):
        for a in range(len(w)):
            for b in range(x.shape[1]):
                y[a] += 0.1 * w[a, b] * x[i, b]
        for a in range(len(w)):
            total += y[a] * y[a]
    return total


def ragged(w, x):
    """How far a loop goes inside differs from turn to turn."""
    y = np.empty(len(w))
    total = 0.0
    for i in range(len(x)):
        for a in range(len(w)):
            y[a] = 1.0
        for a in range(len(w)):
            for b in range(i % 4):
                y[a] += w[a, b] * x[i, b]
        for a in range(len(w)):
            total += y[a] * y[a]
    return total


def powers(c, x, w):
    """The distance of a polynomial from numbers beside its points."""
    loss = 0.0
    for i in range(len(x)):
        s = x[i, 0]
        power = 1.0
        for j in range(len(c)):
            s -= c[j] * power
            power *= x[i, 1]
        loss += s * s * w[0, 0]
    return loss


def recurrence(c, y, x):
    """Polynomials of Chebyshev, and a second array that has an entry for each turn."""
    loss = 0.0
    for i in range(len(x)):
        old, new = 1.0, x[i, 1]
        p = c[0] + c[1] * new
        for j in range(2, len(c)):
            old, new = new, 2.0 * x[i, 1] * new - old
            p += c[j] * new
        loss += (p - y[i]) ** 2
    return loss


def product(c, x, w):
    """A product whose factors differ by turn."""
    loss = 0.0
    for i in range(len(x)):
        p = w[0, 0]
        for j in range(len(c)):
            p *= 1.0 + c[j] * x[i, 0]
        loss += p * x[i, 1]
    return loss


def few(c, x, w):
    """A loop inside that is known to be short."""
    loss = 0.0
    for i in range(len(x)):
        p = w[0, 0]
        for j in range(4):
            p = 0.5 * p * x[i, j] + c[j]
        loss += p * p
    return loss


def added(c, x, w):
    """A loop inside that only adds up."""
    loss = 0.0
    for i in range(len(x)):
        p = w[0, 0]
        for j in range(len(c)):
            p += c[j] * c[j]
        loss += p * x[i, 0]
    return loss


C = RANDOM.normal(size=5)
Y = RANDOM.normal(size=75)
ARGS: list[tuple[Callable[..., Any], tuple[Any, ...], bool]] = [
    (mixture, (MU, LOW, X), True),
    (layers, (W, 0.7, X), True),
    (exchanged, (X, W), True),
    (kept, (W, X), False),
    (twice, (W, X), False),
    (handed_on, (W, X), False),
    (ragged, (W, X), False),
    (powers, (C, X, W), True),
    (recurrence, (C, Y, X), True),
    (product, (C, X, W), True),
    (few, (C, X, W), False),
    (added, (C, X, W), False),
]


def _as_it_is(fn: Any = None, **_: Any) -> Any:
    """Stand in for Numba's decorator."""
    if fn is None:
        return _as_it_is
    fn.py_func = fn
    return fn


def _made(fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[str, Callable[..., Any]]:
    """Return the text for Numba, and its function, run as plain Python: that compiles nothing."""
    text = gradgen.emit(fn, mode="value_and_grad", backend="numba", example_args=args)
    space: dict[str, Any] = {}
    space["numba"] = types.SimpleNamespace(njit=_as_it_is)
    exec(compile(text.replace("import numba\n", "\n"), "text", "exec"), space)
    return text, space[f"{fn.__name__}_value_and_grad"]


@pytest.mark.parametrize(("fn", "args", "strips"), ARGS, ids=lambda v: getattr(v, "__name__", ""))
def test_values_and_gradients(fn, args, strips):
    """Values are the user's to the bit, for any number of turns; gradients are right."""
    text, made = _made(fn, args)
    assert ("for lane in" in text) == strips
    for n in (75, 33, 1, 0):
        given = tuple(a[:n] if a is X else a for a in args)
        value, gradient = made(*given)
        assert value == fn(*given)
        if n == 33:
            (reference,) = complex_gradient(fn, given, (0,))
            np.testing.assert_allclose(gradient, reference, rtol=1e-9, atol=1e-11)
    verify(run(fn, args, Options(backend="numba"), until="saves").function)


@pytest.mark.slow
def test_compiled():
    """The compiled function gives what its text does; it is found to need no checks of indices."""
    text, made = _made(exchanged, (X, W))
    assert "boundscheck=True" not in text.split("def exchanged_value_and_grad_compiled")[0]
    compiled = gradgen.value_and_grad(exchanged, backend="numba")(X, W)
    assert compiled[0] == exchanged(X, W)
    np.testing.assert_array_equal(compiled[1], made(X, W)[1])


def test_entries_that_are_read_once_are_not_copied():
    text, _ = _made(powers, (C, X, W))
    assert "power_saved_lanes[j, lane]" in text
    assert "power_saved_lane[" not in text
    assert "d_c[j] -= " in text


def test_a_second_array_by_turn_may_be_as_short_as_the_first():
    text, _ = _made(recurrence, (C, Y, X))
    assert "len(y) >= x.shape[0]" in text or "len(y) >= len(x)" in text


def test_threads():
    """Loops that are done in parts on threads stay as they are."""
    made = gradgen.emit(layers, backend="numba", parallel=True, example_args=(W, 0.7, X))
    assert "for lane in" not in made


def test_smaller_of_two():
    """An index below the smaller of two numbers is below either."""
    limits = Limits({"n"})
    n = Polynomial.of("n")
    first = Polynomial.of(limits.index(Polynomial.of(0), n - 1))
    turns = Polynomial.of(limits.smaller(Polynomial.of(32), n - first))
    lane = Polynomial.of(limits.index(Polynomial.of(0), turns - 1))
    assert limits.is_natural(Polynomial.of(31) - lane)
    assert limits.is_natural(n - 1 - first - lane)
    assert not limits.is_natural(Polynomial.of(30) - lane)
    assert not limits.is_natural(n - 2 - first - lane)
    m = Polynomial.of("m")
    assert limits.least(m - 1 - first - lane) == [m - n]
    assert limits.least(Polynomial.of(20) - lane) == [Polynomial.of(-11)]
