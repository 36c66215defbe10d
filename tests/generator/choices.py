"""Choices that follow from a seed alone, the same under every version of Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def indented(lines: list[str]) -> list[str]:
    """Return a block's lines, moved in."""
    return ["    " + line for line in lines]


class Chooser:
    """A stream of choices.

    Only ``random()`` is drawn: its sequence for a seed is promised to stay, that of the other
    methods of ``random.Random`` is not.
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def below(self, count: int) -> int:
        """Return an integer from 0 to ``count - 1``."""
        return int(self._random.random() * count)

    def between(self, low: int, high: int) -> int:
        """Return an integer from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self._random.random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[self.below(len(options))]

    def weighted(self, options: Sequence[tuple[float, T]]) -> T:
        """Return one of the options, each as likely as its weight says."""
        left = self._random.random() * sum(weight for weight, _ in options)
        for weight, option in options:
            left -= weight
            if left < 0:
                return option
        return options[-1][1]

    def real(self, low: float, high: float, digits: int = 2) -> float:
        """Return a short decimal number."""
        return round(low + (high - low) * self._random.random(), digits)

    def constant(self) -> str:
        """Return the text of a number of moderate size, never zero."""
        return self.pick(("0.5", "0.8", "1.1", "-0.6", "0.3", "1.4", "-0.9", "0.7"))

    def threshold(self) -> str:
        """Return a number that no computed value equals, for tests without ties."""
        return f"{self.real(-0.7, 0.9):.2f}37"
