"""Recursive functions: their depth, what is refused, what is told of them."""

from __future__ import annotations

from typing import Any

import pytest

import gradgen
from gradgen.diff.pairs import callees_of
from gradgen.ir.verify import verify
from gradgen.options import Options
from gradgen.pipeline import run
from tests.cases import Case, cases
from tests.corpus import recursion


def repeated(x, n):
    return recursion.power(x, n)


def endless(x):
    return endless(x) * 2.0


def loss_of_endless(x):
    return endless(x)


class Counter:
    def __init__(self) -> None:
        self.total = 0.0


def add_up(counter, x, n):
    if n > 0:
        counter.total += x
        add_up(counter, x * x, n - 1)


def writes_to_object(x, n):
    counter = Counter()
    add_up(counter, x, n)
    return counter.total


@gradgen.grad
def own_gradient(x, n):
    if n == 0:
        return 1.0
    return x * own_gradient(x, n - 1)


@gradgen.differentiable
def knows_its_gradient(x, n):
    if n == 0:
        return 1.0
    return x * knows_its_gradient(x, n - 1)


def test_depth_is_that_of_python() -> None:
    gradient = gradgen.grad(repeated)
    assert gradient(1.0, 700) == 700.0
    with pytest.raises(RecursionError):
        gradient(1.0, 100_000)
    assert gradient(1.0, 3) == 3.0


@pytest.mark.parametrize(
    ("function", "args", "word"),
    [
        (loss_of_endless, (1.0,), "never returns"),
        (writes_to_object, (1.0, 3), "writes into a list, dict or object"),
        (own_gradient, (1.0, 3), "calls its own gradient"),
    ],
)
def test_refusals(function: Any, args: tuple, word: str) -> None:
    with pytest.raises(gradgen.GradgenError, match=word) as found:
        (function if function is own_gradient else gradgen.grad(function))(*args)
    assert "Way out" in str(found.value)


def test_function_that_knows_its_gradient() -> None:
    assert knows_its_gradient.grad(2.0, 3) == 12.0


def test_few_constant_calls_are_written_out() -> None:
    text = gradgen.emit(lambda x: recursion.power(x, 3))
    assert "def power" not in text


def test_account() -> None:
    gradient = gradgen.value_and_grad(repeated)
    gradient(1.5, 3)
    assert "power_forward pushes on power_saved" in gradient.explain()
    assert "power(x, n)" in str(gradient.graph)


def test_symbols() -> None:
    expression = gradgen.to_sympy(repeated, 1.5, 3).expr
    assert str(expression) == "s0**3"


@pytest.mark.parametrize("case", cases(("recursion",)))
def test_graphs_of_pairs(case: Case) -> None:
    options = Options(argnums=case.argnums)
    program = run(case.function, case.args(), options)
    for callee in callees_of(program.function):
        verify(callee.function)
        if callee.backward is not None:
            verify(callee.backward)
