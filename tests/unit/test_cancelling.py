"""Maxima that cancel have no derivative in the text; others have."""

from __future__ import annotations

import pytest

from gradgen.ir.nodes import walk
from gradgen.pipeline import run
from tests.cases import Case, compiled
from tests.corpus import lang_running_maxima, lang_softmax

NAMES = list(lang_softmax.EXAMPLE_ARGS)
KEPT = NAMES[NAMES.index("in_place_of_another") :]


@pytest.mark.parametrize("name", NAMES)
def test_what_cancels(name: str) -> None:
    ties = "count_nonzero" in compiled(Case("lang_softmax", name)).source
    assert ties == (name in KEPT)


LOOPS = list(lang_running_maxima.EXAMPLE_ARGS)
IN_LOOPS = LOOPS[: LOOPS.index("top_without_logarithm")]


@pytest.mark.parametrize("name", LOOPS)
def test_what_loops_find_and_cancels(name: str) -> None:
    args = lang_running_maxima.EXAMPLE_ARGS[name]()
    program = run(getattr(lang_running_maxima, name), args, until="adjoint")
    held = any(op.attrs.get("held") for op in walk(program.function.body))
    assert held == (name in IN_LOOPS)


def test_no_loop_backwards_for_what_cancels() -> None:
    text = compiled(Case("lang_running_maxima", "log_sum_exp_by_loops")).source
    assert "range(len(x) - 1" not in text and "d_top" not in text
