"""The graph keeps its invariants after every stage of the pipeline, for the whole corpus."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import gradgen
from gradgen.ir.nodes import Function, Op, walk
from gradgen.ir.verify import verify
from gradgen.pipeline import Options, run
from tests.cases import CONTROL, LOSSES, MUTATION, NUMPY_OPS, Case, cases

# Until the stage "saves" the reverse sweep may read forward values that are out of its reach.
SAVED = ("saves", "copies")


@pytest.mark.parametrize("case", cases((*LOSSES, *MUTATION, *CONTROL, *NUMPY_OPS)))
def test_every_stage(case: Case) -> None:
    def check(stage: str, function: Function) -> None:
        verify(function, saved=stage in SAVED)

    try:
        run(case.function, case.args(), Options(argnums=case.argnums), watch=check)
    except gradgen.UnsupportedError:
        assert case.may_be_refused
        pytest.skip("refused")


def powers(x, n):
    total = 0.0
    for k in range(n):
        if k % 2 == 0:
            x = np.sin(x) * x
        total += x
    return total


def graph(stage: str) -> Function:
    """Return the graph of a loop with a branch after a stage."""
    return run(powers, (0.5, 4), until=stage).function


def first(function: Function, prim: str) -> Op:
    """Return the first operation of a kind."""
    return next(op for op in walk(function.body) if op.prim == prim)


def read_too_early(function: Function) -> None:
    function.body.ops.reverse()


def unknown_operation(function: Function) -> None:
    first(function, "sin").prim = "no such operation"


def uneven_branches(function: Function) -> None:
    first(function, "if").blocks[0].results.pop()


def uneven_loop(function: Function) -> None:
    first(function, "for").outputs.pop()


def uneven_iteration(function: Function) -> None:
    first(function, "for").blocks[0].results.pop()


def wrong_end(function: Function) -> None:
    first(function, "for").blocks[0].end = "yield"


@pytest.mark.parametrize(
    "damage",
    [
        read_too_early,
        unknown_operation,
        uneven_branches,
        uneven_loop,
        uneven_iteration,
        wrong_end,
    ],
)
def test_damage_is_found(damage: Callable[[Function], None]) -> None:
    function = graph("parse")
    verify(function)
    damage(function)
    with pytest.raises(AssertionError):
        verify(function)


def test_sweep_is_out_of_reach_until_saves() -> None:
    with pytest.raises(AssertionError, match="before it is made"):
        verify(graph("optimise"))
    verify(graph("saves"))
