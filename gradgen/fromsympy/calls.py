"""Functions of SymPy to nodes, and what is refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.errors import ArgumentError
from gradgen.fromsympy.functions import FUNCTIONS, ORDERED, WRITTEN
from gradgen.fromsympy.lower import Handler, Plan, Scope, short, unsupported
from gradgen.fromsympy.nodes import Node

if TYPE_CHECKING:
    from gradgen.fromsympy.lower import Lowering


def _symbol(low: Lowering, expr: Any, scope: Scope) -> Plan:
    raise ArgumentError(
        f"the expression has the symbol {expr}, which is not among the symbols given",
        hint=f"list {expr} among them, or substitute a number with subs",
    )


def _known_function(low: Lowering, expr: Any, scope: Scope) -> Plan:
    name = type(expr).__name__

    def build(args: list[Node]) -> Node:
        if name == "log" and len(args) == 2:
            over, under = (low.function("log", [a]) for a in args)
            return low.nodes.quotient(over, under)
        if name in ORDERED:
            args = [_order(low, expr.args[0], args[0]), *args[1:]]
        if name == "polygamma" and expr.args[0] == 0:
            return low.function("digamma", args[1:])
        return low.function(name, args)

    return Plan(expr.args, build)


def _order(low: Lowering, order: Any, node: Node) -> Node:
    return low.nodes.const(int(order)) if order.is_Integer else node


def _written(low: Lowering, expr: Any, scope: Scope) -> Plan:
    written = WRITTEN[type(expr).__name__]
    if type(expr).__name__ == "LambertW" and len(expr.args) == 2 and not expr.args[1].is_Integer:
        raise unsupported(expr)
    return Plan(expr.args, lambda args: written(low.nodes, low.spell, args))


def _hypergeometric(low: Lowering, expr: Any, scope: Scope) -> Plan:
    above, below, at = expr.args
    if len(below) != 1 or len(above) > 2:
        raise unsupported(expr)
    path = f"scipy.special.hyp{len(above)}f1"
    return Plan([*above, *below, at], lambda a: low.nodes.call(path, *a))


def _extreme(low: Lowering, expr: Any, scope: Scope) -> Plan:
    largest = type(expr).__name__ == "Max"

    def build(args: list[Node]) -> Node:
        if low.scalar:
            return low.nodes.call("max" if largest else "min", *args)
        out = args[0]
        for a in args[1:]:
            out = low.nodes.call("np.maximum" if largest else "np.minimum", out, a)
        return out

    return Plan(_numbers_last(expr.args), build)


def _numbers_last(args: Any) -> list[Any]:
    return sorted(args, key=lambda a: a.is_Number)


def _undefined(low: Lowering, expr: Any, scope: Scope) -> Plan:
    raise unsupported(
        expr,
        f"the function {type(expr).__name__} is not defined, in {short(expr)}",
        f"substitute a formula for it, or list {short(expr)} among the symbols and pass its value",
    )


def _unevaluated(low: Lowering, expr: Any, scope: Scope) -> Plan:
    name = type(expr).__name__
    raise unsupported(
        expr,
        f"the expression has {_article(name)} that is not evaluated, {short(expr)}",
        f"call .doit() on it first, or list {short(expr)} among the symbols and pass its value",
    )


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "AEIOU" else f"a {name}"


def _function(low: Lowering, expr: Any, scope: Scope) -> Plan:
    if not expr.free_symbols:
        return low.number(expr)
    raise unsupported(expr, f"the function {type(expr).__name__} has no counterpart here")


HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(FUNCTIONS, _known_function),
    **dict.fromkeys(WRITTEN, _written),
    "Symbol": _symbol,
    "hyper": _hypergeometric,
    "Max": _extreme,
    "Min": _extreme,
    "AppliedUndef": _undefined,
    **dict.fromkeys(("Integral", "Derivative", "Limit", "Subs"), _unevaluated),
    "Function": _function,
}
