"""Options of the test suite, and which cases are left to the longer tier for their time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

LONGER = Path(__file__).with_name("longer.txt")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that accepts changed output."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite the files in tests/golden"
    )


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what is marked
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the cases that `longer.txt` names to the longer tier."""
    longer = {line for line in LONGER.read_text().splitlines() if not line.startswith("#")}
    for item in items:
        if item.nodeid in longer:
            item.add_marker(pytest.mark.slow)
    whole = config.args == config.getini("testpaths")
    if whole and (gone := longer - {item.nodeid for item in items}):
        raise pytest.UsageError(f"{LONGER.name} names what is no case: {sorted(gone)}")


@pytest.fixture
def small_heap() -> Iterator[None]:
    """Have the collector pass over what earlier tests keep: going through it takes seconds."""
    gc.freeze()
    yield
    gc.unfreeze()
