"""Formulas of the rules, as text, to operations of the reverse sweep."""

from __future__ import annotations

import ast
from functools import cache

from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Const, Op, Value
from gradgen.rules.registry import RULES

BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.BitAnd: "bitand",
}
COMPARE = {ast.Gt: "gt", ast.Lt: "lt", ast.Eq: "eq", ast.GtE: "ge", ast.LtE: "le"}
MATH = {"arccos": "acos", "arcsin": "asin"}


def emit_formula(alg: Algebra, text: str, op: Op, g: Value) -> Value:
    """Emit a rule's formula with ``g``, the inputs ``a, b, c`` and the result ``y``."""
    names = dict(zip("abc", op.inputs, strict=False)) | {"g": g, "y": op.out}
    return _evaluated(alg, parse_formula(text), names, op.prim.startswith("math."))


def _evaluated(alg: Algebra, node: ast.expr, names: dict[str, Value], math: bool) -> Value:
    match node:
        case ast.Name(id=name):
            return names[name]
        case ast.Constant(value=number):
            return Const(number)
        case ast.UnaryOp(operand=inner):
            return alg.neg(_evaluated(alg, inner, names, math))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return alg.emit(
                COMPARE[type(op)], *(_evaluated(alg, n, names, math) for n in (left, right))
            )
        case ast.BinOp(left=left, op=op, right=right):
            a, b = (_evaluated(alg, n, names, math) for n in (left, right))
            prim = BINARY[type(op)]
            return {"add": alg.add, "sub": alg.sub, "mul": alg.mul, "div": alg.div}.get(
                prim, lambda x, y: alg.emit(prim, x, y)
            )(a, b)
        case ast.Call(func=ast.Name(id=name), args=args):
            return _called(alg, name, [_evaluated(alg, a, names, math) for a in args], math)
    raise AssertionError(ast.dump(node))


def _called(alg: Algebra, name: str, args: list[Value], math: bool) -> Value:
    if name == "where":
        return alg.where(*args)
    if name == "divide":
        return alg.quotient(*args)
    plain = math and all(a.type.is_scalar for a in args) and name != "sqrt"
    prim = f"math.{MATH.get(name, name)}" if plain else name
    return alg.emit(prim if prim in RULES else name, *args)


@cache
def parse_formula(text: str) -> ast.expr:
    """Parse a formula once."""
    return ast.parse(text, mode="eval").body
