"""SymPy expressions as numbers of many digits, each subexpression evaluated once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath

# SymPy's names of functions that mpmath calls otherwise; the others have the same.
NAMES = {"Abs": "fabs", "LambertW": "lambertw", "loggamma": "loggamma", "Heaviside": ""}


class Values:
    """The values of expressions where their symbols have values.

    Parameters
    ----------
    symbols : mapping
        The value of each symbol.
    digits : int, optional
        How many digits to compute with.
    """

    def __init__(self, symbols: Mapping[Any, Any], digits: int = 30) -> None:
        self.digits = digits
        with mpmath.workdps(digits):
            self.known: dict[Any, Any] = {s: mpmath.mpf(v) for s, v in symbols.items()}

    def __call__(self, expr: Any) -> Any:
        """Return the value of an expression.

        Raises
        ------
        NotImplementedError
            For a function that mpmath does not have.
        """
        with mpmath.workdps(self.digits):
            stack = [expr]
            while stack:
                node = stack[-1]
                if node in self.known:
                    stack.pop()
                    continue
                missing = [a for a in node.args if a not in self.known]
                if missing:
                    stack += missing
                    continue
                self.known[node] = self._made(node)
                stack.pop()
        return self.known[expr]

    def _made(self, node: Any) -> Any:
        args = [self.known[a] for a in node.args]
        if node.is_Add:
            return mpmath.fsum(args)
        if node.is_Mul:
            return mpmath.fprod(args)
        if node.is_Pow:
            return args[0] ** args[1]
        if node.is_Rational:
            return mpmath.mpf(int(node.p)) / int(node.q)
        if node.is_infinite:
            return mpmath.inf if node.is_positive else -mpmath.inf
        if not node.args:
            return mpmath.mpmathify(node.evalf(self.digits))
        name = type(node).__name__
        function = getattr(mpmath, NAMES.get(name, name), None)
        if function is None:
            raise NotImplementedError(f"the value of {name}")
        return function(*args)
