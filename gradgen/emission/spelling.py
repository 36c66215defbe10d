"""Nodes to text: the one file that knows astor.

astor 0.8.1 asks for ``ast.Str`` where it writes an f-string, which Python 3.14 no longer has, and
does not double the braces of its plain parts: f-strings are written here.
"""

from __future__ import annotations

import ast
from typing import Any

import astor


def spell(node: ast.AST) -> str:
    """Return one statement or expression as astor spells it, on one line."""
    text = astor.to_source(
        node,
        pretty_source="".join,
        pretty_string=_plain_string,
        source_generator_class=_Spelling,
    )
    return str(text).rstrip("\n")


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
