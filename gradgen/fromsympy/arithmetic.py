"""Numbers, sums, products, powers, comparisons and pieces of SymPy, to nodes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradgen.fromsympy.lower import Handler, Plan, Scope, short, unsupported
from gradgen.fromsympy.nodes import Node

if TYPE_CHECKING:
    from gradgen.fromsympy.lower import Lowering

WORDS = {"Pi": "pi", "Exp1": "e", "EulerGamma": "euler_gamma", "Infinity": "inf",
         "NaN": "nan"}  # fmt: skip
COMPARISONS = {
    "StrictLessThan": "<", "LessThan": "<=", "StrictGreaterThan": ">", "GreaterThan": ">=",
    "Equality": "==", "Unequality": "!=",
}  # fmt: skip


# --- numbers ------------------------------------------------------------------------------


def _number(low: Lowering, expr: Any, scope: Scope) -> Plan:
    word = WORDS.get(type(expr).__name__)
    if word is not None:
        return Plan((), lambda _: low.nodes.make("word", data=word))
    if type(expr).__name__ == "NegativeInfinity":
        return Plan((), lambda _: low.nodes.negative(low.nodes.make("word", data="inf")))
    if expr.is_Rational and expr.q != 1 and not _is_binary(expr.q):
        p, q = as_float(expr.p), as_float(expr.q)
        return Plan((), lambda _: low.nodes.quotient(low.nodes.const(p), low.nodes.const(q)))
    value = as_float(expr)
    return Plan((), lambda _: low.nodes.const(value))


def as_float(number: Any) -> float:
    """Return the float nearest to a number."""
    try:
        value = float(number)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise unsupported(
            number,
            f"the number {short(number)} is no float",
            "scale the expression, or replace what is not defined in it",
        )
    return value


def _is_binary(q: int) -> bool:
    return q & (q - 1) == 0


# --- sums, products, powers ---------------------------------------------------------------


def _add(low: Lowering, expr: Any, scope: Scope) -> Plan:
    return Plan(expr.args, low.nodes.sum)


def _mul(low: Lowering, expr: Any, scope: Scope) -> Plan:
    """Return a product: what has a negative power divides, and the number comes first."""
    above, below = _coefficient(expr.args[0])
    factors = list(expr.args[1:] if expr.args[0].is_Number else expr.args)
    operands = [f.base if _divides(f) else f for f in factors]

    def build(made: list[Node]) -> Node:
        over, under = [low.nodes.const(abs(above))], [low.nodes.const(below)]
        for f, node in zip(factors, made, strict=True):
            if _divides(f):
                under.append(_power(low, node, f.base, -f.exp))
            else:
                over.append(node)
        whole = low.nodes.quotient(low.nodes.product(over), low.nodes.product(under))
        return low.nodes.negative(whole) if above < 0 else whole

    return Plan(operands, build)


def _coefficient(number: Any) -> tuple[float, float]:
    """Return a number over another that stand for the first factor, where it is a number."""
    if not number.is_Number:
        return 1.0, 1.0
    if number.is_Rational and not _is_binary(number.q):
        return as_float(number.p), as_float(number.q)
    return as_float(number), 1.0


def _divides(factor: Any) -> bool:
    return bool(factor.is_Pow and factor.exp.is_Number and factor.exp.is_negative)


def _pow(low: Lowering, expr: Any, scope: Scope) -> Plan:
    base, exponent = expr.base, expr.exp
    if _divides(expr):
        one = low.nodes.const(1.0)
        return Plan([base], lambda a: low.nodes.quotient(one, _power(low, a[0], base, -exponent)))
    if exponent.is_Number:
        return Plan([base], lambda a: _power(low, a[0], base, exponent))
    return Plan([base, exponent], lambda a: _real_power(low, a[0], a[1], base))


def _power(low: Lowering, node: Node, base: Any, exponent: Any) -> Node:
    """Return a power with a positive number as exponent."""
    if exponent == 1:
        return node
    if as_float(exponent).is_integer():
        return low.nodes.make("power", [node, low.nodes.const(int(exponent))])
    if as_float(exponent) == 0.5:
        return low.function("sqrt", [node])
    return _real_power(low, node, low.nodes.const(as_float(exponent)), base)


def _real_power(low: Lowering, node: Node, exponent: Node, base: Any) -> Node:
    """Return a power with any exponent.  A negative base has none, not a complex one."""
    if _is_positive(base):
        return low.nodes.make("power", [node, exponent])
    return low.nodes.call("math.pow" if low.scalar else "np.power", node, exponent, safe=1.0)


def _is_positive(base: Any) -> bool:
    """Whether a base is plainly not negative (SymPy's own deduction can take long)."""
    if base.is_Symbol or base.is_Number or base.is_NumberSymbol:
        return bool(base.is_nonnegative)
    return type(base).__name__ in ("exp", "Abs", "cosh")


# --- conditions and pieces ----------------------------------------------------------------


def _comparison(low: Lowering, expr: Any, scope: Scope) -> Plan:
    sign = COMPARISONS[type(expr).__name__]
    return Plan(expr.args, lambda a: low.nodes.make("compare", a, sign))


def _logic(low: Lowering, expr: Any, scope: Scope) -> Plan:
    kind = type(expr).__name__.lower()

    def build(made: list[Node]) -> Node:
        out = made[0]
        for other in made[1:]:
            out = low.nodes.make(kind, [out, other])
        return low.nodes.make("not", made) if kind == "not" else out

    return Plan(expr.args, build)


def _truth(low: Lowering, expr: Any, scope: Scope) -> Plan:
    return Plan((), lambda _: low.nodes.make("word", data=bool(expr)))


def _piecewise(low: Lowering, expr: Any, scope: Scope) -> Plan:
    """Return the first piece whose condition holds.  Where none does there is no number: NaN."""
    operands = [part for pair in expr.args for part in (pair.cond, pair.expr)]

    def build(made: list[Node]) -> Node:
        out = low.nodes.make("word", data="nan")
        for condition, value in reversed(list(zip(made[::2], made[1::2], strict=True))):
            always = condition.kind == "word" and condition.data is True
            out = value if always else low.nodes.make("choose", [condition, value, out])
        return out

    return Plan(operands, build)


def _polynomial(low: Lowering, expr: Any, scope: Scope) -> Plan:
    return Plan([expr.as_expr()], lambda a: a[0])


def _order(low: Lowering, expr: Any, scope: Scope) -> Plan:
    raise unsupported(
        expr, f"the expression has terms that are not known, {short(expr)}", "call .removeO() on it"
    )


def _refused_condition(low: Lowering, expr: Any, scope: Scope) -> Plan:
    raise unsupported(
        expr,
        f"the condition {short(expr)} has no counterpart here",
        "write it with <, <=, >, >=, Eq, Ne, And, Or and Not",
    )


def _ite(low: Lowering, expr: Any, scope: Scope) -> Plan:
    """Return ``(a and b) or (not a and c)`` for ``ITE(a, b, c)``."""

    def build(made: list[Node]) -> Node:
        test, then, other = made
        yes = low.nodes.make("and", [test, then])
        no = low.nodes.make("and", [low.nodes.make("not", [test]), other])
        return low.nodes.make("or", [yes, no])

    return Plan(expr.args, build)


def _complex(low: Lowering, expr: Any, scope: Scope) -> Plan:
    raise unsupported(
        expr,
        f"{short(expr)} is not real",
        "declare the symbols real=True, or take real and imaginary parts with as_real_imag()",
    )


HANDLERS: dict[str, Handler] = {
    "Number": _number,
    "NumberSymbol": _number,
    "Add": _add,
    "Mul": _mul,
    "Pow": _pow,
    "Relational": _comparison,
    "And": _logic,
    "Or": _logic,
    "Xor": _logic,
    "Not": _logic,
    "ITE": _ite,
    "BooleanAtom": _truth,
    "BooleanFunction": _refused_condition,
    "Contains": _refused_condition,
    "Piecewise": _piecewise,
    "Poly": _polynomial,
    "Order": _order,
    "ImaginaryUnit": _complex,
    "ComplexInfinity": _complex,
    "re": _complex,
    "im": _complex,
    "arg": _complex,
    "conjugate": _complex,
}
