"""Source text and syntax tree of a function, checked against the code that runs."""

from __future__ import annotations

import ast
import functools
import linecache
import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gradgen.errors import SourceError, Span

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Source:
    """A function's tree, and the lines of the file it stands in."""

    node: FunctionNode
    path: str
    lines: tuple[str, ...]

    def span(self, node: ast.AST) -> Span:
        """Return the place of a node of this file."""
        line = getattr(node, "lineno", 0)
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Span(
            self.path, line, _column(text, getattr(node, "col_offset", 0)), text.rstrip("\n")
        )


def _column(text: str, utf8_offset: int) -> int:
    return len(text.encode()[:utf8_offset].decode(errors="ignore"))


def short_path(path: str) -> str:
    """Return a file's path relative to the working directory if below it, else its name."""
    if path.startswith("<gradgen "):
        return path.split()[1]
    if path.startswith("<"):
        return path
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return Path(path).name


def innermost(fn: Any) -> Any:
    """Return the Python function that a partial, a cached function or an object calls."""
    while not isinstance(fn, types.FunctionType):
        if isinstance(fn, functools.partial):
            fn = fn.func
        elif isinstance(fn, types.MethodType):
            fn = fn.__func__
        elif isinstance(fn, functools._lru_cache_wrapper):
            fn = fn.__wrapped__
        elif isinstance(getattr(type(fn), "__call__", None), types.FunctionType):  # noqa: B004
            fn = type(fn).__call__
        else:
            break
    return fn


def source_of(fn: Any) -> Source:
    """Return the checked source of a Python function.

    Raises
    ------
    SourceError
        If there is no source, or the source is no longer the code that runs.
    """
    if not isinstance(fn, types.FunctionType):
        raise SourceError(
            f"{fn!r} is not a Python function, so that it has no source to differentiate",
            hint="wrap it in a def whose body uses functions that gradgen has rules for",
        )
    code = fn.__code__
    # A module that was edited and reloaded runs the new text.
    linecache.checkcache(code.co_filename)
    lines = tuple(linecache.getlines(code.co_filename, fn.__globals__))
    if not lines:
        raise SourceError(
            f"no source found for function {fn.__qualname__!r} (in {code.co_filename!r})",
            hint="define it in a file or a notebook cell, "
            "not through exec or an interactive prompt",
        )
    node = _matching_node(fn, _parsed(lines, code.co_filename), lines)
    return Source(node, short_path(code.co_filename), lines)


class _Parsed:
    """The functions of a file by their first line: syntax nodes, and code objects."""

    def __init__(self, tree: ast.Module, compiled: types.CodeType) -> None:
        self.nodes: dict[int, list[FunctionNode]] = {}
        self.codes: dict[int, list[types.CodeType]] = {}
        for node in ast.walk(tree):
            if isinstance(node, FunctionNode):
                self.nodes.setdefault(_first_line(node), []).append(node)
        for code in _codes(compiled):
            self.codes.setdefault(code.co_firstlineno, []).append(code)


@lru_cache(maxsize=64)
def _parsed(lines: tuple[str, ...], filename: str) -> _Parsed:
    text = "".join(lines)
    try:
        tree, compiled = (
            ast.parse(text, filename),
            compile(text, filename, "exec", dont_inherit=True),
        )
    except SyntaxError as error:
        raise SourceError(
            f"{filename}: the source does not parse any more ({error.msg}, line {error.lineno})",
            hint="reload the module after editing it",
        ) from None
    return _Parsed(tree, compiled)


def _matching_node(fn: types.FunctionType, parsed: _Parsed, lines: tuple[str, ...]) -> FunctionNode:
    """Return the one node whose compiled code is the function's code."""
    code = fn.__code__
    nodes = [n for n in parsed.nodes.get(code.co_firstlineno, ()) if _name(n) == code.co_name]
    if not nodes:
        raise _changed(fn, lines)
    twins = [c for c in parsed.codes.get(code.co_firstlineno, ()) if c.co_name == code.co_name]
    same = [c for c in twins if _same_code(c, code)]
    if not same and not _rewritten_asserts(nodes[0], twins, code):
        raise _changed(fn, lines)
    if len(nodes) == 1:
        return nodes[0]
    start = _first_column(code)
    best = [n for n in nodes if _body_column(n) == start]
    if len(best) != 1:
        raise SourceError(
            f"several functions start on line {code.co_firstlineno} "
            f"of {short_path(code.co_filename)}",
            hint="put each lambda on a line of its own, or use def",
        )
    return best[0]


def _first_line(node: FunctionNode) -> int:
    """Return the line where the function's code starts, that of its first decorator."""
    if isinstance(node, ast.Lambda):
        return node.lineno
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


def _name(node: FunctionNode) -> str:
    return "<lambda>" if isinstance(node, ast.Lambda) else node.name


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield const
            yield from _codes(const)


def _same_code(a: types.CodeType, b: types.CodeType) -> bool:
    if (a.co_code, a.co_names, a.co_varnames, a.co_freevars) != (
        b.co_code,
        b.co_names,
        b.co_varnames,
        b.co_freevars,
    ):
        return False
    if len(a.co_consts) != len(b.co_consts):
        return False
    if list(a.co_positions())[:1] != list(b.co_positions())[:1] or _first_column(
        a
    ) != _first_column(b):
        return False
    return all(
        _same_code(x, y)
        if isinstance(x, types.CodeType) and isinstance(y, types.CodeType)
        else type(x) is type(y) and repr(x) == repr(y)
        for x, y in zip(a.co_consts, b.co_consts, strict=True)
    )


def _rewritten_asserts(
    node: FunctionNode, twins: list[types.CodeType], code: types.CodeType
) -> bool:
    """Whether the code differs only because a test runner rewrote the function's asserts."""
    has_assert = any(isinstance(n, ast.Assert) for n in ast.walk(node))
    return has_assert and any(
        t.co_varnames == code.co_varnames[: len(t.co_varnames)] for t in twins
    )


def _first_column(code: types.CodeType) -> tuple[int | None, int | None]:
    skip = code.co_firstlineno
    for line, _, column, _ in code.co_positions():
        if line is not None and column is not None and (line, column) != (skip, 0):
            return line, column
    return None, None


def _body_column(node: FunctionNode) -> tuple[int, int]:
    inside = node.body if isinstance(node, ast.Lambda) else node.body[0]
    nodes = [n for n in ast.walk(inside) if isinstance(n, ast.expr | ast.stmt)]
    columns = [(n.lineno, n.col_offset) for n in nodes]
    first = _first_evaluated(inside) if isinstance(node, ast.Lambda) else inside
    if isinstance(first, ast.expr | ast.stmt):
        return first.lineno, first.col_offset
    return min(columns)


def _first_evaluated(node: ast.AST) -> ast.AST:
    """Return the leaf that the byte code of an expression loads first."""
    while True:
        match node:
            case ast.BinOp(left=inner) | ast.Compare(left=inner) | ast.Attribute(value=inner):
                node = inner
            case ast.IfExp(test=inner) | ast.Call(func=inner) | ast.Subscript(value=inner):
                node = inner
            case ast.UnaryOp(operand=inner):
                node = inner
            case ast.BoolOp(values=[inner, *_]) | ast.Tuple(elts=[inner, *_]):
                node = inner
            case ast.List(elts=[inner, *_]):
                node = inner
            case _:
                return node


def _changed(fn: types.FunctionType, lines: tuple[str, ...]) -> SourceError:
    line = fn.__code__.co_firstlineno
    text = lines[line - 1].rstrip("\n") if line <= len(lines) else ""
    span = Span(short_path(fn.__code__.co_filename), line, 0, text)
    return SourceError(
        f"the source of {fn.__qualname__!r} is not the code that runs "
        "(the file changed since it was imported, or the function was replaced)",
        span,
        "reload the module, or restart the interpreter",
    )
