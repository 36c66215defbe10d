"""The NumPy vocabulary, one operation at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import checks
from tests.cases import NUMPY_OPS, Case, cases


@pytest.mark.parametrize("check", checks.EVERY, ids=lambda check: check.__name__[6:])
@pytest.mark.parametrize("case", cases(NUMPY_OPS))
def test_first_order(check: Callable[[Case], None], case: Case) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(NUMPY_OPS))
def test_second_order(case: Case, tmp_path: Path) -> None:
    checks.check_second_order(case, tmp_path)


def test_saved_modules_run_alone(tmp_path: Path) -> None:
    checks.run_alone([param.values[0] for param in cases(NUMPY_OPS)], tmp_path)
