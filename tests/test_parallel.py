"""``parallel=True``: loops in parts, each on a thread, give the numbers of the same loops whole."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import gradgen
from benchmarks.gradbench import compiled
from benchmarks.gradbench import losses as gradbench_losses
from gradgen.errors import ArgumentError
from tests.pytrees import leaves
from tests.tiers import later

numba = pytest.importorskip("numba", reason="Numba is not installed (the extra `numba`)")

RANDOM = np.random.default_rng(5)


@pytest.fixture(autouse=True)
def two_threads() -> Any:
    """Two threads where the machine has them."""
    before = numba.get_num_threads()
    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
    yield
    numba.set_num_threads(before)


def nearest(centres: Any, points: Any) -> Any:
    total = 0.0
    for i in range(len(points)):
        best = math.inf
        for j in range(len(centres)):
            d = (points[i] - centres[j]) ** 2
            if d < best:
                best = d
        total += best
    return total


def scattered(w: Any, places: Any, x: Any) -> Any:
    total, count = 0.0, 0.0
    for i in range(1, len(places)):
        k = places[i]
        e = w[k] * x[i] - math.sin(w[k - 1])
        total += e * e
        count += x[i]
    return total / count


def with_scratch(w: Any, x: Any) -> Any:
    y = np.zeros(len(w))
    total = 0.0
    for i in range(x.shape[0]):
        for j in range(len(w)):
            y[j] = w[j] * x[i, j]
        for j in range(1, len(w)):
            y[j] += 0.5 * y[j - 1]
        for j in range(len(w)):
            total += math.exp(-(y[j] ** 2))
    return total


def scratch_that_is_read_first(w: Any, x: Any) -> Any:
    y = np.ones(len(w))
    total = 0.0
    for i in range(x.shape[0]):
        for j in range(len(w)):
            total += w[j] * y[j] * x[i, j]
        for j in range(len(w)):
            y[j] = x[i, j]
    return total


def scratch_that_is_filled_in_part(w: Any, x: Any) -> Any:
    y = np.ones(len(w))
    total = 0.0
    for i in range(x.shape[0]):
        for j in range(i % 3):
            y[j] = x[i, j]
        for j in range(len(w)):
            total += w[j] * w[j] * y[j]
    return total


def a_counter_is_carried(w: Any, x: Any) -> Any:
    total, k = 0.0, 0
    for i in range(len(x)):
        for j in range(2):
            total += w[k] ** 2 * x[i] * (j + 1)
        k = (k + 3) % len(w)
    return total


def a_place_of_its_own(w: Any, x: Any) -> Any:
    out = np.zeros(len(w))
    for i in range(len(w)):
        for j in range(3):
            out[i] += math.sin(w[i] * x[j])
    return np.sum(out**2)


def by_rows(w: Any, x: Any) -> Any:
    total = 0.0
    for i in range(x.shape[0]):
        total += np.sum(np.tanh(w * x[i]))
    return total


def rows_added_anew(w: Any, x: Any) -> Any:
    y = np.zeros(len(w))
    for i in range(x.shape[0]):
        y = y + np.tanh(w * x[i])
    return np.sum(y * y)


W, X = RANDOM.uniform(0.5, 1.5, size=7), RANDOM.uniform(0.5, 1.5, size=(40, 7))
PLACES = RANDOM.integers(1, 7, size=1500)
CASES: dict[Callable[..., Any], tuple[Any, ...]] = {
    nearest: (W[:3], X[:, 0].copy()),
    scattered: (W, PLACES, RANDOM.uniform(size=1500)),
    with_scratch: (W, X),
    a_place_of_its_own: (W, X[0].copy()),
    by_rows: (W, np.tile(X, (20, 1))),
}
WHOLE: dict[Callable[..., Any], tuple[Any, ...]] = {
    scratch_that_is_read_first: (W, X),
    scratch_that_is_filled_in_part: (W, X),
    a_counter_is_carried: (W, X[:, 0].copy()),
    rows_added_anew: (W, X),
}


def both(loss: Any, args: tuple[Any, ...], argnums: Any = 0) -> tuple[Any, Any, str]:
    """Return the results of the loops whole and in parts, and the text of the second."""
    whole = gradgen.value_and_grad(loss, argnums=argnums, backend="numba")
    parts = gradgen.value_and_grad(loss, argnums=argnums, backend="numba", parallel=True)
    return whole(*args), parts(*args), parts.source


def assert_close(got: Any, expected: Any) -> None:
    for (_, one), (_, two) in zip(leaves(got), leaves(expected), strict=True):
        least = 1e-12 * max(1.0, float(np.max(np.abs(two))))
        assert np.allclose(one, two, 0.0, least)


@pytest.mark.parametrize("loss", [*CASES, *later(*WHOLE)], ids=lambda f: f.__name__)
def test_same_numbers(loss: Any) -> None:
    args = (CASES | WHOLE)[loss]
    whole, parts, text = both(loss, args)
    assert ("numba.prange" in text) == (loss in CASES)
    assert_close(parts, whole)
    assert np.allclose(parts[1], differences(loss, args), rtol=1e-7, atol=1e-8)


def differences(loss: Any, args: tuple[Any, ...]) -> Any:
    """Return the gradient by differences of fourth order."""
    out = np.empty(len(args[0]))
    for k in range(len(out)):
        at = []
        for t in (2e-4, 1e-4, -1e-4, -2e-4):
            moved = args[0].copy()
            moved[k] += t
            at.append(loss(moved, *args[1:]))
        out[k] = (-at[0] + 8 * at[1] - 8 * at[2] + at[3]) / 12e-4
    return out


@pytest.mark.parametrize("name", ["kmeans", "llsq", *later("gmm", "ba")])
def test_workloads(name: str) -> None:
    args, wrt = compiled.arguments(np.random.default_rng(0), small=True)[name]
    whole, parts, text = both(getattr(gradbench_losses, name), args, wrt)
    assert "numba.prange" in text
    assert_close(parts, whole)


@pytest.mark.parametrize("mode", ["vjp", *later("jvp", "jacfwd", "jacrev")])
def test_other_modes(mode: str) -> None:
    args = CASES[with_scratch]
    more = {"vjp": (1.0,), "jvp": (np.ones(7),)}.get(mode, ())
    made = []
    for parallel in (False, True):
        text = gradgen.emit(
            with_scratch, mode=mode, backend="numba", parallel=parallel, example_args=args
        )
        space: dict[str, Any] = {"__name__": None}
        exec(text, space)
        made.append(space[f"with_scratch_{mode}"](*args, *more))
    assert_close(made[1], made[0])


def test_the_same_number_of_threads_gives_the_same_bits() -> None:
    args = CASES[scattered]
    gradient = gradgen.grad(scattered, backend="numba", parallel=True)
    first = gradient(*args)
    assert all(np.array_equal(first, gradient(*args)) for _ in range(20))
    numba.set_num_threads(1)
    alone = gradgen.grad(scattered, backend="numba")(*args)
    assert_close(gradient(*args), alone)


@pytest.mark.parametrize("place", [1, 1499])
def test_exceptions_of_any_part_are_raised(place: int) -> None:
    w, places, x = CASES[scattered]
    gradient = gradgen.grad(scattered, backend="numba", parallel=True)
    gradient(w, places, x)
    wrong = places.copy()
    wrong[place] = 7
    with pytest.raises(IndexError):
        gradient(w, wrong, x)
    gradient(w, places, x)


def checked(w: Any, x: Any) -> Any:
    total = 0.0
    for i in range(len(x)):
        if x[i] < 0.0:
            raise ValueError(f"entry {i} is negative")
        total += math.sin(w * x[i])
    return total


def test_exceptions_keep_their_messages_and_their_order() -> None:
    gradient = gradgen.grad(checked, backend="numba", parallel=True)
    x = np.tile(X[:, 0], 20)
    assert np.isclose(gradient(0.5, x), float(np.sum(x * np.cos(0.5 * x))), rtol=1e-12)
    x[9] = x[791] = -1.0
    with pytest.raises(ValueError, match="entry 9 is negative"):
        gradient(0.5, x)


def test_no_turns_at_all() -> None:
    w, _, _ = CASES[scattered]
    gradient = gradgen.value_and_grad(with_scratch, backend="numba", parallel=True)
    value, d_w = gradient(w, np.empty((0, 7)))
    assert value == 0.0 and not d_w.any()


def test_explained() -> None:
    gradient = gradgen.grad(with_scratch, backend="numba", parallel=True, example_args=(W, X))
    text = gradient.explain()
    assert "in parts" in text and "y" in text
    gradient = gradgen.grad(
        a_counter_is_carried, backend="numba", parallel=True, example_args=(W, X[:, 0].copy())
    )
    assert "k is handed from turn to turn" in " ".join(gradient.explain().split())


def test_only_for_compiled_loops() -> None:
    with pytest.raises(ArgumentError, match="parallel=True is for compiled loops"):
        gradgen.grad(nearest, parallel=True)
