"""SymPy expressions that hold in a region: every decision is taken as at one point.

A comparison, the larger of two numbers, a sign, a whole part: what decides them is evaluated at the
point, and noted.  So the expressions have no pieces, and what is proved of them holds wherever the
noted conditions do.  A float in the program stands for the simplest fraction that rounds to it, so
that 0.1 is one tenth, or for the constant that does, such as pi.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from gradgen.errors import GradgenError
from gradgen.interpret.expressions import SymPyNumbers
from gradgen.interpret.values import Values

# Larger denominators than this are no fraction that a person writes.
DENOMINATOR = 10**6
# Values nearer to each other than this, relatively, are taken for equal: rounded, they may be.
TIE = 1e-13


class Boundary(GradgenError):
    """The point is on the boundary between regions."""


class RegionNumbers(SymPyNumbers):
    """SymPy expressions, with every decision taken as at a point.

    Parameters
    ----------
    symbols : mapping
        The values of the symbols at the point.

    Attributes
    ----------
    conditions : dict
        What was decided, as text.
    """

    def __init__(self, symbols: Mapping[Any, float]) -> None:
        super().__init__()
        self.value = Values(symbols)
        self.conditions: dict[str, None] = {}
        self.constants = {float(c): c for c in self._known()}

    def _known(self) -> list[Any]:
        """Return the constants that programs and derivatives spell as floats."""
        sympy = self.sympy
        pi, two = sympy.pi, sympy.Integer(2)
        roots = [sympy.sqrt(k) for k in (2, 3, 5, pi, 2 * pi)]
        logs = [sympy.log(2), sympy.log(10), sympy.log(2 * pi), sympy.log(2 * pi) / 2]
        more = [pi, 2 * pi, pi / 2, pi / 4, pi / 180, 180 / pi, sympy.E, two / sympy.sqrt(pi)]
        return [*roots, *(1 / r for r in roots), *logs, *(1 / x for x in logs[:2]), *more]

    def number(self, x: Any) -> Any:
        """Return a Python number as an exact SymPy number."""
        if isinstance(x, float) and np.isfinite(x):
            if x in self.constants:
                return self.constants[x]
            simple = Fraction(x).limit_denominator(DENOMINATOR)
            exact = simple if float(simple) == x else Fraction(x)
            return self.sympy.Rational(exact.numerator, exact.denominator)
        return super().number(x)

    def call(self, name: str, *args: Any) -> Any:
        """Apply a function; one with kinks or jumps as it is in the region."""
        match name:
            case "abs":
                return args[0] if self._sign(args[0]) >= 0 else -args[0]
            case "sign":
                return self.sympy.Integer(self._sign(args[0]))
            case "floor":
                return self._floor(args[0])
            case "cbrt":
                sign = self._sign(args[0])
                return sign * (sign * args[0]) ** self.sympy.Rational(1, 3)
            case "maximum" | "minimum":
                a, b = args
                first = self._sign(a - b) >= 0
                return a if first == (name == "maximum") else b
        return super().call(name, *args)

    def _sign(self, expr: Any) -> int:
        """Return the sign of an expression in the region.

        Raises
        ------
        Boundary
            Where it is zero at the point, and not everywhere.
        """
        if expr.is_number:
            value = self.value(expr)
            return int(value > 0) - int(value < 0)
        value = self.value(expr)
        size = max((abs(self.value(a)) for a in expr.args), default=abs(value))
        if abs(value) <= TIE * size:
            if self.sympy.expand(expr) == 0:
                return 0
            raise Boundary(f"the point is where {_short(expr)} is zero")
        self.conditions[f"{_short(expr)} {'>' if value > 0 else '<'} 0"] = None
        return 1 if value > 0 else -1

    def _floor(self, expr: Any) -> Any:
        value = self.value(expr)
        low = int(np.floor(float(value)))
        if not expr.is_number:
            if abs(value - round(float(value))) <= TIE * max(1.0, abs(value)):
                raise Boundary(f"the point is where {_short(expr)} is a whole number")
            self.conditions[f"floor({_short(expr)}) == {low}"] = None
        return self.sympy.Integer(low)

    def compare(self, name: str, a: Any, b: Any) -> bool:
        """Compare as at the point."""
        sign = self._sign(a - b)
        return {"lt": sign < 0, "le": sign <= 0, "gt": sign > 0, "ge": sign >= 0,
                "eq": sign == 0, "ne": sign != 0}[name]  # fmt: skip

    def truth(self, condition: Any) -> bool:
        """Return what a condition comes to; a number is true where it is not zero."""
        if isinstance(condition, self.sympy.Expr):
            return self._sign(condition) != 0
        return bool(condition)

    def plain(self, x: Any) -> Any:
        """Return numbers as floats, for what gives integers or truth values alone."""
        if isinstance(x, np.ndarray) and x.dtype == object:
            return np.array([self.plain(v) for v in x.flat], dtype=float).reshape(x.shape)
        return float(self.value(x)) if isinstance(x, self.sympy.Expr) else x


def _short(expr: Any) -> str:
    text = str(expr) if expr.count_ops() < 40 else "an expression"
    return text if len(text) <= 60 else text[:57] + "..."
