"""Comparison of what a tool answers with what it should: GradBench's own, and a stricter one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

TOLERANCE = 1e-4
STRICT = 1e-8
Pair = tuple[str, Any, Any]


def listed(value: Any) -> Any:
    """Return an expected answer as JSON has it."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, dict):
        return {name: listed(part) for name, part in value.items()}
    return value


def mismatch(expected: Any, actual: Any) -> str | None:
    """Return where GradBench would see a difference, None where it would see none."""
    try:
        for path, right, got in _pairs(expected, actual, "output"):
            if not abs(got - right) / max(1.0, abs(got) + abs(right)) <= TOLERANCE:
                return f"{path} is {got}, not {right}"
    except ValueError as error:
        return str(error)
    return None


def strict_mismatch(expected: Any, actual: Any) -> str | None:
    """Return where answers differ by more than rounding of the largest number of their list."""
    pairs = list(_pairs(expected, actual, "output"))
    for path, _, got in pairs:
        if not math.isfinite(got):
            return f"{path} is {got}"
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        # Numbers of one named part are compared by their largest.
        groups.setdefault(pair[0].partition("[")[0], []).append(pair)
    for name, group in groups.items():
        right = np.array([float(pair[1]) for pair in group])
        got = np.array([float(pair[2]) for pair in group])
        error = np.linalg.norm(got - right)
        if error > STRICT * np.linalg.norm(right) + 1e-13:
            return f"{name} is off by {error:.1e} of {np.linalg.norm(right):.1e}"
    return None


def _pairs(expected: Any, actual: Any, path: str) -> Iterator[Pair]:
    """Yield the numbers of both; a ValueError says where they have another shape."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or actual.keys() != expected.keys():
            raise ValueError(f"{path} has not the names {', '.join(expected)}")
        for name, part in expected.items():
            yield from _pairs(part, actual[name], f"{path}.{name}")
    elif isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            raise ValueError(f"{path} is no list of {len(expected)}")
        for k, (right, got) in enumerate(zip(expected, actual, strict=True)):
            yield from _pairs(right, got, f"{path}[{k}]")
    elif isinstance(actual, bool) or not isinstance(actual, int | float):
        raise ValueError(f"{path} is {actual!r}, no number")
    else:
        yield path, expected, actual
