"""Names that a recursive function assigns by ``nonlocal``: lists of one item.

A recursive function is one of its own in the text, and cannot assign names of the function around
it.  ``best = 0.0`` there becomes ``best = [0.0]``, and what reads or assigns ``best`` afterwards,
here and inside, reads or assigns ``best[0]``, as one writes it where there is no ``nonlocal``.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable
from typing import Any

from gradgen.dataclass import dataclass
from gradgen.frontend.values import Frame
from gradgen.syntax import located, names_in, nodes_in, parts_of

Definition = ast.FunctionDef
SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A function, which of its names are such lists, and its statements with these."""

    definition: Definition
    names: frozenset[str]
    made: Definition


class Celled(Exception):
    """A recursive function assigns a name of the function around it, which has to be a list."""

    def __init__(self, cells: Cells) -> None:
        super().__init__(cells)
        self.cells = cells


def require(known: dict[int, Cells], frame: Frame, name: str) -> None:
    """Have everything read again with a name of a frame in a list, if it can be in one."""
    definition = frame.definition
    if not isinstance(definition, Definition):
        return
    before = known.get(id(definition))
    names = frozenset((name,)) | (before.names if before is not None else frozenset())
    made = with_cells(definition, names)
    if made is not None:
        raise Celled(Cells(definition, names, made))


def as_read(known: dict[int, Cells], definition: Any) -> Any:
    """Return a function as its statements are read."""
    cells = known.get(id(definition))
    return definition if cells is None else cells.made


def with_cells(definition: Definition, names: Iterable[str]) -> Definition | None:
    """Return a function with names in lists of one item each; None where that cannot be done."""
    made = copy.deepcopy(definition)
    for name in sorted(names):
        given = any(a.arg == name for a in _parameters(made))
        place = -1 if given else _place_of_first(made.body, name)
        if place is None or not _can_be_celled(made, name):
            return None
        there = _Celled(name)
        before = [there.visit(s) if isinstance(s, SCOPES) else s for s in made.body[: place + 1]]
        rest = [there.visit(s) for s in made.body[place + 1 :]]
        made.body = [*before[:place], *_begun(name, before[-1:], made.body[0]), *rest]
    return made


def _begun(name: str, first: list[ast.stmt], node: ast.stmt) -> list[ast.stmt]:
    """Return the statement that assigns a name first, with a list for what it assigns."""
    match first:
        case [ast.Assign([ast.Name()], value) | ast.AnnAssign(ast.Name(), _, value)] if value:
            cell = ast.List([value], ast.Load())
        case _:
            cell = ast.List([ast.Name(name, ast.Load())], ast.Load())
            made = ast.Assign([ast.Name(name, ast.Store())], cell)
            return [*first, located(made, first[0] if first else node)]
    return [located(ast.Assign([ast.Name(name, ast.Store())], cell), first[0])]


def _parameters(definition: Any) -> list[ast.arg]:
    spec = definition.args
    stars = [a for a in (spec.vararg, spec.kwarg) if a is not None]
    return [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *stars]


def _place_of_first(body: list[ast.stmt], name: str) -> int | None:
    """Return where a function assigns a name first, in a statement that always does so."""
    for k, s in enumerate(body):
        if isinstance(s, SCOPES) or name not in names_in([s]):
            continue
        targets = s.targets if isinstance(s, ast.Assign) else [getattr(s, "target", None)]
        plain = isinstance(s, ast.Assign) or (isinstance(s, ast.AnnAssign) and s.value is not None)
        named = [n for t in targets if t is not None for n in nodes_in(t)]
        bound = any(isinstance(n, ast.Name) and n.id == name for n in named)
        read = s.value is not None and name in names_in([s.value]) if plain else True  # type: ignore[attr-defined]
        return k if plain and bound and not read else None
    return None


def _can_be_celled(definition: Definition, name: str) -> bool:
    """Whether all that binds a name in a function is something that a subscript may stand for."""
    for node in nodes_in(definition):
        match node:
            case ast.NamedExpr(ast.Name(n)) | ast.ExceptHandler(name=n) if n == name:
                return False
            case ast.MatchAs(name=n) | ast.MatchStar(name=n) | ast.MatchMapping(rest=n):
                if n == name:
                    return False
            case ast.Name(n, ast.Del()) if n == name:
                return False
            case ast.Import(names) | ast.ImportFrom(names=names):
                if any(name == (a.asname or a.name.partition(".")[0]) for a in names):
                    return False
            case ast.FunctionDef(n) | ast.AsyncFunctionDef(n) | ast.ClassDef(n) if n == name:
                return False
            case ast.ClassDef() if name in _assigned(node):
                return False
    return True


def _assigned(scope: ast.AST) -> set[str]:
    """Return the names that the statements of a function or class assign themselves."""
    out: set[str] = set()
    todo = parts_of(scope)
    for node in todo:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            out.add(node.id)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            out.add(node.name)
        if not isinstance(node, SCOPES | COMPREHENSIONS):
            todo += parts_of(node)
    return out


class _Celled(ast.NodeTransformer):
    """Puts ``name[0]`` in the place of a name, wherever it means the same one."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id != self.name:
            return node
        cell = ast.Subscript(ast.Name(node.id, ast.Load()), ast.Constant(0), node.ctx)
        return located(ast.copy_location(cell, node), node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        names = [n for n in node.names if n != self.name]
        return ast.copy_location(ast.Nonlocal(names) if names else ast.Pass(), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._inside(node, _assigned(node) - _declared(node))

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self._inside(node, set())

    def _inside(self, node: Any, own: set[str]) -> ast.AST:
        """Go on in a function, unless the name is one of its own; its defaults stand outside."""
        node.args.defaults = [self.visit(d) for d in node.args.defaults]
        node.args.kw_defaults = [d and self.visit(d) for d in node.args.kw_defaults]
        if self.name in own | {a.arg for a in _parameters(node)}:
            return node
        many = isinstance(node.body, list)
        node.body = [self.visit(s) for s in node.body] if many else self.visit(node.body)
        return node

    def visit_ListComp(self, node: Any) -> ast.AST:
        """Go on in a comprehension, unless the name is its own; the first iterable is outside."""
        bound = {n for g in node.generators for n in names_in([g.target])}
        if self.name not in bound:
            return self.generic_visit(node)
        node.generators[0].iter = self.visit(node.generators[0].iter)
        return node

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp


def _declared(node: ast.AST) -> set[str]:
    """Return the names that a function declares nonlocal."""
    out: set[str] = set()
    todo = parts_of(node)
    for part in todo:
        out.update(part.names if isinstance(part, ast.Nonlocal) else ())
        todo += [] if isinstance(part, SCOPES) else parts_of(part)
    return out
