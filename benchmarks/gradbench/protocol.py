"""Answers of the protocol as lines, and the clock that their times are from."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

BETWEEN = '}, {"name": "evaluate", "nanoseconds": '


@dataclass
class Timings:
    """What one preparation took, if there was one, and each run; in nanoseconds."""

    prepare: int | None = None
    runs: list[int] = field(default_factory=list)

    def text(self) -> str:
        """Return the JSON text; a short function has a million runs, so it is not made of dicts."""
        parts = []
        if self.prepare is not None:
            parts.append(f'{{"name": "prepare", "nanoseconds": {self.prepare}}}')
        if self.runs:
            parts.append(BETWEEN.removeprefix("}, ") + BETWEEN.join(map(str, self.runs)) + "}")
        return "[" + ", ".join(parts) + "]"


class Timer:
    """Runs functions as often as asked, the first time of each kind of arguments not counted."""

    def __init__(self) -> None:
        self.prepared: set[Hashable] = set()

    def run(
        self, name: Hashable, function: Callable[..., Any], args: tuple[Any, ...], data: Any
    ) -> tuple[Any, Timings]:
        """Return the last result and the times of all runs."""
        times = Timings()
        least, seconds = _asked(data)
        kind = (name, tuple(map(_kind, args)))
        if kind not in self.prepared:
            # The first call derives, writes and compiles.
            start = time.perf_counter_ns()
            function(*args)
            times.prepare = time.perf_counter_ns() - start
            self.prepared.add(kind)
        total, clock, keep = 0, time.perf_counter_ns, times.runs.append
        while True:
            start = clock()
            result = function(*args)
            taken = clock() - start
            keep(taken)
            total += taken
            if len(times.runs) >= least and total >= seconds * 1e9:
                return result, times


def _asked(data: Any) -> tuple[int, float]:
    """Return how many runs and how many seconds the input asks for; hello's has no say in it."""
    if not isinstance(data, dict):
        return 1, 0.0
    return int(data.get("min_runs", 1)), float(data.get("min_seconds", 1.0))


def _kind(value: Any) -> Hashable:
    """Return what a function is derived for again: types and ranks, and axes of length one."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, tuple(n if n < 2 else 2 for n in value.shape)
    return type(value).__name__


def answer(message: dict[str, Any], timings: Timings | None = None, **content: Any) -> str:
    """Return a line of JSON.

    Raises
    ------
    ValueError
        Where the content has a NaN or an infinity, which JSON does not know.
    """
    text = json.dumps({"id": message["id"], **content}, allow_nan=False)
    if timings is None:
        return text
    return f'{text[:-1]}, "timings": {timings.text()}}}'


def reason(error: Exception) -> str:
    """Return what went wrong, for the field of that name."""
    return f"{type(error).__name__}: {error}"
