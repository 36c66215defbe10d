"""Sums and products over an index to loops, and entries of arrays.

An index must not be negative: Python would count it from the end.  What can be decided is refused
here; where it depends on an argument the function checks it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradgen.fromsympy.lower import Handler, Plan, Scope, short, unsupported
from gradgen.fromsympy.nodes import Node

if TYPE_CHECKING:
    from gradgen.fromsympy.lower import Lowering


def _loop(low: Lowering, expr: Any, scope: Scope) -> Plan:
    """Return a sum or product; its last index is the outermost loop's."""
    known = low.loops.get((scope, expr))
    if known is not None:
        return Plan((), lambda _: known)
    *inner, (index, first, last) = expr.limits
    _check_bounds(low, expr, first, last, scope)
    body = expr.func(expr.function, *inner) if inner else expr.function
    node = low.nodes.make("index", data=(str(index), len(low.bounds)))
    low.bounds[node] = (first, last)
    inside: Scope = (*scope, (index, node))
    kind = type(expr).__name__.lower()

    def build(made: list[Node]) -> Node:
        bounds = [whole(low, low.nodes, bound, scope) for bound in (first, last + 1)]
        loop = low.nodes.make("loop", [*bounds, node, made[0]], kind)
        low.loops[scope, expr] = loop
        return loop

    return Plan([body], build, [inside])


def _check_bounds(low: Lowering, expr: Any, first: Any, last: Any, scope: Scope) -> None:
    import sympy

    if any(bound.has(sympy.oo, -sympy.oo) for bound in (first, last)):
        raise unsupported(
            expr,
            f"{short(expr)} has no end",
            "call .doit() on it, or give it a finite bound",
        )
    for bound in (first, last):
        if bound.is_integer is False:
            raise unsupported(expr, f"{short(expr)} runs to {bound}, which is no integer")
    count = last - first + 1
    if count.is_Number and count < 0:
        raise unsupported(
            expr,
            f"{short(expr)} runs backwards, which SymPy takes as minus what lies between",
            "call .doit() on it",
        )
    if not count.is_Number and not _mentions(count, scope):
        low.checks[
            low.nodes.make("compare", [whole(low, low.nodes, count, ()), low.nodes.const(0)], "<"),
            f"the {type(expr).__name__.lower()} to {last} begins after its end, at {first}",
        ] = None


def _mentions(expr: Any, scope: Scope) -> bool:
    return any(symbol in expr.free_symbols for symbol, _ in scope)


def whole(low: Lowering, nodes: Any, expr: Any, scope: Scope) -> Node:
    """Return an index or bound, in which numbers are integers."""
    if expr.is_Integer:
        return nodes.const(int(expr))
    for symbol, index in reversed(scope):
        if expr == symbol:
            return index
    if expr.is_Symbol:
        if expr not in low.atoms:
            return low.lower(expr)  # which is refused by name
        return low.atoms[expr]
    if expr.is_Add or expr.is_Mul:
        parts = [whole(low, nodes, a, scope) for a in expr.args]
        if expr.is_Mul and parts[0].kind == "const" and parts[0].data < 0:
            first = [] if parts[0].data == -1 else [nodes.const(-parts[0].data)]
            return nodes.negative(nodes.product([*first, *parts[1:]]))
        return nodes.sum(parts) if expr.is_Add else nodes.product(parts)
    raise unsupported(
        expr,
        f"the index or bound {short(expr)} is no sum of products of integers and symbols",
        "index by integer symbols, loop variables, and sums and products of them",
    )


def _indexed(low: Lowering, expr: Any, scope: Scope) -> Plan:
    base, indices = expr.base, expr.indices
    if base not in low.atoms:
        raise unsupported(
            expr,
            f"{short(expr)} is an entry of {base}, which is not among the symbols given",
            f"list {base} among them, for an array, or {short(expr)}, for a number",
        )
    return entry(low, expr, low.atoms[base], indices, scope)


def entry(low: Lowering, expr: Any, array: Node, indices: Any, scope: Scope) -> Plan:
    """Return the entry of an array at a place."""
    for index in indices:
        _check_index(low, expr, index, scope)
    at = [whole(low, low.nodes, index, scope) for index in indices]
    return Plan((), lambda _: low.nodes.make("item", [array, *at]))


def _check_index(low: Lowering, expr: Any, index: Any, scope: Scope) -> None:
    """See to it that an index is never negative."""
    least = index
    for symbol, node in reversed(scope):
        step = least.coeff(symbol)
        if symbol in (least - step * symbol).free_symbols or not step.is_Integer:
            raise unsupported(
                expr,
                f"whether the index {index} of {short(expr)} can be negative is not seen",
                "index by a loop's variable plus or minus something",
            )
        least = least.subs(symbol, low.bounds[node][0 if step > 0 else 1])
    if least.is_Number:
        if least < 0:
            raise unsupported(
                expr,
                f"{short(expr)} has an index that falls to {least}",
                "count from 0, as arrays do: shift the index or the bounds",
            )
        return
    node = low.nodes.make("compare", [whole(low, low.nodes, least, ()), low.nodes.const(0)], "<")
    low.checks[node, f"{short(expr)} has a negative index"] = None


HANDLERS: dict[str, Handler] = {"Sum": _loop, "Product": _loop, "Indexed": _indexed}
