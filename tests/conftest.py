"""Options of the test suite."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that accepts changed output."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the files in tests/golden"
    )


@pytest.fixture
def small_heap() -> Iterator[None]:
    """Have the collector pass over what earlier tests keep: going through it takes seconds."""
    gc.freeze()
    yield
    gc.unfreeze()
