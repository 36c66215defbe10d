"""The name that a handler gives to an exception stands for nothing after the handler, as in Python.

That matters only where the function has another use for the name: ``e = x[0]``, and then
``except KeyError as e``.  There, the handler ends with ``del e``.
"""

from __future__ import annotations

import ast

from gradgen.frontend.leaving import with_last
from gradgen.frontend.reader import Reader
from gradgen.syntax import located, names_in, nodes_in


def forgetting(r: Reader, s: ast.Try) -> ast.Try:
    """Return a ``try`` whose handlers delete the names that they give, if these are used again."""
    if hasattr(s, "gradgen_kinds") or not any(_is_used_again(r, h) for h in s.handlers):
        return s
    key = (id(s), "forgetting")
    made = r.expansions.get(key)
    if made is None:
        handlers = [_forgetting(r, h) if _is_used_again(r, h) else h for h in s.handlers]
        made = located(ast.Try(s.body, handlers, s.orelse, s.finalbody), s)
        r.expansions[key] = made
    assert isinstance(made, ast.Try)
    return made


def _is_used_again(r: Reader, handler: ast.ExceptHandler) -> bool:
    """Whether a name stands for something else, too, which the handler does not give it."""
    name = handler.name
    if name is None or _deletes(handler, name):
        return False
    node = r.frame.source.node
    inside = {
        n
        for h in nodes_in(node)
        if isinstance(h, ast.ExceptHandler) and h.name == name
        for n in nodes_in(h)
    }
    uses = (n for n in nodes_in(node) if isinstance(n, ast.Name) and n.id == name)
    return any(n not in inside for n in uses)


def _deletes(handler: ast.ExceptHandler, name: str) -> bool:
    """Whether the body of a handler deletes the name itself."""
    deleted = (n for n in nodes_in(handler) if isinstance(n, ast.Name) and n.id == name)
    return any(isinstance(n.ctx, ast.Del) for n in deleted)


def _forgetting(r: Reader, handler: ast.ExceptHandler) -> ast.ExceptHandler:
    name = handler.name or ""
    last = [ast.Delete([ast.Name(name, ast.Del())])]
    given: ast.stmt = ast.Assign([ast.Name(name, ast.Store())], ast.Constant(None))
    if name not in names_in(handler.body):  # what was caught need not be known
        body = [given, *last, *handler.body]
        return located(ast.ExceptHandler(handler.type, None, body), handler)
    body = [*with_last(r, (id(handler), "forgetting"), handler.body, last, raised=False), *last]
    return located(ast.ExceptHandler(handler.type, name, body), handler)
