"""The built-in losses of ``gradgen bench``, timed by pytest-benchmark; see README.md."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import gradgen
from gradgen.bench.methods import METHODS, Method, prepare
from gradgen.bench.problems import PROBLEMS, Problem
from gradgen.bench.reference import reference
from gradgen.bench.target import Target, of_problem
from gradgen.symbolic import to_sympy

SYMPY_SECONDS = 60.0
# What each way is good for; a gradient that is further off is not worth its time.
LARGEST_ERROR = {"forward differences": 1e-2, "central differences": 1e-4}


@pytest.fixture(params=PROBLEMS, ids=lambda problem: problem.name)
def target(request: pytest.FixtureRequest) -> Target:
    """Return a built-in loss at the size of the table."""
    problem: Problem = request.param
    return of_problem(problem, problem.size)


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest, target: Target) -> Iterator[Method]:
    """Return one way to its gradient, checked against 50 digits."""
    made = prepare(request.param, target, SYMPY_SECONDS)
    if made.seconds is None or made.gradient is None:
        pytest.skip(made.note)
    error = reference(target.fn, target.args, target.argnums).worst_error(made.gradient)
    assert error < LARGEST_ERROR.get(made.name, 1e-9)
    yield made
    made.close()


def test_function(benchmark: Any, target: Target) -> None:
    """Time one evaluation, which the gradients are to be compared with."""
    benchmark.group = target.name
    benchmark(target.fn, *target.args)


def test_gradient(benchmark: Any, target: Target, method: Method) -> None:
    """Time one gradient."""
    benchmark.group = target.name
    benchmark.extra_info.update(setup=method.setup, operations=method.operations)
    benchmark(_one_gradient(target, method))


def _one_gradient(target: Target, method: Method) -> Callable[[], Any]:
    """Return what computes one gradient; SymPy's in this process, where asking costs nothing."""
    seconds = method.seconds
    assert seconds is not None
    if method.name != "SymPy + lambdify":
        return functools.partial(seconds, 1)
    loss = to_sympy(target.fn, *target.args, argnums=target.argnums)
    compiled = loss.compiled()
    return lambda: compiled(*loss.values)


def test_setup(benchmark: Any, target: Target) -> None:
    """Time reading the function, deriving, writing and compiling its gradient, and one call."""
    benchmark.group = f"{target.name}: set-up"
    benchmark(lambda: gradgen.value_and_grad(target.fn, argnums=target.argnums)(*target.args))
