"""Loops, jumps and conditions, on every path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import checks
from tests.cases import CONTROL, Case, cases


@pytest.mark.parametrize("check", checks.EVERY, ids=lambda check: check.__name__[6:])
@pytest.mark.parametrize("case", cases(CONTROL))
def test_first_order(check: Callable[[Case], None], case: Case) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(CONTROL))
def test_second_order(case: Case, tmp_path: Path) -> None:
    checks.check_second_order(case, tmp_path)


def test_saved_modules_run_alone(tmp_path: Path) -> None:
    checks.run_alone([param.values[0] for param in cases(CONTROL)], tmp_path)


@pytest.mark.parametrize("case", cases(CONTROL))
def test_other_paths(case: Case) -> None:
    for args in case.more_args():
        checks.check_value_and_gradient(case, args)
