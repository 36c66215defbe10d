"""Random programs: the value bit for bit, the gradient against the complex step."""

from __future__ import annotations

import copy
import hashlib
import inspect
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, note, settings

import gradgen
from tests.array_programs import array_programs
from tests.checks import load_module, run_text
from tests.programs import programs
from tests.pytrees import same_bits, same_leaf
from tests.references import assert_trees_close, complex_gradient, directions, hessian_vector

FOLDER = tempfile.TemporaryDirectory(prefix="gradgen_programs_")
ARGS = (0.7, -0.4, np.array([0.3, -0.8, 1.1, 0.5]))
_rng = np.random.default_rng(5)
ARRAY_ARGS = (_rng.normal(size=(3, 4)), _rng.normal(size=4), _rng.normal(size=(3, 1)), 0.6)
relaxed = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)


def load(text: str) -> Any:
    """Write a program to a file of its own and import it."""
    note(text)
    # The name follows the text, so that a failure has the same traceback when it is replayed.
    path = Path(FOLDER.name) / f"program_{hashlib.sha256(text.encode()).hexdigest()[:16]}.py"
    path.write_text(text)
    return load_module(path)


def expected_of(program: Any, args: tuple = ARGS) -> tuple[Any, tuple]:
    """Return value and reference gradient, leaving out programs that grow out of bounds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        value = program(*copy.deepcopy(args))
        assume(np.isfinite(value) and abs(value) < 1e4)
        gradient = complex_gradient(program, args, tuple(range(len(args))))
    flat = np.concatenate([np.ravel(part) for part in gradient])
    assume(np.all(np.isfinite(flat)) and np.max(np.abs(flat)) < 1e5)
    return value, gradient


def check_first_order(text: str, args: tuple = ARGS) -> Any:
    """Compare value, gradient, standalone text and repetition; return the gradient function."""
    program = load(text).program
    expected_value, expected = expected_of(program, args)
    function = gradgen.value_and_grad(program, argnums=tuple(range(len(args))))
    given_args = copy.deepcopy(args)
    value, gradient = function(*given_args)
    assert same_bits(given_args, args), "the caller's arguments were changed"
    assert same_leaf(value, expected_value), f"value {value!r}, expected {expected_value!r}"
    assert_trees_close(gradient, expected, 1e-9)
    again = run_text(function.source, copy.deepcopy(args))
    assert same_bits(again, (value, gradient)), "the text gives other numbers"
    return function


@relaxed
@given(programs())
def test_random_programs(text: str) -> None:
    check_first_order(text)


@relaxed
@given(programs(aliases=True))
def test_random_programs_with_aliases(text: str) -> None:
    """Aliases may be refused; they may not be wrong."""
    try:
        check_first_order(text)
    except gradgen.UnsupportedError:
        assume(False)


@relaxed
@given(array_programs())
def test_random_array_programs(text: str) -> None:
    check_first_order(text, ARRAY_ARGS)


@pytest.mark.slow
@settings(relaxed, max_examples=600)
@given(programs())
def test_many_random_programs(text: str) -> None:
    check_first_order(text)


def check_second_order(text: str, args: tuple) -> None:
    """Compare the gradient of the gradient along fixed vectors with differences, or a refusal."""
    argnums = tuple(range(len(args)))
    names = list(inspect.signature(load(text).program).parameters)
    terms = " + ".join(f"np.sum(g[{place}] * w{place})" for place in argnums)
    listed = ", ".join(names)
    module = load(
        f"{text}\n\ndef along({listed}):\n    g = gradient({listed})\n    return {terms}\n"
    )
    expected_of(module.program, args)
    vector = directions(args, argnums)
    module.gradient = gradgen.grad(module.program, argnums=argnums)
    for place, part in enumerate(vector):
        setattr(module, f"w{place}", part)
    try:
        got = gradgen.grad(module.along, argnums=argnums)(*copy.deepcopy(args))
    except gradgen.UnsupportedError:
        assume(False)
    expected = hessian_vector(module.program, args, argnums, vector)
    assume(all(np.max(np.abs(part)) < 1e5 for part in expected))
    assert_trees_close(got, expected, 1e-6, "second order")


@settings(relaxed, max_examples=20)
@given(programs())
def test_second_order(text: str) -> None:
    check_second_order(text, ARGS)


@settings(relaxed, max_examples=20)
@given(array_programs())
def test_second_order_of_array_programs(text: str) -> None:
    check_second_order(text, ARRAY_ARGS)
