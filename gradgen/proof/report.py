"""What a proof consists of, as text and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import field
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.proof.entries import EntryCheck

WIDTH = 92
MARKS = {True: "ok", False: "WRONG", None: "-"}


@dataclass(frozen=True)
class Part:
    """One part of a proof.

    Attributes
    ----------
    title, summary : str
        What was done, and what came out.
    ok : bool or None
        None where it could not be done, or decides nothing.
    lines : tuple of str
        The particulars, which a short report leaves out.
    data : dict
        The same for programs.
    notes : tuple of str
        What every report shows.
    """

    title: str
    ok: bool | None
    summary: str
    lines: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def text(self, short: bool = False) -> list[str]:
        """Return the part as lines; ``short``: without the particulars, unless it is wrong."""
        head = textwrap.wrap(
            self.summary, WIDTH - 26, break_long_words=False, break_on_hyphens=False
        ) or [""]
        first = f"  {self.title:<16} {MARKS[self.ok]:<6} {head[0]}"
        particulars = () if short and self.ok is not False else self.lines
        rest = [" " * 26 + line for line in head[1:]]
        return [first, *rest, *(f"    {x}" for x in (*particulars, *self.notes))]

    def as_dict(self) -> dict[str, Any]:
        """Return the part as plain data."""
        return {"ok": self.ok, "summary": self.summary, **self.data}


@dataclass(frozen=True)
class Proof:
    """All that was found out about the derivatives of a function at a point.

    Attributes
    ----------
    ok : bool
        Whether nothing disagrees.
    parts : tuple of Part
        What was done.
    worst : EntryCheck or None
        The entry of the gradient that disagrees most, else the least exact one.
    """

    function: str
    value: float
    names: tuple[str, ...]
    parts: tuple[Part, ...]
    worst: EntryCheck | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing disagrees."""
        return all(part.ok is not False for part in self.parts)

    def part(self, title: str) -> Part | None:
        """Return the part of a title."""
        return next((part for part in self.parts if part.title == title), None)

    def __str__(self) -> str:
        return self.text()

    def text(self, short: bool = False) -> str:
        """Return the report; ``short``: a line or two for each part that is not wrong."""
        lines = [f"derivatives of {self.function} by {_listed(self.names)}"]
        for part in self.parts:
            lines += part.text(short)
        return "\n".join([*lines, self.verdict])

    @property
    def verdict(self) -> str:
        """The last line: what it comes to."""
        wrong = [part.title for part in self.parts if part.ok is False]
        if wrong:
            where = f", worst at {self.worst.name}" if self.worst and not self.worst.ok else ""
            return f"WRONG: {', '.join(wrong)} disagree{'s' if len(wrong) == 1 else ''}{where}"
        return "verified: nothing disagrees"

    def as_dict(self) -> dict[str, Any]:
        """Return the proof as plain data, for JSON."""
        return {
            "function": self.function,
            "ok": self.ok,
            "value": _finite(self.value),
            "numbers": len(self.names),
            "worst": None if self.worst is None else self.worst.name,
            "parts": {part.title: _plain(part.as_dict()) for part in self.parts},
        }


def _listed(names: Sequence[str]) -> str:
    if len(names) <= 4:
        return ", ".join(names)
    return f"{names[0]} … {names[-1]} ({len(names)} numbers)"


def _finite(x: float) -> float | str:
    """JSON has no words for what is not finite."""
    return x if abs(x) < float("inf") else str(x)


def _plain(x: Any) -> Any:
    if isinstance(x, dict):
        return {str(k): _plain(v) for k, v in x.items()}
    if isinstance(x, tuple | list):
        return [_plain(v) for v in x]
    if isinstance(x, float):
        return _finite(float(x))
    return x
