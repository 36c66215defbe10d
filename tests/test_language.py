"""Losses as people write them, over the whole language: every check, every path, second order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import gradgen
from tests import checks
from tests.cases import LANGUAGE, Case, cases, value_and_gradient


@pytest.mark.parametrize("check", checks.EVERY, ids=lambda check: check.__name__[6:])
@pytest.mark.parametrize("case", cases(LANGUAGE))
def test_first_order(check: Callable[[Case], None], case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", cases(LANGUAGE))
def test_second_order(case: Case, tmp_path: Path) -> None:
    checks.check_second_order(case, tmp_path)


@pytest.mark.parametrize("case", cases(LANGUAGE))
def test_other_paths(case: Case) -> None:
    for args in case.more_args():
        checks.check_value_and_gradient(case, args)


@pytest.mark.parametrize("case", cases(("lang_effects",)))
def test_effects(
    case: Case, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    def observe(function: Callable[..., object]) -> tuple[str, list[str]]:
        function(*case.args())
        logged = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return capsys.readouterr().out, logged

    with_value = value_and_gradient(case)
    alone = gradgen.grad(case.function, argnums=case.argnums)
    capsys.readouterr()
    caplog.clear()
    expected = observe(case.function)
    assert observe(with_value) == expected
    assert observe(alone) == expected
