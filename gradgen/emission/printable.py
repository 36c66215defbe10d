"""The functions that may be printed into a module, read from their files when they are needed."""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from gradgen.emission.printer import Docstring, print_statements
from gradgen.ir.nodes import Function
from gradgen.rules import helpers
from gradgen.rules.registry import PRINTABLE
from gradgen.syntax import names_in

# The lines of what is printed from a file, which are laid out once: they are the same everywhere.
LINES: dict[ast.stmt, list[str]] = {}


def helper_definitions(function: Function) -> Mapping[str, ast.FunctionDef]:
    """Return the syntax trees of what can be printed: the helpers, and the rules' functions.

    A backend's own come with the function, and stand for those of the same name.
    """
    return _Definitions(_places(len(PRINTABLE)), function.helpers)


@cache
def _places(count: int) -> dict[str, str]:
    """Return the file of each function, in the order in which they are printed.

    How many rules have one says when to look again.
    """
    spaces = [f.__globals__ for f in (helpers._match, *PRINTABLE.values())]
    return {
        name: f.__code__.co_filename
        for space in {id(space): space for space in spaces}.values()
        for name, f in space.items()
        if name[0] == "_" and isinstance(f, types.FunctionType)
        if f.__globals__ is space and f.__qualname__ == name
    }


def needed(function: Function, needs: Iterable[str]) -> list[ast.stmt]:
    """Return the helpers that are printed for what a module needs, as they are printed."""
    wanted, known = closure(function, needs), helper_definitions(function)
    own = function.helpers
    return [
        _as_printed(known[name]) if name in own else _from_a_file(known[name])
        for name in known
        if name in wanted
    ]


def closure(function: Function, needs: Iterable[str]) -> set[str]:
    """Return which helpers are needed, those with them that they call."""
    known = helper_definitions(function)
    wanted: set[str] = set()
    work = [n for n in needs if n in known]
    while work:
        name = work.pop()
        if name not in wanted:
            wanted.add(name)
            work += [n for n in names_in([known[name]]) if n in known]
    return wanted


def _as_printed(definition: ast.FunctionDef) -> ast.stmt:
    doc = ast.get_docstring(definition)
    body: list[ast.stmt] = list(definition.body)
    if doc:
        body[0] = Docstring(doc)
    return ast.FunctionDef(definition.name, definition.args, body, [], None)


@cache
def _from_a_file(definition: ast.FunctionDef) -> ast.stmt:
    made = _as_printed(definition)
    LINES[made] = print_statements([made])
    return made


def lines_of(statement: ast.stmt) -> list[str]:
    """Return the lines of what stands at a module's top."""
    return LINES[statement] if statement in LINES else print_statements([statement])


class _Definitions(Mapping[str, ast.FunctionDef]):
    """Syntax trees by name; all names are known before any file is parsed."""

    def __init__(self, places: dict[str, str], own: dict[str, ast.FunctionDef]) -> None:
        self.places, self.own = places, own

    def __getitem__(self, name: str) -> ast.FunctionDef:
        return self.own[name] if name in self.own else definitions_of(self.places[name])[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self.places, **self.own})

    def __len__(self) -> int:
        return len(self.places.keys() | self.own.keys())

    def __contains__(self, name: object) -> bool:
        return name in self.places or name in self.own


@cache
def definitions_of(path: str) -> dict[str, ast.FunctionDef]:
    """Return the syntax trees of the functions of a file that may be printed."""
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    return {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name[0] == "_"}
