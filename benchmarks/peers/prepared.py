"""What a peer makes of a workload: two calls to time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class NotThere(Exception):
    """The tool has no way to this workload; the text says why."""


@dataclass(frozen=True)
class Prepared:
    """The value, and the gradient: results are finished when the calls return."""

    value: Callable[[], Any] | None
    gradient: Callable[[], Any]
