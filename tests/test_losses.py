"""Losses of different kinds: value, gradient, text, second order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import gradgen
from tests import checks
from tests.cases import LOSSES, Case, cases


@pytest.mark.parametrize("check", checks.EVERY, ids=lambda check: check.__name__[6:])
@pytest.mark.parametrize("case", cases(LOSSES))
def test_first_order(check: Callable[[Case], None], case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", cases(LOSSES))
def test_second_order(case: Case, tmp_path: Path) -> None:
    checks.check_second_order(case, tmp_path)


@pytest.mark.parametrize("case", cases(LOSSES))
def test_other_paths(case: Case) -> None:
    for args in case.more_args():
        checks.check_value_and_gradient(case, args)


def test_most_losses_need_no_types() -> None:
    def emits(case: Case) -> bool:
        try:
            return bool(gradgen.emit(case.function, argnums=case.argnums))
        except gradgen.UnsupportedError:
            return False

    chosen = [param.values[0] for param in cases(LOSSES)]
    assert sum(emits(case) for case in chosen) >= 0.8 * len(chosen)


def test_saved_modules_run_alone(tmp_path: Path) -> None:
    checks.run_alone([param.values[0] for param in cases(LOSSES)], tmp_path)
