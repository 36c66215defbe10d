"""Calls that stand before the statement of which they are a part, in the order of evaluation."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection
from typing import Any

from gradgen.frontend.jumps import Entry
from gradgen.syntax import located, nodes_in

# The expression of a statement that is evaluated before anything else in it, and once.
HEADS: dict[type[ast.stmt], str] = {
    ast.Assign: "value", ast.AnnAssign: "value", ast.AugAssign: "value", ast.Expr: "value",
    ast.Return: "value", ast.If: "test", ast.For: "iter", ast.Match: "subject",
    Entry: "call",
}  # fmt: skip
# Operands in the order in which Python evaluates them, of what evaluates them all.
OPERANDS: dict[type[ast.expr], tuple[str, ...]] = {
    ast.BinOp: ("left", "right"), ast.UnaryOp: ("operand",), ast.Attribute: ("value",),
    ast.Subscript: ("value", "slice"), ast.Call: ("func", "args", "keywords"),
    ast.Tuple: ("elts",), ast.List: ("elts",), ast.Starred: ("value",), ast.IfExp: ("test",),
    ast.Compare: ("left", "comparators"), ast.BoolOp: ("values",), ast.NamedExpr: ("value",),
}  # fmt: skip
FIRST = {ast.Compare: 2, ast.BoolOp: 1}  # of these, only so many operands are always evaluated
PLAIN = (ast.Name, ast.Constant, ast.Attribute, ast.Lambda, ast.expr_context)


def calls_in(s: ast.stmt) -> list[ast.Call]:
    """Return the calls in the head of a statement that may stand before it, innermost first."""
    head = getattr(s, HEADS.get(type(s), ""), None)
    return [] if head is None else _calls(head)


def _calls(node: ast.AST) -> list[ast.Call]:
    found = [call for operand in operands_of(node) for call in _calls(operand)]
    return [*found, node] if isinstance(node, ast.Call) else found


def operands_of(node: ast.AST) -> list[ast.AST]:
    """Return what is surely evaluated of an expression, in order."""
    if isinstance(node, ast.keyword):
        return [node.value]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [n for pair in pairs for n in pair if n is not None]
    out: list[ast.AST] = []
    for part in OPERANDS.get(type(node), ()):  # type: ignore[arg-type]
        held = getattr(node, part)
        out += held if isinstance(held, list) else [held]
    return out[: FIRST.get(type(node))]


def hoisted(
    s: Any, calls: Collection[ast.AST], name: Callable[[ast.expr], str], instead: Any
) -> list[ast.stmt]:
    """Return what stands before a statement, and it without some calls of its head.

    ``instead(call)`` gives the statements of a call and the name of its result; what is evaluated
    before a call gets a ``name``.
    """
    made = _Hoisting(calls, name, instead)
    part = HEADS[type(s)]
    fields = {**dict(ast.iter_fields(s)), part: made.expression(getattr(s, part))}
    rest = Entry(fields["call"], s.of) if isinstance(s, Entry) else type(s)(**fields)
    ast.copy_location(rest, s)
    return [*(located(one, s) for one in made.before), rest]


class _Hoisting:
    def __init__(self, calls: Collection[ast.AST], name: Any, instead: Any) -> None:
        self.calls, self.name, self.instead = calls, name, instead
        self.before: list[ast.stmt] = []

    def expression(self, node: Any) -> Any:
        """Return an expression whose calls stand before it."""
        if not self._is_changed(node):
            return node
        operands = operands_of(node)
        last = max((k for k, n in enumerate(operands) if self._is_changed(n)), default=-1)
        made = {n: self._early(n) for n in operands[:last]}
        if last >= 0:
            made[operands[last]] = self.expression(operands[last])
        out = _with_operands(node, made)
        if node not in self.calls:
            return out
        steps, result = self.instead(node, out)
        self.before += steps
        return ast.copy_location(ast.Name(result, ast.Load()), node)

    def _early(self, node: Any) -> Any:
        """Return an operand that is evaluated before what other operands do."""
        if isinstance(node, ast.Starred | ast.keyword):
            parts = {f: getattr(node, f) for f in node._fields}
            parts["value"] = self._early(node.value)
            return ast.copy_location(type(node)(**parts), node)
        made = self.expression(node)
        if all(isinstance(n, PLAIN) for n in nodes_in(made)):
            return made
        name = self.name(node)
        self.before.append(ast.Assign([ast.Name(name, ast.Store())], made))
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    def _is_changed(self, node: ast.AST) -> bool:
        return any(n in self.calls for n in nodes_in(node))


def _with_operands(node: Any, made: dict[ast.AST, Any]) -> Any:
    fields = dict(ast.iter_fields(node))
    for part, held in fields.items():
        if isinstance(held, list):
            fields[part] = [made.get(n, n) for n in held]
        elif isinstance(held, ast.AST):
            fields[part] = made.get(held, held)
    return ast.copy_location(type(node)(**fields), node)
