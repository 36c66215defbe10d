"""What the interpreter asks of a kind of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

# What a kind of numbers has to provide by ``call``; every other function is made of these.
BASE = {
    *("exp", "log", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"),
    *("arcsinh", "arccosh", "arctanh", "sqrt", "cbrt", "erf", "abs", "sign", "floor"),
    *("arctan2", "maximum", "minimum", "pi"),
}


class Numbers(Protocol):
    """The kind of numbers to compute with; ``kind`` is what they are called in messages."""

    kind: str

    def number(self, x: Any) -> Any:
        """Return a Python number, a truth value or one of these numbers as one of these."""

    def constant(self, x: Any) -> float:
        """Return one of these numbers, which has to be constant, as a float."""

    def call(self, name: str, *args: Any) -> Any:
        """Apply one of ``BASE`` to numbers."""

    def compare(self, name: str, a: Any, b: Any) -> Any:
        """Return a bool, or a condition that is not decided."""

    def logic(self, name: str, *conditions: Any) -> Any:
        """Combine conditions by ``not``, ``and``, ``or`` or ``xor``."""

    def truth(self, condition: Any) -> bool | None:
        """Return what a condition comes to, None where that is not decided."""

    def choose(self, condition: Any, a: Any, b: Any) -> Any:
        """Return ``a`` where the condition holds, else ``b``."""

    def total(self, terms: Sequence[Any]) -> Any:
        """Add up any number of numbers."""


class Missing:
    """Stands for a name that has not been assigned on this path."""


MISSING = Missing()
