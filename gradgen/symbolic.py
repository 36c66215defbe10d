"""From a loss to a SymPy expression: the graph is evaluated on symbols.

Expressions are built from objects; no text is handed to SymPy's parser.  Symbols are named
``s0``, ``s1``, ... in the order of the arguments, whatever the user's names are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from gradgen.dataclass import dataclass
from gradgen.errors import ArgumentError, GradgenError
from gradgen.interpret.arguments import LeafValue, flatten, is_inexact, leaf_values
from gradgen.interpret.expressions import SymPyNumbers
from gradgen.interpret.graph import Interpreter
from gradgen.interpret.regions import RegionNumbers
from gradgen.ir.nodes import Function, Op


class SymbolicLimit(GradgenError):
    """An expression that grew past the limit on its size or on the time it may take."""


@dataclass(frozen=True)
class SymbolicLoss:
    """A loss as a SymPy expression.

    Attributes
    ----------
    expr : sympy.Expr
        The value.
    symbols : tuple of sympy.Symbol
        One for each differentiated number, in the order of the arguments.
    names : tuple of str
        What each symbol stands for, such as ``w[2, 1]``.
    values : tuple of float
        What each symbol stands for at the given arguments.
    conditions : tuple of str
        What was decided as it is at the given arguments, if so asked.
    """

    expr: Any
    symbols: tuple[Any, ...]
    names: tuple[str, ...]
    values: tuple[float, ...]
    conditions: tuple[str, ...] = ()

    @cached_property
    def gradient(self) -> tuple[Any, ...]:
        """The partial derivatives, one for each symbol."""
        return tuple(_without_jumps(self.expr.diff(s)) for s in self.symbols)

    def compiled(self) -> Callable[..., list[float]]:
        """Return a function of the symbols' values: a list of the value and its derivatives.

        It is SymPy's ``lambdify`` of all of them together, with common subexpressions shared.
        """
        import sympy

        modules = [{"Heaviside": lambda x, half=0.5: float(x > 0) or half * (x == 0)}, "math"]
        # One flat list: of nested ones SymPy shares nothing.
        outputs = [self.expr, *self.gradient]
        function: Callable[..., Any] = sympy.lambdify(
            list(self.symbols), outputs, modules=modules, cse=True
        )
        return function


def to_sympy(
    fn: Callable[..., Any],
    *args: Any,
    argnums: int | Sequence[int] | None = None,
    max_nodes: int = 1_000_000,
    time_limit: float | None = None,
    region: bool = False,
) -> SymbolicLoss:
    """Return a loss as a SymPy expression in its arguments' numbers.

    Loops are unrolled and branches taken where the numbers that decide them are known; a branch
    that depends on symbols becomes a ``Piecewise``.

    Parameters
    ----------
    fn : callable
        The loss.
    *args
        Example arguments; their shapes, integers and truth values are part of the expression.
    argnums : int or sequence of int, optional
        The arguments whose floats become symbols (by default all); others keep their values.
    max_nodes : int, optional
        How many different subexpressions there may be.
    time_limit : float, optional
        Seconds that the expression may take to build (one operation of SymPy is not cut short).
    region : bool, optional
        Whether every decision is taken as at ``args``: the turns of a loop, the order of entries,
        the sign within ``abs``.  The expression has no pieces then, and holds where its
        ``conditions`` do; a float in the program is the simplest fraction that rounds to it.

    Returns
    -------
    SymbolicLoss
        The expression, its symbols, and what they stand for.

    Raises
    ------
    UnsupportedError
        Where a number of turns, a shape or an index depends on a symbol (``region`` decides it).
    SymbolicLimit
        Where the expression swells past a limit.

    Examples
    --------
    >>> to_sympy(lambda x: x * x, 3.0).expr
    s0**2
    """
    chosen = _argnums(args, argnums)
    fn, function = _parsed(fn, args, chosen)
    entering = _Entering(chosen)
    values = [entering.value(leaf) for leaf in leaf_values(fn, function, args)]
    point = dict(zip(entering.symbols, entering.values, strict=True))
    numbers = RegionNumbers(point) if region else SymPyNumbers()
    result = Interpreter(numbers, _Meter(max_nodes, time_limit)).run(function, values)
    expr = result.item() if isinstance(result, np.ndarray) else numbers.number(result)
    conditions = tuple(getattr(numbers, "conditions", ()))
    return SymbolicLoss(expr, *entering.found(), conditions)


def _parsed(fn: Any, args: tuple[Any, ...], chosen: tuple[int, ...]) -> tuple[Any, Function]:
    """Return the function that is read, and its graph."""
    from gradgen.gradient import Differentiable
    from gradgen.options import Options
    from gradgen.pipeline import run

    fn = fn.__wrapped__ if isinstance(fn, Differentiable) else fn
    return fn, run(fn, args, Options(argnums=chosen), until="parse").function


class _Entering:
    """What enters the graph: symbols for the floats of chosen arguments, the others' values."""

    def __init__(self, chosen: tuple[int, ...]) -> None:
        self.chosen = chosen
        self.symbols: list[Any] = []
        self.names: list[str] = []
        self.values: list[float] = []

    def found(self) -> tuple[tuple[Any, ...], tuple[str, ...], tuple[float, ...]]:
        """Return the symbols, their names and values."""
        return tuple(self.symbols), tuple(self.names), tuple(self.values)

    def value(self, leaf: LeafValue) -> Any:
        """Return what a leaf holds."""
        import sympy

        if leaf.argument not in self.chosen or not leaf.inexact:
            return leaf.value
        places = list(np.ndindex(np.shape(leaf.value)))
        first = len(self.symbols)
        fresh = [sympy.Symbol(f"s{first + k}", real=True) for k in range(len(places))]
        self.symbols += fresh
        self.names += [leaf.entry(place) for place in places]
        self.values += [float(v) for v in np.ravel(leaf.value)]
        return _shaped(fresh, leaf.value)


def _argnums(args: tuple[Any, ...], argnums: int | Sequence[int] | None) -> tuple[int, ...]:
    if argnums is None:
        return tuple(k for k, a in enumerate(args) if _has_float(a))
    chosen = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    if any(not -len(args) <= k < len(args) for k in chosen):
        raise ArgumentError(f"argnums={argnums!r}, but {len(args)} arguments are given")
    return tuple(k % len(args) for k in chosen)


def _has_float(tree: Any) -> bool:
    return any(is_inexact(leaf) for _, leaf in flatten(tree))


def _shaped(symbols: list[Any], like: Any) -> Any:
    if not isinstance(like, np.ndarray):
        return symbols[0]
    out = np.empty(like.size, dtype=object)
    out[:] = symbols
    return out.reshape(like.shape)


def _without_jumps(derivative: Any) -> Any:
    """Drop what a derivative has only where it does not exist: jumps of ``sign`` and ``floor``."""
    import sympy

    if not derivative.has(sympy.DiracDelta, sympy.Derivative, sympy.Subs):
        return derivative
    for kind in (sympy.DiracDelta, sympy.Subs, sympy.Derivative):
        derivative = derivative.replace(kind, lambda *args: sympy.Integer(0))
    return derivative


class _Meter:
    """Counts different subexpressions and the time, after every operation of the graph."""

    def __init__(self, max_nodes: int, time_limit: float | None) -> None:
        self.seen: set[Any] = set()
        self.max_nodes = max_nodes
        self.time_limit = time_limit
        self.start = time.perf_counter()

    def __call__(self, op: Op, results: list[Any]) -> None:
        for result in results:
            for item in _items(result):
                self._visit(item)
        spent = time.perf_counter() - self.start
        if len(self.seen) > self.max_nodes:
            raise SymbolicLimit(
                f"the expression has more than {self.max_nodes} different parts after {op.prim!r}",
                op.span,
                "raise max_nodes, or take smaller arguments",
            )
        if self.time_limit is not None and spent > self.time_limit:
            raise SymbolicLimit(
                f"the expression took more than {self.time_limit:g} s to build",
                op.span,
                "raise time_limit, or take smaller arguments",
            )

    def _visit(self, expr: Any) -> None:
        stack = [expr]
        while stack and len(self.seen) <= self.max_nodes:
            node = stack.pop()
            if node not in self.seen:
                self.seen.add(node)
                stack.extend(node.args)


def _items(result: Any) -> Iterator[Any]:
    for item in result.flat if isinstance(result, np.ndarray) else [result]:
        if hasattr(item, "free_symbols"):
            yield item
