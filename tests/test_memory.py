"""Memory: what has to be saved and no more, and nothing that outlives a call or a function."""

from __future__ import annotations

import concurrent.futures
import gc
import linecache
import math
import pickle
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gradgen
from tests.long_programs import loaded

STEPS = 200_000


def recurrence(x, n):
    for _ in range(n):
        x = math.sin(x) + 0.1
    return x


def counted(x, n):
    k = 0
    while k < n:
        x = x - 1e-6 * x * x
        k += 1
    return x


def products(x, n):
    total = 0.0
    for k in range(n):
        total = total + x * k
    return total


def network(w, x):
    h = np.zeros(len(w))
    for t in range(len(x)):
        h = np.tanh(w @ h + x[t])
    return np.sum(h * h)


@pytest.fixture
def traced(small_heap: None) -> Iterator[None]:
    gc.collect()
    tracemalloc.start()
    yield
    tracemalloc.stop()


def peak_of(function: Callable[..., Any], *args: Any) -> int:
    """Return the most bytes that are in use during a call beyond those before it."""
    function(*args)
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    function(*args)
    return tracemalloc.get_traced_memory()[1] - before


@pytest.mark.usefixtures("traced")
def test_one_number_a_step_is_saved() -> None:
    assert peak_of(gradgen.grad(recurrence), 0.5, STEPS) < 33 * STEPS + 4000


@pytest.mark.usefixtures("traced")
def test_a_loop_that_needs_nothing_saves_nothing() -> None:
    assert peak_of(gradgen.grad(products), 0.5, STEPS) < 10_000


@pytest.mark.usefixtures("traced")
def test_a_while_saves_one_item_a_step() -> None:
    float_and_pointer = 24 + 9
    assert peak_of(gradgen.grad(counted), 0.5, 20_000) < 1.2 * float_and_pointer * 20_000


@pytest.mark.usefixtures("traced")
def test_nothing_is_kept_between_calls() -> None:
    gradient = gradgen.value_and_grad(network, argnums=(0, 1))
    args = np.full((20, 20), 0.05), np.ones((200, 20))
    gradient(*args)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(10):
        gradient(*args)
    gc.collect()
    assert tracemalloc.get_traced_memory()[0] - before < 2_000


@pytest.mark.usefixtures("small_heap")
def test_arguments_and_results_die_after_the_call() -> None:
    gradient = gradgen.value_and_grad(network)
    w, x = np.full((3, 3), 0.1), np.ones((4, 3))
    _, result = gradient(w, x)
    watched = [weakref.ref(a) for a in (w, x, result)]
    del w, x, result
    gc.collect()
    assert [ref() for ref in watched] == [None, None, None]


@pytest.mark.usefixtures("small_heap")
def test_a_gradient_function_dies_with_its_text(tmp_path: Path) -> None:
    loss = loaded("def loss(x):\n    return x * x * 17.25\n", tmp_path)
    gradient = gradgen.grad(loss)
    gradient(2.0)
    filename = gradient.specialise((2.0,)).call.__code__.co_filename
    assert filename in linecache.cache
    watched = weakref.ref(gradient)
    del gradient, loss
    gc.collect()
    assert watched() is None
    assert filename not in linecache.cache


def test_a_million_steps() -> None:
    value, slope = gradgen.value_and_grad(products)(0.5, 1_000_000)
    assert value == products(0.5, 1_000_000)
    assert slope == pytest.approx(499999500000.0)


def test_eight_threads() -> None:
    gradient = gradgen.value_and_grad(network)
    inputs = [(np.full((4, 4), 0.1 * k), np.ones((30, 4)) * k) for k in range(1, 9)] * 8
    alone = [gradgen.value_and_grad(network)(*args) for args in inputs[:8]] * 8
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda args: gradient(*args), inputs))
    for (value, slope), (expected, expected_slope) in zip(together, alone, strict=True):
        assert value == expected
        np.testing.assert_array_equal(slope, expected_slope)


def test_gradient_functions_travel_by_pickle() -> None:
    for make in (gradgen.grad, gradgen.value_and_grad):
        gradient = make(recurrence, check_replay=True)
        again = pickle.loads(pickle.dumps(gradient))
        assert again(0.5, 10) == gradient(0.5, 10)
        assert again.options == gradient.options


def test_numbers_of_python_are_kept_in_lists() -> None:
    """Popped they are Python's own; where the next sweep or Numba reads them, rows of arrays."""
    text = gradgen.emit(recurrence, mode="grad", example_args=(0.5, 9))
    assert "x_saved.append(x)" in text and "x_saved.pop()" in text and "np." not in text
    assert type(gradgen.grad(recurrence)(0.5, 9)) is float
    text = gradgen.emit(recurrence, mode="vjp", example_args=(0.5, 9), backend="numba")
    assert "x_saved = np.empty(" in text
    second = gradgen.grad(gradgen.grad(recurrence))
    slope = gradgen.grad(recurrence)
    difference = (slope(0.5 + 1e-5, 9) - slope(0.5 - 1e-5, 9)) / 2e-5
    assert math.isclose(second(0.5, 9), difference, rel_tol=1e-7)
