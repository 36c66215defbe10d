"""A test that is known inside a choice is not asked again."""

from __future__ import annotations

import pytest

from tests.cases import Case, compiled

COUNTS = {"huber": 1, "three_cases": 2, "one_test_twice": 3, "other_arm": 3}


@pytest.mark.parametrize("name", COUNTS)
def test_choices_of_the_sweep(name: str) -> None:
    sweep = compiled(Case("lang_where", name)).source.split("# --- reverse")[1]
    assert sweep.count("np.where") == COUNTS[name]


def test_the_gradient_of_huber() -> None:
    sweep = compiled(Case("lang_where", "huber")).source.split("# --- reverse")[1]
    assert "d_r = np.where(at_most, r, delta * np.sign(r))" in sweep


def test_what_a_branch_has_answered() -> None:
    """Where the sweep has come to stand on one side of a branch, it does not ask for the side."""
    sweep = compiled(Case("lang_tuples_or_none", "seen_points")).source.split("# --- reverse")[1]
    assert "if at_most" in sweep and " 0.0 if at_most" not in sweep
