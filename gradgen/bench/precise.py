"""Numbers of many digits that remember how they were made: the reference for a gradient.

Each number holds an mpmath value and its partial derivatives by the numbers it was made of.  Going
through them backwards gives the gradient to the full number of digits, from one evaluation.  The
functions are methods of NumPy's names, so that a user's function of arrays runs on object arrays of
such numbers as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np

Parents = tuple[tuple["Precise", Any], ...]


class Tape:
    """All numbers in the order in which they were made."""

    def __init__(self) -> None:
        self.numbers: list[Precise] = []

    def leaf(self, value: Any) -> Precise:
        """Return a number that the gradient is by."""
        return Precise(mpmath.mpf(value), (), self)

    def gradient(self, result: Precise, leaves: Sequence[Precise]) -> list[Any]:
        """Return the derivatives of a number by others."""
        adjoint: dict[int, Any] = {id(result): mpmath.mpf(1)}
        for number in reversed(self.numbers):
            g = adjoint.get(id(number))
            if g is None:
                continue
            for parent, partial in number.parents:
                adjoint[id(parent)] = adjoint.get(id(parent), 0) + g * partial
        return [adjoint.get(id(leaf), mpmath.mpf(0)) for leaf in leaves]


class Precise:
    """A number of many digits with its partial derivatives."""

    __slots__ = ("parents", "tape", "value")

    def __init__(self, value: Any, parents: Parents = (), tape: Tape | None = None) -> None:
        self.value = value
        self.parents = parents
        self.tape = tape
        if tape is not None:
            tape.numbers.append(self)

    def __repr__(self) -> str:
        return f"Precise({mpmath.nstr(self.value, 20)})"

    def __bool__(self) -> bool:
        return bool(self.value != 0)


def precise(x: Any) -> Precise:
    """Return a Python number as a constant."""
    if isinstance(x, Precise):
        return x
    if isinstance(x, bool | int | float | np.integer | np.floating | np.bool_):
        return Precise(mpmath.mpf(x.item() if isinstance(x, np.generic) else x))
    raise TypeError(f"a {type(x).__name__} is no number")


def made(value: Any, *parts: tuple[Precise, Any]) -> Precise:
    """Return a number made of others, given its partial derivatives; constants leave no trace."""
    parents = tuple((p, d) for p, d in parts if p.tape is not None)
    return Precise(value, parents, parents[0][0].tape if parents else None)


def power(a: Precise, b: Precise) -> Precise:
    """Return ``a ** b``; the exponent's derivative is formed only where it is not constant."""
    value = a.value**b.value
    by_a = b.value * a.value ** (b.value - 1) if b.value != 0 else mpmath.mpf(0)
    by_b = value * mpmath.log(a.value) if b.tape is not None else mpmath.mpf(0)
    return made(value, (a, by_a), (b, by_b))


def _operators() -> dict[str, Callable[[Precise, Precise], Precise]]:
    return {
        "add": lambda a, b: made(a.value + b.value, (a, 1), (b, 1)),
        "sub": lambda a, b: made(a.value - b.value, (a, 1), (b, -1)),
        "mul": lambda a, b: made(a.value * b.value, (a, b.value), (b, a.value)),
        "truediv": lambda a, b: made(
            a.value / b.value, (a, 1 / b.value), (b, -a.value / b.value**2)
        ),
        "pow": power,
        "mod": lambda a, b: a - b * (a / b).floor(),
    }


def _functions() -> dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]]:
    """Return each function of one argument with its derivative in argument and result."""
    m = mpmath
    return {
        "exp": (m.exp, lambda x, y: y),
        "expm1": (m.expm1, lambda x, y: y + 1),
        "exp2": (lambda x: m.mpf(2) ** x, lambda x, y: y * m.log(2)),
        "log": (m.log, lambda x, y: 1 / x),
        "log1p": (m.log1p, lambda x, y: 1 / (1 + x)),
        "log2": (lambda x: m.log(x) / m.log(2), lambda x, y: 1 / (x * m.log(2))),
        "log10": (m.log10, lambda x, y: 1 / (x * m.log(10))),
        "sqrt": (m.sqrt, lambda x, y: 1 / (2 * y)),
        "cbrt": (lambda x: m.sign(x) * m.cbrt(abs(x)), lambda x, y: 1 / (3 * y * y)),
        "sin": (m.sin, lambda x, y: m.cos(x)),
        "cos": (m.cos, lambda x, y: -m.sin(x)),
        "tan": (m.tan, lambda x, y: 1 + y * y),
        "arcsin": (m.asin, lambda x, y: 1 / m.sqrt(1 - x * x)),
        "arccos": (m.acos, lambda x, y: -1 / m.sqrt(1 - x * x)),
        "arctan": (m.atan, lambda x, y: 1 / (1 + x * x)),
        "sinh": (m.sinh, lambda x, y: m.cosh(x)),
        "cosh": (m.cosh, lambda x, y: m.sinh(x)),
        "tanh": (m.tanh, lambda x, y: 1 - y * y),
        "arcsinh": (m.asinh, lambda x, y: 1 / m.sqrt(1 + x * x)),
        "arccosh": (m.acosh, lambda x, y: 1 / m.sqrt(x * x - 1)),
        "arctanh": (m.atanh, lambda x, y: 1 / (1 - x * x)),
        "erf": (m.erf, lambda x, y: 2 / m.sqrt(m.pi) * m.exp(-x * x)),
        "floor": (m.floor, lambda x, y: 0),
        "ceil": (m.ceil, lambda x, y: 0),
        "rint": (m.nint, lambda x, y: 0),
        "sign": (m.sign, lambda x, y: 0),
        "__abs__": (abs, lambda x, y: m.sign(x)),
        "__neg__": (lambda x: -x, lambda x, y: -1),
        "__pos__": (lambda x: x, lambda x, y: 1),
        "conjugate": (lambda x: x, lambda x, y: 1),
    }


def _install() -> None:
    """Give ``Precise`` its operators and functions."""

    def binary(f: Callable[[Precise, Precise], Precise], swap: bool) -> Callable[..., Any]:
        def method(self: Precise, other: Any) -> Any:
            if isinstance(other, np.ndarray):
                return NotImplemented
            other = precise(other)
            return f(other, self) if swap else f(self, other)

        return method

    def unary(f: Callable[[Any], Any], d: Callable[[Any, Any], Any]) -> Callable[..., Any]:
        def method(self: Precise) -> Precise:
            value = f(self.value)
            slope = d(self.value, value) if self.tape is not None else 0
            return made(value, (self, slope))

        return method

    def comparison(name: str) -> Callable[..., Any]:
        def method(self: Precise, other: Any) -> Any:
            if isinstance(other, np.ndarray):
                return NotImplemented
            return bool(getattr(self.value, name)(precise(other).value))

        return method

    for name, f in _operators().items():
        setattr(Precise, f"__{name}__", binary(f, swap=False))
        setattr(Precise, f"__r{name}__", binary(f, swap=True))
    for name, (g, d) in _functions().items():
        setattr(Precise, name, unary(g, d))
    for name in ("__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"):
        setattr(Precise, name, comparison(name))


_install()


class PreciseNumbers:
    """Numbers of many digits as the interpreter's numbers."""

    kind = "numbers of many digits"

    def number(self, x: Any) -> Precise:
        """Return a Python number with many digits."""
        return precise(x)

    def constant(self, x: Any) -> float:
        """Return the number as a float."""
        return float(precise(x).value)

    def call(self, name: str, *args: Any) -> Any:
        """Apply a function; at a tie ``maximum`` and ``minimum`` give half to each."""
        match name:
            case "pi":
                return Precise(+mpmath.pi)
            case "abs":
                return abs(args[0])
            case "arctan2":
                y, x = args
                square = x.value**2 + y.value**2
                value = mpmath.atan2(y.value, x.value)
                return made(value, (y, x.value / square), (x, -y.value / square))
            case "maximum" | "minimum":
                return self._extremum(name, *args)
        return getattr(args[0], name)()

    def _extremum(self, name: str, a: Precise, b: Precise) -> Precise:
        if a.value == b.value:
            return made(a.value, (a, mpmath.mpf("0.5")), (b, mpmath.mpf("0.5")))
        return a if (a.value > b.value) == (name == "maximum") else b

    def compare(self, name: str, a: Precise, b: Precise) -> bool:
        """Compare by value."""
        return bool(getattr(a.value, f"__{name}__")(b.value))

    def logic(self, name: str, *conditions: Any) -> bool:
        """Combine truth values."""
        truths = [bool(c) for c in conditions]
        match name:
            case "not":
                return not truths[0]
            case "and":
                return all(truths)
            case "or":
                return any(truths)
        return truths[0] != truths[1]

    def truth(self, condition: Any) -> bool:
        """Return the truth of a condition, which is always known."""
        return bool(condition)

    def choose(self, condition: Any, a: Any, b: Any) -> Any:
        """Return one of two numbers."""
        return a if condition else b

    def total(self, terms: Sequence[Any]) -> Precise:
        """Add numbers up at once."""
        value = mpmath.fsum(t.value for t in terms)
        return made(value, *((t, 1) for t in terms))
