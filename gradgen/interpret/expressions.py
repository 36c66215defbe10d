"""SymPy expressions as the interpreter's numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# A float that is a short binary fraction becomes a rational number, so that 0.5 is one half.
SHORT_DENOMINATOR = 1 << 10
# Digits that give a double back exactly.
DIGITS = 17


class SymPyNumbers:
    """SymPy expressions as the interpreter's numbers."""

    kind = "symbols"

    def __init__(self) -> None:
        import sympy

        self.sympy = sympy
        self.functions: dict[str, Callable[..., Any]] = {
            "arcsin": sympy.asin, "arccos": sympy.acos, "arctan": sympy.atan,
            "arcsinh": sympy.asinh, "arccosh": sympy.acosh, "arctanh": sympy.atanh,
            "arctan2": sympy.atan2, "abs": sympy.Abs, "maximum": sympy.Max, "minimum": sympy.Min,
            "pi": lambda: sympy.pi,
        }  # fmt: skip
        self.functions["cbrt"] = lambda x: sympy.sign(x) * sympy.Abs(x) ** sympy.Rational(1, 3)
        self.comparisons = {
            "lt": sympy.Lt, "le": sympy.Le, "gt": sympy.Gt, "ge": sympy.Ge, "eq": sympy.Eq,
            "ne": sympy.Ne,
        }  # fmt: skip
        self.connectives = {"not": sympy.Not, "and": sympy.And, "or": sympy.Or, "xor": sympy.Xor}

    def number(self, x: Any) -> Any:
        """Return a Python number as a SymPy number, a condition as 0 or 1."""
        sympy = self.sympy
        if isinstance(x, sympy.Expr):
            return x
        if isinstance(x, sympy.logic.boolalg.Boolean):
            return self.choose(x, sympy.Integer(1), sympy.Integer(0))
        if isinstance(x, bool | int):
            return sympy.Integer(int(x))
        if not isinstance(x, float):
            return x
        if np.isfinite(x) and x.as_integer_ratio()[1] <= SHORT_DENOMINATOR and abs(x) < 2**53:
            return sympy.Rational(*x.as_integer_ratio())
        return sympy.Float(x, DIGITS)

    def constant(self, x: Any) -> float:
        """Return a number as a float; symbols raise TypeError."""
        return float(x)

    def call(self, name: str, *args: Any) -> Any:
        """Apply a function of SymPy."""
        function = self.functions.get(name) or getattr(self.sympy, name)
        return function(*args)

    def compare(self, name: str, a: Any, b: Any) -> Any:
        """Return a condition, as a bool where SymPy decides it."""
        condition = self.comparisons[name](a, b)
        truth = self.truth(condition)
        return condition if truth is None else truth

    def logic(self, name: str, *conditions: Any) -> Any:
        """Combine conditions, to a bool where SymPy decides it."""
        condition = self.connectives[name](*conditions)
        truth = self.truth(condition)
        return condition if truth is None else truth

    def truth(self, condition: Any) -> bool | None:
        """Return what a condition comes to, None where it depends on symbols."""
        if condition in (self.sympy.true, self.sympy.false):
            return bool(condition)
        if isinstance(condition, self.sympy.Basic):
            return None if condition.free_symbols else bool(condition)
        return bool(condition)

    def choose(self, condition: Any, a: Any, b: Any) -> Any:
        """Return one of two expressions, or both in a ``Piecewise``."""
        truth = self.truth(condition)
        if truth is None:
            return self.sympy.Piecewise((a, condition), (b, True))
        return a if truth else b

    def total(self, terms: Sequence[Any]) -> Any:
        """Add up expressions at once, which SymPy does faster than one by one."""
        return self.sympy.Add(*terms)
