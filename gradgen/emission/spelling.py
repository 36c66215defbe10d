"""Nodes to text: the one file that knows astor.

astor 0.8.1 asks for ``ast.Str`` where it writes an f-string, which Python 3.14 no longer has, and
does not double the braces of its plain parts: f-strings are written here.  So are assignments of
arithmetic and calls, which most lines are: several times quicker, by astor's table of precedences.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import Any

import astor
from astor.op_util import Precedence, precedence_data, symbol_data


def spell(node: ast.AST) -> str:
    """Return one statement or expression as astor spells it, on one line."""
    if isinstance(node, ast.Assign):
        targets = [_within(t, Precedence.Assign) for t in node.targets]
        return " = ".join([*targets, _within(node.value, Precedence.Assign)])
    if isinstance(node, ast.AugAssign):
        target, value = (_within(e, Precedence.AugAssign) for e in (node.target, node.value))
        return f"{target} {symbol_data[type(node.op)]}= {value}"
    return _by_astor(node)


def _by_astor(node: ast.AST) -> str:
    text = astor.to_source(
        node,
        pretty_source="".join,
        pretty_string=_plain_string,
        source_generator_class=_Spelling,
    )
    return str(text).rstrip("\n")


def _within(e: ast.expr, above: int) -> str:
    """Return an expression as it stands in what has a precedence."""
    if isinstance(e, ast.Name):
        return e.id
    if spelled := QUICK.get(type(e)):
        precedence, text = spelled(e)
        if text:
            return text if precedence >= above else f"({text})"
    e._pp = above  # type: ignore[attr-defined]  # where astor looks for it
    return _by_astor(e)


# Each returns a precedence and a text, which is empty for what is left to astor.


def _binary(e: ast.BinOp) -> tuple[int, str]:
    kind = type(e.op)
    own = left = precedence_data[kind]
    right = own + 1
    if kind is ast.Pow:
        left, right = Precedence.Pow + 1, Precedence.PowRHS
    return own, f"{_within(e.left, left)} {symbol_data[kind]} {_within(e.right, right)}"


def _unary(e: ast.UnaryOp) -> tuple[int, str]:
    own, sign = precedence_data[type(e.op)], symbol_data[type(e.op)]
    return own, f"{sign}{' ' if sign.isalpha() else ''}{_within(e.operand, own)}"


def _call(e: ast.Call) -> tuple[int, str]:
    few = len(e.args) + len(e.keywords) < 2
    args = [_within(a, Precedence.call_one_arg if few else Precedence.Comma) for a in e.args]
    for k in e.keywords:
        args.append(f"{k.arg}=" if k.arg else "**")
        args[-1] += _within(k.value, Precedence.Comma)
    return Precedence.highest, f"{_within(e.func, Precedence.highest)}({', '.join(args)})"


def _attribute(e: ast.Attribute) -> tuple[int, str]:
    return Precedence.highest, f"{_within(e.value, Precedence.highest)}.{e.attr}"


def _subscript(e: ast.Subscript) -> tuple[int, str]:
    owner = _within(e.value, Precedence.highest)
    return Precedence.highest, f"{owner}[{_within(e.slice, Precedence.Subscript)}]"


def _constant(e: ast.Constant) -> tuple[int, str]:
    plain = type(e.value) in (int, bool) or (type(e.value) is float and math.isfinite(e.value))
    return precedence_data[ast.Constant], repr(e.value) if plain else ""


QUICK: dict[type[ast.expr], Callable[[Any], tuple[int, str]]] = {
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Constant: _constant,
}


class _Spelling(astor.SourceGenerator):  # type: ignore[misc]
    """astor's spelling, with f-strings of our own."""

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.write(_f_string(node))


def _f_string(node: ast.JoinedStr) -> str:
    fields = "".join(_field(v) for v in node.values if isinstance(v, ast.FormattedValue))
    text = "f" + repr(_inside(node))
    # Python 3.11 takes neither the outer quotes nor a backslash between the braces.
    return text if "'" not in fields and "\\" not in text else ast.unparse(node)


def _inside(node: ast.JoinedStr) -> str:
    return "".join(
        _field(v) if isinstance(v, ast.FormattedValue) else _doubled(v) for v in node.values
    )


def _doubled(plain: ast.expr) -> str:
    assert isinstance(plain, ast.Constant)
    return str(plain.value).replace("{", "{{").replace("}", "}}")


def _field(value: ast.FormattedValue) -> str:
    conversion = f"!{chr(value.conversion)}" if value.conversion != -1 else ""
    spec = f":{_inside(value.format_spec)}" if isinstance(value.format_spec, ast.JoinedStr) else ""
    text = spell(value.value)
    space = " " if text.startswith("{") else ""  # a doubled brace would be a plain one
    return "{" + space + text + conversion + spec + "}"


def _plain_string(text: str, *args: Any, **kwargs: Any) -> str:
    return repr(text)
