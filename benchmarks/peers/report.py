"""The rows as text for the terminal, and what the table of goals is computed from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.peers.measure import Row
from gradgen.bench.report import duration

OURS = ("gradgen, NumPy", "gradgen, Numba", "gradgen, reassociate")
HAND = {
    "gradgen, NumPy": "by hand, NumPy", "gradgen, Numba": "by hand, Numba",
    "gradgen, reassociate": "by hand, Numba",
}  # fmt: skip
# Those that gradgen is compared with; what is written by hand has a goal of its own.
FIELD = ("JAX", "PyTorch", "torch.compile", "autograd", "CasADi")
Key = tuple[str, str]


def megabytes(size: float | None) -> str:
    """Return a size of memory."""
    return "-" if size is None else f"{size / 2**20:.1f} MB"


def number(value: float | None) -> str:
    """Return a ratio with three digits."""
    return "-" if value is None else f"{value:.3g}"


def line(row: Row) -> str:
    """Return the line of one peer."""
    if row.note:
        return f"  {row.peer:<20} {row.note}"
    cells = (
        duration(row.value), duration(row.gradient), number(row.ratio), megabytes(row.memory),
        duration(row.cold), f"{row.error:.0e}",
    )  # fmt: skip
    return f"  {row.peer:<20}" + "".join(f"{cell:>11}" for cell in cells)


HEADING = f"{'':22}" + "".join(
    f"{c:>11}" for c in ("value", "gradient", "ratio", "memory", "start", "difference")
)


def group_text(rows: Sequence[Row]) -> str:
    """Return the rows of one workload and size."""
    return "\n".join([f"{rows[0].workload}, {rows[0].size}", *map(line, rows)])


class Results:
    """All rows by workload, size and peer."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = {(row.workload, row.size, row.peer): row for row in rows}
        self.keys: list[Key] = list(dict.fromkeys((w, s) for w, s, _ in self.rows))
        self.peers = list(dict.fromkeys(p for _, _, p in self.rows))

    def row(self, key: Key, peer: str) -> Row | None:
        """Return a row, if it was measured."""
        return self.rows.get((*key, peer))

    def gradient(self, key: Key, peer: str) -> float | None:
        """Return the time of a gradient, if there is one."""
        row = self.row(key, peer)
        return None if row is None else row.gradient

    def best(self, key: Key) -> tuple[str, float] | None:
        """Return the fastest of the field, and its time."""
        times = [(time, p) for p in FIELD if (time := self.gradient(key, p)) is not None]
        return (min(times)[1], min(times)[0]) if times else None

    def against(self, peer: str, other: str | None = None) -> dict[Key, float]:
        """Return a peer's times over another's, or over the best of the field."""
        found = {}
        for key in self.keys:
            best = self.best(key)
            base = self.gradient(key, other) if other else best and best[1]
            time = self.gradient(key, peer)
            if time and base:
                found[key] = time / base
        return found


def geometric_mean(values: Iterable[float]) -> float:
    """Return the geometric mean, NaN of nothing."""
    logs = [math.log(value) for value in values]
    return math.exp(sum(logs) / len(logs)) if logs else math.nan


def worst(values: dict[Key, float]) -> tuple[Key, float]:
    """Return the largest value and where it is."""
    key = max(values, key=lambda k: values[k])
    return key, values[key]


@dataclass(frozen=True)
class Goal:
    """A line of the table of goals: what was aimed at, what is there, whether that is enough."""

    what: str
    goal: str
    measured: str
    met: bool | None
