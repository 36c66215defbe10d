"""What holds for every loss of the corpus: value, gradient, text, every path, second order."""

from __future__ import annotations

from pathlib import Path

import pytest

import gradgen
from tests import checks
from tests.cases import LOSSES, Case, cases
from tests.tiers import corpus, later, one_in

CORPUS = corpus()


# Forward mode has the other half: each loss is derived in one of the two.
@pytest.mark.parametrize("case", one_in(2, CORPUS, without=("lang_linked_objects",)))
def test_first_order(case: Case) -> None:
    checks.check_first_order(case)
    for args in case.more_args():
        checks.check_value_and_gradient(case, args)


@pytest.mark.parametrize("case", one_in(10, CORPUS))
def test_text_repeats(case: Case) -> None:
    checks.check_text_repeats(case)


@pytest.mark.parametrize("case", one_in(10, CORPUS, at=3))
def test_general_form(case: Case) -> None:
    checks.check_generic(case)


@pytest.mark.parametrize("case", one_in(8, CORPUS, at=1))
def test_second_order(case: Case, tmp_path: Path) -> None:
    checks.check_second_order(case, tmp_path)


@pytest.mark.parametrize("part", [0, *later(1, 2, 3)])
def test_saved_modules_run_alone(part: int, tmp_path: Path) -> None:
    chosen = [p.values[0] for p in CORPUS[part::4]]
    checks.run_alone([case for case in chosen if not case.may_be_refused], tmp_path)


def test_most_losses_need_no_types() -> None:
    def emits(case: Case) -> bool:
        try:
            return bool(gradgen.emit(case.function, argnums=case.argnums))
        except gradgen.UnsupportedError:
            return False

    chosen = [param.values[0] for param in cases(LOSSES)]
    assert sum(emits(case) for case in chosen) >= 0.8 * len(chosen)


def test_tuples_of_numbers_beside_others_need_no_types() -> None:
    checks.check_generic(Case("lang_ragged_graphs", "lengths_by_number"))
