"""How each node is spelled in Python."""

from __future__ import annotations

import ast
from typing import Any

from gradgen.emission import forms, pieces
from gradgen.fromsympy.nodes import Node
from gradgen.fromsympy.place import Instance

SIGNS = {"quotient": "/", "part": "/", "remainder": "%", "risky_remainder": "%", "power": "**",
         "matmul": "@"}  # fmt: skip
WORDS_OF_MATH = ("pi", "e", "inf", "nan")


class Speller:
    """Spells nodes for arrays, or for floats alone (``scalar``)."""

    def __init__(self, scalar: bool) -> None:
        self.scalar = scalar

    def expression(self, node: Node, args: list[ast.expr]) -> ast.expr:
        """Return the expression of a node of its operands'."""
        kind = node.kind
        if kind in SIGNS:
            return ast.BinOp(args[0], forms.BINARY[SIGNS[kind]](), args[1])
        if kind == "compare":
            return ast.Compare(args[0], [forms.COMPARE[node.data]()], [args[1]])
        method = getattr(self, f"_{kind}")
        made: ast.expr = method(node, args)
        return made

    def _const(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return pieces.literal(node.data)

    def _name(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return ast.Name(node.data, ast.Load())

    def _word(self, node: Node, args: list[ast.expr]) -> ast.expr:
        if isinstance(node.data, bool):
            return ast.Constant(node.data)
        module = "math" if self.scalar and node.data in WORDS_OF_MATH else "np"
        return pieces.dotted(f"{module}.{node.data}")

    def _whole(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return ast.Constant(int(node.args[0].data))

    def _negative(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return negated(args[0])

    def _call(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return pieces.call(node.data, args)

    def _risky(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return pieces.call(node.data[0], args)

    def _item(self, node: Node, args: list[ast.expr]) -> ast.expr:
        at = args[1] if len(args) == 2 else ast.Tuple(args[1:], ast.Load())
        return ast.Subscript(args[0], at, ast.Load())

    def _attribute(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return ast.Attribute(args[0], node.data, ast.Load())

    def _array(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return pieces.call("np.array", [_nested(list(args), node.data)])

    def _tuple(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return ast.Tuple(args, ast.Load())

    def _filled(self, node: Node, args: list[ast.expr]) -> ast.expr:
        shape: Any = args if len(args) == 1 else [ast.Tuple(args, ast.Load())]
        return pieces.call(node.data, shape)

    def _choose(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return pieces.call("np.where", args)

    def _not(self, node: Node, args: list[ast.expr]) -> ast.expr:
        if self.scalar:
            return ast.UnaryOp(ast.Not(), args[0])
        return pieces.call("np.logical_not", args)

    def _and(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return self._joined(ast.And(), "np.logical_and", args)

    def _or(self, node: Node, args: list[ast.expr]) -> ast.expr:
        return self._joined(ast.Or(), "np.logical_or", args)

    def _xor(self, node: Node, args: list[ast.expr]) -> ast.expr:
        if self.scalar:
            return ast.Compare(args[0], [ast.NotEq()], [args[1]])
        return pieces.call("np.logical_xor", args)

    def _joined(self, word: ast.boolop, path: str, args: list[ast.expr]) -> ast.expr:
        return ast.BoolOp(word, args) if self.scalar else pieces.call(path, args)

    def ordered(self, instance: Instance) -> list[Instance]:
        """Return the operands of a sum or product in the order in which one writes them down.

        In a sum a positive term comes first and a number last, in a product a number first.
        """
        terms = list(instance.args)
        if instance.node.kind != "sum":
            return sorted(terms, key=lambda t: t.node.kind != "const")
        if terms[0].node.kind == "const":
            terms.append(terms.pop(0))
        first = next((k for k, t in enumerate(terms) if not _is_negative(t.node)), 0)
        return [terms[first], *terms[:first], *terms[first + 1 :]]


def _is_negative(node: Node) -> bool:
    return node.kind == "negative" or (node.kind == "const" and node.data < 0)


def _nested(items: list[ast.expr], shape: tuple[int, ...]) -> ast.expr:
    if len(shape) > 1:
        step = len(items) // shape[0] if shape[0] else 0
        items = [_nested(items[k * step : (k + 1) * step], shape[1:]) for k in range(shape[0])]
    return ast.List(items, ast.Load())


def negated(expr: ast.expr) -> ast.expr:
    """Return minus an expression, with the sign at its first factor; minus minus is nothing."""
    if isinstance(expr, ast.UnaryOp) and isinstance(expr.op, ast.USub):
        return expr.operand
    at: Any = expr
    while isinstance(at, ast.BinOp) and isinstance(at.op, ast.Mult | ast.Div):
        if not isinstance(at.left, ast.BinOp) or not isinstance(at.left.op, ast.Mult | ast.Div):
            at.left = negated(at.left)
            return expr
        at = at.left
    if isinstance(expr, ast.Constant) and isinstance(expr.value, int | float):
        return pieces.literal(-expr.value)
    return ast.UnaryOp(ast.USub(), expr)
