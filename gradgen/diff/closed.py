"""Closed forms of elementwise rules in SymPy, and adjoints derived from them.

A closed form is a formula as adjoints are, in the inputs ``a``, ``b``, ``c``.  SymPy's expression
is built from its syntax tree: no text reaches SymPy's parser.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from typing import Any

from gradgen.diff.closed_special import constants, special_functions
from gradgen.diff.formulas import parse_formula
from gradgen.errors import UnsupportedError
from gradgen.rules.registry import RULES, Rule

LETTERS = "abcd"
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


def symbol(letter: str) -> Any:
    """Return the real symbol of an input."""
    import sympy

    return sympy.Symbol(letter, real=True)


def closed_form(rule: Rule) -> Any:
    """Return what an elementwise operation is, as an expression in the symbols of its inputs."""
    return to_sympy(rule.closed, {letter: symbol(letter) for letter in LETTERS})


def to_sympy(text: str, values: dict[str, Any]) -> Any:
    """Return a formula as a SymPy expression.

    Parameters
    ----------
    text : str
        The formula of a rule.
    values : dict
        What its letters stand for.
    """
    return _built(parse_formula(text), values, _functions() | special_functions())


def _built(node: ast.expr, values: dict[str, Any], functions: dict[str, Any]) -> Any:
    import sympy

    match node:
        case ast.Name(id="pi"):
            return sympy.pi
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=number):
            if isinstance(number, float) and round(number, 14) in constants():
                return constants()[round(number, 14)]
            return sympy.nsimplify(number) if isinstance(number, float) else sympy.Integer(number)
        case ast.UnaryOp(operand=inner):
            return -_built(inner, values, functions)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            one, two = (_built(n, values, functions) for n in (left, right))
            return functions[type(op).__name__](one, two)
        case ast.BinOp(left=left, op=op, right=right):
            one, two = (_built(n, values, functions) for n in (left, right))
            if isinstance(op, ast.BitAnd):
                return sympy.And(one, two)
            if isinstance(op, ast.FloorDiv):
                return functions["floor"](one / two)
            return OPERATORS[type(op)](one, two)
        case ast.Call(func=func, args=args):
            function = functions[ast.unparse(func)]
            return function(*(_built(a, values, functions) for a in args))
    raise AssertionError(ast.dump(node))


@cache
def _functions() -> dict[str, Any]:
    """Return what the functions of formulas are to SymPy."""
    import sympy as s

    same = ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sign",
            "erf", "gamma", "loggamma", "besseli", "polygamma")  # fmt: skip
    known = {name: getattr(s, name) for name in same}
    known |= {f"arc{n}": getattr(s, f"a{n}") for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
    known |= {"arctan2": s.atan2, "abs": s.Abs, "maximum": s.Max, "minimum": s.Min}
    known |= {"Lt": s.Lt, "Gt": s.Gt, "Eq": s.Eq, "LtE": s.Le, "GtE": s.Ge}
    known |= {name: _jumping(name) for name in ("floor", "trunc", "rint")}
    return known | {
        "hypot": lambda x, y: s.sqrt(x**2 + y**2),
        "square": lambda x: x**2,
        "divide": lambda x, y: x / y,
        "where": lambda test, x, y: s.Piecewise((x, test), (y, True)),
        "clip": lambda x, low, high: x,  # a guard against overflow: what it cuts off is zero
        "copysign": lambda x, y: s.Abs(x) * s.sign(y),
        "deg2rad": lambda x: x * s.pi / 180,
        "radians": lambda x: x * s.pi / 180,
        "rad2deg": lambda x: x * 180 / s.pi,
        "degrees": lambda x: x * 180 / s.pi,
        "ldexp": lambda x, n: x * 2**n,
        "exp2": lambda x: 2**x,
        "_sinc_slope": lambda x: (s.cos(s.pi * x) - s.sin(s.pi * x) / (s.pi * x)) / x,
        "_bessel_i1": lambda x: s.besseli(1, x),
        "_digamma": lambda x: s.polygamma(0, x),
    }


def _jumping(name: str) -> Any:
    """Return a function that rounds, as one that is constant between its jumps."""
    import sympy

    def value(cls: Any, x: Any) -> Any:
        if not x.is_Rational:
            return None
        down = sympy.floor(x + sympy.Rational(1, 2)) if name == "rint" else sympy.floor(x)
        return down + 1 if name == "trunc" and x < 0 and x != down else down

    slope = {"eval": classmethod(value), "fdiff": lambda self, argindex=1: sympy.Integer(0)}
    return type(name, (sympy.Function,), {"nargs": 1, **slope})


# --- adjoints where none is stated ----------------------------------------------------------


@cache
def derived(name: str, i: int) -> str:
    """Return the adjoint formula by input ``i`` that SymPy derives from a rule's closed form."""
    import sympy

    rule = RULES[name]
    slope = sympy.simplify(closed_form(rule).diff(symbol(LETTERS[i])))
    slope = slope.replace(sympy.Derivative, lambda *args: sympy.Integer(0))
    if slope.has(sympy.DiracDelta, sympy.Subs):
        raise UnsupportedError(f"the derivative of {rule.spelling or name} has jumps")
    return f"g * ({ast.unparse(_written(slope))})"


def _written(expr: Any) -> ast.expr:
    """Return a SymPy expression as the tree of a formula."""
    import sympy

    if expr.is_Symbol or expr is sympy.pi:
        return ast.Name(str(expr), ast.Load())
    if expr.is_Number:
        return _number(expr)
    if expr.is_Add or expr.is_Mul:
        op = ast.Add() if expr.is_Add else ast.Mult()
        first, *rest = map(_written, expr.args)
        for term in rest:
            first = ast.BinOp(first, op, term)
        return first
    if expr.is_Pow:
        return _power(*expr.args)
    name = {v: k for k, v in _functions().items() if isinstance(v, type)}.get(expr.func)
    if name is None or not (name in RULES or name == "abs"):
        raise UnsupportedError(f"no function for {expr.func.__name__} in a derivative")
    return ast.Call(ast.Name(name, ast.Load()), list(map(_written, expr.args)), [])


def _number(expr: Any) -> ast.expr:
    if expr.is_Rational and not expr.is_Integer:
        return ast.BinOp(ast.Constant(float(expr.p)), ast.Div(), ast.Constant(float(expr.q)))
    return ast.Constant(float(expr))


def _power(base: Any, exponent: Any) -> ast.expr:
    import sympy

    if exponent == sympy.Rational(1, 2):
        return ast.Call(ast.Name("sqrt", ast.Load()), [_written(base)], [])
    if exponent.is_Number and exponent.is_negative:
        bottom = base if exponent == -1 else base ** (-exponent)
        return ast.BinOp(ast.Constant(1.0), ast.Div(), _written(bottom))
    power = ast.Constant(int(exponent)) if exponent.is_Integer else _written(exponent)
    return ast.BinOp(_written(base), ast.Pow(), power)
