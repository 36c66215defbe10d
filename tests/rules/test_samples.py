"""What holds for each function of the corpus holds for each sample of each rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import checks
from tests.rules.samples import Sample, samples

FIRST = (
    checks.check_value_and_gradient,
    checks.check_types,
    checks.check_caller_unharmed,
    checks.check_standalone,
)
ALL = [pytest.param(s, id=f"{s.module}-{s.name}") for s in samples()]


@pytest.mark.parametrize("check", FIRST, ids=lambda check: check.__name__[6:])
@pytest.mark.parametrize("sample", ALL)
def test_first_order(check: Callable[[Sample], None], sample: Sample) -> None:
    check(sample)


@pytest.mark.parametrize("sample", ALL)
def test_second_order(sample: Sample, tmp_path: Path) -> None:
    checks.check_second_order(sample, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("sample", ALL)
def test_general_form(sample: Sample) -> None:
    checks.check_generic(sample)
