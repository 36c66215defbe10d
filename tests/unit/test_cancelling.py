"""Maxima that cancel have no derivative in the text; others have."""

from __future__ import annotations

import pytest

from tests.cases import Case, compiled
from tests.corpus import lang_softmax

NAMES = list(lang_softmax.EXAMPLE_ARGS)
KEPT = NAMES[NAMES.index("only_shifted") :]


@pytest.mark.parametrize("name", NAMES)
def test_what_cancels(name: str) -> None:
    ties = "count_nonzero" in compiled(Case("lang_softmax", name)).source
    assert ties == (name in KEPT)
