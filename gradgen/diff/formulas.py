"""Formulas of the rules, as text, to operations of the reverse sweep."""

from __future__ import annotations

import ast
from functools import cache

from gradgen.dataclass import dataclass
from gradgen.diff.algebra import Algebra
from gradgen.ir.nodes import Const, Op, Value
from gradgen.rules.registry import RULES

BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Pow: "pow",
    ast.BitAnd: "bitand",
}
COMPARE = {ast.Gt: "gt", ast.Lt: "lt", ast.Eq: "eq", ast.GtE: "ge", ast.LtE: "le"}
MATH = {"arccos": "acos", "arcsin": "asin"}


def emit_formula(alg: Algebra, text: str, op: Op, g: Value) -> Value:
    """Emit a rule's formula of ``g``, inputs ``a, b, c``, the result ``y`` and options by name."""
    rule = RULES[op.prim]
    known = {**rule.defaults, **op.attrs}
    options = {k: Const(v) for k, v in known.items() if isinstance(v, int | float)}
    names = dict(zip("abcd", op.inputs, strict=False)) | {"g": g, "y": op.out}
    return _Formula(alg, {**options, **names}, rule.spelling).emit(parse_formula(text))


def emit_expression(alg: Algebra, text: str, names: dict[str, Value]) -> Value:
    """Emit a formula in other names, as NumPy computes."""
    return _Formula(alg, names, "np.").emit(parse_formula(text))


@dataclass(frozen=True, slots=True)
class _Formula:
    """The emission of one formula; ``spelling`` says how the operation itself is called.

    What ``math`` has raises where NumPy gives an infinity: a formula follows its operation.
    """

    alg: Algebra
    names: dict[str, Value]
    spelling: str

    def emit(self, node: ast.expr) -> Value:
        """Emit an expression."""
        match node:
            case ast.Name(id="pi"):
                return Const(3.141592653589793, "np.pi")
            case ast.Name(id=name):
                return self.names[name]
            case ast.Constant(value=number):
                return Const(number)
            case ast.UnaryOp(operand=inner):
                return self.alg.neg(self.emit(inner))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.alg.emit(COMPARE[type(op)], self.emit(left), self.emit(right))
            case ast.BinOp(left=left, op=op, right=right):
                return self.arithmetic(BINARY[type(op)], self.emit(left), self.emit(right))
            case ast.Call(func=func, args=args):
                return self.call(ast.unparse(func), [self.emit(a) for a in args])
        raise AssertionError(ast.dump(node))

    def arithmetic(self, prim: str, a: Value, b: Value) -> Value:
        """Emit an operator."""
        alg = self.alg
        if prim == "div" and self.spelling.startswith(("np.", "scipy.")):
            return alg.quotient(a, b)
        known = {"add": alg.add, "sub": alg.sub, "mul": alg.mul, "div": alg.div}.get(prim)
        return alg.emit(prim, a, b) if known is None else known(a, b)

    def call(self, name: str, args: list[Value]) -> Value:
        """Emit a function: of ``math`` for Python numbers where the operation is."""
        if name == "where":
            return self.alg.where(*args)
        if name == "divide":
            return self.alg.quotient(*args)
        if name.startswith("_"):
            return self.alg.helper_of_entries(name, *args)
        plain = self.spelling.startswith("math.") and all(a.type.is_scalar for a in args)
        if plain and name == "clip":
            return self.alg.emit("max2", args[1], self.alg.emit("min2", args[0], args[2]))
        prim = f"math.{MATH.get(name, name)}" if plain and name != "sqrt" else name
        return self.alg.emit(prim if prim in RULES else name, *args)


@cache
def parse_formula(text: str) -> ast.expr:
    """Parse a formula once."""
    return ast.parse(text, mode="eval").body
