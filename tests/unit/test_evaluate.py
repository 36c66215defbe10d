"""The evaluator of graphs, against the generated modules at every stage of the pipeline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradgen
from gradgen.graph.annotate import complete
from gradgen.ir.evaluate import EvaluationError, evaluate
from gradgen.pipeline import Options, run
from tests.cases import CONTROL, LOSSES, Case, cases, value_and_gradient
from tests.pytrees import leaves


def at(fn: Any, args: tuple[Any, ...], options: Options, stage: str) -> list[Any]:
    """Return the results of a function's graph after a stage."""
    named = complete(fn, args)
    function = run(fn, tuple(named.values()), options, until=stage).function
    frame = evaluate(function, named)
    return [frame.read(v) for v in function.body.results]


@pytest.mark.parametrize("case", cases((*LOSSES, *CONTROL)))
def test_stages_agree_with_the_module(case: Case) -> None:
    expected = [leaf for _, leaf in leaves(value_and_gradient(case)(*case.args()))]
    for stage in ("adjoint", "optimise", "saves"):
        found = at(case.function, case.args(), Options(case.argnums), stage)
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14, err_msg=stage)


def test_arguments_stay_as_they_were() -> None:
    def store(x):
        x[0] = x[1] * x[2]
        x[1:] += x[0]
        return np.sum(x)

    x = np.array([1.0, 2.0, 3.0])
    assert at(store, (x,), Options(), "parse") == [6.0 + 8.0 + 9.0]
    np.testing.assert_array_equal(x, [1.0, 2.0, 3.0])


def test_errors_say_where() -> None:
    def mismatched(x, y):
        return np.sum(x + y)

    with pytest.raises(EvaluationError, match=r"test_evaluate.py:\d+:\d+: at these arguments"):
        at(mismatched, (np.ones(2), np.ones(3)), Options(), "parse")
    assert issubclass(EvaluationError, gradgen.GradgenError)


def test_parameter_names_do_not_hide_ours() -> None:
    def shadowed(np_, math):
        return np.tanh(np_) * math

    assert at(shadowed, (0.5, 2.0), Options(), "parse") == [np.tanh(0.5) * 2.0]
