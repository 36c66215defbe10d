"""SymPy expressions to nodes: one handler for each class, without recursion.

A handler gives the operands that it needs, and what makes the node from theirs; `Lowering.lower`
visits operands first, on a stack of its own, so that expressions may nest to any depth.  What is
shared in SymPy is visited once, and what is merely equal becomes one node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from gradgen.errors import UnsupportedError
from gradgen.fromsympy.nodes import Node, Nodes

Build = Callable[[list[Node]], Node]


class Plan(NamedTuple):
    """The operands that an expression needs, and what makes its node from theirs.

    ``scope`` holds the indices of the loops that the operands stand in, where it is another.
    """

    operands: Sequence[Any]
    build: Build
    scopes: Sequence[Scope] | None = None


DIGITS = 30  # of constants without a spelling, before they are rounded to floats
Scope = tuple[tuple[Any, Node], ...]  # symbols that loops run over, innermost last
Handler = Callable[["Lowering", Any, Scope], Plan]


class Lowering:
    """Makes nodes of expressions.

    Parameters
    ----------
    nodes : Nodes
        Where they are made.
    atoms : dict
        What expressions stand for that are arguments: symbols, and what else was listed.
    scalar : bool
        Whether functions are to be those of ``math``, for floats alone.
    """

    def __init__(self, nodes: Nodes, atoms: dict[Any, Node], scalar: bool) -> None:
        self.nodes, self.atoms, self.scalar = nodes, atoms, scalar
        self._kinds = {type(atom) for atom in atoms}
        self.checks: dict[tuple[Node, str], None] = {}  # conditions that must not hold, and why
        self.loops: dict[Any, Node] = {}
        self.bounds: dict[Any, tuple[Any, Any]] = {}  # of the symbols that loops run over
        self._known: dict[tuple[Scope, int], Node] = {}
        self._held: list[Any] = []  # expressions whose identity `_known` remembers

    def lower(self, root: Any) -> Node:
        """Return the node of an expression."""
        start = ((), root)
        stack: list[tuple[Scope, Any]] = [start]
        plans: dict[tuple[Scope, int], Plan] = {}
        while stack:
            scope, expr = stack[-1]
            key = (scope, id(expr))
            if key in self._known:
                stack.pop()
                continue
            plan = plans.get(key)
            if plan is None:
                plan = plans[key] = self._plan(expr, scope)
                self._held += [expr, plan.operands]
            scopes = plan.scopes or [scope] * len(plan.operands)
            inner = list(zip(scopes, plan.operands, strict=True))
            missing = [(s, e) for s, e in inner if (s, id(e)) not in self._known]
            if missing:
                stack += reversed(missing)
                continue
            self._known[key] = plan.build([self._known[s, id(e)] for s, e in inner])
            stack.pop()
        return self._known[(), id(root)]

    def _plan(self, expr: Any, scope: Scope) -> Plan:
        if expr.is_Symbol:
            index = next((node for symbol, node in reversed(scope) if expr == symbol), None)
            if index is not None:
                return Plan((), lambda _: index)
        # Hashing can go deep, so that only what may be an argument is looked up.
        if type(expr) in self._kinds and expr in self.atoms:
            atom = self.atoms[expr]
            return Plan((), lambda _: atom)
        undefined = type(type(expr)).__name__ == "UndefinedFunction"
        for kind in type(expr).__mro__:
            handler = _handlers().get("AppliedUndef" if undefined else kind.__name__)
            # A class of the user's may have the name of one of SymPy's.
            if handler is not None and (undefined or kind.__module__.startswith("sympy.")):
                return handler(self, expr, scope)
        return self.number(expr)

    def number(self, expr: Any) -> Plan:
        """Return what has no counterpart here as a number, where it is one (``zeta(3)``)."""
        if expr.free_symbols or not getattr(expr, "is_number", False):
            raise unsupported(expr)
        value = expr.evalf(DIGITS)
        if not (value.is_Float or value.is_Integer):
            raise unsupported(expr)
        return Plan((), lambda _: self.nodes.const(float(value)))

    def spell(self, name: str) -> str:
        """Return the callable that a function of SymPy's is here."""
        from gradgen.fromsympy.functions import FUNCTIONS

        entry = FUNCTIONS[name]
        return entry.math if self.scalar and entry.math else entry.numpy

    def function(self, name: str, args: list[Node]) -> Node:
        """Return the call of a function of the table."""
        from gradgen.fromsympy.functions import FUNCTIONS

        return self.nodes.call(self.spell(name), *args, safe=FUNCTIONS[name].safe)


_TABLE: dict[str, Handler] = {}


def _handlers() -> dict[str, Handler]:
    """Return the handlers of all modules, by the names of SymPy's classes."""
    if not _TABLE:
        from gradgen.fromsympy import arithmetic, calls, matrices, sums

        for module in (arithmetic, calls, sums, matrices):
            _TABLE.update(module.HANDLERS)
    return _TABLE


def short(expr: Any) -> str:
    """Return an expression for a message: a short one as it is, else what it is."""
    count = 0
    stack = [expr]
    while stack and count < 30:
        count += 1
        stack += stack.pop().args
    text = str(expr) if count < 30 else ""
    return text if 0 < len(text) < 60 else f"an expression of class {type(expr).__name__}"


def unsupported(expr: Any, what: str = "", hint: str = "") -> UnsupportedError:
    """Return the error for an expression that has no text here."""
    name = type(expr).__name__
    return UnsupportedError(
        what or f"{name} has no counterpart here, in {short(expr)}",
        hint=hint or f"replace it, or list {short(expr)} among the symbols, and pass its value",
    )
