"""Which cases of a sweep run each time, and which in the longer tier alone."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.cases import (
    CONTROL,
    FUNCTIONS,
    LANGUAGE,
    LOSSES,
    MUTATION,
    NUMPY_OPS,
    cases,
)
from tests.rules.samples import samples

# Long loops, and graphs of objects, whose second derivatives take half a minute each.
LONG = ("checkpoints", "lang_linked_objects", "lang_mixed_rows")
WHOLE = (*LOSSES, *CONTROL, *MUTATION, *FUNCTIONS, *LANGUAGE, *NUMPY_OPS)


def corpus() -> list[Any]:
    """Return the whole corpus as parameters."""
    return cases(WHOLE)


def sampled() -> list[Any]:
    """Return the samples of all rules as parameters."""
    return [pytest.param(s, id=f"{s.module}-{s.name}") for s in samples()]


def named(names: Iterable[str]) -> list[Any]:
    """Return names as parameters, each under itself."""
    return [pytest.param(name, id=name) for name in names]


def later(*values: Any) -> list[Any]:
    """Leave these to the longer tier."""
    return [pytest.param(value, marks=pytest.mark.slow) for value in values]


def one_in(
    count: int, parameters: list[Any], at: int = 0, without: tuple[str, ...] = LONG
) -> list[Any]:
    """Leave all but one in so many to the longer tier, and what takes long in any case.

    Sweeps that say other places, ``at``, run other cases: together they run more of them.
    """

    def runs(parameter: Any) -> bool:
        module = getattr(parameter.values[0], "module", "")
        return _picked(count, parameter, at) and module not in without

    return _where(runs, parameters)


def first_of_each(count: int, parameters: list[Any], others: int = 0) -> list[Any]:
    """Leave all but the first samples of each operation to the longer tier.

    Of the others one in so many stays, if any does.
    """
    met: Counter[str] = Counter()

    def runs(parameter: Any) -> bool:
        module = parameter.values[0].module
        met[module] += 1
        return met[module] <= count or (bool(others) and _picked(others, parameter))

    return _where(runs, parameters)


def _picked(count: int, parameter: Any, at: int = 0) -> bool:
    """Tell by its name whether a parameter is the one in so many: a new one moves no others."""
    return zlib.crc32(parameter.id.encode()) % count == at


def _where(runs: Callable[[Any], bool], parameters: list[Any]) -> list[Any]:
    return [
        p if runs(p) else pytest.param(*p.values, id=p.id, marks=[*p.marks, pytest.mark.slow])
        for p in parameters
    ]
