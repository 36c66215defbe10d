"""Fractions, decimals and dates: known before the program runs, and computed with by Python."""

from __future__ import annotations

import ast
import datetime
import operator
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gradgen.frontend.evaluate import as_value, evaluate
from gradgen.frontend.exact_kinds import is_exact
from gradgen.frontend.known import known
from gradgen.frontend.lists import write_out
from gradgen.frontend.reader import Reader
from gradgen.frontend.special import special
from gradgen.frontend.values import Choice, Seq, Static, is_static, plain, static_value
from gradgen.ir.nodes import Const, Value

DATES = (datetime.date, datetime.datetime, datetime.timedelta, datetime.time)
KINDS = (Fraction, Decimal, *DATES)
CLOCKS = ("now", "today", "utcnow")  # each call gives another
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Pow: operator.pow, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
WAY_OUT = "make floats of them, by float(), before they meet what is computed"


def made(r: Reader, node: ast.AST, function: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Return what Python makes of known things, or fail as it fails."""
    given = [*args, *kwargs.values()]
    if getattr(function, "__name__", "") in CLOCKS:
        r.refuse(node, "a date that each call of the function finds anew", "pass it as an argument")
    if not all(map(_is_known, given)):
        write_out(r, [v for v in given if isinstance(v, Value)])
        name = getattr(function, "__name__", type(function).__name__)
        r.refuse(node, f"{name} of computed values, which has no derivative", WAY_OUT)
    try:
        return plain(function(*map(_known, args), **{k: _known(v) for k, v in kwargs.items()}))
    except (ValueError, TypeError, ArithmeticError) as error:
        r.fail(node, error)


def _is_known(value: Any) -> bool:
    if isinstance(value, Seq):
        return value.grown is None and all(map(_is_known, value.items))
    return is_static(value) or (isinstance(value, Value) and known(value) is not None)


def _known(value: Any) -> Any:
    if isinstance(value, Seq):
        return value.kind(map(_known, value.items))
    return static_value(value) if is_static(value) else known(value)


@special(*KINDS)
def _new(r: Reader, node: ast.AST, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Make what is known, and has no derivative."""
    assert isinstance(node, ast.Call)
    return made(r, node, evaluate(r, node.func).obj, args, kwargs)


def combined(r: Reader, node: Any, left: Any, right: Any) -> Any:
    """Return what an operator gives of which one operand is such a thing; None if neither is."""
    operands = (left, right)
    if not any(map(is_exact, operands)) or any(isinstance(v, Choice) for v in operands):
        return None
    if all(map(_is_known, operands)):
        return made(r, node, OPERATORS.get(type(node.op), _no_operator), [left, right], {})
    fraction = next(v for v in operands if is_exact(v))
    other = as_value(r, right if fraction is left else left, node)
    kind = type(fraction.obj)
    if kind is Decimal and other.type.is_scalar and other.type.kind == "float":
        # Python has no sum of both, whatever the float is.
        return made(r, node, OPERATORS.get(type(node.op), _no_operator),
                    [fraction if v is fraction else Const(1.0) for v in operands], {})  # fmt: skip
    if kind is not Fraction or not other.type.is_scalar or other.type.kind != "float":
        write_out(r, [other])
        r.refuse(node, f"a {kind.__name__} beside what is computed", WAY_OUT)
    # A cycle by nature: operators of floats are read there.
    from gradgen.frontend.operators import binary

    power = isinstance(node.op, ast.Pow) and fraction is right
    whole = power and fraction.obj.denominator == 1
    number = Const(int(fraction.obj) if whole else float(fraction.obj))
    return binary(r, node, *(number if v is fraction else v for v in operands))


def in_text(r: Reader, node: ast.AST, value: Static, conversion: int, spec: Any) -> Any:
    """Return what stands for such a thing in an f-string."""
    if conversion != -1:
        return Static(repr(value.obj) if conversion == ord("r") else str(value.obj))
    return made(r, node, format, [value, *([] if spec is None else [spec])], {})


def _no_operator(*operands: Any) -> Any:
    names = " and ".join(repr(type(v).__name__) for v in operands)
    raise TypeError(f"unsupported operand type(s): {names}")
