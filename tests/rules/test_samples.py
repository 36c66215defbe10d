"""What holds for each function of the corpus holds for each sample of each rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import checks
from tests.rules.samples import Sample
from tests.tiers import first_of_each, one_in, sampled

ALL = sampled()


@pytest.mark.parametrize("sample", first_of_each(1, ALL, others=4))
def test_first_order(sample: Sample) -> None:
    checks.check_first_order(sample)


@pytest.mark.parametrize("sample", one_in(4, first_of_each(1, ALL), at=1))
def test_second_order(sample: Sample, tmp_path: Path) -> None:
    checks.check_second_order(sample, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("sample", ALL)
def test_general_form(sample: Sample) -> None:
    checks.check_generic(sample)
