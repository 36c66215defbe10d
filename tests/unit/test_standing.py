"""What stands in an array is read there again; what is written over has been kept.

That the gradients are right is tested with the rest of the corpus.
"""

from __future__ import annotations

import re

import pytest

from tests.cases import Case, compiled
from tests.corpus import lang_tables

NAMES = list(lang_tables.EXAMPLE_ARGS)
FIRST_KEPT = NAMES.index("wraps_around")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept(name: str) -> None:
    source = compiled(Case("lang_tables", name)).source
    kept = set(re.findall(r"\b(\w+)_saved(?:_\d+)? = ", source))
    computed = {"exp", "above", "total"}  # what no array of the user's has
    assert (kept - computed != set()) == (NAMES.index(name) >= FIRST_KEPT)
