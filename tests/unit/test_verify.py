"""The graph keeps its invariants after every stage of the pipeline, for the whole corpus."""

from __future__ import annotations

import pytest

import gradgen
from gradgen.ir.verify import verify
from gradgen.pipeline import STAGES, Options, run
from tests.cases import CONTROL, LOSSES, MUTATION, NUMPY_OPS, Case, cases

# Until the stage "saves" the reverse sweep may read forward values that are out of its reach.
SAVED = ("saves", "copies")


@pytest.mark.parametrize("case", cases((*LOSSES, *MUTATION, *CONTROL, *NUMPY_OPS)))
def test_every_stage(case: Case) -> None:
    options = Options(argnums=case.argnums)
    for stage in STAGES:
        try:
            program = run(case.function, case.args(), options, until=stage)
        except gradgen.UnsupportedError:
            assert case.may_be_refused
            pytest.skip("refused")
        verify(program.function, saved=stage in SAVED)
